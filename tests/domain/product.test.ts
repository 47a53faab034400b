// Products: check digits and names.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkDigit,
  hasLostDigits,
  isValidEan,
  nameIn,
  parseBarcode,
} from '$lib/domain/goods/product';

describe('a barcode', () => {
  test.each(['4006381333931', '96385074', '036000291452', '10614141000415'])(
    '%s has the right check digit',
    (text) => {
      expect(isValidEan(text)).toBe(true);
      expect(parseBarcode(` ${text} `)).toBe(text);
    },
  );

  test.each(['4006381333932', '96385075', '036000291453'])('%s has a wrong check digit', (text) => {
    expect(isValidEan(text)).toBe(false);
    expect(parseBarcode(text)).toBeNull();
  });

  test.each([
    ['4607036047451230', true],
    ['460703604745123000', true],
    ['4607036047451231', false],
    ['460703604745120', false],
    ['0000000000000000', false],
  ])('%s may have lost digits in a spreadsheet: %s', (code, isLost) => {
    expect(hasLostDigits(code)).toBe(isLost);
  });

  test('one misread digit is always noticed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 }),
        fc.nat(12),
        fc.integer({ min: 1, max: 9 }),
        (digits, at, shift) => {
          const ean = digits + String(checkDigit(digits));
          expect(isValidEan(ean)).toBe(true);
          const misread = (Number(ean[at]) + shift) % 10;
          expect(isValidEan(ean.slice(0, at) + String(misread) + ean.slice(at + 1))).toBe(false);
        },
      ),
    );
  });

  test('a shop’s own code is accepted as it is, an unprintable one is not', () => {
    expect(parseBarcode('A-17/b')).toBe('A-17/b');
    expect(parseBarcode('12345')).toBe('12345');
    for (const wrong of ['', 'две', 'a b', 'a\u0007', 'x'.repeat(49)]) {
      expect(parseBarcode(wrong)).toBeNull();
    }
    expect(isValidEan('12345')).toBe(false);
  });
});

test('a product has the name of the screen’s language, if there is one', () => {
  const milk = { name: 'Молоко 3,2%', names: { ru: 'Молоко', en: null } };
  expect(nameIn(milk, 'ru')).toBe('Молоко');
  expect(nameIn(milk, 'en')).toBe('Молоко 3,2%');
});
