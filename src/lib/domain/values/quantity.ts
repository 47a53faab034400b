// Quantity: thousandths of the unit of sale, as typed and as shown.
import type { Unit } from '$lib/contract/acts/sale';
import { invariant } from './invariant';

declare const quantityBrand: unique symbol;

/** Thousandths: 1000 is one piece or one kilogram. Positive in a line; any sign in a stock. */
export type Quantity = number & { readonly [quantityBrand]: true };

/** Largest quantity a person can enter: 99 999.999. */
export const MAX_QUANTITY = 99_999_999;

/** Thousandths as `Quantity`. Throws when they are not a safe integer. */
export function quantity(thousandths: number): Quantity {
  invariant(Number.isSafeInteger(thousandths), `not a quantity in thousandths: ${thousandths}`);
  return thousandths as Quantity;
}

export const ONE = quantity(1000);

/** Pieces are whole; weighed or measured goods have up to three decimals. */
export const decimalsOf = (unit: Unit): 0 | 3 => (unit === 'piece' ? 0 : 3);

/** A quantity as typed: `2`, `0,345`. Null for zero, signs, letters, split pieces, over 3 decimals, over 99 999.999. */
export function parseQuantity(text: string, unit: Unit): Quantity | null {
  const match = /^(\d{0,5})(?:[.,](\d{0,3}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  const thousandths = Number(whole + fraction.padEnd(3, '0'));
  if (thousandths === 0) return null;
  if (decimalsOf(unit) === 0 && thousandths % 1000 !== 0) return null;
  return quantity(thousandths);
}

/** Splits `3*milk` into the quantity as typed and the rest. `times` null: the text begins with no quantity. */
export function splitTimes(text: string): {
  readonly times: string | null;
  readonly rest: string;
} {
  const match = /^\s*(\d{1,5}(?:[.,]\d{1,3})?)\s*[*×](.*)$/s.exec(text);
  return match === null
    ? { times: null, rest: text }
    : { times: match[1] ?? null, rest: match[2] ?? '' };
}

const formats = new Map<string, Intl.NumberFormat>();

/** Cached: sixty tiles are redrawn with every key of a search, and creating a format takes longer than drawing them. */
function formatOf(locale: string, decimals: number): Intl.NumberFormat {
  const key = `${locale} ${decimals}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: 3,
    });
    formats.set(key, format);
  }
  return format;
}

/** By locale, without the unit: `2`, `0,345`. */
export function formatQuantity(amount: Quantity, unit: Unit, locale: string): string {
  // an imported stock of pieces may have decimals: they are shown, not hidden
  const whole = decimalsOf(unit) === 0 && amount % 1000 === 0;
  return formatOf(locale, whole ? 0 : 3).format(amount / 1000);
}
