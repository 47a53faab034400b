// Customers whose cards were merged into one account.
// A row for every pair of them, with the place in the order from which it counts.
import type { Database } from './database';
import { addRow } from './rows';

export const migration = `
CREATE TABLE merged_customers (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  other TEXT NOT NULL,
  -- 1: the customer's card is shown under the other's
  into_other INTEGER NOT NULL CHECK (into_other IN (0, 1)),
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, customer, other)
) STRICT, WITHOUT ROWID;
`;

/**
 * SQL for the ids of all cards of `@customer`'s account, including their own. `until`: named value with the place in the order up to
 * which merges count; null: all count.
 */
export const cardsOfAccount = (until: '@seen' | null): string =>
  `(SELECT CAST(@customer AS TEXT) UNION
    SELECT m.other FROM merged_customers m WHERE m.shop = @shop AND m.customer = @customer${
      until === null ? '' : ` AND m.shop_order <= ${until}`
    })`;

/**
 * SQL: all cards of the account of `@customer`, and all others with one of their registered numbers, forgotten ones of the last 90
 * days among them.
 */
export const CARDS_OF_NUMBER = `(
  SELECT * FROM ${cardsOfAccount(null)} a UNION
  SELECT o.customer FROM phones p JOIN phones o ON o.shop = p.shop AND o.tag = p.tag
    WHERE p.shop = @shop AND p.customer IN ${cardsOfAccount(null)} UNION
  SELECT f.customer FROM phones p JOIN forgotten_numbers f ON f.shop = p.shop AND f.tag = p.tag
    WHERE p.shop = @shop AND p.customer IN ${cardsOfAccount(null)})`;

/** The cards of a customer's account, their own first. `until`: counts only merges up to this place in the order. */
export async function cardsOf(
  db: Database,
  customer: string,
  until = Number.MAX_SAFE_INTEGER,
): Promise<readonly string[]> {
  const sql = `SELECT other FROM merged_customers
    WHERE shop = @shop AND customer = ? AND shop_order <= ? ORDER BY other`;
  return [customer, ...(await db.column<string>(sql, customer, until))];
}

/** Whether a customer's card is shown under another one. `until`: counts only merges up to this place in the order. */
export async function isMergedAway(
  db: Database,
  customer: string,
  until = Number.MAX_SAFE_INTEGER,
): Promise<boolean> {
  const sql = `SELECT 1 FROM merged_customers
    WHERE shop = @shop AND customer = ? AND into_other = 1 AND shop_order <= ? LIMIT 1`;
  return db.has(sql, customer, until);
}

/** Makes one account of two; `from` is shown under `into`. `order`: the place of the entry. */
export async function addMerge(
  db: Database,
  { from, into, order }: { readonly from: string; readonly into: string; readonly order: number },
): Promise<void> {
  const [ofFrom, ofInto] = [await cardsOf(db, from), await cardsOf(db, into)];
  const table = 'merged_customers (customer, other, into_other, shop_order)';
  for (const one of ofFrom)
    for (const other of ofInto) {
      const intoOther = one === from && other === into ? 1 : 0;
      await addRow(db, table, { customer: one, other, intoOther, order });
      await addRow(db, table, { customer: other, other: one, intoOther: 0, order });
    }
}
