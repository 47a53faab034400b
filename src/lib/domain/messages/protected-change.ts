// Words for a protected change, for the message with the code by which an owner consents to it.
import type { OpeningSums } from '$lib/contract/grant';
import type { Policy } from '$lib/contract/policy';
import type { FormerAccepted } from '$lib/contract/till';
import { oneLine, shortName, wordAmount } from './message-words';
import { wordWeakening } from './owner-message';
import { operatorOf } from '$lib/domain/policy/policy';
import { protectedParts, type PolicyPart } from '$lib/domain/policy/policy-change';
import { policyWeakenings } from '$lib/domain/policy/policy-weakening';
import type { Language } from '$lib/domain/values/language';

/** A change that an owner consents to. The name of a till is null if the relay does not know it. */
export type ProtectedChange =
  | { readonly kind: 'policy'; readonly after: Policy }
  | {
      readonly kind: 'service';
      readonly what: 'first' | 'service' | 'address' | 'account' | 'texts' | 'settings';
      /** Name of the messaging service. */
      readonly name: string;
    }
  | { readonly kind: 'trust-numbers'; readonly count: number }
  | {
      readonly kind: 'import-balances' | 'import-untold' | 'undo-import';
      readonly sums: OpeningSums;
    }
  /** `phoneMasked`: the first of them. */
  | { readonly kind: 'accept-numbers'; readonly count: number; readonly phoneMasked: string }
  | { readonly kind: 'cancel-number-change'; readonly phoneMasked: string }
  /** `phoneMasked`: null if their card has no number. */
  | { readonly kind: 'forget-customer'; readonly phoneMasked: string | null }
  | { readonly kind: 'lift-stop'; readonly till: string | null }
  | { readonly kind: 'enrol-till' }
  | {
      readonly kind: 'former-till';
      readonly till: string;
      readonly entries: number;
      readonly sums: FormerAccepted['sums'];
    }
  | { readonly kind: 'revoke-till'; readonly till: string }
  /** Names of the tills that a relay, restored from an older copy, waits for. */
  | { readonly kind: 'stop-waiting'; readonly tills: readonly string[] };

const SERVICE = {
  ru: {
    first: 'сервис кодов',
    service: 'другой сервис кодов',
    address: 'другой адрес сервиса кодов',
    account: 'другой доступ к сервису кодов',
    texts: 'тексты сообщений',
    settings: 'настройки сервиса кодов',
  },
  en: {
    first: 'service for codes',
    service: 'another service for codes',
    address: 'new address of the service for codes',
    account: 'new account of the service for codes',
    texts: 'texts of messages',
    settings: 'settings of the service for codes',
  },
} as const;

const PARTS = {
  ru: {
    shop: 'данные магазина',
    operators: 'сотрудники',
    groups: 'права групп',
    customerGroups: 'группы покупателей',
    methods: 'способы подтверждения',
    challenge: 'правила кодов',
    weakCodes: 'пределы для коротких кодов',
    credit: 'пределы долга',
    overrideCaps: 'пределы без кода',
    cashRounding: 'округление наличных',
    discountRules: 'автоскидки',
    labelMasks: 'этикетки весов',
    corrections: 'предел исправлений',
    points: 'баллы',
    limits: 'лимиты сообщений',
    notices: 'сообщения о долгах',
    returns: 'пределы возвратов',
    shifts: 'пересчёт кассы',
    allowedPrefixes: 'страны номеров',
  },
  en: {
    shop: 'the shop’s details',
    operators: 'staff',
    groups: 'rights of groups',
    customerGroups: 'groups of customers',
    methods: 'ways to confirm',
    challenge: 'rules of codes',
    weakCodes: 'caps of short codes',
    credit: 'debt limits',
    overrideCaps: 'caps without a code',
    cashRounding: 'cash rounding',
    discountRules: 'automatic discounts',
    labelMasks: 'scale labels',
    corrections: 'cap of corrections',
    points: 'points',
    limits: 'limits of messages',
    notices: 'messages about debts',
    returns: 'limits of returns',
    shifts: 'counting of drawers',
    allowedPrefixes: 'countries of numbers',
  },
} as const satisfies Record<Language, Record<PolicyPart, string>>;

/** More would make the message too long; it gives the number of those left out. */
const NAMED_AT_MOST = 4;

/** The change, who asks for it and at which till; fills the message's `{action}`. `policy`: the one in force. */
export function wordConsent(
  change: ProtectedChange,
  policy: Policy,
  asked: { readonly by: string; readonly till: string },
): string {
  const ru = policy.shop.messageLanguage === 'ru';
  const who = shortName(operatorOf(policy, asked.by)?.name ?? '?');
  const what = oneLine(wordChange(change, policy));
  const till = shortName(asked.till);
  return ru
    ? `${what}. Просит ${who}, касса «${till}»`
    : `${what}. Asked by ${who}, till “${till}”`;
}

function wordChange(change: ProtectedChange, before: Policy): string {
  const language = before.shop.messageLanguage;
  const ru = language === 'ru';
  const quoted = (till: string): string => (ru ? `«${shortName(till)}»` : `“${shortName(till)}”`);
  switch (change.kind) {
    case 'policy':
      return wordPolicy(before, change.after);
    case 'service':
      return `${SERVICE[language][change.what]} (${shortName(change.name)})`;
    case 'trust-numbers':
      return ru
        ? `доверять номерам покупателей: ${change.count}`
        : `trust customers’ numbers: ${change.count}`;
    case 'import-balances':
    case 'import-untold':
    case 'undo-import':
      return wordImport(change, before);
    case 'former-till': {
      const { till, entries, sums } = change;
      // the former till's id is left out, because its last digits may look like a code
      const what = ru
        ? `учёт прежней кассы у ${quoted(till)}: записей ${entries}`
        : `records of a former till at ${quoted(till)}: ${entries} entries`;
      return [what, ...wordSums(sums, before)].join(', ');
    }
    case 'accept-numbers': {
      const more = change.count > 1 ? ` +${change.count - 1}` : '';
      return ru
        ? `принять новые номера покупателей: ${change.phoneMasked}${more}`
        : `accept customers’ new numbers: ${change.phoneMasked}${more}`;
    }
    case 'cancel-number-change':
      return ru
        ? `отменить смену номера покупателя на ${change.phoneMasked}`
        : `cancel a customer’s change of number to ${change.phoneMasked}`;
    case 'forget-customer': {
      const number = change.phoneMasked === null ? '' : ` ${change.phoneMasked}`;
      return ru ? `удалить карточку покупателя${number}` : `erase the card of customer${number}`;
    }
    case 'lift-stop': {
      const till = change.till === null ? '' : ` ${quoted(change.till)}`;
      return ru ? `снова отправлять коды кассы${till}` : `send codes of till${till} again`;
    }
    case 'enrol-till':
      return ru ? 'подключить ещё одну кассу' : 'connect another till';
    case 'stop-waiting': {
      const tills = change.tills.map(quoted).join(', ');
      return ru
        ? `после восстановления сервера не ждать кассы ${tills}`
        : `after the server was restored, do not wait for ${tills}`;
    }
    case 'revoke-till':
      return ru ? `отключить кассу ${quoted(change.till)}` : `remove till ${quoted(change.till)}`;
  }
}

const IMPORT = {
  ru: {
    'import-balances': 'загрузка карточек',
    'import-untold': 'загрузка карточек без сообщений должникам',
    'undo-import': 'отмена загрузки карточек',
  },
  en: {
    'import-balances': 'import of cards',
    'import-untold': 'import of cards without messages to debtors',
    'undo-import': 'undoing an import of cards',
  },
} as const;

/** «загрузка карточек: 2, долги 9 000,00 ₽, 500 баллов» */
function wordImport(
  {
    kind,
    sums,
  }: Extract<ProtectedChange, { kind: 'import-balances' | 'import-untold' | 'undo-import' }>,
  policy: Policy,
): string {
  const cards = `${IMPORT[policy.shop.messageLanguage][kind]}: ${sums.customers}`;
  return [cards, ...wordSums(sums, policy)].join(', ');
}

function wordSums(
  { debt, prepaid, points }: Omit<OpeningSums, 'customers'>,
  { shop: { currency, messageLanguage: language } }: Policy,
): readonly string[] {
  const ru = language === 'ru';
  const sum = (minor: number): string =>
    wordAmount({ minor, currency: currency.code }, currency, language);
  return [
    ...(debt > 0 ? [`${ru ? 'долги' : 'debts'} ${sum(debt)}`] : []),
    ...(prepaid > 0 ? [`${ru ? 'предоплата' : 'prepaid'} ${sum(prepaid)}`] : []),
    ...(points > 0 ? [wordAmount({ points }, currency, language)] : []),
  ];
}

/** The parts that change, then what is weakened: a harmless change must not hide another. */
function wordPolicy(before: Policy, after: Policy): string {
  const { currency, messageLanguage: language } = before.shop;
  const parts = protectedParts(before, after).map((part) => PARTS[language][part]);
  const weakened = policyWeakenings(before, after);
  const named = weakened
    .slice(0, NAMED_AT_MOST)
    .map((one) => wordWeakening(one, currency, language));
  const more = weakened.length - named.length;
  if (more > 0) named.push(language === 'ru' ? `и ещё ${more}` : `and ${more} more`);
  const whole = parts.join(', ');
  return named.length === 0 ? whole : `${whole}: ${named.join('; ')}`;
}
