// The shop's categories: their names, order and colours, and which category a text means.
import type { CategoryRow } from '$lib/contract/rows';
import type { CategoryChange, CategoryColour } from '$lib/contract/acts/goods';
import type { EntryOf } from '$lib/contract/journal';
import type { RemoteCategoryRow } from '$lib/contract/shop-copy';
import { DEMO_CATEGORIES, demoCategoryIn } from './demo/categories';
import { currentChanges, withOrderedEdit, type Placed } from './field-edits';
import type { Language } from '$lib/domain/values/language';

export type ShopCategory = {
  /** Its identity: the first name, which goods still hold after the category was renamed. */
  readonly category: string;
  /** The new name; null: it was not renamed. */
  readonly name: string | null;
  /** Null: chosen by its place in the list. */
  readonly colour: CategoryColour | null;
  /** Sorted ascending; null: nobody has arranged it. */
  readonly order: number | null;
  /** Its goods are shown without a category. */
  readonly isRemoved: boolean;
};

/** An entry of the order that changes categories. */
export type CategoriesEntry = Placed<EntryOf<'categories-changed'>>;

/**
 * Puts the categories that an entry changes into `rows`, which holds their state before it. `deviceOf`: the newest till id of the
 * device that once had a till id. Two tills that set the same value make no discrepancy.
 */
export function editCategories(
  rows: Map<string, RemoteCategoryRow>,
  placed: CategoriesEntry,
  deviceOf: (till: string) => string,
): void {
  for (const change of placed.entry.body.changed) {
    const { category } = change;
    const judging = { deviceOf, isSame: isSameValue };
    const edits = withOrderedEdit(rows.get(category)?.edits, change, placed, judging);
    rows.set(category, { category, edits: [...edits] });
  }
}

const isSameValue = (a: CategoryChange, b: CategoryChange): boolean => a.value === b.value;

/** A category that nobody has changed. */
export const plainCategory = (category: string): ShopCategory => ({
  category,
  name: null,
  colour: null,
  order: null,
  isRemoved: false,
});

/** The category with these values of its fields. */
export const changedCategory = (
  category: ShopCategory,
  changes: readonly CategoryChange[],
): ShopCategory =>
  changes.reduce<ShopCategory>(
    (held, { field, value }) =>
      field === 'removed' ? { ...held, isRemoved: value } : { ...held, [field]: value },
    category,
  );

/**
 * All categories in their order, including removed ones and those without goods. `inGoods`: the category names that goods hold,
 * in the order of their appearance.
 */
export function shopCategories(
  inGoods: readonly string[],
  own: readonly CategoryRow[],
  ordered: readonly RemoteCategoryRow[],
): readonly ShopCategory[] {
  const ownRows = new Map(own.map((row) => [row.category, row]));
  const orderedRows = new Map(ordered.map((row) => [row.category, row]));
  const empty = [...orderedRows.keys(), ...ownRows.keys()].toSorted(byText);
  return [...new Set([...inGoods, ...empty])]
    .map((category) =>
      changedCategory(
        plainCategory(category),
        currentChanges(ownRows.get(category)?.edits ?? [], orderedRows.get(category)?.edits ?? []),
      ),
    )
    .toSorted(byOrder);
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Categories that nobody has arranged come after the others and keep their order. */
function byOrder(a: ShopCategory, b: ShopCategory): number {
  if (a.order === null || b.order === null)
    return Number(a.order === null) - Number(b.order === null);
  return a.order - b.order || byText(a.category, b.category);
}

/** The distance between two categories, so that another can be moved in between. */
const STEP = 1_048_576;
/** The largest order that is given; the contract's bound is a little higher. */
const FARTHEST = 900_000_000_000;

/** The changes that move a category to a place of this list: one if there is room, otherwise the whole list is numbered again. */
export function movedTo(
  list: readonly ShopCategory[],
  category: string,
  place: number,
): CategoryChange[] {
  const moving = list.find((each) => each.category === category);
  if (moving === undefined || list[place] === moving) return [];
  const others = list.filter((each) => each !== moving);
  const order = orderBetween(others[place - 1], others[place]);
  if (order !== null) return [{ category, field: 'order', value: order }];
  return others.toSpliced(place, 0, moving).flatMap((each, at): CategoryChange[] => {
    const value = (at + 1) * STEP;
    return each.order === value ? [] : [{ category: each.category, field: 'order', value }];
  });
}

/** An order between those of two neighbours; an undefined neighbour is the end of the list. Null: there is no room. */
function orderBetween(
  before: ShopCategory | undefined,
  after: ShopCategory | undefined,
): number | null {
  const [low, high] = [before?.order, after?.order];
  if (low === null || high === null) return null;
  if (low === undefined || high === undefined) {
    const end = low === undefined ? (high ?? STEP) - STEP : low + STEP;
    return Math.abs(end) > FARTHEST ? null : end;
  }
  const middle = Math.floor((low + high) / 2);
  return middle > low && middle < high ? middle : null;
}

/** The name that is shown. */
export const categoryNameIn = (
  { category, name }: Pick<ShopCategory, 'category' | 'name'>,
  language: Language,
): string => name ?? demoCategoryIn(category, language);

/** The names that a category is shown under, in any language. */
function shownNames({ category, name }: ShopCategory): readonly string[] {
  if (name !== null) return [name];
  const demo = DEMO_CATEGORIES.find(({ ru, en }) => ru === category || en === category);
  return demo === undefined ? [category] : [category, demo.ru, demo.en];
}

/** Equal for two spellings of one name: upper and lower case and spaces do not matter. */
const spellingKey = (name: string): string =>
  name.normalize().trim().replace(/\s+/gu, ' ').toLowerCase();

/** Categories that are not removed and share a shown name with another one, in any language. */
export function namesakes(all: readonly ShopCategory[]): ReadonlySet<string> {
  const named = new Map<string, Set<string>>();
  for (const each of all)
    for (const name of each.isRemoved ? [] : shownNames(each)) {
      const key = spellingKey(name);
      named.set(key, (named.get(key) ?? new Set()).add(each.category));
    }
  return new Set([...named.values()].flatMap((same) => (same.size > 1 ? [...same] : [])));
}

/** The category that each name means; names as written, and their spelling keys. Can be sent to a worker. */
export type CategoryNames = {
  /** The names that are shown; a category that is offered takes precedence over a removed one. */
  readonly shown: ReadonlyMap<string, string>;
  /** First names, also of categories that were renamed: a price list still has them. */
  readonly first: ReadonlyMap<string, string>;
};

export function categoryNames(all: readonly ShopCategory[]): CategoryNames {
  // reversed, because the last entry of a name wins in a `Map`, and the first category of a name should win
  const offeredLast = [
    ...all.filter(({ isRemoved }) => !isRemoved),
    ...all.filter(({ isRemoved }) => isRemoved),
  ].toReversed();
  const shown = offeredLast.flatMap((each) =>
    shownNames(each).map((name): [string, string] => [name, each.category]),
  );
  const first = offeredLast.map(({ category }): [string, string] => [category, category]);
  return { shown: bySpelling(shown), first: bySpelling(first) };
}

const bySpelling = (named: readonly [name: string, category: string][]) =>
  new Map([...named.map(([name, of]) => [spellingKey(name), of] as const), ...named]);

/** The category that a text of a price list or a form means; the text itself if it is a new one. */
export function categoryMeant(text: string, { shown, first }: CategoryNames): string {
  const key = spellingKey(text);
  return shown.get(text) ?? shown.get(key) ?? first.get(text) ?? first.get(key) ?? text;
}

/**
 * The changes that add a category under this name, or bring back a removed one of this name. If the name is the identity of
 * another category, the new identity gets a number. Null: a category of this name is offered already.
 */
export function addedCategory(
  name: string,
  all: readonly ShopCategory[],
): { readonly category: string; readonly changes: CategoryChange[] } | null {
  const isNamed = (each: ShopCategory) =>
    shownNames(each).some((shown) => spellingKey(shown) === spellingKey(name));
  const held = all.filter(isNamed);
  if (held.some(({ isRemoved }) => !isRemoved)) return null;
  const [removed] = held;
  if (removed !== undefined) {
    const { category } = removed;
    return { category, changes: [{ category, field: 'removed', value: false }] };
  }
  const taken = new Set(all.map(({ category }) => spellingKey(category)));
  let category = name;
  for (let number = 2; taken.has(spellingKey(category)); number += 1)
    category = `${name} ${number}`;
  return {
    category,
    changes: [
      { category, field: 'removed', value: false },
      ...(category === name ? [] : [{ category, field: 'name', value: name } as const]),
    ],
  };
}
