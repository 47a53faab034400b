// Texts of notices: acts without an online code, changes of number, openings and closed disputes.
// Only the relay sends them; a till cannot change the text.
import type { BodyOf } from '$lib/contract/journal';
import type { MoneyTender } from '$lib/contract/acts/sale';
import type { Policy } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import { shortName, voiceOf, type Moment, type Voice } from './message-words';
import type { Language } from '$lib/domain/values/language';

type Shop = Pick<Policy, 'shop'>;

/** One movement of the act. `moved`: minor units of debt, or points. */
export type NewsOfAct = { readonly action: SaleAction; readonly moved: number };

/**
 * How the act went on: without any code, with a reserve code given to the customer beforehand, with a code that is easy
 * to guess, or with the code of an authorised person.
 */
export type WithoutCode = 'no-code' | 'reserve-code' | 'weak-code' | 'person-code';

/** One act, for a message about several acts. `at`: ms. */
export type ActNews = {
  readonly at: number;
  /** `by-right`: an act that is not a sale; only the operator whom it names gets a message. */
  readonly without: WithoutCode | 'by-right';
  readonly moves: readonly NewsOfAct[];
};

const WITHOUT = {
  ru: {
    'no-code': 'без кода',
    'reserve-code': 'по резервному коду',
    'weak-code': 'по коду из 4 цифр',
    'person-code': 'по коду доверенного лица',
    'by-right': 'по праву',
  },
  en: {
    'no-code': 'without a code',
    'reserve-code': 'by a reserve code',
    'weak-code': 'by a 4-digit code',
    'person-code': 'by the code of an authorised person',
    'by-right': 'by right',
  },
} as const satisfies Record<Language, Record<ActNews['without'], string>>;

const ENTRIES = {
  ru: { one: 'запись', few: 'записи', many: 'записей', other: 'записи' },
  en: { one: 'entry', other: 'entries' },
} as const;

/** The part of a refund that was withheld, minor units, because the customer has spent the points earned with that money. */
type Withheld = { readonly points: number; readonly amount: number };

/**
 * «Весна: записан долг 540,00 ₽ без кода, 25.11 17:40. Не вы? +7 …» `act`: of the entry; `person`: name of the authorised person;
 * null: none.
 */
export function wordNotice(
  news: readonly NewsOfAct[],
  of: {
    readonly act: string;
    readonly without: WithoutCode;
    readonly person: string | null;
    readonly withheld: Withheld | null;
  },
  policy: Shop,
  moment: Moment,
): string {
  const voice = voiceOf(policy);
  const who = of.person === null ? '' : ` (${shortName(of.person)})`;
  const kept = of.withheld === null ? '' : wordWithheld(of.withheld, voice);
  const what = `${wordNews(news, of.act, voice)} ${WITHOUT[voice.language][of.without]}${who}${kept}`;
  return voice.toCustomer(`${what}, ${voice.when(moment)}.`, 'not-you');
}

/** «Весна: 3 записи без кода на 120,00 ₽ и 15 баллов с 25.11 14:00. Не вы? +7 …» `zone`: IANA name. */
export function wordNoticeOfSeveral(news: readonly ActNews[], policy: Shop, zone: string): string {
  const voice = voiceOf(policy);
  return voice.toCustomer(`${wordSeveral(news, commonWay(news), voice, zone)}.`, 'not-you');
}

/** How all these acts went on; `no-code` if they differ. */
export function commonWay<Way extends ActNews['without']>(
  news: readonly { readonly without: Way }[],
): Way | 'no-code' {
  const [first, ...others] = new Set(news.map(({ without }) => without));
  return first === undefined || others.length > 0 ? 'no-code' : first;
}

/** Acts without a code or by right, for the operator they name. */
export function wordOperatorNoticeOfSeveral(
  news: readonly ActNews[],
  policy: Shop,
  zone: string,
): string {
  const voice = voiceOf(policy);
  if (news.some(({ without }) => without === 'by-right'))
    return voice.toOperator(
      `${voice.pick('вашим именем', 'in your name')} ${wordSeveral(news, 'by-right', voice, zone)}`,
    );
  return voice.toOperator(
    `${voice.pick('по вашему праву', 'by your right')} ${wordSeveral(news, 'no-code', voice, zone)}`,
  );
}

/** «3 записи без кода на 120,00 ₽ и 15 баллов с 25.11 14:00» */
function wordSeveral(
  news: readonly ActNews[],
  without: ActNews['without'],
  { language, pick, count, sums, and, when }: Voice,
  zone: string,
): string {
  const moves = news.flatMap((one) => one.moves);
  const amount = and(sums(sumOf(moves, 'sell-on-account'), sumOf(moves, 'redeem-points')));
  const since = when({ at: Math.min(...news.map(({ at }) => at)), zone });
  // a closed dispute moves nothing
  const moved = amount === '' ? '' : ` ${pick('на', 'for')} ${amount}`;
  return `${count(news.length, ENTRIES)} ${WITHOUT[language][without]}${moved} ${pick('с', 'since')} ${since}`;
}

/** «Весна: для вашей карты просят сменить номер на *2233, с 26.11 17:40. Не вы? +7 …» Shows only the end of `phone`. */
export function wordPhoneChange(phone: string, policy: Shop, from: Moment): string {
  const { pick, when, toCustomer } = voiceOf(policy);
  const end = `*${phone.slice(-4)}`;
  const what = pick(
    `для вашей карты просят сменить номер на ${end}, с ${when(from)}.`,
    `your card is to get another number, ${end}, from ${when(from)}.`,
  );
  return toCustomer(what, 'not-you');
}

/** «Весна: доверенное лицо Вера, *4567, может покупать на ваш счёт, с 25.11 17:40. Не вы? +7 …» */
export function wordPersonAdded(
  { name, phone }: { readonly name: string; readonly phone: string },
  policy: Shop,
  from: Moment,
): string {
  const { pick, when, toCustomer } = voiceOf(policy);
  const who = `${shortName(name)}, *${phone.slice(-4)},`;
  const what = pick(
    `доверенное лицо ${who} может покупать на ваш счёт, с ${when(from)}.`,
    `authorised person ${who} may buy on your account, from ${when(from)}.`,
  );
  return toCustomer(what, 'not-you');
}

/** The same act, for the operator whose right allowed it. */
export function wordOperatorNotice(
  news: readonly NewsOfAct[],
  { act }: { readonly act: string },
  policy: Shop,
  moment: Moment,
): string {
  const voice = voiceOf(policy);
  const what = wordNews(news, act, voice);
  const said = voice.pick(
    `по вашему праву ${what} без кода`,
    `by your right ${what} without a code`,
  );
  return voice.toOperator(`${said}, ${voice.when(moment)}`);
}

/** «Весна: учёт перенесён, у вас долг 540,00 ₽ и 340 баллов. Не так? +7 …»: sent once, when a new relay starts. */
export function wordAccountNotice(
  { owed, points: held }: { readonly owed: number; readonly points: number },
  policy: Shop,
): string {
  const { pick, and, sum, points, toCustomer } = voiceOf(policy);
  const has = [
    ...(owed > 0 ? [pick(`долг ${sum(owed)}`, `owe ${sum(owed)}`)] : []),
    ...(held > 0 ? [pick(points(held), `have ${points(held)}`)] : []),
  ];
  const none = pick('нет ни долга, ни баллов', 'owe nothing and have no points');
  const what = has.length > 0 ? and(has) : none;
  return toCustomer(
    pick(`учёт перенесён, у вас ${what}.`, `our records were moved; you ${what}.`),
    'not-right',
  );
}

/**
 * «Весна: принято 1 000,00 ₽ в счёт долга, баллы +10, 25.11 17:40. Осталось 1 860,00 ₽. Не так? +7 …» Amounts in minor units.
 * `points`: earned by the repayment; `owed`: negative for a prepayment, null if not known.
 */
export function wordRepayment(
  told: { readonly amount: number; readonly points: number; readonly owed: number | null },
  policy: Shop,
  moment: Moment,
): string {
  const voice = voiceOf(policy);
  const { pick, sum, when, toCustomer } = voice;
  const paid = sum(told.amount);
  const taken = pick(`принято ${paid} в счёт долга`, `${paid} taken off your debt`);
  const earned = told.points === 0 ? '' : `${pick('баллы', 'points')} +${told.points}, `;
  return toCustomer(
    `${taken}, ${earned}${when(moment)}.${leftWords(told.owed, voice)}`,
    'not-right',
  );
}

/** «Весна: возвращена переплата 900,00 ₽ наличными, 25.11 17:40. Долга больше нет. Не так? +7 …» `owed` as for a repayment. */
export function wordPayout(
  {
    amount,
    tender,
    owed,
  }: Pick<BodyOf<'overpayment-returned'>, 'amount' | 'tender'> & {
    readonly owed: number | null;
  },
  policy: Shop,
  moment: Moment,
): string {
  const voice = voiceOf(policy);
  const { pick, toCustomer } = voice;
  const how = `${voice.sum(amount)} ${REFUNDS[voice.language][tender]}`;
  const paid = pick(`возвращена переплата ${how}`, `your overpayment is paid back, ${how}`);
  return toCustomer(`${paid}, ${voice.when(moment)}.${leftWords(owed, voice)}`, 'not-right');
}

/**
 * «Весна: долг уменьшен на 300,00 ₽ исправлением, не оплатой, 25.11 17:40. Осталось 1 860,00 ₽. Не так? +7 …» `moved`:
 * minor units or points; `owed` as for a repayment.
 */
export function wordCorrection(
  {
    account,
    moved,
    owed,
  }: {
    readonly account: 'debt' | 'points';
    readonly moved: number;
    readonly owed: number | null;
  },
  policy: Shop,
  moment: Moment,
): string {
  const voice = voiceOf(policy);
  const { pick, toCustomer } = voice;
  const [sum, points] = [voice.sum(moved), voice.points(moved)];
  const what =
    account === 'points'
      ? pick(
          `начислено ${points} исправлением, не за покупку`,
          `${points} given by a correction, not for a purchase`,
        )
      : pick(
          `долг уменьшен на ${sum} исправлением, не оплатой`,
          `your debt is ${sum} lower by a correction, not a payment`,
        );
  const left = account === 'points' ? '' : leftWords(owed, voice);
  return toCustomer(`${what}, ${voice.when(moment)}.${left}`, 'not-right');
}

/**
 * «Весна: возврат на 500,00 ₽, 25.11 14:05: с долга 400,00 ₽, картой 83,33 ₽, баллы +16 −1. Осталось 100,00 ₽. Не так? +7 …»
 * `owed` null: the message does not mention the debt.
 */
export function wordReturn(
  told: Pick<
    BodyOf<'return'>,
    'sale' | 'total' | 'debtReduced' | 'refunds' | 'pointsGivenBack' | 'pointsTakenBack'
  > & { readonly owed: number | null },
  policy: Shop,
  moment: Moment,
): string {
  const voice = voiceOf(policy);
  const { language, pick, sum, toCustomer } = voice;
  const { debtReduced, refunds, pointsGivenBack, pointsTakenBack } = told;
  const points = [
    ...(pointsGivenBack > 0 ? [`+${pointsGivenBack}`] : []),
    ...(pointsTakenBack > 0 ? [`−${pointsTakenBack}`] : []),
  ];
  const parts = [
    ...(debtReduced > 0 ? [`${pick('с долга', 'off your debt')} ${sum(debtReduced)}`] : []),
    ...refunds.map(({ kind, amount }) => `${REFUNDS[language][kind]} ${sum(amount)}`),
    ...(points.length > 0 ? [`${pick('баллы', 'points')} ${points.join(' ')}`] : []),
  ];
  const what = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  const alone = told.sale === null ? pick(' без чека', ' without a receipt') : '';
  const total = sum(told.total);
  const returned = pick(`возврат${alone} на ${total}`, `return${alone} of ${total}`);
  return toCustomer(
    `${returned}, ${voice.when(moment)}${what}.${leftWords(told.owed, voice)}`,
    'not-right',
  );
}

const REFUNDS = {
  ru: { cash: 'наличными', card: 'на карту', transfer: 'переводом' },
  en: { cash: 'in cash', card: 'to the card', transfer: 'by transfer' },
} as const satisfies Record<Language, Record<MoneyTender['kind'], string>>;

function leftWords(owed: number | null, { pick, sum }: Voice): string {
  if (owed === null) return '';
  if (owed === 0) return pick(' Долга больше нет.', ' Nothing more is owed.');
  return owed > 0
    ? ` ${pick('Осталось', 'Still owed:')} ${sum(owed)}.`
    : ` ${pick('Переплата', 'We owe you')} ${sum(-owed)}.`;
}

/** If there are more disputed movements, the message states their sums. */
const MOST_TOLD_APART = 4;

/** «Весна: спор о долге 540,00 ₽ закрыт, запись остаётся в силе. Не согласны? +7 …» `news`: the disputed entry's. */
export function wordDisputeClosed(news: readonly NewsOfAct[], policy: Shop): string {
  const voice = voiceOf(policy);
  const { pick, and, toCustomer } = voice;
  const told = news.length > MOST_TOLD_APART ? sumsOf(news) : news;
  const what = told.map((move) => {
    const amount = wordMoved(move, voice);
    return move.action === 'redeem-points'
      ? pick(`о списании ${amount}`, `${amount} redeemed`)
      : pick(`о долге ${amount}`, `a debt of ${amount}`);
  });
  const about = and(what) || pick('о записи', 'an entry');
  const closed = pick(
    `спор ${about} закрыт, запись остаётся в силе.`,
    `the dispute over ${about} is closed; the entry stands.`,
  );
  return toCustomer(closed, { ask: pick('Не согласны?', 'Do you disagree?') });
}

/**
 * The last message to a customer: «Весна: по вашей просьбе карточка удалена, сгорело 340 баллов. Не просили? +7 …» `lapsed`:
 * points.
 */
export function wordForgotten(lapsed: number, policy: Shop): string {
  const { pick, points, toCustomer } = voiceOf(policy);
  const lost =
    lapsed > 0 ? pick(`, сгорит ${points(lapsed)}`, `; ${points(lapsed)} will lapse`) : '';
  const what = pick(
    `по вашей просьбе карточка будет удалена через сутки${lost}.`,
    `your card will be erased in a day at your request${lost}.`,
  );
  return toCustomer(what, 'not-asked');
}

/**
 * «Весна: по ошибке вам записали долг 540,00 ₽ и 30 баллов, запись отменена. Вопросы? +7 …» `debt`: minor units, negative: a
 * prepayment.
 */
export function wordImportUndone(
  { debt, points }: { readonly debt: number; readonly points: number },
  policy: Shop,
): string {
  const { pick, and, sum, sums, toCustomer } = voiceOf(policy);
  const moved = sum(Math.abs(debt));
  const owed = pick(`долг ${moved}`, `a debt of ${moved}`);
  const paid = pick(`предоплату ${moved}`, `a prepayment of ${moved}`);
  const what = and([...(debt === 0 ? [] : [debt > 0 ? owed : paid]), ...sums(0, points)]);
  const undone = pick(
    `по ошибке вам записали ${what}, запись отменена.`,
    `we recorded ${what} for you by mistake and took the record back.`,
  );
  return toCustomer(undone, { ask: pick('Вопросы?', 'Questions?') });
}

const sumsOf = (news: readonly NewsOfAct[]): readonly NewsOfAct[] =>
  [...new Set(news.map(({ action }) => action))].map((action) => ({
    action,
    moved: sumOf(news, action),
  }));

const sumOf = (news: readonly NewsOfAct[], action: SaleAction): number =>
  news.reduce((sum, move) => sum + (move.action === action ? move.moved : 0), 0);

const wordMoved = ({ action, moved }: NewsOfAct, { sum, points }: Voice): string =>
  action === 'redeem-points' ? points(moved) : sum(moved);

/** «, из денег удержано 8,00 ₽: потрачено 8 баллов»; empty if nothing was withheld. */
function wordWithheld({ points: spent, amount }: Withheld, { pick, sum, points }: Voice): string {
  if (spent === 0) return '';
  return pick(
    `, из денег удержано ${sum(amount)}: потрачено ${points(spent)}`,
    `, ${sum(amount)} kept of the money: ${points(spent)} spent`,
  );
}

/** One sum for each action, so that many movements make no longer text than two. */
function wordNews(news: readonly NewsOfAct[], act: string, voice: Voice): string {
  const { pick, and } = voice;
  return and(
    sumsOf(news).map((move) => {
      const amount = wordMoved(move, voice);
      if (move.action === 'redeem-points') return pick(`списано ${amount}`, `${amount} redeemed`);
      if (act === 'return')
        return pick(`возврат товара на ${amount}`, `a return of goods for ${amount}`);
      // the debt is not new: the message says that its repayment was cancelled
      if (act === 'repayment-cancelled')
        return pick(`отменено погашение долга ${amount}`, `a debt payment of ${amount} cancelled`);
      return pick(`записан долг ${amount}`, `a debt of ${amount} recorded`);
    }),
  );
}
