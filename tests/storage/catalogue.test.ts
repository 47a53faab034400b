// The packed goods: replaced as a whole, named in the journal by their hash, and reduced by sales.
import { metaIn } from '$lib/storage/database/meta';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pack, unpack } from '$lib/domain/catalogue';
import { money } from '$lib/domain/money';
import type { Product } from '$lib/domain/product';
import { quantity } from '$lib/domain/quantity';
import type { CatalogueSummary } from '$lib/domain/acts/products-imported';
import { catalogueHash, replaceCatalogue, stockDeltas } from '$lib/storage/goods/catalogue';
import { loadCatalogue } from '$lib/storage/database/stored-catalogue';
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
  sku: null,
  barcodes: ['4600000000015'],
  price: money(price),
  unit: 'piece',
  category: 'Еда',
  stock: quantity(10_000),
});
const goods = [product(BREAD, 'хлеб', 10_000), product(CHEESE, 'сыр', 100_000)];

const summary: CatalogueSummary = {
  ...{ source: 'file', file: 'прайс.csv' },
  ...{ added: 2, updated: 0, unchanged: 0, refused: 0 },
};

const replace = (products: readonly Product[], restocked: string[] = [], operator = OWNER) =>
  replaceCatalogue(shop.db, {
    ...{ packed: pack(products), summary, restocked, operator, at: AT },
  });

test('a catalogue is read as it was stored, and the journal names it', async () => {
  expect(await loadCatalogue(shop.db)).toBeNull();
  const outcome = await replace(goods);
  const hash = await catalogueHash(pack(goods));
  expect(outcome).toEqual({ kind: 'saved', hash });
  const loaded = await loadCatalogue(shop.db);
  expect(loaded && unpack(loaded.packed)).toEqual(goods);
  expect(await metaIn(shop.db, 'catalogue')).toEqual({ hash, count: 2 });
  const last = await shop.db.journal.orderBy(':id').last();
  expect(last).toMatchObject({ act: 'products-imported', operator: OWNER });
  expect(last?.body).toEqual({ ...summary, catalogueHash: hash, recounted: [] });
});

test('any change of any product changes the hash', async () => {
  const hash = await catalogueHash(pack(goods));
  const [bread = product(BREAD, '', 0), cheese = bread] = goods;
  const changes: Product[][] = [
    [cheese, bread],
    [bread],
    [{ ...bread, price: money(10_001) }, cheese],
    [{ ...bread, name: 'хлебу' }, cheese],
    [{ ...bread, stock: null }, cheese],
    [{ ...bread, unit: 'litre' }, cheese],
    [{ ...bread, category: null }, cheese],
  ];
  for (const changed of changes) expect(await catalogueHash(pack(changed))).not.toBe(hash);
});

test('storing the same catalogue again writes nothing', async () => {
  await replace(goods);
  const before = await everything(shop.db);
  expect(await replace(goods)).toMatchObject({ kind: 'saved' });
  expect(await everything(shop.db)).toEqual(before);
});

test('replacing the goods needs the right', async () => {
  expect(await replace(goods, [], CASHIER)).toEqual({
    ...{ kind: 'refused', because: { kind: 'no-right', right: 'manage-catalogue' } },
  });
  expect(await loadCatalogue(shop.db)).toBeNull();
});

test('sales since a product was counted are subtracted until it is counted again', async () => {
  await replace(goods);
  await shop.sell(receiptOf(id(1000), { bread: 2, cheese: 1, tenders: [cash(200_000)] }));
  await shop.sell(receiptOf(id(1001), { bread: 1, tenders: [cash(10_000)] }));
  expect(await stockDeltas(shop.db)).toEqual(
    new Map([
      [BREAD, -3000],
      [CHEESE, -1000],
    ]),
  );
  await replace(goods, [BREAD]);
  expect(await stockDeltas(shop.db)).toEqual(new Map([[CHEESE, -1000]]));
  const last = await shop.db.journal.orderBy(':id').last();
  expect(last?.body['recounted']).toEqual([BREAD]);
});

test('an invalid packed catalogue is refused by the schema', async () => {
  const packed = { ...pack(goods), prices: [10_000, 100_000] } as never;
  const attempt = { packed, summary, restocked: [], operator: OWNER, at: AT };
  await expect(replaceCatalogue(shop.db, attempt)).rejects.toThrow('Invariant');
  const proxied = new Proxy(pack(goods), {});
  expect(() => structuredClone(proxied)).toThrow(DOMException);
  expect(await replaceCatalogue(shop.db, { ...attempt, packed: proxied })).toMatchObject({
    ...{ kind: 'saved' },
  });
});
