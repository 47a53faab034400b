// For each field of a product the edit that counts, found as tills do in the shop's order.
import type { FieldChange } from '$lib/contract/acts/goods';
import type { Database } from './database';
import type { Place } from './discrepancies';
import type { AuthorView } from './originals';

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

type Row = Place & { readonly shop_order: number };

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
  const keep = `INSERT INTO product_edits (shop, product, field, till, seq, hash, shop_order)
    VALUES (@shop, @product, @field, @till, @seq, @hash, @order)
    ON CONFLICT (shop, product, field) DO UPDATE SET
      till = excluded.till, seq = excluded.seq, hash = excluded.hash, shop_order = excluded.shop_order`;
  const kept: C[] = [];
  const newer: Place[] = [];
  for (const change of changes) {
    const { product, field } = change;
    const held = (await db.get(read, { product, field })) as Row | undefined;
    // the entry is judged again, and its device has changed the field once more since
    if (held !== undefined && held.shop_order > order && device.includes(held.till)) continue;
    if (held !== undefined && held.shop_order > seen && !device.includes(held.till)) {
      newer.push({ till: held.till, seq: held.seq, hash: held.hash });
    } else {
      await db.run(keep, { product, field, till, seq, hash, order });
      kept.push(change);
    }
  }
  return { kept, newer };
}

/** Hash of the entry whose edit of the product's name counts; null: the name was never changed. */
export async function nameEdit(db: Database, product: string): Promise<string | null> {
  const sql = `SELECT hash FROM product_edits WHERE shop = @shop AND product = ? AND field = 'name'`;
  return ((await db.value(sql, product)) as string | undefined) ?? null;
}
