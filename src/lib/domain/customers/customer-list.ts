// Parses one row of a list of customers into a card to import, or the reasons why it is refused.
import type { CardDetails } from '$lib/contract/acts/customer';
import type { CustomerGroup } from '$lib/contract/policy';
import { NO_DETAILS } from './customer';
import type { Currency } from '$lib/contract/values';
import { parseBirthday } from '$lib/domain/values/birthday';
import { subtract, ZERO, type Money } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import { columnsNamed } from '$lib/domain/goods/price-list-columns';
import { line, parsePrice } from '$lib/domain/goods/price-list';
import { foldText } from '$lib/domain/values/search-text';

export const CUSTOMER_COLUMNS = [
  ...(['name', 'phone', 'birthday', 'group', 'note', 'debt', 'points'] as const),
] as const;
export type CustomerColumn = (typeof CUSTOMER_COLUMNS)[number];
export type CustomerMapping = { readonly [C in CustomerColumn]: number | null };

/** Folded header names, most specific first. */
const HEADERS: Readonly<Record<CustomerColumn, readonly string[]>> = {
  name: [
    ...['имя', 'фио', 'покупатель', 'клиент', 'имя покупателя', 'имя клиента', 'контрагент'],
    ...['name', 'customer', 'customer name', 'full name', 'client'],
  ],
  phone: [
    ...['телефон', 'номер телефона', 'мобильный', 'тел', 'phone', 'phone number', 'mobile'],
    ...['mobile phone', 'tel'],
  ],
  birthday: ['день рождения', 'дата рождения', 'др', 'birthday', 'date of birth', 'birth date'],
  group: ['группа', 'группа покупателей', 'категория', 'group', 'customer group', 'segment'],
  note: ['заметка', 'примечание', 'комментарий', 'note', 'notes', 'comment'],
  debt: ['долг', 'задолженность', 'сумма долга', 'debt', 'owes', 'owed', 'balance due'],
  points: ['баллы', 'бонусы', 'бонусные баллы', 'points', 'loyalty points', 'bonus points'],
};

/** The columns that a header names. */
export const customerColumns = (header: readonly string[]): CustomerMapping =>
  columnsNamed(HEADERS, header);

export type CustomerRefusal =
  | 'name-missing'
  | 'name-too-long'
  | 'phone-rounded'
  | 'phone-wrong'
  | 'phone-repeated'
  | 'birthday-wrong'
  | 'birthday-in-future'
  | 'birthday-too-long-ago'
  | 'group-unknown'
  | 'note-too-long'
  | 'debt-wrong'
  | 'points-wrong'
  | 'letters-unreadable'
  | 'quoting-broken';

const BIRTHDAY_REFUSAL = {
  malformed: 'birthday-wrong',
  'in-future': 'birthday-in-future',
  'too-long-ago': 'birthday-too-long-ago',
} as const;

/** Why a file is refused whole. */
export type ListRefusal = 'empty' | 'not-text' | 'too-large' | 'no-columns';

/** `text`: the cell, cut to 80 characters. */
export type CustomerProblem = {
  readonly column: CustomerColumn | null;
  readonly because: CustomerRefusal;
  readonly text: string;
};

/** A card of the file, with its debt (minor units; negative: paid ahead) and points. */
export type ListedCustomer = CardDetails & {
  readonly name: string;
  readonly phone: Phone | null;
  readonly owed: number;
  readonly points: number;
};

export type ListRules = {
  readonly currency: Currency;
  readonly groups: readonly CustomerGroup[];
  /** The business day, `2026-11-28`. */
  readonly today: string;
  /** Parses a phone number with the shop's country; null: it is no number that the shop may send messages to. */
  readonly parsePhone: (text: string) => Phone | null;
};

/** How a spreadsheet writes a long number: rounded, with an exponent. */
const ROUNDED = /^\d+(?:[.,]\d+)?e\+?\d+$/i;
const MAX_NAME = 300;
const MAX_NOTE = 200;
/** The largest sum of a row, so that the sums of all rows stay exact. */
const MOST = 999_999_999_999;

/** Reports every fault of the row, not only the first. */
export function parseCustomerRow(
  cells: readonly string[],
  mapping: CustomerMapping,
  rules: ListRules,
):
  | { readonly kind: 'row'; readonly customer: ListedCustomer }
  | { readonly kind: 'refused'; readonly errors: readonly CustomerProblem[] } {
  const errors: CustomerProblem[] = [];
  const cell = (column: CustomerColumn): string => {
    const place = mapping[column];
    const text = line(place === null ? '' : (cells[place] ?? ''));
    // our export puts an apostrophe before text that a spreadsheet would read as a formula
    return text.replace(/^'(?=[=+\-@])/, '');
  };
  const refuse = (column: CustomerColumn, because: CustomerRefusal): null => {
    errors.push({ column, because, text: cell(column).slice(0, 80) });
    return null;
  };
  for (const column of CUSTOMER_COLUMNS)
    if (cell(column).includes('\ufffd')) refuse(column, 'letters-unreadable');

  const name = cell('name');
  if (name === '') refuse('name', 'name-missing');
  if (name.length > MAX_NAME) refuse('name', 'name-too-long');

  const typed = cell('phone').replace(/[.,]0$/, '');
  const phone = typed === '' || ROUNDED.test(typed) ? null : rules.parsePhone(typed);
  if (ROUNDED.test(typed)) refuse('phone', 'phone-rounded');
  else if (typed !== '' && phone === null) refuse('phone', 'phone-wrong');

  // a spreadsheet may write a day with the time 00:00
  const born = cell('birthday').replace(/[ T]0?0:00(?::00)?$/, '');
  const read = born === '' ? null : parseBirthday(born, rules.today);
  const birthday = read?.kind === 'birthday' ? read.birthday : null;
  if (read !== null && read.kind !== 'birthday') refuse('birthday', BIRTHDAY_REFUSAL[read.kind]);

  const named = foldText(cell('group'));
  const group = rules.groups.find((each) => foldText(each.name) === named)?.id ?? null;
  if (named !== '' && named !== '—' && group === null) refuse('group', 'group-unknown');

  const note = cell('note');
  if (note.length > MAX_NOTE) refuse('note', 'note-too-long');

  const owed = signedSum(cell('debt'), rules.currency) ?? refuse('debt', 'debt-wrong');
  const points = wholePoints(cell('points')) ?? refuse('points', 'points-wrong');
  if (errors.length > 0 || owed === null || points === null) return { kind: 'refused', errors };
  const details = { ...NO_DETAILS, birthday, note: note === '' ? null : note, group };
  return { kind: 'row', customer: { name, phone, ...details, owed, points } };
}

/** Null: it is no sum. Empty: nothing is owed. */
function signedSum(text: string, currency: Currency): Money | null {
  if (text === '') return ZERO;
  const bare = text.replace('−', '-');
  const sum = parsePrice(bare.replace(/^-/, ''), currency);
  if (sum === null || sum > MOST) return null;
  return bare.startsWith('-') && sum > 0 ? subtract(ZERO, sum) : sum;
}

function wholePoints(text: string): number | null {
  const bare = text.replace(/\s/g, '').replace(/[.,]0+$/, '');
  if (bare === '') return 0;
  return /^\d{1,9}$/.test(bare) ? Number(bare) : null;
}
