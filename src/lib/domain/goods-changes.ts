// The differences between the shop's goods and a list of products that replaces some of them.
import type { FieldChange } from '$lib/contract/acts/goods';
import { fieldChanges } from './acts/goods/products-changed';
import { idAt, pack, productAt, type PackedCatalogue } from './goods/catalogue';
import type { Product } from './goods/product';

export type GoodsChanges = {
  readonly added: PackedCatalogue;
  readonly changed: readonly FieldChange[];
  /**
   * Products whose stock was counted again, in thousandths. `before`: the stock in the catalogue, not reduced by later sales;
   * null: it was not counted. `after`: as counted.
   */
  readonly counted: readonly {
    readonly product: string;
    readonly before: number | null;
    readonly after: number;
  }[];
};

/**
 * The changes that turn the shop's goods into these products; a product with an unknown id is added. `restocked`: products whose
 * stock was counted, or is not counted any more; the stock of others stays.
 */
export function goodsChanges(
  current: PackedCatalogue | null,
  products: Iterable<Product>,
  restocked: ReadonlySet<string>,
): GoodsChanges {
  const rows = new Map<string, number>();
  for (let row = 0; row < (current?.count ?? 0); row += 1) rows.set(idAt(current!, row), row);
  const added: Product[] = [];
  const changed: FieldChange[] = [];
  const counted: { product: string; before: number | null; after: number }[] = [];
  for (const product of products) {
    const row = rows.get(product.id);
    if (current === null || row === undefined) {
      added.push(product);
      continue;
    }
    const before = productAt(current, row);
    for (const change of fieldChanges(before, product))
      if (change.field !== 'stock') changed.push(change);
    if (!restocked.has(product.id)) continue;
    if (product.stock !== null)
      counted.push({ product: product.id, before: before.stock, after: product.stock });
    else if (before.stock !== null)
      changed.push({ product: product.id, field: 'stock', value: null });
  }
  return { added: pack(added), changed, counted };
}
