// Words for a protected change, for the message with the code by which an owner consents to it.
import type { OpeningSums } from '$lib/contract/grant';
import type { Policy } from '$lib/contract/policy';
import type { FormerAccepted } from '$lib/contract/till';
import { oneLine, shortName, voiceOf } from './message-words';
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
  const who = shortName(operatorOf(policy, asked.by)?.name ?? '?');
  const what = oneLine(wordChange(change, policy));
  const till = shortName(asked.till);
  return voiceOf(policy).pick(
    `${what}. Просит ${who}, касса «${till}»`,
    `${what}. Asked by ${who}, till “${till}”`,
  );
}

function wordChange(change: ProtectedChange, before: Policy): string {
  const { language, pick } = voiceOf(before);
  const quoted = (till: string): string => pick(`«${shortName(till)}»`, `“${shortName(till)}”`);
  switch (change.kind) {
    case 'policy':
      return wordPolicy(before, change.after);
    case 'service':
      return `${SERVICE[language][change.what]} (${shortName(change.name)})`;
    case 'trust-numbers':
      return `${pick('доверять номерам покупателей', 'trust customers’ numbers')}: ${change.count}`;
    case 'import-balances':
    case 'import-untold':
    case 'undo-import': {
      const { kind, sums } = change;
      return [`${IMPORT[language][kind]}: ${sums.customers}`, ...wordSums(sums, before)].join(', ');
    }
    case 'former-till': {
      const { till, entries, sums } = change;
      // the former till's id is left out, because its last digits may look like a code
      const what = pick(
        `учёт прежней кассы у ${quoted(till)}: записей ${entries}`,
        `records of a former till at ${quoted(till)}: ${entries} entries`,
      );
      return [what, ...wordSums(sums, before)].join(', ');
    }
    case 'accept-numbers': {
      const more = change.count > 1 ? ` +${change.count - 1}` : '';
      const accept = pick('принять новые номера покупателей', 'accept customers’ new numbers');
      return `${accept}: ${change.phoneMasked}${more}`;
    }
    case 'cancel-number-change':
      return `${pick('отменить смену номера покупателя на', 'cancel a customer’s change of number to')} ${change.phoneMasked}`;
    case 'forget-customer': {
      const number = change.phoneMasked === null ? '' : ` ${change.phoneMasked}`;
      return `${pick('удалить карточку покупателя', 'erase the card of customer')}${number}`;
    }
    case 'lift-stop': {
      const till = change.till === null ? '' : ` ${quoted(change.till)}`;
      return pick(`снова отправлять коды кассы${till}`, `send codes of till${till} again`);
    }
    case 'enrol-till':
      return pick('подключить ещё одну кассу', 'connect another till');
    case 'stop-waiting': {
      const tills = change.tills.map(quoted).join(', ');
      return pick(
        `после восстановления сервера не ждать кассы ${tills}`,
        `after the server was restored, do not wait for ${tills}`,
      );
    }
    case 'revoke-till':
      return `${pick('отключить кассу', 'remove till')} ${quoted(change.till)}`;
  }
}

/** «загрузка карточек: 2, долги 9 000,00 ₽, 500 баллов» */
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

function wordSums(
  { debt, prepaid, points }: Omit<OpeningSums, 'customers'>,
  policy: Policy,
): readonly string[] {
  const { pick, sum, sums } = voiceOf(policy);
  return [
    ...(debt > 0 ? [`${pick('долги', 'debts')} ${sum(debt)}`] : []),
    ...(prepaid > 0 ? [`${pick('предоплата', 'prepaid')} ${sum(prepaid)}`] : []),
    ...sums(0, points),
  ];
}

/** The parts that change, then what is weakened: a harmless change must not hide another. */
function wordPolicy(before: Policy, after: Policy): string {
  const { currency } = before.shop;
  const { language, named } = voiceOf(before);
  const parts = protectedParts(before, after).map((part) => PARTS[language][part]);
  const weakened = policyWeakenings(before, after).map((one) =>
    wordWeakening(one, currency, language),
  );
  const whole = parts.join(', ');
  return weakened.length === 0 ? whole : `${whole}: ${named(weakened, NAMED_AT_MOST).join('; ')}`;
}
