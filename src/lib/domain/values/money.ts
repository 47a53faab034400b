// Money: integer minor units, parsed from text without floats and formatted by locale.
// Rounds only in `share` and `spread`.
import type { Currency, MoneyOnWire } from '$lib/contract/values';
import { invariant } from './invariant';

declare const moneyBrand: unique symbol;

/** Minor units (kopecks, cents). A safe integer; negative only as a signed step of a running total. */
export type Money = number & { readonly [moneyBrand]: true };

/** Largest amount a person can enter, in minor units: twelve digits. */
export const MAX_AMOUNT = 999_999_999_999;

/** Minor units as `Money`. Throws when they are not a safe integer. */
export function money(minor: number): Money {
  invariant(Number.isSafeInteger(minor), `not an amount of minor units: ${minor}`);
  // -0 would be written as "-0 ₽" and hash differently from 0
  return (minor === 0 ? 0 : minor) as Money;
}

export const ZERO = money(0);

/**
 * The sum, limited to the safe integers. Only a dishonest till can state a larger one: it is shown in a message and throws
 * nothing.
 */
export const exact = (sum: number): number =>
  Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, sum));

export const add = (a: Money, b: Money): Money => money(a + b);

export const subtract = (a: Money, b: Money): Money => money(a - b);

export function sum(amounts: Iterable<Money>): Money {
  let total = 0;
  for (const amount of amounts) total += amount;
  return money(total);
}

export const smallest = (first: Money, ...others: readonly Money[]): Money =>
  money(Math.min(first, ...others));

/** The rest of `limit` after `used`; zero if more was used. */
export const leftOf = (limit: Money, used: Money): Money => money(Math.max(0, limit - used));

/** `numerator / denominator`, halves away from zero: how line totals and shares are rounded. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const rounded = (2n * n + d) / (2n * d);
  return negative ? -rounded : rounded;
}

/** A share of an amount in hundredths of a percent, halves away from zero. */
export const share = (amount: Money, basisPoints: number): Money =>
  money(Number(divideRounded(BigInt(amount) * BigInt(basisPoints), 10_000n)));

/**
 * Divides `amount` by the weights, in minor units: each part is its share rounded down. The minor units that are left go one by
 * one to the largest remainders; of equal remainders the earlier comes first. All parts are 0 if all weights are 0.
 */
export function spread(amount: Money, weights: readonly Money[]): Money[] {
  const whole = BigInt(sum(weights));
  if (whole === 0n) return weights.map(() => ZERO);
  const shares = weights.map((weight, at) => {
    const product = BigInt(amount) * BigInt(weight);
    return { at, part: Number(product / whole), remainder: product % whole };
  });
  let left = shares.reduce((rest, { part }) => rest - part, Number(amount));
  const largestFirst = shares.toSorted((a, b) =>
    a.remainder === b.remainder ? a.at - b.at : a.remainder < b.remainder ? 1 : -1,
  );
  for (const share of largestFirst) {
    if (left === 0) break;
    share.part += 1;
    left -= 1;
  }
  return shares.map(({ part }) => money(part));
}

export function toWire(amount: Money, currency: Currency): MoneyOnWire {
  invariant(amount >= 0, 'a direction is a word on the wire, not a sign');
  return { minor: amount, currency: currency.code };
}

const SPACES = /[\s\u00a0\u2009\u202f]/gu;

/** The apostrophe between thousands: `1'234.50`. */
const APOSTROPHES = /(?<=\d)['’](?=\d{3}(?!\d))/gu;

/** Ruble words in Russian price lists, besides the sign and the code. */
const RUBLE_WORDS = /(?:руб|р)\.?$/iu;

function withoutCurrency(text: string, currency: Currency): string {
  let rest = text.replace(/^\p{Sc}|\p{Sc}$/u, '').trim();
  if (rest.startsWith(currency.code)) rest = rest.slice(3).trim();
  else if (rest.endsWith(currency.code)) rest = rest.slice(0, -3).trim();
  else if (currency.code === 'RUB') rest = rest.replace(RUBLE_WORDS, '').trim();
  return rest;
}

/** The whole part without grouping, or null if the groups are not of three digits. */
function ungrouped(whole: string, separator: string): string | null {
  const groups = whole.split(separator);
  const [first = '', ...others] = groups;
  const grouped = others.length > 0;
  if (grouped && (first.length < 1 || first.length > 3)) return null;
  if (others.some((group) => group.length !== 3)) return null;
  const digits = groups.join('');
  return /^\d*$/.test(digits) ? digits : null;
}

/** Splits text into whole part and decimals; null if the separators are inconsistent. */
function splitDecimal(
  text: string,
  digits: number,
): { whole: string; fraction: string; grouping: string } | null {
  const marks = [...text].filter((c) => c === ',' || c === '.');
  const last = marks.at(-1);
  if (last === undefined) return { whole: text, fraction: '', grouping: ' ' };
  const kinds = new Set(marks);
  const repeated = kinds.size === 1 && marks.length > 1;
  // currency without decimals: a comma can only group ("1,299"); a point is refused as ambiguous, as in 1.005
  const onlyGroups = repeated || (digits === 0 && last === ',' && kinds.size === 1);
  if (onlyGroups) return { whole: text, fraction: '', grouping: last };
  const at = text.lastIndexOf(last);
  const whole = text.slice(0, at);
  if (whole.includes(last)) return null;
  const other = last === ',' ? '.' : ',';
  return { whole, fraction: text.slice(at + 1), grouping: kinds.size === 2 ? other : ' ' };
}

/** Digits, and a comma or point with decimals; at most twelve digits in all. */
const PLAIN = /^(\d{1,9})(?:[.,](\d{1,3}))?$/;

/**
 * An amount as typed: `1299.9`, `1 299,90 ₽`, `1,299.90`, `1'299.90`. Null if it is no amount or is ambiguous: more decimals than
 * the currency has, a sign, an exponent, letters, over twelve digits of minor units.
 */
export function parseMoney(text: string, currency: Currency): Money | null {
  const plain = PLAIN.exec(text);
  // fast path for the common form: price lists have up to a hundred thousand of them
  const fraction = plain?.[2] ?? ''.padEnd(currency.digits, '0');
  if (plain !== null && fraction.length === currency.digits) {
    return money(Number((plain[1] ?? '') + fraction));
  }
  const spaced = text.replace(SPACES, ' ').replace(APOSTROPHES, ' ').trim();
  const bare = withoutCurrency(spaced, currency);
  const parts = splitDecimal(bare, currency.digits);
  if (parts === null) return null;
  const whole = ungrouped(parts.whole, parts.grouping);
  if (whole === null || !/^\d*$/.test(parts.fraction)) return null;
  if (parts.fraction.length > currency.digits || whole + parts.fraction === '') return null;
  const minor = (whole + parts.fraction.padEnd(currency.digits, '0')).replace(/^0+(?=\d)/, '');
  if (minor.length > String(MAX_AMOUNT).length) return null;
  return money(Number(minor));
}

/** The exact decimal text, `1299.90`: for input fields, files and `Intl`. */
export function decimalText(amount: Money, currency: Currency): string {
  const sign = amount < 0 ? '-' : '';
  const digits = String(Math.abs(amount)).padStart(currency.digits + 1, '0');
  const point = digits.length - currency.digits;
  const fraction = digits.slice(point);
  return sign + digits.slice(0, point) + (fraction === '' ? '' : `.${fraction}`);
}

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: Currency, locale: string, style: 'currency' | 'decimal') {
  const key = `${locale} ${currency.code} ${currency.digits} ${style}`;
  let format = formats.get(key);
  if (format === undefined) {
    const fraction = {
      minimumFractionDigits: currency.digits,
      maximumFractionDigits: currency.digits,
    };
    format =
      style === 'currency'
        ? new Intl.NumberFormat(locale, {
            ...fraction,
            style,
            currency: currency.code,
            currencyDisplay: 'narrowSymbol',
          })
        : new Intl.NumberFormat(locale, fraction);
    formats.set(key, format);
  }
  return format;
}

/** With the currency's symbol, by locale: `1 299,90 ₽`. */
export function formatMoney(amount: Money, currency: Currency, locale: string): string {
  // a decimal string, so that no float is involved
  return formatOf(currency, locale, 'currency').format(
    decimalText(amount, currency) as `${number}`,
  );
}

/** Without the symbol, by locale: `1 299,90`. */
export const formatAmount = (amount: Money, currency: Currency, locale: string): string =>
  formatOf(currency, locale, 'decimal').format(decimalText(amount, currency) as `${number}`);
