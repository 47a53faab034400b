// Quantities: thousandths as typed, and line totals compared with whole-number arithmetic.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_AMOUNT, money, ZERO } from '$lib/domain/money';
import {
  formatQuantity,
  lineTotal,
  MAX_QUANTITY,
  parseQuantity,
  quantity,
} from '$lib/domain/quantity';
import { LOCALES } from './fixtures';
import { cases } from '../support/cases';

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

  test('a quantity below a thousand reads back as written', () => {
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

describe('a line total', () => {
  test('is the price times the quantity, halves rounded away from zero, to the last minor unit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: MAX_AMOUNT }),
        fc.integer({ min: 1, max: 9_000_000 }),
        (price, thousandths) => {
          const exact = BigInt(price) * BigInt(thousandths);
          fc.pre(exact / 1000n < BigInt(Number.MAX_SAFE_INTEGER));
          const whole = exact / 1000n + (exact % 1000n >= 500n ? 1n : 0n);
          expect(BigInt(lineTotal(money(price), quantity(thousandths), ZERO))).toBe(whole);
        },
      ),
      { numRuns: cases(1000) },
    );
    expect(lineTotal(money(1), quantity(500), ZERO)).toBe(1);
    expect(lineTotal(money(1), quantity(499), ZERO)).toBe(0);
  });

  test('a discount is subtracted once, and never exceeds the price of the goods', () => {
    expect(lineTotal(money(1000), quantity(2000), money(500))).toBe(1500);
    expect(() => lineTotal(money(1000), quantity(1000), money(1001))).toThrow('Invariant');
    expect(() => lineTotal(money(1000), quantity(1000), money(-1))).toThrow('Invariant');
  });

  test('a negative line throws, even where two negative signs cancel out', () => {
    expect(() => lineTotal(money(-1000), quantity(-1000), ZERO)).toThrow('Invariant');
    expect(() => lineTotal(money(1000), quantity(0), ZERO)).toThrow('Invariant');
  });
});
