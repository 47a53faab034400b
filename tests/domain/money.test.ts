// Money: text is parsed as the amount meant or refused, and formatted amounts are parsed back.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decimalText,
  divideRounded,
  formatAmount,
  formatMoney,
  MAX_AMOUNT,
  money,
  parseMoney,
  share,
  spread,
  toWire,
  ZERO,
} from '$lib/domain/values/money';
import { CURRENCIES, JPY, KWD, LOCALES, RUB } from './fixtures';
import { cases } from '../support/cases';

const amounts = fc.integer({ min: 0, max: MAX_AMOUNT }).map(money);
const currencies = fc.constantFrom(...CURRENCIES);
const locales = fc.constantFrom(...LOCALES);

describe('reading an amount', () => {
  test.each([
    ['1299,90', 129_990],
    ['1299.9', 129_990],
    ['1 299,90', 129_990],
    ['1 299,90 ₽', 129_990],
    ['1\u00a0299,90\u00a0₽', 129_990],
    ['1\u202f299,90', 129_990],
    ['1,299.90', 129_990],
    ['1.299,90', 129_990],
    ['1,000,000', 100_000_000],
    ['1 299,90 руб.', 129_990],
    ["1'234.50", 123_450],
    ['1’234’567.50', 123_456_750],
    ['RUB 12', 1200],
    ['0', 0],
    ['007', 700],
    ['5,', 500],
    [',5', 50],
    ['  12  ', 1200],
    ['9999999999.99', MAX_AMOUNT],
  ])('"%s" is understood in roubles', (text, minor) => {
    expect(parseMoney(text, RUB)).toBe(minor);
  });

  test.each([
    '1.005',
    '-5',
    '+5',
    '1e3',
    '',
    '   ',
    '.',
    ',',
    '₽',
    '12345678901234567890',
    '10000000000',
    'abc',
    '12a',
    '1 2 3',
    '12 34,00',
    '1,2,3',
    '1.2.3',
    '1.299,90.5',
    '1,299,90',
    '1,299',
    '0x10',
    '١٢٣',
    'Infinity',
    'NaN',
    '1_000',
    '−5',
    '₽5₽',
  ])('"%s" is not an amount of roubles', (text) => {
    expect(parseMoney(text, RUB)).toBeNull();
  });

  test('a currency without decimals accepts no decimals, and a comma only groups', () => {
    expect(parseMoney('1005', JPY)).toBe(1005);
    expect(parseMoney('1,005', JPY)).toBe(1005);
    expect(parseMoney('1.005', JPY)).toBeNull();
    expect(parseMoney('5,5', JPY)).toBeNull();
  });

  test('a currency with three decimals accepts 1.005', () => {
    expect(parseMoney('1.005', KWD)).toBe(1005);
    expect(parseMoney('1.0005', KWD)).toBeNull();
  });

  test('any text gives an amount in range or nothing', () => {
    const keys = fc.string({ unit: fc.constantFrom(...'0123456789,. -e₽р\u00a0') });
    fc.assert(
      fc.property(fc.oneof(keys, fc.string()), currencies, (text, currency) => {
        const read = parseMoney(text, currency);
        if (read === null) return;
        expect(Number.isSafeInteger(read)).toBe(true);
        expect(read).toBeGreaterThanOrEqual(0);
        expect(read).toBeLessThanOrEqual(MAX_AMOUNT);
        // no digit was added or lost
        const typed = text.replace(/\D/g, '').replace(/^0+/, '');
        expect(String(read).replace(/0+$/, '')).toBe(typed.replace(/0+$/, ''));
      }),
      { numRuns: cases(2000) },
    );
  });
});

describe('writing an amount', () => {
  test('its text is parsed back to the same amount in every locale and currency', () => {
    fc.assert(
      fc.property(amounts, currencies, locales, (amount, currency, locale) => {
        expect(parseMoney(formatMoney(amount, currency, locale), currency)).toBe(amount);
        expect(parseMoney(formatAmount(amount, currency, locale), currency)).toBe(amount);
        expect(parseMoney(decimalText(amount, currency), currency)).toBe(amount);
      }),
    );
  });

  test('the sign, the grouping and the decimals follow the locale', () => {
    const plain = (text: string) => text.replace(/\s/gu, ' ');
    expect(plain(formatMoney(money(129_990), RUB, 'ru-RU'))).toBe('1 299,90 ₽');
    expect(plain(formatMoney(money(129_990), RUB, 'en-GB'))).toBe('₽1,299.90');
    expect(plain(formatAmount(money(129_990), JPY, 'ru-RU'))).toBe('129 990');
    expect(plain(formatAmount(money(129_990), KWD, 'en-GB'))).toBe('129.990');
    expect(decimalText(money(-5), RUB)).toBe('-0.05');
  });

  test('sums beyond a float’s precision are written to the last kopeck', () => {
    const most = money(Number.MAX_SAFE_INTEGER);
    expect(formatAmount(most, RUB, 'en-GB')).toBe('90,071,992,547,409.91');
  });
});

describe('calculating', () => {
  test('an amount that is not a safe integer throws', () => {
    for (const wrong of [0.5, NaN, Infinity, 2 ** 53]) {
      expect(() => money(wrong)).toThrow('Invariant');
    }
    expect(Object.is(money(-0), 0)).toBe(true);
  });

  test('halves round away from zero, on both sides of it', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n }), (n, d) => {
        const rounded = divideRounded(n, d);
        expect(divideRounded(-n, d)).toBe(-rounded);
        const error2 = 2n * (rounded * d - n);
        expect(error2 <= d && error2 >= -d).toBe(true);
        // an exact half is rounded away from zero
        if (error2 === d) expect(n > 0n).toBe(true);
        if (error2 === -d) expect(n < 0n).toBe(true);
      }),
    );
  });

  test('a share of an amount is never more than the amount', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 10_000 }), (amount, basisPoints) => {
        const part = share(amount, basisPoints);
        expect(part).toBeGreaterThanOrEqual(0);
        expect(part).toBeLessThanOrEqual(amount);
      }),
    );
    expect(share(money(50), 100)).toBe(1);
    expect(share(money(49), 100)).toBe(0);
  });

  test('a negative amount never reaches the wire', () => {
    expect(toWire(money(5), RUB)).toEqual({ minor: 5, currency: 'RUB' });
    expect(() => toWire(money(-5), RUB)).toThrow('Invariant');
  });
});

describe('spreading an amount by weight', () => {
  test('the minor units left go to the largest remainders; of equal ones to the earlier', () => {
    expect(spread(money(100), [money(1), money(1), money(1)])).toEqual([34, 33, 33]);
    expect(spread(money(10), [money(3), money(0), money(4)])).toEqual([4, 0, 6]);
    expect(spread(money(5), [ZERO, ZERO])).toEqual([0, 0]);
    expect(spread(money(5), [])).toEqual([]);
  });

  test('law: the parts add up to the amount; none exceeds its weight if the amount does not exceed their sum', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 10_000_000_000 }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (raw, share) => {
        const whole = raw.reduce((all, each) => all + each, 0);
        const amount = money(Math.floor(whole * share));
        const parts = spread(amount, raw.map(money));
        expect(parts.reduce((all, each) => all + each, 0)).toBe(whole === 0 ? 0 : amount);
        parts.forEach((part, place) => {
          expect(part).toBeGreaterThanOrEqual(0);
          expect(part).toBeLessThanOrEqual(raw[place] ?? 0);
        });
      }),
    );
  });
});
