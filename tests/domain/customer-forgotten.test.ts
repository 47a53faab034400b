// Who may forget a customer: with the customer's code, with an owner's, or by right a few times a day.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ForgetApproval } from '$lib/contract/grant';
import { actBodies } from '$lib/contract/journal';
import {
  decideForgotten,
  MOST_BY_RIGHT,
  type ForgottenInput,
} from '$lib/domain/acts/customers/customer-forgotten';
import type { ForgetConsent } from '$lib/domain/consent/forgetting';
import { cases } from '../support/cases';
import { ANNA, CASHIER, DEAL_HASH, grantFor, idOf, NOW, OWNER, POLICY, TILL } from './fixtures';

const HOUR = 3_600_000;
const JWS = `h.p.${'s'.repeat(86)}`;

const APPROVAL: ForgetApproval = {
  v: 1,
  purpose: 'forget-customer',
  id: idOf(970),
  shop: POLICY.shop.id,
  till: TILL,
  customer: ANNA,
  demo: false,
  iat: NOW - HOUR,
  exp: NOW + HOUR,
};
const ofOwner = (change: Partial<ForgetApproval> = {}): ForgetConsent => ({
  kind: 'owner',
  jws: JWS,
  approval: { ...APPROVAL, ...change },
});

type Grant = Parameters<typeof grantFor>[2];
const grantOf = (change: Grant = {}) =>
  grantFor(
    'sell-on-account',
    { minor: 1, currency: 'RUB' },
    {
      action: 'forget-customer',
      operator: OWNER,
      receipt: ANNA,
      amount: null,
      ...change,
    },
  );
const ofCustomer = (change: Grant = {}): ForgetConsent => ({
  kind: 'code',
  jws: JWS,
  grant: grantOf(change),
  dealHash: DEAL_HASH,
});
const BY_RIGHT: ForgetConsent = { kind: 'by-right' };

const inputOf = (change: Partial<ForgottenInput> = {}): ForgottenInput => ({
  policy: POLICY,
  operator: OWNER,
  till: TILL,
  at: NOW,
  customer: ANNA,
  merged: [],
  standing: { owed: 0, points: 0 },
  disputed: false,
  hasUnsent: false,
  isConfirming: false,
  withoutCodeAt: null,
  consent: BY_RIGHT,
  byRightToday: 0,
  proofsUsed: new Set(),
  ...change,
});

/** `decided`, or why it is refused. */
const resultOf = (change: Partial<ForgottenInput>): string => {
  const decided = decideForgotten(inputOf(change));
  return decided.kind === 'refused' ? decided.because.kind : 'decided';
};

test('by right, staff forget five a day and no more', () => {
  expect(resultOf({ byRightToday: MOST_BY_RIGHT - 1 })).toBe('decided');
  expect(resultOf({ byRightToday: MOST_BY_RIGHT })).toBe('many-today');
  expect(MOST_BY_RIGHT).toBe(5);
});

test.each([
  ['an owner’s code', ofOwner()],
  ['the customer’s own code', ofCustomer()],
])('beyond that it takes %s, and the right all the same', (_, consent) => {
  expect(resultOf({ consent, byRightToday: MOST_BY_RIGHT })).toBe('decided');
  expect(resultOf({ consent, operator: CASHIER })).toBe('no-right');
});

test('the entry says who agreed, and fits its schema', () => {
  const bodies = [ofOwner(), ofCustomer(), BY_RIGHT].map((consent) => {
    const decided = decideForgotten(inputOf({ consent, standing: { owed: 0, points: 7 } }));
    return decided.kind === 'decided' ? decided.body : null;
  });
  expect(bodies.map((body) => body?.consent)).toEqual([
    { kind: 'owner', approval: JWS },
    { kind: 'code', challenge: grantOf().challenge, grant: JWS },
    { kind: 'by-right' },
  ]);
  for (const body of bodies)
    expect(actBodies['customer-forgotten'].safeParse(body).data).toEqual(body);
});

describe('a consent does not count', () => {
  test.each<readonly [string, ForgetConsent]>([
    ['of another customer', ofOwner({ customer: idOf(971) })],
    ['of another till', ofOwner({ till: idOf(974) })],
    ['of another shop', ofOwner({ shop: idOf(972) })],
    ['that the relay did not sign', { kind: 'owner', jws: JWS, approval: null }],
    ['with a code for another customer', ofCustomer({ customer: idOf(971) })],
    ['with a code for another act', ofCustomer({ action: 'change-phone' })],
    ['with a code for something else', ofCustomer({ dealHash: 'b'.repeat(64) })],
    ['with a code of an authorised person', ofCustomer({ person: idOf(973) })],
    ['with a code that somebody else asked for', ofCustomer({ operator: CASHIER })],
    [
      'with a code that the relay did not sign',
      { kind: 'code', jws: JWS, grant: null, dealHash: DEAL_HASH },
    ],
  ])('%s', (_, consent) => {
    expect(resultOf({ consent })).toBe('consent-not-for-this');
  });

  test.each([
    ['an approval', ofOwner({ exp: NOW }), APPROVAL.id],
    ['a code', ofCustomer({ exp: NOW }), grantOf().challenge],
  ])('when it has expired or was used: %s', (_, expired, id) => {
    expect(resultOf({ consent: expired })).toBe('consent-expired');
    const consent = expired.kind === 'owner' ? ofOwner() : ofCustomer();
    expect(resultOf({ consent, proofsUsed: new Set([id]) })).toBe('consent-used');
  });
});

test('nobody is forgotten of whom something is open, regardless of who agrees', () => {
  fc.assert(
    fc.property(
      fc.record({
        consent: fc.constantFrom(BY_RIGHT, ofOwner(), ofCustomer()),
        byRightToday: fc.nat(8),
        standing: fc.record({ owed: fc.integer({ min: -2, max: 2 }), points: fc.nat(3) }),
        disputed: fc.boolean(),
        hasUnsent: fc.boolean(),
        isConfirming: fc.boolean(),
        withoutCodeAt: fc.option(fc.integer({ min: NOW - 40 * 24 * HOUR, max: NOW })),
      }),
      (of) => {
        const isRecent = (of.withoutCodeAt ?? 0) > NOW - 30 * 24 * HOUR;
        const isOpen =
          of.standing.owed !== 0 || of.disputed || of.hasUnsent || of.isConfirming || isRecent;
        const isOver = of.consent.kind === 'by-right' && of.byRightToday >= MOST_BY_RIGHT;
        expect(resultOf(of) === 'decided').toBe(!isOpen && !isOver);
      },
    ),
    { numRuns: cases(300) },
  );
});
