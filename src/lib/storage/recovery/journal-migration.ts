// Carries the entries of former journals over into the journal of a re-enrolled till, in batches.
import type { Entry } from '$lib/contract/journal';
import { DECIDED, sealEntry, type ChainHead, type EntryDraft } from '$lib/proof/chain';
import type { TillDb } from '$lib/storage/database/db';
import { chainIn } from '$lib/storage/journal/reader';
import { StorageError } from '$lib/storage/storage-error';

/** The journals of this device to carry over. */
export type Carrying = {
  /** Till ids, oldest first; the last is the current one. */
  readonly names: readonly string[];
  /** Entries of the current journal up to this one are not carried over; 0: all are. */
  readonly after: number;
};

/** The envelope of every `carried-over` entry. */
export type Envelope = Pick<EntryDraft, 'till' | 'operator' | 'at' | 'policy'>;

const BATCH = 500;

/** The entry inside a `carried-over` one; any other entry is its own original. */
export function originalOf(entry: Entry): Entry {
  return entry.act === 'carried-over' ? (entry.body['entry'] as Entry) : entry;
}

/** Hashes of the new journal's entries after its first, in order. */
export async function sealCarried(
  db: TillDb,
  carrying: Carrying,
  first: ChainHead,
  envelope: Envelope,
): Promise<string[]> {
  const hashes: string[] = [];
  let head = first;
  await eachBatch(db, carrying, async (originals) => {
    for (const entry of originals) {
      head = await sealEntry(head, { ...envelope, act: 'carried-over', body: { entry } });
      hashes.push(head.hash);
    }
  });
  return hashes;
}

/** Stores the sealed entries. Awaits Dexie only. */
export async function storeCarried(
  db: TillDb,
  carrying: Carrying,
  first: ChainHead,
  envelope: Envelope,
  hashes: readonly string[],
): Promise<void> {
  let head = first;
  await eachBatch(db, carrying, async (originals) => {
    const entries = originals.map((entry): Entry => {
      const hash = hashes[head.seq - 1];
      // the entries differ from those sealed: another tab wrote meanwhile
      if (hash === undefined) throw new StorageError('failed');
      const sealed = { v: 1, ...envelope, ...DECIDED, seq: head.seq + 1 } as const;
      const about = { act: 'carried-over', body: { entry } };
      const carried = { ...sealed, ...about, prevHash: head.hash, hash };
      head = carried;
      return carried;
    });
    await db.journal.bulkAdd(entries);
  });
  if (head.seq !== first.seq + hashes.length) throw new StorageError('failed');
}

/**
 * Passes on every original once. The first entries of all till ids come first, because a relay must know whose entries they
 * are; then the oldest first.
 */
async function eachBatch(
  db: TillDb,
  { names, after: from }: Carrying,
  take: (originals: readonly Entry[]) => PromiseLike<unknown>,
): Promise<void> {
  const read = (till: string, after: number, limit: number) =>
    chainIn(db, till, after).limit(limit).toArray();
  const isLineage = names.length > 1;
  for (const till of isLineage ? names.toReversed() : []) await take(await read(till, 0, 1));
  for (const till of names) {
    for (let after = isLineage ? 1 : from; ;) {
      const batch = await read(till, after, BATCH);
      const last = batch.at(-1);
      if (last === undefined) break;
      await take(await notAmongFormer(db, names, batch));
      after = last.seq;
    }
  }
}

/** Entries carried over earlier are passed on again, unless the original is here under its own till id. */
async function notAmongFormer(
  db: TillDb,
  names: readonly string[],
  batch: readonly Entry[],
): Promise<Entry[]> {
  const originals = batch.map(originalOf);
  const former = names.slice(0, -1);
  if (former.length === 0 || originals.every((each, place) => each === batch[place]))
    return originals;
  const keys = originals.map(({ till, seq }): [string, number] => [till, seq]);
  const there = await db.journal.bulkGet(keys);
  return originals.filter(
    (each, place) =>
      each === batch[place] || !former.includes(each.till) || there[place]?.hash !== each.hash,
  );
}
