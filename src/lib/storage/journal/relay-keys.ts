// The relay keys under which entries of this device may have been signed.
import type { RelayKeys } from '$lib/proof/real-proofs';
import type { TillDb } from '$lib/storage/database/db';
import { formerTillsIn, isEnrolled, tillIn } from '$lib/storage/database/till-record';

/** The relay key that was pinned under each till id of this device. Awaits Dexie only. */
export async function relayKeysIn(db: TillDb): Promise<RelayKeys> {
  const [till, former] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return new Map(
    [...(isEnrolled(till) ? [till] : []), ...former].map(({ id, relayKey }) => [id, relayKey]),
  );
}
