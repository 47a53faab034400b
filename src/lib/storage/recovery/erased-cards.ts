// Removes erased cards from the journal file.
// Rebuilds the file without them, and deletes the older files that were kept.
import { transact, type TillDb } from '$lib/storage/database/db';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { queueRebuild } from './start';

/** Size up to which a file is rebuilt within about a second, so that it may be done while somebody is selling. */
const QUICKLY_WRITTEN = 8 * 1024 * 1024;

/**
 * Rebuilds the file if it may still contain erased cards. `when`: `selling` rebuilds small files only, because an act may have
 * to wait. Returns whether it was rebuilt; otherwise the next call or start tries again. Throws StorageError.
 */
export async function eraseFromFile(db: TillDb, when: 'selling' | 'idle'): Promise<boolean> {
  const erasing = await db.forgotten.where('state').equals('erasing').toArray();
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
    db.forgotten.bulkPut(erasing.map((row) => ({ ...row, state: 'erased' as const }))),
  );
  return true;
}
