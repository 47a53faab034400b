// Often bought: the goods on most of the latest receipts, regardless of quantity.

/** Number of latest sales counted: some days of a small shop, some hours of a busy one. */
export const SALES_COUNTED = 500;

/**
 * The products on most receipts, most frequent first. `receipts`: the products of each. Ties are ordered by id, so that
 * tiles keep their positions.
 */
export function oftenBought(receipts: readonly (readonly string[])[], limit: number): string[] {
  const counts = new Map<string, number>();
  for (const products of receipts)
    for (const product of new Set(products)) counts.set(product, (counts.get(product) ?? 0) + 1);
  return [...counts]
    .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([product]) => product);
}
