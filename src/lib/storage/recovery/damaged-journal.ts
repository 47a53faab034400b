// Reads and sets aside journal files in which no line naming the till can be read.
import type { Entry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import { GENESIS } from '$lib/proof/chain';
import { knownEntry } from '$lib/proof/known-entry';
import { StorageError } from '$lib/storage/storage-error';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { HeadLine } from '$lib/storage/wal/line';
import { LineChain } from '$lib/storage/wal/line-chain';

/** A receipt from the file. Its proofs are not verified. `at`: ms; `total`: minor units. */
export type ReadReceipt = { readonly at: number } & Pick<SaleBody, 'number' | 'total' | 'currency'>;

/** What can be read from one file. It is not enough to restore a till: its entries lack shop, relay and till number. */
export type ReadJournal = {
  readonly till: string;
  /** The line that names the till; null: unreadable, so no database can be rebuilt from this file. */
  readonly head: HeadLine | null;
  /** Entries whose hash is right and that belong to the till's chain. */
  readonly entries: readonly Entry[];
  /** Number of lines that cannot be read or do not belong to the chain, plus entries missing between others. */
  readonly unread: number;
  readonly receipts: readonly ReadReceipt[];
  /** The highest receipt number that was given or skipped; 0: none. It is not signed, so it may be absurdly high. */
  readonly lastNumber: number;
};

/** The files with at least one readable entry, last written first. Changes nothing. Throws StorageError. */
export async function readJournals(file: JournalFile): Promise<ReadJournal[]> {
  const read: ReadJournal[] = [];
  for (const till of await file.tills()) {
    if (!(await file.open(till))) throw new StorageError('journal-unreadable');
    const journal = await readOpen(file, till);
    if (journal.entries.length > 0) read.push(journal);
  }
  return read;
}

/** What can be read from the open file of this till. Changes nothing. Throws StorageError. */
async function readOpen(file: JournalFile, till: string): Promise<ReadJournal> {
  const chain = new LineChain({
    till,
    from: GENESIS,
    fileSize: file.size,
    // only the file itself is read, so only it can contain an entry twice
    hashesAt: (seqs) => Promise.resolve(seqs.map((seq) => hashes.get(seq))),
  });
  const hashes = new Map<number, string>();
  const entries: Entry[] = [];
  let head: HeadLine | null = null;
  for await (const lines of file.whole()) {
    // use the newest head line: the file reaches at least the entry that it names
    for (const line of lines) if (line.kind === 'head' && line.till.id === till) head = line;
    for (const { entry } of await chain.take(lines)) {
      hashes.set(entry.seq, entry.hash);
      entries.push(entry);
    }
  }
  const missing = Math.max(0, (head?.upTo ?? 0) - chain.head.seq);
  const unread = chain.aside.lines + missing + (file.isCut ? 1 : 0);
  const receipts = entries.flatMap(receiptOf);
  const lastNumber = Math.max(0, ...entries.map(numberOf));
  return { till, head, entries, unread, receipts, lastNumber };
}

/**
 * Like `unreadForRebuild`, for the open file of a till in use, which must not be closed meanwhile; files of former till ids are
 * not looked at. The caller holds the writer's lock. Throws StorageError.
 */
export async function unreadInUse(file: JournalFile): Promise<number | null> {
  if (file.state !== 'in-use' || file.till === null) return null;
  const { head, unread } = await readOpen(file, file.till);
  return head === null ? null : unread;
}

/**
 * Number of unreadable lines in the files from which a start would rebuild the database; null: it cannot be rebuilt. Changes
 * nothing. Throws StorageError.
 */
export async function unreadForRebuild(file: JournalFile): Promise<number | null> {
  const journals = await readJournals(file);
  const former = new Set(journals.map(({ head }) => head?.former));
  const newest = journals.find(({ till, head }) => head !== null && !former.has(till));
  if (newest === undefined) return null;
  let unread = 0;
  const followed = new Set<string>();
  for (let name: string | null = newest.till; name !== null && !followed.has(name);) {
    const journal = journals.find(({ till }) => till === name);
    followed.add(name);
    unread += journal?.unread ?? 1;
    name = journal?.head?.former ?? null;
  }
  return unread;
}

function receiptOf(entry: Entry): ReadReceipt[] {
  const known = knownEntry(entry);
  if (known?.act !== 'sale') return [];
  const { number, total, currency } = known.body;
  return [{ at: entry.at, number, total, currency }];
}

function numberOf(entry: Entry): number {
  const known = knownEntry(entry);
  if (known?.act === 'numbers-skipped') return known.body.to;
  return known?.act === 'sale' ? known.body.number : 0;
}

/**
 * Renames every file, so that this device can begin as a new till. `at`: ms. Throws StorageError: the files not yet renamed are
 * unchanged.
 */
export async function setJournalsAside(file: JournalFile, at: number): Promise<void> {
  for (const till of await file.tills()) {
    if (!(await file.open(till))) throw new StorageError('journal-unreadable');
    await file.begin(`${till}.aside-${at}`);
  }
}
