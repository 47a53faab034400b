// Loyalty points: they never pay more than their share, and only money earns them.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  earned,
  earnedByRepaying,
  earningWithin,
  pointsTender,
  pointsWorth,
  redeemable,
} from '$lib/domain/customers/loyalty';
import { money, share } from '$lib/domain/values/money';
import { cases, limitOf } from '../support/cases';
import { POLICY, rub } from './fixtures';

const rules = fc.record({
  earnBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  redeemBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  pointValue: fc.integer({ min: 1, max: 10_000 }),
  onRepayment: fc.boolean(),
  perDay: fc.integer({ min: 0, max: 10_000_000 }),
});
const total = fc.integer({ min: 0, max: 100_000_000 }).map(money);

test(
  'points pay at most their share of the receipt and at most the balance; one more is too many',
  () => {
    fc.assert(
      fc.property(total, fc.integer({ min: -50, max: 100_000 }), rules, (sum, held, shop) => {
        const count = redeemable(sum, held, shop);
        expect(count).toBeGreaterThanOrEqual(0);
        expect(count).toBeLessThanOrEqual(Math.max(0, held));
        const most = BigInt(sum) * BigInt(shop.redeemBasisPoints);
        expect(BigInt(pointsWorth(count, shop)) * 10_000n <= most).toBe(true);
        const oneMore = BigInt(pointsWorth(count + 1, shop)) * 10_000n;
        expect(count >= held || oneMore > most).toBe(true);
      }),
      { numRuns: cases(1000) },
    );
  },
  limitOf(30_000),
);

test(
  'earned points are worth no more than their share of the money paid',
  () => {
    fc.assert(
      fc.property(total, rules, (paid, shop) => {
        const worth = pointsWorth(earned(paid, shop), shop);
        expect(worth).toBeLessThanOrEqual(share(paid, shop.earnBasisPoints));
      }),
      { numRuns: cases(1000) },
    );
  },
  limitOf(30_000),
);

test(
  'sales of a day never earn more than one customer may earn in a day, and no less than they may',
  () => {
    const part = fc.record({ moneyPaid: total, onAccount: total });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), rules, (sales, shop) => {
        let today = 0;
        for (const sale of sales) {
          const { atOnce, later, rate } = earningWithin(sale, shop, today);
          const whole = earningWithin(sale, { ...shop, perDay: Number.MAX_SAFE_INTEGER }, 0);
          const { pointValue } = shop;
          const terms = rate === null ? null : { ...sale, basisPoints: rate, pointValue };
          expect(later).toBe(earnedByRepaying(terms, sale.onAccount));
          const most = Math.floor(shop.perDay / shop.pointValue);
          const isWhole = today + whole.atOnce + whole.later <= most;
          expect({ atOnce, later, rate }).toEqual(
            isWhole
              ? whole
              : { atOnce: Math.min(whole.atOnce, most - today), later: 0, rate: null },
          );
          today += atOnce + later;
          expect(today).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: cases(1000) },
    );
  },
  limitOf(30_000),
);

test('by the first policy a thousand roubles earn ten points, and points pay up to half', () => {
  expect(earned(rub(1000), POLICY.points)).toBe(10);
  expect(earned(rub(99.99), POLICY.points)).toBe(0);
  expect(redeemable(rub(101), 500, POLICY.points)).toBe(50);
  expect(redeemable(rub(101), 7, POLICY.points)).toBe(7);
  expect(pointsTender(7, POLICY.points)).toEqual({ kind: 'points', points: 7, amount: rub(7) });
});

test('half a point throws', () => {
  expect(() => pointsWorth(0.5, POLICY.points)).toThrow('Invariant');
  expect(() => pointsWorth(-1, POLICY.points)).toThrow('Invariant');
});
