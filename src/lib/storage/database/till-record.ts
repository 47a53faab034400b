// Reads this device's identity, and the relay keys under which its entries may have been signed.
import { metaIn } from './meta';
import type { TillDb } from './db';
import type { EnrolledTill, FormerTill, Till } from '$lib/storage/schema/records';
import type { RelayKeys } from '$lib/proof/real-proofs';

/** Null before the first run. */
export function tillIn(db: TillDb): Promise<Till | null> {
  return metaIn(db, 'till');
}

/** Former identities of this device before re-enrolments, newest first. */
export async function formerTillsIn(db: TillDb): Promise<FormerTill[]> {
  return (await metaIn(db, 'former-tills')) ?? [];
}

/** The till ids of this device: the current one, then its former ones, newest first. */
export async function lineageIn(db: TillDb): Promise<string[]> {
  const [till, names] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return [...(till === null ? [] : [till]), ...names].map(({ id }) => id);
}

/** Former till ids that were enrolled at a relay other than the current one. */
export async function namesElsewhereIn(db: TillDb): Promise<ReadonlySet<string>> {
  const [till, names] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return new Set(names.filter(({ shop }) => shop !== till?.shop).map(({ id }) => id));
}

export function isEnrolled(till: Till | null): till is EnrolledTill {
  return till !== null && till.shop !== null && till.relayKey !== null && till.number !== null;
}

/** The relay key that was pinned under each till id of this device. Awaits Dexie only. */
export async function relayKeysIn(db: TillDb): Promise<RelayKeys> {
  const [till, former] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return new Map(
    [...(isEnrolled(till) ? [till] : []), ...former].map(({ id, relayKey }) => [id, relayKey]),
  );
}
