// Goods: added, changed and counted by acts, and reduced by sales.
// They are computed from the acts of this device and of others.
import { USUAL_TAX, singly } from '$lib/domain/goods/product';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pack, unpack } from '$lib/domain/goods/catalogue';
import { money } from '$lib/domain/values/money';
import type { Product } from '$lib/domain/goods/product';
import { quantity } from '$lib/domain/values/quantity';
import { changeGoods, stockDeltas } from '$lib/storage/goods/catalogue';
import { goodsIn } from '$lib/storage/remote/shown-goods';
import { importGoods, type GoodsList } from '../support/goods';
import {
  BREAD,
  AT,
  cash,
  CASHIER,
  CHEESE,
  discard,
  everything,
  id,
  openShop,
  OWNER,
  receiptOf,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const product = (productId: string, name: string, price: number): Product => ({
  id: productId,
  name,
  names: { ru: name, en: null },
  noDiscounts: false,
  askAge: null,
  marked: false,
  usualMost: null,
  tax: USUAL_TAX,
  sku: null,
  barcodes: [singly('4600000000015')],
  price: money(price),
  unit: 'piece',
  category: 'Еда',
  stock: quantity(10_000),
});
const bread = product(BREAD, 'хлеб', 10_000);
const cheese = product(CHEESE, 'сыр', 100_000);
const goods = [bread, cheese];

const store = (products: readonly Product[], more: Partial<GoodsList> = {}) =>
  importGoods(shop.db, { products, ...more });
const shown = async () => unpack(await goodsIn(shop.db));
const lastBody = async () => (await shop.db.journal.orderBy(':id').last())?.body;

/** Stock that the till shows, in thousandths. */
async function inStock(id: string): Promise<number | null> {
  const stock = (await shown()).find((each) => each.id === id)?.stock ?? null;
  return stock === null ? null : stock + ((await stockDeltas(shop.db)).get(id) ?? 0);
}

test('goods are read as they were stored, and are in the journal', async () => {
  expect(await shown()).toEqual([]);
  expect(await store(goods)).toEqual({ kind: 'saved' });
  expect(await shown()).toEqual(goods);
  const last = await shop.db.journal.orderBy(':id').last();
  expect(last).toMatchObject({ act: 'products-changed', operator: OWNER });
  const body = {
    source: 'file',
    file: 'a.csv',
    refused: 0,
    added: goods,
    changed: [],
    counted: [],
  };
  expect(last?.body).toEqual(body);
});

test('the age from which goods are sold is kept, in few products and in many', async () => {
  await store([{ ...bread, askAge: 18 }, cheese]);
  expect((await shown()).map(({ askAge }) => askAge)).toEqual([18, null]);
  await store([
    { ...bread, askAge: 21 },
    { ...cheese, askAge: 16 },
  ]);
  expect(await lastBody()).toMatchObject({
    changed: [
      { product: BREAD, field: 'askAge', value: 21 },
      { product: CHEESE, field: 'askAge', value: 16 },
    ],
  });
  const many = Array.from({ length: 40 }, (_, place) => ({
    ...product(id(7000 + place), `товар ${place}`, 100),
    barcodes: [],
    askAge: place % 2 === 0 ? 18 : null,
  }));
  await store([{ ...bread, askAge: null, marked: false }, cheese, ...many]);
  const ages = new Map((await shown()).map(({ id: of, askAge }) => [of, askAge]));
  expect(ages.get(BREAD)).toBeNull();
  expect(many.map(({ id: of }) => ages.get(of))).toEqual(many.map(({ askAge }) => askAge));
});

test('the most that is usually sold at once is kept, in few products and in many', async () => {
  await store([bread, { ...cheese, usualMost: quantity(5_000) }]);
  expect((await shown()).map(({ usualMost }) => usualMost)).toEqual([null, 5_000]);
  const many = Array.from({ length: 40 }, (_, place) => ({
    ...product(id(7000 + place), `товар ${place}`, 100),
    barcodes: [],
    usualMost: place % 2 === 0 ? quantity(99_999_999) : null,
  }));
  await store([{ ...bread, usualMost: quantity(1) }, cheese, ...many]);
  expect(await lastBody()).toMatchObject({
    changed: [
      { product: BREAD, field: 'usualMost', value: 1 },
      { product: CHEESE, field: 'usualMost', value: null },
    ],
  });
  const most = new Map((await shown()).map(({ id: of, usualMost }) => [of, usualMost]));
  expect(most.get(BREAD)).toBe(1);
  expect(many.map(({ id: of }) => most.get(of))).toEqual(many.map(({ usualMost }) => usualMost));
});

test('whether goods have marking codes is kept, in few products and in many', async () => {
  await store([{ ...bread, marked: true }, cheese]);
  expect((await shown()).map(({ marked }) => marked)).toEqual([true, false]);
  const many = Array.from({ length: 40 }, (_, place) => ({
    ...product(id(7000 + place), `товар ${place}`, 100),
    barcodes: [],
    marked: place % 2 === 0,
  }));
  await store([bread, { ...cheese, marked: true }, ...many]);
  expect(await lastBody()).toMatchObject({
    changed: [
      { product: BREAD, field: 'marked', value: false },
      { product: CHEESE, field: 'marked', value: true },
    ],
  });
  const marks = new Map((await shown()).map(({ id: of, marked }) => [of, marked]));
  expect(many.map(({ id: of }) => marks.get(of))).toEqual(many.map(({ marked }) => marked));
});

test('an act names changed fields only; of several values of a field the last one counts', async () => {
  await store(goods);
  await store([{ ...bread, price: money(11_000) }, cheese]);
  await store([{ ...bread, price: money(12_000), name: 'батон', category: null }, cheese]);
  expect(await lastBody()).toMatchObject({
    added: [],
    changed: [
      { product: BREAD, field: 'name', value: 'батон' },
      { product: BREAD, field: 'price', value: 12_000 },
      { product: BREAD, field: 'category', value: null },
    ],
  });
  expect(await shown()).toEqual([
    { ...bread, price: money(12_000), name: 'батон', category: null },
    cheese,
  ]);
});

test('storing the same goods again writes nothing', async () => {
  await store(goods);
  await store([{ ...bread, price: money(11_000) }]);
  const before = await everything(shop.db);
  expect(await store([{ ...bread, price: money(11_000) }, cheese])).toEqual({ kind: 'saved' });
  expect(await everything(shop.db)).toEqual(before);
});

test('changing goods needs the right, and an edit by hand the right to the catalogue', async () => {
  const noRight = { kind: 'no-right', right: 'manage-catalogue' };
  expect(await store(goods, { operator: CASHIER })).toEqual({ kind: 'refused', because: noRight });
  expect(await shown()).toEqual([]);
});

test('a long list is several acts, and every product is there', async () => {
  const many = Array.from({ length: 2_001 }, (_, n) => ({
    ...bread,
    id: id(900_000 + n),
    name: `хлеб ${n}`,
    barcodes: [],
  }));
  await store(many);
  expect(await shown()).toEqual(many);
  const acts = await shop.db.journal.toArray();
  expect(acts.filter(({ act }) => act === 'products-changed').length).toBe(3);
});

test('sales since a product was counted are subtracted, and a count is a step from what is known', async () => {
  await store(goods);
  await shop.sell(receiptOf(id(1000), { bread: 2, cheese: 1, tenders: [cash(200_000)] }));
  await shop.sell(receiptOf(id(1001), { bread: 1, tenders: [cash(10_000)] }));
  expect([await inStock(BREAD), await inStock(CHEESE)]).toEqual([7_000, 9_000]);
  await store(goods, { counted: [BREAD] });
  expect([await inStock(BREAD), await inStock(CHEESE)]).toEqual([10_000, 9_000]);
  expect((await lastBody())?.['counted']).toEqual([{ product: BREAD, delta: 3_000 }]);
});

test('the first count of a product that was sold already is what was counted', async () => {
  await store([{ ...bread, stock: null }]);
  await shop.sell(receiptOf(id(1000), { bread: 2, tenders: [cash(20_000)] }));
  expect(await inStock(BREAD)).toBeNull();
  await store([{ ...bread, stock: quantity(5_000) }], { counted: [BREAD] });
  expect(await inStock(BREAD)).toBe(5_000);
  await shop.sell(receiptOf(id(1001), { bread: 1, tenders: [cash(10_000)] }));
  expect(await inStock(BREAD)).toBe(4_000);
});

test('invalid goods are refused by the schema', async () => {
  const act = { source: 'edit', file: null, refused: 0, operator: OWNER, at: AT } as const;
  const changed = [{ product: BREAD, field: 'price', value: -1 } as const];
  const changes = { added: pack([]), changed, counted: [] };
  await expect(changeGoods(shop.db, { ...act, changes })).rejects.toThrow('Invariant');
  const twice = { ...changes, changed: [1, 2].map((value) => ({ ...changed[0]!, value })) };
  expect(await changeGoods(shop.db, { ...act, changes: twice })).toEqual({
    kind: 'refused',
    because: { kind: 'named-twice' },
  });
});
