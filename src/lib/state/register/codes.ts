// Requests the codes of a sale, each after the draft is stored.
import type { Checkout, CheckoutEvent } from '$lib/domain/consent/checkout-state';
import type { UnsignedChallenge } from '$lib/relay-client/relay-client';
import { challengeSource, type CodeSource } from '$lib/state/relay/code-source';
import { challengeRequest } from './challenge-request';
import type { OpenReceipt, RegisterDeps } from './deps';

/** The checkout the codes are for. */
export type CodesFor = {
  readonly current: () => Checkout;
  readonly happened: (event: CheckoutEvent) => void;
};

export function saleCodes(deps: RegisterDeps, open: OpenReceipt, of: CodesFor): CodeSource {
  return challengeSource(deps, async (challenge): Promise<UnsignedChallenge | null> => {
    const { draft, whose } = open;
    // store it before sending: after a reload the same challenge is requested again, without a second message
    await draft.write();
    const now = of.current();
    const policy = deps.policy();
    const operator = deps.operator();
    if (now.kind !== 'sending' || now.challenge !== challenge) return null;
    if (policy === null || operator === null) return null;
    const { card: customer } = whose;
    const { receipt } = open;
    const { currency } = policy.shop;
    const also = now.also?.need ?? null;
    const asked = { receipt, need: now.need, also, to: now.to, currency, operator };
    const request = customer && challengeRequest({ ...asked, customer });
    // the customer's card or number is gone, so waiting for a code would never end
    if (request === null)
      of.happened({ kind: 'edited', what: customer === null ? 'customer' : 'phone' });
    return request;
  });
}
