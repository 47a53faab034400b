// Restores goods that the database has lost: from the copy beside the journal file, or from the journal itself.
import { metaChange, metaIn } from '$lib/storage/database/meta';
import { pack, type PackedCatalogue } from '$lib/domain/catalogue';
import { joined } from '$lib/domain/catalogue-parts';
import { knownEntry } from '$lib/proof/known-entry';
import { readPagesOf } from '$lib/storage/database/pages';
import { UNREADABLE } from '$lib/storage/database/read-each';
import { lineageIn } from '$lib/storage/database/till-record';
import { productOf } from '$lib/storage/remote/remote-catalogue';
import { Dexie } from 'dexie';
import { catalogueHash } from '$lib/storage/goods/catalogue';
import { applyChanges, tablesOf, type Change } from '$lib/storage/schema/change';
import { transact, type TillDb } from '$lib/storage/database/db';
import type { MetaRow } from '$lib/storage/schema/records';
import { catalogueOf } from '$lib/storage/wal/catalogue-copy';
import type { JournalFile } from '$lib/storage/wal/journal-file';

/** `lost`: the goods must be imported again. */
export type GoodsStand = 'here' | 'lost';

type GoodsMark = Extract<MetaRow, { key: 'catalogue' }>;

/** The last catalogue mark that these changes write, if any. */
export function goodsMarkAmong(steps: readonly Change[]): GoodsMark | null {
  const marks = steps.flatMap((step) =>
    step.table === 'meta' && step.op !== 'delete'
      ? step.rows.filter((row) => row.key === 'catalogue')
      : [],
  );
  return marks.at(-1) ?? null;
}

/** The changes that make mark and goods consistent. Throws StorageError. */
export async function restoreGoods(
  db: TillDb,
  file: JournalFile,
  mark: GoodsMark | null,
): Promise<{ readonly stand: GoodsStand; readonly changes: readonly Change[] }> {
  if (mark === null) return { stand: 'here', changes: [] };
  const { hash } = mark.value;
  const row = await db.catalogue.get('current');
  if (row?.hash === hash) return { stand: 'here', changes: [] };
  const bytes = await file.catalogue(hash).catch(() => null);
  const packed = bytes === null ? null : catalogueOf(bytes);
  if (packed !== null && (await catalogueHash(packed)) === hash) {
    const rows = [{ key: 'current', hash, packed } as const];
    return { stand: 'here', changes: [{ table: 'catalogue', op: 'put', rows }] };
  }
  const again = await goodsOfJournal(db);
  if (again.count > 0 && again.count >= mark.value.count) {
    const value = { hash: await catalogueHash(again), count: again.count };
    const put = { key: 'current', hash: value.hash, packed: again } as const;
    const changes: Change[] = [
      { table: 'catalogue', op: 'put', rows: [put] },
      metaChange('catalogue', value),
    ];
    return { stand: 'here', changes };
  }
  // the mark must not name goods that are missing
  if (row === undefined) {
    return { stand: 'lost', changes: [{ table: 'meta', op: 'delete', keys: ['catalogue'] }] };
  }
  const found = { hash: row.hash, count: row.packed.count };
  return { stand: 'lost', changes: [metaChange('catalogue', found)] };
}

/** Entries read at once. */
const BATCH = 200;

/** The products that this device has added, as its entries name them. Throws StorageError. */
async function goodsOfJournal(db: TillDb): Promise<PackedCatalogue> {
  let goods = pack([]);
  for (const name of (await lineageIn(db)).toReversed()) {
    const own = [
      [name, 0],
      [name, Dexie.maxKey],
    ] as const;
    for await (const { rows } of readPagesOf(db.journal, BATCH, own))
      for (const entry of rows) {
        if (entry === undefined || entry === UNREADABLE || entry.act !== 'products-changed')
          continue;
        const known = knownEntry(entry);
        if (known?.act === 'products-changed')
          goods = joined(goods, pack(known.body.added.map(productOf)));
      }
  }
  return goods;
}

/**
 * Restores goods whose row is gone; null: none were ever imported. `lost`: they have no copy. Throws StorageError.
 */
export async function restoreLostGoods(db: TillDb, file: JournalFile): Promise<GoodsStand | null> {
  const value = await metaIn(db, 'catalogue');
  const mark = value === null ? await goodsMarkOf(file) : ({ key: 'catalogue', value } as const);
  if (mark === null) return null;
  const { stand, changes } = await restoreGoods(db, file, mark);
  const isMarked = changes.some(({ table }) => table === 'meta');
  const all = isMarked ? changes : [...changes, metaChange('catalogue', mark.value)];
  await transact(db, tablesOf(db, all), () => applyChanges(db, all));
  return stand;
}

/** The last catalogue mark in the open file; null: it has none. */
async function goodsMarkOf(file: JournalFile): Promise<GoodsMark | null> {
  let mark: GoodsMark | null = null;
  for await (const lines of file.whole()) {
    for (const line of lines) {
      if (line.kind === 'act') mark = goodsMarkAmong(line.attached) ?? mark;
      if (line.kind === 'attached') mark = goodsMarkAmong(line.changes) ?? mark;
    }
  }
  return mark;
}
