// Replaces and hashes the packed catalogue, and reads stock changes since the last count.
import { metaChange, metaIn } from '$lib/storage/database/meta';
import type { BodyOf } from '$lib/contract/journal';
import type { PackedCatalogue, TextColumn } from '$lib/domain/catalogue';
import { hashOf, sha256Hex, toHex } from '$lib/proof/canonical';
import type { TillDb } from '$lib/storage/database/db';
import { allowed, type NoRight, type PolicyRefused } from '$lib/storage/policy/policies';
import { packedCatalogue } from '$lib/storage/schema/catalogue-record';
import { recorded } from '$lib/storage/schema/records';
import { catalogueBytes } from '$lib/storage/wal/catalogue-copy';
import { asWriter } from '$lib/storage/journal/writer';

export type CatalogueSummary = Omit<BodyOf<'products-imported'>, 'catalogueHash' | 'recounted'>;

export type CatalogueOutcome =
  | { readonly kind: 'saved'; readonly hash: string }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | NoRight };

async function digest(
  column: Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>,
) {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', column)));
}

async function digestOfText(column: TextColumn | null) {
  return column === null
    ? null
    : { text: await sha256Hex(column.text), ends: await digest(column.ends) };
}

/** Identifies the whole catalogue: canonical hash over its columns' hashes (numbers as little-endian bytes). */
export async function catalogueHash(packed: PackedCatalogue): Promise<string> {
  return hashOf({
    v: packed.v,
    count: packed.count,
    ids: await sha256Hex(packed.ids),
    names: await digestOfText(packed.names),
    namesRu: await digestOfText(packed.namesRu),
    namesEn: await digestOfText(packed.namesEn),
    skus: await digestOfText(packed.skus),
    barcodes: await digestOfText(packed.barcodes),
    prices: await digest(packed.prices),
    units: await digest(packed.units),
    categories: packed.categories,
    categoryOf: await digest(packed.categoryOf),
    stock: await digest(packed.stock),
  });
}

/**
 * Replaces the catalogue. `restocked`: products whose stock was counted again; their earlier stock changes are discarded.
 * Writes nothing if the catalogue is unchanged.
 */
export async function replaceCatalogue(
  db: TillDb,
  attempt: {
    packed: PackedCatalogue;
    summary: CatalogueSummary;
    restocked: readonly string[];
    operator: string;
    at: number;
  },
): Promise<CatalogueOutcome> {
  const { summary, operator, at } = attempt;
  const packed = recorded(packedCatalogue, attempt.packed);
  const hash = await catalogueHash(packed);
  return asWriter(db, async (writer) => {
    const current = await allowed(db, operator, ['manage-catalogue', 'data']);
    if (current.kind !== 'policy') return { kind: 'refused', because: current };
    const [held, counted] = await Promise.all([
      metaIn(db, 'catalogue'),
      db.stock.toCollection().primaryKeys(),
    ]);
    const restocked = new Set(attempt.restocked);
    const recounted = counted.filter((product) => restocked.has(product));
    if (held?.hash === hash && recounted.length === 0) {
      return { kind: 'saved', hash };
    }
    const body = { ...summary, catalogueHash: hash, recounted };
    const policy = current.policy.version;
    await db.file?.saveCatalogue(hash, catalogueBytes(packed));
    await writer.write({ act: 'products-imported', body, operator, at, policy }, [
      { table: 'catalogue', op: 'put', rows: [{ key: 'current', hash, packed }] },
      metaChange('catalogue', { hash, count: packed.count }),
    ]);
    void db.file?.dropCatalogues(hash);
    return { kind: 'saved', hash };
  });
}

/** Thousandths to add to the packed stock of each product that changed since the count. */
export async function stockDeltas(db: TillDb): Promise<Map<string, number>> {
  const rows = await db.stock.toArray();
  return new Map(rows.map(({ product, delta }) => [product, delta]));
}
