// The labels that a scale prints by the first policy: article and grams.
import type { LabelMask, LabelPrefix } from '$lib/contract/label-mask';
import { labelCode } from '$lib/domain/goods/scale-label';

export const WEIGHT_LABELS: LabelMask = {
  prefixes: ['20', '21', '22'],
  value: 'weight',
  layout: 'AAAAAVVVVV',
  articleHasPrefix: false,
};

export function labelOf(article: string, grams: number, prefix: LabelPrefix = '21'): string {
  const code = labelCode(WEIGHT_LABELS, prefix, { article, amount: grams });
  if (code === null) throw new Error(`too long for a label: ${article}, ${grams}`);
  return code;
}
