// What the customer reads: the shop's own template, filled. The act and its amount are in it, so that the code says yes to something.
import type { ChallengeRequest } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import type { Texts } from '$lib/contract/provider';
import type { Action, MoneyOnWire } from '$lib/contract/values';
import { formatMoney, money } from '$lib/domain/money';
import type { Language } from '$lib/domain/product';

const DEFAULT: Record<Language, string> = {
  ru: '{shop}: {action} {amount}. Код {code}',
  en: '{shop}: {action} {amount}. Code {code}',
};

const ACTIONS = {
  ru: {
    'redeem-points': 'списание',
    'sell-on-account': 'в долг',
    'change-phone': 'смена номера телефона',
    'issue-reserve-codes': 'выдача резервных кодов',
    'merge-customers': 'объединение карточек',
  },
  en: {
    'redeem-points': 'redeem',
    'sell-on-account': 'on account',
    'change-phone': 'change of phone number',
    'issue-reserve-codes': 'reserve codes',
    'merge-customers': 'merging of cards',
  },
} as const satisfies Record<Language, Record<Action, string>>;

const TRIAL = { ru: 'проверка связи', en: 'test message' } as const satisfies Record<
  Language,
  string
>;
const LOCALE = { ru: 'ru-RU', en: 'en-GB' } as const satisfies Record<Language, string>;
const POINTS = {
  ru: { one: 'балл', few: 'балла', many: 'баллов', other: 'балла' },
  en: { one: 'point', other: 'points' },
} as const;

/** Where the code goes once it is known; a character nobody can type, so that no name can pretend to be it. */
const CODE_HERE = '\u0000';

/** Customers of a shop in roubles or in Russia are written to in Russian, others in English. */
export function languageOf({ shop }: Pick<Policy, 'shop'>): Language {
  return shop.currency.code === 'RUB' || shop.phoneCountry === 'RU' ? 'ru' : 'en';
}

/** The texts a shop starts with. */
export function defaultTexts(language: Language): Texts {
  return { 'redeem-points': DEFAULT[language], 'sell-on-account': DEFAULT[language] };
}

/** The text of a challenge with the place of the code left open; `withCode` closes it. */
export function wordChallenge(
  asked: Pick<ChallengeRequest, 'action' | 'amount' | 'balanceAfter'>,
  policy: Policy,
  texts: Texts | null,
): string {
  const language = languageOf(policy);
  const { action } = asked;
  const template =
    texts !== null && (action === 'redeem-points' || action === 'sell-on-account')
      ? texts[action]
      : DEFAULT[language];
  return fill(template, {
    shop: policy.shop.name,
    action: ACTIONS[language][action],
    amount: asked.amount === null ? '' : wordAmount(asked.amount, policy, language),
    balance:
      asked.balanceAfter === undefined ? '' : wordAmount(asked.balanceAfter, policy, language),
  });
}

/** A message to try the service with: the shop's words, a code that opens nothing. */
export function wordTrial(policy: Policy, texts: Texts | null): string {
  const language = languageOf(policy);
  const nothing = formatted({ minor: 0, currency: policy.shop.currency.code }, policy, language);
  return fill((texts ?? defaultTexts(language))['sell-on-account'], {
    shop: policy.shop.name,
    action: TRIAL[language],
    amount: nothing,
    balance: nothing,
  });
}

/** The final text. From the second message on it is numbered where the service refuses repeats: the code stays the same. */
export function withCode(open: string, code: string, repeat: number | null = null): string {
  const text = open.replaceAll(CODE_HERE, code);
  return repeat === null ? text : `${text} (${repeat})`;
}

/** One pass, so that a value that looks like a variable stays what it is. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  const filled = template.replace(/\{(code|amount|shop|action|balance)\}/g, (_, name: string) =>
    name === 'code' ? CODE_HERE : clean(values[name] ?? ''),
  );
  // an act without an amount leaves a gap before the full stop
  return filled
    .replace(/ {2,}/g, ' ')
    .replace(/ (?=[.,;:!?])/g, '')
    .trim();
}

/** One line of plain characters: no-break spaces would make one message into two. */
function clean(value: string): string {
  return value.replace(/[\s\p{Cc}\p{Zs}]+/gu, ' ').trim();
}

type Amount =
  NonNullable<ChallengeRequest['amount']> | NonNullable<ChallengeRequest['balanceAfter']>;

function wordAmount(amount: Amount, policy: Policy, language: Language): string {
  if ('minor' in amount) return formatted(amount, policy, language);
  const { points } = amount;
  const forms: Readonly<Record<string, string>> = POINTS[language];
  const form = new Intl.PluralRules(LOCALE[language]).select(points);
  const counted = `${points} ${forms[form] ?? forms['other']}`;
  return 'worth' in amount ? `${counted} (${formatted(amount.worth, policy, language)})` : counted;
}

function formatted(amount: MoneyOnWire, { shop }: Policy, language: Language): string {
  return formatMoney(money(amount.minor), shop.currency, LOCALE[language]);
}
