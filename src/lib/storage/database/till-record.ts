// Reads this device's identity for other files of the room.
import type { TillDb } from './db';
import type { EnrolledTill, FormerTill, Till } from '$lib/storage/schema/records';

/** Null before first run. */
export async function tillIn(db: TillDb): Promise<Till | null> {
  const row = await db.meta.get('till');
  return row?.key === 'till' ? row.value : null;
}

/** Names this device had before it was re-enrolled, newest first. */
export async function formerTillsIn(db: TillDb): Promise<FormerTill[]> {
  const row = await db.meta.get('former-tills');
  return row?.key === 'former-tills' ? row.value : [];
}

/** Names it had at another relay than the one in use. */
export async function namesElsewhereIn(db: TillDb): Promise<ReadonlySet<string>> {
  const [till, names] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return new Set(names.filter(({ shop }) => shop !== till?.shop).map(({ id }) => id));
}

export function isEnrolled(till: Till | null): till is EnrolledTill {
  return till !== null && till.shop !== null && till.relayKey !== null;
}
