// Reads and sets aside journal files of which no line that names the till can be read.
import type { Entry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import { GENESIS } from '$lib/proof/chain';
import { knownEntry } from '$lib/proof/known-entry';
import { StorageError } from '$lib/storage/storage-error';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { HeadLine } from '$lib/storage/wal/line';
import { LineChain } from '$lib/storage/wal/line-chain';

/** A receipt as the file has it; its proofs are not verified. `at`: ms; `total`: minor units. */
export type ReadReceipt = { readonly at: number } & Pick<SaleBody, 'number' | 'total' | 'currency'>;

/** What one file still gives. Nothing can be restored from it: shop, relay and number of the till are not in its entries. */
export type ReadJournal = {
  readonly till: string;
  /** The line that names the till; null: none can be read, and no database can be rebuilt from this file. */
  readonly head: HeadLine | null;
  /** Entries whose hash is right and that belong to the till's chain. */
  readonly entries: readonly Entry[];
  /** Lines that cannot be read or do not belong to the chain, and entries missing between others. */
  readonly unread: number;
  readonly receipts: readonly ReadReceipt[];
  /** The highest receipt number that was given or left out; 0: none. Nobody has signed it: it may be beyond all belief. */
  readonly lastNumber: number;
};

/** The files that give any entry, last written first. Changes nothing. Throws StorageError. */
export async function readJournals(file: JournalFile): Promise<ReadJournal[]> {
  const read: ReadJournal[] = [];
  for (const till of await file.tills()) {
    if (!(await file.open(till))) throw new StorageError('journal-unreadable');
    const chain = new LineChain({
      ...{ till, from: GENESIS, fileSize: file.size },
      // there is no database: only the file itself can have an entry twice
      hashesAt: (seqs) => Promise.resolve(seqs.map((seq) => hashes.get(seq))),
    });
    const hashes = new Map<number, string>();
    const entries: Entry[] = [];
    let head: HeadLine | null = null;
    for await (const lines of file.whole()) {
      // the newest one says how far the file reaches at least
      for (const line of lines) if (line.kind === 'head' && line.till.id === till) head = line;
      for (const { entry } of await chain.take(lines)) {
        hashes.set(entry.seq, entry.hash);
        entries.push(entry);
      }
    }
    if (entries.length === 0) continue;
    const missing = Math.max(0, (head?.upTo ?? 0) - chain.head.seq);
    const unread = chain.aside.lines + missing;
    const receipts = entries.flatMap(receiptOf);
    const lastNumber = Math.max(0, ...entries.map(numberOf));
    read.push({ till, head, entries, unread, receipts, lastNumber });
  }
  return read;
}

/**
 * How many lines cannot be read in the files from which a start would rebuild the database; null: it cannot. Changes nothing.
 * Throws StorageError.
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
 * Keeps every file under another name, so that this device can begin as a new till. `at`: ms. Throws StorageError: the files not
 * yet set aside are as before.
 */
export async function setJournalsAside(file: JournalFile, at: number): Promise<void> {
  for (const till of await file.tills()) {
    if (!(await file.open(till))) throw new StorageError('journal-unreadable');
    await file.begin(`${till}.aside-${at}`);
  }
}
