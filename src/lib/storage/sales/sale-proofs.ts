// Verifies the proofs of a sale with the pinned key and against the stored customer.
import type { Policy } from '$lib/contract/policy';
import type { PublicKey, SaleAction } from '$lib/contract/values';
import type { SaveRefusal } from '$lib/domain/consent/checkout-state';
import type { GivenConfirmation, ProvenConfirmation } from '$lib/domain/consent/confirmation';
import { answeringPhone, type Customer } from '$lib/domain/customers/customer';
import { dealsOf } from '$lib/domain/consent/deal';
import type { Receipt } from '$lib/domain/receipt/receipt';
import { dealHash, phoneHash } from '$lib/proof/deal';
import { verifyGrant } from '$lib/proof/grant';
import { checkReserveCode } from '$lib/proof/reserve-code';
import type { TillDb } from '$lib/storage/database/db';
import { hashAside } from '$lib/storage/secrets/reserve-hash';

export type Proven =
  | {
      readonly kind: 'proven';
      readonly confirmations: ProvenConfirmation[];
      /** Ids of the challenges and reserve verifiers this sale uses up. */
      readonly challenges: string[];
      readonly verifiers: string[];
      /** The ids among these that do not come from the demo provider. */
      readonly real: ReadonlySet<string>;
    }
  | { readonly kind: 'refused'; readonly because: ProofRefusal };

/** Why a proof does not count. */
export type ProofRefusal = SaveRefusal;

/** Verifies the signature and phone number of every grant, and every reserve code against its verifier. */
export async function prove(
  given: readonly GivenConfirmation[],
  relayKey: PublicKey,
  customer: Pick<Customer, 'phone' | 'persons' | 'cardSalt'> | null,
): Promise<Proven> {
  const confirmations: ProvenConfirmation[] = [];
  const challenges = new Set<string>();
  const verifiers = new Set<string>();
  const real = new Set<string>();
  for (const each of given) {
    if (each.kind === 'override') {
      confirmations.push(each);
      continue;
    }
    if (each.kind === 'reserve-code') {
      const { action } = each;
      const verifier = await checkReserveCode(each.code, each.signed, relayKey, hashAside);
      if (verifier === null) {
        return { kind: 'refused', because: { kind: 'reserve-code-wrong', action } };
      }
      verifiers.add(verifier.id);
      if (!verifier.demo) real.add(verifier.id);
      confirmations.push({ ...each, verifier });
      continue;
    }
    const { action, jws } = each;
    const grant = await verifyGrant(jws, relayKey);
    if (grant === null) return { kind: 'refused', because: { kind: 'grant-forged', action } };
    // fails if the number on the card has changed, or the code went to another number
    const phone = customer === null ? null : answeringPhone(customer, grant.person);
    const isTheirs =
      customer !== null &&
      phone !== null &&
      grant.phoneHash === (await phoneHash(customer.cardSalt, phone));
    if (!isTheirs) {
      return { kind: 'refused', because: { kind: 'grant-not-for-this-deal', action } };
    }
    if (challenges.has(grant.challenge)) {
      return { kind: 'refused', because: { kind: 'grant-used', action } };
    }
    challenges.add(grant.challenge);
    if (!grant.demo) real.add(grant.challenge);
    confirmations.push({ kind: 'code', action, jws, grant });
  }
  return {
    kind: 'proven',
    confirmations,
    challenges: [...challenges],
    verifiers: [...verifiers],
    real,
  };
}

/**
 * Hashes of the receipt's deals, computed from what is being saved rather than from what was requested. Each includes the
 * number that its code went to.
 */
export async function dealHashes(
  receipt: Receipt,
  customer: Customer | null,
  policy: Pick<Policy, 'shop' | 'cashRounding'>,
  confirmations: readonly ProvenConfirmation[],
): Promise<Partial<Record<SaleAction, string>>> {
  const hashes: Partial<Record<SaleAction, string>> = {};
  if (customer === null) return hashes;
  const deals = dealsOf(receipt, customer, policy);
  for (const deal of Object.values(deals)) {
    const code = confirmations.find(
      (given) => given.kind === 'code' && given.action === deal.action,
    );
    const person = code?.kind === 'code' ? code.grant.person : null;
    const phone = answeringPhone(customer, person);
    if (phone !== null) hashes[deal.action] = await dealHash({ ...deal, phone });
  }
  return hashes;
}

/** The challenges among these whose grants have been used by another act. */
export async function usedAmong(
  db: TillDb,
  challenges: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = challenges.length === 0 ? [] : await db.grantsUsed.bulkGet([...challenges]);
  return new Set(rows.flatMap((row) => (row === undefined ? [] : [row.challenge])));
}
