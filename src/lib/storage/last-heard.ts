// When relay and messaging service were last heard: kept, so that a till started offline can say since when it is alone.
import { transact, type TillDb } from './db';
import { lastHeard, recorded, type LastHeard } from './records';
import { atDisk } from './storage-error';

/** Null: never. */
export function loadLastHeard(db: TillDb): Promise<LastHeard | null> {
  return atDisk(async () => {
    const row = await db.meta.get('last-heard');
    return row?.key === 'last-heard' ? row.value : null;
  });
}

export async function keepLastHeard(db: TillDb, heard: LastHeard): Promise<void> {
  const value = recorded(lastHeard, heard);
  await transact(db, [db.meta], () => db.meta.put({ key: 'last-heard', value }));
}
