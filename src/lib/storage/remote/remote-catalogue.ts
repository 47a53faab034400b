// The packed products that other tills have added.
import type { RemoteAddedRow } from '$lib/contract/shop-copy';
import { pack, type PackedCatalogue } from '$lib/domain/catalogue';
import { joined } from '$lib/domain/catalogue-parts';
import { money } from '$lib/domain/money';
import type { Product } from '$lib/domain/product';
import { quantity } from '$lib/domain/quantity';
import type { RemoteCatalogueRow } from '$lib/storage/schema/catalogue-record';

/** The row with these products after those before; of two with one id the first counts. */
export function withAdded(
  before: RemoteCatalogueRow | null,
  added: readonly RemoteAddedRow[],
): RemoteCatalogueRow {
  const packed: PackedCatalogue = pack(added.map(productOf));
  return { key: 'current', packed: before === null ? packed : joined(before.packed, packed) };
}

/** A product as an entry adds it. */
export const productOf = (added: RemoteAddedRow): Product => ({
  ...added,
  price: money(added.price),
  stock: added.stock === null ? null : quantity(added.stock),
});
