// Removes erased cards from the journal file.
// Writes the file again without them, and deletes the older files that were kept.
import type { TillDb } from '$lib/storage/database/db';
import { transact } from '$lib/storage/database/db';
import { isEnrolled, tillIn } from '$lib/storage/database/till-record';
import { queueRebuild } from './start';

/** Bytes that are written again within a second or so, while somebody may be selling. */
const QUICKLY_WRITTEN = 8 * 1024 * 1024;

/**
 * Writes the file again if cards were erased that it may still hold. `when`: how long an act may have to wait for it. Returns
 * whether it has; otherwise the next call or start tries again. Throws StorageError.
 */
export async function eraseFromFile(db: TillDb, when: 'selling' | 'idle'): Promise<boolean> {
  const erasing = await db.forgotten.where('state').equals('erasing').primaryKeys();
  const till = await tillIn(db);
  const { file } = db;
  if (erasing.length === 0 || !isEnrolled(till)) return false;
  if (file !== null && file.state !== 'missing') {
    await file.rebuilt;
    if (file.state !== 'in-use' || file.till !== till.id) return false;
    if (when === 'selling' && file.size > QUICKLY_WRITTEN) return false;
    queueRebuild(db, file, till, null);
    if (!(await file.rebuilt) || !(await file.dropOthers())) return false;
  }
  await transact(db, [db.forgotten], () =>
    db.forgotten.bulkPut(erasing.map((customer) => ({ customer, state: 'erased' as const }))),
  );
  return true;
}
