// Words for debts and points that may lack what other tills did meanwhile.
import type { SilentTill } from '$lib/contract/health';
import { till } from '$lib/state/till.svelte';
import { formatMoment } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

/** From when on the other tills, or some of them, are missing; null: nothing is missing. */
export const othersWords = (): string | null =>
  missingWords({ since: till.othersUnknownSince, silent: till.connectivity.silent }, till.now());

/**
 * `since`: since when nothing came from other tills, ms; null: nothing ever; undefined: all that the relay has is here. `silent`: tills
 * of which the relay itself has nothing since.
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
  // without any other till there is nothing of these either
  if (since === null) return words.atAll;
  const parts = [
    ...(since === undefined ? [] : [words.since(at(since))]),
    ...silent.map((each) => words.silent(each.name, at(each.since))),
  ];
  return parts.length === 0 ? null : parts.join(' · ');
}
