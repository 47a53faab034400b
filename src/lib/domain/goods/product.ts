// Product: what is sold, and the rules of its barcodes.
import type { Language } from '$lib/domain/values/language';
import type { AddedProduct, ProductBarcode } from '$lib/contract/acts/goods';
import type { ProductTax, Unit } from '$lib/contract/acts/sale';
import { money, type Money } from '$lib/domain/values/money';
import { ONE, quantity, splitTimes, type Quantity } from '$lib/domain/values/quantity';

export type Product = {
  readonly id: string;
  /** As imported or typed. */
  readonly name: string;
  /** Names by language if known (demo goods). */
  readonly names: { readonly ru: string | null; readonly en: string | null };
  readonly sku: string | null;
  readonly barcodes: readonly ProductBarcode[];
  /** The product takes no discounts. */
  readonly noDiscounts: boolean;
  readonly tax: ProductTax;
  /** The minimum age of the customer, years; null: any. */
  readonly askAge: number | null;
  /** Each piece has a marking code, which is scanned when it is sold. */
  readonly marked: boolean;
  /** Per unit. */
  readonly price: Money;
  readonly unit: Unit;
  /** The most that is usually sold of weighed or measured goods: the till asks above it. Null: as of all goods. */
  readonly usualMost: Quantity | null;
  readonly category: string | null;
  /** Null: not counted. */
  readonly stock: Quantity | null;
};

/** Goods with the shop's own tax. */
export const USUAL_TAX: ProductTax = { subject: 'goods', vat: null };

/** Whether the till asks for a marking code: only whole pieces have one. */
export const needsMark = ({ marked, unit }: Pick<Product, 'marked' | 'unit'>): boolean =>
  marked && unit === 'piece';

/** The product that an entry adds. */
export const productOf = (added: AddedProduct): Product => ({
  ...added,
  price: money(added.price),
  stock: added.stock === null ? null : quantity(added.stock),
  usualMost: added.usualMost === null ? null : quantity(added.usualMost),
});

/** A product in the form of an entry. */
export const addedOf = (product: Product): AddedProduct => ({
  ...product,
  names: { ...product.names },
  tax: { ...product.tax },
  barcodes: product.barcodes.map(({ code, quantity }) => ({ code, quantity })),
});

/** The name in the screen's language, else the only name there is. */
export const nameIn = (product: Pick<Product, 'name' | 'names'>, language: Language): string =>
  product.names[language] ?? product.name;

declare const barcodeBrand: unique symbol;
export type Barcode = string & { readonly [barcodeBrand]: true };

/** A barcode that stands for one piece, or for weighed goods. */
export const singly = (code: string): ProductBarcode => ({ code, quantity: ONE });

/** A barcode as it is typed: `4600000000017`, or `6*4600000000017` for six at once. */
export const barcodeText = ({ code, quantity: amount }: ProductBarcode): string =>
  amount === ONE ? code : `${amount / ONE}*${code}`;

/**
 * Splits a typed barcode into code and quantity; null: none is typed. A leading number that is no whole count belongs to the
 * code.
 */
export function splitBarcode(text: string): {
  readonly code: string;
  readonly quantity: Quantity | null;
} {
  const { times, rest } = splitTimes(text);
  const count = Number(times);
  return times === null || !Number.isInteger(count) || count < 1
    ? { code: text.trim(), quantity: null }
    : { code: rest.trim(), quantity: quantity(count * ONE) };
}

/** Lengths of the GTIN family: EAN-8, UPC-A, EAN-13, ITF-14. */
const GTIN_LENGTHS: readonly number[] = [8, 12, 13, 14];

/** Check digit from the digits before it: weights 3 and 1 from the right (GS1 General Specifications, 7.9). */
export function checkDigit(digits: string): number {
  let weighted = 0;
  for (let i = 0; i < digits.length; i++) {
    weighted += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  }
  return (10 - (weighted % 10)) % 10;
}

/** Whether a spreadsheet may have written the code: it keeps fifteen digits of a number and puts zeros in place of the others. */
export const hasLostDigits = (code: string): boolean => /^[1-9]\d{14}0+$/.test(code);

/** True for EAN-8, UPC-A, EAN-13 and ITF-14 with the right check digit. */
export function isValidEan(text: string): boolean {
  if (!/^\d+$/.test(text) || !GTIN_LENGTHS.includes(text.length)) return false;
  return checkDigit(text.slice(0, -1)) === Number(text.at(-1));
}

/**
 * A barcode as scanned or typed. Digits of a GTIN's length must have a correct check digit; any other printable text up
 * to 48 characters is a shop's own code. Null for anything else.
 */
export function parseBarcode(text: string): Barcode | null {
  const bare = text.trim();
  if (!/^[\x21-\x7e]{1,48}$/.test(bare)) return null;
  if (/^\d+$/.test(bare) && GTIN_LENGTHS.includes(bare.length) && !isValidEan(bare)) return null;
  return bare as Barcode;
}
