// List prices of sales at the relay, compared with the prices of the shop's goods that the till knew.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FieldChange } from '$lib/contract/acts/goods';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { CASHIER } from '../support/cashier';
import type { Shop } from '../support/challenges';
import { cashSale, LOAF, type TillJournal } from '../support/till-journal';
import { arrive, look, openTwoTills } from '../support/two-tills';

let shop: Shop;
let here: TillJournal;
let there: TillJournal;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
});
afterEach(() => shop.stop());

const list = { source: 'edit', file: null, refused: 0, added: [], changed: [], counted: [] };
const loaf = {
  id: LOAF,
  name: 'Хлеб',
  names: { ru: null, en: null },
  sku: null,
  barcodes: [],
  price: 5000,
  unit: 'piece',
  category: null,
  stock: null,
  usualMost: null,
  noDiscounts: false,
  askAge: null,
  marked: false,
  tax: USUAL_TAX,
};
const added = (journal: TillJournal) =>
  journal.add({ act: 'products-changed', body: { ...list, added: [loaf] } });
const priced = (journal: TillJournal, value: number, operator = shop.till.ownerId) => {
  const change: FieldChange = { product: LOAF, field: 'price', value };
  return journal.add({ act: 'products-changed', operator, body: { ...list, changed: [change] } });
};
/** Loaves at this list price, one a line. */
function sold(journal: TillJournal, price: number, lines = 1) {
  const customer = uuidv7();
  const [line] = cashSale({ customer, total: price }).lines;
  return journal.sale(
    {
      ...cashSale({ customer, total: lines * price }),
      lines: Array.from({ length: lines }, () => line!),
      stock: [{ product: LOAF, delta: -1000 * lines }],
    },
    { operator: CASHIER },
  );
}
const told = () =>
  shop.relay.file
    .prepare("SELECT item FROM summary_items WHERE kind = 'drawer' ORDER BY id")
    .pluck()
    .all()
    .map((item) => JSON.parse(String(item)) as unknown);
const below = (amount: number) => ({
  kind: 'drawer',
  what: 'list-below',
  operator: CASHIER,
  amount,
});

test('each line with a list price below that of the shop’s goods is in the owners’ summary', async () => {
  await added(here);
  await sold(here, 5000);
  await sold(here, 5100);
  await arrive(here);
  expect(told()).toEqual([]);
  await sold(here, 4000, 2);
  await arrive(here);
  expect(told()).toEqual([below(1000), below(1000)]);
});

test('each price of a long list counts, and is stored once', async () => {
  const others = Array.from({ length: 120 }, (_, n) => ({ ...loaf, id: uuidv7(), sku: `x${n}` }));
  await here.add({ act: 'products-changed', body: { ...list, added: [...others, loaf] } });
  await arrive(here);
  const prices = shop.relay.file.prepare('SELECT price FROM product_prices').pluck().all();
  expect(prices).toEqual(Array.from({ length: 121 }, () => 5000));
  await sold(here, 4500);
  await arrive(here);
  expect(told()).toEqual([below(500)]);
});

test('a price that was changed counts, by the till itself or as far as it had downloaded', async () => {
  await added(here);
  await priced(here, 6000);
  await arrive(here);
  // knows no price of the product yet
  await sold(there, 100);
  await arrive(there);
  expect(told()).toEqual([]);
  await look(shop, there);
  await sold(there, 6000);
  await priced(there, 5500);
  await sold(there, 5500);
  await arrive(there);
  // has not seen the price of the other till
  await sold(here, 6000);
  await arrive(here);
  expect(told()).toEqual([]);
  await sold(here, 5900);
  await sold(there, 5400);
  await arrive(here);
  await arrive(there);
  expect(told()).toEqual([below(100), below(100)]);
});

test('a price that somebody without the right changed, or whose change came too late, does not count', async () => {
  await added(here);
  await arrive(here);
  await look(shop, there);
  await priced(here, 4000, CASHIER);
  await sold(here, 4000);
  await arrive(here);
  expect(told()).toEqual([below(1000)]);
  await priced(there, 7000);
  await arrive(there);
  // this till does not know of the other's change, which counts
  await priced(here, 3000);
  await sold(here, 3000);
  await arrive(here);
  expect(told()).toEqual([below(1000), below(2000)]);
});
