// Carries the entries of former journals over into the journal of a re-enrolled till, in batches.
import type { Entry } from '$lib/contract/journal';
import { DECIDED, sealEntry, type ChainHead, type EntryDraft } from '$lib/proof/chain';
import type { TillDb } from '$lib/storage/database/db';
import { checkedChain } from '$lib/storage/journal/checked-chain';
import { readEach, UNREADABLE } from '$lib/storage/database/read-each';
import { originalOf } from '$lib/proof/known-entry';
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

/** The place of an entry to carry over, and the hash of the entry that carries it. */
export type Sealed = { readonly from: readonly [till: string, seq: number]; readonly hash: string };

/** Seals the entries of the new journal after its first, in order. Damaged entries are not carried over. */
export async function sealCarried(
  db: TillDb,
  carrying: Carrying,
  first: ChainHead,
  envelope: Envelope,
): Promise<Sealed[]> {
  const sealed: Sealed[] = [];
  let head = first;
  await eachBatch(db, carrying, async (entries) => {
    for (const holder of entries) {
      const body = { entry: originalOf(holder) };
      head = await sealEntry(head, { ...envelope, act: 'carried-over', body });
      sealed.push({ from: [holder.till, holder.seq], hash: head.hash });
    }
  });
  return sealed;
}

/** Stores the sealed entries. Awaits Dexie only. */
export async function storeCarried(
  db: TillDb,
  first: ChainHead,
  envelope: Envelope,
  sealed: readonly Sealed[],
): Promise<void> {
  let head = first;
  for (let done = 0; done < sealed.length; done += BATCH) {
    const batch = sealed.slice(done, done + BATCH);
    const holders = await db.journal.bulkGet(batch.map(({ from: [till, seq] }) => [till, seq]));
    const entries = batch.map(({ hash }, place): Entry => {
      const holder = holders[place];
      if (holder === undefined) throw new StorageError('failed');
      const about = { act: 'carried-over', body: { entry: originalOf(holder) } };
      const envelopeOf = { v: 1, ...envelope, ...DECIDED, seq: head.seq + 1 } as const;
      const carried = { ...envelopeOf, ...about, prevHash: head.hash, hash };
      head = carried;
      return carried;
    });
    await db.journal.bulkAdd(entries);
  }
}

/**
 * Passes on every sound original once. The first entries of all till ids come first, because a relay must know whose entries
 * they are; then oldest first.
 */
async function eachBatch(
  db: TillDb,
  { names, after: from }: Carrying,
  take: (holders: readonly Entry[]) => PromiseLike<unknown>,
): Promise<void> {
  const isLineage = names.length > 1;
  for (const till of isLineage ? names.toReversed() : [])
    await take((await checkedChain(db, till, 0, 1)).sound);
  for (const till of names) {
    for (let after = isLineage ? 1 : from; ;) {
      const { sound, last } = await checkedChain(db, till, after, BATCH);
      if (last === null) break;
      await take(await notAmongFormer(db, names, sound));
      after = last;
    }
  }
}

/** Entries carried over earlier are passed on again, unless the original is here under its own till id. */
async function notAmongFormer(
  db: TillDb,
  names: readonly string[],
  batch: readonly Entry[],
): Promise<readonly Entry[]> {
  const originals = batch.map(originalOf);
  const former = names.slice(0, -1);
  if (former.length === 0 || originals.every((each, place) => each === batch[place])) return batch;
  const keys = originals.map(({ till, seq }): [string, number] => [till, seq]);
  const there = await readEach(db.journal, keys);
  return batch.filter((holder, place) => {
    const { till, hash } = originalOf(holder);
    const own = there[place];
    const isHere = own !== undefined && own !== UNREADABLE && own.hash === hash;
    return holder === originals[place] || !former.includes(till) || !isHere;
  });
}
