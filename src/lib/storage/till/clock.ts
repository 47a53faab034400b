// Stores the relay's time, so that a till started offline does not rely on its own clock.
import { transact, type TillDb } from '$lib/storage/database/db';
import { clockMark, recorded, type ClockMark } from '$lib/storage/schema/records';
import { atDisk } from '$lib/storage/storage-error';

/** Null before the relay's first answer. */
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

/** Lower bound of the time, some minutes old; 0 before the relay's first answer. Awaits Dexie only. */
export async function provenIn(db: TillDb): Promise<number> {
  return (await markIn(db))?.heardAt ?? 0;
}

/**
 * The end of rolling windows. An act leaves them only by proven time: a clock set forward frees no cap.
 * Awaits Dexie only.
 */
export async function windowsEndIn(db: TillDb, at: number): Promise<number> {
  const mark = await markIn(db);
  return mark === null ? at : Math.min(at, mark.heardAt);
}
