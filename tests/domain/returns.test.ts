// Arithmetic of returns: the laws of partial returns. The worked examples test the acts.
import type { ReturnRow } from '$lib/contract/rows';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  leftToReturn,
  refundOf,
  returnedBy,
  type Refund,
  type Returned,
  type Returning,
  type Sold,
} from '$lib/domain/receipt/returns';
import type { CashRounding } from '$lib/domain/values/cash-rounding';
import { NO_MONEY, type MoneyParts } from '$lib/domain/values/settlement';
import { cases } from '../support/cases';

const line = (total: number, quantity = 1) => ({ total, quantity: quantity * 1000 });

const soldOf = (change: Partial<Sold>): Sold => ({
  lines: [line(100_00)],
  paid: { ...NO_MONEY, cash: 100_00 },
  redeemed: 0,
  pointValue: 100,
  earned: 0,
  rounding: 0,
  owed: 0,
  writtenOff: 0,
  ...change,
});

const NOTHING_RETURNED = returnedBy([]);

/** All returns of a sale after one more. */
function withRefund(before: Returned, quantities: readonly number[], refund: Refund): Returned {
  const row = (returned: Omit<Returned, 'quantities'>, lines: readonly number[]): ReturnRow => ({
    hash: '',
    sale: '',
    till: '',
    seq: 1,
    at: 1,
    operator: null,
    given: 0,
    guarded: 0,
    paidOtherwise: NO_MONEY,
    ...returned,
    quantities: lines.map((quantity, line) => ({ line, quantity })),
  });
  const { debtReduced, refunds, rounding } = refund;
  const { pointsGivenBack, pointsTakenBack, pointsWithheld } = refund;
  const parts = {
    debtReduced,
    refunds,
    rounding,
    pointsGivenBack,
    pointsTakenBack,
    pointsWithheld,
  };
  const { quantities: held, ...others } = before;
  return returnedBy([row(others, held), row(parts, quantities)]);
}

const cash = (amount: number): MoneyParts => ({ ...NO_MONEY, cash: amount });

/** Returns pieces of one sale one after the other; `points`: the customer's points before each. */
function inTurn(
  sold: Sold,
  turns: readonly (readonly number[])[],
  { points = 1000, inCash = false, cashRounding = null as CashRounding | null } = {},
): Refund[] {
  let before = NOTHING_RETURNED;
  let { owed } = sold;
  return turns.map((pieces) => {
    const quantities = pieces.map((each) => each * 1000);
    const returning = { quantities, points, inCash, cashRounding };
    const refund = refundOf({ ...sold, owed }, before, returning);
    before = withRefund(before, quantities, refund);
    owed -= refund.debtReduced;
    return refund;
  });
}

const given = (refunds: readonly Refund[]) =>
  refunds.map(({ refunds: { cash, card, transfer } }) => cash + card + transfer);

test('nothing is given for a written-off part of the debt, also by partial returns', () => {
  const sold = soldOf({ lines: [line(600_00, 2)], paid: cash(200_00), writtenOff: 400_00 });
  expect(given(inTurn(sold, [[1], [1]]))).toEqual([0, 200_00]);
});

test('money paid by card can be given back in cash, and is not given back twice', () => {
  const sold = soldOf({ lines: [line(100_00, 2)], paid: { ...NO_MONEY, card: 100_00 } });
  const [first] = inTurn(sold, [[1]], { inCash: true });
  if (first === undefined) expect.fail('nothing returned');
  expect(first.refunds).toEqual({ cash: 50_00, card: 0, transfer: 0 });
  const before = withRefund(NOTHING_RETURNED, [1000], first);
  const returning = { quantities: [1000], points: 0, inCash: false, cashRounding: null };
  expect(refundOf(sold, before, returning).refunds).toEqual({ cash: 0, card: 50_00, transfer: 0 });
});

test('what rounding added to cash is not given again by the card', () => {
  const sold = soldOf({ lines: [line(7_45, 5)], paid: { ...NO_MONEY, card: 7_45 } });
  const cashRounding = { step: 100, way: 'nearest' } as const;
  const [both] = inTurn(sold, [[2]], { inCash: true, cashRounding });
  if (both === undefined) expect.fail('nothing returned');
  // 2.98
  expect(both.refunds.cash).toBe(3_00);
  const before = withRefund(NOTHING_RETURNED, [2000], both);
  const rest = { quantities: [3000], points: 0, inCash: false, cashRounding };
  expect(refundOf(sold, before, rest)).toMatchObject({
    refunds: { cash: 0, card: 4_45, transfer: 0 },
    rounding: -2,
  });
});

test('goods that tills which did not know of each other took back twice cannot be returned again', () => {
  const sold = soldOf({});
  const before: Returned = { ...NOTHING_RETURNED, quantities: [2000], refunds: cash(200_00) };
  expect(leftToReturn(sold, before, 0)).toBe(0);
  const returning = { quantities: [0], points: 0, inCash: false, cashRounding: null };
  expect(refundOf(sold, before, returning)).toMatchObject({ refunds: NO_MONEY, rounding: 0 });
});

test('sums that only a dishonest till can make throw nothing', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const row: ReturnRow = {
    hash: '',
    sale: '',
    till: '',
    seq: 1,
    at: 1,
    operator: null,
    given: 0,
    guarded: 0,
    paidOtherwise: NO_MONEY,
    // a line far outside the list must not create an array of that length
    quantities: [{ line: 4_000_000_000, quantity: most }],
    debtReduced: most,
    refunds: { cash: 0, card: most, transfer: most },
    rounding: most,
    pointsGivenBack: most,
    pointsTakenBack: most,
    pointsWithheld: most,
  };
  const stated = [
    soldOf({ lines: [line(100_00, 2)] }),
    soldOf({ lines: [line(most), line(most)], paid: cash(2 * most) }),
  ];
  for (const sold of stated)
    for (const rounding of [most, -most])
      for (const rows of [
        [],
        [{ ...row, rounding, refunds: NO_MONEY, pointsWithheld: 0 }],
        [row, row],
      ])
        for (const cashRounding of [null, { step: 100, way: 'nearest' } as const])
          expect(() =>
            refundOf(sold, returnedBy(rows), {
              quantities: [1000, 1000],
              points: 0,
              inCash: false,
              cashRounding,
            }),
          ).not.toThrow();
});

/** A sale as a till makes it, in which parts of its debt were repaid and written off. */
const sale = fc
  .record({
    lines: fc.array(
      fc.record({ total: fc.nat(50_000), quantity: fc.integer({ min: 1, max: 9000 }) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    pointValue: fc.constantFrom(1, 7, 100),
    shares: fc.array(fc.nat(100), { minLength: 6, maxLength: 6 }),
    earnPercent: fc.nat(20),
    rounding: fc.integer({ min: -99, max: 99 }),
  })
  .map(({ lines, pointValue, shares, earnPercent, rounding }): Sold => {
    const goods = lines.reduce((sum, { total }) => sum + total, 0);
    const isOwed = (shares[4] ?? 0) + (shares[5] ?? 0) > 100;
    // cash is rounded only if nothing is on account
    const rounded = isOwed || goods < 100 ? 0 : rounding;
    let rest = goods + rounded;
    const take = (share: number): number => {
      const part = Math.floor((rest * share) / 100);
      rest -= part;
      return part;
    };
    const redeemed = Math.floor(take(shares[0] ?? 0) / pointValue);
    rest = goods + rounded - redeemed * pointValue;
    const [card, transfer] = [take(shares[1] ?? 0), take(shares[2] ?? 0)];
    const owed = isOwed ? take(shares[3] ?? 0) : 0;
    const writtenOff = isOwed ? take(shares[4] ?? 0) : 0;
    const paid = { card, transfer, cash: rest };
    const money = card + transfer + rest;
    const earned = Math.floor((money * earnPercent) / 100 / pointValue);
    return { lines, paid, redeemed, pointValue, earned, rounding: rounded, owed, writtenOff };
  });

/** How a sale is returned: its pieces in some order, with the customer's points before each return. */
const turns = fc.array(
  fc.record({ line: fc.nat(3), share: fc.integer({ min: 1, max: 100 }), points: fc.nat(300) }),
  { maxLength: 12 },
);
const cashRoundings = fc.constantFrom<CashRounding | null>(
  null,
  { step: 100, way: 'nearest' },
  { step: 10, way: 'down' },
);

type Turns = readonly { readonly line: number; readonly share: number; readonly points: number }[];

/** Returns the parts of `turns`, then all that is left; `each` is called after every return. */
function returnAll(
  sold: Sold,
  {
    turns,
    cashRounding,
    inCash,
  }: { turns: Turns; cashRounding: CashRounding | null; inCash: boolean },
  each: (after: Returned, refund: Refund) => void = () => undefined,
): Returned {
  let after = NOTHING_RETURNED;
  let { owed } = sold;
  const turn = (quantities: readonly number[], points: number) => {
    const returning: Returning = { quantities, points, inCash, cashRounding };
    const refund = refundOf({ ...sold, owed }, after, returning);
    after = withRefund(after, quantities, refund);
    owed -= refund.debtReduced;
    each(after, refund);
  };
  for (const { line, share, points } of turns) {
    const left = leftToReturn(sold, after, line % sold.lines.length);
    const part = Math.ceil((left * share) / 100);
    turn(
      sold.lines.map((_, index) => (index === line % sold.lines.length ? part : 0)),
      points,
    );
  }
  turn(
    sold.lines.map((_, index) => leftToReturn(sold, after, index)),
    1_000_000,
  );
  return after;
}

const sumOf = ({ cash, card, transfer }: MoneyParts): number => cash + card + transfer;

describe('partial returns', () => {
  test('add up to exactly one whole return, in any parts and any order', () => {
    fc.assert(
      fc.property(sale, turns, cashRoundings, fc.boolean(), (sold, turns, cashRounding, inCash) => {
        const all = returnAll(sold, { turns, cashRounding, inCash });
        const withheld = all.pointsWithheld * sold.pointValue;
        expect(all.quantities).toEqual(sold.lines.map(({ quantity }) => quantity));
        expect(all.debtReduced).toBe(sold.owed);
        // what no coins make is not given back, and is the rounding
        const step = cashRounding?.step ?? 1;
        const missing = sumOf(sold.paid) - sumOf(all.refunds) - withheld;
        expect(missing).toBeGreaterThanOrEqual(0);
        expect(missing).toBeLessThan(step);
        expect(all.rounding + missing).toBe(0);
        const cash = inCash ? sumOf(sold.paid) : sold.paid.cash;
        if (withheld === 0 && cash % step === 0) expect(missing).toBe(0);
        expect(all.pointsGivenBack).toBe(sold.redeemed);
        expect(all.pointsTakenBack + all.pointsWithheld).toBe(sold.earned);
        const atOnce = returnAll(sold, { turns: [], cashRounding, inCash });
        if (all.pointsWithheld === 0) expect(all).toEqual(atOnce);
      }),
      { numRuns: cases(600) },
    );
  });

  test('never give back more than was paid, owed or redeemed, or cash that no coins make, or take more than was earned', () => {
    fc.assert(
      fc.property(sale, turns, cashRoundings, fc.boolean(), (sold, turns, cashRounding, inCash) => {
        returnAll(sold, { turns, cashRounding, inCash }, (after, refund) => {
          const withheld = after.pointsWithheld * sold.pointValue;
          expect(sumOf(after.refunds) + withheld).toBeLessThanOrEqual(sumOf(sold.paid));
          if (!inCash)
            for (const kind of ['card', 'transfer', 'cash'] as const)
              expect(after.refunds[kind]).toBeLessThanOrEqual(sold.paid[kind]);
          expect(after.debtReduced).toBeLessThanOrEqual(sold.owed);
          expect(after.pointsGivenBack).toBeLessThanOrEqual(sold.redeemed);
          expect(after.pointsTakenBack + after.pointsWithheld).toBeLessThanOrEqual(sold.earned);
          const { amounts, debtReduced, refunds, pointsGivenBack } = refund;
          const nothingNegative = [...amounts, debtReduced, ...Object.values(refunds)];
          for (const sum of [...nothingNegative, pointsGivenBack, refund.pointsTakenBack])
            expect(sum).toBeGreaterThanOrEqual(0);
          expect(refunds.cash % (cashRounding?.step ?? 1)).toBe(0);
        });
      }),
      { numRuns: cases(600) },
    );
  });

  test('leave the customer no more points than before the sale', () => {
    fc.assert(
      fc.property(sale, turns, fc.nat(50), (sold, turns, spare) => {
        // the customer still has all earned points, so buying and returning changes nothing
        let points = sold.earned + spare;
        returnAll(
          sold,
          {
            turns: turns.map((turn) => ({ ...turn, points: 1_000_000 })),
            cashRounding: null,
            inCash: false,
          },
          (_, refund) => {
            points += refund.pointsGivenBack - refund.pointsTakenBack;
          },
        );
        expect(points).toBe(spare + sold.redeemed);
      }),
      { numRuns: cases(300) },
    );
  });
});
