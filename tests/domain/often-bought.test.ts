// What stands first among the goods: what is on most of the latest receipts.
import { expect, test } from 'vitest';
import { oftenBought, SALES_COUNTED, withSale } from '$lib/domain/often-bought';

test('what is on most receipts comes first, however much of it each took', () => {
  const receipts = [['bread', 'milk'], ['milk'], ['bread', 'milk'], ['cheese', 'cheese', 'cheese']];
  expect(oftenBought(receipts, 10)).toEqual(['milk', 'bread', 'cheese']);
});

test('goods sold equally often keep their order whichever was sold last', () => {
  const one = [['bread'], ['milk']];
  expect(oftenBought(one, 10)).toEqual(oftenBought([...one].reverse(), 10));
});

test('no more are named than there is room for, and none before anything was sold', () => {
  expect(oftenBought([['a'], ['a'], ['b'], ['b'], ['c']], 2)).toEqual(['a', 'b']);
  expect(oftenBought([], 2)).toEqual([]);
});

test('a sale too long ago counts no more', () => {
  const old = Array.from({ length: SALES_COUNTED }, () => ['tinsel']);
  const lately = Array.from({ length: SALES_COUNTED }, () => ['lemonade']);
  const receipts = lately.reduce(withSale, old as readonly (readonly string[])[]);
  expect(receipts).toHaveLength(SALES_COUNTED);
  expect(oftenBought(receipts, 10)).toEqual(['lemonade']);
});
