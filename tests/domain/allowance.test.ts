// What a customer may still take on account and redeem: the lowest of all rules, and its reason.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOTHING_OWED, NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { NOTHING_USED } from '$lib/domain/consent/override';
import {
  allowanceOf,
  debtOver,
  type AllowanceInput,
  type NumberRule,
} from '$lib/domain/customers/allowance';
import { money, ZERO } from '$lib/domain/values/money';
import { decideSale } from '$lib/domain/acts/money/sale';
import { cases } from '../support/cases';
import {
  anna,
  ANNA,
  CASHIER,
  DEAL_HASH,
  grantFor,
  NOW,
  POLICY,
  receiptOf,
  rub,
  TILL,
  verified,
} from './fixtures';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const input = (parts: Partial<AllowanceInput> = {}): AllowanceInput => ({
  policy: POLICY,
  customer: anna,
  standing: NOTHING_OWED,
  unconfirmed: NOTHING_UNCONFIRMED,
  disputed: false,
  confirmedToday: ZERO,
  number: { kind: 'unknown' },
  now: NOW,
  ...parts,
});
const allowed = (parts: Partial<AllowanceInput> = {}) => {
  const { amount, because, until, points } = allowanceOf(input(parts));
  return { amount, because: because?.kind ?? null, until, points: points?.amount ?? null };
};
const known = (rule: NumberRule) => ({ number: { kind: 'known', rule } as const });
const young = (onAccount: number): NumberRule => ({
  onAccount,
  points: 0,
  until: NOW + HOUR,
  because: { kind: 'young-number' },
});
const withThreshold = (threshold: number, chain: readonly 'sms'[] = ['sms']) => {
  const method = { chain: [...chain], threshold, nextAfterMs: 40_000 };
  const methods = { 'sell-on-account': method, 'redeem-points': method };
  return verified({ ...POLICY, methods });
};

describe('one rule', () => {
  test('only the debt limit applies to a number known for longer than a day', () => {
    expect(allowed()).toEqual({
      amount: rub(10_000),
      because: 'debt-limit',
      until: null,
      points: null,
    });
    expect(allowed({ standing: { owed: rub(9_500), points: 0 } }).amount).toBe(rub(500));
  });

  test('unlimited credit has no limit, and "no credit" allows nothing', () => {
    expect(allowed({ customer: { ...anna, credit: { kind: 'unlimited' } } })).toMatchObject({
      amount: null,
      because: null,
    });
    expect(allowed({ customer: { ...anna, credit: { kind: 'no-credit' } } })).toMatchObject({
      amount: ZERO,
      because: 'no-credit',
      points: null,
    });
  });

  test('a dispute stops debt and points, at whichever till it was opened', () => {
    const frozen = { amount: ZERO, because: 'disputed', points: 0 };
    expect(allowed({ disputed: true })).toMatchObject(frozen);
    const elsewhere = {
      onAccount: 0,
      points: 0,
      because: { kind: 'disputed' },
      until: null,
    } as const;
    expect(allowed(known(elsewhere))).toMatchObject(frozen);
    expect(allowed({ ...known(elsewhere), policy: withThreshold(50_000) })).toMatchObject(frozen);
  });

  test('a customer without a number may only do what needs no code', () => {
    const nobody = { customer: { ...anna, phone: null } };
    expect(allowed(nobody)).toMatchObject({ amount: ZERO, because: 'no-phone', points: 0 });
    const unconfirmed = { ...NOTHING_UNCONFIRMED, 'sell-on-account': rub(100) };
    expect(allowed({ ...nobody, unconfirmed, policy: withThreshold(50_000) })).toMatchObject({
      amount: 39_999,
      because: 'no-phone',
    });
    expect(allowed({ ...nobody, policy: withThreshold(0, []) }).because).toBe('debt-limit');
  });
});

describe('a young number', () => {
  const since = (phoneSince: number | null) => ({ customer: { ...anna, phoneSince } });

  test('is limited for one day by the age on the customer’s card until the relay answers', () => {
    expect(allowed(since(NOW - HOUR))).toEqual({
      amount: rub(3_000),
      because: 'young-number',
      until: NOW - HOUR + DAY,
      points: 0,
    });
    expect(allowed({ ...since(NOW), confirmedToday: rub(1_000) }).amount).toBe(rub(2_000));
    expect(allowed({ ...since(NOW), confirmedToday: rub(4_000) }).amount).toBe(ZERO);
    expect(allowed(since(NOW - DAY)).because).toBe('debt-limit');
  });

  test('is limited by the relay’s reply once there is one, whatever the card says', () => {
    expect(allowed({ ...since(NOW), ...known(null) })).toMatchObject({
      because: 'debt-limit',
      points: null,
    });
    expect(allowed({ ...since(null), ...known(young(50_000)) })).toEqual({
      amount: rub(500),
      because: 'young-number',
      until: NOW + HOUR,
      points: 0,
    });
  });

  test('is no longer young when the relay’s time limit has passed, even without another reply', () => {
    const learned = known(young(0));
    expect(allowed({ ...learned, now: NOW + HOUR - 1 })).toMatchObject({ amount: ZERO, points: 0 });
    expect(allowed({ ...learned, now: NOW + HOUR })).toMatchObject({
      because: 'debt-limit',
      points: null,
    });
    const youngByCard = { ...since(NOW), ...learned, now: NOW + HOUR };
    expect(allowed(youngByCard)).toMatchObject({ because: 'young-number', until: NOW + DAY });
  });

  test('does not matter for what needs no code', () => {
    const rule = known(young(0));
    expect(allowed({ ...rule, policy: withThreshold(50_000) })).toMatchObject({
      amount: 49_999,
      points: 499,
    });
    expect(allowed({ ...rule, policy: withThreshold(0, []) })).toMatchObject({
      because: 'debt-limit',
      points: null,
    });
  });
});

describe('several rules', () => {
  test('the lowest is shown, and a right to sell over the limit leads to the next one', () => {
    const nearLimit = { ...known(young(300_000)), standing: { owed: rub(9_000), points: 0 } };
    const allowance = allowanceOf(input(nearLimit));
    expect(allowance).toMatchObject({ amount: rub(1_000), because: { kind: 'debt-limit' } });
    const over = (minor: number, mayOver: boolean) =>
      debtOver(allowance, money(minor), { mayOver })?.because.kind ?? null;
    expect(over(100_000, false)).toBeNull();
    expect(over(100_001, false)).toBe('debt-limit');
    expect(over(100_001, true)).toBeNull();
    expect(over(300_000, true)).toBeNull();
    expect(over(300_001, true)).toBe('young-number');
  });

  test('no right lifts "no credit"', () => {
    const allowance = allowanceOf(input({ customer: { ...anna, credit: { kind: 'no-credit' } } }));
    expect(debtOver(allowance, money(1), { mayOver: true })?.because.kind).toBe('no-credit');
    expect(debtOver(allowance, ZERO, { mayOver: true })).toBeNull();
  });
});

/** Closes the sale as a cashier would, with the customer's code if they have a number. */
function closes(parts: Partial<AllowanceInput>, minor: number): boolean {
  const { policy, customer, standing, unconfirmed, disputed } = input(parts);
  const action = 'sell-on-account';
  const grant = grantFor(action, { minor, currency: 'RUB' });
  const closed = decideSale({
    receipt: receiptOf(minor / 100),
    policy: policy as typeof POLICY,
    till: TILL,
    number: 1,
    operator: CASHIER,
    at: NOW,
    customer,
    standing,
    usage: NOTHING_USED,
    disputed,
    unconfirmed30d: unconfirmed,
    earnedToday: 0,
    confirmations: customer.phone === null ? [] : [{ kind: 'code', action, jws: 'h.p.s', grant }],
    dealHashes: { [action]: DEAL_HASH },
    grantsUsed: new Set(),
    piecesSold: new Set(),
    customerFacts: null,
  });
  return closed.kind === 'decided';
}

test('the allowance shown is exactly what a sale can be closed with, to the last minor unit', () => {
  const sums = fc.integer({ min: 0, max: 5_000 });
  const state = fc.record({
    credit: fc.oneof(
      fc.constantFrom({ kind: 'shop-limit' } as const, { kind: 'no-credit' } as const),
      fc.constant({ kind: 'unlimited' } as const),
      sums.map((limit) => ({ kind: 'own-limit', limit }) as const),
    ),
    hasPhone: fc.boolean(),
    owed: sums,
    unconfirmed: sums,
    threshold: sums,
    asked: fc.boolean(),
    disputed: fc.boolean(),
    minor: fc.integer({ min: 1, max: 6_000 }),
    step: fc.constantFrom(0, 1, null),
  });
  fc.assert(
    fc.property(state, ({ credit, hasPhone, owed, unconfirmed, threshold, asked, ...rest }) => {
      const parts = {
        policy: {
          ...withThreshold(threshold, asked ? ['sms'] : []),
          credit: { debtLimit: 4_000, newNumberCap: 1_000, dueDays: null },
        },
        customer: { ...anna, id: ANNA, credit, phone: hasPhone ? anna.phone : null },
        standing: { owed: money(owed), points: 0 },
        unconfirmed: { ...NOTHING_UNCONFIRMED, 'sell-on-account': money(unconfirmed) },
        disputed: rest.disputed,
      };
      const { amount } = allowanceOf(input(parts));
      // sums around the allowance are tried as often as all others
      const edge = amount === null || rest.step === null ? rest.minor : amount + rest.step;
      const minor = Math.max(1, edge);
      expect([minor, closes(parts, minor)]).toEqual([minor, amount === null || minor <= amount]);
    }),
    { numRuns: cases(500) },
  );
});
