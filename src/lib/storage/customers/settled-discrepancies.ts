// Closes discrepancies, and makes the edits again that were overruled.
import { enteredOn } from '$lib/domain/customers/customer';
import type { Credit } from '$lib/contract/acts/customer';
import type { CategoryChange, FieldChange } from '$lib/contract/acts/goods';
import type { EntryOf, SettledOutcome } from '$lib/contract/journal';
import { idAt, pack, productAt } from '$lib/domain/goods/catalogue';
import type { Product } from '$lib/domain/goods/product';
import { changeGoods, type CatalogueOutcome } from '$lib/storage/goods/catalogue';
import { goodsIn, goodsMarkIn } from '$lib/storage/remote/shown-goods';
import {
  categoriesIn,
  changeCategories,
  type CategoriesOutcome,
} from '$lib/storage/goods/categories';
import { plainCategory, type ShopCategory } from '$lib/domain/shop-categories';
import { decideDiscrepanciesSettled } from '$lib/domain/acts/customers/dispute';
import type { TillDb } from '$lib/storage/database/db';
import { knownEntry, originalOf } from '$lib/proof/known-entry';
import { entryOf, type Written } from '$lib/storage/journal/reader';
import { saveNow, UNCHANGED, type Actor } from '$lib/storage/policy/save-act';
import { customerById, saveCustomer, type CustomerOutcome } from './customers';
import { RECORDED, type ReviewOutcome } from './unconfirmed';
import { discrepanciesAt, type Discrepancy } from './discrepancies';

type Closing = { readonly note: string; readonly operator: string; readonly at: number };

/** Closes a discrepancy at all tills. Writes nothing if it is closed already. */
export async function closeDiscrepancy(
  db: TillDb,
  attempt: Actor & {
    readonly id: string;
    readonly outcome: SettledOutcome;
    readonly note: string;
  },
): Promise<ReviewOutcome> {
  const { id, outcome, note } = attempt;
  const closed = await saveNow(db, 'settled', attempt, async (who) => {
    const found = await discrepanciesAt(db, [id]);
    const decided = decideDiscrepanciesSettled({ ...who, about: [id], outcome, note, found });
    if (decided.kind === 'refused') return decided;
    return found.some((one) => one.closed !== null) ? UNCHANGED : decided;
  });
  return closed.kind === 'refused' ? closed : RECORDED;
}

/**
 * The edit of a card's credit that another edit overruled; null: the discrepancy is of another kind, or its entry is not here.
 */
export async function staleCredit(
  db: TillDb,
  { kind, entry }: Pick<Discrepancy, 'kind' | 'entry'>,
): Promise<{ readonly customer: string; readonly credit: Credit } | null> {
  if (kind !== 'edit-stale') return null;
  const written = await entryOf(db, entry);
  const known = written === null ? null : knownEntry(written);
  return known?.act === 'customer-saved' ? known.body : null;
}

/** A field where another till's value is in force, with the value that was overruled. */
export type StaleField = { readonly product: Product; readonly change: FieldChange };

/** The entry whose edits of goods or categories were overruled, and its place in the order; null: it is not here. */
async function overruled<A extends 'products-changed' | 'categories-changed'>(
  db: TillDb,
  place: Written,
  act: A,
): Promise<{ readonly entry: EntryOf<A>; readonly order: number } | null> {
  if ((await goodsMarkIn(db)) === 'kept') return null;
  const written = await entryOf(db, place);
  const entry = written === null ? null : knownEntry(originalOf(written));
  if (entry?.act !== act) return null;
  const row = await db.remoteJournal.where('original').equals(entry.hash).first();
  return { entry: entry as EntryOf<A>, order: row?.order ?? 0 };
}

/** Overruled edits of goods whose fields nobody has changed since. Empty: there are none, or the entry is not here. */
export async function staleGoods(
  db: TillDb,
  { kind, entry: place }: Pick<Discrepancy, 'kind' | 'entry'>,
): Promise<readonly StaleField[]> {
  const found = kind === 'goods-stale' ? await overruled(db, place, 'products-changed') : null;
  if (found === null) return [];
  const { entry, order } = found;
  const wanted = entry.body.changed.map(({ product }) => product);
  const [edits, goods] = await Promise.all([db.remoteProducts.bulkGet(wanted), goodsIn(db)]);
  const missing = new Set(wanted);
  const products = new Map<string, Product>();
  for (let at = 0; at < goods.count && missing.size > 0; at += 1)
    if (missing.delete(idAt(goods, at))) products.set(idAt(goods, at), productAt(goods, at));
  return entry.body.changed.flatMap((change, at) => {
    const counts = edits[at]?.edits.find((edit) => edit.change.field === change.field);
    const product = products.get(change.product);
    if (product === undefined || counts === undefined) return [];
    return counts.till !== entry.till && counts.order < order ? [{ product, change }] : [];
  });
}

/** A field of a category where another value is in force, with the value that was overruled. */
export type StaleCategory = { readonly category: ShopCategory; readonly change: CategoryChange };

/** Overruled edits of categories whose fields nobody has changed since. Empty: there are none, or the entry is not here. */
export async function staleCategories(
  db: TillDb,
  { kind, entry: place }: Pick<Discrepancy, 'kind' | 'entry'>,
): Promise<readonly StaleCategory[]> {
  const found = kind === 'category-stale' ? await overruled(db, place, 'categories-changed') : null;
  if (found === null) return [];
  const { changed } = found.entry.body;
  const [edits, now] = await Promise.all([
    db.remoteCategories.bulkGet(changed.map(({ category }) => category)),
    categoriesIn(db, []),
  ]);
  return changed.flatMap((change, at) => {
    const counts = edits[at]?.edits.find((edit) => edit.change.field === change.field);
    const { category: name } = change;
    const category = now.find(({ category }) => category === name) ?? plainCategory(name);
    const isLost = counts !== undefined && counts.change.value !== change.value;
    return isLost && counts.order < found.order ? [{ category, change }] : [];
  });
}

/**
 * Repeats an overruled edit on top of the one that won, and closes its discrepancy. These are two acts: if the second is not
 * stored, the discrepancy stays open.
 */
export async function applyStaleEdit(
  db: TillDb,
  discrepancy: Pick<Discrepancy, 'id' | 'kind' | 'entry'>,
  by: Closing,
): Promise<ReviewOutcome> {
  const again = await applied(db, discrepancy, { operator: by.operator, at: by.at });
  if (again?.kind === 'saved')
    return closeDiscrepancy(db, { ...by, id: discrepancy.id, outcome: 'applied' });
  // an edit that can no longer be made as it was is as good as unknown
  return again === null ||
    again.because.kind === 'named-twice' ||
    again.because.kind === 'customer-forgotten'
    ? { kind: 'refused', because: { kind: 'unknown-discrepancy' } }
    : { kind: 'refused', because: again.because };
}

/** Makes the overruled edit again; null: it is not here. */
async function applied(
  db: TillDb,
  discrepancy: Pick<Discrepancy, 'kind' | 'entry'>,
  by: Actor,
): Promise<CatalogueOutcome | CategoriesOutcome | CustomerOutcome | null> {
  const goods = await staleGoods(db, discrepancy);
  if (goods.length > 0) {
    const changes = { added: pack([]), changed: goods.map(({ change }) => change), counted: [] };
    return changeGoods(db, { source: 'edit', file: null, refused: 0, changes, ...by });
  }
  const categories = await staleCategories(db, discrepancy);
  if (categories.length > 0) {
    const { categories: inGoods } = await goodsIn(db);
    const changed = categories.map(({ change }) => change);
    return changeCategories(db, { changed, inGoods, ...by });
  }
  const edit = await staleCredit(db, discrepancy);
  const card = edit === null ? null : await customerById(db, edit.customer);
  if (edit === null || card === null) return null;
  return saveCustomer(db, { customer: { ...enteredOn(card), credit: edit.credit }, ...by });
}
