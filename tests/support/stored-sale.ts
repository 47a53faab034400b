// Reads a stored sale with its entry.
import type { SaleBody } from '$lib/contract/acts/sale';
import type { Entry } from '$lib/contract/journal';
import type { SaleRow } from '$lib/contract/rows';
import type { TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';

type StoredSale = { readonly sale: SaleRow; readonly entry: Entry; readonly body: SaleBody };

/** A sale under any till id of this device; null: its row or entry is missing. Awaits Dexie only. */
export async function saleIn(db: TillDb, id: string): Promise<StoredSale | null> {
  const sale = await db.sales.get(id);
  if (sale === undefined) return null;
  const [entry] = await entriesOf(db, [sale]);
  return entry === undefined ? null : { sale, entry, body: entry.body as SaleBody };
}
