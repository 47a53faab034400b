// Categories over several whole tills and a real relay:
// named, arranged and removed at one till, they are the same at all.
import { USUAL_TAX } from '$lib/domain/goods/product';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CategoryChange, CategoryColour } from '$lib/contract/acts/goods';
import { money } from '$lib/domain/values/money';
import type { Product } from '$lib/domain/goods/product';
import { changedCategory, plainCategory, type ShopCategory } from '$lib/domain/shop-categories';
import { openDiscrepancies } from '$lib/storage/customers/discrepancies';
import { applyStaleEdit, staleCategories } from '$lib/storage/customers/settled-discrepancies';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import { cases, limitOf } from '../support/cases';
import { closeWholeShop, openWholeShop, syncTills, type WholeShop } from '../support/whole-shop';
import { BREAD, WholeTill } from '../support/whole-till';

let whole: WholeShop;
let shop: WholeShop['shop'];
let tills: WholeTill[];
let one: WholeTill;
let other: WholeTill;

async function open(): Promise<void> {
  whole = await openWholeShop();
  ({ shop, tills, one, other } = whole);
}

const close = () => closeWholeShop(whole);

beforeEach(open);
afterEach(close);

const bread: Product = {
  id: BREAD,
  name: 'хлеб',
  names: { ru: null, en: null },
  noDiscounts: false,
  askAge: null,
  marked: false,
  usualMost: null,
  tax: USUAL_TAX,
  sku: null,
  barcodes: [],
  price: money(10_000),
  unit: 'piece',
  category: 'Хлеб',
  stock: null,
};
const plain = plainCategory('Хлеб');
const name = (value: string, category = 'Хлеб') => ({ category, field: 'name', value }) as const;
const colour = (value: CategoryColour | null) =>
  ({ category: 'Хлеб', field: 'colour', value }) as const;
const removed = (value: boolean, category = 'Хлеб') =>
  ({ category, field: 'removed', value }) as const;

const settle = () => syncTills(tills);

async function expectAll(expected: readonly ShopCategory[]): Promise<void> {
  for (const till of tills) {
    expect(await till.categories()).toEqual(expected);
    expect(await checkRemote(till.db)).toBe(false);
  }
}

test('names, order, colours and removals of one till are the same at the other', async () => {
  await one.changeGoods([bread]);
  await one.changeCategories([removed(false, 'Рыба')]);
  await settle();
  await other.changeCategories([
    ...[name('Выпечка'), colour('blue'), { category: 'Хлеб', field: 'order', value: 5 } as const],
  ]);
  await other.changeCategories([removed(true, 'Рыба')]);
  await settle();
  await expectAll([
    { ...plain, name: 'Выпечка', colour: 'blue', order: 5 },
    { ...plainCategory('Рыба'), isRemoved: true },
  ]);
  // goods keep the category's first name, whatever it is called now
  expect(await other.goods()).toEqual([bread]);
  await one.changeCategories([removed(false, 'Рыба')]);
  await settle();
  expect((await other.categories()).map(({ isRemoved }) => isRemoved)).toEqual([false, false]);
});

test('a name given offline and uploaded after another till’s is a discrepancy', async () => {
  await one.changeGoods([bread]);
  await settle();
  await one.changeCategories([name('Выпечка'), colour('blue')]);
  await other.changeCategories([name('Булки')]);
  expect(await one.categories()).toMatchObject([{ name: 'Выпечка' }]);
  await other.sync();
  await settle();
  // the edit of the other field counts
  await expectAll([{ ...plain, name: 'Булки', colour: 'blue' }]);
  const [found] = await openDiscrepancies(other.db);
  expect(await openDiscrepancies(one.db)).toEqual([found]);
  expect(found).toMatchObject({ kind: 'category-stale', detail: '1' });
  expect(await staleCategories(other.db, found!)).toEqual([
    { category: { ...plain, name: 'Булки', colour: 'blue' }, change: name('Выпечка') },
  ]);
  const by = { note: 'As agreed', operator: shop.owner.ownerId, at: shop.clock.now() };
  expect(await applyStaleEdit(other.db, found!, by)).toEqual({ kind: 'recorded' });
  await settle();
  await expectAll([{ ...plain, name: 'Выпечка', colour: 'blue' }]);
  for (const till of tills) expect(await openDiscrepancies(till.db)).toEqual([]);
});

test('a stale name that another category has by now is not applied', async () => {
  await one.changeGoods([bread]);
  await settle();
  await one.changeCategories([name('Выпечка')]);
  await other.changeCategories([name('Булки')]);
  await other.changeCategories([removed(false, 'Выпечка')]);
  await other.sync();
  await settle();
  const [found] = await openDiscrepancies(one.db);
  const by = { note: 'As agreed', operator: shop.owner.ownerId, at: shop.clock.now() };
  expect(await applyStaleEdit(one.db, found!, by)).toEqual({
    kind: 'refused',
    because: { kind: 'name-taken' },
  });
});

test('two tills that add the same category without contact have one, and no discrepancy', async () => {
  await one.changeCategories([removed(false, 'Рыба')]);
  await other.changeCategories([removed(false, 'Рыба')]);
  await settle();
  await expectAll([plainCategory('Рыба')]);
  expect(await openDiscrepancies(one.db)).toEqual([]);
});

test('the name of another category is refused, and so are operators who may not change goods', async () => {
  await one.changeGoods([bread, { ...bread, id: BREAD.replace('b1', 'b2'), category: 'Молоко' }]);
  expect(await one.changeCategories([name('молоко')])).toEqual({
    kind: 'refused',
    because: { kind: 'name-taken' },
  });
  const operator = '0198c000-0000-7000-8000-0000000000ff';
  expect(await one.changeCategories([name('Выпечка')], { operator })).toEqual({
    kind: 'refused',
    because: { kind: 'no-right', right: 'manage-catalogue' },
  });
});

test('a device that re-enrols under another id keeps its categories', async () => {
  await one.changeGoods([bread]);
  await settle();
  await one.changeCategories([name('Выпечка')]);
  await one.reEnrol();
  await settle();
  await other.changeCategories([name('Булки')]);
  await settle();
  await expectAll([{ ...plain, name: 'Булки' }]);
});

test('categories stay when a damaged copy is dropped; altered ones are downloaded again', async () => {
  await one.changeGoods([bread]);
  await one.changeCategories([name('Выпечка')]);
  await settle();
  await other.changeCategories([colour('rose')]);
  await settle();
  const expected = [{ ...plain, name: 'Выпечка', colour: 'rose' as const }];
  await forgetRemote(other.db, 'kept');
  await expectAll(expected);
  await settle();
  await expectAll(expected);
  const row = await other.db.remoteCategories.get('Хлеб');
  const edits = row!.edits.map((edit) => ({ ...edit, order: edit.order + 1 }));
  await other.db.remoteCategories.put({ ...row!, edits });
  expect(await checkRemote(other.db)).toBe(true);
  await settle();
  await expectAll(expected);
});

/** What a till does: names, colours or removes one of two categories, uploads, downloads. */
type Act = { readonly till: number } & (
  | { readonly kind: 'change'; readonly change: CategoryChange }
  | { readonly kind: 'send' | 'hear' | 'forget' | 'forget-but-goods' }
);

const category = fc.constantFrom('Хлеб', 'Рыба');
const change: fc.Arbitrary<CategoryChange> = fc.oneof(
  fc.record({
    category,
    field: fc.constant('order'),
    value: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({
    category,
    field: fc.constant('colour'),
    value: fc.constantFrom('blue', 'rose', null),
  }),
  fc.record({ category, field: fc.constant('removed'), value: fc.boolean() }),
);
const till = fc.nat(2);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ till, kind: fc.constant('change'), change }) },
  { weight: 5, arbitrary: fc.record({ till, kind: fc.constantFrom('send', 'send', 'hear') }) },
  {
    weight: 2,
    arbitrary: fc.record({ till, kind: fc.constantFrom('forget', 'forget-but-goods') }),
  },
);

/** Edits that did not count because their authors did not know another. */
let stale = 0;

/** The categories by the order alone, independent of the product's code: for each field the last edit that knew its predecessor. */
async function expectedCategories(reader: WholeTill): Promise<readonly ShopCategory[]> {
  type Edit = { order: number; till: string; change: CategoryChange };
  const counts = new Map<string, Edit>();
  for (const { order, entry } of await reader.db.remoteJournal.orderBy('order').toArray()) {
    if (entry?.act !== 'categories-changed') continue;
    const { changed } = entry['body'] as { changed: CategoryChange[] };
    const seen = (entry['seen'] as { order: number }).order;
    for (const each of changed) {
      const key = `${each.category} ${each.field}`;
      const held = counts.get(key);
      if (held !== undefined && held.change.value === each.value) continue;
      const isUnknown = held !== undefined && held.order > seen && held.till !== entry.till;
      if (isUnknown) stale += 1;
      else counts.set(key, { order, till: entry.till, change: each });
    }
  }
  const all = [...counts.values()].map((edit) => edit.change);
  const known = new Set(['Хлеб', ...all.map((each) => each.category)]);
  return [...known].map((each) =>
    changedCategory(
      plainCategory(each),
      all.filter((edit) => edit.category === each),
    ),
  );
}

const byName = (list: readonly ShopCategory[]) =>
  list.toSorted((a, b) => a.category.localeCompare(b.category));

test(
  'whatever tills do and when they meet, all end with the categories that the order says',
  async () => {
    stale = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { minLength: 10, maxLength: 30, size: 'max' }),
        async (acts) => {
          await close();
          await open();
          tills.push(await WholeTill.enrolled(shop, 'Касса 3'));
          await one.changeGoods([bread]);
          await settle();
          for (const doing of acts) {
            const each = tills[doing.till]!;
            if (doing.kind === 'change') await each.changeCategories([doing.change]);
            if (doing.kind === 'send') await each.upload();
            if (doing.kind === 'hear') await each.download();
            if (doing.kind === 'forget') await forgetRemote(each.db, 'dropped');
            if (doing.kind === 'forget-but-goods') await forgetRemote(each.db, 'kept');
          }
          await settle();
          const reader = await WholeTill.enrolled(shop, 'Касса 4');
          tills.push(reader);
          await reader.sync();
          const expected = await expectedCategories(reader);
          const [first] = tills;
          for (const each of tills) {
            expect(byName(await each.categories())).toEqual(byName(expected));
            expect(await each.categories()).toEqual(await first!.categories());
            expect(await checkRemote(each.db)).toBe(false);
          }
        },
      ),
      { numRuns: cases(12) },
    );
    expect(stale, 'the schedules met no stale edit').toBeGreaterThan(0);
  },
  limitOf(120_000),
);
