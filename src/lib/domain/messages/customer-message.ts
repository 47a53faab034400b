// Fills the customer's message, for the relay to send and the settings screen to preview.
// Never sees a code.
import type { Action, Currency, MoneyOnWire } from '$lib/contract/values';
import { exact, formatMoney, money } from '$lib/domain/values/money';
import type { Language } from '$lib/domain/values/language';

export const ACTION_WORDS = {
  ru: {
    'redeem-points': 'списание',
    'sell-on-account': 'в долг',
    'change-phone': 'смена номера телефона',
    'issue-reserve-codes': 'выдача резервных кодов',
    'merge-customers': 'объединение карточек',
    'correct-balance': 'исправление, ваш долг вырастет на',
    'cancel-repayment': 'отмена оплаты, ваш долг вырастет на',
    'authorise-person': 'новое доверенное лицо',
    'return-goods': 'возврат товара, вам вернут',
  },
  en: {
    'redeem-points': 'redeem',
    'sell-on-account': 'on account',
    'change-phone': 'change of phone number',
    'issue-reserve-codes': 'reserve codes',
    'merge-customers': 'merging of cards',
    'correct-balance': 'a correction, your debt is raised by',
    'cancel-repayment': 'a payment is cancelled, your debt is raised by',
    'authorise-person': 'a new authorised person',
    'return-goods': 'goods returned, you get back',
  },
} as const satisfies Record<Language, Record<Action, string>>;

/** Words for a correction that takes points, where `ACTION_WORDS` has those for one that raises the debt. */
const FEWER_POINTS = {
  ru: 'исправление, с вашей карты спишут',
  en: 'a correction, taken off your card:',
} as const satisfies Record<Language, string>;

/** The message's words for the action that the code confirms. `amount`: in points or money. */
export const wordAction = (
  action: Action,
  amount: WordedAmount | null,
  language: Language,
): string =>
  action === 'correct-balance' && amount !== null && 'points' in amount
    ? FEWER_POINTS[language]
    : ACTION_WORDS[language][action];

const LOCALE = { ru: 'ru-RU', en: 'en-GB' } as const satisfies Record<Language, string>;
const POINTS = {
  ru: { one: 'балл', few: 'балла', many: 'баллов', other: 'балла' },
  en: { one: 'point', other: 'points' },
} as const;

const DEFAULT_TEXT = {
  ru: '{shop}: {action} {amount}. Код {code}',
  en: '{shop}: {action} {amount}. Code {code}',
} as const satisfies Record<Language, string>;

/** The text of a code's message if the shop has not written its own. */
export const defaultText = (language: Language): string => DEFAULT_TEXT[language];

/** The text in this language: a default text follows the language, the shop's own text stays. */
export function textIn(language: Language, text: string): string {
  return Object.values<string>(DEFAULT_TEXT).includes(text) ? DEFAULT_TEXT[language] : text;
}

export type Filling = {
  readonly shop: string;
  readonly action: string;
  readonly amount: string;
  readonly balance: string;
  /** Inserted unchanged: the relay passes a placeholder for the code. */
  readonly code: string;
};

/** Fills a template in one pass, so that a value that looks like a variable is not replaced. */
export function fillMessage(template: string, values: Filling): string {
  const filled = template.replace(/\{(code|amount|shop|action|balance)\}/g, (_, name: string) =>
    name === 'code' ? values.code : oneLine(values[name as keyof Filling]),
  );
  // without an amount, two spaces or a space before the full stop would be left
  return filled
    .replace(/ {2,}/g, ' ')
    .replace(/ (?=[.,;:!?])/g, '')
    .trim();
}

/** One line with plain spaces: a no-break space is outside the GSM alphabet and would double the price of a message. */
export function oneLine(value: string): string {
  return value.replace(/[\s\p{Cc}\p{Zs}]+/gu, ' ').trim();
}

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
 * A whole number with its noun, «3 балла», «500 000 баллов», so that no number looks like a code. `forms`: the noun by plural
 * category of Unicode's CLDR.
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

/** The basic characters of GSM 03.38, and those that take two positions (3GPP TS 23.038, 6.2.1). */
const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const GSM_TWO_PLACES = '\f^{}\\[~]|€';

export type MessageSize = {
  readonly characters: number;
  readonly segments: number;
  /** Characters per segment: 160 or 153, 70 or 67. */
  readonly perSegment: number;
};

/** The size operators charge for: 160 characters of the GSM alphabet or 70 of any other; in parts 153 or 67. */
export function sizeOfMessage(text: string): MessageSize {
  const letters = [...text];
  const gsm = letters.every((it) => GSM_BASIC.includes(it) || GSM_TWO_PLACES.includes(it));
  const places = letters.map((it) => (gsm ? (GSM_TWO_PLACES.includes(it) ? 2 : 1) : it.length));
  const characters = places.reduce((total, each) => total + each, 0);
  const [alone, part] = gsm ? [160, 153] : [70, 67];
  if (characters <= alone) return { characters, segments: 1, perSegment: alone };
  let segments = 1;
  let room = part;
  // a character of two positions is never split between parts
  for (const each of places) {
    if (each > room) {
      segments += 1;
      room = part;
    }
    room -= each;
  }
  return { characters, segments, perSegment: part };
}

const MERGE = {
  ru: {
    moves: 'на общую карточку переходит:',
    debt: (sum: string) => `долг ${sum}`,
    ahead: (sum: string) => `предоплата ${sum}`,
  },
  en: {
    moves: 'this goes to the common card:',
    debt: (sum: string) => `a debt of ${sum}`,
    ahead: (sum: string) => `${sum} paid ahead`,
  },
} as const satisfies Record<Language, object>;

/**
 * The message's words for a merge of cards. `owed`: moved debt, minor units, negative for a prepayment; `points`: moved points.
 */
export function wordMerge(
  { owed, points }: { readonly owed: number; readonly points: number },
  currency: Currency,
  language: Language,
): string {
  const words = MERGE[language];
  const sum = wordAmount({ minor: Math.abs(owed), currency: currency.code }, currency, language);
  const moved = [
    ...(owed === 0 ? [] : [owed > 0 ? words.debt(sum) : words.ahead(sum)]),
    ...(points === 0 ? [] : [wordAmount({ points }, currency, language)]),
  ];
  const merging = ACTION_WORDS[language]['merge-customers'];
  return moved.length === 0 ? merging : `${merging}, ${words.moves} ${moved.join(', ')}`;
}

/**
 * The message's words for a new authorised person: «новое доверенное лицо Анна, *2233: сможет покупать в долг и за ваши баллы…»
 */
export function wordPerson(
  { name, phone }: { readonly name: string; readonly phone: string },
  language: Language,
): string {
  const who = `${ACTION_WORDS[language]['authorise-person']} ${shortName(name)}, *${phone.slice(-4)}`;
  return language === 'ru'
    ? `${who}: сможет покупать в долг и за ваши баллы по своему коду`
    : `${who}: may buy on account and with your points by a code to that phone`;
}
