// Texts of notices: acts without an online code, changes of number, openings and closed disputes.
// Only the relay sends them; a till cannot change the text.
import type { BodyOf } from '$lib/contract/journal';
import type { MoneyTender } from '$lib/contract/acts/sale';
import type { Policy } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import { oneLine, shortName, wordAmount, wordCount } from './message-words';
import type { Language } from '$lib/domain/values/language';

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

/** Time of the act, shown as local time of `zone` (IANA name). */
export type Moment = { readonly at: number; readonly zone: string };

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

const ASK_THE_SHOP = { ru: 'Спросите в магазине.', en: 'Ask the shop.' } as const;

/** Where a customer can ask: the shop's contact, or a hint to ask the shop. */
export const contactOf = ({ contact }: Policy['shop'], language: Language): string =>
  contact.trim() === '' ? ASK_THE_SHOP[language] : contact;

/** The part of a refund that was withheld, minor units, because the customer has spent the points earned with that money. */
type Withheld = { readonly points: number; readonly amount: number };

/**
 * «Весна: записан долг 540,00 ₽ без кода, 25.11 17:40. Не вы? +7 …» `act`: of the entry; `person`: name of the authorised person;
 * null: none.
 */
export function wordNotice(
  news: readonly NewsOfAct[],
  {
    act,
    without,
    person,
    withheld,
  }: {
    readonly act: string;
    readonly without: WithoutCode;
    readonly person: string | null;
    readonly withheld: Withheld | null;
  },
  { shop }: Pick<Policy, 'shop'>,
  moment: Moment,
): string {
  const language = shop.messageLanguage;
  const who = person === null ? '' : ` (${shortName(person)})`;
  const kept = withheld === null ? '' : wordWithheld(withheld, { shop }, language);
  const what = `${wordNews(news, act, { shop }, language)} ${WITHOUT[language][without]}${who}${kept}`;
  const contact = contactOf(shop, language);
  return oneLine(
    language === 'ru'
      ? `${shortName(shop.name)}: ${what}, ${wordMoment(moment, language)}. Не вы? ${contact}`
      : `${shortName(shop.name)}: ${what}, ${wordMoment(moment, language)}. Not you? ${contact}`,
  );
}

/** «Весна: 3 записи без кода на 120,00 ₽ и 15 баллов с 25.11 14:00. Не вы? +7 …» `zone`: IANA name. */
export function wordNoticeOfSeveral(
  news: readonly ActNews[],
  { shop }: Pick<Policy, 'shop'>,
  zone: string,
): string {
  const language = shop.messageLanguage;
  const what = wordSeveral(news, commonWay(news), { shop }, zone);
  const notYou = language === 'ru' ? 'Не вы?' : 'Not you?';
  return oneLine(`${shortName(shop.name)}: ${what}. ${notYou} ${contactOf(shop, language)}`);
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
  { shop }: Pick<Policy, 'shop'>,
  zone: string,
): string {
  if (news.some(({ without }) => without === 'by-right')) {
    const what = wordSeveral(news, 'by-right', { shop }, zone);
    return oneLine(
      shop.messageLanguage === 'ru'
        ? `${shortName(shop.name)}: вашим именем ${what}. Не вы? Смените PIN и скажите владельцу.`
        : `${shortName(shop.name)}: in your name ${what}. Not you? Change your PIN and tell the owner.`,
    );
  }
  const what = wordSeveral(news, 'no-code', { shop }, zone);
  return oneLine(
    shop.messageLanguage === 'ru'
      ? `${shortName(shop.name)}: по вашему праву ${what}. Не вы? Смените PIN и скажите владельцу.`
      : `${shortName(shop.name)}: by your right ${what}. Not you? Change your PIN and tell the owner.`,
  );
}

/** «3 записи без кода на 120,00 ₽ и 15 баллов с 25.11 14:00» */
function wordSeveral(
  news: readonly ActNews[],
  without: ActNews['without'],
  { shop }: Pick<Policy, 'shop'>,
  zone: string,
): string {
  const language = shop.messageLanguage;
  const moves = news.flatMap((one) => one.moves);
  const sums = (['sell-on-account', 'redeem-points'] as const).flatMap((action) => {
    const moved = sumOf(moves, action);
    return moved === 0 ? [] : [wordMoved({ action, moved }, { shop }, language)];
  });
  const count = wordCount(news.length, ENTRIES[language], language);
  const since = wordMoment({ at: Math.min(...news.map(({ at }) => at)), zone }, language);
  const what = `${count} ${WITHOUT[language][without]}`;
  const amount = sums.join(language === 'ru' ? ' и ' : ' and ');
  // a closed dispute moves nothing
  const moved = amount === '' ? '' : language === 'ru' ? ` на ${amount}` : ` for ${amount}`;
  return `${what}${moved} ${language === 'ru' ? 'с' : 'since'} ${since}`;
}

/** «Весна: для вашей карты просят сменить номер на *2233, с 26.11 17:40. Не вы? +7 …» Shows only the end of `phone`. */
export function wordPhoneChange(
  phone: string,
  { shop }: Pick<Policy, 'shop'>,
  from: Moment,
): string {
  const language = shop.messageLanguage;
  const end = `*${phone.slice(-4)}`;
  const when = wordMoment(from, language);
  return oneLine(
    language === 'ru'
      ? `${shortName(shop.name)}: для вашей карты просят сменить номер на ${end}, с ${when}. Не вы? ${contactOf(shop, language)}`
      : `${shortName(shop.name)}: your card is to get another number, ${end}, from ${when}. Not you? ${contactOf(shop, language)}`,
  );
}

/** «Весна: доверенное лицо Вера, *4567, может покупать на ваш счёт, с 25.11 17:40. Не вы? +7 …» */
export function wordPersonAdded(
  { name, phone }: { readonly name: string; readonly phone: string },
  { shop }: Pick<Policy, 'shop'>,
  from: Moment,
): string {
  const language = shop.messageLanguage;
  const who = `${shortName(name)}, *${phone.slice(-4)},`;
  const when = wordMoment(from, language);
  return oneLine(
    language === 'ru'
      ? `${shortName(shop.name)}: доверенное лицо ${who} может покупать на ваш счёт, с ${when}. Не вы? ${contactOf(shop, language)}`
      : `${shortName(shop.name)}: authorised person ${who} may buy on your account, from ${when}. Not you? ${contactOf(shop, language)}`,
  );
}

/** The same act, for the operator whose right allowed it. */
export function wordOperatorNotice(
  news: readonly NewsOfAct[],
  { act }: { readonly act: string },
  { shop }: Pick<Policy, 'shop'>,
  moment: Moment,
): string {
  const language = shop.messageLanguage;
  const what = wordNews(news, act, { shop }, language);
  const when = wordMoment(moment, language);
  return oneLine(
    language === 'ru'
      ? `${shortName(shop.name)}: по вашему праву ${what} без кода, ${when}. Не вы? Смените PIN и скажите владельцу.`
      : `${shortName(shop.name)}: by your right ${what} without a code, ${when}. Not you? Change your PIN and tell the owner.`,
  );
}

/** «Весна: учёт перенесён, у вас долг 540,00 ₽ и 340 баллов. Не так? +7 …»: sent once, when a new relay starts. */
export function wordAccountNotice(
  { owed, points }: { readonly owed: number; readonly points: number },
  { shop }: Pick<Policy, 'shop'>,
): string {
  const { currency } = shop;
  const language = shop.messageLanguage;
  const debt = wordAmount({ minor: owed, currency: currency.code }, currency, language);
  const held = wordAmount({ points }, currency, language);
  const contact = shop.contact.trim() === '' ? ASK_THE_SHOP[language] : shop.contact;
  if (language === 'ru') {
    const has = [owed > 0 && `долг ${debt}`, points > 0 && held].filter((each) => each !== false);
    const what = has.length > 0 ? has.join(' и ') : 'нет ни долга, ни баллов';
    return oneLine(`${shortName(shop.name)}: учёт перенесён, у вас ${what}. Не так? ${contact}`);
  }
  const has = [owed > 0 && `owe ${debt}`, points > 0 && `have ${held}`].filter(
    (each) => each !== false,
  );
  const what = has.length > 0 ? has.join(' and ') : 'owe nothing and have no points';
  return oneLine(
    `${shortName(shop.name)}: our records were moved; you ${what}. Not right? ${contact}`,
  );
}

/**
 * «Весна: принято 1 000,00 ₽ в счёт долга, баллы +10, 25.11 17:40. Осталось 1 860,00 ₽. Не так? +7 …» Amounts in minor units.
 * `points`: earned by the repayment; `owed`: negative for a prepayment, null if not known.
 */
export function wordRepayment(
  {
    amount,
    points,
    owed,
  }: { readonly amount: number; readonly points: number; readonly owed: number | null },
  { shop }: Pick<Policy, 'shop'>,
  moment: Moment,
): string {
  const { currency, messageLanguage: language } = shop;
  const sum = (minor: number) => wordAmount({ minor, currency: currency.code }, currency, language);
  const contact = contactOf(shop, language);
  const isRu = language === 'ru';
  const earned = points === 0 ? '' : `${isRu ? 'баллы' : 'points'} +${points}, `;
  const when = `${earned}${wordMoment(moment, language)}`;
  const left = leftWords(owed, sum, language);
  return oneLine(
    isRu
      ? `${shortName(shop.name)}: принято ${sum(amount)} в счёт долга, ${when}.${left} Не так? ${contact}`
      : `${shortName(shop.name)}: ${sum(amount)} taken off your debt, ${when}.${left} Not right? ${contact}`,
  );
}

/** «Весна: возвращена переплата 900,00 ₽ наличными, 25.11 17:40. Долга больше нет. Не так? +7 …» `owed` as for a repayment. */
export function wordPayout(
  told: Pick<BodyOf<'overpayment-returned'>, 'amount' | 'tender'> & {
    readonly owed: number | null;
  },
  { shop }: Pick<Policy, 'shop'>,
  moment: Moment,
): string {
  const { currency, messageLanguage: language } = shop;
  const sum = (minor: number) => wordAmount({ minor, currency: currency.code }, currency, language);
  const how = `${sum(told.amount)} ${REFUNDS[language][told.tender]}`;
  const when = `${wordMoment(moment, language)}.${leftWords(told.owed, sum, language)}`;
  const contact = contactOf(shop, language);
  return oneLine(
    language === 'ru'
      ? `${shortName(shop.name)}: возвращена переплата ${how}, ${when} Не так? ${contact}`
      : `${shortName(shop.name)}: your overpayment is paid back, ${how}, ${when} Not right? ${contact}`,
  );
}

/**
 * «Весна: долг уменьшен на 300,00 ₽ исправлением, не оплатой, 25.11 17:40. Осталось 1 860,00 ₽. Не так? +7 …» `moved`:
 * minor units or points; `owed` as for a repayment.
 */
export function wordCorrection(
  told: {
    readonly account: 'debt' | 'points';
    readonly moved: number;
    readonly owed: number | null;
  },
  { shop }: Pick<Policy, 'shop'>,
  moment: Moment,
): string {
  const { currency, messageLanguage: language } = shop;
  const { account, moved, owed } = told;
  const sum = (minor: number) => wordAmount({ minor, currency: currency.code }, currency, language);
  const isRu = language === 'ru';
  const points = wordAmount({ points: moved }, currency, language);
  const what =
    account === 'points'
      ? isRu
        ? `начислено ${points} исправлением, не за покупку`
        : `${points} given by a correction, not for a purchase`
      : isRu
        ? `долг уменьшен на ${sum(moved)} исправлением, не оплатой`
        : `your debt is ${sum(moved)} lower by a correction, not a payment`;
  const left = account === 'points' ? '' : leftWords(owed, sum, language);
  const when = wordMoment(moment, language);
  return oneLine(
    `${shortName(shop.name)}: ${what}, ${when}.${left} ${isRu ? 'Не так?' : 'Not right?'} ${contactOf(shop, language)}`,
  );
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
  { shop }: Pick<Policy, 'shop'>,
  moment: Moment,
): string {
  const { currency, messageLanguage: language } = shop;
  const sum = (minor: number) => wordAmount({ minor, currency: currency.code }, currency, language);
  const isRu = language === 'ru';
  const { debtReduced, refunds, pointsGivenBack, pointsTakenBack } = told;
  const points = [
    ...(pointsGivenBack > 0 ? [`+${pointsGivenBack}`] : []),
    ...(pointsTakenBack > 0 ? [`−${pointsTakenBack}`] : []),
  ];
  const parts = [
    ...(debtReduced > 0 ? [`${isRu ? 'с долга' : 'off your debt'} ${sum(debtReduced)}`] : []),
    ...refunds.map(({ kind, amount }) => `${REFUNDS[language][kind]} ${sum(amount)}`),
    ...(points.length > 0 ? [`${isRu ? 'баллы' : 'points'} ${points.join(' ')}`] : []),
  ];
  const what = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
  const when = wordMoment(moment, language);
  const left = leftWords(told.owed, sum, language);
  const contact = contactOf(shop, language);
  return oneLine(
    isRu
      ? `${shortName(shop.name)}: возврат${told.sale === null ? ' без чека' : ''} на ${sum(told.total)}, ${when}${what}.${left} Не так? ${contact}`
      : `${shortName(shop.name)}: return${told.sale === null ? ' without a receipt' : ''} of ${sum(told.total)}, ${when}${what}.${left} Not right? ${contact}`,
  );
}

const REFUNDS = {
  ru: { cash: 'наличными', card: 'на карту', transfer: 'переводом' },
  en: { cash: 'in cash', card: 'to the card', transfer: 'by transfer' },
} as const satisfies Record<Language, Record<MoneyTender['kind'], string>>;

function leftWords(
  owed: number | null,
  sum: (minor: number) => string,
  language: Language,
): string {
  const isRu = language === 'ru';
  if (owed === null) return '';
  if (owed === 0) return isRu ? ' Долга больше нет.' : ' Nothing more is owed.';
  return owed > 0
    ? ` ${isRu ? 'Осталось' : 'Still owed:'} ${sum(owed)}.`
    : ` ${isRu ? 'Переплата' : 'We owe you'} ${sum(-owed)}.`;
}

/** If there are more disputed movements, the message states their sums. */
const MOST_TOLD_APART = 4;

/** «Весна: спор о долге 540,00 ₽ закрыт, запись остаётся в силе. Не согласны? +7 …» `news`: the disputed entry's. */
export function wordDisputeClosed(
  news: readonly NewsOfAct[],
  { shop }: Pick<Policy, 'shop'>,
): string {
  const language = shop.messageLanguage;
  const contact = contactOf(shop, language);
  const told = news.length > MOST_TOLD_APART ? sumsOf(news) : news;
  const what = told.map(({ action, moved }) => {
    const amount = wordMoved({ action, moved }, { shop }, language);
    if (language === 'ru')
      return action === 'redeem-points' ? `о списании ${amount}` : `о долге ${amount}`;
    return action === 'redeem-points' ? `${amount} redeemed` : `a debt of ${amount}`;
  });
  const about =
    language === 'ru' ? what.join(' и ') || 'о записи' : what.join(' and ') || 'an entry';
  return oneLine(
    language === 'ru'
      ? `${shortName(shop.name)}: спор ${about} закрыт, запись остаётся в силе. Не согласны? ${contact}`
      : `${shortName(shop.name)}: the dispute over ${about} is closed; the entry stands. Do you disagree? ${contact}`,
  );
}

/**
 * The last message to a customer: «Весна: по вашей просьбе карточка удалена, сгорело 340 баллов. Не просили? +7 …» `lapsed`:
 * points.
 */
export function wordForgotten(lapsed: number, { shop }: Pick<Policy, 'shop'>): string {
  const language = shop.messageLanguage;
  const points = lapsed > 0 ? wordAmount({ points: lapsed }, shop.currency, language) : '';
  const contact = contactOf(shop, language);
  if (language === 'ru') {
    const lost = points === '' ? '' : `, сгорит ${points}`;
    return oneLine(
      `${shortName(shop.name)}: по вашей просьбе карточка будет удалена через сутки${lost}. Не просили? ${contact}`,
    );
  }
  const lost = points === '' ? '' : `; ${points} will lapse`;
  return oneLine(
    `${shortName(shop.name)}: your card will be erased in a day at your request${lost}. Not your request? ${contact}`,
  );
}

/**
 * «Весна: по ошибке вам записали долг 540,00 ₽ и 30 баллов, запись отменена. Вопросы? +7 …» `debt`: minor units, negative: a
 * prepayment.
 */
export function wordImportUndone(
  { debt, points }: { readonly debt: number; readonly points: number },
  { shop }: Pick<Policy, 'shop'>,
): string {
  const { currency, messageLanguage: language } = shop;
  const isRu = language === 'ru';
  const sum = wordAmount({ minor: Math.abs(debt), currency: currency.code }, currency, language);
  const owed = isRu ? `долг ${sum}` : `a debt of ${sum}`;
  const paid = isRu ? `предоплату ${sum}` : `a prepayment of ${sum}`;
  const what = [
    ...(debt === 0 ? [] : [debt > 0 ? owed : paid]),
    ...(points > 0 ? [wordAmount({ points }, currency, language)] : []),
  ].join(isRu ? ' и ' : ' and ');
  const contact = contactOf(shop, language);
  return oneLine(
    isRu
      ? `${shortName(shop.name)}: по ошибке вам записали ${what}, запись отменена. Вопросы? ${contact}`
      : `${shortName(shop.name)}: we recorded ${what} for you by mistake and took the record back. Questions? ${contact}`,
  );
}

const sumsOf = (news: readonly NewsOfAct[]): readonly NewsOfAct[] =>
  [...new Set(news.map(({ action }) => action))].map((action) => ({
    action,
    moved: sumOf(news, action),
  }));

const sumOf = (news: readonly NewsOfAct[], action: SaleAction): number =>
  news.reduce((sum, move) => sum + (move.action === action ? move.moved : 0), 0);

function wordMoved(
  { action, moved }: NewsOfAct,
  { shop }: Pick<Policy, 'shop'>,
  language: Language,
): string {
  const { currency } = shop;
  const amount =
    action === 'redeem-points' ? { points: moved } : { minor: moved, currency: currency.code };
  return wordAmount(amount, currency, language);
}

/** «, из денег удержано 8,00 ₽: потрачено 8 баллов»; empty if nothing was withheld. */
function wordWithheld(
  { points, amount }: Withheld,
  { shop }: Pick<Policy, 'shop'>,
  language: Language,
): string {
  if (points === 0) return '';
  const { currency } = shop;
  const sum = wordAmount({ minor: amount, currency: currency.code }, currency, language);
  const spent = wordAmount({ points }, currency, language);
  return language === 'ru'
    ? `, из денег удержано ${sum}: потрачено ${spent}`
    : `, ${sum} kept of the money: ${spent} spent`;
}

/** One sum for each action, so that many movements make no longer text than two. */
function wordNews(
  news: readonly NewsOfAct[],
  act: string,
  { shop }: Pick<Policy, 'shop'>,
  language: Language,
): string {
  const words = sumsOf(news).map(({ action, moved }) => {
    const amount = wordMoved({ action, moved }, { shop }, language);
    if (action === 'redeem-points')
      return language === 'ru' ? `списано ${amount}` : `${amount} redeemed`;
    if (act === 'return')
      return language === 'ru' ? `возврат товара на ${amount}` : `a return of goods for ${amount}`;
    // the debt is not new: the message says that its repayment was cancelled
    if (act === 'repayment-cancelled')
      return language === 'ru'
        ? `отменено погашение долга ${amount}`
        : `a debt payment of ${amount} cancelled`;
    return language === 'ru' ? `записан долг ${amount}` : `a debt of ${amount} recorded`;
  });
  return words.join(language === 'ru' ? ' и ' : ' and ');
}

/** «25.11 17:40» */
export function wordMoment({ at, zone }: Moment, language: Language): string {
  const parts = { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    ...parts,
    timeZone: zone,
  })
    .format(at)
    .replace(',', '');
}
