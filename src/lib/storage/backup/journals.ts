// Checks the journals of a backup and projects them into rows. Does not access the disk.
import type { Entry, KnownEntry } from '$lib/contract/journal';
import { Fold } from '$lib/domain/fold';
import { NOTHING_BEFORE, type ProjectedChange } from '$lib/domain/rows';
import { followChain, GENESIS } from '$lib/proof/chain';
import { withProofs, type RelayKeys } from '$lib/proof/real-proofs';
import type { EntryPlace } from '$lib/storage/recovery/missing-rows';

/** Entries checked at once, so that the page can respond in between. */
const BATCH = 500;

/**
 * The rows that these journals project to together. Null if they are not the journals of these till ids, if an entry is missing
 * that is not listed in `missing`, or if a sum is too large to store. `keys`: the relay's key of each till id, oldest first,
 * because sums continue from one journal to the next.
 */
export async function projectedFrom(
  entries: readonly Entry[],
  missing: readonly EntryPlace[],
  keys: RelayKeys,
): Promise<ProjectedChange[] | null> {
  if (entries.some(({ till }) => !keys.has(till))) return null;
  const fold = new Fold(NOTHING_BEFORE);
  let moved = 0;
  for (const till of keys.keys()) {
    const journal = entries.filter((entry) => entry.till === till);
    const gone = new Set(missing.flatMap((place) => (place.till === till ? [place.seq] : [])));
    let head = GENESIS;
    for (const batch of batchesOf(journal)) {
      const [first] = batch;
      for (; first !== undefined && gone.has(head.seq + 1) && head.seq + 1 < first.seq;)
        head = { seq: head.seq + 1, hash: first.prevHash };
      const verdict = await followChain(head, till, batch);
      if (verdict.kind === 'broken') return null;
      head = verdict.head;
      for (const { entry, real } of await withProofs(batch, keys)) {
        moved += movedBy(entry);
        if (!Number.isSafeInteger(moved)) return null;
        fold.take(entry, real);
      }
    }
  }
  return fold.changes();
}

/** Splits the entries into batches that have no gap in them. */
function batchesOf(journal: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  for (const entry of journal) {
    const batch = batches.at(-1);
    const isNext = batch !== undefined && batch.at(-1)?.seq === entry.seq - 1;
    if (isNext && batch.length < BATCH) batch.push(entry);
    else batches.push([entry]);
  }
  return batches;
}

/** Sum of the absolute values of an entry's steps in all accounts: an upper bound for any sum. */
function movedBy({ body }: KnownEntry): number {
  const steps = 'accounts' in body ? body.accounts : [];
  return steps.reduce((sum, { delta }) => sum + Math.abs(delta), 0);
}
