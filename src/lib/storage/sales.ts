// Reading sales: one by its id, or the latest. What was sold is in the journal entry; `save-sale` alone makes one.
import type { Entry, SaleBody } from '$lib/contract/journal';
import { snapshot, type TillDb } from './db';
import { invariant } from '$lib/domain/invariant';
import type { SaleRow } from './records';

export type StoredSale = {
  readonly sale: SaleRow;
  readonly body: SaleBody;
  readonly entry: Entry;
};

/** Null where no such sale is stored. */
export function saleById(db: TillDb, id: string): Promise<StoredSale | null> {
  return snapshot(db, [db.sales, db.journal], async () => {
    const sale = await db.sales.get(id);
    return sale === undefined ? null : withEntry(sale, await db.journal.get(sale.seq));
  });
}

/** Newest first. */
export function recentSales(db: TillDb, limit: number): Promise<StoredSale[]> {
  return snapshot(db, [db.sales, db.journal], async () => {
    const sales = await db.sales.orderBy('at').reverse().limit(limit).toArray();
    const entries = await db.journal.bulkGet(sales.map((sale) => sale.seq));
    return sales.map((sale, i) => withEntry(sale, entries[i]));
  });
}

function withEntry(sale: SaleRow, entry: Entry | undefined): StoredSale {
  invariant(entry?.hash === sale.hash, 'a sale has its journal entry');
  return { sale, body: entry.body as SaleBody, entry };
}
