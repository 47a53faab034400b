// Verifies a confirmation in the journal for display: the grant's signature and its deal.
import type { Confirmation, Entry, KnownEntry } from '$lib/contract/journal';
import type { VerifiedGrant } from '$lib/domain/confirmation';
import type { CheckedReserveCode } from '$lib/domain/reserve-code';
import { verifyGrant } from '$lib/proof/grant';
import { checkReserveCode } from '$lib/proof/reserve-code';
import { knownEntry } from '$lib/storage/journal/projection';
import type { EnrolledTill, FormerTill } from '$lib/storage/schema/records';

export type ShownProof =
  | { readonly kind: 'code'; readonly grant: VerifiedGrant }
  /** Signed, but by the demo service, which sends no message. */
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
  if (known.act === 'sale') return known.body.customer;
  if (known.act !== 'customers-imported') return null;
  // a prepayment is a debt step, too, but needs no confirmation
  const debts = known.body.accounts.filter(({ account, delta }) => account === 'debt' && delta > 0);
  return debts[index]?.customer ?? null;
}

function isFor(grant: VerifiedGrant, given: Confirmation, known: KnownEntry, shop: string) {
  if (given.kind !== 'code' || known.act !== 'sale') return false;
  const { amount } = grant;
  const worth = amount === null ? null : 'minor' in amount ? amount.minor : amount.worth.minor;
  return (
    grant.shop === shop &&
    grant.till === known.till &&
    grant.challenge === given.challenge &&
    grant.action === given.action &&
    grant.receipt === known.body.sale &&
    grant.customer === known.body.customer &&
    worth === given.amount
  );
}

/** Verifies proofs; each grant's signature and each reserve code's slow hash only once. */
export class ProofJudge {
  readonly #names: ReadonlyMap<string, FormerTill>;
  readonly #grants = new Map<string, Promise<VerifiedGrant | null>>();
  readonly #reserve = new Map<string, Promise<CheckedReserveCode | null>>();

  /** `former`: former identities of this device; each entry is verified by the relay key pinned for its till id. */
  constructor(till: EnrolledTill, former: readonly FormerTill[] = []) {
    this.#names = new Map([till, ...former].map((name) => [name.id, name]));
  }

  /** All confirmations of an entry in order; empty if it moves nothing or cannot be parsed. */
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
    const name = this.#names.get(known.till);
    let verified = this.#grants.get(given.grant);
    if (!verified) {
      verified = name ? verifyGrant(given.grant, name.relayKey) : Promise.resolve(null);
      this.#grants.set(given.grant, verified);
    }
    const grant = await verified;
    if (grant === null) return { kind: 'wrong-signature' };
    if (!isFor(grant, given, known, name?.shop ?? '')) return { kind: 'other-act', grant };
    return { kind: grant.demo ? 'demo-code' : 'code', grant };
  }

  async #reserveProofOf(
    { code, signed, amount }: Extract<Confirmation, { kind: 'reserve-code' }>,
    known: KnownEntry,
  ): Promise<ShownProof> {
    const key = `${code} ${signed}`;
    const name = this.#names.get(known.till);
    if (name === undefined) return { kind: 'wrong-reserve-code' };
    const checking = this.#reserve.get(key) ?? checkReserveCode(code, signed, name.relayKey);
    this.#reserve.set(key, checking);
    const verifier = await checking;
    const isFor =
      verifier !== null &&
      known.act === 'sale' &&
      verifier.shop === name.shop &&
      verifier.till === known.till &&
      verifier.customer === known.body.customer &&
      amount <= verifier.cap;
    if (!isFor) return { kind: 'wrong-reserve-code' };
    return { kind: verifier.demo ? 'demo-reserve-code' : 'reserve-code', verifier, code };
  }
}
