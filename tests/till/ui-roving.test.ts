// Arrow keys in a group of buttons that is a single Tab stop.
import { expect, test } from 'vitest';
import { columnsOf, roveTo } from '$lib/ui/roving';

// eight tiles, three in a row
const from = (place: number, key: string) => roveTo(key, place, 8, 3);

test.for<[string, number, number | null]>([
  ['ArrowRight', 1, 2],
  ['ArrowRight', 2, 3],
  ['ArrowLeft', 3, 2],
  ['ArrowDown', 1, 4],
  ['ArrowUp', 4, 1],
  ['Home', 5, 0],
  ['End', 0, 7],
  // at the edges, and at the item that has the focus already
  ['ArrowRight', 7, null],
  ['ArrowLeft', 0, null],
  ['ArrowUp', 2, null],
  ['ArrowDown', 5, null],
  ['Home', 0, null],
  ['a', 3, null],
])('%s leads from %i to %i', ([key, place, to]) => {
  expect(from(place, key)).toBe(to);
});

test('columns are counted by the items of the first row', () => {
  const tiles = (...tops: number[]) => tops.map((offsetTop) => ({ offsetTop }));
  expect(columnsOf(tiles(8, 8, 8, 120, 120))).toBe(3);
  expect(columnsOf(tiles(8, 8))).toBe(2);
  expect(columnsOf(tiles(8, 120, 240))).toBe(1);
  expect(columnsOf([])).toBe(1);
});
