// The changes of goods that this device makes, and their stock.
import type { StockRow } from '$lib/contract/rows';
import type { AddedProduct, FieldChange } from '$lib/contract/acts/goods';
import type { BodyOf } from '$lib/contract/journal';
import {
  decideProductsChanged,
  type ProductsRefusal,
} from '$lib/domain/acts/goods/products-changed';
import { productAt, type PackedCatalogue } from '$lib/domain/goods/catalogue';
import type { GoodsChanges } from '$lib/domain/goods-changes';
import { addedOf } from '$lib/domain/goods/product';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { saveNow, UNCHANGED } from '$lib/storage/policy/save-act';
import type { PolicyRefused } from '$lib/storage/policy/policies';
import { remoteStockIn } from '$lib/storage/remote/shown-goods';
import type { Table } from 'dexie';

export type CatalogueOutcome =
  | { readonly kind: 'saved' }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | ProductsRefusal };

const stockTables = (db: TillDb): Table[] => [db.meta, db.stock, db.remoteStock, db.keptGoods];

/** By product that any till has sold or counted since: thousandths to add to its stock in the catalogue. Throws StorageError. */
export async function stockDeltas(db: TillDb): Promise<Map<string, number>> {
  const rows = await readTogether(db, stockTables(db), () =>
    Promise.all([db.stock.toArray(), remoteStockIn(db, null)]),
  );
  return sumsOf(rows.flat());
}

function sumsOf(rows: readonly StockRow[]): Map<string, number> {
  const deltas = new Map<string, number>();
  for (const { product, delta } of rows) deltas.set(product, (deltas.get(product) ?? 0) + delta);
  return deltas;
}

export type ChangeAttempt = Pick<BodyOf<'products-changed'>, 'source' | 'file' | 'refused'> & {
  readonly changes: GoodsChanges;
  readonly operator: string;
  /** ms */
  readonly at: number;
};

/** Rows of each list in one act. Larger acts block the page for longer and are not faster overall. */
const PART = 1_000;

/**
 * Stores changes of goods as one act, or several if there are many; each act is all or nothing. Writes nothing if nothing
 * changes. Throws StorageError: the acts before it stay.
 */
export async function changeGoods(db: TillDb, attempt: ChangeAttempt): Promise<CatalogueOutcome> {
  const { added, changed, counted } = attempt.changes;
  const longest = Math.max(added.count, changed.length, counted.length);
  for (let from = 0; from < longest; from += PART) {
    const to = from + PART;
    const part = {
      added: addedIn(added, from, Math.min(to, added.count)),
      changed: changed.slice(from, to),
      counted: counted.slice(from, to),
    };
    const outcome = await changePart(db, attempt, part);
    if (outcome.kind === 'refused') return outcome;
  }
  return { kind: 'saved' };
}

function addedIn(packed: PackedCatalogue, from: number, to: number): AddedProduct[] {
  const length = Math.max(0, to - from);
  return Array.from({ length }, (_, at) => addedOf(productAt(packed, from + at)));
}

type Part = Omit<GoodsChanges, 'added'> & { readonly added: AddedProduct[] };

async function changePart(
  db: TillDb,
  { source, file, refused, ...by }: ChangeAttempt,
  part: Part,
): Promise<CatalogueOutcome> {
  const outcome = await saveNow(db, 'products-changed', by, async (who) => {
    const { first, steps } = await countedSteps(db, part.counted);
    const decided = decideProductsChanged({
      ...who,
      source,
      file,
      refused,
      added: part.added,
      changed: [...part.changed, ...first],
      counted: steps,
    });
    if (decided.kind === 'refused') return decided;
    const { added, changed, counted } = decided.body;
    return added.length + changed.length + counted.length === 0 ? UNCHANGED : decided;
  });
  return outcome.kind === 'refused' ? outcome : { kind: 'saved' };
}

/**
 * Turns a count into a step from the stock known here, so that sales of other tills that arrive later still count. The first
 * count of a product sets its value instead.
 */
async function countedSteps(db: TillDb, counted: GoodsChanges['counted']) {
  const ids = counted.map(({ product }) => product);
  const [own, others] = await readTogether(db, stockTables(db), () =>
    Promise.all([db.stock.bulkGet(ids), remoteStockIn(db, ids)]),
  );
  const moved = sumsOf([...own.filter((row) => row !== undefined), ...others]);
  const first: FieldChange[] = [];
  const steps: { product: string; delta: number }[] = [];
  for (const { product, before, after } of counted) {
    const since = moved.get(product) ?? 0;
    if (before === null) first.push({ product, field: 'stock', value: after - since });
    else if (after !== before + since) steps.push({ product, delta: after - before - since });
  }
  return { first, steps };
}
