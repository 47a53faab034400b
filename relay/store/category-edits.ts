// For each field of a category the edit that counts, found as tills do in the shop's order.
import type { CategoryChange } from '$lib/contract/acts/goods';
import type { Database } from './database';
import type { Place } from './discrepancies';
import type { AuthorView } from './originals';
import { putRow } from './rows';

export const migration = `
CREATE TABLE category_edits (
  shop TEXT NOT NULL,
  category TEXT NOT NULL,
  field TEXT NOT NULL,
  -- JSON
  value TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, category, field)
) STRICT, WITHOUT ROWID;
`;

type Edits = Place & { readonly order: number; readonly changes: readonly CategoryChange[] };

type Row = Place & { readonly value: string; readonly order: number };

/**
 * Stores the edits of an entry that count. An edit is stale if another device changed the field to another value and its author
 * did not know that; returns, for each stale edit, the entry of the one that counts instead.
 */
export async function takeCategoryEdits(
  db: Database,
  { till, seq, hash, order, changes }: Edits,
  { device, seen }: AuthorView,
): Promise<readonly Place[]> {
  const read = `SELECT value, till, seq, hash, shop_order FROM category_edits
    WHERE shop = @shop AND category = @category AND field = @field`;
  const newer: Place[] = [];
  for (const { category, field, value: set } of changes) {
    const value = JSON.stringify(set);
    const held = await db.get<Row>(read, { category, field });
    if (held?.value === value) continue;
    // the entry is judged again, and its device has changed the field once more since
    if (held !== null && held.order > order && device.includes(held.till)) continue;
    if (held !== null && held.order > seen && !device.includes(held.till)) {
      newer.push({ till: held.till, seq: held.seq, hash: held.hash });
    } else
      await putRow(
        db,
        'category_edits (category, field, value, till, seq, hash, shop_order)',
        'category, field',
        { category, field, value, till, seq, hash, order },
      );
  }
  return newer;
}
