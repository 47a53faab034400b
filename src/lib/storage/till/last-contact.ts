// When relay and messaging service were last heard: kept, so that a till started offline can say since when it is alone.
import { transact, type TillDb } from '$lib/storage/database/db';
import { lastContact, recorded, type LastContact } from '$lib/storage/database/records';
import { atDisk } from '$lib/storage/database/storage-error';

/** Null: never. */
export function loadLastContact(db: TillDb): Promise<LastContact | null> {
  return atDisk(async () => {
    const row = await db.meta.get('last-contact');
    return row?.key === 'last-contact' ? row.value : null;
  });
}

export async function saveLastContact(db: TillDb, heard: LastContact): Promise<void> {
  const value = recorded(lastContact, heard);
  await transact(db, [db.meta], () => db.meta.put({ key: 'last-contact', value }));
}
