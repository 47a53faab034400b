// The shop's goods: what this device and the other tills added and changed. Writes the changes that this one makes.
import { metaChange, metaIn } from '$lib/storage/database/meta';
import { MOST_PRODUCTS, type BodyOf, type FieldChange } from '$lib/contract/journal';
import { decideProductsChanged, type ProductsRefusal } from '$lib/domain/acts/products-changed';
import {
  pack,
  productAt,
  unpack,
  type PackedCatalogue,
  type TextColumn,
} from '$lib/domain/catalogue';
import { joined, patched } from '$lib/domain/catalogue-parts';
import type { GoodsChanges } from '$lib/domain/goods-changes';
import { currentEdits } from '$lib/domain/shop-goods';
import { hashOf, sha256Hex, toHex } from '$lib/proof/canonical';
import { snapshot, type TillDb } from '$lib/storage/database/db';
import { loadCatalogue } from '$lib/storage/database/stored-catalogue';
import { currentPolicy, type PolicyRefused } from '$lib/storage/policy/policies';
import { packedCatalogue } from '$lib/storage/schema/catalogue-record';
import { recorded } from '$lib/storage/schema/records';
import { catalogueBytes } from '$lib/storage/wal/catalogue-copy';
import { asWriter } from '$lib/storage/journal/writer';

export type CatalogueOutcome =
  | { readonly kind: 'saved' }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | ProductsRefusal };

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

/** Identifies a whole catalogue: canonical hash over its columns' hashes (numbers as little-endian bytes). */
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

/** All goods of the shop as they are now: what any till has added, with the newest value of each field. Throws StorageError. */
export async function goodsIn(db: TillDb): Promise<PackedCatalogue> {
  const tables = [db.catalogue, db.remoteCatalogue, db.products, db.remoteProducts];
  const [own, others, ownEdits, ordered] = await snapshot(db, tables, () =>
    Promise.all([
      loadCatalogue(db),
      db.remoteCatalogue.get('current'),
      db.products.toArray(),
      db.remoteProducts.toArray(),
    ]),
  );
  const none = pack([]);
  const added = joined(own?.packed ?? none, others?.packed ?? none);
  return patched(added, currentEdits(ownEdits, ordered));
}

/** Changes whenever the order brings a change of goods; null: it has brought none. Throws StorageError. */
export const goodsMarkIn = (db: TillDb): Promise<number | null> =>
  snapshot(db, [db.meta], () => metaIn(db, 'remote-goods'));

/** Thousandths to add to the stock in the catalogue, of each product that any till has sold or counted since. Throws StorageError. */
export async function stockDeltas(db: TillDb): Promise<Map<string, number>> {
  const rows = await snapshot(db, [db.stock, db.remoteStock], () =>
    Promise.all([db.stock.toArray(), db.remoteStock.toArray()]),
  );
  const deltas = new Map<string, number>();
  for (const { product, delta } of rows.flat())
    deltas.set(product, (deltas.get(product) ?? 0) + delta);
  return deltas;
}

export type ChangeAttempt = Pick<BodyOf<'products-changed'>, 'source' | 'file' | 'refused'> & {
  readonly changes: GoodsChanges;
  readonly operator: string;
  /** ms */
  readonly at: number;
};

/** Rows of each list in one act: a count may become a change. */
const PART = MOST_PRODUCTS / 2;

/**
 * Stores changes of goods as one act, or several where they are many; each is stored whole. Writes nothing where nothing differs.
 * Throws StorageError: the acts before it stay.
 */
export async function changeGoods(db: TillDb, attempt: ChangeAttempt): Promise<CatalogueOutcome> {
  const { added, changed, counted } = attempt.changes;
  const longest = Math.max(added.count, changed.length, counted.length);
  for (let from = 0; from < longest; from += PART) {
    const to = from + PART;
    const part = {
      added: pack(rowsOf(added, from, Math.min(to, added.count))),
      changed: changed.slice(from, to),
      counted: counted.slice(from, to),
    };
    const outcome = await changePart(db, { ...attempt, changes: part });
    if (outcome.kind === 'refused') return outcome;
  }
  return { kind: 'saved' };
}

function rowsOf(packed: PackedCatalogue, from: number, to: number) {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => productAt(packed, from + at));
}

function changePart(db: TillDb, attempt: ChangeAttempt): Promise<CatalogueOutcome> {
  const { source, file, refused, changes, operator, at } = attempt;
  return asWriter(db, async (writer): Promise<CatalogueOutcome> => {
    const current = await currentPolicy(db);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    const { policy } = current;
    const { first, steps } = await countedSteps(db, changes.counted);
    const decided = decideProductsChanged({
      ...{ policy, operator, source, file, refused },
      added: unpack(changes.added).map((product) => ({
        ...product,
        names: { ...product.names },
        barcodes: [...product.barcodes],
      })),
      changed: [...changes.changed, ...first],
      counted: steps,
    });
    if (decided.kind === 'refused') return decided;
    const { body } = decided;
    const made = { operator, at, policy: policy.version };
    const draft = { act: 'products-changed', body, ...made } as const;
    if (body.added.length + body.changed.length + body.counted.length === 0)
      return { kind: 'saved' };
    if (body.added.length === 0) {
      await writer.write(draft);
      return { kind: 'saved' };
    }
    const held = await loadCatalogue(db);
    const packed = recorded(packedCatalogue, joined(held?.packed ?? pack([]), changes.added));
    const hash = await catalogueHash(packed);
    await db.file?.saveCatalogue(hash, catalogueBytes(packed));
    await writer.write(draft, [
      { table: 'catalogue', op: 'put', rows: [{ key: 'current', hash, packed }] },
      metaChange('catalogue', { hash, count: packed.count }),
    ]);
    void db.file?.dropCatalogues(hash);
    return { kind: 'saved' };
  });
}

/**
 * A count as a step from what is known here, so that sales of other tills that come later still count; the first count of a
 * product is a value of its own.
 */
async function countedSteps(db: TillDb, counted: GoodsChanges['counted']) {
  const ids = counted.map(({ product }) => product);
  const [own, others] = await snapshot(db, [db.stock, db.remoteStock], () =>
    Promise.all([db.stock.bulkGet(ids), db.remoteStock.bulkGet(ids)]),
  );
  const first: FieldChange[] = [];
  const steps: { product: string; delta: number }[] = [];
  for (const [place, { product, before, after }] of counted.entries()) {
    const moved = (own[place]?.delta ?? 0) + (others[place]?.delta ?? 0);
    if (before === null) first.push({ product, field: 'stock', value: after - moved });
    else if (after !== before + moved) steps.push({ product, delta: after - before - moved });
  }
  return { first, steps };
}
