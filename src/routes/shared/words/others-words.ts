// Words for debts and points that may lack what other tills did meanwhile.
import type { SilentTill } from '$lib/contract/health';
import type { CopySize } from '$lib/storage/remote/noted-copy';
import { till } from '$lib/state/till.svelte';
import { formatMoment } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

/** Since when acts of other tills may be missing; null: none are missing. */
export const othersWords = (): string | null =>
  missingWords({ since: till.othersUnknownSince, silent: till.connectivity.silent }, till.now());

/** Why acts of other tills do not come, and what may be out of date. `asOf`: up to when they are known, ms; null: none are. */
export function othersMissing(
  because: NonNullable<typeof till.downloader.trouble>,
  asOf: number | null,
  now: number,
): string {
  return `${t().status.othersBecause[because]} ${othersRisk(asOf, now)}`;
}

/** Goods and customers that a till downloads in a minute, six times slower than measured (docs/benchmarks.md). */
const ROWS_A_MINUTE = 100_000;

/** What this till lost of the other tills' entries, and how it is restored. `once`: what the download waits for. */
export function missingCopy(size: CopySize, once: 'in-reach' | 'connected-again'): string {
  const minutes = Math.ceil((size.goods + size.customers) / ROWS_A_MINUTE);
  const words = t().disk.missingCopy;
  return `${words.lost(size.goods, size.customers)} ${words.comes[once](minutes)}`;
}

/** What may be out of date here. */
export function othersRisk(asOf: number | null, now: number): string {
  const moment = asOf === null ? null : formatMoment(asOf, now, language.current);
  return t().status.othersRisk(moment);
}

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
