// Birthdays: compares them, parses typed text, and formats them as numbers.
import type { Birthday } from '$lib/contract/acts/customer';

export const isSameBirthday = (a: Birthday | null, b: Birthday | null): boolean =>
  a?.day === b?.day && a?.month === b?.month && a?.year === b?.year;

export type TypedBirthday =
  | { readonly kind: 'birthday'; readonly birthday: Birthday }
  /** No such day; a day in the future; before 1900 or more than 130 years ago. */
  | { readonly kind: 'malformed' | 'in-future' | 'too-long-ago' };

/** The earliest year of the contract. Spreadsheets write 30 December 1899 for an empty date. */
const FIRST_YEAR = 1900;
const OLDEST_YEARS = 130;

/**
 * Reads `31.12.1990`, `31.12`, `1990-12-31` or `12-31`, also with slashes (the day first). `today`: the business day,
 * `2026-11-25`.
 */
export function parseBirthday(text: string, today: string): TypedBirthday {
  const bare = text.trim();
  const dayFirst = /^(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?\.?$/.exec(bare);
  const yearFirst = /^(?:(\d{4})-)?(\d{1,2})-(\d{1,2})$/.exec(bare);
  const [year, month, day] =
    dayFirst === null ? (yearFirst?.slice(1) ?? []) : dayFirst.slice(1).toReversed();
  if (month === undefined || day === undefined) return { kind: 'malformed' };
  const birthday = { day: Number(day), month: Number(month), year: year ? Number(year) : null };
  if (!isDay(birthday)) return { kind: 'malformed' };
  if (birthday.year === null) return { kind: 'birthday', birthday };
  if (isoOf(birthday, birthday.year) > today) return { kind: 'in-future' };
  const oldest = Math.max(FIRST_YEAR, Number(today.slice(0, 4)) - OLDEST_YEARS);
  if (birthday.year < oldest) return { kind: 'too-long-ago' };
  return { kind: 'birthday', birthday };
}

/** A leap year, so that 29 February without a year is accepted. */
const LEAP_YEAR = 2000;

function isDay({ day, month, year }: Birthday): boolean {
  const date = new Date(Date.UTC(year ?? LEAP_YEAR, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const two = (number: number): string => String(number).padStart(2, '0');
const isoOf = ({ day, month }: Birthday, year: number): string =>
  `${year}-${two(month)}-${two(day)}`;

/** `31.12.1990` or `31.12`: as `parseBirthday` reads it. */
export const birthdayText = ({ day, month, year }: Birthday): string =>
  [two(day), two(month), ...(year === null ? [] : [year])].join('.');
