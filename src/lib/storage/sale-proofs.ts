// The proofs a sale comes with, checked with the pinned key and against the customer as stored here: what `closeSale` then compares is genuine.
import type { Currency, PublicKey, SaleAction } from '$lib/contract/values';
import type { SaveRefusal } from '$lib/domain/checkout-state';
import type {
  GivenConfirmation,
  ProvenConfirmation,
  VerifiedGrant,
} from '$lib/domain/confirmation';
import type { Customer } from '$lib/domain/customer';
import { dealsOf } from '$lib/domain/deal';
import type { Receipt } from '$lib/domain/receipt';
import { dealHash, phoneHash } from '$lib/proof/deal';
import { verifyGrant } from '$lib/proof/grant';
import { checkReserveCode } from '$lib/proof/reserve-code';

export type Proven =
  | {
      readonly kind: 'proven';
      readonly confirmations: ProvenConfirmation[];
      readonly grants: VerifiedGrant[];
    }
  | { readonly kind: 'refused'; readonly because: SaveRefusal };

/** Verifies every grant, the relay's signature and the number it was sent to; and every reserve code by its verifier. */
export async function prove(
  given: readonly GivenConfirmation[],
  relayKey: PublicKey,
  shop: string,
  customer: Customer | null,
): Promise<Proven> {
  const phone = customer?.phone ?? null;
  const hash = phone === null ? null : await phoneHash(shop, phone);
  const confirmations: ProvenConfirmation[] = [];
  const grants: VerifiedGrant[] = [];
  const challenges = new Set<string>();
  for (const each of given) {
    if (each.kind === 'override') {
      confirmations.push(each);
      continue;
    }
    if (each.kind === 'reserve-code') {
      const { action } = each;
      const verifier = await checkReserveCode(each.code, each.signed, relayKey);
      if (verifier === null) {
        return { kind: 'refused', because: { kind: 'reserve-code-wrong', action } };
      }
      confirmations.push({ ...each, verifier });
      continue;
    }
    const { action, jws } = each;
    const grant = await verifyGrant(jws, relayKey);
    if (grant === null) return { kind: 'refused', because: { kind: 'grant-forged', action } };
    // the number on the card has changed since, or the code went to another
    if (hash === null || grant.phoneHash !== hash) {
      return { kind: 'refused', because: { kind: 'grant-not-for-this-deal', action } };
    }
    if (challenges.has(grant.challenge)) {
      return { kind: 'refused', because: { kind: 'grant-used', action } };
    }
    challenges.add(grant.challenge);
    grants.push(grant);
    confirmations.push({ kind: 'code', action, jws, grant });
  }
  return { kind: 'proven', confirmations, grants };
}

/** Hashes of the deals this receipt makes, from what is being saved and not from what was asked. */
export async function dealHashes(
  receipt: Receipt,
  customer: Customer | null,
  currency: Currency,
): Promise<Partial<Record<SaleAction, string>>> {
  const hashes: Partial<Record<SaleAction, string>> = {};
  if (customer === null) return hashes;
  const deals = dealsOf(receipt, customer, currency);
  for (const deal of Object.values(deals)) hashes[deal.action] = await dealHash(deal);
  return hashes;
}
