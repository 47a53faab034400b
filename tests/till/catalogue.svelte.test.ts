// The goods that the till shows first, changes by other tills, and categories.
import { USUAL_TAX } from '$lib/domain/goods/product';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { demoGoods } from '$lib/domain/demo/goods';
import type { Product } from '$lib/domain/goods/product';
import { Catalogue } from '$lib/state/catalogue.svelte';
import { saveMeta } from '$lib/storage/database/meta';
import { importGoods } from '../support/goods';
import { latestSold } from '$lib/storage/sales/sales';
import {
  AT,
  BREAD,
  cash,
  CHEESE,
  discard,
  id,
  openShop,
  OWNER,
  receiptOf,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
  const like = (product: string, name: string, n: number): Product => ({
    ...(demoGoods({ code: 'RUB', digits: 2 }, 'ru')[n] as Product),
    id: product,
    name,
    names: { ru: null, en: null },
    noDiscounts: false,
    askAge: null,
    marked: false,
    usualMost: null,
    tax: USUAL_TAX,
    barcodes: [],
  });
  const goods = [
    like(id(33), 'соль', 0),
    like(id(34), 'мука', 1),
    like(CHEESE, 'сыр', 2),
    like(BREAD, 'хлеб', 3),
  ];
  await importGoods(shop.db, { products: goods });
});
afterEach(() => discard(shop.db));

const DAY_MS = 24 * 60 * 60_000;
/** All sales were made before it, unless the test says otherwise. */
let startOfToday: number;
beforeEach(() => {
  startOfToday = AT + 1;
});

async function opened(): Promise<Catalogue> {
  const catalogue = new Catalogue(
    shop.db,
    () => undefined,
    () => startOfToday,
  );
  await catalogue.load();
  return catalogue;
}

const often = async (catalogue: Catalogue, limit: number) =>
  (await catalogue.often(limit)).map(({ name }) => name);

const sell = (n: number, parts: { bread?: number; cheese?: number }) =>
  shop.sell(receiptOf(id(1000 + n), { ...parts, tenders: [cash(10_000_000)] }));

test('before the first sale the first goods of the catalogue are shown', async () => {
  expect(await often(await opened(), 3)).toEqual(['соль', 'мука', 'сыр']);
});

test('after a start the goods on the most receipts come first, then the catalogue', async () => {
  await sell(1, { bread: 1, cheese: 1 });
  await sell(2, { bread: 1 });
  await sell(3, { bread: 0, cheese: 5 });
  await sell(4, { bread: 1 });
  const catalogue = await opened();
  expect(await often(catalogue, 3)).toEqual(['хлеб', 'сыр', 'соль']);
  expect(await often(catalogue, 1)).toEqual(['хлеб']);
});

test('of more sales than are counted, the latest count', async () => {
  await sell(1, { bread: 1 });
  await sell(2, { bread: 2 });
  await sell(3, { bread: 0, cheese: 1 });
  await sell(4, { bread: 1, cheese: 1 });
  expect(await latestSold(shop.db, AT + 1, 2)).toEqual([[BREAD, CHEESE], [CHEESE]]);
});

test('the tiles keep their places all day, also after a restart; the next day counts its sales', async () => {
  startOfToday = AT;
  const catalogue = await opened();
  await sell(1, { bread: 1 });
  await catalogue.afterSale();
  expect(await often(catalogue, 2)).toEqual(['соль', 'мука']);
  expect(await often(await opened(), 2)).toEqual(['соль', 'мука']);
  startOfToday = AT + DAY_MS;
  expect(await often(catalogue, 2)).toEqual(['хлеб', 'соль']);
});

test('what another till has changed and sold is shown when it is read again', async () => {
  const catalogue = await opened();
  const [first] = await catalogue.all(0, 1);
  const product = first!.id;
  const change = { product, field: 'price', value: 777 } as const;
  const edits = [{ change, order: 9, till: id(700), own: null }];
  await shop.db.remoteProducts.put({ product, edits });
  await shop.db.remoteStock.put({ product, delta: -2000 });
  await saveMeta(shop.db, 'remote-goods', 9);
  await catalogue.refresh();
  expect((await catalogue.get([product]))[0]?.price).toBe(777);
  const revision = catalogue.revision;
  await catalogue.refresh();
  expect(catalogue.revision).toBe(revision);
});

test('categories come in the shop’s order, and goods of a removed one without a category', async () => {
  const catalogue = await opened();
  const by = { operator: OWNER, at: AT };
  const names = () => catalogue.filledCategories.map((each) => each?.category ?? null);
  const [first] = names();
  const category = first ?? '';
  const count = catalogue.goodsIn(category);
  expect([catalogue.goodsIn(null), catalogue.placeOf(category)]).toEqual([0, 0]);
  await catalogue.changeCategories({
    changed: [
      { category: 'Цветы', field: 'removed', value: false },
      { category: 'Цветы', field: 'order', value: 1 },
    ],
    ...by,
  });
  // offered although it has no goods yet
  expect(catalogue.categories[0]?.category).toBe('Цветы');
  expect(names()[0]).toBe(category);
  const { revision } = catalogue;
  const removed = [{ category, field: 'removed', value: true }] as const;
  expect(await catalogue.changeCategories({ changed: removed, ...by })).toEqual({ kind: 'saved' });
  expect(catalogue.revision).toBeGreaterThan(revision);
  expect(names().at(-1)).toBeNull();
  expect([catalogue.goodsIn(null), catalogue.placeOf(category)]).toEqual([count, -1]);
  expect(await catalogue.category(null, 100)).toHaveLength(count);
});
