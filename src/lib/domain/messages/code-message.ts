// The customer's message with a code: its template, filled by the relay and previewed by the till.
// Never sees a code.
import type { Policy } from '$lib/contract/policy';
import type { Action, Currency } from '$lib/contract/values';
import type { Language } from '$lib/domain/values/language';
import { oneLine, shortName, wordAmount, type WordedAmount } from './message-words';

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
    'forget-customer': 'удаление вашей карточки',
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
    'forget-customer': 'erasing your card',
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

const DEFAULT_TEXT = {
  ru: '{shop}: {action} {amount}. Код {code}',
  en: '{shop}: {action} {amount}. Code {code}',
} as const satisfies Record<Language, string>;

/** The text of a code's message if the shop has not written its own. */
export const defaultText = (language: Language): string => DEFAULT_TEXT[language];

/** The text in this language: a default text follows the language, the shop's own text stays. */
export const textIn = (language: Language, text: string): string =>
  Object.values<string>(DEFAULT_TEXT).includes(text) ? DEFAULT_TEXT[language] : text;

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

const BROUGHT_IN = {
  ru: (sum: string) => `Перенесён ваш долг ${sum}.`,
  en: (sum: string) => `Balance brought in: you owe ${sum}.`,
} as const satisfies Record<Language, object>;

/**
 * The sentence before a code about an imported debt of which the customer got no message. It is not part of the shop's template, so
 * that no template can leave it out. `owed`: minor units.
 */
export function wordBroughtIn(owed: number, { currency, messageLanguage }: Policy['shop']): string {
  const sum = wordAmount({ minor: owed, currency: currency.code }, currency, messageLanguage);
  return BROUGHT_IN[messageLanguage](oneLine(sum));
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
