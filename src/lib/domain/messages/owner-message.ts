// Texts for owners about weakened protection, used by the relay's message and the till's preview.
import type { Weakening } from '$lib/contract/owner-notice';
import type { Policy, Right } from '$lib/contract/policy';
import type { Currency, SaleAction } from '$lib/contract/values';
import { oneLine, shortName, wordAmount } from './message-words';
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

const CAPS = {
  ru: { perAct: 'за раз', perCustomer: 'на покупателя', perTill: 'на кассу' },
  en: { perAct: 'at once', perCustomer: 'per customer', perTill: 'per till' },
} as const;
const WEAK_CAPS = {
  ru: { perAct: 'за раз', perNumber: 'на номер', perShop: 'на магазин' },
  en: { perAct: 'at once', perNumber: 'per number', perShop: 'per shop' },
} as const;
const RETURN_CAPS = {
  ru: { cashFrom: 'возврат наличными одному', perDay: 'возвратов под контролем в день' },
  en: { cashFrom: 'cash refund by one person', perDay: 'checked refunds a day' },
} as const;
const POINT_SHARES = {
  ru: { earn: 'баллов начисляется от оплаты, %', redeem: 'баллами можно оплатить чека, %' },
  en: { earn: 'points earned on payments, %', redeem: 'of a receipt payable by points, %' },
} as const;
const LIMITS = {
  ru: { perPhoneHour: 'в час', perPhoneDay: 'в день' },
  en: { perPhoneHour: 'an hour', perPhoneDay: 'a day' },
} as const;
const PROVIDER = {
  ru: { service: 'другой сервис кодов', address: 'другой адрес', account: 'другой доступ' },
  en: { service: 'another service for codes', address: 'new address', account: 'new account' },
} as const;

/** More would make the message too long and expensive; the till shows all of them. */
const TOLD_AT_MOST = 3;

/** One weakening in a few words. */
export function wordWeakening(weakened: Weakening, currency: Currency, language: Language): string {
  const ru = language === 'ru';
  const sum = (minor: number): string =>
    wordAmount({ minor, currency: currency.code }, currency, language);
  const minutes = (ms: number): string => String(Math.round(ms / 6_000) / 10);
  const named = (rights: readonly Right[]): string =>
    rights.map((right) => RIGHTS[language][right] ?? right).join(', ');
  switch (weakened.kind) {
    case 'no-code': {
      const what = ACTIONS[language][weakened.action];
      return ru ? `${what} без кода` : `${what} without a code`;
    }
    case 'weak-code': {
      const what = ACTIONS[language][weakened.action];
      return ru ? `${what} по коду из 4 цифр` : `${what} by a 4-digit code`;
    }
    case 'weak-code-cap':
      return `${ru ? 'по коду из 4 цифр' : 'by a 4-digit code'} ${WEAK_CAPS[language][weakened.cap]} ${sum(weakened.from)} → ${sum(weakened.to)}`;
    case 'threshold': {
      const what = ACTIONS[language][weakened.action];
      const [from, to] = [sum(weakened.from), sum(weakened.to)];
      return ru
        ? `${what} без кода до ${to} (было ${from})`
        : `${what} without a code below ${to} (was ${from})`;
    }
    case 'debt-limit':
      return `${ru ? 'предел долга' : 'debt limit'} ${sum(weakened.from)} → ${sum(weakened.to)}`;
    case 'new-number-cap':
      return `${ru ? 'предел для новых номеров' : 'cap of new numbers'} ${sum(weakened.from)} → ${sum(weakened.to)}`;
    case 'override-cap':
      return `${ru ? 'без кода' : 'without a code'} ${CAPS[language][weakened.cap]} ${sum(weakened.from)} → ${sum(weakened.to)}`;
    case 'large-from':
      return `${ru ? 'сообщать о долге без кода сразу от' : 'a debt without a code reported at once from'} ${sum(weakened.from)} → ${sum(weakened.to)}`;
    case 'repayments-untold':
      return ru ? 'без сообщений о погашении долга' : 'no messages about debt payments';
    case 'corrections-untold':
      return ru
        ? 'без сообщений об исправлениях в пользу покупателя'
        : 'no messages about corrections in the customer’s favour';
    case 'correction-cap':
      return `${ru ? 'исправления в пользу покупателей за сутки' : 'corrections in customers’ favour a day'} ${sum(weakened.from)} → ${sum(weakened.to)}`;
    case 'returns-untold':
      return ru ? 'без сообщений о возвратах' : 'no messages about returns';
    case 'reminders': {
      const [from, to] = [sum(weakened.from), weakened.to === null ? null : sum(weakened.to)];
      if (to === null) return ru ? 'без напоминаний о долге' : 'no reminders of debts';
      return `${ru ? 'напоминания о долге от' : 'reminders of debts from'} ${from} → ${to}`;
    }
    case 'return-cap':
      return `${RETURN_CAPS[language][weakened.cap]} ${sum(weakened.from)} → ${sum(weakened.to)}`;
    case 'return-code': {
      const [from, to] = [sum(weakened.from), weakened.to === null ? null : sum(weakened.to)];
      if (to === null)
        return ru
          ? `возвраты без кода (был нужен от ${from})`
          : `returns without a code (was needed from ${from})`;
      return `${ru ? 'код для возвратов от' : 'a code for returns from'} ${from} → ${to}`;
    }
    case 'points-share': {
      const [from, to] = [percentText(weakened.from), percentText(weakened.to)];
      return `${POINT_SHARES[language][weakened.share]} ${from} → ${to}`;
    }
    case 'point-value':
      return `${ru ? 'один балл стоит' : 'a point is worth'} ${sum(weakened.from)} → ${sum(weakened.to)}`;
    case 'earning-cap':
      return `${ru ? 'баллов одному покупателю за сутки до' : 'points to one customer in a day up to'} ${sum(weakened.from)} → ${sum(weakened.to)}`;
    case 'lifetime':
      return `${ru ? 'код живёт, мин' : 'code lives, min'} ${minutes(weakened.from)} → ${minutes(weakened.to)}`;
    case 'checks':
      return `${ru ? 'попыток ввода кода' : 'checks of a code'} ${weakened.from} → ${weakened.to}`;
    case 'phone-limit':
      return `${ru ? 'сообщений на номер' : 'messages per number'} ${LIMITS[language][weakened.limit]} ${weakened.from} → ${weakened.to}`;
    case 'prefixes': {
      const added = weakened.added.slice(0, TOLD_AT_MOST).join(', ');
      return `${ru ? 'коды и на' : 'codes also to'} ${added}`;
    }
    case 'group-rights':
      return `${ru ? 'группе' : 'group'} ${shortName(groupName(weakened.group, language))}: ${named(weakened.rights)}`;
    case 'operator-rights':
      return `${shortName(weakened.operator)}: ${named(weakened.rights)}`;
    case 'new-owner':
      return `${ru ? 'новый владелец' : 'new owner'} ${shortName(weakened.operator)}`;
    case 'operator-phone':
      return `${ru ? 'другой телефон у' : 'another phone of'} ${shortName(weakened.operator)}`;
    case 'former-owner':
      return `${ru ? 'больше не владелец' : 'no longer an owner:'} ${shortName(weakened.operator)}`;
    case 'owner-pin':
      return `${ru ? 'другой PIN у' : 'another PIN of'} ${shortName(weakened.operator)}`;
    case 'provider':
      return `${PROVIDER[language][weakened.what]} (${shortName(weakened.name)})`;
    case 'first-number':
      return ru
        ? `у карточки с историей появился номер ${weakened.phoneMasked} (${shortName(weakened.till)}), он ждёт вашего решения`
        : `a card with a history got the number ${weakened.phoneMasked} (${shortName(weakened.till)}), which waits for you`;
    case 'forgetting': {
      const number = weakened.phoneMasked === null ? '' : ` ${weakened.phoneMasked}`;
      return ru
        ? `карточка покупателя${number} сотрётся через сутки, остановить можно в «Покупателях»`
        : `the card of customer${number} is erased in a day; stop it in “Customers”`;
    }
    case 'shop-name':
      return `${ru ? 'в сообщениях магазин теперь' : 'messages now name the shop'} ${shortName(weakened.to)}`;
    case 'till-named':
      return `${ru ? 'новая касса' : 'new till'} ${shortName(weakened.to)}`;
    case 'till-name': {
      const [from, to] = [shortName(weakened.from), shortName(weakened.to)];
      return ru ? `касса ${from} теперь называется ${to}` : `till ${from} is now called ${to}`;
    }
    case 'text': {
      const what = ACTIONS[language][weakened.action];
      return ru ? `сообщение (${what}) без суммы` : `message (${what}) without the sum`;
    }
  }
}

/** What owners are told of although it weakens no protection: they may want to stop it. */
const PLAIN_NEWS: ReadonlySet<Weakening['kind']> = new Set([
  'first-number',
  'forgetting',
  'till-named',
  'till-name',
]);

/** The whole message, in the language of the shop's customers. `by`: name of the operator, null if unknown. */
export function wordOwnerNotice(
  weakened: readonly Weakening[],
  { shop }: Pick<Policy, 'shop'>,
  by: string | null,
): string {
  const language = shop.messageLanguage;
  const named = weakened
    .slice(0, TOLD_AT_MOST)
    .map((it) => wordWeakening(it, shop.currency, language));
  const more = weakened.length - named.length;
  if (more > 0) named.push(language === 'ru' ? `и ещё ${more}` : `and ${more} more`);
  const who = by === null ? '' : ` (${shortName(by)})`;
  const isReduced = weakened.some(({ kind }) => !PLAIN_NEWS.has(kind));
  const reduced = language === 'ru' ? 'защита снижена' : 'protection was reduced';
  const what = isReduced ? `${reduced}${who}: ${named.join('; ')}` : `${named.join('; ')}${who}`;
  const asked =
    language === 'ru' ? 'Не вы? Проверьте настройки кассы.' : 'Not you? Check the till’s settings.';
  return oneLine(`${shortName(shop.name)}: ${what}. ${asked}`);
}
