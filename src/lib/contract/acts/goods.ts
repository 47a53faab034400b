// Products and categories as acts add and change them.
import * as z from 'zod/mini';
import { ageAsked, productTax, unit } from './sale';
import { id, minor, quantity } from '$lib/contract/values';

/** The most products added, fields changed, or products counted by one act. A longer price list makes several acts. */
export const MOST_PRODUCTS = 20_000;

const name = z.string().check(z.minLength(1), z.maxLength(300));
const short = z.nullable(z.string().check(z.minLength(1), z.maxLength(100)));

/** Largest price, minor units, and stock, thousandths. Sums of many stay exact. */
const MOST_OF_PRODUCT = 1_000_000_000_000;
export const ofStock = z.int().check(z.minimum(-MOST_OF_PRODUCT), z.maximum(MOST_OF_PRODUCT));

/** The largest quantity of a line, thousandths. */
const MOST_SOLD = 99_999_999;

/** A barcode, and the quantity that scanning it adds: thousandths, a pack of six is 6000. */
export const productBarcode = z.strictObject({
  code: z.string().check(z.regex(/^[^\r\n\t]+$/), z.maxLength(300)),
  quantity: quantity.check(z.maximum(MOST_OF_PRODUCT)),
});
export type ProductBarcode = z.infer<typeof productBarcode>;

const productFields = {
  /** The minimum age of the customer, years; null: any. */
  askAge: z.nullable(ageAsked),
  barcodes: z.array(productBarcode).check(z.maxLength(100)),
  category: short,
  /** Whether each piece has a marking code, which is scanned when it is sold. */
  marked: z.boolean(),
  name,
  names: z.strictObject({ en: z.nullable(name), ru: z.nullable(name) }),
  /** Whether the product takes no discounts: it is sold at its price or above. */
  noDiscounts: z.boolean(),
  /** Minor units per unit. */
  price: minor.check(z.maximum(MOST_OF_PRODUCT)),
  sku: short,
  /** Thousandths when it was added or first counted; null: not counted. */
  stock: z.nullable(ofStock),
  tax: productTax,
  unit,
  /** The most that is usually sold of weighed or measured goods, thousandths: the till asks above it. Null: as of all goods. */
  usualMost: z.nullable(quantity.check(z.maximum(MOST_SOLD))),
};

const { askAge, barcodes, category, ...others } = productFields;
/** Keys in canonical order, here and in the act, because sorting the keys of a price list takes longer than hashing it. */
export const addedProduct = z.strictObject({ askAge, barcodes, category, id, ...others });
export type AddedProduct = z.infer<typeof addedProduct>;

type Fields = typeof productFields;
const product = id;
const changeOf = <F extends keyof Fields>(field: F) =>
  z.strictObject({ field: z.literal(field), product, value: productFields[field] });

/** A new value of one field of one product. */
export const fieldChange = z.discriminatedUnion('field', [
  changeOf('name'),
  changeOf('names'),
  changeOf('sku'),
  changeOf('barcodes'),
  changeOf('noDiscounts'),
  changeOf('price'),
  changeOf('unit'),
  changeOf('category'),
  changeOf('stock'),
  changeOf('tax'),
  changeOf('askAge'),
  changeOf('marked'),
  changeOf('usualMost'),
]);
export type FieldChange = z.infer<typeof fieldChange>;

/** The most changes of categories by one act; a shop has tens of categories. */
export const MOST_CATEGORY_CHANGES = 2_000;

/** The largest `order` of a category; values are spaced, so that another category fits between two. */
export const MOST_ORDER = 1_000_000_000_000;

/** Colours of categories by name; the theme defines what each looks like. */
export const categoryColour = z.enum([
  ...(['sand', 'blue', 'olive', 'plum', 'teal', 'clay', 'sage', 'rose'] as const),
]);
export type CategoryColour = z.infer<typeof categoryColour>;

/** The identity of a category: its first name. */
export const categoryKey = z
  .string()
  .check(z.minLength(1), z.maxLength(100), z.regex(/^[^\p{Cc}]+$/u));

const categoryFields = {
  /** Shown in place of the first name. */
  name: categoryKey,
  /** Sorted ascending; categories without one come last. */
  order: z.int().check(z.minimum(-MOST_ORDER), z.maximum(MOST_ORDER)),
  /** Null: chosen by its place in the list. */
  colour: z.nullable(categoryColour),
  /** Whether the category is no longer offered. `false` also adds a category that has no goods yet. */
  removed: z.boolean(),
};

const changeOfCategory = <F extends keyof typeof categoryFields>(field: F) =>
  z.strictObject({ category: categoryKey, field: z.literal(field), value: categoryFields[field] });

/** A new value of one field of one category. */
export const categoryChange = z.discriminatedUnion('field', [
  changeOfCategory('name'),
  changeOfCategory('order'),
  changeOfCategory('colour'),
  changeOfCategory('removed'),
]);
export type CategoryChange = z.infer<typeof categoryChange>;
