// Verifies the confirmations of an entry:
// the grant with its signature and deal, the reserve code with its verifier.
import type { Confirmation } from '$lib/contract/acts/account';
import type { Entry, KnownEntry } from '$lib/contract/journal';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import type { CheckedReserveCode } from '$lib/domain/consent/reserve-code';
import { verifyGrant } from '$lib/proof/grant';
import { checkReserveCode } from '$lib/proof/reserve-code';
import { knownEntry } from '$lib/proof/known-entry';
import { isGrantFor, isVerifierFor } from '$lib/proof/real-proofs';
import type { EnrolledTill, FormerTill } from '$lib/storage/schema/records';

export type ShownProof =
  | { readonly kind: 'code'; readonly grant: VerifiedGrant }
  /** Signed, but the code came from the demo service, which sends no message. */
  | { readonly kind: 'demo-code'; readonly grant: VerifiedGrant }
  | { readonly kind: 'wrong-signature' }
  /** Signed for another act, customer, amount or till. */
  | { readonly kind: 'other-act'; readonly grant: VerifiedGrant }
  | { readonly kind: 'reserve-code'; readonly verifier: CheckedReserveCode; readonly code: string }
  /** Issued through the demo service. */
  | {
      readonly kind: 'demo-reserve-code';
      readonly verifier: CheckedReserveCode;
      readonly code: string;
    }
  /** Not signed by the relay, not matching its verifier, or for another till, customer or amount. */
  | { readonly kind: 'wrong-reserve-code' }
  | Exclude<Confirmation, { kind: 'code' | 'reserve-code' }>;

/** One confirmation of an entry and what it proves. */
export type ProvenAct = {
  readonly confirmation: Confirmation;
  readonly customer: string | null;
  readonly proof: ShownProof;
};

/** The customer of confirmation `index`: the sale's, or the one whose opening debt is at that position. */
function customerOf(known: KnownEntry, index: number): string | null {
  if ('customer' in known.body) return known.body.customer;
  if (known.act !== 'customers-imported') return null;
  // a prepayment is a debt step, too, but needs no confirmation
  const debts = known.body.accounts.filter(({ account, delta }) => account === 'debt' && delta > 0);
  return debts[index]?.customer ?? null;
}

/** The id of the challenge or verifier that proves it; null: the relay proves nothing, or only the demo service does. */
export function realOf({ proof }: ProvenAct): string | null {
  if (proof.kind === 'code') return proof.grant.challenge;
  return proof.kind === 'reserve-code' && 'code' in proof ? proof.verifier.id : null;
}

/** Verifies proofs; each grant's signature and each reserve code's slow hash only once. */
export class ProofJudge {
  readonly #till: EnrolledTill;
  readonly #names: ReadonlyMap<string, FormerTill>;
  readonly #grants = new Map<string, Promise<VerifiedGrant | null>>();
  readonly #reserve = new Map<string, Promise<CheckedReserveCode | null>>();

  /**
   * `former`: former identities of this device. An entry is verified by the relay key pinned for its till id; an entry of
   * another till by the shop's relay key.
   */
  constructor(till: EnrolledTill, former: readonly FormerTill[] = []) {
    this.#names = new Map(former.map((name) => [name.id, name]));
    this.#till = till;
  }

  /** All confirmations of an entry in order; empty if it needs none or cannot be parsed. */
  judge(entry: Entry): Promise<ProvenAct[]> {
    const { confirmations } = entry.body;
    if (!Array.isArray(confirmations) || confirmations.length === 0) return Promise.resolve([]);
    const known = knownEntry(entry);
    if (known === null || !('confirmations' in known.body)) return Promise.resolve([]);
    return Promise.all(
      known.body.confirmations.map(async (confirmation, index) => ({
        confirmation,
        customer: customerOf(known, index),
        proof: await this.#proofOf(confirmation, known),
      })),
    );
  }

  async #proofOf(given: Confirmation, known: KnownEntry): Promise<ShownProof> {
    if (given.kind === 'reserve-code') return this.#reserveProofOf(given, known);
    if (given.kind !== 'code') return given;
    const name = this.#names.get(known.till) ?? this.#till;
    let verified = this.#grants.get(given.grant);
    if (!verified) {
      verified = verifyGrant(given.grant, name.relayKey);
      this.#grants.set(given.grant, verified);
    }
    const grant = await verified;
    if (grant === null) return { kind: 'wrong-signature' };
    if (grant.shop !== name.shop || !isGrantFor(grant, given, known)) {
      return { kind: 'other-act', grant };
    }
    return { kind: grant.demo ? 'demo-code' : 'code', grant };
  }

  async #reserveProofOf(
    given: Extract<Confirmation, { kind: 'reserve-code' }>,
    known: KnownEntry,
  ): Promise<ShownProof> {
    const { code, signed } = given;
    const key = `${code} ${signed}`;
    const name = this.#names.get(known.till) ?? this.#till;
    const checking = this.#reserve.get(key) ?? checkReserveCode(code, signed, name.relayKey);
    this.#reserve.set(key, checking);
    const verifier = await checking;
    if (verifier?.shop !== name.shop || !isVerifierFor(verifier, given, known)) {
      return { kind: 'wrong-reserve-code' };
    }
    return { kind: verifier.demo ? 'demo-reserve-code' : 'reserve-code', verifier, code };
  }
}
