// A return without the sale: at most at today's price, always with a second operator.
// It lowers debts before it gives money.
import type { DebtRow } from '$lib/contract/rows';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { describe, expect, test } from 'vitest';
import { GENESIS_HASH, type KnownEntry } from '$lib/contract/journal';
import { returnBody } from '$lib/contract/acts/return';
import {
  decideReturnWithoutSale,
  type ReturnWithoutSaleInput,
} from '$lib/domain/acts/money/return-without-sale';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { NO_DEBTS, openDebts } from '$lib/domain/customers/debts';
import { Fold } from '$lib/domain/fold';
import { beforeOf, writtenTo } from '$lib/domain/rows';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { NO_TOTALS } from '$lib/domain/shift/shift';
import { DECIDED } from '$lib/proof/chain';
import { ANNA, BREAD, CASHIER, idOf, NOW, OWNER, POLICY, rub, SENIOR, TILL } from './fixtures';

const loaf = (change: Partial<ReturnWithoutSaleInput['goods'][number]> = {}) => ({
  ...({ product: BREAD, name: 'Хлеб', unit: 'piece', quantity: 1000, to: 'stock' } as const),
  prices: { given: rub(50), list: rub(50) },
  mark: null,
  tax: USUAL_TAX,
  ...change,
});

function decide(change: Partial<ReturnWithoutSaleInput> = {}) {
  return decideReturnWithoutSale({
    policy: POLICY,
    operator: SENIOR,
    return: idOf(31),
    at: NOW,
    customer: null,
    card: null,
    debts: NO_DEBTS,
    goods: [loaf()],
    inCash: true,
    reason: 'faulty',
    note: null,
    approvedBy: OWNER,
    guardedToday: 0,
    ...change,
  });
}

function bodyOf(change: Partial<ReturnWithoutSaleInput> = {}) {
  const decided = decide(change);
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  expect(returnBody.safeParse(decided.body).error).toBeUndefined();
  return decided.body;
}

/** Debts of Anna, the oldest first. */
const debtsOf = (lefts: readonly number[]): DebtRow[] =>
  lefts.map((left, place) => ({
    customer: ANNA,
    debt: String(place).repeat(64),
    left,
    repaid: NO_MONEY,
    earned: NOTHING_EARNED,
    made: { till: TILL, seq: place + 1, at: NOW + place, amount: left, dueAt: null, earns: null },
  }));

function rowsAfter(body: ReturnType<typeof bodyOf>, debts: readonly DebtRow[]) {
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
  const fold = new Fold(beforeOf({ shifts: [shift], debts }));
  const entry: KnownEntry = {
    v: 1,
    till: TILL,
    seq: 9,
    at: NOW,
    operator: SENIOR,
    policy: 1,
    ...DECIDED,
    act: 'return',
    prevHash: GENESIS_HASH,
    hash: 'e'.repeat(64),
    body,
  };
  fold.take(entry, new Set());
  return fold.changes();
}

test('gives back the typed price, in cash or by transfer, and no points', () => {
  const goods = [loaf({ quantity: 2000, prices: { given: rub(40), list: rub(50) } })];
  expect(bodyOf({ goods })).toMatchObject({
    sale: null,
    shown: 'nothing',
    total: rub(80),
    approval: { kind: 'given', by: OWNER },
    refunds: [{ kind: 'cash', amount: rub(80) }],
    accounts: [],
    pointsGivenBack: 0,
    pointsTakenBack: 0,
    stock: [{ product: BREAD, delta: 2000 }],
  });
  const refunds = [{ kind: 'transfer', amount: rub(80) }];
  expect(bodyOf({ goods, inCash: false }).refunds).toEqual(refunds);
  expect(bodyOf({ goods: [loaf({ to: 'written-off' })] }).stock).toEqual([]);
});

test('the customer’s debts are lowered first, the oldest before others, and count as paid', () => {
  const debts = debtsOf([rub(30), rub(30)]);
  const body = bodyOf({ customer: ANNA, debts: openDebts(debts) });
  expect(body).toMatchObject({ debtReduced: rub(50), refunds: [] });
  const rows = rowsAfter(body, debts);
  expect(writtenTo('debts', rows)).toMatchObject([
    { left: 0, repaid: { cash: rub(30) } },
    { left: rub(10), repaid: { cash: rub(20) } },
  ]);
  // the sum taken off debts counts towards the daily cap, like money
  expect(writtenTo('returns', rows)).toMatchObject([{ sale: null, guarded: rub(50) }]);
});

describe('is refused', () => {
  test.each([
    [
      'without the right or a colleague who has it',
      { operator: CASHIER, approvedBy: null },
      { kind: 'needs-colleague', because: 'no-right' },
    ],
    ['of nothing', { goods: [] }, { kind: 'nothing-chosen' }],
    [
      'above the list price',
      { goods: [loaf({ prices: { given: rub(51), list: rub(50) } })] },
      { kind: 'above-list', line: 0 },
    ],
    ['of half a piece', { goods: [loaf({ quantity: 500 })] }, { kind: 'whole-pieces', line: 0 }],
    ['of none', { goods: [loaf({ quantity: 0 })] }, { kind: 'out-of-bounds', line: 0 }],
    [
      'with sums that nobody can enter',
      {
        goods: [
          loaf({
            quantity: 99_000_000,
            prices: { given: Number.MAX_SAFE_INTEGER, list: Number.MAX_SAFE_INTEGER },
          }),
        ],
      },
      { kind: 'out-of-bounds', line: 0 },
    ],
    ['for another reason without a note', { reason: 'other' }, { kind: 'needs-note' }],
    ...([null, SENIOR, CASHIER] as const).map(
      (approvedBy) =>
        [
          `with the PIN of ${approvedBy ?? 'nobody'}`,
          { approvedBy },
          { kind: 'needs-colleague', because: 'nothing-shown' },
        ] as const,
    ),
    [
      'above the cap of a day',
      { guardedToday: POLICY.returns.perDay - 100 },
      { kind: 'over-day-cap', allowed: 100 },
    ],
  ] as const)('%s', (_, change, because) => {
    expect(decide(change)).toEqual({ kind: 'refused', because });
  });
});

test('the goods keep their data for a fiscal document, with the shop’s rate if they have none', () => {
  const [wine, bread] = [{ subject: 'excisable', vat: '22' } as const, USUAL_TAX];
  const { lines } = bodyOf({ goods: [loaf({ tax: wine }), loaf({ tax: bread })] });
  expect(lines.map(({ tax }) => tax)).toEqual([wine, { subject: 'goods', vat: POLICY.shop.vat }]);
});
