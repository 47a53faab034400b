// Goods shown first: those on most of the latest receipts.
import { expect, test } from 'vitest';
import { oftenBought } from '$lib/domain/goods/often-bought';

test('goods on the most receipts come first, whatever the quantity on each', () => {
  const receipts = [['bread', 'milk'], ['milk'], ['bread', 'milk'], ['cheese', 'cheese', 'cheese']];
  expect(oftenBought(receipts, 10)).toEqual(['milk', 'bread', 'cheese']);
});

test('goods sold equally often keep their order', () => {
  const one = [['bread'], ['milk']];
  expect(oftenBought(one, 10)).toEqual(oftenBought([...one].reverse(), 10));
});

test('no more than the limit are returned, and none before the first sale', () => {
  expect(oftenBought([['a'], ['a'], ['b'], ['b'], ['c']], 2)).toEqual(['a', 'b']);
  expect(oftenBought([], 2)).toEqual([]);
});
