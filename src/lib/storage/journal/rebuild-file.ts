// Rewrites a till's journal file from its database.
import { metaIn } from '$lib/storage/database/meta';
import { loadCatalogue } from '$lib/storage/database/stored-catalogue';
import type { TableName } from '$lib/storage/schema/change';
import type { TillDb } from '$lib/storage/database/db';
import { headIn } from './reader';
import type { EnrolledTill } from '$lib/storage/schema/records';
import { formerTillsIn } from '$lib/storage/database/till-record';
import { Dexie, type IndexableType } from 'dexie';
import { catalogueBytes } from '$lib/storage/wal/catalogue-copy';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import { headLine, type Line } from '$lib/storage/wal/line';

/** Tables that acts write; the others belong to the device or the moment, or the relay sends them again. */
const TABLES = [
  'journal',
  'accountEntries',
  'balances',
  'confirmations',
  'customers',
  'stock',
  'sales',
  'grantsUsed',
  'reserveVerifiers',
  'reserveTries',
  'disputes',
  'unconfirmed',
] as const satisfies TableName[];

/** Rows per write and flush: a few megabytes. */
const BATCH = 2_000;

/**
 * Call it while holding the writer's lock. `aside`: name under which the old file is kept; null: it is overwritten,
 * because it has nothing that the database lacks.
 */
export async function rebuildFile(
  db: TillDb,
  file: JournalFile,
  till: EnrolledTill,
  aside: string | null,
): Promise<void> {
  await file.begin(aside);
  const [policy, head, meta, former] = await Promise.all([
    db.policy.get('current'),
    headIn(db),
    db.meta.bulkGet(['catalogue', 'former-tills', 'removal', 'numbers-taken']),
    formerTillsIn(db),
  ]);
  const first: Line[] = [headLine(till, former[0]?.id ?? null)];
  if (policy) first.push({ kind: 'policy', jws: policy.jws, version: policy.version });
  const kept = meta.filter((row) => row !== undefined);
  if (kept.length > 0) first.push({ kind: 'rows', table: 'meta', rows: kept });
  await file.add(first);
  for (const table of TABLES) await addRows(db, file, table);
  // the file counts as a copy only with this line: without it the next start rebuilds it
  await file.add([{ kind: 'stand', seq: head.seq, hash: head.hash }]);
  await keepGoods(db, file);
}

async function addRows(db: TillDb, file: JournalFile, table: TableName): Promise<void> {
  for (let after: IndexableType = Dexie.minKey; ;) {
    const batch = () => db.table<unknown>(table).where(':id').above(after).limit(BATCH);
    const [keys, rows] = await Promise.all([batch().primaryKeys(), batch().toArray()]);
    const last = keys.at(-1);
    if (last === undefined) return;
    await file.add([{ kind: 'rows', table, rows }]);
    after = last;
  }
}

async function keepGoods(db: TillDb, file: JournalFile): Promise<void> {
  const mark = await metaIn(db, 'catalogue');
  if (mark === null || (await file.catalogue(mark.hash)) !== null) return;
  const goods = await loadCatalogue(db);
  if (goods !== null) await file.saveCatalogue(goods.hash, catalogueBytes(goods.packed));
}
