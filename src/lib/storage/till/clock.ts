// The proven time: the relay's time as stored.
// With it, a till that starts offline does not have to trust its own clock.
import { metaIn } from '$lib/storage/database/meta';
import type { TillDb } from '$lib/storage/database/db';

/** Lower bound of the time, some minutes old; 0 before the relay's first answer. Awaits Dexie only. */
export async function provenIn(db: TillDb): Promise<number> {
  return (await metaIn(db, 'clock'))?.contactAt ?? 0;
}

/**
 * The end of rolling windows. Acts leave a window only by proven time, so a clock set forward frees no cap. Awaits Dexie only.
 */
export async function windowsEndIn(db: TillDb, at: number): Promise<number> {
  const mark = await metaIn(db, 'clock');
  return mark === null ? at : Math.min(at, mark.contactAt);
}
