// Quantities: thousandths, as typed and as written.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatQuantity,
  MAX_QUANTITY,
  parseQuantity,
  quantity,
  splitTimes,
} from '$lib/domain/values/quantity';
import { LOCALES } from './fixtures';

test.each([
  ['3*', '3', ''],
  [' 12 * milk', '12', ' milk'],
  ['0,5×apples', '0,5', 'apples'],
  ['milk 3*2', null, 'milk 3*2'],
  ['*2', null, '*2'],
  ['123456*a', null, '123456*a'],
  ['4600000000015', null, '4600000000015'],
])('"%s" says how many of what', (text, times, rest) => {
  expect(splitTimes(text)).toEqual({ times, rest });
});

describe('a quantity as typed', () => {
  test.each([
    ['2', 'piece', 2000],
    ['2,0', 'piece', 2000],
    ['0,345', 'kilogram', 345],
    ['.5', 'kilogram', 500],
    ['12.', 'litre', 12_000],
    ['99999.999', 'metre', MAX_QUANTITY],
  ] as const)('"%s" of a %s is understood', (text, unit, thousandths) => {
    expect(parseQuantity(text, unit)).toBe(thousandths);
  });

  test.each([
    ['0', 'piece'],
    ['', 'piece'],
    ['.', 'kilogram'],
    ['-1', 'piece'],
    ['1e3', 'piece'],
    ['0.5', 'piece'],
    ['1.0005', 'kilogram'],
    ['100000', 'piece'],
    ['12345678901234567890', 'piece'],
    ['a', 'piece'],
  ] as const)('"%s" of a %s is refused', (text, unit) => {
    expect(parseQuantity(text, unit)).toBeNull();
  });

  test('below a thousand is parsed back from its text', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999 }),
        fc.constantFrom(...LOCALES),
        (thousandths, locale) => {
          const text = formatQuantity(quantity(thousandths), 'kilogram', locale);
          expect(parseQuantity(text, 'kilogram')).toBe(thousandths);
        },
      ),
    );
    expect(formatQuantity(quantity(3000), 'piece', 'ru-RU')).toBe('3');
  });
});
