// Categories: their names and order, how names find them, and who may change them.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CategoryChange } from '$lib/contract/acts/goods';
import { decideCategoriesChanged } from '$lib/domain/acts/goods/categories-changed';
import {
  addedCategory,
  categoryMeant,
  categoryNameIn,
  categoryNames,
  changedCategory,
  movedTo,
  plainCategory,
  shopCategories,
  type ShopCategory,
} from '$lib/domain/shop-categories';
import { CASHIER, OWNER, shopPolicy, verified } from './fixtures';

const policy = verified(shopPolicy());
const bread = plainCategory('Хлеб');
const milk = plainCategory('Молоко');
const named = (category: ShopCategory, name: string): ShopCategory => ({ ...category, name });
const naming = (category: string, name: string) =>
  ({ category, field: 'name', value: name }) as const;
const decide = (
  changed: readonly CategoryChange[],
  known: readonly ShopCategory[] | null = [bread, milk],
  operator = OWNER,
) => decideCategoriesChanged({ policy, operator, changed: [...changed], known });
const refused = (because: object) => ({ kind: 'refused', because });

test('operators who may change goods may rename, arrange, colour and remove categories', () => {
  const changed: CategoryChange[] = [
    naming('Хлеб', 'Выпечка'),
    { category: 'Хлеб', field: 'order', value: -3 },
    { category: 'Хлеб', field: 'colour', value: 'blue' },
    { category: 'Молоко', field: 'removed', value: true },
  ];
  expect(decide(changed)).toEqual({ kind: 'decided', body: { changed } });
  expect(decide(changed, null)).toEqual({ kind: 'decided', body: { changed } });
  expect(decide(changed, [], CASHIER)).toEqual(
    refused({ kind: 'no-right', right: 'manage-catalogue' }),
  );
});

test('two categories are not shown under one name, however it is spelt', () => {
  const taken = refused({ kind: 'name-taken' });
  expect(decide([naming('Хлеб', ' молоко')])).toEqual(taken);
  // the name can be used once the other category is renamed or removed
  expect(decide([naming('Хлеб', 'Молоко')], [bread, named(milk, 'Сыр')]).kind).toBe('decided');
  const removed = { ...milk, isRemoved: true };
  expect(decide([naming('Хлеб', 'Молоко')], [bread, removed]).kind).toBe('decided');
  // then the other one cannot be brought back under it
  const back = [{ category: 'Молоко', field: 'removed', value: false }] as const;
  expect(decide(back, [named(bread, 'Молоко'), removed])).toEqual(taken);
  expect(decide([naming('Хлеб', 'Сыр'), naming('Молоко', 'сыр')], null)).toEqual(taken);
  expect(decide([{ category: 'молоко', field: 'removed', value: false }])).toEqual(taken);
});

test('two categories that got the same name at different tills do not block other changes', () => {
  const both = [named(bread, 'Молоко'), milk];
  expect(decide([{ category: 'Хлеб', field: 'order', value: 1 }], both).kind).toBe('decided');
  expect(decide([naming('Хлеб', 'Хлеб')], both).kind).toBe('decided');
});

test('an act may change a field only once', () => {
  expect(decide([naming('Хлеб', 'Булки'), naming('Хлеб', 'Выпечка')])).toEqual(
    refused({ kind: 'named-twice' }),
  );
});

test('arranged categories come first, others as they appear in goods, then those without goods', () => {
  const change = (category: string, order: number) => ({
    category,
    edits: [{ change: { category, field: 'order', value: order } as const, entry: 'e' }],
  });
  const own = [change('Сыр', 5), change('Рыба', 5), { category: 'Пусто', edits: [] }];
  expect(
    shopCategories(['Хлеб', 'Сыр', 'Молоко'], own, []).map(({ category }) => category),
  ).toEqual(['Рыба', 'Сыр', 'Хлеб', 'Молоко', 'Пусто']);
});

test('a text means the category that is shown under it, then the one whose first name it is', () => {
  const names = categoryNames([
    named(bread, 'Выпечка'),
    { ...named(milk, 'Сыр'), isRemoved: true },
    plainCategory('Сыр'),
    plainCategory('Напитки'),
  ]);
  expect(categoryMeant('Выпечка', names)).toBe('Хлеб');
  expect(categoryMeant('  выпечка ', names)).toBe('Хлеб');
  // a price list still has the old name
  expect(categoryMeant('Хлеб', names)).toBe('Хлеб');
  expect(categoryMeant('Сыр', names)).toBe('Сыр');
  expect(categoryMeant('Молоко', names)).toBe('Молоко');
  // the demo's are shown in the screen's language
  expect(categoryMeant('Drinks', names)).toBe('Напитки');
  expect(categoryMeant('Рыба', names)).toBe('Рыба');
  // two spellings that were imported as two categories stay two
  const two = categoryNames([plainCategory('Рыба'), plainCategory('рыба')]);
  expect(categoryMeant('рыба', two)).toBe('рыба');
  expect(categoryMeant('Рыба', two)).toBe('Рыба');
});

test('adding a name makes a new category, brings back a removed one, or finds it offered already', () => {
  const all = [named(bread, 'Выпечка'), { ...milk, isRemoved: true }];
  const offered = (category: string) => ({ category, field: 'removed', value: false });
  expect(addedCategory('Рыба', all)).toEqual({ category: 'Рыба', changes: [offered('Рыба')] });
  expect(addedCategory('молоко', all)).toEqual({
    category: 'Молоко',
    changes: [offered('Молоко')],
  });
  expect(addedCategory('выпечка', all)).toBeNull();
  // the first name of a renamed category can be given to another one
  expect(addedCategory('Хлеб', all)).toEqual({
    category: 'Хлеб 2',
    changes: [offered('Хлеб 2'), naming('Хлеб 2', 'Хлеб')],
  });
});

test('a category can be moved to any place, and the others keep their order', () => {
  const move = fc.record({ from: fc.nat(4), to: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      let list: readonly ShopCategory[] = ['A', 'B', 'C', 'D', 'E'].map(plainCategory);
      for (const { from, to } of moves) {
        const moving = list[from]!;
        const changes = movedTo(list, moving.category, to);
        const expected = list.filter((each) => each !== moving).toSpliced(to, 0, moving);
        const rows = list.map((each) => {
          const own = changes.filter(({ category }) => category === each.category);
          return changedCategory(each, own);
        });
        list = rows.toSorted((a, b) => (a.order ?? Infinity) - (b.order ?? Infinity));
        expect(list.map(({ category }) => category)).toEqual(
          expected.map(({ category }) => category),
        );
        // once all have an order, usually only one changes
        expect(changes.length).toBeLessThanOrEqual(5);
      }
    }),
  );
});

test('a move changes one category if there is room, otherwise all of them', () => {
  const placed = (category: string, order: number | null) => ({
    ...plainCategory(category),
    order,
  });
  const list = [placed('A', 10), placed('B', 20), placed('C', 30)];
  expect(movedTo(list, 'C', 1)).toEqual([{ category: 'C', field: 'order', value: 15 }]);
  const tight = [placed('A', 10), placed('B', 11), placed('C', 30)];
  expect(movedTo(tight, 'C', 1).length).toBe(3);
  expect(movedTo([placed('A', 10), placed('B', null)], 'A', 1).length).toBe(2);
  expect(movedTo(list, 'B', 1)).toEqual([]);
});

test('a category is shown under its new name, otherwise its first; a demo category in the language', () => {
  expect(categoryNameIn(named(bread, 'Выпечка'), 'en')).toBe('Выпечка');
  expect(categoryNameIn(bread, 'en')).toBe('Хлеб');
  expect(categoryNameIn(plainCategory('Напитки'), 'en')).toBe('Drinks');
});
