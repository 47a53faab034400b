// Rows as bytes: a `Map` in all but memory.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PackedRows } from '../../relay/journal/packed-rows';
import { cases } from '../support/cases';

const MIB = 1024 * 1024;

const textOf = (rows: PackedRows, key: unknown): string | undefined => rows.get(key)?.toString();

/** Keys in order, each with its row. */
const all = (rows: PackedRows) => [...rows.keys()].map((key) => [key, textOf(rows, key)]);

const change = fc.record({
  key: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom('a', 'b', 'c d')),
  row: fc.option(
    fc.oneof(
      { weight: 9, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
      { weight: 1, arbitrary: fc.constantFrom('x'.repeat(MIB - 4), 'ж'.repeat(MIB)) },
    ),
  ),
});

test('after any changes it has the rows of a Map, in the same order', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const [rows, map] = [new PackedRows(), new Map<unknown, string>()];
      for (const { key, row } of changes) {
        if (row === null) {
          rows.delete(key);
          map.delete(key);
        } else {
          rows.set(key, Buffer.from(row));
          map.set(key, row);
        }
        expect(rows.size).toBe(map.size);
      }
      expect(all(rows)).toEqual([...map]);
      expect(rows.has('a')).toBe(map.has('a'));
    }),
    { numRuns: cases(60) },
  );
});

test('rows that grow, shrink and go leave their room to others', () => {
  const rows = new PackedRows();
  const fill = (round: number) => {
    for (let key = 0; key < 2_000; key += 1)
      rows.set(key, Buffer.from(String(key).padStart(300 + ((key + round) % 50), '0')));
  };
  fill(0);
  const first = rows.bytes;
  for (let round = 1; round <= 100; round += 1) {
    fill(round);
    for (let key = 0; key < 2_000; key += 3) rows.delete(key);
  }
  fill(0);
  expect(rows.bytes).toBeLessThanOrEqual(2 * first);
  expect(all(rows).every(([key, text]) => Number(text) === key)).toBe(true);
});
