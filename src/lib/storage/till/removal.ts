// Stores that the relay removed this till from the shop, so that it does not sell offline.
import { transact, type TillDb } from '$lib/storage/database/db';
import { recorded } from '$lib/storage/schema/records';
import { removal } from '$lib/storage/schema/relay-record';
import { atDisk } from '$lib/storage/storage-error';
import { tillIn } from '$lib/storage/database/till-record';
import { withWriterLock } from '$lib/storage/journal/writer';

/** Of the till this device is now: a removal of a former name ended when it was re-enrolled. */
export function isRemoved(db: TillDb): Promise<boolean> {
  return atDisk(() => removedIn(db));
}

async function removedIn(db: TillDb): Promise<boolean> {
  const [row, till] = await Promise.all([db.meta.get('removal'), tillIn(db)]);
  return row?.key === 'removal' && row.value.till === till?.id && row.value.since !== null;
}

/** Keeps the relay's word that this till was taken out (`since`: ms), or (null) that it belongs to the shop. Throws StorageError. */
export function saveRemoval(db: TillDb, since: number | null): Promise<void> {
  return withWriterLock(db, async () => {
    const [till, isKnown] = await atDisk(() => Promise.all([tillIn(db), removedIn(db)]));
    if (till === null || isKnown === (since !== null)) return;
    const row = { key: 'removal', value: recorded(removal, { till: till.id, since }) } as const;
    // a lost database must not take him in again
    if (db.file?.state === 'in-use' && db.file.till === till.id) {
      await db.file.add([{ kind: 'rows', table: 'meta', rows: [row] }]);
    }
    await transact(db, [db.meta], () => db.meta.put(row));
  });
}
