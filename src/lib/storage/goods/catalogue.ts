// Replaces and hashes the packed catalogue, and reads stock changes since the last count.
import { metaChange, metaIn } from '$lib/storage/database/meta';
import { decideProductsImported, type CatalogueSummary } from '$lib/domain/acts/products-imported';
import type { PackedCatalogue, TextColumn } from '$lib/domain/catalogue';
import type { NoRight } from '$lib/domain/rights';
import { hashOf, sha256Hex, toHex } from '$lib/proof/canonical';
import type { TillDb } from '$lib/storage/database/db';
import { currentPolicy, type PolicyRefused } from '$lib/storage/policy/policies';
import { packedCatalogue } from '$lib/storage/schema/catalogue-record';
import { recorded } from '$lib/storage/schema/records';
import { catalogueBytes } from '$lib/storage/wal/catalogue-copy';
import { asWriter } from '$lib/storage/journal/writer';

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
    const current = await currentPolicy(db);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    const { policy } = current;
    const [held, sold] = await Promise.all([
      metaIn(db, 'catalogue'),
      db.stock.toCollection().primaryKeys(),
    ]);
    const { restocked } = attempt;
    const decided = decideProductsImported({
      ...{ policy, operator, summary, catalogueHash: hash, sold, restocked },
    });
    if (decided.kind === 'refused') return decided;
    const { body } = decided;
    if (held?.hash === hash && body.recounted.length === 0) {
      return { kind: 'saved', hash };
    }
    await db.file?.saveCatalogue(hash, catalogueBytes(packed));
    const made = { operator, at, policy: policy.version };
    await writer.write({ act: 'products-imported', body, ...made }, [
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
