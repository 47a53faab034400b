// Accounts: sums of steps in any order, and time windows that a changed clock does not shorten.
import { MONTH_MS } from '$lib/domain/values/durations';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccountEntry } from '$lib/contract/acts/account';
import { foldBalances, NOTHING_UNCONFIRMED, unconfirmedOf } from '$lib/domain/customers/account';
import { allowedDebt } from '$lib/domain/customers/customer';
import { money } from '$lib/domain/values/money';
import { ANNA, idOf, NOW, rub } from './fixtures';

const step: fc.Arbitrary<AccountEntry> = fc.record({
  customer: fc.constantFrom(ANNA, idOf(21)),
  account: fc.constantFrom('debt', 'points'),
  delta: fc.integer({ min: -1_000_000, max: 1_000_000 }),
});

describe('balances', () => {
  test('are the sums of the steps, in any order', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const folded = foldBalances(steps);
        expect(foldBalances([...steps].reverse())).toEqual(folded);
        for (const [customer, standing] of folded) {
          const sumOf = (account: AccountEntry['account']) =>
            steps
              .filter((each) => each.customer === customer && each.account === account)
              .reduce((total, each) => total + each.delta, 0);
          expect(standing).toEqual({ owed: sumOf('debt'), points: sumOf('points') });
        }
      }),
    );
  });
});

test('unconfirmed acts of 30 days are summed by action; acts with a code are left out', () => {
  const act = (
    at: number,
    kind: 'code' | 'override' | 'not-required' | 'none',
    amount: number,
  ) => ({
    at,
    confirmation: { kind, action: 'sell-on-account' as const, amount },
  });
  const acts = [
    act(NOW, 'code', 1),
    act(NOW, 'override', 10),
    act(NOW - 1, 'not-required', 100),
    act(NOW - MONTH_MS + 1, 'none', 1000),
    act(NOW - MONTH_MS, 'not-required', 10_000),
  ];
  expect(unconfirmedOf(acts, NOW)).toEqual({ ...NOTHING_UNCONFIRMED, 'sell-on-account': 1110 });
  expect(unconfirmedOf([], NOW)).toEqual(NOTHING_UNCONFIRMED);
});

describe('how much more a customer may owe', () => {
  const shop = rub(10_000);
  test('follows from the shop’s limit, their own limit, no limit, or no credit', () => {
    expect(allowedDebt({ kind: 'shop-limit' }, shop, rub(4000))).toEqual({
      kind: 'up-to',
      left: rub(6000),
      limit: shop,
    });
    expect(allowedDebt({ kind: 'own-limit', limit: rub(500) }, shop, rub(499))).toEqual({
      kind: 'up-to',
      left: rub(1),
      limit: rub(500),
    });
    expect(allowedDebt({ kind: 'unlimited' }, shop, rub(1e6))).toEqual({ kind: 'unlimited' });
    expect(allowedDebt({ kind: 'no-credit' }, shop, money(0))).toEqual({ kind: 'refused' });
  });

  test('is nothing over the limit; a prepayment adds to the limit', () => {
    const over = allowedDebt({ kind: 'shop-limit' }, shop, rub(12_000));
    expect(over).toEqual({ kind: 'up-to', left: 0, limit: shop });
    const ahead = allowedDebt({ kind: 'shop-limit' }, shop, rub(-500));
    expect(ahead).toEqual({ kind: 'up-to', left: rub(10_500), limit: shop });
  });
});
