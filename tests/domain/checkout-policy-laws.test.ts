// Properties of the checkout over any history and policy: "saving" has every confirmation it needs.
// Closing the sale comes to the same result.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Group } from '$lib/contract/policy';
import type { Channel } from '$lib/contract/values';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import type { Got } from '$lib/domain/consent/checkout-state';
import {
  actionsOf,
  movedBy,
  needsOf,
  type ProvenConfirmation,
} from '$lib/domain/consent/confirmation';
import { challengeAmountOf } from '$lib/domain/consent/deal';
import { overrideAllowed, usageAfter, type OverrideUsage } from '$lib/domain/consent/override';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import type { Receipt } from '$lib/domain/receipt/receipt';
import { decideSale } from '$lib/domain/acts/money/sale';
import { CUSTOMER, FIRST, SECOND } from './checkout-fixtures';
import { history, reserveVerifierOf, steps } from './checkout-histories';
import {
  anna,
  cash,
  CASHIER,
  DEAL_HASH,
  grantFor,
  NOW,
  points,
  receiptOf,
  RUB,
  rub,
  shopPolicy,
  TILL,
  verified,
} from './fixtures';
import { cases } from '../support/cases';

const chain = fc.constantFrom<Channel[]>([], ['sms'], ['call', 'sms']);
const threshold = fc.constantFrom(0, rub(200), rub(2000));
const method = fc.record({ chain, threshold, nextAfterMs: fc.constant(40_000) });
const cap = fc.constantFrom(rub(0), rub(900), rub(3000), rub(3000));

const policies: fc.Arbitrary<VerifiedPolicy> = fc
  .record({
    methods: fc.record({ 'redeem-points': method, 'sell-on-account': method }),
    overrideCaps: fc.record({ perAct: cap, perCustomer: cap, perTill: cap }),
    seniorSkips: fc.boolean(),
    cashierSkips: fc.boolean(),
  })
  .map(({ methods, overrideCaps, seniorSkips, cashierSkips }) => {
    const skips: Partial<Record<string, boolean>> = {
      cashier: cashierSkips,
      'senior-cashier': seniorSkips,
    };
    const group = (each: Group): Group => {
      const may = skips[each.id];
      if (may === undefined) return each;
      const rights = each.rights.filter((right) => !right.startsWith('skip-code'));
      return {
        ...each,
        rights: may ? [...rights, 'skip-code:on-account', 'skip-code:points'] : rights,
      };
    };
    return verified(
      shopPolicy((policy) => ({
        ...policy,
        methods: { ...policy.methods, ...methods },
        overrideCaps,
        groups: policy.groups.map(group),
      })),
    );
  });

/** A debt, a redemption, both, or neither. */
const receipts = fc.constantFrom<Receipt>(
  receiptOf(1000, [cash(100)]),
  receiptOf(1000, [cash(900), points(100)]),
  // each sum is below a cap of 900, but both together are above it
  receiptOf(1000, [cash(50), points(100)]),
  receiptOf(1000, [cash(1000)]),
);
const usages: fc.Arbitrary<OverrideUsage> = fc.record({
  customer: fc.constantFrom(rub(0), rub(900)),
  till: fc.constantFrom(rub(0), rub(900)),
});

/** Proofs as they are on the disk: the relay's grants for exactly the request, and each reserve code's verifier. */
function proven({ need, challenge, confirmation }: Got): ProvenConfirmation {
  if (confirmation.kind === 'override') return confirmation;
  if (confirmation.kind === 'reserve-code')
    return { ...confirmation, verifier: reserveVerifierOf(confirmation.code) };
  const grant = grantFor(need.action, challengeAmountOf(need, RUB), { challenge });
  return { ...confirmation, grant };
}

test('"saving" is reached only with a confirmation for everything the policy asks for, within its rights and caps', () => {
  const ways = { code: 0, 'reserve-code': 0, override: 0, 'not-required': 0 };
  fc.assert(
    fc.property(policies, receipts, usages, history, (policy, receipt, usage, over) => {
      const { needs } = needsOf(policy, receipt, NOTHING_UNCONFIRMED);
      const asksFor = actionsOf(movedBy(receipt, policy.cashRounding)).filter(
        ({ action, amount }) => {
          const { chain, threshold } = policy.methods[action];
          return chain.length > 0 && amount >= threshold;
        },
      );
      const ids = [FIRST, SECOND];
      const asks = needs.map((need, place) => ({
        need,
        challenge: ids[place] ?? FIRST,
        to: CUSTOMER,
        also: null,
      }));
      for (const { before, after } of steps(over, { policy, usage, asks })) {
        if (after.kind !== 'saving' || before.kind === 'saving') continue;

        expect(after.got.map(({ need }) => need.action)).toEqual(
          asksFor.map(({ action }) => action),
        );

        let used = usage;
        for (const { need, confirmation } of after.got) {
          ways[confirmation.kind] += 1;
          if (confirmation.kind !== 'override') continue;
          expect(overrideAllowed(policy, confirmation.by, need, used).kind).toBe('allowed');
          used = usageAfter(used, need.amount);
        }
        const closed = decideSale({
          receipt,
          policy,
          usage,
          till: TILL,
          number: 1,
          operator: CASHIER,
          at: NOW,
          customer: anna,
          standing: { owed: rub(0), points: 300 },
          unconfirmed30d: NOTHING_UNCONFIRMED,
          earnedToday: 0,
          disputed: false,
          confirmations: after.got.map(proven),
          dealHashes: { 'sell-on-account': DEAL_HASH, 'redeem-points': DEAL_HASH },
          grantsUsed: new Set(),
          piecesSold: new Set(),
          customerFacts: null,
        });
        if (closed.kind === 'refused') expect.fail(JSON.stringify(closed.because));
        const free = closed.body.confirmations.filter(({ kind }) => kind === 'not-required');
        ways['not-required'] += free.length;
      }
    }),
    { numRuns: cases(1500) },
  );
  // some history has to reach "saving", so that the property is really tested;
  // 1500 give 50 to 100 confirmations of the rarest kind
  for (const count of Object.values(ways)) expect(count).toBeGreaterThan(10);
});
