// Which proofs of an entry the relay signed, and not for the demo.
import type { KnownEntry } from '$lib/contract/journal';
import type { PublicKey } from '$lib/contract/values';
import { verifyGrant } from '$lib/proof/grant';
import { openVerifier } from '$lib/proof/reserve-code';
import type { TillDb } from '$lib/storage/database/db';
import { formerTillsIn, isEnrolled, tillIn } from '$lib/storage/database/till-record';

/** The relay key that was pinned under each till id of this device. */
export type RelayKeys = ReadonlyMap<string, PublicKey>;

/** Awaits Dexie only. */
export async function relayKeysIn(db: TillDb): Promise<RelayKeys> {
  const [till, former] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return new Map(
    [...(isEnrolled(till) ? [till] : []), ...former].map(({ id, relayKey }) => [id, relayKey]),
  );
}

/** Ids of an entry's challenges and reserve-code verifiers that its relay signed, without those of the demo. */
export async function realProofs(
  { till, body }: KnownEntry,
  keys: RelayKeys,
): Promise<ReadonlySet<string>> {
  const key = keys.get(till);
  if (key === undefined || !('confirmations' in body)) return new Set();
  const ids = await Promise.all(
    body.confirmations.map(async (given) => {
      if (given.kind === 'code') {
        const grant = await verifyGrant(given.grant, key);
        return grant === null || grant.demo ? [] : [grant.challenge];
      }
      if (given.kind !== 'reserve-code') return [];
      const verifier = await openVerifier(given.signed, key);
      return verifier === null || verifier.demo ? [] : [verifier.id];
    }),
  );
  return new Set(ids.flat());
}
