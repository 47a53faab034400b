// Stores when the relay and the messaging service last answered.
import { transact, type TillDb } from '$lib/storage/database/db';
import { lastContact, recorded, type LastContact } from '$lib/storage/schema/records';
import { atDisk } from '$lib/storage/storage-error';

/** Null: never. */
export function loadLastContact(db: TillDb): Promise<LastContact | null> {
  return atDisk(async () => {
    const row = await db.meta.get('last-contact');
    return row?.key === 'last-contact' ? row.value : null;
  });
}

export async function saveLastContact(db: TillDb, contact: LastContact): Promise<void> {
  const value = recorded(lastContact, contact);
  await transact(db, [db.meta], () => db.meta.put({ key: 'last-contact', value }));
}
