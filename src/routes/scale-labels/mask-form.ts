// The input for a label mask, and the parsed mask or the field that is wrong.
import {
  LABEL_PREFIXES,
  labelLayout,
  type LabelMask,
  type LabelPrefix,
  type LabelValue,
} from '$lib/contract/label-mask';
import { t } from '$lib/ui/text/current.svelte';

/** The layouts that most scales print. */
export const LAYOUTS = [
  ...(['AAAAAVVVVV', 'AAAAAAVVVV', 'AAAAVVVVVV', 'AAAACVVVVV', 'AAAAACVVVV'] as const),
  ...(['XAAAAVVVVV', 'VVVVVAAAAA'] as const),
];

/** `pattern`: the layout letter by letter, if `layout` is `other`. */
export type MaskTyped = {
  prefixes: readonly LabelPrefix[];
  value: LabelValue;
  layout: (typeof LAYOUTS)[number] | 'other';
  pattern: string;
  articleHasPrefix: boolean;
};

export type MaskFault = { readonly field: 'prefixes' | 'pattern'; readonly text: string };

/** Null: a new mask. */
export function typedOf(mask: LabelMask | null): MaskTyped {
  if (mask === null)
    return {
      prefixes: [],
      value: 'weight',
      layout: 'AAAAAVVVVV',
      pattern: 'AAAAAVVVVV',
      articleHasPrefix: false,
    };
  const { prefixes, value, layout, articleHasPrefix } = mask;
  const common = LAYOUTS.find((each) => each === layout);
  return { prefixes, value, layout: common ?? 'other', pattern: layout, articleHasPrefix };
}

/** Cyrillic letters that look like the Latin letters of a layout. */
const ALIKE: Readonly<Record<string, string>> = { А: 'A', С: 'C', Х: 'X', В: 'V' };

/** The typed layout in Latin letters; it may be invalid. */
export const layoutOf = ({ layout, pattern }: MaskTyped): string =>
  layout === 'other'
    ? pattern
        .replace(/\s/g, '')
        .toUpperCase()
        .replace(/[АСХВ]/g, (letter) => ALIKE[letter] ?? letter)
    : layout;

export function maskOf(typed: MaskTyped): LabelMask | MaskFault {
  const words = t().scaleLabels;
  const layout = layoutOf(typed);
  if (!labelLayout.safeParse(layout).success) return { field: 'pattern', text: words.patternWrong };
  if (typed.prefixes.length === 0) return { field: 'prefixes', text: words.prefixesWrong };
  const prefixes = LABEL_PREFIXES.filter((each) => typed.prefixes.includes(each));
  return { prefixes, value: typed.value, layout, articleHasPrefix: typed.articleHasPrefix };
}
