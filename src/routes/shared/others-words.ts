// Words for debts and points that may lack what other tills did meanwhile.
import type { SilentTill } from '$lib/contract/health';
import { till } from '$lib/state/till.svelte';
import { formatMoment } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

/** Since when acts of other tills may be missing; null: none are missing. */
export const othersWords = (): string | null =>
  missingWords({ since: till.othersUnknownSince, silent: till.connectivity.silent }, till.now());

/**
 * `since`: since when nothing arrived from other tills, ms; null: nothing ever did; undefined: everything that the relay has is
 * here. `silent`: tills that have not contacted the relay, with the time since when.
 */
export function missingWords(
  missing: {
    readonly since: number | null | undefined;
    readonly silent: readonly Pick<SilentTill, 'name' | 'since'>[];
  },
  now: number,
): string | null {
  const words = t().tender.withoutOthers;
  const at = (moment: number) => formatMoment(moment, now, language.current);
  const { since, silent } = missing;
  // nothing of any other till is here, so the silent ones need no mention
  if (since === null) return words.atAll;
  const parts = [
    ...(since === undefined ? [] : [words.since(at(since))]),
    ...silent.map((each) => words.silent(each.name, at(each.since))),
  ];
  return parts.length === 0 ? null : parts.join(' · ');
}
