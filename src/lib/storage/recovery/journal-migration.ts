// Seals the entries of former journals into the journal of a re-enrolled till, batch by batch.
import type { Entry } from '$lib/contract/journal';
import { sealEntry, type ChainHead, type EntryDraft } from '$lib/proof/chain';
import type { TillDb } from '$lib/storage/database/db';
import { StorageError } from '$lib/storage/storage-error';

/** Which journals of this device are carried over. */
export type Carrying = {
  /** The oldest first; the last is the one in use. */
  readonly names: readonly string[];
  /** Entries of it up to here stay behind; 0: none do. */
  readonly after: number;
};

/** The envelope of every entry that carries another. */
export type Envelope = Pick<EntryDraft, 'till' | 'operator' | 'at' | 'policy'>;

const BATCH = 500;

/** The entry a `carried-over` one holds; every other is its own. */
export function originalOf(entry: Entry): Entry {
  return entry.act === 'carried-over' ? (entry.body['entry'] as Entry) : entry;
}

/** Hashes of the new journal's entries after its first, in their order. */
export async function sealCarried(
  db: TillDb,
  carrying: Carrying,
  first: ChainHead,
  envelope: Envelope,
): Promise<string[]> {
  const hashes: string[] = [];
  let head = first;
  await eachBatch(db, carrying, carrying.names.at(-1) ?? null, async (originals) => {
    for (const entry of originals) {
      head = await sealEntry(head, { ...envelope, act: 'carried-over', body: { entry } });
      hashes.push(head.hash);
    }
  });
  return hashes;
}

/** Writes down what was sealed, once all former journals lie among the former ones. Awaits Dexie only. */
export async function storeCarried(
  db: TillDb,
  carrying: Carrying,
  first: ChainHead,
  envelope: Envelope,
  hashes: readonly string[],
): Promise<void> {
  let head = first;
  await eachBatch(db, carrying, null, async (originals) => {
    const entries = originals.map((entry): Entry => {
      const hash = hashes[head.seq - 1];
      // not what was sealed: somebody wrote since
      if (hash === undefined) throw new StorageError('failed');
      const sealed = { v: 1, ...envelope, seq: head.seq + 1, act: 'carried-over' } as const;
      const carried = { ...sealed, body: { entry }, prevHash: head.hash, hash };
      head = carried;
      return carried;
    });
    await db.journal.bulkAdd(entries);
  });
  if (head.seq !== first.seq + hashes.length) throw new StorageError('failed');
}

/**
 * Hands over every original once: where there are several names their first entries before all, since a relay has to know whose
 * entries they are; then the oldest first. `inUse`: the name whose journal is not among the former ones yet.
 */
async function eachBatch(
  db: TillDb,
  { names, after: from }: Carrying,
  inUse: string | null,
  take: (originals: readonly Entry[]) => PromiseLike<unknown>,
): Promise<void> {
  const read = (till: string, after: number, limit: number): PromiseLike<Entry[]> =>
    till === inUse
      ? db.journal.where(':id').above(after).limit(limit).toArray()
      : db.formerJournal
          .where(':id')
          .between([till, after], [till, Infinity], false)
          .limit(limit)
          .toArray();
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

/** What was carried over before is carried on as itself, unless it comes from the journal it was written in. */
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
  const there = await db.formerJournal.bulkGet(keys);
  return originals.filter(
    (each, place) =>
      each === batch[place] || !former.includes(each.till) || there[place]?.hash !== each.hash,
  );
}
