// The proven time: the relay's, as stored.
// By it a till that is started offline does not rely on its own clock.
import { metaIn } from '$lib/storage/database/meta';
import type { TillDb } from '$lib/storage/database/db';

/** Lower bound of the time, some minutes old; 0 before the relay's first answer. Awaits Dexie only. */
export async function provenIn(db: TillDb): Promise<number> {
  return (await metaIn(db, 'clock'))?.contactAt ?? 0;
}

/**
 * The end of rolling windows. An act leaves them only by proven time: a clock set forward frees no cap.
 * Awaits Dexie only.
 */
export async function windowsEndIn(db: TillDb, at: number): Promise<number> {
  const mark = await metaIn(db, 'clock');
  return mark === null ? at : Math.min(at, mark.contactAt);
}
