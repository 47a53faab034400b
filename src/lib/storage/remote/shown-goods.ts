// Reads the goods as the till shows them.
// Keeps them on screen while the copy of the shop's order is downloaded again.
import type { CategoryRow, StockRow } from '$lib/contract/rows';
import type { PackedCatalogue } from '$lib/domain/goods/catalogue';
import { packedOf, type GoodsParts } from '$lib/domain/goods/catalogue-parts';
import { writtenTo, type ProjectedChange } from '$lib/domain/rows';
import type { RemoteCategoryRow } from '$lib/contract/shop-copy';
import { currentEdits } from '$lib/domain/shop-goods';
import { readTogether, transact, type TillDb } from '$lib/storage/database/db';
import { metaIn, putMetaIn } from '$lib/storage/database/meta';
import type { KeptGoodsRow } from '$lib/storage/schema/catalogue-record';
import type { KeptGoods } from '$lib/storage/schema/remote-record';
import { storageErrorOf } from '$lib/storage/storage-error';
import type { Table } from 'dexie';

/** The tables that `goodsIn` reads. */
const goodsTables = (db: TillDb): Table[] => [
  ...[db.meta, db.keptGoods, db.addedProducts, db.products],
  ...[db.remoteAddedProducts, db.remoteProducts],
];

/** The tables that `categoryRowsIn` reads. */
export const categoryTables = (db: TillDb): Table[] => [
  ...[db.meta, db.keptGoods, db.categories, db.remoteCategories],
];

/** All goods of the shop: what any till has added, with the newest value of each field. Throws StorageError. */
export const goodsIn = async (db: TillDb): Promise<PackedCatalogue> =>
  packedOf(await goodsPartsIn(db));

/** The same, in parts that are still to be packed together. Throws StorageError. */
export function goodsPartsIn(db: TillDb): Promise<GoodsParts> {
  return readTogether(db, goodsTables(db), async () => {
    const kept = await keptIn(db);
    const [own, edits] = await Promise.all([db.addedProducts.toArray(), db.products.toArray()]);
    if (kept !== null)
      return {
        added: [kept.packed, ...own.map(({ goods }) => goods)],
        edits: currentEdits(editsBut(edits, new Set(kept.entries)), []),
      };
    const [others, ordered] = await Promise.all([
      db.remoteAddedProducts.toArray(),
      db.remoteProducts.toArray(),
    ]);
    const added = [...own, ...others].map(({ goods }) => goods);
    return { added, edits: currentEdits(edits, ordered) };
  });
}

type Edited = { readonly edits: readonly { readonly entry: string }[] };

/** Removes the edits made by these entries. */
const editsBut = <Row extends Edited>(rows: readonly Row[], entries: ReadonlySet<string>): Row[] =>
  rows.map((row) => ({ ...row, edits: row.edits.filter(({ entry }) => !entries.has(entry)) }));

/** This device's changes of categories, and the changes in the order. Awaits Dexie only. */
export async function categoryRowsIn(
  db: TillDb,
): Promise<[own: CategoryRow[], ordered: RemoteCategoryRow[]]> {
  const [kept, own] = [await keptIn(db), await db.categories.toArray()];
  if (kept === null) return [own, await db.remoteCategories.toArray()];
  return [editsBut(own, new Set(kept.entries)), kept.categories];
}

/**
 * A value that changes when the order brings a visible change of goods or categories; null: it has brought none. Throws
 * StorageError.
 */
export function goodsMarkIn(db: TillDb): Promise<number | 'kept' | null> {
  return readTogether(db, [db.meta], async () =>
    (await metaIn(db, 'kept-goods')) === null ? metaIn(db, 'remote-goods') : 'kept',
  );
}

/** Stock movements of other tills for these products; null: for all products. Awaits Dexie only. */
export async function remoteStockIn(
  db: TillDb,
  products: readonly string[] | null,
): Promise<StockRow[]> {
  const kept = await keptIn(db);
  if (kept !== null) {
    const wanted = new Set(products);
    return kept.stock.filter(({ product }) => products === null || wanted.has(product));
  }
  if (products === null) return db.remoteStock.toArray();
  return (await db.remoteStock.bulkGet([...products])).filter((row) => row !== undefined);
}

/** Awaits Dexie only. */
async function keptIn(db: TillDb): Promise<KeptGoodsRow | null> {
  if ((await metaIn(db, 'kept-goods')) === null) return null;
  return (await db.keptGoods.get('current')) ?? null;
}

/** The goods and categories to keep showing, and up to which point of the order they are known. */
export type Keeping = { readonly row: KeptGoodsRow; readonly mark: KeptGoods };

/**
 * The goods and categories to keep showing while the copy of the order is downloaded again. Null: there is no copy, or its
 * goods cannot be read. `projected`: rows that will replace those of this device. Throws StorageError.
 */
export async function goodsToKeep(
  db: TillDb,
  projected: readonly ProjectedChange[] = [],
): Promise<Keeping | null> {
  try {
    const tables = [
      ...[...goodsTables(db), ...categoryTables(db)],
      ...[db.remoteStock, db.remoteJournal],
    ];
    return await readTogether(db, tables, () => keepingIn(db, projected));
  } catch (cause) {
    if (storageErrorOf(cause)?.kind === 'failed') return null;
    throw cause;
  }
}

/** Awaits Dexie only. */
async function keepingIn(
  db: TillDb,
  projected: readonly ProjectedChange[],
): Promise<Keeping | null> {
  const [mark, held, cursor] = await Promise.all([
    metaIn(db, 'kept-goods'),
    keptIn(db),
    metaIn(db, 'remote-cursor'),
  ]);
  if (mark !== null && held !== null) return { row: held, mark };
  if (cursor === null) return null;
  const [own, others, edits, ownCategories, ordered, categories, stock] = await Promise.all([
    db.addedProducts.toArray(),
    db.remoteAddedProducts.toArray(),
    db.products.toArray(),
    db.categories.toArray(),
    db.remoteProducts.toArray(),
    db.remoteCategories.toArray(),
    db.remoteStock.toArray(),
  ]);
  const edited: Edited[] = [
    ...[...edits, ...writtenTo('products', projected)],
    ...[...ownCategories, ...writtenTo('categories', projected)],
  ];
  const written = new Set(edited.flatMap((row) => row.edits.map(({ entry }) => entry)));
  const places = await db.remoteJournal
    .where('original')
    .anyOf([...written])
    .toArray();
  const counting = places.filter(
    ({ verdict, effect }) => verdict === 'accepted' || effect === 'projected',
  );
  const added = [...own, ...others].map(({ goods }) => goods);
  const packed = packedOf({ added, edits: currentEdits([], ordered) });
  const entries = counting.map(({ original }) => original);
  const { epoch, order } = cursor;
  const row = { key: 'current', packed, categories, entries, stock } as const;
  return { row, mark: { seen: { epoch, order } } };
}

/** Stores the goods to keep, within a transaction over meta and `keptGoods`. Awaits Dexie only. */
export function keepGoodsIn(db: TillDb, { row, mark }: Keeping): Promise<unknown> {
  return Promise.all([db.keptGoods.put(row), putMetaIn(db, 'kept-goods', mark)]);
}

/**
 * Shows the downloaded goods instead of the kept ones; call it when the whole order is here. Returns whether any were kept.
 * Throws StorageError.
 */
export async function showComeGoods(db: TillDb): Promise<boolean> {
  if ((await metaIn(db, 'kept-goods')) === null) return false;
  await transact(db, [db.keptGoods, db.meta], () =>
    Promise.all([db.keptGoods.clear(), db.meta.delete('kept-goods')]),
  );
  return true;
}
