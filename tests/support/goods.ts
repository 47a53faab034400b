// Stores a list of products in the same way as the import of a price list.
import type { Product } from '$lib/domain/goods/product';
import { goodsChanges } from '$lib/domain/goods-changes';
import type { TillDb } from '$lib/storage/database/db';
import { changeGoods, type CatalogueOutcome } from '$lib/storage/goods/catalogue';
import { goodsIn } from '$lib/storage/remote/shown-goods';
import { AT, OWNER } from './storage-shop';

export type GoodsList = {
  readonly products: readonly Product[];
  /** Products whose stock was counted. */
  readonly counted?: readonly string[];
  readonly operator?: string;
};

export async function importGoods(
  db: TillDb,
  { products, counted = [], operator = OWNER }: GoodsList,
): Promise<CatalogueOutcome> {
  const changes = goodsChanges(await goodsIn(db), products, new Set(counted));
  const act = { source: 'file', file: 'a.csv', refused: 0 } as const;
  return changeGoods(db, { ...act, changes, operator, at: AT });
}
