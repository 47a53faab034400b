// Words for the masks of scale labels.
import { LABEL_PREFIXES, type LabelMask, type LabelPrefix } from '$lib/contract/label-mask';
import { t } from '$lib/ui/text/current.svelte';

/** `20–22: weight`. */
export const maskWords = ({ prefixes, value }: LabelMask): string =>
  t().scaleLabels.mask(prefixesWords(prefixes), t().scaleLabels.values[value]);

/** `02, 20–22`. */
function prefixesWords(prefixes: readonly LabelPrefix[]): string {
  const runs: LabelPrefix[][] = [];
  for (const [place, prefix] of LABEL_PREFIXES.entries()) {
    if (!prefixes.includes(prefix)) continue;
    const run = runs.at(-1);
    // 02 and 20 are adjacent in the list, but not as numbers
    const before = place > 1 ? LABEL_PREFIXES[place - 1] : undefined;
    if (run !== undefined && run.at(-1) === before) run.push(prefix);
    else runs.push([prefix]);
  }
  return runs
    .map((run) => (run.length < 2 ? run.join('') : `${run[0] ?? ''}–${run.at(-1) ?? ''}`))
    .join(', ');
}

/** `article 5 digits, weight 5 digits`. */
export function layoutWords({
  layout,
  value,
  articleHasPrefix,
}: Omit<LabelMask, 'prefixes'>): string {
  const { parts, values } = t().scaleLabels;
  return (layout.match(/A+|V+|C|X+/g) ?? [])
    .map((run) => {
      switch (run[0]) {
        case 'A':
          return articleHasPrefix ? parts.articleWithPrefix(run.length) : parts.article(run.length);
        case 'V':
          return parts.value(values[value], run.length);
        case 'C':
          return parts.check;
        default:
          return parts.skipped(run.length);
      }
    })
    .join(', ');
}
