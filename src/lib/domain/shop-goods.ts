// Goods by the shop's order: the edit of each field that counts, whichever till made it.
import type { ProductRow } from '$lib/contract/rows';
import type { FieldChange } from '$lib/contract/acts/goods';
import type { EntryOf } from '$lib/contract/journal';
import type { RemoteProductRow } from '$lib/contract/shop-copy';
import { currentChanges, withOrderedEdit, type Placed } from './field-edits';

/** An entry of the order that changes goods. */
export type GoodsEntry = Placed<EntryOf<'products-changed'>>;

/**
 * Puts the products that an entry changes into `products`, which holds their state before it. `deviceOf`: the newest till id of
 * the device that once had a till id.
 */
export function editProducts(
  products: Map<string, RemoteProductRow>,
  placed: GoodsEntry,
  deviceOf: (till: string) => string,
): void {
  for (const change of placed.entry.body.changed) {
    const { product } = change;
    const judging = { deviceOf, isSame: () => false };
    const edits = withOrderedEdit(products.get(product)?.edits, change, placed, judging);
    products.set(product, { product, edits: [...edits] });
  }
}

/** The changes that count now, by product. They apply to the products as they were added. */
export function currentEdits(
  own: readonly ProductRow[],
  ordered: readonly RemoteProductRow[],
): ReadonlyMap<string, readonly FieldChange[]> {
  const ownRows = new Map(own.map((row) => [row.product, row]));
  const orderedRows = new Map(ordered.map((row) => [row.product, row]));
  const products = new Set([...orderedRows.keys(), ...ownRows.keys()]);
  return new Map(
    [...products].map((product) => [
      product,
      currentChanges(ownRows.get(product)?.edits ?? [], orderedRows.get(product)?.edits ?? []),
    ]),
  );
}
