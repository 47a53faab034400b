// An act that names, arranges, colours, removes or brings back categories: decides and projects it.
import type { CategoryRow } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { CategoryChange } from '$lib/contract/acts/goods';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { withOwnEdit } from '$lib/domain/field-edits';
import { refusedRight, type Decided, type Deciding, type NoRight } from '$lib/domain/policy/rights';
import { NO_READS, type Before, type ProjectedChange, type Reads } from '$lib/domain/rows';
import {
  changedCategory,
  plainCategory,
  namesakes,
  type ShopCategory,
} from '$lib/domain/shop-categories';

export type CategoriesInput = Deciding &
  BodyOf<'categories-changed'> & {
    /** All categories as the author knows them. Null: not known, as at the relay, which does not read the goods. */
    readonly known: readonly ShopCategory[] | null;
  };

export type CategoriesRefusal =
  | NoRight
  /** The act changes a field twice. */
  | { readonly kind: 'named-twice' }
  /** Two categories that are not removed would be shown under one name. */
  | { readonly kind: 'name-taken' };

export function decideCategoriesChanged(
  input: CategoriesInput,
): Decided<BodyOf<'categories-changed'>, CategoriesRefusal> {
  const { changed, known } = input;
  const refused = (because: CategoriesRefusal) => ({ kind: 'refused', because }) as const;
  const noRight = refusedRight(categoriesRules, input);
  if (noRight !== null) return refused(noRight);
  const fields = changed.map(({ category, field }) => `${field} ${category}`);
  if (new Set(fields).size < fields.length) return refused({ kind: 'named-twice' });
  // if the categories are not known, only the names that this act gives can be compared
  const named = changed.filter(({ field }) => known !== null || field === 'name');
  const missing = new Set(named.map(({ category }) => category));
  for (const { category } of known ?? []) missing.delete(category);
  const changesOf = new Map<string, CategoryChange[]>();
  for (const change of changed)
    changesOf.set(change.category, [...(changesOf.get(change.category) ?? []), change]);
  const after = [...(known ?? []), ...[...missing].map(plainCategory)].map((each) =>
    changedCategory(each, changesOf.get(each.category) ?? []),
  );
  const shown = new Set(
    changed.flatMap(({ category, field, value }) =>
      field === 'name' || (field === 'removed' && !value) ? [category] : [],
    ),
  );
  const twice = namesakes(after);
  if ([...shown].some((category) => twice.has(category))) return refused({ kind: 'name-taken' });
  return { kind: 'decided', body: { changed } };
}

function readsOfCategories({ body }: EntryOf<'categories-changed'>): Reads {
  return { ...NO_READS, categories: [...new Set(body.changed.map(({ category }) => category))] };
}

function projectCategories(
  { hash, body }: EntryOf<'categories-changed'>,
  before: Before,
): ProjectedChange[] {
  const rows = new Map<string, CategoryRow>();
  for (const change of body.changed) {
    const { category } = change;
    const held = rows.get(category) ?? before.categories(category);
    rows.set(category, {
      category,
      edits: withOwnEdit(held?.edits ?? [], { change, entry: hash }),
    });
  }
  return [{ table: 'categories', op: 'put', rows: [...rows.values()] }];
}

export const categoriesRules = {
  rights: ['manage-catalogue'],
  reads: readsOfCategories,
  project: projectCategories,
} as const satisfies ActRules<'categories-changed'>;

export const categoriesAgain = {
  again: ({ body }, known) => decideCategoriesChanged({ ...known, ...body, known: null }),
} as const satisfies AgainRules<'categories-changed'>;
