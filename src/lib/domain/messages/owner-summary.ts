// Words of the owners' daily summary, for the relay's message.
import type { OwnerSummary } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import { shortName, voiceOf, type Voice } from './message-words';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import { wordGoods } from './right-message';
import { sharePercent } from '$lib/domain/shift/shift';
import { operatorOf } from '$lib/domain/policy/policy';
import { DAY_MS } from '$lib/domain/values/durations';
import type { Language } from '$lib/domain/values/language';

const ACTS = {
  ru: { one: 'запись', few: 'записи', many: 'записей', other: 'записи' },
  en: { one: 'act', other: 'acts' },
} as const;
const DAYS = {
  ru: { one: 'день', few: 'дня', many: 'дней', other: 'дня' },
  en: { one: 'day', other: 'days' },
} as const;

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
  ...(['returned-without-code', 'goods-written-off', 'short', 'over'] as const),
  ...(['terminal-short', 'terminal-over', 'recounted', 'float-short', 'float-over'] as const),
  ...(['no-sale', 'tender-corrected', 'returns-approved', 'discounts-allowed'] as const),
  ...(['discounts-large', 'free-prices', 'list-below', 'label-prices'] as const),
  ...(['receipt-cancelled', 'goods-removed', 'receipt-held', 'card-often'] as const),
  ...(['paid-out', 'taken-out', 'refunded', 'not-required'] as const),
];

/** More would make the message too long and expensive; the till shows all of them. */
const TOLD_AT_MOST = 3;

/** «Весна, с 25.11 09:00: по праву 5 записей на 540,00 ₽ (Анна 3, Вера 2, телефон не подтверждён); …» `zone`: IANA name. */
export function wordOwnerSummary(
  summary: Omit<OwnerSummary, 'recipients'>,
  policy: Pick<Policy, 'shop' | 'operators'>,
  zone: string,
): string {
  const voice = voiceOf(policy);
  const { language, pick, and, sum, sums, count } = voice;
  const { acts, flags, tills, guessing, drawer, sold, earned, repaid, openings, putBack } = summary;
  const total = <K extends string>(rows: readonly Record<K, number>[], key: K): number =>
    rows.reduce((all, row) => all + row[key], 0);
  const parts: string[] = [];
  const say = (ru: string, en: string, value: string | number): void =>
    void parts.push(`${pick(ru, en)}: ${value}`);
  if (putBack !== null)
    say(
      'сервер восстановлен из старой копии, сообщений не повторено',
      'the server was put back from an older copy, messages not repeated',
      putBack.untold,
    );
  if (acts.length > 0) {
    const number = count(total(acts, 'count'), ACTS);
    const moved = and(sums(total(acts, 'debt'), total(acts, 'points')));
    const on = moved === '' ? '' : ` ${pick('на', 'for')} ${moved}`;
    const who = wordPeople(summary, policy, voice);
    parts.push(pick(`по праву ${number}${on} (${who})`, `${number} by right${on} (${who})`));
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
    const who = wordCounts(rows, policy, voice).join(', ');
    parts.push(`${wordGoods(kind, goods, language)} (${who})`);
  }
  const broken = flags.filter(({ kind }) => !isDiscrepancy(kind));
  if (broken.length > 0) say('нарушения в журнале', 'findings in journals', total(broken, 'count'));
  const unsettled = flags.filter(({ kind }) => isDiscrepancy(kind));
  if (unsettled.length > 0) say('на разбор', 'to look into', total(unsettled, 'count'));
  for (const { name, since: left, at, entries, amount } of tills.slice(0, TOLD_AT_MOST)) {
    const days = count(Math.floor((at - left) / DAY_MS), DAYS);
    parts.push(
      pick(
        `касса ${shortName(name)} на связи через ${days}: записей ${entries}, без кода на ${sum(amount)}`,
        `till ${shortName(name)} back after ${days}: ${entries} entries, ${sum(amount)} without a code`,
      ),
    );
  }
  const more = tills.length - TOLD_AT_MOST;
  if (more > 0) parts.push(pick(`ещё касс: ${more}`, `${more} more tills`));
  if (guessing.numbers > 0)
    say(
      'слишком много неверных кодов на номера',
      'numbers with too many wrong codes',
      guessing.numbers,
    );
  if (guessing.tills > 0)
    say(
      'кассы без кодов из-за неверных кодов',
      'tills without codes after too many wrong ones',
      guessing.tills,
    );
  if (guessing.shop)
    parts.push(pick('слишком много неверных кодов в магазине', 'too many wrong codes in the shop'));
  for (const what of DRAWER_ORDER) {
    const rows = drawer.filter((row) => row.what === what);
    if (rows.length === 0) continue;
    const value = what === 'no-sale' ? total(rows, 'count') : sum(total(rows, 'amount'));
    const who = wordCounts(rows, policy, voice).join(', ');
    parts.push(`${DRAWER[language][what]} ${value} (${who})`);
  }
  if (sold.length > 0) say('скидки', 'discounts', wordShares(sold, policy, voice));
  if (earned.length > 0) {
    const most = earned.map(({ points }) => String(points));
    say(
      'больше всего баллов за сутки на карту',
      'most points in a day on one card',
      wordMost(most, voice),
    );
  }
  if (repaid.length > 0) {
    const most = repaid.map(({ amount }) => sum(amount));
    say('больше всего погашено без наличных', 'most repaid without cash', wordMost(most, voice));
  }
  if (openings.length > 0) say('настройки открывали', 'settings opened', total(openings, 'count'));
  const since = voice.when({ at: summary.since, zone });
  return voice.whole(
    pick(
      `, с ${since}: ${parts.join('; ')}. Подробнее на кассе.`,
      `, since ${since}: ${parts.join('; ')}. More at the till.`,
    ),
  );
}

/** «Анна 3, Вера 2, телефон не подтверждён» */
function wordPeople(
  { acts, unproven, sole }: Pick<OwnerSummary, 'acts' | 'unproven' | 'sole'>,
  policy: Pick<Policy, 'operators'>,
  voice: Voice,
): string {
  const mark = voice.pick(', телефон не подтверждён', ', phone not confirmed');
  const words = wordCounts(acts, policy, voice, (operator) =>
    unproven.includes(operator) ? mark : '',
  );
  if (sole !== null) words.push(voice.pick('единственный сотрудник', 'the only operator'));
  return words.join(', ');
}

/** «Анна 12 %, Вера 3 %»: the share of the list price of what a person sold, the largest first. */
const wordShares = (
  sold: OwnerSummary['sold'],
  policy: Pick<Policy, 'operators'>,
  voice: Voice,
): string =>
  sold
    .map(({ operator, sales, discounts }) => ({
      operator,
      percent: sharePercent(discounts, sales),
    }))
    .toSorted((a, b) => b.percent - a.percent)
    .slice(0, TOLD_AT_MOST)
    .map(({ operator, percent }) => `${nameOf(operator, policy, voice)} ${percent} %`)
    .join(', ');

/** «480, 320 и ещё 2»: the largest first, as they come. The till shows whose cards they are. */
const wordMost = (sums: readonly string[], { named }: Voice): string =>
  named(sums, TOLD_AT_MOST).join(', ');

function nameOf(
  operator: string | null,
  policy: Pick<Policy, 'operators'>,
  { pick }: Voice,
): string {
  const name = operator === null ? null : (operatorOf(policy as Policy, operator)?.name ?? null);
  return name === null ? pick('неизвестно кто', 'somebody') : shortName(name);
}

/** «Анна 3», «Вера 2», the largest count first. `mark`: text added after a person's count. */
function wordCounts(
  rows: readonly { readonly operator: string | null; readonly count: number }[],
  policy: Pick<Policy, 'operators'>,
  voice: Voice,
  mark: (operator: string) => string = () => '',
): string[] {
  const counts = new Map<string | null, number>();
  for (const { operator, count } of rows) counts.set(operator, (counts.get(operator) ?? 0) + count);
  const people = [...counts].toSorted(([, a], [, b]) => b - a);
  const words = people.map(
    ([operator, count]) =>
      `${nameOf(operator, policy, voice)} ${count}${operator === null ? '' : mark(operator)}`,
  );
  return voice.named(words, TOLD_AT_MOST);
}
