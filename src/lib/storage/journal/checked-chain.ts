// Reads a chain and checks each entry against its hash, so that altered entries are not passed on.
import type { Entry } from '$lib/contract/journal';
import { verifyEntry } from '$lib/proof/chain';
import type { TillDb } from '$lib/storage/database/db';
import { readEach, UNREADABLE, type Read } from '$lib/storage/database/read-each';
import { chainIn } from './reader';

export type CheckedEntries = {
  /** The sound entries, ascending. */
  readonly sound: readonly Entry[];
  /** Numbers of entries that are unreadable or do not match their hash, ascending. */
  readonly damaged: readonly number[];
  /** The last number read; null: the chain has no entry there. */
  readonly last: number | null;
};

/** The next entries of one till id after `after`. Missing numbers are not reported. Throws StorageError. */
export async function checkedChain(
  db: TillDb,
  till: string,
  after: number,
  limit: number,
): Promise<CheckedEntries> {
  const keys = await chainIn(db, till, after).limit(limit).primaryKeys();
  const read = await readEach(db.journal, keys);
  const checked = await Promise.all(
    keys.map(async ([, seq], place) =>
      (await isSoundAt(read[place], till, seq)) ? (read[place] as Entry) : seq,
    ),
  );
  return {
    sound: checked.filter((each) => typeof each !== 'number'),
    damaged: checked.filter((each) => typeof each === 'number'),
    last: keys.at(-1)?.[1] ?? null,
  };
}

/** The entry at this place; null if it is damaged or missing. Throws StorageError. */
export async function soundEntryAt(db: TillDb, till: string, seq: number): Promise<Entry | null> {
  const place: [string, number] = [till, seq];
  const [entry] = await readEach(db.journal, [place]);
  return (await isSoundAt(entry, till, seq)) ? (entry as Entry) : null;
}

/** The hashes of the entries with these numbers, in that order; undefined: damaged or missing. Throws StorageError. */
export async function soundHashesAt(
  db: TillDb,
  till: string,
  seqs: readonly number[],
): Promise<(string | undefined)[]> {
  const entries = await Promise.all(seqs.map((seq) => soundEntryAt(db, till, seq)));
  return entries.map((entry) => entry?.hash);
}

async function isSoundAt(entry: Read<Entry>, till: string, seq: number): Promise<boolean> {
  if (entry === undefined || entry === UNREADABLE) return false;
  return entry.till === till && entry.seq === seq && (await verifyEntry(entry));
}
