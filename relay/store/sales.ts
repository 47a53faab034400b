// The sales of the shop, found by number, day, customer, product or sum.
// A row has the place of the entry of a sale in the order.
import type { SaleRow } from '$lib/contract/rows';
import type { SaleBody } from '$lib/contract/acts/sale';
import type { Database } from './database';
import type { OrderedRow } from './journal';
import type { Place } from './discrepancies';
import { CARDS_OF_NUMBER, cardsOfAccount } from './merges';
import { addIfNew, addRow } from './rows';

export const migration = `
CREATE TABLE sales (
  shop TEXT NOT NULL,
  -- the place of the entry with the sale
  shop_order INTEGER NOT NULL,
  hash TEXT NOT NULL,
  till TEXT NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  operator TEXT,
  customer TEXT,
  -- points that it gives, at once and when its debt is repaid
  earns INTEGER NOT NULL,
  PRIMARY KEY (shop, shop_order)
) STRICT, WITHOUT ROWID;
CREATE INDEX sales_by_at ON sales (shop, at, shop_order);
CREATE INDEX sales_by_number ON sales (shop, till, number);
CREATE INDEX sales_by_customer ON sales (shop, customer, at, shop_order) WHERE customer IS NOT NULL;
CREATE INDEX sales_by_hash ON sales (shop, hash);
CREATE TABLE sale_products (
  shop TEXT NOT NULL,
  product TEXT NOT NULL,
  at INTEGER NOT NULL,
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, product, at, shop_order)
) STRICT, WITHOUT ROWID;
-- the exact sum, and that which was to pay where it was rounded for cash
CREATE TABLE sale_sums (
  shop TEXT NOT NULL,
  sum INTEGER NOT NULL,
  at INTEGER NOT NULL,
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, sum, at, shop_order)
) STRICT, WITHOUT ROWID;
CREATE TABLE sale_numbers (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  number INTEGER NOT NULL,
  sale TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (shop, till, number),
  UNIQUE (shop, till, sale)
) STRICT, WITHOUT ROWID;
`;

/** Stores a receipt's number and id; false: another sale of this till has one of them. */
export const takeSaleNumber = (
  db: Database,
  of: Pick<SaleRow, 'till' | 'number' | 'id' | 'hash'>,
): Promise<boolean> =>
  addIfNew(db, 'sale_numbers (till, number, sale, hash)', { ...of, sale: of.id });

/** Stores where a sale stands. `lines`: of its entry. */
export async function addSale(
  db: Database,
  sale: Omit<SaleRow, 'sold' | 'pieces'>,
  { order, lines }: { readonly order: number; readonly lines: SaleBody['lines'] },
): Promise<void> {
  const { at, total, roundedTotal } = sale;
  const into = 'sales (shop_order, hash, till, number, at, operator, customer, earns)';
  await addRow(db, into, { ...sale, order });
  // goods sold at a typed price by an unknown barcode have no product
  for (const product of new Set(lines.flatMap((line) => line.product ?? [])))
    await addRow(db, 'sale_products (product, at, shop_order)', { product, at, order });
  for (const sum of roundedTotal === null ? [total] : [total, roundedTotal])
    await addRow(db, 'sale_sums (sum, at, shop_order)', { sum, at, order });
}

/** How many sales of an operator this customer's account had between the two times, ms, besides the one with this hash. */
export async function countOfCustomer(
  db: Database,
  of: {
    readonly operator: string;
    readonly customer: string;
    readonly after: number;
    readonly before: number;
    readonly hash: string;
  },
): Promise<number> {
  const sql = `SELECT COUNT(*) FROM sales
       WHERE shop = @shop AND customer IN ${cardsOfAccount(null)} AND at > @after AND at < @before
         AND operator = @operator AND hash <> @hash`;
  return db.number(sql, of);
}

/** A sale of a customer and its place. `amount`: the points that it gives, at once and when its debt is repaid. */
export type EarningSale = Place & {
  readonly customer: string;
  readonly number: number;
  readonly at: number;
  readonly amount: number;
};

/** Sales that give points to this customer, on all cards with their number, between the two times, ms. */
export async function earningSales(
  db: Database,
  of: { readonly customer: string; readonly from: number; readonly to: number },
): Promise<readonly EarningSale[]> {
  const sql = `SELECT s.hash, s.till, j.seq, s.customer, s.number, s.at, s.earns AS amount
       FROM sales s JOIN journal j ON j.shop = s.shop AND j.shop_order = s.shop_order
       WHERE s.shop = @shop AND s.at > @from AND s.at < @to AND s.earns > 0
         AND s.customer IN ${CARDS_OF_NUMBER}`;
  return db.all(sql, of);
}

/** A sale has to match every filter that is not null. */
export type SaleFilter = {
  readonly number: { readonly till: number; readonly number: number } | null;
  readonly hash: string | null;
  readonly customer: string | null;
  readonly product: string | null;
  /** Minor units: exactly, or as it was rounded for cash. */
  readonly total: number | null;
  /** ms: from the first up to the second. */
  readonly from: number;
  readonly to: number;
};

/** The place of the last sale of the page before. */
type SaleCursor = { readonly at: number; readonly order: number };

/** The entries of these sales, the newest first, at most `limit`; `at`: when the sale was made, for the cursor. */
export async function salesPage(
  db: Database,
  { number, hash, customer, product, total, from, to }: SaleFilter,
  before: SaleCursor | null,
  limit: number,
): Promise<readonly (OrderedRow & { readonly at: number })[]> {
  // A search by sum, or by product alone, reads the table made for it in order. Other filters match few sales.
  const byProduct =
    product !== null && [number, hash, customer, total].every((one) => one === null);
  const place = total !== null ? 't' : byProduct ? 'p' : 's';
  const sources = {
    t: 'sale_sums t JOIN sales s ON s.shop = t.shop AND s.shop_order = t.shop_order',
    p: 'sale_products p JOIN sales s ON s.shop = p.shop AND s.shop_order = p.shop_order',
    s: 'sales s',
  };
  const conditions = [
    `${place}.shop = @shop`,
    byProduct ? 'p.product = @product' : null,
    product !== null && !byProduct
      ? `EXISTS (SELECT 1 FROM sale_products p WHERE p.shop = s.shop AND p.product = @product
           AND p.at = s.at AND p.shop_order = s.shop_order)`
      : null,
    number === null
      ? null
      : `s.number = @number AND s.till IN (SELECT t.id FROM tills t WHERE t.shop = @shop AND t.number = @tillNumber)`,
    hash === null ? null : 's.hash = @hash',
    customer === null ? null : `s.customer IN ${cardsOfAccount(null)}`,
    total === null ? null : 't.sum = @total',
    `${place}.at >= @from`,
    `${place}.at < @to`,
    before === null ? null : `(${place}.at, ${place}.shop_order) < (@beforeAt, @beforeOrder)`,
  ].filter((condition) => condition !== null);
  const sql = `SELECT j.shop_order, j.till, j.seq, j.hash, j.received_at, j.verdict, j.entry, s.at
       FROM ${sources[place]} JOIN journal j ON j.shop = s.shop AND j.shop_order = s.shop_order
       WHERE ${conditions.join(' AND ')}
       ORDER BY ${place}.at DESC, ${place}.shop_order DESC LIMIT @limit`;
  return db.all(sql, {
    from,
    to,
    limit,
    ...(number !== null && { number: number.number, tillNumber: number.till }),
    ...(hash !== null && { hash }),
    ...(customer !== null && { customer }),
    ...(product !== null && { product }),
    ...(total !== null && { total }),
    ...(before !== null && { beforeAt: before.at, beforeOrder: before.order }),
  });
}
