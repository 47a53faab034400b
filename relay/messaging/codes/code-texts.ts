// The texts of messages with codes: to customers by the shop’s template, and to operators.
import type { ChallengeRequest } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import type { Texts } from '$lib/contract/provider';
import {
  defaultText,
  fillMessage,
  textIn,
  wordAction,
  wordBroughtIn,
  wordMerge,
  wordPerson,
} from '$lib/domain/messages/code-message';
import { oneLine, wordAmount, type WordedAmount } from '$lib/domain/messages/message-words';
import type { Language } from '$lib/domain/values/language';

const TRIAL = { ru: 'проверка связи', en: 'test message' } as const satisfies Record<
  Language,
  string
>;

/** Placeholder of the code: a character that cannot be typed, so no name contains it. */
const CODE_HERE = '\u0000';

/** The shop's own texts; where `texts` is null, the default ones of its language. */
export function textsIn(language: Language, texts: Texts | null): Texts {
  const of = (action: keyof Texts) =>
    texts === null ? defaultText(language) : textIn(language, texts[action]);
  return { 'redeem-points': of('redeem-points'), 'sell-on-account': of('sell-on-account') };
}

/** The text of a challenge with a placeholder for the code, which `withCode` fills. */
export function wordChallenge(
  asked: Pick<ChallengeRequest, 'action' | 'amount' | 'also'> & {
    readonly balance: WordedAmount | null;
    /** What a merge of cards moves, minor units and points; null: another act. */
    readonly merging: { readonly owed: number; readonly points: number } | null;
    /** The authorised person who is to be added; null: another act. */
    readonly person: { readonly name: string; readonly phone: string } | null;
    /** Imported debt, minor units, that the message names; null: none. */
    readonly broughtIn: number | null;
  },
  policy: Policy,
  texts: Texts | null,
): string {
  const { currency, messageLanguage: language } = policy.shop;
  const { action } = asked;
  const template =
    action === 'redeem-points' || action === 'sell-on-account'
      ? textsIn(language, texts)[action]
      : defaultText(language);
  const sum = asked.amount === null ? '' : wordAmount(asked.amount, currency, language);
  const { also } = asked;
  const second =
    also === undefined || also.amount === null
      ? null
      : `${wordAction(also.action, also.amount, language)} ${wordAmount(also.amount, currency, language)}`;
  // named whether the shop's own text has the variable for the action or only that for the sum
  const named = second !== null && template.includes('{action}') ? `${second}, ` : '';
  const text = fillMessage(template, {
    shop: policy.shop.name,
    action:
      asked.merging !== null
        ? wordMerge(asked.merging, currency, language)
        : asked.person !== null
          ? wordPerson(asked.person, language)
          : `${named}${wordAction(action, asked.amount, language)}`,
    amount: second !== null && named === '' ? `${sum}, ${second}` : sum,
    balance: asked.balance === null ? '' : wordAmount(asked.balance, currency, language),
    code: CODE_HERE,
  });
  const { broughtIn } = asked;
  return broughtIn === null ? text : `${wordBroughtIn(broughtIn, policy.shop)} ${text}`;
}

/** A test message: the shop's text, with a code that is valid for nothing. */
export function wordTrial(policy: Policy, texts: Texts | null): string {
  const language = policy.shop.messageLanguage;
  return fillMessage(textsIn(language, texts)['sell-on-account'], {
    shop: policy.shop.name,
    action: TRIAL[language],
    // no amount: a zero would be read as a sum
    amount: '',
    balance: '',
    code: CODE_HERE,
  });
}

/** The final text; `repeat` numbers it, for services that refuse equal texts. */
export function withCode(open: string, code: string, repeat: number | null = null): string {
  const text = open.replaceAll(CODE_HERE, code);
  return repeat === null ? text : `${text} (${repeat})`;
}

const RESERVE = {
  ru: {
    before: (shop: string, amount: string) =>
      `${shop}: резервные коды для покупки без связи. Каждый один раз, до ${amount}. Называйте только при покупке. Прежние коды не действуют.`,
    at: (till: string) => `Касса «${till}»:`,
  },
  en: {
    before: (shop: string, amount: string) =>
      `${shop}: reserve codes for buying without a connection. Each once, up to ${amount}. Say one only when you buy. Earlier codes no longer work.`,
    at: (till: string) => `Till “${till}”:`,
  },
} as const satisfies Record<Language, object>;

/** The text of an issue of reserve codes, by till where there are several: a code is valid at one till. */
export function wordReserveCodes(
  groups: readonly { readonly till: string; readonly codes: readonly string[] }[],
  policy: Policy,
): string {
  const language = policy.shop.messageLanguage;
  const { currency, name } = policy.shop;
  const cap = { minor: policy.overrideCaps.perAct, currency: currency.code };
  const words = RESERVE[language];
  const lists = groups.map(({ till, codes }) =>
    [...(groups.length > 1 ? [words.at(oneLine(till))] : []), codes.join(', ')].join(' '),
  );
  return [words.before(oneLine(name), oneLine(wordAmount(cap, currency, language))), ...lists].join(
    '\n',
  );
}

/** The whole text of a code to an operator's phone. `action`: what it confirms. */
export const wordOperatorCode = (action: string, policy: Policy, code: string): string =>
  fillMessage(defaultText(policy.shop.messageLanguage), {
    shop: policy.shop.name,
    action,
    amount: '',
    balance: '',
    code,
  });
