// Reads the shop's categories, as changed by this device and by other tills.
// Stores the changes that this device makes.
import type { CategoryChange } from '$lib/contract/acts/goods';
import {
  decideCategoriesChanged,
  type CategoriesRefusal,
} from '$lib/domain/acts/categories-changed';
import { shopCategories, type ShopCategory } from '$lib/domain/shop-categories';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { asWriter } from '$lib/storage/journal/writer';
import { currentPolicy, type PolicyRefused } from '$lib/storage/policy/policies';
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
export function changeCategories(
  db: TillDb,
  { changed, inGoods, operator, at }: CategoriesAttempt,
): Promise<CategoriesOutcome> {
  return asWriter(db, async (writer): Promise<CategoriesOutcome> => {
    if (changed.length === 0) return { kind: 'saved' };
    const current = await currentPolicy(db);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    const { policy } = current;
    const known = await categoriesIn(db, inGoods);
    const by = { policy, operator };
    const decided = decideCategoriesChanged({ ...by, changed: [...changed], known });
    if (decided.kind === 'refused') return decided;
    const made = { body: decided.body, operator, at, policy: policy.version };
    await writer.write({ act: 'categories-changed', ...made });
    return { kind: 'saved' };
  });
}
