// Overrides: who may go on without a code, up to which sum, and what counts in the last 24 hours.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '$lib/domain/values/durations';
import { money, ZERO } from '$lib/domain/values/money';
import {
  NOTHING_USED,
  overrideAllowed,
  skipRight,
  usageAfter,
  usageOf,
} from '$lib/domain/consent/override';
import {
  ANNA,
  CASHIER,
  GONE,
  idOf,
  NOW,
  OWNER,
  POLICY,
  rub,
  SENIOR,
  shopPolicy,
  verified,
} from './fixtures';

describe('going on without a code', () => {
  const need = { action: 'sell-on-account', amount: rub(1000) } as const;

  test('needs the right to that action; a refusal names the groups that have it', () => {
    expect(skipRight('redeem-points')).toBe('skip-code:points');
    expect(skipRight('sell-on-account')).toBe('skip-code:on-account');
    const answer = overrideAllowed(POLICY, CASHIER, need, NOTHING_USED);
    expect(answer.kind === 'no-right' && answer.groups.map((group) => group.id)).toEqual([
      'senior-cashier',
      'manager',
      'owner',
    ]);
    for (const by of [GONE, idOf(99)]) {
      expect(overrideAllowed(POLICY, by, need, NOTHING_USED).kind).toBe('no-right');
    }
    const pointsOnly = verified(
      shopPolicy((p) => ({
        ...p,
        groups: p.groups.map((g) =>
          g.id === 'senior-cashier'
            ? { ...g, rights: g.rights.filter((right) => right !== 'skip-code:on-account') }
            : g,
        ),
      })),
    );
    expect(overrideAllowed(pointsOnly, SENIOR, need, NOTHING_USED).kind).toBe('no-right');
    expect(
      overrideAllowed(pointsOnly, SENIOR, { ...need, action: 'redeem-points' }, NOTHING_USED).kind,
    ).toBe('allowed');
  });

  test.each([
    ['act', 3000.01, 0, 0, 3000],
    ['customer', 1000.01, 2000, 2000, 1000],
    ['till', 1000.01, 0, 14_000, 1000],
    ['act', 5000, 2000, 14_500, 500],
    ['customer', 0.01, 4000, 4000, 0],
  ] as const)('the cap of the %s applies', (scope, amount, customer, till, allowed) => {
    const usage = { customer: rub(customer), till: rub(till) };
    expect(overrideAllowed(POLICY, SENIOR, { ...need, amount: rub(amount) }, usage)).toEqual({
      kind: 'over-cap',
      scope,
      allowed: rub(allowed),
    });
  });

  test('is allowed up to the cap; a refusal states the sum still allowed', () => {
    const usage = { customer: rub(2000), till: rub(2000) };
    expect(overrideAllowed(POLICY, OWNER, need, usage)).toEqual({ kind: 'allowed', left: ZERO });
    expect(overrideAllowed(POLICY, OWNER, { ...need, amount: rub(1) }, NOTHING_USED)).toEqual({
      kind: 'allowed',
      left: rub(2999),
    });
  });

  test('is allowed for exactly that sum, and not for a kopeck more', () => {
    const minor = fc.integer({ min: 0, max: 2_000_000 }).map(money);
    const some = fc.integer({ min: 1, max: 400_000 }).map(money);
    fc.assert(
      fc.property(some, minor, minor, (amount, customer, till) => {
        const usage = { customer, till };
        const answer = overrideAllowed(POLICY, SENIOR, { ...need, amount }, usage);
        if (answer.kind === 'allowed') {
          expect(amount).toBeLessThanOrEqual(POLICY.overrideCaps.perAct);
          expect(amount + customer).toBeLessThanOrEqual(POLICY.overrideCaps.perCustomer);
          expect(amount + till).toBeLessThanOrEqual(POLICY.overrideCaps.perTill);
        } else if (answer.kind === 'over-cap') {
          const most = { ...need, amount: answer.allowed };
          expect(overrideAllowed(POLICY, SENIOR, most, usage).kind).toBe('allowed');
          const more = { ...need, amount: money(answer.allowed + 1) };
          expect(overrideAllowed(POLICY, SENIOR, more, usage).kind).toBe('over-cap');
        } else {
          expect.unreachable();
        }
      }),
    );
  });
});

describe('overrides of the last 24 hours', () => {
  const act = (at: number, amount: number, customer = ANNA) => ({
    at,
    customer,
    amount: rub(amount),
  });

  test('count for the till and for the customer', () => {
    const acts = [act(NOW, 1), act(NOW - 1, 2, idOf(21)), act(NOW - DAY_MS + 1, 4)];
    expect(usageOf(acts, NOW, new Set([ANNA]))).toEqual({ customer: rub(5), till: rub(7) });
    expect(usageOf(acts, NOW, new Set())).toEqual({ customer: 0, till: rub(7) });
  });

  test('do not include an act of exactly 24 hours ago', () => {
    expect(usageOf([act(NOW - DAY_MS, 1)], NOW, new Set([ANNA]))).toEqual(NOTHING_USED);
    expect(usageOf([act(NOW - DAY_MS + 1, 1)], NOW, new Set([ANNA])).till).toBe(rub(1));
  });

  test('include an act dated in the future, after the clock was set back', () => {
    expect(usageOf([act(NOW + DAY_MS, 3)], NOW, new Set([ANNA]))).toEqual({
      customer: rub(3),
      till: rub(3),
    });
  });

  test('with one more act count for both', () => {
    expect(usageAfter({ customer: rub(1), till: rub(2) }, rub(3))).toEqual({
      customer: rub(4),
      till: rub(5),
    });
  });
});
