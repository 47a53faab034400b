// Names, sums and numbers as every message words them, whether it carries a code or not.
import type { Currency, MoneyOnWire } from '$lib/contract/values';
import { exact, formatMoney, money } from '$lib/domain/values/money';
import type { Language } from '$lib/domain/values/language';

const LOCALE = { ru: 'ru-RU', en: 'en-GB' } as const satisfies Record<Language, string>;
const POINTS = {
  ru: { one: 'балл', few: 'балла', many: 'баллов', other: 'балла' },
  en: { one: 'point', other: 'points' },
} as const;

/** One line with plain spaces: a no-break space is outside the GSM alphabet and would double the price of a message. */
export const oneLine = (value: string): string => value.replace(/[\s\p{Cc}\p{Zs}]+/gu, ' ').trim();

const LONGEST_NAME = 40;

/** A name shortened for a message that is charged by length. */
export function shortName(name: string): string {
  const letters = [...name];
  return letters.length <= LONGEST_NAME ? name : `${letters.slice(0, LONGEST_NAME - 1).join('')}…`;
}

/** Money, or points with their worth if known. */
export type WordedAmount = MoneyOnWire | { readonly points: number; readonly worth?: MoneyOnWire };

export function wordAmount(amount: WordedAmount, currency: Currency, language: Language): string {
  const written = ({ minor }: MoneyOnWire) =>
    formatMoney(money(exact(minor)), currency, LOCALE[language]);
  if ('minor' in amount) return written(amount);
  const counted = wordCount(amount.points, POINTS[language], language);
  return amount.worth === undefined ? counted : `${counted} (${written(amount.worth)})`;
}

/**
 * Writes a count of things: the number, and the noun in the form that the number needs, «3 балла», «500 000 баллов». With its
 * noun the number cannot be mistaken for a code. `forms`: the noun by plural category (`Intl.PluralRules`); `other` is used where
 * the category has none.
 */
export function wordCount(
  count: number,
  forms: Readonly<Record<string, string>>,
  language: Language,
): string {
  const form = new Intl.PluralRules(LOCALE[language]).select(count);
  const number = new Intl.NumberFormat(LOCALE[language]).format(count);
  return `${number} ${forms[form] ?? forms['other']}`;
}
