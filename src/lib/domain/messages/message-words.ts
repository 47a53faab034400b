// Names, sums and numbers as every message words them, whether it carries a code or not.
import type { Policy } from '$lib/contract/policy';
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

/** A time, shown as local time of `zone` (IANA name). */
export type Moment = { readonly at: number; readonly zone: string };

/** How parts of any message are said in a language. */
export type Voice = ReturnType<typeof voiceIn>;

export function voiceIn(currency: Currency, language: Language) {
  const pick = <T>(ru: T, en: T): T => (language === 'ru' ? ru : en);
  /** «540,00 ₽» `minor`: minor units. */
  const sum = (minor: number): string =>
    wordAmount({ minor, currency: currency.code }, currency, language);
  const points = (count: number): string => wordAmount({ points: count }, currency, language);
  return {
    language,
    pick,
    sum,
    points,
    /** «540,00 ₽ и 30 баллов»; what is zero or less is left out. */
    sums: (minor: number, count: number): readonly string[] => [
      ...(minor > 0 ? [sum(minor)] : []),
      ...(count > 0 ? [points(count)] : []),
    ],
    and: (parts: readonly string[]): string => parts.join(pick(' и ', ' and ')),
    /** The first of these, and how many more there are: «Анна 3», «и ещё 2». */
    named: (words: readonly string[], most: number): string[] => {
      const more = words.length - most;
      return [
        ...words.slice(0, most),
        ...(more > 0 ? [pick(`и ещё ${more}`, `and ${more} more`)] : []),
      ];
    },
    count: (of: number, forms: Readonly<Record<Language, Readonly<Record<string, string>>>>) =>
      wordCount(of, forms[language], language),
    /** «25.11 17:40» */
    when: ({ at, zone: timeZone }: Moment): string =>
      new Intl.DateTimeFormat(LOCALE[language], { ...TO_THE_MINUTE, timeZone })
        .format(at)
        .replace(',', ''),
  };
}

const TO_THE_MINUTE = {
  day: '2-digit',
  month: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
} as const;

/** What a message ends with. */
const QUESTIONS = {
  ru: { 'not-you': 'Не вы?', 'not-right': 'Не так?', 'not-asked': 'Не просили?' },
  en: { 'not-you': 'Not you?', 'not-right': 'Not right?', 'not-asked': 'Not your request?' },
} as const;

/** The whole messages of a shop without a code, in the language of its customers. */
export function voiceOf({ shop }: Pick<Policy, 'shop'>) {
  const { contact, messageLanguage: language } = shop;
  const voice = voiceIn(shop.currency, language);
  const { pick } = voice;
  const whole = (text: string): string => oneLine(`${shortName(shop.name)}${text}`);
  const ask = contact.trim() === '' ? pick('Спросите в магазине.', 'Ask the shop.') : contact;
  return {
    ...voice,
    whole,
    /** «Весна: баллы сгорели. Не так? +7 …» `question`: one that several messages ask, or its words. */
    toCustomer: (what: string, question: keyof (typeof QUESTIONS)['ru'] | { ask: string }) =>
      whole(
        `: ${what} ${typeof question === 'string' ? QUESTIONS[language][question] : question.ask} ${ask}`,
      ),
    /** «Весна: вашим именем списан долг. Не вы? Смените PIN и скажите владельцу.» */
    toOperator: (what: string) =>
      whole(
        pick(
          `: ${what}. Не вы? Смените PIN и скажите владельцу.`,
          `: ${what}. Not you? Change your PIN and tell the owner.`,
        ),
      ),
  };
}
