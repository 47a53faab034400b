// Points earned by repaying a debt, in one part or several.
// They are as many as if the money had been paid at the sale.
import type { DebtRow, ShiftRow } from '$lib/contract/rows';
import { codeHash } from '$lib/domain/values/receipt-number';
import { describe, expect, test } from 'vitest';
import { cancellationBody, repaymentBody } from '$lib/contract/acts/repayment';
import { GENESIS_HASH, type BodyOf, type EntryOf, type KnownEntry } from '$lib/contract/journal';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import { decideCancellation } from '$lib/domain/acts/money/repayment-cancelled';
import { decideReturn } from '$lib/domain/acts/money/return';
import { openDebts, pointsTooMany } from '$lib/domain/customers/debts';
import { Fold } from '$lib/domain/fold';
import { earnedByRepaying, repaidEarns } from '$lib/domain/customers/loyalty';
import { money, ZERO } from '$lib/domain/values/money';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { beforeOf, writtenTo } from '$lib/domain/rows';
import { NO_TOTALS } from '$lib/domain/shift/shift';
import { DECIDED } from '$lib/proof/chain';
import {
  anna,
  ANNA,
  BREAD,
  idOf,
  NOW,
  overrideOf,
  OWNER,
  POLICY,
  rub,
  SENIOR,
  shopPolicy,
  TILL,
  verified,
} from './fixtures';

const SHIFT: ShiftRow = {
  till: TILL,
  number: 1,
  totals: NO_TOTALS,
  counted: null,
  closed: null,
  opened: { seq: 1, at: NOW, operator: SENIOR, float: 0, counted: true, left: 0, difference: 0 },
};

/** Sales, repayments and returns of one customer; a point is worth 1.00 and 1 % is earned, as in the policy. */
class Account {
  readonly #fold = new Fold(beforeOf({ shifts: [SHIFT] }));
  #seq = 1;

  get rows() {
    const rows = this.#fold.changes();
    return {
      debts: writtenTo('debts', rows),
      returns: writtenTo('returns', rows),
      points: writtenTo('balances', rows).find(({ account }) => account === 'points')?.sum ?? 0,
      totals: writtenTo('shifts', rows).at(-1)?.totals ?? NO_TOTALS,
    };
  }

  take<A extends KnownEntry['act']>(act: A, body: BodyOf<A>): EntryOf<A> {
    this.#seq += 1;
    const entry = {
      v: 1,
      till: TILL,
      seq: this.#seq,
      at: NOW + this.#seq,
      operator: SENIOR,
      policy: 1,
      ...DECIDED,
      prevHash: GENESIS_HASH,
      hash: this.#seq.toString(16).padStart(64, '0'),
      act,
      body,
    } as unknown as EntryOf<A>;
    this.#fold.take(entry as KnownEntry, new Set());
    return entry;
  }

  /** Ten pieces, sums in major units. */
  sell(cash: number, onAccount: number, earns = 100 as number | null): EntryOf<'sale'> {
    const total = rub(cash) + rub(onAccount);
    const pointsEarned = Math.floor(cash / 100);
    const line = {
      product: BREAD,
      name: 'Хлеб',
      barcode: null,
      unit: 'piece',
      quantity: 10_000,
      total,
      listPrice: total / 10,
      unitPrice: total / 10,
      priceFrom: 'list',
      discounts: [],
      noDiscounts: false,
      askAge: null,
      mark: null,
      pointsPart: 0,
      tax: { subject: 'goods', vat: 'none' },
    };
    const steps = { debt: rub(onAccount), points: pointsEarned };
    return this.take('sale', {
      sale: idOf(30),
      number: this.#seq,
      currency: 'RUB',
      day: '2026-11-25',
      customer: ANNA,
      lines: [line],
      total,
      rounding: 0,
      changeDue: 0,
      onAccount: rub(onAccount),
      dueDays: null,
      removed: { lines: 0, sum: 0 },
      held: { times: 0, longestMs: 0 },
      discountsAllowedBy: null,
      ageConfirmed: null,
      tenders: cash === 0 ? [] : [{ kind: 'cash', amount: rub(cash) }],
      pointsEarned,
      repaidEarns: onAccount > 0 ? earns : null,
      pointValue: 100,
      confirmations: [],
      stock: [],
      accounts: (['debt', 'points'] as const).flatMap((account) =>
        steps[account] === 0 ? [] : [{ customer: ANNA, account, delta: steps[account] }],
      ),
    } as unknown as BodyOf<'sale'>);
  }

  repay(amount: number, policy = POLICY): EntryOf<'repayment'> {
    const decided = decideRepayment({
      card: null,
      policy,
      operator: SENIOR,
      at: NOW,
      repayment: idOf(33),
      customer: ANNA,
      debts: openDebts(this.rows.debts),
      tenders: [{ kind: 'cash', amount: rub(amount) }],
    });
    if (decided.kind === 'refused') throw new Error(decided.because.kind);
    expect(repaymentBody.safeParse(decided.body).error).toBeUndefined();
    return this.take('repayment', decided.body);
  }

  cancel(repayment: EntryOf<'repayment'>): BodyOf<'repayment-cancelled'> {
    const { debts, points } = this.rows;
    const decided = decideCancellation({
      allowedBy: null,
      policy: POLICY,
      operator: OWNER,
      till: TILL,
      at: NOW,
      customer: anna,
      debts,
      cancellation: idOf(35),
      repayment,
      reason: 'x',
      shift: SHIFT,
      owedSince: ZERO,
      isCancelled: false,
      isReturned: false,
      disputed: false,
      usage: NOTHING_USED,
      grantsUsed: new Set<string>(),
      dealHash: null,
      standing: { owed: ZERO, points },
      confirmations: [overrideOf('sell-on-account', { askedBy: OWNER, by: OWNER })],
    });
    if (decided.kind === 'refused') throw new Error(decided.because.kind);
    expect(cancellationBody.safeParse(decided.body).error).toBeUndefined();
    return this.take('repayment-cancelled', decided.body).body;
  }

  giveBack(sale: EntryOf<'sale'>, pieces: number): BodyOf<'return'> {
    const { debts, returns, points } = this.rows;
    const decided = decideReturn({
      card: null,
      policy: POLICY,
      operator: SENIOR,
      return: idOf(31),
      at: NOW,
      sale,
      points,
      since: {
        debts: debts.filter(({ debt }) => debt === sale.hash),
        returns: returns.filter((row) => row.sale === sale.hash),
      },
      goods: [{ line: 0, quantity: pieces * 1000, to: 'stock' }],
      inCash: false,
      shown: 'paper',
      scanned: codeHash(sale.hash),
      reason: 'faulty',
      note: null,
      approvedBy: OWNER,
      guardedToday: 0,
      givenToday: 0,
      asked: null,
    });
    if (decided.kind === 'refused') throw new Error(decided.because.kind);
    return this.take('return', decided.body).body;
  }

  /** The customer spends points at another till. */
  spend(points: number): void {
    const accounts = [{ customer: ANNA, account: 'points' as const, delta: -points }];
    const of = { correction: idOf(34), currency: 'RUB', customer: ANNA, account: 'points' };
    const body = { ...of, delta: -points, reason: 'x', debt: null, settles: [], accounts };
    this.take('balance-corrected', { ...body, confirmations: [] } as never);
  }
}

const points = (account: Account) => account.rows.points;

describe('a repayment', () => {
  test('example 18: 1990 on account, repaid 20 × 99.50, earns 19 points', () => {
    const account = new Account();
    account.sell(0, 1990);
    const each = Array.from({ length: 20 }, () => account.repay(99.5).body.earned);
    expect(points(account)).toBe(19);
    expect(each.filter((earned) => earned.length > 0)).toHaveLength(19);
    expect(account.rows.totals.pointsEarned).toBe(19);
  });

  test('earns, together with the money paid at the sale, as much as if all had been paid then', () => {
    const account = new Account();
    account.sell(150, 250);
    expect(points(account)).toBe(1);
    expect(account.repay(50).body).toMatchObject({
      earned: [{ points: 1 }],
      accounts: [
        { account: 'debt', delta: rub(-50) },
        { account: 'points', delta: 1 },
      ],
    });
    expect(account.repay(200).body.earned).toMatchObject([{ points: 2 }]);
  });

  test('earns by the rate that the sale states, or nothing, whatever the policy says now', () => {
    const account = new Account();
    account.sell(0, 500, null);
    account.sell(0, 500, 200);
    const on = verified(
      shopPolicy((it) => ({ ...it, points: { ...it.points, onRepayment: true } })),
    );
    expect(account.repay(500, on).body.earned).toEqual([]);
    expect(account.repay(500).body.earned).toMatchObject([{ points: 10 }]);
  });

  test('earns points only if the setting was on at the sale, which states it', () => {
    const rules = { ...POLICY.points, onRepayment: true };
    expect(repaidEarns(rub(1), rules)).toBe(100);
    expect(repaidEarns(ZERO, rules)).toBe(null);
    expect(repaidEarns(rub(1), { ...rules, earnBasisPoints: 0 })).toBe(null);
    expect(repaidEarns(rub(1), POLICY.points)).toBe(null);
  });

  test('of several debts earns by the rate of each', () => {
    const account = new Account();
    account.sell(0, 300);
    account.sell(0, 400, 500);
    expect(account.repay(500).body.earned).toMatchObject([{ points: 3 }, { points: 10 }]);
    expect(account.repay(200).body.earned).toMatchObject([{ points: 10 }]);
  });
});

describe('a return', () => {
  test('takes back points of repayments, too, in proportion to the money', () => {
    const account = new Account();
    const sale = account.sell(100, 900);
    account.repay(900);
    expect(points(account)).toBe(10);
    expect(account.giveBack(sale, 5)).toMatchObject({ pointsTakenBack: 5 });
    expect(account.giveBack(sale, 5)).toMatchObject({ pointsTakenBack: 5 });
    expect(points(account)).toBe(0);
  });

  test('takes back no points while it only lowers the debt; later repayments still earn', () => {
    const account = new Account();
    const sale = account.sell(0, 1000);
    account.repay(500);
    expect(account.giveBack(sale, 3)).toMatchObject({ pointsTakenBack: 0, refunds: [] });
    account.repay(200);
    expect(points(account)).toBe(7);
    account.giveBack(sale, 7);
    expect(points(account)).toBe(0);
  });
});

describe('cancelling a repayment', () => {
  test('takes back the points it had earned; repaying again earns the same', () => {
    const account = new Account();
    account.sell(0, 1000);
    const repayment = account.repay(1000);
    expect(account.cancel(repayment)).toMatchObject({
      takenBack: [{ points: 10 }],
      withheld: { points: 0, amount: 0 },
      refunds: [{ kind: 'cash', amount: rub(1000) }],
      accounts: [{ delta: rub(1000) }, { account: 'points', delta: -10 }],
    });
    expect(points(account)).toBe(0);
    expect(account.rows.totals.repaymentsCancelled).toMatchObject({ pointsTakenBack: 10 });
    account.repay(1000);
    expect(points(account)).toBe(10);
  });

  test('withholds the worth of spent points, so that nobody gains points by it', () => {
    const account = new Account();
    account.sell(0, 1000);
    const repayment = account.repay(1000);
    account.spend(8);
    expect(account.cancel(repayment)).toMatchObject({
      takenBack: [{ points: 10 }],
      withheld: { points: 8, amount: rub(8) },
      refunds: [{ kind: 'cash', amount: rub(992) }],
      accounts: [{ delta: rub(1000) }, { account: 'points', delta: -2 }],
    });
    expect(points(account)).toBe(0);
    expect(account.rows.totals.repaymentsCancelled).toMatchObject({ withheld: rub(8) });
  });

  test('takes back what the other repayments do not earn, not what this one had earned', () => {
    const account = new Account();
    account.sell(0, 1000);
    const large = account.repay(99);
    // this repayment completes the point
    account.repay(1);
    expect(account.cancel(large).takenBack).toMatchObject([{ points: 1 }]);
    expect(points(account)).toBe(0);
  });

  test('is invalid if its points do not fit its debts or steps', () => {
    const account = new Account();
    account.sell(0, 1000);
    const body = account.cancel(account.repay(1000));
    for (const wrong of [
      { takenBack: [] },
      { takenBack: [{ debt: 'e'.repeat(64), points: 10 }] },
      { takenBack: [...body.takenBack, ...body.takenBack] },
      { withheld: { points: 11, amount: 0 } },
      { withheld: { points: 0, amount: 1 }, refunds: [{ kind: 'cash', amount: rub(1000) - 1 }] },
      { accounts: body.accounts.slice(0, 1) },
      { accounts: body.accounts.toReversed() },
    ])
      expect(cancellationBody.safeParse({ ...body, ...wrong }).success).toBe(false);
  });
});

test('a repayment whose points do not fit its debts is invalid', () => {
  const account = new Account();
  account.sell(0, 1000);
  const { body } = account.repay(1000);
  const [one] = body.earned;
  for (const wrong of [
    { earned: [] },
    { earned: [{ debt: one?.debt, points: 11 }] },
    { earned: [{ debt: 'e'.repeat(64), points: 10 }] },
    { earned: [one, one] },
    { accounts: body.accounts.slice(0, 1) },
  ])
    expect(repaymentBody.safeParse({ ...body, ...wrong }).success).toBe(false);
});

test('of a debt repaid at two tills, only points beyond the money that settled it are too many', () => {
  const made = { till: TILL, seq: 1, at: NOW, amount: rub(900), dueAt: null };
  const earns = { moneyPaid: 0, basisPoints: 100, pointValue: 100 };
  const row = (left: number, onMoney: number, given: number): DebtRow => ({
    customer: ANNA,
    debt: 'a'.repeat(64),
    left: rub(left),
    made: { ...made, earns },
    repaid: { cash: rub(onMoney), card: 0, transfer: 0 },
    earned: { onMoney: rub(onMoney), points: given },
  });
  expect(pointsTooMany(row(0, 900, 9))).toBe(0);
  expect(pointsTooMany(row(-900, 1800, 18))).toBe(9);
  // the repayments at both tills completed the same point
  expect(pointsTooMany(row(780, 120, 2))).toBe(1);
  expect(earnedByRepaying(earns, money(-1))).toBe(0);
});
