// Reads stored sales: the row locates the journal entry, which has the contents.
import type { SaleRow } from '$lib/contract/rows';
import type { SaleBody } from '$lib/contract/acts/sale';
import { soldKey } from '$lib/domain/acts/money/sale';
import { productsOf } from '$lib/domain/receipt/receipt';
import type { TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';
import { accountCardsIn } from '$lib/storage/remote/merged-cards';
import { Dexie, type Collection } from 'dexie';

/** The catalogue's products of each of the latest sales before `before`, ms. */
export async function latestSold(db: TillDb, before: number, limit: number): Promise<string[][]> {
  const sales = await db.sales.where('at').below(before).reverse().limit(limit).toArray();
  const entries = await entriesOf(db, sales);
  return entries.flatMap((entry) =>
    entry === undefined ? [] : [productsOf((entry.body as SaleBody).lines)],
  );
}

/** Search criteria for past sales. A sale must match all that are given. */
export type SaleFilter = {
  /** `tills`: ids of the tills that may have printed the number. */
  readonly number: { readonly tills: readonly string[]; readonly number: number } | null;
  /** A sale of any card of this customer's account. */
  readonly customer: string | null;
  readonly product: string | null;
  /** Minor units, either exactly or as rounded for cash. */
  readonly total: number | null;
  /** `from` inclusive, `to` exclusive, ms; null: no bound. */
  readonly from: number | null;
  readonly to: number | null;
  /** Only sales of this operator, at this till, since entry `sinceSeq`; null: sales of everybody at all tills. */
  readonly own: {
    readonly operator: string;
    readonly till: string;
    readonly sinceSeq: number;
  } | null;
};

/** The `limit` newest matching sales, of this device and of other tills. */
export async function findSales(
  db: TillDb,
  filter: SaleFilter,
  limit: number,
): Promise<readonly SaleRow[]> {
  const { customer, own } = filter;
  const cards = customer === null ? null : await accountCardsIn(db, customer);
  const tables = own === null ? [db.sales, db.remoteSales] : [db.sales];
  const found = await Promise.all(tables.map((table) => rowsIn(table, filter, cards, limit)));
  return found
    .flat()
    .sort((a, b) => b.at - a.at || b.number - a.number)
    .slice(0, limit);
}

/** Searches by the most selective index, then compares row by row. `cards`: of the customer's account. */
async function rowsIn(
  table: TillDb['sales'],
  { number, product, total, own, ...filter }: SaleFilter,
  cards: readonly string[] | null,
  limit: number,
): Promise<SaleRow[]> {
  const from = filter.from ?? 0;
  const to = filter.to ?? LAST_MS;
  const within = (key: 'customer' | 'total' | 'roundedTotal', value: string | number) =>
    table.where(`[${key}+at]`).between([value, from], [value, to]);
  const found: readonly Collection<SaleRow, string, SaleRow>[] =
    number !== null
      ? [table.where('[till+number]').anyOf(number.tills.map((till) => [till, number.number]))]
      : own !== null
        ? [ofShift(table, own)]
        : cards !== null
          ? cards.map((card) => within('customer', card))
          : total !== null
            ? [within('total', total), within('roundedTotal', total)]
            : product !== null
              ? [table.where('sold').between(soldKey(product, from), soldKey(product, to))]
              : [table.where('at').between(from, to)];
  const fits = (row: SaleRow): boolean =>
    (cards === null || (row.customer !== null && cards.includes(row.customer))) &&
    (total === null || row.total === total || row.roundedTotal === total) &&
    (product === null || row.sold.includes(soldKey(product, row.at))) &&
    (own === null || isOwn(row, own)) &&
    row.at >= from &&
    row.at < to;
  const rows = found.map((each) => each.reverse().filter(fits).limit(limit).toArray());
  return (await Promise.all(rows)).flat();
}

type Own = NonNullable<SaleFilter['own']>;

/** A till's sales since that entry. Receipt numbers rise with entries, so the index by number is in the right order. */
const ofShift = (table: TillDb['sales'], { till, sinceSeq }: Own) =>
  table
    .where('[till+number]')
    .between([till, Dexie.minKey], [till, Dexie.maxKey])
    .until(({ seq }) => seq < sinceSeq);

const isOwn = (row: SaleRow, { operator, till, sinceSeq }: Own): boolean =>
  row.operator === operator && row.till === till && row.seq >= sinceSeq;

const LAST_MS = 1e15 - 1;
