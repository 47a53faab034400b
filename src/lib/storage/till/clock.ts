// Stores the relay's time, so that a till started offline does not rely on its own clock.
import { transact, type TillDb } from '$lib/storage/database/db';
import { clockMark, recorded, type ClockMark } from '$lib/storage/schema/records';
import { atDisk } from '$lib/storage/storage-error';

/** Null before the relay was ever heard. */
export function loadClock(db: TillDb): Promise<ClockMark | null> {
  return atDisk(() => markIn(db));
}

export async function saveClock(db: TillDb, mark: ClockMark): Promise<void> {
  const value = recorded(clockMark, mark);
  await transact(db, [db.meta], () => db.meta.put({ key: 'clock', value }));
}

async function markIn(db: TillDb): Promise<ClockMark | null> {
  const row = await db.meta.get('clock');
  return row?.key === 'clock' ? row.value : null;
}

/** The least the time can be, some minutes old; 0 where the relay was never heard. Awaits Dexie only. */
export async function provenIn(db: TillDb): Promise<number> {
  return (await markIn(db))?.heardAt ?? 0;
}

/**
 * The time that rolling windows are counted back from: a clock set forward frees no cap, because only proven time
 * lets an act fall out of its window. Awaits Dexie only.
 */
export async function windowsEndIn(db: TillDb, at: number): Promise<number> {
  const mark = await markIn(db);
  return mark === null ? at : Math.min(at, mark.heardAt);
}
