// The act `return`: who may, what it gives back for a sale, and the rows that it leaves.
import type { DebtRow } from '$lib/contract/rows';
import { codeHash } from '$lib/domain/values/receipt-number';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GENESIS_HASH, type EntryOf, type KnownEntry } from '$lib/contract/journal';
import { returnBody } from '$lib/contract/acts/return';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { consentOf, decideReturn, type ReturnInput } from '$lib/domain/acts/money/return';
import { openDebts, owedOf } from '$lib/domain/customers/debts';
import { Fold } from '$lib/domain/fold';
import { money } from '$lib/domain/values/money';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { returnedBy } from '$lib/domain/receipt/returns';
import { beforeOf, NOTHING_BEFORE, writtenTo } from '$lib/domain/rows';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { NO_TOTALS, expectedCash } from '$lib/domain/shift/shift';
import { DECIDED } from '$lib/proof/chain';
import { cases } from '../support/cases';
import {
  anna,
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

/** Two loaves for 1 000: cash 300, card 200, 100 points and 400 on account. */
const mixed: EntryOf<'sale'> = {
  v: 1,
  till: TILL,
  seq: 5,
  at: NOW,
  operator: SENIOR,
  policy: 1,
  ...DECIDED,
  act: 'sale',
  prevHash: GENESIS_HASH,
  hash: SALE,
  body: {
    sale: idOf(30),
    number: 7,
    currency: 'RUB',
    day: '2026-11-25',
    customer: ANNA,
    lines: [
      {
        product: BREAD,
        name: 'Хлеб',
        barcode: null,
        unit: 'piece',
        quantity: 2000,
        listPrice: rub(500),
        unitPrice: rub(500),
        priceFrom: 'list',
        discounts: [],
        noDiscounts: false,
        askAge: null,
        mark: null,
        tax: { subject: 'goods', vat: 'none' },
        category: null,
        given: null,
        total: rub(1000),
        pointsPart: rub(100),
      },
    ],
    total: rub(1000),
    rounding: 0,
    changeDue: 0,
    onAccount: rub(400),
    dueDays: null,
    given: null,
    byRules: null,
    discountsAllowedBy: null,
    ageConfirmed: null,
    removed: { lines: 0, sum: 0 },
    held: { times: 0, longestMs: 0 },
    tenders: [
      { kind: 'cash', amount: rub(300) },
      { kind: 'card', amount: rub(200) },
      { kind: 'points', amount: rub(100), points: 100 },
    ],
    pointsEarned: 5,
    repaidEarns: null,
    pointValue: 100,
    confirmations: [],
    stock: [],
    accounts: [
      { customer: ANNA, account: 'debt', delta: rub(400) },
      { customer: ANNA, account: 'points', delta: -100 },
      { customer: ANNA, account: 'points', delta: 5 },
    ],
  },
};

const debt = (left: number, repaid: Partial<DebtRow['repaid']> = {}): DebtRow => ({
  customer: ANNA,
  debt: SALE,
  left,
  repaid: { ...NO_MONEY, ...repaid },
  earned: NOTHING_EARNED,
  made: { till: TILL, seq: 5, at: NOW, amount: rub(400), dueAt: null, earns: null },
});

function inputOf(change: Partial<ReturnInput> = {}): ReturnInput {
  return {
    policy: POLICY,
    operator: SENIOR,
    return: idOf(31),
    at: NOW,
    sale: mixed,
    card: null,
    since: { debts: [debt(rub(400))], returns: [] },
    points: 50,
    goods: [{ line: 0, quantity: 1000, to: 'stock' }],
    inCash: false,
    shown: 'paper',
    scanned: codeHash(SALE),
    reason: 'faulty',
    note: null,
    approvedBy: null,
    guardedToday: 0,
    givenToday: 0,
    asked: null,
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
  v: 1,
  till: TILL,
  seq,
  at: NOW,
  operator: SENIOR,
  policy: 1,
  ...DECIDED,
  act: 'return',
  prevHash: GENESIS_HASH,
  hash: String(seq).repeat(64),
  body,
});

/** The rows that consecutive returns leave. */
function rowsAfter(...entries: readonly KnownEntry[]) {
  const shift = {
    till: TILL,
    number: 1,
    totals: NO_TOTALS,
    counted: null,
    closed: null,
    opened: {
      seq: 2,
      at: NOW,
      operator: SENIOR,
      float: rub(1000),
      counted: true,
      left: rub(1000),
      difference: 0,
    },
  };
  const fold = new Fold(beforeOf({ shifts: [shift], debts: [debt(rub(400))] }));
  for (const entry of entries) fold.take(entry, new Set());
  return fold.changes();
}

describe('a return', () => {
  test('examples 7 and 8: half of a sale with mixed tenders, then the other half, by the rows of the first', () => {
    const first = bodyOf();
    expect(first).toMatchObject({
      total: rub(500),
      debtReduced: rub(400),
      refunds: [{ kind: 'card', amount: rub(83.33) }],
      pointsGivenBack: 16,
      pointsTakenBack: 1,
      approval: { kind: 'not-needed' },
      accounts: [
        { customer: ANNA, account: 'debt', delta: rub(-400) },
        { customer: ANNA, account: 'points', delta: 16 },
        { customer: ANNA, account: 'points', delta: -1 },
      ],
      stock: [{ product: BREAD, delta: 1000 }],
    });
    const rows = rowsAfter(entryOf(first));
    const since = { debts: writtenTo('debts', rows), returns: writtenTo('returns', rows) };
    expect(since.debts).toMatchObject([
      { debt: SALE, left: 0, repaid: NO_MONEY, earned: NOTHING_EARNED },
    ]);
    expect(bodyOf({ since })).toMatchObject({
      debtReduced: 0,
      pointsGivenBack: 84,
      pointsTakenBack: 4,
      refunds: [
        { kind: 'card', amount: rub(116.67) },
        { kind: 'cash', amount: rub(300) },
      ],
    });
  });

  test('counts repayments as money of the sale, with the tender that paid them', () => {
    const since = { debts: [debt(0, { card: rub(400) })], returns: [] };
    const both = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
    expect(bodyOf({ since, goods: both })).toMatchObject({
      debtReduced: 0,
      pointsGivenBack: 100,
      refunds: [
        { kind: 'card', amount: rub(600) },
        { kind: 'cash', amount: rub(300) },
      ],
    });
  });

  test('gives nothing for a written-off debt, and does not pay out a debt that was paid twice', () => {
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

  test('continues from the first return if the debt’s own entry has not arrived', () => {
    const owed = {
      ...mixed,
      body: {
        ...mixed.body,
        onAccount: rub(1000),
        tenders: [],
        pointsEarned: 0,
        accounts: [{ customer: ANNA, account: 'debt' as const, delta: rub(1000) }],
      },
    };
    const fold = new Fold(NOTHING_BEFORE);
    for (const seq of [6, 7]) {
      const rows = fold.changes();
      const since = { debts: writtenTo('debts', rows), returns: writtenTo('returns', rows) };
      const body = bodyOf({ sale: owed, since });
      expect(body).toMatchObject({ debtReduced: rub(500), refunds: [] });
      fold.take(entryOf(body, seq), new Set());
    }
    expect(writtenTo('debts', fold.changes())).toMatchObject([{ left: rub(-1000), made: null }]);
  });

  test('does not pay out a debt repaid and written off at different tills: the shop owes it to the customer', () => {
    const since = { debts: [debt(rub(-240), { cash: rub(240) })], returns: [] };
    const goods = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
    expect(bodyOf({ since, goods })).toMatchObject({
      debtReduced: 0,
      refunds: [
        { kind: 'card', amount: rub(200) },
        { kind: 'cash', amount: rub(300) },
      ],
    });
  });

  test('gives a forgotten customer only the money, because they have no points', () => {
    const since = { debts: [debt(0, { cash: rub(400) })], returns: [] };
    expect(bodyOf({ since, points: null })).toMatchObject({
      customer: null,
      accounts: [],
      pointsGivenBack: 0,
      pointsTakenBack: 0,
      withheld: { points: 0, amount: 0 },
    });
  });

  test('does not put written-off goods back into the stock', () => {
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

  const byPoints: EntryOf<'sale'> = {
    ...dear,
    body: {
      ...dear.body,
      onAccount: 0,
      pointsEarned: 0,
      tenders: [{ kind: 'points', amount: rub(4600), points: 4600 }],
      lines: dear.body.lines.map((line) => ({ ...line, pointsPart: rub(4600) })),
    },
  };

  test.each([
    ['nothing is shown', { shown: 'nothing' }, 'nothing-shown'],
    ['the paper is not scanned', { scanned: null }, 'nothing-shown'],
    ['the paper of another sale is scanned', { scanned: 'b'.repeat(12) }, 'nothing-shown'],
    ['a copy is shown', { shown: 'copy' }, 'copy-shown'],
    ['a card gets cash', { inCash: true }, 'card-in-cash'],
    [
      'much cash goes out',
      { sale: dear, since: paid, goods: [{ line: 0, quantity: 2000, to: 'stock' }] },
      'much-given',
    ],
    [
      'a large debt is lowered',
      {
        sale: dear,
        since: { debts: [debt(rub(4000))], returns: [] },
        goods: [{ line: 0, quantity: 2000, to: 'stock' }],
      },
      'much-given',
    ],
    [
      'many points are given back',
      {
        sale: byPoints,
        since: { debts: [], returns: [] },
        goods: [{ line: 0, quantity: 2000, to: 'stock' }],
      },
      'much-given',
    ],
  ] as const)('has to agree where %s', (_, change, because) => {
    const refused = { kind: 'refused', because: { kind: 'needs-colleague', because } };
    expect(decideReturn(inputOf(change))).toEqual(refused);
    // neither the operator themselves nor somebody without the right counts
    for (const approvedBy of [SENIOR, CASHIER])
      expect(decideReturn(inputOf({ ...change, approvedBy }))).toEqual(refused);
    expect(bodyOf({ ...change, approvedBy: OWNER }).approval).toEqual({ kind: 'given', by: OWNER });
  });

  test('a person with the right allows one return to a person without it, up to the daily cap', () => {
    const refused = { kind: 'needs-colleague', because: 'no-right' };
    for (const approvedBy of [null, CASHIER])
      expect(decideReturn(inputOf({ operator: CASHIER, approvedBy }))).toEqual({
        kind: 'refused',
        because: refused,
      });
    const allowed = { operator: CASHIER, approvedBy: OWNER };
    expect(bodyOf(allowed).approval).toEqual({ kind: 'given', by: OWNER });
    expect(
      decideReturn(inputOf({ ...allowed, guardedToday: POLICY.returns.perDay })),
    ).toMatchObject({ because: { kind: 'over-day-cap' } });
  });

  test('is needed by an operator without the right also if nobody has it', () => {
    const policy = verified(
      shopPolicy((policy) => ({
        ...policy,
        operators: policy.operators.filter(({ id }) => id === CASHIER),
      })),
    );
    expect(decideReturn(inputOf({ policy, operator: CASHIER }))).toMatchObject({
      because: { kind: 'needs-colleague', because: 'no-right' },
    });
  });

  test('has to agree if the cash returns of a sale add up to much', () => {
    const half = bodyOf({ sale: dear, since: paid });
    const cash = half.refunds.find(({ kind }) => kind === 'cash')?.amount ?? 0;
    expect(2 * cash).toBeGreaterThan(POLICY.returns.cashFrom);
    const since = { ...paid, returns: writtenTo('returns', rowsAfter(entryOf(half))) };
    expect(decideReturn(inputOf({ sale: dear, since }))).toEqual({
      kind: 'refused',
      because: { kind: 'needs-colleague', because: 'much-given' },
    });
  });

  test('has to agree from the day’s sum on if one person refunds many small sales of others in cash', () => {
    const { perDay } = POLICY.returns;
    const inCash: EntryOf<'sale'> = {
      ...mixed,
      body: {
        ...mixed.body,
        customer: null,
        onAccount: 0,
        pointsEarned: 0,
        accounts: [],
        tenders: [{ kind: 'cash', amount: rub(1000) }],
      },
    };
    const asked = { sale: inCash, since: { debts: [], returns: [] } };
    expect(bodyOf({ ...asked, givenToday: perDay - rub(500) }).approval.kind).toBe('not-needed');
    const much = { ...asked, givenToday: perDay - rub(500) + 1 };
    expect(decideReturn(inputOf(much))).toEqual({
      kind: 'refused',
      because: { kind: 'needs-colleague', because: 'much-today' },
    });
    expect(bodyOf({ ...much, approvedBy: OWNER }).approval).toEqual({ kind: 'given', by: OWNER });
  });

  test('counts a lowered debt and points at their worth in the cap of a day, like money', () => {
    const body = bodyOf({ shown: 'copy', approvedBy: OWNER });
    const [row] = writtenTo('returns', rowsAfter(entryOf(body)));
    expect(row).toMatchObject({
      guarded: rub(499.33),
      given: rub(416),
      operator: SENIOR,
    });
    const cap = POLICY.returns.perDay - rub(499.33);
    const asked = { shown: 'copy', approvedBy: OWNER } as const;
    expect(bodyOf({ ...asked, guardedToday: cap }).approval.kind).toBe('given');
    expect(decideReturn(inputOf({ ...asked, guardedToday: cap + 1 }))).toMatchObject({
      because: { kind: 'over-day-cap' },
    });
  });

  test('without its code a paper is stored as not shown, even if a colleague agreed', () => {
    const body = bodyOf({ scanned: null, approvedBy: OWNER });
    expect(body).toMatchObject({ shown: 'nothing', scanned: null });
    const claimed = { ...body, shown: 'paper' };
    expect(returnBody.safeParse(claimed).success).toBe(false);
  });

  test('is not needed if nobody else has the right, which the entry records', () => {
    const policy = verified(
      shopPolicy((policy) => ({
        ...policy,
        operators: policy.operators.filter(({ id }) => id !== SENIOR),
      })),
    );
    const body = bodyOf({ policy, operator: OWNER, shown: 'nothing' });
    expect(body.approval).toEqual({ kind: 'alone' });
  });

  test('is not recorded if none was needed', () => {
    expect(bodyOf({ approvedBy: OWNER }).approval).toEqual({ kind: 'not-needed' });
  });

  test('can agree only up to the daily cap of the till', () => {
    const guardedToday = POLICY.returns.perDay - 1000;
    const asked = { shown: 'copy', approvedBy: OWNER, guardedToday } as const;
    expect(decideReturn(inputOf(asked))).toEqual({
      kind: 'refused',
      because: { kind: 'over-day-cap', allowed: 1000 },
    });
  });
});

test('the shift counts the refunds, and the drawer should hold that much less', () => {
  const goods = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
  const [shift] = writtenTo('shifts', rowsAfter(entryOf(bodyOf({ goods }))));
  if (shift === undefined) expect.fail('no shift');
  expect(shift.totals.returns).toEqual({
    count: 1,
    total: rub(1000),
    debt: rub(400),
    cash: rub(300),
    card: rub(200),
    transfer: 0,
    points: rub(100),
    pointsGivenBack: 100,
    pointsTakenBack: 5,
    withheld: 0,
    rounding: 0,
  });
  expect(shift.totals.byPerson).toMatchObject([
    { operator: SENIOR, refunded: { count: 1, amount: rub(300) } },
  ]);
  expect(expectedCash(shift)).toBe(rub(700));
});

/** One more than the largest sum of a sale. */
const HUGE = 1_000_000_000_000;

test('a return whose parts do not fit is invalid', () => {
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
    // a place or a sum that no sale can have
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
    { sale: SALE, quantities: [{ line: 0, quantity: 1000 }], guarded: rub(499.33) },
  ]);
});

test('returns lower the customer’s purchases, and a whole return leaves nothing of the sale', () => {
  const bought = (...entries: readonly KnownEntry[]) =>
    writtenTo('balances', rowsAfter(...entries)).find(({ account }) => account === 'purchases')
      ?.sum;
  // a sale of 1000, of which points paid 100
  expect(bought(mixed)).toBe(rub(900));
  const first = bodyOf();
  expect(bought(mixed, entryOf(first))).toBe(rub(900 - (500 - 16)));
  const since = { debts: [debt(0)], returns: writtenTo('returns', rowsAfter(entryOf(first))) };
  expect(bought(mixed, entryOf(first), entryOf(bodyOf({ since }), 7))).toBe(0);
});

test('purchases are limited to the safe integers, so that a forged sale does not block later ones', () => {
  const held = { customer: mixed.body.customer ?? '', account: 'purchases' } as const;
  const after = (sum: number) => {
    const fold = new Fold(beforeOf({ balances: [{ ...held, sum }] }));
    fold.take(mixed, new Set());
    return writtenTo('balances', fold.changes()).find(({ account }) => account === 'purchases')
      ?.sum;
  };
  expect(after(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
  expect(after(Number.MIN_SAFE_INTEGER)).toBe(Number.MIN_SAFE_INTEGER + rub(900));
});

type Act =
  | { readonly kind: 'repay'; readonly till: 1 | 2; readonly amount: number }
  | { readonly kind: 'write-off'; readonly amount: number }
  | { readonly kind: 'pay-out'; readonly amount: number }
  | { readonly kind: 'cancel'; readonly nth: number }
  | { readonly kind: 'return'; readonly pieces: number }
  | { readonly kind: 'sync' };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant('repay' as const),
    till: fc.constantFrom(1, 2),
    amount: fc.integer({ min: 1, max: rub(700) }),
  }),
  fc.record({
    kind: fc.constant('write-off' as const),
    amount: fc.integer({ min: 1, max: rub(1000) }),
  }),
  fc.record({
    kind: fc.constant('pay-out' as const),
    amount: fc.integer({ min: 1, max: rub(500) }),
  }),
  fc.record({ kind: fc.constant('cancel' as const), nth: fc.nat(5) }),
  fc.record({ kind: fc.constant('return' as const), pieces: fc.integer({ min: 1, max: 10 }) }),
  fc.constant({ kind: 'sync' as const }),
);

/** A repaid kopeck is given back with the goods and, by a cancellation, at another till; then it is written off. */
const REPAID_BACK_TWICE: Act[] = [
  { kind: 'repay', till: 1, amount: 1 },
  { kind: 'sync' },
  { kind: 'return', pieces: 10 },
  { kind: 'cancel', nth: 0 },
  { kind: 'sync' },
  { kind: 'write-off', amount: 1 },
];

/** The state of the sale after these entries, and what the shop owes the customer. */
function leftBy(entries: readonly KnownEntry[]) {
  const fold = new Fold(NOTHING_BEFORE);
  for (const entry of entries) fold.take(entry, new Set());
  const rows = fold.changes();
  const debts = writtenTo('debts', rows);
  const { open, weOwe } = openDebts(debts);
  return { since: { debts, returns: writtenTo('returns', rows) }, owed: owedOf(open), weOwe };
}

test('with repayments, cancellations, write-offs, payouts and returns at separate tills nobody gets more than they gave', () => {
  const line = mixed.body.lines[0];
  if (line === undefined) expect.fail('no line');
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), fc.nat(rub(1000)), (acts, cash) => {
      const onAccount = rub(1000) - cash;
      const sale: EntryOf<'sale'> = {
        ...mixed,
        body: {
          ...mixed.body,
          onAccount: money(onAccount),
          pointsEarned: 0,
          lines: [{ ...line, quantity: 10_000, pointsPart: 0 }],
          tenders: [{ kind: 'cash', amount: money(cash) }],
          accounts: [{ customer: ANNA, account: 'debt', delta: onAccount }],
        },
      };
      const all: KnownEntry[] = [sale];
      const known: KnownEntry[][] = [[sale], [sale], [sale]];
      let [given, back, forgiven] = [cash, 0, 0];
      const repaid: { readonly entry: KnownEntry; readonly amount: number }[] = [];
      const take = (till: number, part: object) => {
        const seq = all.length + 5;
        const made = {
          ...sale,
          ...part,
          till: idOf(till + 1),
          seq,
          hash: seq.toString(16).padStart(64, '0'),
        } as KnownEntry;
        all.push(made);
        known[till]?.push(made);
      };
      const lower = (till: number, most: number, act: 'repayment' | 'balance-corrected') => {
        const amount = Math.min(most, leftBy(known[till] ?? []).owed);
        if (amount === 0) return;
        // a sum given back twice is owed again, and the shop may write that off, too
        const twice = Math.max(0, back + leftBy(all).weOwe - given);
        if (act === 'balance-corrected') forgiven += Math.min(amount, twice);
        const paid = { debt: SALE, amount, ...(act === 'repayment' && { tender: 'cash' }) };
        const step = { customer: ANNA, account: 'debt', delta: -amount };
        const of = { customer: ANNA, settles: [paid], accounts: [step], confirmations: [] };
        const tenders = [{ kind: 'cash', amount }];
        const more = {
          tenders,
          changeDue: 0,
          amount,
          rounding: 0,
          earned: [],
          account: 'debt',
          delta: -amount,
        };
        take(till, { act, body: { ...of, ...more, repayment: idOf(70), correction: idOf(71) } });
        if (act !== 'repayment') return;
        given += amount;
        repaid.push({ entry: all.at(-1) ?? sale, amount });
      };
      /** Cancels at the till that took the repayment, while it knows of no return. */
      const cancel = (nth: number) => {
        const [{ entry, amount } = { entry: sale, amount: 0 }] = repaid.slice(nth);
        const till = [1, 2].find((each) => entry.till === idOf(each + 1));
        if (till === undefined || leftBy(known[till] ?? []).since.returns.length > 0) return;
        repaid.splice(nth, 1);
        const step = { customer: ANNA, account: 'debt', delta: amount };
        const settles = [{ debt: SALE, amount, tender: 'cash' }];
        const of = {
          customer: ANNA,
          settles,
          accounts: [step],
          confirmations: [],
          rounding: 0,
          takenBack: [],
          withheld: { points: 0, amount: 0 },
        };
        const refunds = [{ kind: 'cash', amount }];
        const { till: by, seq, hash } = entry;
        const repayment = { till: by, seq, hash };
        take(till, { act: 'repayment-cancelled', body: { ...of, refunds, amount, repayment } });
        back += amount;
      };
      const payOut = (most: number) => {
        const amount = Math.min(most, leftBy(known[0] ?? []).weOwe);
        if (amount === 0) return;
        const accounts = [{ customer: ANNA, account: 'debt', delta: amount }];
        const of = { customer: ANNA, tender: 'cash', payout: idOf(72), allowedBy: null };
        const body = { ...of, accounts, amount };
        take(0, { act: 'overpayment-returned', body });
        back += amount;
      };
      for (const each of [...acts, { kind: 'sync' }, { kind: 'return', pieces: 10 }] as Act[]) {
        if (each.kind === 'sync') for (const till of known) till.splice(0, Infinity, ...all);
        else if (each.kind === 'repay') lower(each.till, each.amount, 'repayment');
        else if (each.kind === 'write-off') lower(0, each.amount, 'balance-corrected');
        else if (each.kind === 'cancel') cancel(each.nth);
        else if (each.kind === 'pay-out') payOut(each.amount);
        else {
          const { since } = leftBy(known[0] ?? []);
          const before = returnedBy(since.returns).quantities[0] ?? 0;
          const quantity = Math.min(each.pieces * 1000, 10_000 - before);
          if (quantity === 0) continue;
          const goods = [{ line: 0, quantity, to: 'stock' }] as const;
          const body = bodyOf({ sale, since, goods, approvedBy: OWNER });
          take(0, { act: 'return', body });
          back += body.refunds.reduce((sum, { amount }) => sum + amount, 0);
        }
      }
      const { weOwe, owed } = leftBy(all);
      // a sum that tills which did not know of each other gave back twice is owed again
      expect(back + weOwe).toBeLessThanOrEqual(given + owed + forgiven);
    }),
    { numRuns: cases(200), examples: [[REPAID_BACK_TWICE, 0]] },
  );
});

describe('the customer’s code', () => {
  const policy: ReturnInput['policy'] = {
    ...POLICY,
    returns: { ...POLICY.returns, codeFrom: rub(100) },
  };
  const asked: NonNullable<ReturnInput['asked']> = {
    till: TILL,
    usage: NOTHING_USED,
    confirmations: [],
    grantsUsed: new Set(),
    customer: anna,
    dealHash: null,
  };
  const given = { refunds: { ...NO_MONEY, cash: rub(60) }, pointsGivenBack: 30, debtReduced: 0 };
  const sale = { pointValue: 100 };
  const nothing = { refunds: NO_MONEY, pointsGivenBack: 0, debtReduced: 0 };

  test('is needed from a sum of money, debt and points on, over all returns of the sale', () => {
    expect(consentOf(policy, sale, nothing, given)).toBeNull();
    expect(consentOf(policy, sale, given, given)).toEqual({
      action: 'sell-on-account',
      amount: rub(90),
      points: null,
    });
    expect(consentOf(policy, sale, nothing, { ...given, pointsGivenBack: 40 })).not.toBeNull();
    expect(consentOf(policy, sale, nothing, { ...given, debtReduced: rub(10) })).toMatchObject({
      amount: rub(100),
    });
    expect(consentOf(policy, sale, { ...given, pointsGivenBack: 99 }, nothing)).toBeNull();
    expect(consentOf(POLICY, sale, given, given)).toBeNull();
  });

  test('is needed only from customers with a phone; a second operator does not replace it', () => {
    const dear = { policy, goods: [{ line: 0, quantity: 2000, to: 'stock' }] } as const;
    const since = { debts: [debt(0, { cash: rub(400) })], returns: [] };
    const decided = decideReturn(inputOf({ ...dear, since, asked }));
    expect(decided).toEqual({
      kind: 'refused',
      because: { kind: 'confirmation-missing', action: 'sell-on-account' },
    });
    expect(decideReturn(inputOf({ ...dear, since, asked, approvedBy: OWNER }))).toEqual(decided);
    expect(bodyOf({ ...dear, since, asked: null }).confirmations).toEqual([]);
  });
});
