// Goods for the tests of catalogue, search and import, with few enough words that names collide.
import * as fc from 'fast-check';
import type { ProductTax } from '$lib/contract/acts/sale';
import { UNITS } from '$lib/domain/goods/catalogue';
import { money } from '$lib/domain/values/money';
import type { ImportedProduct, ListedBarcode } from '$lib/domain/goods/price-list';
import { checkDigit, type Product, USUAL_TAX } from '$lib/domain/goods/product';
import { quantity } from '$lib/domain/values/quantity';
import { idOf } from './fixtures';

export function ean13(twelve: string): string {
  return twelve + String(checkDigit(twelve));
}

/** A product with default values for the other fields. */
export function good(n: number, name: string, rest: Partial<Product> = {}): Product {
  return {
    id: idOf(n),
    name,
    names: { ru: null, en: null },
    noDiscounts: false,
    askAge: null,
    marked: false,
    usualMost: null,
    tax: USUAL_TAX,
    sku: null,
    barcodes: [],
    price: money(100),
    unit: 'piece',
    category: null,
    stock: null,
    ...rest,
  };
}

/** A code of a list that does not give the quantity it stands for. */
export const listedCode = (code: string): ListedBarcode => ({ code, quantity: null });

/** A row of a list with empty cells except those given. */
export function listed(name: string, rest: Partial<ImportedProduct> = {}): ImportedProduct {
  return {
    name,
    sku: null,
    barcodes: [],
    price: money(100),
    unit: null,
    category: null,
    stock: null,
    vat: null,
    askAge: null,
    ...rest,
  };
}

/** The quantities that barcodes stand for, mostly one. */
export const standsForAny: fc.Arbitrary<number> = fc.constantFrom(1000, 1000, 6000, 500);

const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

export const anyTax: fc.Arbitrary<ProductTax> = fc.record({
  subject: fc.constantFrom('goods', 'excisable', 'service', 'work'),
  vat: orNull(fc.constantFrom('none', '0', '5', '7', '10', '20', '22')),
});

/** Products with any possible values, with ids by position. */
export const anyGoods: fc.Arbitrary<Product[]> = fc
  .array(
    fc.record({
      name: text,
      names: fc.record({ ru: orNull(text), en: orNull(text) }),
      sku: orNull(text),
      barcodes: fc.uniqueArray(
        fc.record({
          code: fc.string({ minLength: 1, maxLength: 14 }).map((code) => code.replaceAll(' ', '-')),
          quantity: standsForAny,
        }),
        { maxLength: 3, selector: ({ code }) => code },
      ),
      price: fc.nat().map(money),
      noDiscounts: fc.boolean(),
      askAge: fc.option(fc.integer({ min: 1, max: 99 }), { nil: null }),
      marked: fc.boolean(),
      usualMost: fc.option(fc.integer({ min: 1, max: 99_999_999 }).map(quantity), { nil: null }),
      tax: anyTax,
      unit: fc.constantFrom(...UNITS),
      category: orNull(fc.constantFrom('Хлеб', 'Dairy', '茶')),
      stock: orNull(fc.integer().map(quantity)),
    }),
    { maxLength: 20 },
  )
  .map((rows) => rows.map((row, place) => ({ id: idOf(place + 1), ...row })));

const few = fc.constantFrom('1', '2', '3', '4');

/** Rows of a list that share names, SKUs and barcodes in every way. */
export const anyRows: fc.Arbitrary<ImportedProduct[]> = fc.array(
  fc.record({
    name: few.map((n) => `Сыр ${n}`),
    sku: orNull(few),
    barcodes: fc.uniqueArray(
      fc.record({
        code: few.map((n) => `460${n}`),
        quantity: orNull(standsForAny.map(quantity)),
      }),
      { maxLength: 2, selector: ({ code }) => code },
    ),
    price: fc.integer({ min: 1, max: 3 }).map(money),
    unit: orNull(fc.constantFrom(...UNITS)),
    category: orNull(few),
    stock: orNull(fc.integer({ min: -2, max: 2 }).map(quantity)),
    vat: orNull(fc.constantFrom('none', '20')),
    askAge: orNull(fc.constantFrom(0, 16, 18)),
  }),
  { maxLength: 10 },
);

/** Ids counted up from `first`. */
export function countingIds(first: number): () => string {
  let next = first;
  return () => idOf(next++);
}
