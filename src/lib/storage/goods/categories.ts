// Reads the shop's categories, as changed by this device and by other tills.
// Stores the changes that this device makes.
import type { CategoryChange } from '$lib/contract/acts/goods';
import {
  decideCategoriesChanged,
  type CategoriesRefusal,
} from '$lib/domain/acts/goods/categories-changed';
import { shopCategories, type ShopCategory } from '$lib/domain/shop-categories';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { saveNow } from '$lib/storage/policy/save-act';
import type { PolicyRefused } from '$lib/storage/policy/policies';
import { categoryRowsIn, categoryTables } from '$lib/storage/remote/shown-goods';

export type CategoriesOutcome =
  | { readonly kind: 'saved' }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | CategoriesRefusal };

/**
 * All categories in their order, including removed ones and those without goods. `inGoods`: the names used in the goods, in
 * order of first use. Throws StorageError.
 */
export async function categoriesIn(
  db: TillDb,
  inGoods: readonly string[],
): Promise<readonly ShopCategory[]> {
  const [own, ordered] = await readTogether(db, categoryTables(db), () => categoryRowsIn(db));
  return shopCategories(inGoods, own, ordered);
}

export type CategoriesAttempt = {
  readonly changed: readonly CategoryChange[];
  readonly inGoods: readonly string[];
  readonly operator: string;
  /** ms */
  readonly at: number;
};

/** Stores changes of categories as one act; writes nothing if there are none. Throws StorageError. */
export async function changeCategories(
  db: TillDb,
  { changed, inGoods, ...by }: CategoriesAttempt,
): Promise<CategoriesOutcome> {
  if (changed.length === 0) return { kind: 'saved' };
  const outcome = await saveNow(db, 'categories-changed', by, async (who) => {
    const known = await categoriesIn(db, inGoods);
    return decideCategoriesChanged({ ...who, changed: [...changed], known });
  });
  return outcome.kind === 'refused' ? outcome : { kind: 'saved' };
}
