// An import of goods: decides which stock it counts anew, and projects that into rows.
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { refusedRight, type Decided, type Deciding } from '$lib/domain/rights';
import type { ProjectedChange } from '$lib/domain/rows';

export type CatalogueSummary = Omit<BodyOf<'products-imported'>, 'catalogueHash' | 'recounted'>;

export type ProductsInput = Deciding & {
  readonly summary: CatalogueSummary;
  readonly catalogueHash: string;
  /** Products sold since their last count. */
  readonly sold: readonly string[];
  /** Products whose stock was counted again. */
  readonly restocked: readonly string[];
};

export function decideProductsImported(input: ProductsInput): Decided<BodyOf<'products-imported'>> {
  const noRight = refusedRight('products-imported', input);
  if (noRight !== null) return { kind: 'refused', because: noRight };
  const { summary, catalogueHash, sold } = input;
  const restocked = new Set(input.restocked);
  const recounted = sold.filter((product) => restocked.has(product));
  return { kind: 'decided', body: { ...summary, catalogueHash, recounted } };
}

/** What was sold before the count no longer counts. */
export function projectProducts({ body }: EntryOf<'products-imported'>): ProjectedChange[] {
  return [{ table: 'stock', op: 'delete', keys: body.recounted }];
}
