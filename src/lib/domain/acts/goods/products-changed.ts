// An act that adds, changes and counts goods: decides it, and projects it into rows.
import type { ProductRow } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { goodsOf } from '$lib/domain/goods/catalogue';
import { productOf } from '$lib/domain/goods/product';
import { rightsOf } from '$lib/domain/policy/policy';
import { refusedRight, type Decided, type Deciding, type NoRight } from '$lib/domain/policy/rights';
import { withOwnEdit } from '$lib/domain/field-edits';
import { NO_READS, type Before, type ProjectedChange, type Reads } from '$lib/domain/rows';

export type ProductsInput = Deciding & BodyOf<'products-changed'>;

export type ProductsRefusal =
  | NoRight
  /** The act adds or counts a product twice, or changes a field twice. */
  | { readonly kind: 'named-twice' };

/** The act needs one of two rights; an edit by hand needs `manage-catalogue`. */
export function decideProductsChanged(
  input: ProductsInput,
): Decided<BodyOf<'products-changed'>, ProductsRefusal> {
  const { policy, operator, source, file, refused, added, changed, counted } = input;
  const noRight = refusedRight(productsRules, input);
  if (noRight !== null) return { kind: 'refused', because: noRight };
  const right = 'manage-catalogue';
  if (source === 'edit' && !rightsOf(policy, operator).includes(right))
    return { kind: 'refused', because: { kind: 'no-right', right } };
  const keys = [
    ...added.map(({ id }) => id),
    // an added product contains all its values, so it is neither changed nor counted in the same act
    ...changed.map(({ product, field }) => `${product} ${field}`),
    ...counted.map(({ product }) => `${product} counted`),
  ];
  const ids = new Set(added.map(({ id }) => id));
  const isNamedTwice =
    new Set(keys).size < keys.length ||
    [...changed, ...counted].some(({ product }) => ids.has(product));
  if (isNamedTwice) return { kind: 'refused', because: { kind: 'named-twice' } };
  return { kind: 'decided', body: { source, file, refused, added, changed, counted } };
}

const readsOfProducts = ({ body }: EntryOf<'products-changed'>): Reads => ({
  ...NO_READS,
  stock: body.counted.map(({ product }) => product),
  products: [...new Set(body.changed.map(({ product }) => product))],
});

/** All added products go into one row, because writing a hundred thousand rows would take seconds. */
function projectProducts(
  { till, seq, hash, body }: EntryOf<'products-changed'>,
  before: Before,
): ProjectedChange[] {
  const rows = new Map<string, ProductRow>();
  for (const change of body.changed) {
    const { product } = change;
    const held = rows.get(product) ?? before.products(product);
    const edits = withOwnEdit(held?.edits ?? [], { change, entry: hash });
    rows.set(product, { product, edits });
  }
  const stock = body.counted.map(({ product, delta }) => ({
    product,
    delta: (before.stock(product)?.delta ?? 0) + delta,
  }));
  const added = body.added.map(productOf);
  return [
    {
      table: 'addedProducts',
      op: 'put',
      rows: added.length === 0 ? [] : [{ till, seq, hash, goods: goodsOf(added) }],
    },
    { table: 'products', op: 'put', rows: [...rows.values()] },
    { table: 'stock', op: 'put', rows: stock },
  ];
}

export const productsRules = {
  rights: ['manage-catalogue', 'data'],
  reads: readsOfProducts,
  project: projectProducts,
} as const satisfies ActRules<'products-changed'>;

export const productsAgain = {
  again: ({ body }, known) => decideProductsChanged({ ...known, ...body }),
} as const satisfies AgainRules<'products-changed'>;
