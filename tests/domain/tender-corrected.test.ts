// The act `tender-corrected`: who may, for which sale, what changes, what a return gives back.
import type { DebtRow, ReturnRow, ShiftRow } from '$lib/contract/rows';
import { describe, expect, test } from 'vitest';
import { tenderCorrectedBody } from '$lib/contract/acts/tender-corrected';
import { GENESIS_HASH, type EntryOf } from '$lib/contract/journal';
import { soldIn } from '$lib/domain/acts/money/return';
import {
  decideTenderCorrected,
  tenderCorrectedRules,
  type TenderCorrectedInput,
} from '$lib/domain/acts/money/tender-corrected';
import { NOTHING_BEFORE, writtenTo } from '$lib/domain/rows';
import { NO_TOTALS } from '$lib/domain/shift/shift';
import { NO_MONEY, type MoneyParts } from '$lib/domain/values/settlement';
import { DECIDED } from '$lib/proof/chain';
import { CASHIER, idOf, NOW, POLICY, rub, SENIOR, shopPolicy, TILL, verified } from './fixtures';

const HASH = 'a'.repeat(64);

/** 100 in cash with 20 back, 30 by card, 5 points, 15 on account. */
const sale = {
  till: TILL,
  seq: 5,
  hash: HASH,
  body: {
    sale: idOf(30),
    number: 7,
    customer: null,
    lines: [],
    total: rub(130),
    rounding: 0,
    changeDue: rub(20),
    onAccount: rub(15),
    pointsEarned: 0,
    pointValue: 100,
    tenders: [
      { kind: 'cash', amount: rub(100) },
      { kind: 'card', amount: rub(30) },
      { kind: 'points', points: 5, amount: rub(5) },
    ],
  },
} as unknown as TenderCorrectedInput['sale'];

const shift: ShiftRow = {
  till: TILL,
  number: 1,
  totals: NO_TOTALS,
  counted: null,
  closed: null,
  opened: { seq: 4, at: NOW, operator: SENIOR, float: 0, counted: false, left: 0, difference: 0 },
};

const SINCE: TenderCorrectedInput['since'] = { debts: [], returns: [] };
const decide = (change: Partial<TenderCorrectedInput> = {}) =>
  decideTenderCorrected({
    policy: POLICY,
    operator: SENIOR,
    at: NOW,
    correction: idOf(60),
    till: TILL,
    shift,
    sale,
    since: SINCE,
    allowedBy: null,
    tenders: { cash: 0, card: rub(110), transfer: 0 },
    ...change,
  });
const refusal = (change: Partial<TenderCorrectedInput>) => {
  const decided = decide(change);
  return decided.kind === 'refused' ? decided.because.kind : null;
};

const body = {
  correction: idOf(60),
  day: '2026-11-25',
  allowedBy: null,
  sale: { till: TILL, seq: 5, hash: HASH, number: 7 },
  was: [
    { kind: 'cash', amount: rub(80) },
    { kind: 'card', amount: rub(30) },
  ],
  tenders: [{ kind: 'card', amount: rub(110) }],
} as const;

/** What the correction leaves for later acts about the sale. */
function rowOf(of: ReturnType<typeof decide>, seq = 6): ReturnRow {
  if (of.kind === 'refused') throw new Error(of.because.kind);
  const entry: EntryOf<'tender-corrected'> = {
    v: 1,
    till: TILL,
    seq,
    at: NOW,
    operator: SENIOR,
    policy: 1,
    ...DECIDED,
    act: 'tender-corrected',
    body: of.body,
    prevHash: GENESIS_HASH,
    hash: 'b'.repeat(64),
  };
  const [row] = writtenTo('returns', tenderCorrectedRules.project(entry, NOTHING_BEFORE));
  if (row === undefined) throw new Error('no row');
  return row;
}

test('the money without change becomes that of another way; debt and points are not in it', () => {
  const decided = decide();
  expect(decided).toEqual({ kind: 'decided', body });
  expect(tenderCorrectedBody.safeParse(body).success).toBe(true);
});

test('a return gives back the money by the ways that were corrected', () => {
  const since = { debts: [], returns: [] };
  expect(soldIn(sale.body, since).paid).toEqual({ cash: rub(80), card: rub(30), transfer: 0 });
  const corrected = { ...since, returns: [rowOf(decide())] };
  expect(soldIn(sale.body, corrected)).toEqual({
    ...soldIn(sale.body, since),
    paid: { cash: 0, card: rub(110), transfer: 0 },
  });
});

describe('a correction is refused', () => {
  test.each<[string, Partial<TenderCorrectedInput>, string]>([
    ['without the right', { operator: CASHIER }, 'no-right'],
    ['allowed by somebody without it', { operator: CASHIER, allowedBy: CASHIER }, 'no-right'],
    ['before any shift', { shift: undefined }, 'other-shift'],
    [
      'after its shift',
      { shift: { ...shift, opened: { ...shift.opened, seq: 9 } } },
      'other-shift',
    ],
    [
      'once its shift is closed',
      { shift: { ...shift, closed: { seq: 8, at: NOW, left: 0 } } },
      'other-shift',
    ],
    ['at another till', { sale: { ...sale, till: idOf(3) } }, 'other-shift'],
    ['with a higher total', { tenders: { ...NO_MONEY, card: rub(111) } }, 'other-sum'],
    [
      'with what is on account paid as well',
      { tenders: { ...NO_MONEY, card: rub(125) } },
      'other-sum',
    ],
    [
      'with part of the money gone on account',
      { tenders: { ...NO_MONEY, cash: rub(90) } },
      'other-sum',
    ],
    [
      'with less than nothing of a way',
      { tenders: { cash: -1, card: rub(110) + 1, transfer: 0 } },
      'other-sum',
    ],
    [
      'that changes nothing',
      { tenders: { ...NO_MONEY, cash: rub(80), card: rub(30) } },
      'same-tenders',
    ],
  ])('%s', (_, change, because) => {
    expect(refusal(change)).toBe(because);
  });

  test('to cash that no coins make', () => {
    const rounding = { step: 100, way: 'nearest' } as const;
    const policy = verified(shopPolicy((it) => ({ ...it, cashRounding: rounding })));
    const split = (cash: number) => ({ cash: rub(cash), card: rub(110 - cash), transfer: 0 });
    expect(refusal({ policy, tenders: split(60.5) })).toBe('cash-not-payable');
    expect(refusal({ policy, tenders: split(61) })).toBeNull();
  });

  test('if it takes away money that a return has already given back the same way', () => {
    const decided = decide({
      since: { debts: [], returns: [returned({ cash: rub(50), card: 0, transfer: 0 })] },
    });
    const because = { kind: 'given-back', way: 'cash', amount: rub(50), stays: rub(50) };
    expect(decided).toEqual({ kind: 'refused', because });
  });

  test('but not if the debt was repaid the same way, and covers what was given back', () => {
    const refunds = { cash: rub(15), card: 0, transfer: 0 };
    const returns = [returned(refunds)];
    const repaid = (cash: number) => ({ debts: [repaidDebt(cash)], returns });
    const because = { kind: 'given-back', way: 'cash', amount: rub(15), stays: rub(1) };
    expect(decide({ since: repaid(14) })).toEqual({ kind: 'refused', because });
    expect(refusal({ since: repaid(15) })).toBeNull();
  });
});

/** The debt of the sale, of which so much was repaid in cash. */
const repaidDebt = (cash: number): DebtRow => ({
  customer: idOf(50),
  debt: HASH,
  left: rub(15 - cash),
  repaid: { ...NO_MONEY, cash: rub(cash) },
  earned: { onMoney: 0, points: 0 },
  made: { till: TILL, seq: 5, at: NOW, amount: rub(15), dueAt: null, earns: null },
});

/** Goods came back, and these refunds were given. */
const returned = (refunds: MoneyParts): ReturnRow => ({
  ...rowOf(decide()),
  quantities: [{ line: 0, quantity: 1000 }],
  refunds,
  paidOtherwise: NO_MONEY,
});

test('a corrected tender is corrected again, from what it was corrected to', () => {
  const first = rowOf(decide());
  expect(refusal({ since: { debts: [], returns: [first] } })).toBe('same-tenders');
  const tenders = { ...NO_MONEY, cash: rub(80), transfer: rub(30) };
  const second = decide({ since: { debts: [], returns: [first] }, correction: idOf(61), tenders });
  const again = {
    correction: idOf(61),
    was: [{ kind: 'card', amount: rub(110) }],
    tenders: [
      { kind: 'cash', amount: rub(80) },
      { kind: 'transfer', amount: rub(30) },
    ],
  };
  expect(second).toEqual({ kind: 'decided', body: { ...body, ...again } });
  const returns = [first, rowOf(second, 7)];
  expect(soldIn(sale.body, { debts: [], returns }).paid).toEqual(tenders);
});

test('after a return, the money that it did not give back may still be corrected', () => {
  const refunds = { cash: rub(50), card: 0, transfer: 0 };
  const tenders = { cash: rub(50), card: rub(60), transfer: 0 };
  expect(decide({ since: { debts: [], returns: [returned(refunds)] }, tenders })).toMatchObject({
    body: { was: body.was, tenders: [{ amount: rub(50) }, { amount: rub(60) }] },
  });
  // cash that was given back for a card was never cash of the sale
  const inCash = { cash: rub(90), card: 0, transfer: 0 };
  const byTransfer = { ...NO_MONEY, cash: rub(80), transfer: rub(30) };
  expect(
    refusal({ since: { debts: [], returns: [returned(inCash)] }, tenders: byTransfer }),
  ).toBeNull();
});

test('a colleague with the right allows it, and is named', () => {
  const decided = decide({ operator: CASHIER, allowedBy: SENIOR });
  expect(decided).toEqual({ kind: 'decided', body: { ...body, allowedBy: SENIOR } });
});

test('a body whose sums differ, or that names a way twice, is malformed', () => {
  const half = { kind: 'card', amount: rub(55) } as const;
  for (const tenders of [[half], [half, half], [{ kind: 'points', amount: rub(110), points: 5 }]])
    expect(tenderCorrectedBody.safeParse({ ...body, tenders }).success).toBe(false);
});
