// A customer's balances just before and just after an entry, as its till knew them.
// They are read from the account entries.
import type { AccountRow } from '$lib/contract/rows';
import type { Entry } from '$lib/contract/journal';
import type { Standing } from '$lib/domain/customers/customer';
import { foldBalances, NOTHING_OWED } from '$lib/domain/customers/account';
import { remoteStepsOf } from '$lib/storage/remote/packed-balances';
import type { TillDb } from '$lib/storage/database/db';
import { lineageIn } from '$lib/storage/database/meta';

export type BalanceAt = { readonly before: Standing; readonly after: Standing };

export async function balanceAt(db: TillDb, entry: Entry, customer: string): Promise<BalanceAt> {
  const [steps, remote, names] = await Promise.all([
    db.accountEntries.where('customer').equals(customer).toArray(),
    remoteStepsOf(db, [customer]),
    lineageIn(db),
  ]);
  const place = names.indexOf(entry.till);
  // a re-enrolled till starts again at number 1, so all entries under a former till id are earlier
  const isEarlier = ({ till, seq }: AccountRow) =>
    till === entry.till ? seq < entry.seq : names.indexOf(till) > place;
  const sum = (rows: readonly AccountRow[]) => foldBalances(rows).get(customer) ?? NOTHING_OWED;
  // the entries of other tills that this till knew when it wrote the entry
  const seen = remote.filter(({ order }) => order <= entry.seen.order);
  const before = [...steps.filter(isEarlier), ...seen];
  return {
    before: sum(before),
    after: sum([...before, ...steps.filter(({ hash }) => hash === entry.hash)]),
  };
}
