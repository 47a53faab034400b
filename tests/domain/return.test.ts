// The act `return`: who may, what it gives back for a sale, and the rows that it leaves.
import { describe, expect, test } from 'vitest';
import { GENESIS_HASH, returnBody, type EntryOf, type KnownEntry } from '$lib/contract/journal';
import { decideReturn, type ReturnInput } from '$lib/domain/acts/return';
import { Fold } from '$lib/domain/fold';
import { beforeOf, NOTHING_BEFORE, writtenTo, type DebtRow } from '$lib/domain/rows';
import { NO_MONEY } from '$lib/domain/settlement';
import { NO_TOTALS, expectedCash } from '$lib/domain/shift';
import { DECIDED } from '$lib/proof/chain';
import {
  ANNA,
  BREAD,
  CASHIER,
  idOf,
  NOW,
  OWNER,
  POLICY,
  rub,
  SENIOR,
  shopPolicy,
  TILL,
  verified,
} from './fixtures';

const SALE = 'a'.repeat(64);
const CHEESE = idOf(41);

/** 1 000 by cash 300, card 200, 100 points and 400 on account; two loaves. */
const mixed: EntryOf<'sale'> = {
  ...{ v: 1, till: TILL, seq: 5, at: NOW, operator: SENIOR, policy: 1, ...DECIDED },
  ...{ act: 'sale', prevHash: GENESIS_HASH, hash: SALE },
  body: {
    ...{ sale: idOf(30), number: 7, currency: 'RUB', day: '2026-11-25', customer: ANNA },
    lines: [
      {
        ...{ product: BREAD, name: 'Хлеб', barcode: null, unit: 'piece', quantity: 2000 },
        ...{ listPrice: rub(500), unitPrice: rub(500), priceFrom: 'list', discounts: [] },
        noDiscounts: false,
        ...{ total: rub(1000), pointsPart: rub(100) },
      },
    ],
    ...{ total: rub(1000), rounding: 0, changeDue: 0, onAccount: rub(400), dueDays: null },
    discountsAllowedBy: null,
    tenders: [
      { kind: 'cash', amount: rub(300) },
      { kind: 'card', amount: rub(200) },
      { kind: 'points', amount: rub(100), points: 100 },
    ],
    ...{ pointsEarned: 5, pointValue: 100, confirmations: [], stock: [] },
    accounts: [
      { customer: ANNA, account: 'debt', delta: rub(400) },
      { customer: ANNA, account: 'points', delta: -100 },
      { customer: ANNA, account: 'points', delta: 5 },
    ],
  },
};

const debt = (left: number, repaid: Partial<DebtRow['repaid']> = {}): DebtRow => ({
  ...{ customer: ANNA, debt: SALE, left, repaid: { ...NO_MONEY, ...repaid } },
  made: { till: TILL, seq: 5, at: NOW, amount: rub(400), dueAt: null },
});

function inputOf(change: Partial<ReturnInput> = {}): ReturnInput {
  return {
    ...{ policy: POLICY, operator: SENIOR, return: idOf(31), at: NOW, sale: mixed },
    since: { debts: [debt(rub(400))], returns: [] },
    ...{ points: 50, goods: [{ line: 0, quantity: 1000, to: 'stock' }], inCash: false },
    ...{ shown: 'paper', reason: 'faulty', note: null, approvedBy: null, guardedToday: 0 },
    ...change,
  };
}

function bodyOf(change: Partial<ReturnInput> = {}) {
  const decided = decideReturn(inputOf(change));
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  expect(returnBody.safeParse(decided.body).error).toBeUndefined();
  return decided.body;
}

const entryOf = (body: EntryOf<'return'>['body'], seq = 6): KnownEntry => ({
  ...{ v: 1, till: TILL, seq, at: NOW, operator: SENIOR, policy: 1, ...DECIDED },
  ...{ act: 'return', prevHash: GENESIS_HASH, hash: String(seq).repeat(64), body },
});

/** The rows that returns leave one after the other. */
function rowsAfter(...entries: readonly KnownEntry[]) {
  const shift = {
    ...{ till: TILL, number: 1, totals: NO_TOTALS, counted: null, closed: null },
    opened: { seq: 2, at: NOW, operator: SENIOR, float: rub(1000), counted: true },
  };
  const fold = new Fold(beforeOf({ shifts: [shift], debts: [debt(rub(400))] }));
  for (const entry of entries) fold.take(entry, new Set());
  return fold.changes();
}

describe('a return', () => {
  test('examples 7 and 8: half of a mix, then the other half, by the rows of the first', () => {
    const first = bodyOf();
    expect(first).toMatchObject({
      ...{
        total: rub(500),
        debtReduced: rub(400),
        refunds: [{ kind: 'card', amount: rub(83.33) }],
      },
      ...{ pointsGivenBack: 16, pointsTakenBack: 1, approval: { kind: 'not-needed' } },
      accounts: [
        { customer: ANNA, account: 'debt', delta: rub(-400) },
        { customer: ANNA, account: 'points', delta: 16 },
        { customer: ANNA, account: 'points', delta: -1 },
      ],
      stock: [{ product: BREAD, delta: 1000 }],
    });
    const rows = rowsAfter(entryOf(first));
    const since = { debts: writtenTo('debts', rows), returns: writtenTo('returns', rows) };
    expect(since.debts).toMatchObject([{ debt: SALE, left: 0, repaid: NO_MONEY }]);
    expect(bodyOf({ since })).toMatchObject({
      ...{ debtReduced: 0, pointsGivenBack: 84, pointsTakenBack: 4 },
      refunds: [
        { kind: 'card', amount: rub(116.67) },
        { kind: 'cash', amount: rub(300) },
      ],
    });
  });

  test('what was repaid is money of the sale, with the tender that paid it', () => {
    const since = { debts: [debt(0, { card: rub(400) })], returns: [] };
    const both = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
    expect(bodyOf({ since, goods: both })).toMatchObject({
      ...{ debtReduced: 0, pointsGivenBack: 100 },
      refunds: [
        { kind: 'card', amount: rub(600) },
        { kind: 'cash', amount: rub(300) },
      ],
    });
  });

  test('nothing is given for what was written off, and a debt paid twice is not paid out here', () => {
    const all = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
    const refunds = [
      { kind: 'card', amount: rub(200) },
      { kind: 'cash', amount: rub(300) },
    ];
    const writtenOff = { debts: [debt(0)], returns: [] };
    expect(bodyOf({ since: writtenOff, goods: all })).toMatchObject({ debtReduced: 0, refunds });
    const twice = { debts: [debt(rub(-400), { cash: rub(800) })], returns: [] };
    expect(bodyOf({ since: twice, goods: all }).refunds).toEqual([
      { kind: 'card', amount: rub(200) },
      { kind: 'cash', amount: rub(700) },
    ]);
  });

  test('whoever was forgotten has no points: the money is given, nothing else', () => {
    const since = { debts: [debt(0, { cash: rub(400) })], returns: [] };
    expect(bodyOf({ since, points: null })).toMatchObject({
      ...{ customer: null, accounts: [], pointsGivenBack: 0, pointsTakenBack: 0 },
      withheld: { points: 0, amount: 0 },
    });
  });

  test('goods that are written off do not go back to the stock', () => {
    const line = mixed.body.lines[0];
    if (line === undefined) expect.fail('no line');
    const sale = { ...mixed, body: { ...mixed.body, lines: [line, { ...line, product: CHEESE }] } };
    const goods = [
      { line: 1, quantity: 1000, to: 'written-off' },
      { line: 0, quantity: 2000, to: 'stock' },
    ] as const;
    const { lines, stock } = bodyOf({ sale, goods });
    expect(lines.map((each) => [each.line, each.to])).toEqual([
      [0, 'stock'],
      [1, 'written-off'],
    ]);
    expect(stock).toEqual([{ product: BREAD, delta: 2000 }]);
  });

  test.each([
    ['without the right', { operator: CASHIER }, { kind: 'no-right', right: 'return' }],
    ['of nothing', { goods: [] }, { kind: 'nothing-chosen' }],
    [
      'of more than was sold',
      { goods: [{ line: 0, quantity: 3000, to: 'stock' }] },
      { kind: 'too-many', line: 0, left: 2000 },
    ],
    [
      'of goods that were not sold',
      { goods: [{ line: 4, quantity: 1000, to: 'stock' }] },
      { kind: 'too-many', line: 4, left: 0 },
    ],
    [
      'of half a piece',
      { goods: [{ line: 0, quantity: 500, to: 'stock' }] },
      { kind: 'whole-pieces', line: 0 },
    ],
    ['for another reason without a note', { reason: 'other' }, { kind: 'needs-note' }],
  ] as const)('%s is refused', (_, change, because) => {
    expect(decideReturn(inputOf(change))).toEqual({ kind: 'refused', because });
  });
});

describe('a second operator', () => {
  const paid = { debts: [debt(0, { cash: rub(4000) })], returns: [] };
  const dear = {
    ...mixed,
    body: {
      ...mixed.body,
      onAccount: rub(4000),
      lines: mixed.body.lines.map((line) => ({ ...line, total: rub(4600) })),
    },
  };

  test.each([
    ['nothing is shown', { shown: 'nothing' }, 'nothing-shown'],
    ['a copy is shown', { shown: 'copy' }, 'copy-shown'],
    ['a card gets cash', { inCash: true }, 'card-in-cash'],
    [
      'much cash goes out',
      { sale: dear, since: paid, goods: [{ line: 0, quantity: 2000, to: 'stock' }] },
      'much-cash',
    ],
  ] as const)('has to agree where %s', (_, change, because) => {
    const refused = { kind: 'refused', because: { kind: 'needs-colleague', because } };
    expect(decideReturn(inputOf(change))).toEqual(refused);
    // neither oneself nor somebody without the right
    for (const approvedBy of [SENIOR, CASHIER])
      expect(decideReturn(inputOf({ ...change, approvedBy }))).toEqual(refused);
    expect(bodyOf({ ...change, approvedBy: OWNER }).approval).toEqual({ kind: 'given', by: OWNER });
  });

  test('is not asked for where nobody else has the right, and that is written down', () => {
    const policy = verified(
      shopPolicy((policy) => ({
        ...policy,
        operators: policy.operators.filter(({ id }) => id !== SENIOR),
      })),
    );
    const body = bodyOf({ policy, operator: OWNER, shown: 'nothing' });
    expect(body.approval).toEqual({ kind: 'alone' });
  });

  test('is not written down where none was needed', () => {
    expect(bodyOf({ approvedBy: OWNER }).approval).toEqual({ kind: 'not-needed' });
  });

  test('agrees only up to what a till may give back so in a day', () => {
    const guardedToday = POLICY.returns.perDay - 1000;
    const asked = { shown: 'copy', approvedBy: OWNER, guardedToday } as const;
    expect(decideReturn(inputOf(asked))).toEqual({
      kind: 'refused',
      because: { kind: 'over-day-cap', allowed: 1000 },
    });
  });
});

test('the shift has the refunds, and the drawer so much less', () => {
  const goods = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
  const [shift] = writtenTo('shifts', rowsAfter(entryOf(bodyOf({ goods }))));
  if (shift === undefined) expect.fail('no shift');
  expect(shift.totals.returns).toEqual({
    ...{ count: 1, total: rub(1000), debt: rub(400), cash: rub(300), card: rub(200) },
    ...{ transfer: 0, pointsGivenBack: 100, pointsTakenBack: 5, withheld: 0, rounding: 0 },
  });
  expect(expectedCash(shift)).toBe(rub(700));
});

/** One more than any sale comes to. */
const HUGE = 1_000_000_000_000;

test('a return whose parts do not fit is none', () => {
  const body = bodyOf();
  const [step] = body.accounts;
  if (step === undefined) expect.fail('no step');
  for (const wrong of [
    { total: 1 },
    { customer: null },
    { debtReduced: 1 },
    { accounts: [step] },
    { accounts: [{ ...step, delta: 1 }, ...body.accounts.slice(1)] },
    { lines: [...body.lines, ...body.lines], total: 2 * body.total },
    { refunds: [...body.refunds, ...body.refunds] },
    // a place or a sum that no sale has
    { lines: body.lines.map((each) => ({ ...each, line: 4_000_000_000 })) },
    { lines: body.lines.map((each) => ({ ...each, line: 5000 })) },
    { lines: body.lines.map((each) => ({ ...each, quantity: 100_000_000 })) },
    { lines: body.lines.map((each) => ({ ...each, amount: HUGE })), total: HUGE },
    { refunds: [{ kind: 'cash', amount: HUGE }] },
    { rounding: HUGE },
    { rounding: -HUGE },
    { withheld: { points: HUGE, amount: 0 } },
    { withheld: { points: 0, amount: HUGE } },
    {
      pointsGivenBack: HUGE,
      accounts: body.accounts.map((each) =>
        each.account === 'points' && each.delta > 0 ? { ...each, delta: HUGE } : each,
      ),
    },
    { stock: body.stock.map((each) => ({ ...each, delta: Number.MAX_SAFE_INTEGER })) },
  ])
    expect(returnBody.safeParse({ ...body, ...wrong }).success).toBe(false);
});

test('the rows name the sale, so that all tills add them up', () => {
  const rows = new Fold(NOTHING_BEFORE);
  rows.take(entryOf(bodyOf({ shown: 'copy', approvedBy: OWNER })), new Set());
  expect(writtenTo('returns', rows.changes())).toMatchObject([
    { sale: SALE, quantities: [{ line: 0, quantity: 1000 }], guarded: rub(83.33) },
  ]);
});
