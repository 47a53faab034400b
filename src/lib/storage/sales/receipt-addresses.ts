// Stores addresses for electronic receipts beside their sales, for a month.
import { MONTH_MS } from '$lib/domain/values/durations';
import type { ReceiptAddress } from '$lib/contract/acts/sale';
import { transact, type TillDb } from '$lib/storage/database/db';
import { readEach, UNREADABLE } from '$lib/storage/database/read-each';

/** The addresses with these hashes that have not been erased. Throws StorageError. */
export async function receiptAddressesIn(
  db: TillDb,
  hashes: readonly string[],
): Promise<ReceiptAddress[]> {
  const rows = await readEach(db.receiptAddresses, hashes);
  return rows.flatMap((row) =>
    row === undefined || row === UNREADABLE ? [] : [{ salt: row.salt, to: row.to }],
  );
}

/** Erases addresses whose sale is a month old. `now`: ms. Throws StorageError. */
export async function dropOldAddresses(db: TillDb, now: number): Promise<void> {
  const old = await db.receiptAddresses
    .where('at')
    .below(now - MONTH_MS)
    .primaryKeys();
  if (old.length > 0)
    await transact(db, [db.receiptAddresses], () => db.receiptAddresses.bulkDelete(old));
}
