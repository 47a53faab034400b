// Which edition of a paper leaves the till next: first the original, then copies, each recorded.
import { SvelteSet } from 'svelte/reactivity';
import type { Entry } from '$lib/contract/journal';
import { till } from '$lib/state/till.svelte';
import { recordReprint } from '$lib/storage/sales/reprints';
import { t } from '$lib/ui/text/current.svelte';

export type Edition = 'original' | 'copy';

/** Hashes of the entries whose original has left this page: on paper, shared, or as text. */
const given = new SvelteSet<string>();

/**
 * `first`: what the paper is while none has left this page; `original` only where the act was saved a moment ago, and nobody can
 * have its paper yet.
 */
export const editionOf = (entry: Entry, first: Edition): Edition =>
  first === 'copy' || given.has(entry.hash) ? 'copy' : 'original';

/** After a paper has left the till. */
export const noteGiven = ({ hash }: Entry): void => void given.add(hash);

/** A copy is an act: recorded before it leaves the till. Returns why it may not; null: it may. */
export async function recordEdition(entry: Entry, edition: Edition): Promise<string | null> {
  if (edition === 'original') return null;
  const words = t().receipt;
  const operator = till.signIn.operator?.id;
  if (operator === undefined) return words.mayNotCopy;
  try {
    const done = await recordReprint(till.db, { of: entry, operator, at: till.now() });
    if (done.kind === 'recorded') return null;
    return done.because.kind === 'no-right' ? words.mayNotCopy : words.copyNotRecorded;
  } catch {
    return words.copyNotRecorded;
  }
}
