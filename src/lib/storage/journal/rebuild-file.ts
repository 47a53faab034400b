// Rewrites a till's journal file from its database.
import { metaIn } from '$lib/storage/database/meta';
import { loadCatalogue } from '$lib/storage/database/stored-catalogue';
import type { Change, TableName } from '$lib/storage/schema/change';
import type { TillDb } from '$lib/storage/database/db';
import { batchesOf, headIn } from './reader';
import type { EnrolledTill } from '$lib/storage/schema/records';
import { pagesOf } from '$lib/storage/database/pages';
import { lineageIn } from '$lib/storage/database/till-record';
import { catalogueBytes } from '$lib/storage/wal/catalogue-copy';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import { headLine, type Line } from '$lib/storage/wal/line';

/** Tables whose rows acts attach to their entries. Other tables are projected, sent again by the relay, or need no copy. */
const ATTACHED = ['customers', 'reserveVerifiers', 'reserveTries'] as const satisfies TableName[];

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
  const [policy, head, meta, names] = await Promise.all([
    db.policy.get('current'),
    headIn(db),
    db.meta.bulkGet(['catalogue', 'former-tills', 'removal', 'numbers-taken']),
    lineageIn(db),
  ]);
  const rows = meta.filter((row) => row !== undefined);
  const first: Line[] = [headLine(till, names[1] ?? null, head.seq), attachedLine('meta', rows)];
  if (policy) first.push({ kind: 'policy', jws: policy.jws, version: policy.version });
  await file.add(first);
  for (const table of ATTACHED) await addRows(db, file, table);
  // last: a file that ends before `upTo` is no whole copy, and the next start rebuilds it
  for (const name of names.toReversed()) await addEntries(db, file, name);
  await file.add([headLine(till, names[1] ?? null, head.seq)]);
  await keepGoods(db, file);
}

function attachedLine(table: TableName, rows: readonly unknown[]): Line {
  return { kind: 'attached', changes: [{ table, op: 'put', rows } as Change] };
}

async function addEntries(db: TillDb, file: JournalFile, till: string): Promise<void> {
  for await (const entries of batchesOf(db, till, BATCH)) {
    await file.add(entries.map((entry): Line => ({ kind: 'act', entry, attached: [] })));
  }
}

async function addRows(db: TillDb, file: JournalFile, table: TableName): Promise<void> {
  for await (const rows of pagesOf(db.table<unknown>(table), BATCH)) {
    await file.add([attachedLine(table, rows)]);
  }
}

async function keepGoods(db: TillDb, file: JournalFile): Promise<void> {
  const mark = await metaIn(db, 'catalogue');
  if (mark === null || (await file.catalogue(mark.hash)) !== null) return;
  const goods = await loadCatalogue(db);
  if (goods !== null) await file.saveCatalogue(goods.hash, catalogueBytes(goods.packed));
}
