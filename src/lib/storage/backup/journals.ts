// Checks the journals of a backup and projects them into rows. Does not access the disk.
import type { Entry, KnownEntry } from '$lib/contract/journal';
import { Fold } from '$lib/domain/fold';
import { NOTHING_BEFORE, type ProjectedChange } from '$lib/domain/rows';
import { followChain, GENESIS } from '$lib/proof/chain';
import { withProofs } from '$lib/storage/journal/projection';
import type { RelayKeys } from '$lib/storage/journal/real-proofs';

/** Entries checked at once; the page stays responsive in between. */
const BATCH = 500;

/**
 * The rows that these journals leave together. Null if they are not complete journals of these till ids, from the first
 * entry on, or if no till can store their sums. `keys`: the relay's key of each till id, oldest first: sums continue from one
 * journal to the next.
 */
export async function projectedFrom(
  entries: readonly Entry[],
  keys: RelayKeys,
): Promise<ProjectedChange[] | null> {
  if (entries.some(({ till }) => !keys.has(till))) return null;
  const fold = new Fold(NOTHING_BEFORE);
  let moved = 0;
  for (const till of keys.keys()) {
    const journal = entries.filter((entry) => entry.till === till);
    let head = GENESIS;
    for (let from = 0; from < journal.length; from += BATCH) {
      const batch = journal.slice(from, from + BATCH);
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

/** Size of an entry's steps of all accounts together: no sum of a journal is larger than all of its steps. */
function movedBy({ body }: KnownEntry): number {
  const steps = 'accounts' in body ? body.accounts : [];
  return steps.reduce((sum, { delta }) => sum + Math.abs(delta), 0);
}
