// Confirmation: which confirmations the policy requires.
import { describe, expect, test } from 'vitest';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { confirmationsRequired, movedBy, needsOf } from '$lib/domain/consent/confirmation';
import { dealOf, dealsOf } from '$lib/domain/consent/deal';
import { ZERO } from '$lib/domain/values/money';
import {
  anna,
  ANNA,
  BREAD,
  cash,
  points,
  POLICY,
  RECEIPT,
  receiptOf,
  rub,
  RUB,
  shopPolicy,
  verified,
} from './fixtures';

const both = { onAccount: rub(872.07), pointsWorth: rub(50), points: 50 };

describe('what has to be confirmed', () => {
  test('points and debt each need their own code, points first', () => {
    const receipt = receiptOf(1422.07, [cash(500), points(50)]);
    expect(movedBy(receipt, null)).toEqual(both);
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

  test('the method "none" requires nothing and is recorded', () => {
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

describe('the deal that a code is bound to', () => {
  const receipt = receiptOf(1422.07, [cash(500), points(50)]);

  test('names the receipt, the customer and their phone, the sum, the goods and the tenders', () => {
    expect(dealsOf(receipt, anna, POLICY)['sell-on-account']).toEqual({
      receiptId: RECEIPT,
      action: 'sell-on-account',
      customerId: ANNA,
      cardSalt: anna.cardSalt,
      phone: '+79251230602',
      amount: { minor: 87_207, currency: 'RUB' },
      lines: [{ productId: BREAD, quantity: 1000, unitPrice: 142_207, discount: 0 }],
      tenders: [
        { kind: 'cash', amount: 50_000 },
        { kind: 'points', amount: 5000, points: 50 },
      ],
    });
    expect(dealsOf(receipt, anna, POLICY)['redeem-points']?.amount).toEqual({
      points: 50,
      worth: { minor: 5000, currency: 'RUB' },
    });
  });

  test('is the same whether it is made from a need or from the receipt', () => {
    const { needs } = needsOf(POLICY, receipt, NOTHING_UNCONFIRMED);
    const deals = dealsOf(receipt, anna, POLICY);
    expect(needs).toHaveLength(2);
    for (const each of needs) {
      expect(dealOf(receipt, each.action, anna, each, RUB)).toEqual(deals[each.action]);
    }
  });

  test('does not exist for a customer without a phone', () => {
    expect(dealsOf(receipt, { ...anna, phone: null }, POLICY)).toEqual({});
    const need = { amount: rub(1), points: null };
    expect(() => dealOf(receipt, 'sell-on-account', { ...anna, phone: null }, need, RUB)).toThrow(
      'Invariant',
    );
  });
});
