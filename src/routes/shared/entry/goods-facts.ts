// The facts of a change of goods: the file it came from, and the first products that it changed.
import type { EntryOf } from '$lib/contract/journal';
import { t } from '$lib/ui/text/current.svelte';
import { changeWords } from '../words/goods-words';
import { inSum, type EntryFact, type Names } from './entry-fact';

/** Number of rows shown of each list of goods. */
export const MOST_SHOWN = 50;

export function goodsFacts(
  { body }: EntryOf<'products-changed'>,
  names: Names,
): readonly EntryFact[] {
  const words = t().journal.detail;
  const { file, source, refused, added, changed, counted } = body;
  return [
    ...(file === null ? [] : [{ term: words.file, value: file }]),
    ...(source === 'file' ? [{ term: words.refusedRows, value: String(refused) }] : []),
    ...added.slice(0, MOST_SHOWN).map(({ name, price }) => ({
      term: name,
      value: `${t().toSettle.fields.price} ${inSum(price)}`,
    })),
    ...changed.slice(0, MOST_SHOWN).map((change) => ({
      term: names.product(change.product),
      value: changeWords(change),
    })),
    ...counted.slice(0, MOST_SHOWN).map(({ product, delta }) => ({
      term: names.product(product),
      value: words.countedBy(delta / 1000),
    })),
  ];
}
