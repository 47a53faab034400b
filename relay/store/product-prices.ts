// The prices that goods have had in the shop's order.
import type { Database } from './database';
import type { AuthorView } from './originals';

export const migration = `
CREATE TABLE product_prices (
  shop TEXT NOT NULL,
  product TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  till TEXT NOT NULL,
  price INTEGER NOT NULL,
  PRIMARY KEY (shop, product, shop_order)
) STRICT, WITHOUT ROWID;
`;

/** Minor units per unit. */
export type PriceOf = { readonly product: string; readonly price: number };

/** Rows of one statement. */
const ROWS = 50;

/** Stores the prices that the entry at the place `order` set, in place of what was stored for the same entry; one a product. */
export async function addPrices(
  db: Database,
  { till, order }: { readonly till: string; readonly order: number },
  prices: readonly PriceOf[],
): Promise<void> {
  for (let from = 0; from < prices.length; from += ROWS) {
    const rows = prices.slice(from, from + ROWS);
    const sql = `INSERT INTO product_prices (shop, product, shop_order, till, price)
      VALUES (@shop, ?, ?, ?, ?)${', (@shop, ?, ?, ?, ?)'.repeat(rows.length - 1)}
      ON CONFLICT (shop, product, shop_order) DO UPDATE SET till = excluded.till, price = excluded.price`;
    await db.run(sql, ...rows.flatMap(({ product, price }) => [product, order, till, price]));
  }
}

/** The product's newest price that the author could know, minor units per unit; null: they could know none. */
export async function priceKnown(
  db: Database,
  product: string,
  { device, seen }: AuthorView,
): Promise<number | null> {
  const sql = `SELECT price FROM product_prices
    WHERE shop = @shop AND product = @product AND (shop_order <= @seen OR till IN (@device))
    ORDER BY shop_order DESC LIMIT 1`;
  const price = await db.value(sql, { product, seen, device });
  return typeof price === 'number' ? price : null;
}

/** The first entry that gave the product a price, which is the one that added it, as stored; null: it is not here. */
export async function addingEntry(db: Database, product: string): Promise<unknown> {
  const sql = `SELECT j.entry FROM product_prices p
    JOIN journal j ON j.shop = p.shop AND j.shop_order = p.shop_order
    WHERE p.shop = @shop AND p.product = ? ORDER BY p.shop_order LIMIT 1`;
  const entry = await db.value(sql, product);
  return typeof entry === 'string' ? JSON.parse(entry) : null;
}
