// Stores whether the relay removed this till from the shop; a removed till does not sell offline.
import { metaIn, metaRow } from '$lib/storage/database/meta';
import { transact, type TillDb } from '$lib/storage/database/db';
import { tillIn } from '$lib/storage/database/till-record';
import { withWriterLock } from '$lib/storage/database/writer-lock';

/** Whether the current till id was removed. Re-enrolment ends the removal of a former till id. */
export async function isRemoved(db: TillDb): Promise<boolean> {
  const [removal, till] = await Promise.all([metaIn(db, 'removal'), tillIn(db)]);
  return removal !== null && removal.till === till?.id && removal.since !== null;
}

/** Stores the relay's report: removed (`since`: ms), or belonging to the shop (null). Throws StorageError. */
export function saveRemoval(db: TillDb, since: number | null): Promise<void> {
  return withWriterLock(db, async () => {
    const [till, isKnown] = await Promise.all([tillIn(db), isRemoved(db)]);
    if (till === null || isKnown === (since !== null)) return;
    const row = metaRow('removal', { till: till.id, since });
    // write it to the file as well, so that a database rebuilt from it still has the removal
    if (db.file?.state === 'in-use' && db.file.till === till.id) {
      const changes = [{ table: 'meta', op: 'put', rows: [row] } as const];
      await db.file.add([{ kind: 'attached', changes }]);
    }
    await transact(db, [db.meta], () => db.meta.put(row));
  });
}
