// Reads this device's identity.
import type { TillDb } from './db';
import type { EnrolledTill, FormerTill, Till } from '$lib/storage/schema/records';

/** Null before the first run. */
export async function tillIn(db: TillDb): Promise<Till | null> {
  const row = await db.meta.get('till');
  return row?.key === 'till' ? row.value : null;
}

/** Former identities of this device before re-enrolments, newest first. */
export async function formerTillsIn(db: TillDb): Promise<FormerTill[]> {
  const row = await db.meta.get('former-tills');
  return row?.key === 'former-tills' ? row.value : [];
}

/** Former till ids at a relay other than the current one. */
export async function namesElsewhereIn(db: TillDb): Promise<ReadonlySet<string>> {
  const [till, names] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return new Set(names.filter(({ shop }) => shop !== till?.shop).map(({ id }) => id));
}

export function isEnrolled(till: Till | null): till is EnrolledTill {
  return till !== null && till.shop !== null && till.relayKey !== null;
}
