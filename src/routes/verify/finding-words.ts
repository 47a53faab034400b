// Words for each finding of a verification and its place.
import type { Finding } from '$lib/storage/audit/finding';
import type { Place } from '$lib/storage/journal/entry-checks';
import { till } from '$lib/state/till.svelte';
import { formatCount, formatDateTime } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

const count = (n: number) => formatCount(n, language.current);

/** `Entry No. 4 · Sale · 12 Nov 2026, 14:32`. */
export function placeWords({ seq, act, at }: Place): string {
  const { acts, unknownAct } = t().journal;
  const words = t().verify;
  const known: Partial<Record<string, string>> = acts;
  const what = act === null ? words.nothingThere : (known[act] ?? unknownAct(act));
  // an impossible time is not formatted, but the rest is still shown
  const isTime = at !== null && Math.abs(at) <= 8.64e15;
  return words.place(
    count(seq),
    what,
    isTime ? formatDateTime(at, language.current) : t().common.unknown,
  );
}

/** `place` null: the finding is not about a single entry. */
export function findingWords(
  finding: Finding,
  nameOf: (customer: string) => string,
): { readonly place: string | null; readonly what: string } {
  const words = t().verify;
  switch (finding.kind) {
    case 'broken':
      return { place: placeWords(finding.place), what: words.because[finding.because] };
    case 'not-ours':
      return { place: null, what: words.notOurs };
    case 'cut-off':
      return { place: null, what: words.cutOff(count(finding.after), count(finding.last)) };
    case 'watermark':
      return { place: null, what: words.watermark(count(finding.seq)) };
    case 'proof':
      return { place: placeWords(finding.place), what: words.proof[finding.because] };
    case 'policy':
      return {
        place: placeWords(finding.place),
        what: words.policy[finding.because](count(finding.version)),
      };
    case 'receipt-number':
      return {
        place: placeWords(finding.place),
        what: words.receiptNumber(till.printedNumber(finding.till, finding.number)),
      };
    case 'row':
      return {
        place: placeWords(finding.place),
        what: words.row[finding.because](words.tables[finding.table]),
      };
    case 'unprojectable':
      return { place: placeWords(finding.place), what: words.unprojectable };
    case 'stray-row': {
      const { seq } = finding;
      const table = words.tables[finding.table];
      const what = seq === null ? words.stray(table) : words.strayOf(table, count(seq));
      return { place: null, what };
    }
    case 'foreign-entries':
      return { place: null, what: words.foreignEntries(count(finding.entries)) };
    case 'file':
      return { place: placeWords(finding.place), what: words.file[finding.because] };
    case 'dispute':
      return { place: null, what: words.dispute(nameOf(finding.customer)) };
    case 'card':
      return { place: null, what: words.card(nameOf(finding.customer)) };
  }
}
