// Confirmation: what the policy asks for, and who may go on without it up to which sum.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOTHING_UNCONFIRMED, NOTHING_USED } from '$lib/domain/account';
import {
  confirmationsRequired,
  movedBy,
  needsOf,
  overrideAllowed,
  skipRight,
} from '$lib/domain/confirmation';
import { dealOf, dealsOf } from '$lib/domain/deal';
import { money, ZERO } from '$lib/domain/money';
import {
  anna,
  ANNA,
  BREAD,
  cash,
  CASHIER,
  GONE,
  idOf,
  OWNER,
  points,
  POLICY,
  RECEIPT,
  receiptOf,
  rub,
  RUB,
  SENIOR,
  shopPolicy,
  verified,
} from './fixtures';

const both = { onAccount: rub(872.07), pointsWorth: rub(50), points: 50 };

describe('what has to be confirmed', () => {
  test('points and debt each need their own code, points first', () => {
    const receipt = receiptOf(1422.07, [cash(500), points(50)]);
    expect(movedBy(receipt)).toEqual(both);
    expect(needsOf(POLICY, receipt, NOTHING_UNCONFIRMED)).toEqual({
      needs: [
        { action: 'redeem-points', amount: rub(50), points: 50, channel: 'sms', chain: ['sms'] },
        {
          action: 'sell-on-account',
          amount: rub(872.07),
          points: null,
          channel: 'sms',
          chain: ['sms'],
        },
      ],
      notRequired: [],
    });
  });

  test('a fully paid receipt needs nothing', () => {
    expect(needsOf(POLICY, receiptOf(100, [cash(500)]), NOTHING_UNCONFIRMED)).toEqual({
      needs: [],
      notRequired: [],
    });
  });

  test('the method "none" asks for nothing and is recorded', () => {
    const policy = verified(
      shopPolicy((p) => ({
        ...p,
        methods: {
          ...p.methods,
          'redeem-points': { chain: [], threshold: 0, nextAfterMs: 40_000 },
        },
      })),
    );
    const { needs, notRequired } = confirmationsRequired(policy, both, NOTHING_UNCONFIRMED);
    expect(needs.map((need) => need.action)).toEqual(['sell-on-account']);
    expect(notRequired).toEqual([
      { kind: 'not-required', action: 'redeem-points', amount: rub(50), because: 'method-none' },
    ]);
  });

  test('splitting a receipt does not avoid a threshold', () => {
    const policy = verified(
      shopPolicy((p) => ({
        ...p,
        methods: {
          ...p.methods,
          'sell-on-account': { chain: ['call', 'sms'], threshold: 10_000, nextAfterMs: 40_000 },
        },
      })),
    );
    const moved = { onAccount: rub(60), pointsWorth: ZERO, points: 0 };
    const asked = (before: number) =>
      confirmationsRequired(policy, moved, {
        ...NOTHING_UNCONFIRMED,
        'sell-on-account': rub(before),
      });
    expect(asked(0).notRequired).toEqual([
      {
        kind: 'not-required',
        action: 'sell-on-account',
        amount: rub(60),
        because: 'below-threshold',
      },
    ]);
    expect(asked(39.99).needs).toEqual([]);
    expect(asked(40).needs.map((need) => need.channel)).toEqual(['call']);
  });
});

describe('going on without a code', () => {
  const need = { action: 'sell-on-account', amount: rub(1000) } as const;

  test('it takes the right to that action; a refusal names the groups that have it', () => {
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

  test('up to the cap it is allowed; a refusal names the sum still left', () => {
    const usage = { customer: rub(2000), till: rub(2000) };
    expect(overrideAllowed(POLICY, OWNER, need, usage)).toEqual({ kind: 'allowed', left: ZERO });
    expect(overrideAllowed(POLICY, OWNER, { ...need, amount: rub(1) }, NOTHING_USED)).toEqual({
      kind: 'allowed',
      left: rub(2999),
    });
  });

  test('the sum named is allowed, and a kopeck more is not', () => {
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

describe('the deal that a code is bound to', () => {
  const receipt = receiptOf(1422.07, [cash(500), points(50)]);

  test('it names the receipt, the customer and their phone, the sum, the goods and the tenders', () => {
    expect(dealsOf(receipt, anna, RUB)['sell-on-account']).toEqual({
      receiptId: RECEIPT,
      action: 'sell-on-account',
      customerId: ANNA,
      phone: '+79251230602',
      amount: { minor: 87_207, currency: 'RUB' },
      lines: [{ productId: BREAD, quantity: 1000, unitPrice: 142_207, discount: 0 }],
      tenders: [
        { kind: 'cash', amount: 50_000 },
        { kind: 'points', amount: 5000, points: 50 },
      ],
    });
    expect(dealsOf(receipt, anna, RUB)['redeem-points']?.amount).toEqual({
      points: 50,
      worth: { minor: 5000, currency: 'RUB' },
    });
  });

  test('a need and the receipt give the same deal', () => {
    const { needs } = needsOf(POLICY, receipt, NOTHING_UNCONFIRMED);
    const deals = dealsOf(receipt, anna, RUB);
    expect(needs).toHaveLength(2);
    for (const each of needs) {
      expect(dealOf(receipt, each.action, anna, each, RUB)).toEqual(deals[each.action]);
    }
  });

  test('without a phone there is no deal to confirm', () => {
    expect(dealsOf(receipt, { ...anna, phone: null }, RUB)).toEqual({});
    const need = { amount: rub(1), points: null };
    expect(() => dealOf(receipt, 'sell-on-account', { ...anna, phone: null }, need, RUB)).toThrow(
      'Invariant',
    );
  });
});
