// Whether customers of an import were changed since: balances moved, cards saved, goods sold to them.
import type { Database } from './database';
import type { AuthorView } from './originals';

/**
 * Whether an entry besides this import moved the customer's balances, made or changed their card, or sold them anything, as far as
 * the author knew. `imported`: the hash of the import.
 */
export async function changedSinceImport(
  db: Database,
  of: AuthorView & { readonly customer: string; readonly imported: string },
): Promise<boolean> {
  const known = (order: string): string =>
    `JOIN journal j ON j.shop = o.shop AND j.shop_order = ${order}
      WHERE o.shop = @shop AND o.hash <> @imported AND (j.till IN (@device) OR j.shop_order <= @seen)`;
  const sql = `SELECT 1 FROM journal_steps s
      JOIN journal_originals o ON o.shop = s.shop AND o.hash = s.hash
      ${known('o.shop_order')} AND s.shop = @shop AND s.customer = @customer
    UNION ALL
    SELECT 1 FROM sales s
      JOIN journal_originals o ON o.shop = s.shop AND o.hash = s.hash
      ${known('o.shop_order')} AND s.shop = @shop AND s.customer = @customer
    UNION ALL
    SELECT 1 FROM credits s
      JOIN journal_originals o ON o.shop = s.shop AND o.shop_order = s.shop_order
      ${known('o.shop_order')} AND s.shop = @shop AND s.customer = @customer
    LIMIT 1`;
  return db.has(sql, of);
}
