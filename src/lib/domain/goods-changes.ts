// The differences between two states of a product, and between the shop's goods and a new list.
import type { FieldChange } from '$lib/contract/acts/goods';
import { idAt, pack, packedBarcodes, productAt, type PackedCatalogue } from './goods/catalogue';
import { addedOf, type Product } from './goods/product';

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

/** The fields in which two states of a product differ, with their later values. */
export function fieldChanges(before: Product, after: Product): FieldChange[] {
  const product = before.id;
  const changes: FieldChange[] = [];
  if (before.name !== after.name) changes.push({ product, field: 'name', value: after.name });
  if (before.names.ru !== after.names.ru || before.names.en !== after.names.en)
    changes.push({ product, field: 'names', value: { ...after.names } });
  if (before.sku !== after.sku) changes.push({ product, field: 'sku', value: after.sku });
  if (packedBarcodes(before.barcodes) !== packedBarcodes(after.barcodes))
    changes.push({ product, field: 'barcodes', value: addedOf(after).barcodes });
  if (before.noDiscounts !== after.noDiscounts)
    changes.push({ product, field: 'noDiscounts', value: after.noDiscounts });
  if (before.tax.vat !== after.tax.vat || before.tax.subject !== after.tax.subject)
    changes.push({ product, field: 'tax', value: { ...after.tax } });
  if (before.askAge !== after.askAge)
    changes.push({ product, field: 'askAge', value: after.askAge });
  if (before.marked !== after.marked)
    changes.push({ product, field: 'marked', value: after.marked });
  if (before.price !== after.price) changes.push({ product, field: 'price', value: after.price });
  if (before.unit !== after.unit) changes.push({ product, field: 'unit', value: after.unit });
  if (before.usualMost !== after.usualMost)
    changes.push({ product, field: 'usualMost', value: after.usualMost });
  if (before.category !== after.category)
    changes.push({ product, field: 'category', value: after.category });
  if (before.stock !== after.stock) changes.push({ product, field: 'stock', value: after.stock });
  return changes;
}
