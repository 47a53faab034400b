// Words of the owners' daily summary, for the relay's message.
import type { OwnerSummary } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import { oneLine, shortName, wordAmount, wordCount } from './message-words';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import { wordMoment } from './notice-message';
import { wordGoods } from './right-message';
import { sharePercent } from '$lib/domain/shift/shift';
import { operatorOf } from '$lib/domain/policy/policy';
import type { Language } from '$lib/domain/values/language';

const FORMS = {
  ru: {
    acts: { one: 'запись', few: 'записи', many: 'записей', other: 'записи' },
    days: { one: 'день', few: 'дня', many: 'дней', other: 'дня' },
  },
  en: { acts: { one: 'act', other: 'acts' }, days: { one: 'day', other: 'days' } },
} as const satisfies Record<Language, Record<'acts' | 'days', Readonly<Record<string, string>>>>;

const DRAWER = {
  ru: {
    short: 'недостача в кассе',
    over: 'излишек в кассе',
    'terminal-short': 'по картам и переводам меньше, чем в чеках, на',
    'terminal-over': 'по картам и переводам больше, чем в чеках, на',
    recounted: 'пересчитано после показа сумм, разница изменилась на',
    'float-short': 'размен меньше оставленного на',
    'float-over': 'размен больше оставленного на',
    'no-sale': 'ящик открывали без продажи:',
    'tender-corrected': 'оплачено иначе, исправлено',
    'returned-alone': 'возвраты без второго сотрудника',
    'returned-without-sale': 'возвраты без чека',
    'returned-own': 'возвраты своих же продаж в ту же смену',
    'returned-without-code': 'возвраты без кода покупателя на',
    'goods-written-off': 'при возврате списано товара на',
    'returns-approved': 'подтверждены чужие возвраты на',
    'discounts-allowed': 'разрешены чужие скидки на',
    'discounts-large': 'большие скидки на',
    'free-prices': 'цены ниже прайса на',
    'list-below': 'прайс кассы ниже прайса магазина на',
    'label-prices': 'по ценам с этикеток весов продано на',
    'goods-removed': 'убрано товара из чеков на',
    'receipt-held': 'чеки, отложенные часто или надолго, на',
    'card-often': 'много чеков за день на одну карту на',
    'not-required': 'долги и баллы, для которых код не нужен, на',
    'receipt-cancelled': 'отменено чеков на',
    'paid-out': 'выплачены переплаты на',
    'taken-out': 'изъято из кассы',
    refunded: 'возвращено наличными',
  },
  en: {
    short: 'drawer short',
    over: 'drawer over',
    'terminal-short': 'cards and transfers short by',
    'terminal-over': 'cards and transfers over by',
    recounted: 'counted again after the sums were shown, changed by',
    'float-short': 'float short against what was left by',
    'float-over': 'float over what was left by',
    'no-sale': 'drawer opened without a sale:',
    'tender-corrected': 'paid another way, corrected',
    'returned-alone': 'returns without a second person',
    'returned-without-sale': 'returns without a receipt',
    'returned-own': 'returns of one’s own sales in the same shift',
    'returned-without-code': 'returns without the customer’s code for',
    'goods-written-off': 'returned goods written off for',
    'returns-approved': 'approved others’ returns for',
    'discounts-allowed': 'allowed others’ discounts of',
    'discounts-large': 'large discounts of',
    'free-prices': 'prices below the list by',
    'list-below': 'list prices of the till below the shop’s by',
    'label-prices': 'sold at prices of scale labels for',
    'goods-removed': 'goods taken out of receipts for',
    'receipt-held': 'receipts held often or long for',
    'card-often': 'many receipts in a day on one card for',
    'not-required': 'debts and points that needed no code for',
    'receipt-cancelled': 'receipts cancelled for',
    'paid-out': 'overpayments paid out',
    'taken-out': 'cash taken out',
    refunded: 'refunded in cash',
  },
} as const satisfies Record<Language, Record<OwnerSummary['drawer'][number]['what'], string>>;

const DRAWER_ORDER = [
  ...(['returned-alone', 'returned-without-sale', 'returned-own'] as const),
  ...(['returned-without-code', 'goods-written-off'] as const),
  ...([
    'short',
    'over',
    'terminal-short',
    'terminal-over',
    'recounted',
    'float-short',
    'float-over',
    'no-sale',
    'tender-corrected',
  ] as const),
  ...(['returns-approved', 'discounts-allowed', 'discounts-large', 'free-prices'] as const),
  ...(['list-below', 'label-prices'] as const),
  ...([
    'receipt-cancelled',
    'goods-removed',
    'receipt-held',
    'card-often',
    'paid-out',
    'taken-out',
  ] as const),
  ...(['refunded', 'not-required'] as const),
];

const DAY_MS = 24 * 3_600_000;
/** More would make the message too long and expensive; the till shows all of them. */
const TOLD_AT_MOST = 3;

/** «Весна, с 25.11 09:00: по праву 5 записей на 540,00 ₽ (Анна 3, Вера 2, телефон не подтверждён); …» `zone`: IANA name. */
export function wordOwnerSummary(
  summary: Omit<OwnerSummary, 'recipients'>,
  policy: Pick<Policy, 'shop' | 'operators'>,
  zone: string,
): string {
  const { shop } = policy;
  const language = shop.messageLanguage;
  const ru = language === 'ru';
  const { acts, flags, tills, guessing, drawer, sold, earned, repaid, openings, putBack, since } =
    summary;
  const total = <K extends string>(rows: readonly Record<K, number>[], key: K): number =>
    rows.reduce((sum, row) => sum + row[key], 0);
  const parts: string[] = [];
  if (putBack !== null)
    parts.push(
      ru
        ? `сервер восстановлен из старой копии, сообщений не повторено: ${putBack.untold}`
        : `the server was put back from an older copy, messages not repeated: ${putBack.untold}`,
    );
  if (acts.length > 0) {
    const count = wordCount(total(acts, 'count'), FORMS[language].acts, language);
    const sums = wordSums(total(acts, 'debt'), total(acts, 'points'), shop, language);
    const on = sums === '' ? '' : ` ${ru ? 'на' : 'for'} ${sums}`;
    const who = wordPeople(summary, policy, language);
    parts.push(ru ? `по праву ${count}${on} (${who})` : `${count} by right${on} (${who})`);
  }
  for (const kind of ['prices-lowered', 'goods-changed'] as const) {
    const rows = acts.flatMap((act) =>
      act.kind === kind && act.goods !== null
        ? [{ operator: act.operator, count: act.goods.products, goods: act.goods }]
        : [],
    );
    const [most] = rows.toSorted((a, b) => b.count - a.count);
    if (most === undefined) continue;
    const goods = { ...most.goods, products: total(rows, 'count') };
    const who = wordCounts(rows, policy, language).join(', ');
    parts.push(`${wordGoods(kind, goods, language)} (${who})`);
  }
  const broken = flags.filter(({ kind }) => !isDiscrepancy(kind));
  if (broken.length > 0)
    parts.push(`${ru ? 'нарушения в журнале' : 'findings in journals'}: ${total(broken, 'count')}`);
  const unsettled = flags.filter(({ kind }) => isDiscrepancy(kind));
  if (unsettled.length > 0)
    parts.push(`${ru ? 'на разбор' : 'to look into'}: ${total(unsettled, 'count')}`);
  for (const { name, since: left, at, entries, amount } of tills.slice(0, TOLD_AT_MOST)) {
    const days = wordCount(Math.floor((at - left) / DAY_MS), FORMS[language].days, language);
    const sum = wordAmount(
      { minor: amount, currency: shop.currency.code },
      shop.currency,
      language,
    );
    parts.push(
      ru
        ? `касса ${shortName(name)} на связи через ${days}: записей ${entries}, без кода на ${sum}`
        : `till ${shortName(name)} back after ${days}: ${entries} entries, ${sum} without a code`,
    );
  }
  if (tills.length > TOLD_AT_MOST)
    parts.push(
      ru ? `ещё касс: ${tills.length - TOLD_AT_MOST}` : `${tills.length - TOLD_AT_MOST} more tills`,
    );
  if (guessing.numbers > 0)
    parts.push(
      `${ru ? 'слишком много неверных кодов на номера' : 'numbers with too many wrong codes'}: ${guessing.numbers}`,
    );
  if (guessing.tills > 0)
    parts.push(
      `${ru ? 'кассы без кодов из-за неверных кодов' : 'tills without codes after too many wrong ones'}: ${guessing.tills}`,
    );
  if (guessing.shop)
    parts.push(ru ? 'слишком много неверных кодов в магазине' : 'too many wrong codes in the shop');
  for (const what of DRAWER_ORDER) {
    const rows = drawer.filter((row) => row.what === what);
    if (rows.length === 0) continue;
    const sum = wordAmount(
      { minor: total(rows, 'amount'), currency: shop.currency.code },
      shop.currency,
      language,
    );
    const who = wordCounts(rows, policy, language).join(', ');
    parts.push(
      `${DRAWER[language][what]} ${what === 'no-sale' ? total(rows, 'count') : sum} (${who})`,
    );
  }
  if (sold.length > 0)
    parts.push(`${ru ? 'скидки' : 'discounts'}: ${wordShares(sold, policy, language)}`);
  if (earned.length > 0)
    parts.push(
      `${ru ? 'больше всего баллов за сутки на карту' : 'most points in a day on one card'}: ${wordMost(
        earned.map(({ points }) => String(points)),
        language,
      )}`,
    );
  if (repaid.length > 0)
    parts.push(
      `${ru ? 'больше всего погашено без наличных' : 'most repaid without cash'}: ${wordMost(
        repaid.map(({ amount }) =>
          wordAmount({ minor: amount, currency: shop.currency.code }, shop.currency, language),
        ),
        language,
      )}`,
    );
  if (openings.length > 0)
    parts.push(`${ru ? 'настройки открывали' : 'settings opened'}: ${total(openings, 'count')}`);
  const when = wordMoment({ at: since, zone }, language);
  return oneLine(
    ru
      ? `${shortName(shop.name)}, с ${when}: ${parts.join('; ')}. Подробнее на кассе.`
      : `${shortName(shop.name)}, since ${when}: ${parts.join('; ')}. More at the till.`,
  );
}

/** «Анна 3, Вера 2, телефон не подтверждён» */
function wordPeople(
  { acts, unproven, sole }: Pick<OwnerSummary, 'acts' | 'unproven' | 'sole'>,
  policy: Pick<Policy, 'operators'>,
  language: Language,
): string {
  const ru = language === 'ru';
  const mark = ru ? ', телефон не подтверждён' : ', phone not confirmed';
  const words = wordCounts(acts, policy, language, (operator) =>
    unproven.includes(operator) ? mark : '',
  );
  if (sole !== null) words.push(ru ? 'единственный сотрудник' : 'the only operator');
  return words.join(', ');
}

/** «Анна 12 %, Вера 3 %»: the share of the list price of what a person sold, the largest first. */
function wordShares(
  sold: OwnerSummary['sold'],
  policy: Pick<Policy, 'operators'>,
  language: Language,
): string {
  const shares = sold
    .map(({ operator, sales, discounts }) => ({
      operator,
      percent: sharePercent(discounts, sales),
    }))
    .toSorted((a, b) => b.percent - a.percent);
  return shares
    .slice(0, TOLD_AT_MOST)
    .map(({ operator, percent }) => `${nameOf(operator, policy, language)} ${percent} %`)
    .join(', ');
}

/** «480, 320 и ещё 2»: the largest first, as they come. The till shows whose cards they are. */
function wordMost(sums: readonly string[], language: Language): string {
  const most = sums.slice(0, TOLD_AT_MOST);
  const more = sums.length - TOLD_AT_MOST;
  if (more > 0) most.push(language === 'ru' ? `и ещё ${more}` : `and ${more} more`);
  return most.join(', ');
}

function nameOf(
  operator: string | null,
  policy: Pick<Policy, 'operators'>,
  language: Language,
): string {
  const name = operator === null ? null : (operatorOf(policy as Policy, operator)?.name ?? null);
  if (name !== null) return shortName(name);
  return language === 'ru' ? 'неизвестно кто' : 'somebody';
}

/** «Анна 3», «Вера 2», the largest count first. `mark`: text added after a person's count. */
function wordCounts(
  rows: readonly { readonly operator: string | null; readonly count: number }[],
  policy: Pick<Policy, 'operators'>,
  language: Language,
  mark: (operator: string) => string = () => '',
): string[] {
  const ru = language === 'ru';
  const counts = new Map<string | null, number>();
  for (const { operator, count } of rows) counts.set(operator, (counts.get(operator) ?? 0) + count);
  const people = [...counts].toSorted(([, a], [, b]) => b - a);
  const words = people.slice(0, TOLD_AT_MOST).map(([operator, count]) => {
    return `${nameOf(operator, policy, language)} ${count}${operator === null ? '' : mark(operator)}`;
  });
  if (people.length > TOLD_AT_MOST)
    words.push(
      ru ? `и ещё ${people.length - TOLD_AT_MOST}` : `and ${people.length - TOLD_AT_MOST} more`,
    );
  return words;
}

function wordSums(
  debt: number,
  points: number,
  { currency }: Policy['shop'],
  language: Language,
): string {
  const sums = [
    ...(debt > 0 ? [wordAmount({ minor: debt, currency: currency.code }, currency, language)] : []),
    ...(points > 0 ? [wordAmount({ points }, currency, language)] : []),
  ];
  return sums.join(language === 'ru' ? ' и ' : ' and ');
}
