// Banknotes: the sums that a customer is likely to hand over, in notes that exist.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countOut, likelySums, notesOf } from '$lib/domain/shift/banknotes';
import { money, ZERO } from '$lib/domain/values/money';
import { JPY, KWD, rub, RUB } from './fixtures';
import { cases } from '../support/cases';

const GBP = { code: 'GBP', digits: 2 };
const UAH = { code: 'UAH', digits: 2 };
const USD = { code: 'USD', digits: 2 };
const CODES = 'AMD AZN BYN CNY EUR GBP GEL KGS KZT RUB TRY UAH USD UZS XXX'.split(' ');
const currencies = [...CODES.map((code) => ({ code, digits: 2 })), JPY, KWD];

describe('the sums offered', () => {
  test.each([
    [1414.58, [1500, 2000, 5000]],
    [1372.07, [1400, 1500, 2000]],
    [142, [150, 200, 500]],
    [284, [300, 500, 1000]],
    [9.5, [50, 100, 200]],
    [50, [100, 200, 500]],
    [4100, [4200, 4500, 5000]],
    [6000, [7000, 10_000]],
    // one note pays the sum exactly, and no combination is added
    [5000, []],
  ])('for %d roubles, %j is offered', (total, sums) => {
    expect(likelySums(rub(total), RUB)).toEqual(sums.map(rub));
  });

  test('a note of 50 000 roubles is never offered, however large the sum', () => {
    expect(likelySums(rub(41_000), RUB)).not.toContain(rub(50_000));
    expect(notesOf(RUB).at(-1)).toBe(rub(5000));
  });

  test('other currencies have their own notes', () => {
    expect(likelySums(money(349), GBP)).toEqual([500, 1000, 2000]);
    expect(likelySums(money(2045), GBP)).toEqual([2500, 3000, 5000]);
    expect(likelySums(money(1320), USD)).toEqual([1500, 2000, 5000]);
    expect(likelySums(money(980), JPY)).toEqual([1000, 5000, 10_000]);
    expect(likelySums(money(300), KWD)).toEqual([500, 1000, 5000]);
    // 50 is not a multiple of the 20 hryvnia note
    expect(likelySums(money(4500), UAH)).toEqual([5000, 10_000, 20_000]);
  });

  test('if nothing is to be paid, nothing is offered', () => {
    for (const currency of currencies) expect(likelySums(ZERO, currency)).toEqual([]);
  });

  test('for any total the sums rise above it and can be counted out without a superfluous note', () => {
    const amount = fc.integer({ min: 1, max: 50_000_000 }).map(money);
    fc.assert(
      fc.property(amount, fc.constantFrom(...currencies), (total, currency) => {
        const notes = notesOf(currency);
        const sums = likelySums(total, currency);
        expect(sums.length).toBeLessThanOrEqual(3);
        let below: number = total;
        for (const sum of sums) {
          expect(sum).toBeGreaterThan(below);
          const given = countOut(sum, notes) ?? [];
          expect(given.reduce((all, note) => all + note, 0)).toBe(sum);
          expect(sum - (given.at(-1) ?? 0)).toBeLessThan(total);
          below = sum;
        }
      }),
      { numRuns: cases(1000) },
    );
  });
});
