// The goods of the shop: one packed record, replaced whole, and what was sold since its stock was counted.
import type { BodyOf } from '$lib/contract/journal';
import { idAt, type PackedCatalogue, type TextColumn } from '$lib/domain/catalogue';
import { hashOf, sha256Hex, toHex } from '$lib/proof/canonical';
import type { TillDb } from './db';
import { allowed, type NoRight, type PolicyRefused } from './policies';
import { catalogueRow, packedCatalogue, recorded } from './records';
import { atDisk } from './storage-error';
import { asWriter } from './writer';

/** Null before the first import. */
export async function loadCatalogue(db: TillDb): Promise<PackedCatalogue | null> {
  const row = await atDisk(() => db.catalogue.get('current'));
  return row?.packed ?? null;
}

/** Thousandths by product, to be added to the packed stock: negative for what was sold since. */
export async function stockDeltas(db: TillDb): Promise<Map<string, number>> {
  const rows = await atDisk(() => db.stock.toArray());
  return new Map(rows.map((row) => [row.product, row.delta]));
}

export type ImportSummary = Omit<BodyOf<'products-imported'>, 'catalogueHash'> & {
  /** Rows of the packed catalogue whose stock was counted anew: what was sold before no longer counts against it. */
  readonly restocked: Iterable<number>;
};

/** Who acts, and when (ms). */
export type By = { readonly operator: string; readonly at: number };

export type CatalogueReplaced =
  { readonly kind: 'replaced'; readonly hash: string } | PolicyRefused | NoRight;

/** Puts a whole catalogue in place of the one before (act `products-imported`). Throws StorageError. */
export async function replaceCatalogue(
  db: TillDb,
  packed: PackedCatalogue,
  summary: ImportSummary,
  by: By,
): Promise<CatalogueReplaced> {
  const stored = recorded(packedCatalogue, packed);
  const hash = await catalogueHash(stored);
  const row = recorded(catalogueRow, { key: 'current', hash, packed: stored });
  const { restocked, ...counts } = summary;
  const counted = [...restocked].map((place) => idAt(stored, place));
  return asWriter(db, async (writer): Promise<CatalogueReplaced> => {
    const current = await allowed(db, by.operator, ['manage-catalogue']);
    if (current.kind !== 'policy') return current;
    const body = { ...counts, catalogueHash: hash };
    await writer.write(
      { act: 'products-imported', body, ...by, policy: current.policy.version },
      [db.catalogue, db.stock],
      () => Promise.all([db.catalogue.put(row), db.stock.bulkDelete(counted)]),
    );
    return { kind: 'replaced', hash };
  });
}

/** SHA-256 over the hashes of all columns: no catalogue is ever spelled out as one text. */
async function catalogueHash(packed: PackedCatalogue): Promise<string> {
  const text = async (column: TextColumn | null) =>
    column && [await sha256Hex(column.text), await bytesHash(column.ends)];
  const { v, count, ids, categories } = packed;
  return hashOf({
    v,
    count,
    categories,
    ids: await sha256Hex(ids),
    texts: await Promise.all(
      [packed.names, packed.namesRu, packed.namesEn, packed.skus, packed.barcodes].map(text),
    ),
    numbers: await Promise.all(
      [packed.prices, packed.units, packed.categoryOf, packed.stock].map(bytesHash),
    ),
  });
}

async function bytesHash(column: ArrayBufferView<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', column)));
}
