// A customer's balances just before and just after an entry, from their account entries.
import type { AccountRow } from '$lib/domain/rows';
import type { Entry } from '$lib/contract/journal';
import type { Standing } from '$lib/domain/customer';
import { foldBalances, NOTHING_OWED } from '$lib/domain/account';
import type { TillDb } from '$lib/storage/database/db';
import { atDisk } from '$lib/storage/storage-error';

export type BalanceAt = { readonly before: Standing; readonly after: Standing };

export function balanceAt(db: TillDb, entry: Entry, customer: string): Promise<BalanceAt> {
  return atDisk(async () => {
    const steps = await db.accountEntries.where('customer').equals(customer).toArray();
    const now = await db.journal.bulkGet(steps.map(({ seq }) => seq));
    const ofNow = new Set(now.map((each) => each?.hash));
    const isNow = ofNow.has(entry.hash);
    // a re-enrolled till counts from 1 again: all entries of its former journal are earlier
    const isEarlier = ({ hash, seq }: AccountRow) =>
      ofNow.has(hash) === isNow ? seq < entry.seq : isNow;
    const sum = (rows: readonly AccountRow[]) => foldBalances(rows).get(customer) ?? NOTHING_OWED;
    const before = steps.filter(isEarlier);
    return {
      before: sum(before),
      after: sum([...before, ...steps.filter(({ hash }) => hash === entry.hash)]),
    };
  });
}
