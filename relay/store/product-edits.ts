// For each field of a product the edit that counts, found as tills do in the shop's order.
import type { FieldChange } from '$lib/contract/acts/goods';
import type { Database } from './database';
import type { Place } from './discrepancies';
import type { AuthorView } from './originals';
import { putRow } from './rows';

export const migration = `
CREATE TABLE product_edits (
  shop TEXT NOT NULL,
  product TEXT NOT NULL,
  field TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, product, field)
) STRICT, WITHOUT ROWID;
`;

type Edits<C> = Place & { readonly order: number; readonly changes: readonly C[] };

type Row = Place & { readonly order: number };

/**
 * Stores the edits of an entry that count, and returns them as `kept`. An edit is stale if another device changed the field and its
 * author did not know that; `newer` has, for each stale edit, the entry of the one that counts instead.
 */
export async function takeProductEdits<C extends Pick<FieldChange, 'product' | 'field'>>(
  db: Database,
  { till, seq, hash, order, changes }: Edits<C>,
  { device, seen }: AuthorView,
): Promise<{ readonly kept: readonly C[]; readonly newer: readonly Place[] }> {
  const read = `SELECT till, seq, hash, shop_order FROM product_edits
    WHERE shop = @shop AND product = @product AND field = @field`;
  const kept: C[] = [];
  const newer: Place[] = [];
  for (const change of changes) {
    const { product, field } = change;
    const held = await db.get<Row>(read, { product, field });
    // the entry is judged again, and its device has changed the field once more since
    if (held !== null && held.order > order && device.includes(held.till)) continue;
    if (held !== null && held.order > seen && !device.includes(held.till)) {
      newer.push({ till: held.till, seq: held.seq, hash: held.hash });
    } else {
      await putRow(
        db,
        'product_edits (product, field, till, seq, hash, shop_order)',
        'product, field',
        { product, field, till, seq, hash, order },
      );
      kept.push(change);
    }
  }
  return { kept, newer };
}

/** Hash of the entry whose edit of the product's name counts; null: the name was never changed. */
export async function nameEdit(db: Database, product: string): Promise<string | null> {
  const sql = `SELECT hash FROM product_edits WHERE shop = @shop AND product = ? AND field = 'name'`;
  return db.value(sql, product);
}
