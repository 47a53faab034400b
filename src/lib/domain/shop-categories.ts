// The shop's categories: how they are named, ordered and coloured, which of them a text means.
import type { CategoryChange, CategoryColour } from '$lib/contract/acts/goods';
import type { EntryOf } from '$lib/contract/journal';
import type { RemoteCategoryRow } from '$lib/contract/shop-copy';
import { DEMO_CATEGORIES, demoCategoryIn } from './demo/categories';
import { currentChanges, withOrderedEdit, type Placed } from './field-edits';
import type { Language } from '$lib/domain/values/language';
import type { CategoryRow } from './rows';

export type ShopCategory = {
  /** Its identity: the name under which goods named it first, which they still hold. */
  readonly category: string;
  /** What it was renamed to; null: nothing. */
  readonly name: string | null;
  /** Null: by its place. */
  readonly colour: CategoryColour | null;
  /** Ascending; null: nobody has arranged it. */
  readonly order: number | null;
  /** Its goods are shown without a category. */
  readonly isRemoved: boolean;
};

/** An entry of the order that changes categories. */
export type CategoriesEntry = Placed<EntryOf<'categories-changed'>>;

/**
 * Puts the categories that an entry changes into `rows`, which holds those before it. `deviceOf`: the last id of the device that
 * had a till id. Two tills that set the same have nothing to settle.
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

/** How one is that nobody has changed. */
export const plainCategory = (category: string): ShopCategory => ({
  ...{ category, name: null, colour: null, order: null, isRemoved: false },
});

/** The category with these values of its fields. */
export function changedCategory(
  category: ShopCategory,
  changes: readonly CategoryChange[],
): ShopCategory {
  return changes.reduce<ShopCategory>(
    (held, { field, value }) =>
      field === 'removed' ? { ...held, isRemoved: value } : { ...held, [field]: value },
    category,
  );
}

/**
 * All categories in their order, the removed ones and those without goods among them. `inGoods`: the first names that goods have,
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

/** Those that nobody has arranged stay as they are, after the others. */
function byOrder(a: ShopCategory, b: ShopCategory): number {
  if (a.order === null || b.order === null)
    return Number(a.order === null) - Number(b.order === null);
  return a.order - b.order || byText(a.category, b.category);
}

/** Between two categories, so that another can be moved in between. */
const STEP = 1_048_576;
/** Within what the act may hold. */
const FARTHEST = 900_000_000_000;

/** What moves a category to a place of this list: one change if there is room, otherwise the whole list is numbered again. */
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

/** An order between those of two neighbours; undefined: the end of the list. Null: there is none. */
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
export function categoryNameIn(
  { category, name }: Pick<ShopCategory, 'category' | 'name'>,
  language: Language,
): string {
  return name ?? demoCategoryIn(category, language);
}

/** The names that it is shown under, in any language. */
function shownNames({ category, name }: ShopCategory): readonly string[] {
  if (name !== null) return [name];
  const demo = DEMO_CATEGORIES.find(({ ru, en }) => ru === category || en === category);
  return demo === undefined ? [category] : [category, demo.ru, demo.en];
}

/** Equal for two spellings of one name: letters' case and gaps do not count. */
const spellingKey = (name: string): string =>
  name.normalize().trim().replace(/\s+/gu, ' ').toLowerCase();

/** Offered categories that are shown under a name of another one, in any language. */
export function namesakes(all: readonly ShopCategory[]): ReadonlySet<string> {
  const named = new Map<string, Set<string>>();
  for (const each of all)
    for (const name of each.isRemoved ? [] : shownNames(each)) {
      const key = spellingKey(name);
      named.set(key, (named.get(key) ?? new Set()).add(each.category));
    }
  return new Set([...named.values()].flatMap((same) => (same.size > 1 ? [...same] : [])));
}

/** Which category each name means, as it is written and by its spelling key. Can be sent to a worker. */
export type CategoryNames = {
  /** The names that are shown; of an offered category before those of a removed one. */
  readonly shown: ReadonlyMap<string, string>;
  /** First names, also of categories that were renamed: a price list still has them. */
  readonly first: ReadonlyMap<string, string>;
};

export function categoryNames(all: readonly ShopCategory[]): CategoryNames {
  // the first one of a name counts, and it is set last
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
 * What adds a category under this name, or brings a removed one of this name back. A name that was another's first one gets a
 * number in its identity. Null: it is offered already.
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
