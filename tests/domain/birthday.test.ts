// Birthdays as people type them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { birthday } from '$lib/contract/acts/customer';
import { birthdayText, parseBirthday } from '$lib/domain/values/birthday';
import { cases } from '../support/cases';

const TODAY = '2026-11-28';

describe('a birthday', () => {
  test.each([
    ['31.12.1990', { day: 31, month: 12, year: 1990 }],
    ['1.2.1990', { day: 1, month: 2, year: 1990 }],
    ['31.12', { day: 31, month: 12, year: null }],
    ['31/12/1990', { day: 31, month: 12, year: 1990 }],
    ['1990-12-31', { day: 31, month: 12, year: 1990 }],
    ['12-31', { day: 31, month: 12, year: null }],
    ['29.02', { day: 29, month: 2, year: null }],
    ['29.02.2000', { day: 29, month: 2, year: 2000 }],
    ['28.11.2026', { day: 28, month: 11, year: 2026 }],
  ])('%s is read', (text, read) => {
    expect(parseBirthday(text, TODAY)).toEqual({ kind: 'birthday', birthday: read });
    expect(birthday.safeParse(read).success).toBe(true);
  });

  test.each([
    ['29.02.1999', 'malformed'],
    ['31.04', 'malformed'],
    ['0.1', 'malformed'],
    ['31.13.1990', 'malformed'],
    ['31.12.90', 'malformed'],
    ['завтра', 'malformed'],
    ['3.5E+4', 'malformed'],
    ['29.11.2026', 'in-future'],
    ['31.12.1895', 'too-long-ago'],
    // what spreadsheets write for an empty date
    ['30.12.1899', 'too-long-ago'],
  ])('%s is refused: %s', (text, kind) => {
    expect(parseBirthday(text, TODAY)).toEqual({ kind });
  });

  test('can be stored if it can be parsed', () => {
    const typed = fc
      .tuple(fc.nat(40), fc.nat(15), fc.integer({ min: 1880, max: 2110 }))
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(typed, fc.integer({ min: 2020, max: 2100 }), (text, year) => {
        const read = parseBirthday(text, `${year}-11-28`);
        if (read.kind === 'birthday') expect(birthday.safeParse(read.birthday).success).toBe(true);
      }),
      { numRuns: cases(300) },
    );
  });

  test('is refused by the schema if its year does not have that day', () => {
    expect(birthday.safeParse({ day: 29, month: 2, year: 1999 }).success).toBe(false);
    expect(birthday.safeParse({ day: 31, month: 6, year: null }).success).toBe(false);
  });

  test('is parsed again from its formatted text', () => {
    const days = fc.record({
      day: fc.integer({ min: 1, max: 31 }),
      month: fc.integer({ min: 1, max: 12 }),
      year: fc.option(fc.integer({ min: 1900, max: 2025 })),
    });
    fc.assert(
      fc.property(days, (day) => {
        const read = parseBirthday(birthdayText(day), TODAY);
        expect(read).toEqual(
          birthday.safeParse(day).success
            ? { kind: 'birthday', birthday: day }
            : { kind: 'malformed' },
        );
      }),
      { numRuns: cases(300) },
    );
  });
});
