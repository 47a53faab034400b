// Reading the journal: its head, its entries and their proofs. Only `writer` adds to it, and nothing changes it.
import type { JournalHead } from '$lib/contract/challenge';
import type { Entry } from '$lib/contract/journal';
import { snapshot, type TillDb } from './db';
import { GENESIS_HASH, type ConfirmationRow } from './records';
import { atDisk } from './storage-error';

/** The head as it stands; awaits Dexie only. */
export async function headIn(db: TillDb): Promise<JournalHead> {
  const last = await db.journal.orderBy(':id').last();
  return last === undefined
    ? { seq: 0, hash: GENESIS_HASH, at: 0 }
    : { seq: last.seq, hash: last.hash, at: last.at };
}

/** Newest entry; `seq` 0 and a hash of zeros before the first. */
export function head(db: TillDb): Promise<JournalHead> {
  return atDisk(() => headIn(db));
}

/** Highest policy version any act was made under; 0: none. Awaits Dexie only. */
export async function newestPolicyIn(db: TillDb): Promise<number> {
  const version = await db.journal.orderBy('policy').lastKey();
  return typeof version === 'number' ? version : 0;
}

export type JournalFilter = 'all' | 'debts-and-points' | 'without-code';

/** An entry and how each of its confirmations is shown, in the order of its body. */
export type JournalLine = {
  readonly entry: Entry;
  readonly proofs: readonly ConfirmationRow[];
};

/** Newest first, for the screen. `before`: only entries older than this seq. `without-code` is whatever no real code proves. */
export function entriesPage(
  db: TillDb,
  page: { before: number | null; limit: number; filter: JournalFilter },
): Promise<JournalLine[]> {
  const { before, limit, filter } = page;
  return snapshot(db, [db.journal, db.confirmations], async () => {
    const below = before ?? Infinity;
    const entries =
      filter === 'all'
        ? await db.journal.where(':id').below(below).reverse().limit(limit).toArray()
        : await db.journal.bulkGet(await confirmedSeqs(db, below, limit, filter));
    const found = entries.filter((entry) => entry !== undefined);
    const proofs = await db.confirmations
      .where('seq')
      .anyOf(found.map((entry) => entry.seq))
      .toArray();
    return found.map((entry) => ({
      entry,
      proofs: proofs.filter((each) => each.seq === entry.seq).sort((a, b) => a.index - b.index),
    }));
  });
}

async function confirmedSeqs(
  db: TillDb,
  below: number,
  limit: number,
  filter: Exclude<JournalFilter, 'all'>,
): Promise<number[]> {
  const seqs = new Set<number>();
  await db.confirmations
    .where('seq')
    .below(below)
    .reverse()
    .filter((row) => filter === 'debts-and-points' || row.shown !== 'code')
    .until(() => seqs.size === limit)
    .each((row) => seqs.add(row.seq));
  return [...seqs];
}

const BATCH = 200;

/** Entries after a seq, ascending, read in batches: what `verifyChain` walks. 0: the whole journal. */
export async function* entriesFrom(db: TillDb, after: number): AsyncGenerator<Entry> {
  for (let last = after; ;) {
    const from = last;
    const batch = await atDisk(() => db.journal.where(':id').above(from).limit(BATCH).toArray());
    yield* batch;
    const newest = batch.at(-1);
    if (newest === undefined) return;
    last = newest.seq;
  }
}
