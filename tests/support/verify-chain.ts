// Verifies a whole chain of entries, one after another.
import type { Entry } from '$lib/contract/journal';
import { followChain, GENESIS, type ChainHead, type ChainVerdict } from '$lib/proof/chain';

/** Verifies ascending entries of one till that follow `from`; returns the first that does not belong. */
export async function verifyChain(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  from: ChainHead = GENESIS,
): Promise<ChainVerdict> {
  let head = from;
  let till: string | null = null;
  let count = 0;
  for await (const entry of entries) {
    const verdict = await followChain(head, till, [entry]);
    if (verdict.kind === 'broken') return verdict;
    head = verdict.head;
    till = entry.till;
    count += 1;
  }
  return { kind: 'whole', count, head };
}
