// Upgrades the rows of an older database; refuses no row, or the till could not open.
import type { ConfirmationRow, UnconfirmedRow } from '$lib/domain/rows';
import type { Entry } from '$lib/contract/journal';
import type { Table, Transaction } from 'dexie';
import { BY_CUSTOMER } from '$lib/storage/schema/records';

/** Version 1 had no list of acts that wait for a look: whatever no code has confirmed, and is no demo, goes on it. Awaits Dexie only. */
export async function listUnconfirmed(transaction: Transaction): Promise<void> {
  const kept = transaction.table('confirmations') as Table<ConfirmationRow>;
  const journal = transaction.table('journal') as Table<Entry, number>;
  const open = (await kept.toArray()).filter(({ kind }) => !BY_CUSTOMER.has(kind));
  const seqs = [...new Set(open.map(({ seq }) => seq))];
  const entries = await journal.bulkGet(seqs);
  const hashes = new Set(open.map(({ hash }) => hash));
  const rows = entries.flatMap((entry): UnconfirmedRow[] => {
    if (entry === undefined || !hashes.has(entry.hash) || entry.body.source === 'demo') return [];
    const { hash, till, seq, at } = entry;
    return [{ entry: hash, till, seq, at }];
  });
  await transaction.table('unconfirmed').bulkPut(rows);
}
