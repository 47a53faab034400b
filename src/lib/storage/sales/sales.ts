// Reads stored sales: the row locates the journal entry, which has the contents.
import type { SaleRow } from '$lib/domain/rows';
import type { Entry, SaleBody } from '$lib/contract/journal';
import type { TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';

export type StoredSale = { readonly sale: SaleRow; readonly entry: Entry; readonly body: SaleBody };

/** A sale under any till id of this device; null: row or entry is missing. Awaits Dexie only. */
export async function saleIn(db: TillDb, id: string): Promise<StoredSale | null> {
  const sale = await db.sales.get(id);
  if (sale === undefined) return null;
  const [entry] = await entriesOf(db, [sale]);
  return entry === undefined ? null : { sale, entry, body: entry.body as SaleBody };
}

/** Newest first. */
export function latestSales(db: TillDb, limit: number): Promise<SaleRow[]> {
  return db.sales.orderBy('at').reverse().limit(limit).toArray();
}

/** The products of each of the latest sales, oldest first. */
export async function latestSold(db: TillDb, limit: number): Promise<string[][]> {
  const sales = await latestSales(db, limit);
  const entries = await entriesOf(db, sales);
  return entries.reverse().flatMap((entry) => (entry === undefined ? [] : [productsOf(entry)]));
}

/** Every product of a sale's lines. */
export function productsOf(entry: Entry): string[] {
  return (entry.body as SaleBody).lines.map(({ product }) => product);
}
