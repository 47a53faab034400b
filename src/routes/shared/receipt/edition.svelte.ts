// Decides which edition of a paper comes next: first the original, then copies, each recorded.
import { SvelteSet } from 'svelte/reactivity';
import type { Entry } from '$lib/contract/journal';
import type { Edition } from '$lib/domain/values/receipt-number';
import { till } from '$lib/state/till.svelte';
import { recordReprint } from '$lib/storage/sales/receipts';
import { t } from '$lib/ui/text/current.svelte';

/** Hashes of the entries whose original has left this page, printed, shared or as text. */
const given = new SvelteSet<string>();

/**
 * The edition that comes next. `first`: the edition while none has left this page. It may be `original` only if the act was
 * saved a moment ago, so that nobody can have the paper yet.
 */
export const editionOf = (entry: Entry, first: Edition): Edition =>
  first === 'copy' || given.has(entry.hash) ? 'copy' : 'original';

/** Call it after a paper has left the till. */
export const noteGiven = ({ hash }: Entry): void => void given.add(hash);

/** Records a copy, which is an act, before it leaves the till. Returns null if recorded, otherwise the reason. */
export async function recordEdition(entry: Entry, edition: Edition): Promise<string | null> {
  if (edition === 'original') return null;
  const words = t().receipt;
  const operator = till.signIn.operator?.id;
  if (operator === undefined) return words.mayNotCopy;
  try {
    const done = await recordReprint(till.db, { of: entry, operator, at: till.now() });
    if (done.kind === 'saved') return null;
    return done.because.kind === 'no-right' ? words.mayNotCopy : words.copyNotRecorded;
  } catch {
    return words.copyNotRecorded;
  }
}
