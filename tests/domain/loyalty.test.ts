// Loyalty points: they never pay more than their share, and only money earns them.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { earned, pointsTender, pointsWorth, redeemable } from '$lib/domain/customers/loyalty';
import { money, share } from '$lib/domain/values/money';
import { cases, limitOf } from '../support/cases';
import { POLICY, rub } from './fixtures';

const rules = fc.record({
  earnBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  redeemBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  pointValue: fc.integer({ min: 1, max: 10_000 }),
  onRepayment: fc.boolean(),
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
