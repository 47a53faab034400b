// The page's client of the search worker, with the real worker.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { demoGoods } from '$lib/domain/demo/goods';
import { openSearch, type SearchClient } from '$lib/search/search-client';

const GOODS = demoGoods({ code: 'RUB', digits: 2 }, 'ru');
let search: SearchClient;

beforeEach(async () => {
  search = openSearch();
  await search.load({ added: [GOODS], edits: new Map() });
});
afterEach(() => search.close());

const named = (part: string) => GOODS.filter(({ name }) => name.includes(part));

test('products are returned whole, by words of any of their names', async () => {
  expect(search.count).toBe(GOODS.length);
  expect(await search.search('кефир', 5)).toEqual(named('Кефир'));
  expect(await search.search('kefir', 5)).toEqual(named('Кефир'));
  expect(await search.search('шаколад', 5)).toEqual(named('Шоколад'));
});

test('a barcode leads to its product, an unknown one to nothing', async () => {
  const [first] = GOODS;
  expect(await search.byBarcode(first?.barcodes[0]?.code ?? '')).toEqual(first);
  expect(await search.byBarcode('4600000999999')).toBeNull();
});

test('categories are paged, and ids are looked up', async () => {
  const [first, second] = GOODS;
  const categories = await search.categories();
  expect(categories.length).toBe(7);
  expect(await search.category(first?.category ?? '', 1, 1)).toEqual([second]);
  expect(await search.category(null, 0, 5)).toEqual([]);
  expect(await search.all(1, 1)).toEqual([second]);
  expect(await search.get([second?.id ?? '', 'gone', first?.id ?? ''])).toEqual([second, first]);
});

test('before goods are loaded nothing is found, and nothing fails', async () => {
  const empty = openSearch();
  expect(await empty.search('кефир', 5)).toEqual([]);
  expect(await empty.categories()).toEqual([]);
  empty.close();
});

test('of several searches during a running one only the newest runs, and the others get its results', async () => {
  const asked = ['к', 'ке', 'кеф', 'кефир'].map((query) => search.search(query, 5));
  const [running, ...others] = await Promise.all(asked);
  expect(running?.length).toBe(5);
  for (const goods of others) expect(goods).toEqual(named('Кефир'));
});

test('another catalogue replaces the first', async () => {
  expect(await search.load({ added: [GOODS.slice(0, 3)], edits: new Map() })).toBe(3);
  expect(await search.search('кефир', 5)).toEqual([]);
});

test('a closed search rejects instead of waiting for ever', async () => {
  const waiting = search.search('кефир', 5);
  search.close();
  await expect(waiting).rejects.toThrow('closed');
  await expect(search.search('кефир', 5)).rejects.toThrow('closed');
});
