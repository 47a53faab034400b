// Texts for owners about weakened protection, used by the relay's message and the till's preview.
import type { Weakening } from '$lib/contract/owner-notice';
import type { Policy, Right } from '$lib/contract/policy';
import { ALL_SETTINGS, type PlacedSetting, type SettingWeakening } from '$lib/contract/settings';
import type { Currency, SaleAction } from '$lib/contract/values';
import { settingWords as en } from './settings-en';
import { settingWords as ru } from './settings-ru';
import { shortName, voiceIn, voiceOf } from './message-words';
import { percentText } from '$lib/domain/receipt/discounts';
import { groupName } from '$lib/domain/policy/groups';
import type { Language } from '$lib/domain/values/language';

const ACTIONS = {
  ru: { 'sell-on-account': 'долг', 'redeem-points': 'списание баллов' },
  en: { 'sell-on-account': 'debt', 'redeem-points': 'points' },
} as const satisfies Record<Language, Record<SaleAction, string>>;

const RIGHTS: Record<Language, Partial<Record<Right, string>>> = {
  ru: {
    'sell-over-limit': 'долг сверх предела',
    'skip-code:on-account': 'долг без кода',
    'skip-code:points': 'баллы без кода',
    'correct-balance': 'правка долгов и баллов',
    'change-customer-phone': 'смена телефонов',
    'manage-customers': 'карточки покупателей',
    'manage-staff': 'сотрудники и права',
    settings: 'настройки',
    data: 'загрузка данных',
  },
  en: {
    'sell-over-limit': 'debt above the limit',
    'skip-code:on-account': 'debt without a code',
    'skip-code:points': 'points without a code',
    'correct-balance': 'correcting debts and points',
    'change-customer-phone': 'changing phones',
    'manage-customers': 'customers’ cards',
    'manage-staff': 'staff and rights',
    settings: 'settings',
    data: 'importing data',
  },
};

const PROVIDER = {
  ru: { service: 'другой сервис кодов', address: 'другой адрес', account: 'другой доступ' },
  en: { service: 'another service for codes', address: 'new address', account: 'new account' },
} as const;

/** More would make the message too long and expensive; the till shows all of them. */
const TOLD_AT_MOST = 3;

/** One weakening in a few words. */
export function wordWeakening(weakened: Weakening, currency: Currency, language: Language): string {
  const { pick, sum } = voiceIn(currency, language);
  const named = (rights: readonly Right[]): string =>
    rights.map((right) => RIGHTS[language][right] ?? right).join(', ');
  if (weakened.kind === 'return-code' && weakened.to === null) {
    const from = sum(weakened.from);
    return pick(
      `возвраты без кода (был нужен от ${from})`,
      `returns without a code (was needed from ${from})`,
    );
  }
  const what = 'action' in weakened ? ACTIONS[language][weakened.action] : '';
  switch (weakened.kind) {
    case 'no-code':
      return pick(`${what} без кода`, `${what} without a code`);
    case 'weak-code':
      return pick(`${what} по коду из 4 цифр`, `${what} by a 4-digit code`);
    case 'threshold': {
      const [from, to] = [sum(weakened.from), sum(weakened.to)];
      return pick(
        `${what} без кода до ${to} (было ${from})`,
        `${what} without a code below ${to} (was ${from})`,
      );
    }
    case 'reminders':
      if (weakened.to === null) return pick('без напоминаний о долге', 'no reminders of debts');
      return `${pick('напоминания о долге от', 'reminders of debts from')} ${sum(weakened.from)} → ${sum(weakened.to)}`;
    case 'prefixes': {
      const added = weakened.added.slice(0, TOLD_AT_MOST).join(', ');
      return `${pick('коды и на', 'codes also to')} ${added}`;
    }
    case 'group-rights':
      return `${pick('группе', 'group')} ${shortName(groupName(weakened.group, language))}: ${named(weakened.rights)}`;
    case 'operator-rights':
      return `${shortName(weakened.operator)}: ${named(weakened.rights)}`;
    case 'new-owner':
      return `${pick('новый владелец', 'new owner')} ${shortName(weakened.operator)}`;
    case 'operator-phone':
      return `${pick('другой телефон у', 'another phone of')} ${shortName(weakened.operator)}`;
    case 'former-owner':
      return `${pick('больше не владелец', 'no longer an owner:')} ${shortName(weakened.operator)}`;
    case 'owner-pin':
      return `${pick('другой PIN у', 'another PIN of')} ${shortName(weakened.operator)}`;
    case 'provider':
      return `${PROVIDER[language][weakened.what]} (${shortName(weakened.name)})`;
    case 'first-number': {
      const number = `${weakened.phoneMasked} (${shortName(weakened.till)})`;
      return pick(
        `у карточки с историей появился номер ${number}, он ждёт вашего решения`,
        `a card with a history got the number ${number}, which waits for you`,
      );
    }
    case 'forgetting': {
      const number = weakened.phoneMasked === null ? '' : ` ${weakened.phoneMasked}`;
      return pick(
        `карточка покупателя${number} сотрётся через сутки, остановить можно в «Покупателях»`,
        `the card of customer${number} is erased in a day; stop it in “Customers”`,
      );
    }
    case 'shop-name':
      return `${pick('в сообщениях магазин теперь', 'messages now name the shop')} ${shortName(weakened.to)}`;
    case 'till-named':
      return `${pick('новая касса', 'new till')} ${shortName(weakened.to)}`;
    case 'till-name': {
      const [from, to] = [shortName(weakened.from), shortName(weakened.to)];
      return pick(`касса ${from} теперь называется ${to}`, `till ${from} is now called ${to}`);
    }
    case 'text':
      return pick(`сообщение (${what}) без суммы`, `message (${what}) without the sum`);
    default:
      return wordSetting(weakened, sum, language);
  }
}

const SETTING_WORDS = { ru, en } as const satisfies Record<Language, object>;

/** A weakened setting, in its own words. */
function wordSetting(
  weakened: Extract<Weakening, { readonly kind: SettingWeakening }>,
  sum: (minor: number) => string,
  language: Language,
): string {
  const row = ALL_SETTINGS.find(({ weakening }) => isNamed(weakening?.of, weakened));
  if (row === undefined) return weakened.kind;
  const [, , words = ''] = SETTING_WORDS[language][row.key];
  if (!('from' in weakened) || typeof weakened.from !== 'number') return words;
  const { from, to } = weakened;
  const isTime = row.as === 'choice' && row.unit === 'minutes';
  const value = (of: number): string => {
    if (row.as === 'sum') return sum(of);
    if (row.as === 'share') return percentText(of);
    return String(isTime ? Math.round(of / 6_000) / 10 : of);
  };
  const never = language === 'ru' ? 'никогда' : 'never';
  return `${words} ${value(from)} → ${typeof to === 'number' ? value(to) : never}`;
}

/** Whether a row names this weakening. */
const isNamed = (
  of: NonNullable<PlacedSetting['weakening']>['of'] | undefined,
  weakened: Weakening,
): boolean =>
  typeof of === 'object'
    ? Object.entries(of).every(([name, value]) => weakened[name as 'kind'] === value)
    : of === weakened.kind;

/** Changes that owners get a message about although they weaken no protection: owners may want to stop them. */
const PLAIN_NEWS: ReadonlySet<Weakening['kind']> = new Set([
  'first-number',
  'forgetting',
  'till-named',
  'till-name',
]);

/** The whole message, in the language of the shop's customers. `by`: name of the operator, null if unknown. */
export function wordOwnerNotice(
  weakened: readonly Weakening[],
  policy: Pick<Policy, 'shop'>,
  by: string | null,
): string {
  const { language, pick, named, whole } = voiceOf(policy);
  const { currency } = policy.shop;
  const words = weakened.map((it) => wordWeakening(it, currency, language));
  const told = named(words, TOLD_AT_MOST).join('; ');
  const who = by === null ? '' : ` (${shortName(by)})`;
  const isReduced = weakened.some(({ kind }) => !PLAIN_NEWS.has(kind));
  const reduced = pick('защита снижена', 'protection was reduced');
  const what = isReduced ? `${reduced}${who}: ${told}` : `${told}${who}`;
  const asked = pick('Не вы? Проверьте настройки кассы.', 'Not you? Check the till’s settings.');
  return whole(`: ${what}. ${asked}`);
}
