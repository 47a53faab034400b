// Originals: entries whose effects are stored. A carried-over entry stands for the one inside it.
import type { Database } from './database';
import { addIfNew } from './rows';

export const migration = `
CREATE TABLE journal_originals (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, hash),
  FOREIGN KEY (shop, shop_order) REFERENCES journal (shop, shop_order)
) STRICT, WITHOUT ROWID;
`;

/**
 * Which entries the author of an entry could know: those of its own device, by its till ids, and those of other tills up to the
 * place `seen` of the shop's order.
 */
export type AuthorView = { readonly device: readonly string[]; readonly seen: number };

/** Marks the effects of an original as stored. Returns false if they are stored already: each original takes effect once. */
export const claimOriginal = (db: Database, hash: string, order: number): Promise<boolean> =>
  addIfNew(db, 'journal_originals (hash, shop_order)', { hash, order });

/** The stored entry with this original, itself or carried over, if the author of an entry could know it; otherwise null. */
export async function entryBehind(
  db: Database,
  hash: string,
  { device, seen }: AuthorView,
): Promise<unknown> {
  const sql = `SELECT j.entry FROM journal_originals o
    JOIN journal j ON j.shop = o.shop AND j.shop_order = o.shop_order
    WHERE o.shop = @shop AND o.hash = @hash AND (j.till IN (@device) OR j.shop_order <= @seen)`;
  const text = await db.value(sql, { hash, seen, device });
  return typeof text === 'string' ? JSON.parse(text) : null;
}
