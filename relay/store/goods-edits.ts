// For each field of a product or category the edit that counts, found as tills do in the shop's order.
import type { CategoryChange, FieldChange } from '$lib/contract/acts/goods';
import type { Database } from './database';
import type { Place } from './discrepancies';
import type { AuthorView } from './originals';
import { putRow } from './rows';

export const migration = `
CREATE TABLE goods_edits (
  shop TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('product', 'category')),
  id TEXT NOT NULL,
  field TEXT NOT NULL,
  -- of a category, JSON: the same value again is no edit; null: of a product
  value TEXT,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, kind, id, field)
) STRICT, WITHOUT ROWID;
`;

type Change = Pick<FieldChange, 'product' | 'field'> | CategoryChange;
type Edits<C> = Place & { readonly order: number; readonly changes: readonly C[] };
type Row = Place & { readonly value: string | null; readonly order: number };

const keyOf = (change: Change) =>
  'category' in change
    ? ({ kind: 'category', id: change.category, field: change.field } as const)
    : ({ kind: 'product', id: change.product, field: change.field } as const);

/**
 * Stores the edits of an entry that count, and returns them as `kept`. An edit is stale if another device changed the field and its
 * author did not know that; `newer` has, for each stale edit, the entry of the one that counts instead.
 */
export async function takeGoodsEdits<C extends Change>(
  db: Database,
  { till, seq, hash, order, changes }: Edits<C>,
  { device, seen }: AuthorView,
): Promise<{ readonly kept: readonly C[]; readonly newer: readonly Place[] }> {
  const sql = `SELECT value, till, seq, hash, shop_order FROM goods_edits
    WHERE shop = @shop AND kind = @kind AND id = @id AND field = @field`;
  const into = 'goods_edits (kind, id, field, value, till, seq, hash, shop_order)';
  const kept: C[] = [];
  const newer: Place[] = [];
  for (const change of changes) {
    const key = keyOf(change);
    const value = 'category' in change ? JSON.stringify(change.value) : null;
    const held = await db.get<Row>(sql, key);
    if (held !== null && value !== null && held.value === value) continue;
    // the entry is judged again, and its device has changed the field once more since
    if (held !== null && held.order > order && device.includes(held.till)) continue;
    if (held !== null && held.order > seen && !device.includes(held.till)) {
      newer.push({ till: held.till, seq: held.seq, hash: held.hash });
      continue;
    }
    await putRow(db, into, 'kind, id, field', { ...key, value, till, seq, hash, order });
    kept.push(change);
  }
  return { kept, newer };
}

/** Hash of the entry whose edit of the product's name counts; null: the name was never changed. */
export async function nameEdit(db: Database, product: string): Promise<string | null> {
  const sql = `SELECT hash FROM goods_edits
    WHERE shop = @shop AND kind = 'product' AND id = ? AND field = 'name'`;
  return db.value(sql, product);
}
