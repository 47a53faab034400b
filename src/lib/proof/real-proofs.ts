// Finds the proofs of an entry that the relay signed for it, without those of the demo provider.
import type { Confirmation } from '$lib/contract/acts/account';
import type { Entry, KnownEntry } from '$lib/contract/journal';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import type { Action, PublicKey } from '$lib/contract/values';
import { askedAction, rulesOf } from '$lib/domain/acts';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import { verifyGrant } from './grant';
import { knownEntry } from './known-entry';
import { openVerifier } from './reserve-code';

/** By till id: the relay's key whose signatures count in that till's entries. */
export type RelayKeys = ReadonlyMap<string, PublicKey>;

/** `real`: ids of the entry's proofs that count, as `realProofs` returns them. */
export type Proven = { readonly entry: KnownEntry; readonly real: ReadonlySet<string> };

/** The entries whose act this version knows, each with the ids of its real proofs, as `project` needs them. */
export function withProofs(entries: readonly Entry[], keys: RelayKeys): Promise<Proven[]> {
  const known = entries.flatMap((entry) => knownEntry(entry) ?? []);
  return Promise.all(known.map(async (entry) => ({ entry, real: await realProofs(entry, keys) })));
}

/** What the code of this confirmation was requested for: the action, the id of the receipt or act, and the customer. */
function askedIn(
  { act, body }: KnownEntry,
  given: Confirmation,
): { readonly action: Action; readonly id: unknown; readonly customer: string | null } | null {
  const field = rulesOf(act)?.consentId;
  if (field === undefined || !('customer' in body)) return null;
  const id = (body as Readonly<Record<string, unknown>>)[field];
  return { action: askedAction(act, given.action), id, customer: body.customer };
}

/** Whether a grant was issued for the confirmation in which it stands. */
export function isGrantFor(grant: VerifiedGrant, given: Confirmation, known: KnownEntry): boolean {
  const asked = askedIn(known, given);
  if (given.kind !== 'code' || asked === null) return false;
  const { amount } = grant;
  const worth = amount === null ? null : 'minor' in amount ? amount.minor : amount.worth.minor;
  return (
    grant.till === known.till &&
    grant.operator === known.operator &&
    grant.challenge === given.challenge &&
    grant.action === asked.action &&
    grant.receipt === asked.id &&
    grant.customer === asked.customer &&
    worth === given.amount
  );
}

/** Whether the verifier of a reserve code was issued for the confirmation in which it stands. */
export const isVerifierFor = (
  verifier: ReserveVerifier,
  given: Confirmation,
  known: KnownEntry,
): boolean =>
  given.kind === 'reserve-code' &&
  known.act === 'sale' &&
  verifier.id === given.verifier &&
  verifier.till === known.till &&
  verifier.customer === known.body.customer &&
  given.amount <= verifier.cap;

/**
 * Ids of an entry's challenges and reserve-code verifiers that its relay signed for it, without those of the demo provider. For a
 * reserve code only the signature is verified, not the slow hash of the code.
 */
export async function realProofs(entry: KnownEntry, keys: RelayKeys): Promise<ReadonlySet<string>> {
  const { till, body } = entry;
  const key = keys.get(till);
  if (key === undefined || !('confirmations' in body)) return new Set();
  const ids = await Promise.all(
    body.confirmations.map(async (given) => {
      if (given.kind === 'code') {
        const grant = await verifyGrant(given.grant, key);
        const isReal = grant !== null && !grant.demo && isGrantFor(grant, given, entry);
        return isReal ? [grant.challenge] : [];
      }
      if (given.kind !== 'reserve-code') return [];
      const verifier = await openVerifier(given.signed, key);
      const isReal = verifier !== null && !verifier.demo && isVerifierFor(verifier, given, entry);
      return isReal ? [verifier.id] : [];
    }),
  );
  return new Set(ids.flat());
}
