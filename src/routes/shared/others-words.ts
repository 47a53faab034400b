// Words for debts and points that may lack what other tills did meanwhile.
import { till } from '$lib/state/till.svelte';
import { formatMoment } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

/** From when on the other tills are missing; null: nothing is missing. */
export function othersWords(): string | null {
  const since = till.othersUnknownSince;
  if (since === undefined) return null;
  const words = t().tender.withoutOthers;
  return since === null
    ? words.atAll
    : words.since(formatMoment(since, till.now(), language.current));
}
