// The part of a message to owners about changed goods: how many, and one of them as an example.
import type { FieldChange } from '$lib/contract/acts/goods';
import type { GoodsTold } from '$lib/contract/owner-notice';
import type { Relay } from '../context';
import { entryBehind } from '../store/originals';
import { addingEntry } from '../store/product-prices';
import { nameEdit } from '../store/goods-edits';
import { originalIn } from './stored-entries';

type Told = GoodsTold['example']['field'];

/**
 * The field of an edit by which goods can be sold as others, cheaper, to anybody or untaxed; null: it is another one. A lower price
 * is not among them: it has a message of its own.
 */
export function guardedField(change: FieldChange): Told | null {
  switch (change.field) {
    case 'name':
    case 'names':
      return 'name';
    case 'barcodes':
    case 'tax':
    case 'askAge':
      return change.field;
    case 'noDiscounts':
      return change.value ? change.field : null;
    case 'marked':
      return change.value ? null : change.field;
    default:
      return null;
  }
}

/** `edits`: the product of each edit, and its field. Null: there are none. */
export async function goodsTold(
  db: Relay['db'],
  edits: readonly { readonly product: string; readonly field: Told }[],
): Promise<GoodsTold | null> {
  const [first] = edits;
  if (first === undefined) return null;
  const name = await nameOf(db, first.product);
  const products = new Set(edits.map(({ product }) => product)).size;
  return { products, example: { name, field: first.field } };
}

/** The name of a product by the shop's order; null: the relay has no entry that gives one. */
async function nameOf(db: Relay['db'], product: string): Promise<string | null> {
  const hash = await nameEdit(db, product);
  const all = { device: [], seen: Number.MAX_SAFE_INTEGER };
  const edit = hash === null ? null : originalIn(await entryBehind(db, hash, all));
  if (edit?.act === 'products-changed')
    for (const change of edit.body.changed)
      if (change.product === product && change.field === 'name') return change.value;
  const first = originalIn(await addingEntry(db, product));
  if (first?.act !== 'products-changed') return null;
  return first.body.added.find(({ id }) => id === product)?.name ?? null;
}
