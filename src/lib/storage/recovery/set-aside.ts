// Makes sure that no number of an entry whose line was set aside is given again.
import { sealEntry, type ChainHead } from '$lib/proof/chain';
import { transact, type TillDb } from '$lib/storage/database/db';
import { headIn, newestPolicyIn } from '$lib/storage/journal/reader';
import { leaveNumbersIn } from '$lib/storage/journal/receipt-numbers';
import { actBodies, recorded } from '$lib/storage/schema/records';
import { StorageError } from '$lib/storage/storage-error';
import type { SetAside } from '$lib/storage/wal/line-chain';

/**
 * Skips the receipt numbers of these lines, as each may be a sale; and where the chain ends before an entry that they name,
 * goes on behind it with `entries-skipped`. The relay may have those entries. Repeating it changes nothing. `at`: ms. The caller
 * holds the writer's lock. Throws StorageError.
 */
export async function skipEntries(
  db: TillDb,
  till: string,
  { lines, end }: Pick<SetAside, 'lines' | 'end'>,
  at: number,
): Promise<void> {
  if (lines === 0) return;
  const head = await headIn(db);
  const skipped =
    end !== null && end.seq > head.seq ? await sealSkip(db, { till, at }, head, end) : [];
  await transact(db, [db.journal, db.meta, db.sales], async () => {
    await leaveNumbersIn(db, till, { seq: head.seq + lines, shared: head.seq });
    if ((await headIn(db)).hash !== head.hash) throw new StorageError('failed');
    await db.journal.bulkAdd(skipped);
  });
}

async function sealSkip(
  db: TillDb,
  { till, at }: { readonly till: string; readonly at: number },
  head: ChainHead,
  end: ChainHead,
) {
  const body = recorded(actBodies['entries-skipped'], { from: head.seq + 1, to: end.seq });
  const policy = await newestPolicyIn(db, till);
  return [await sealEntry(end, { till, at, operator: null, policy, act: 'entries-skipped', body })];
}
