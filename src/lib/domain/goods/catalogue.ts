// Catalogue: all goods of a shop in columns, so that 100 000 products are one record on the disk.
// Row order is import order, which also ranks popularity.
import type { ProductBarcode } from '$lib/contract/acts/goods';
import type { ProductTax, Unit } from '$lib/contract/acts/sale';
import { invariant } from '$lib/domain/values/invariant';
import { money } from '$lib/domain/values/money';
import { singly, type Product } from './product';
import { ONE, quantity, type Quantity } from '$lib/domain/values/quantity';

/** Many texts in one string: text `i` ends at `ends[i]` and begins where the previous one ended. */
export type TextColumn = { readonly text: string; readonly ends: Uint32Array<ArrayBuffer> };

/** Structured-cloneable; never changed in place. */
export type PackedCatalogue = {
  readonly v: 1;
  readonly count: number;
  /** `ID_LENGTH` characters each, without separators. */
  readonly ids: string;
  readonly names: TextColumn;
  /** Null if no product has a name in that language; an empty text if only this one has none. */
  readonly namesRu: TextColumn | null;
  readonly namesEn: TextColumn | null;
  /** An empty text: no SKU. */
  readonly skus: TextColumn;
  /**
   * All barcodes of a product, separated by line breaks; a tab and thousandths follow a barcode for another quantity than one.
   */
  readonly barcodes: TextColumn;
  /** 1: the product takes no discounts. */
  readonly noDiscounts: Uint8Array<ArrayBuffer>;
  /** Indexes into `TAXES`. */
  readonly taxes: Uint8Array<ArrayBuffer>;
  /** Years; 0: any age. */
  readonly ages: Uint8Array<ArrayBuffer>;
  /** 1: each piece has a marking code. */
  readonly marked: Uint8Array<ArrayBuffer>;
  /** Minor units per unit of sale. */
  readonly prices: Float64Array<ArrayBuffer>;
  /** Indexes into `UNITS`. */
  readonly units: Uint8Array<ArrayBuffer>;
  /** Thousandths; 0: as of all goods. */
  readonly usualMosts: Uint32Array<ArrayBuffer>;
  readonly categories: readonly string[];
  /** 1 + index into `categories`; 0: none. */
  readonly categoryOf: Uint32Array<ArrayBuffer>;
  /** Thousandths; NaN: not counted. */
  readonly stock: Float64Array<ArrayBuffer>;
};

/** A few products as a list, or many packed: each is the form that is read faster from the disk. */
export type Goods = PackedCatalogue | readonly Product[];

/** From this number on, products are packed. */
const MANY = 20;

/** The products as they are stored. */
export const goodsOf = (products: readonly Product[]): Goods =>
  products.length < MANY ? products : pack(products);

export const isList = (goods: Goods): goods is readonly Product[] => Array.isArray(goods);

/** Length of a UUID as text. */
export const ID_LENGTH = 36;

/** Values of the unit column. Append only: their indexes are stored on disk. */
export const UNITS: readonly Unit[] = ['piece', 'kilogram', 'litre', 'metre'];

/** Values of the tax column. Append only: their indexes are stored on disk. */
const TAXES: readonly ProductTax[] = (
  [null, 'none', '0', '5', '7', '10', '20', '22'] as const
).flatMap((vat) =>
  (['goods', 'excisable', 'service', 'work'] as const).map((subject) => ({ subject, vat })),
);

/** The value of a product in the tax column. */
export const taxIndex = ({ tax }: Product): number =>
  TAXES.findIndex(({ subject, vat }) => subject === tax.subject && vat === tax.vat);

const BARCODE_BREAK = '\n';
const QUANTITY_MARK = '\t';

/** The barcodes of a product in the column. */
export const packedBarcodes = (barcodes: readonly ProductBarcode[]): string =>
  barcodes
    .map(({ code, quantity: amount }) =>
      amount === ONE ? code : code + QUANTITY_MARK + String(amount),
    )
    .join(BARCODE_BREAK);

/** Text `row` of a column. */
export const textAt = (column: TextColumn, row: number): string =>
  column.text.slice(row === 0 ? 0 : column.ends[row - 1], column.ends[row]);

export function textColumn(texts: readonly string[]): TextColumn {
  const ends = new Uint32Array(texts.length);
  let end = 0;
  texts.forEach((text, row) => (ends[row] = end += text.length));
  return { text: texts.join(''), ends };
}

const optionalColumn = (texts: readonly (string | null)[]): TextColumn | null =>
  texts.every((text) => text === null) ? null : textColumn(texts.map((text) => text ?? ''));

const NO_NAMES: Product['names'] = { ru: null, en: null };

function namesAt(packed: PackedCatalogue, row: number): Product['names'] {
  if (packed.namesRu === null && packed.namesEn === null) return NO_NAMES;
  return { ru: textOrNull(packed.namesRu, row), en: textOrNull(packed.namesEn, row) };
}

function textOrNull(column: TextColumn | null, row: number): string | null {
  if (column === null) return null;
  const text = textAt(column, row);
  return text === '' ? null : text;
}

/** Packs products into columns, in the given order. Throws for an id of the wrong length or an empty barcode. */
export function pack(products: readonly Product[]): PackedCatalogue {
  const count = products.length;
  const prices = new Float64Array(count);
  const units = new Uint8Array(count);
  const usualMosts = new Uint32Array(count);
  const noDiscounts = new Uint8Array(count);
  const taxes = new Uint8Array(count);
  const ages = new Uint8Array(count);
  const marked = new Uint8Array(count);
  const categoryOf = new Uint32Array(count);
  const stock = new Float64Array(count);
  const places = new Map<string, number>();
  products.forEach((product, row) => {
    invariant(product.id.length === ID_LENGTH, `not an id of a product: ${product.id}`);
    for (const { code } of product.barcodes)
      invariant(/^[^\n\t]+$/.test(code), 'a barcode is one line');
    prices[row] = product.price;
    units[row] = UNITS.indexOf(product.unit);
    usualMosts[row] = product.usualMost ?? 0;
    noDiscounts[row] = Number(product.noDiscounts);
    taxes[row] = taxIndex(product);
    ages[row] = product.askAge ?? 0;
    marked[row] = Number(product.marked);
    stock[row] = product.stock ?? Number.NaN;
    if (product.category !== null && !places.has(product.category)) {
      places.set(product.category, places.size + 1);
    }
    categoryOf[row] = product.category === null ? 0 : (places.get(product.category) ?? 0);
  });
  return {
    v: 1,
    count,
    ids: products.map((product) => product.id).join(''),
    names: textColumn(products.map((product) => product.name)),
    namesRu: optionalColumn(products.map((product) => product.names.ru)),
    namesEn: optionalColumn(products.map((product) => product.names.en)),
    skus: textColumn(products.map((product) => product.sku ?? '')),
    barcodes: textColumn(products.map((product) => packedBarcodes(product.barcodes))),
    noDiscounts,
    taxes,
    ages,
    marked,
    prices,
    units,
    usualMosts,
    categories: [...places.keys()],
    categoryOf,
    stock,
  };
}

/** Number of products. */
export function count(packed: PackedCatalogue): number {
  return packed.count;
}

export const idAt = (packed: PackedCatalogue, row: number): string =>
  packed.ids.slice(row * ID_LENGTH, (row + 1) * ID_LENGTH);

/** The codes of the product in a row, one a line. */
export function codesTextAt(packed: PackedCatalogue, row: number): string {
  const joined = textAt(packed.barcodes, row);
  return joined.includes(QUANTITY_MARK) ? joined.replace(/\t\d+/g, '') : joined;
}

/** The codes of the product in a row. */
export function codesAt(packed: PackedCatalogue, row: number): string[] {
  const joined = codesTextAt(packed, row);
  if (joined === '') return [];
  return joined.includes(BARCODE_BREAK) ? joined.split(BARCODE_BREAK) : [joined];
}

function barcodesAt(packed: PackedCatalogue, row: number): ProductBarcode[] {
  const joined = textAt(packed.barcodes, row);
  if (!joined.includes(QUANTITY_MARK)) return codesAt(packed, row).map(singly);
  return joined.split(BARCODE_BREAK).map((each) => {
    const [code = '', amount] = each.split(QUANTITY_MARK);
    return amount === undefined ? singly(code) : { code, quantity: Number(amount) };
  });
}

/** The product in a row, `0 ≤ row < count`. Throws outside that range. */
export function productAt(packed: PackedCatalogue, row: number): Product {
  const price = packed.prices[row];
  const unit = UNITS[packed.units[row] ?? -1];
  const tax = TAXES[packed.taxes[row] ?? -1];
  const age = packed.ages[row];
  const usualMost = packed.usualMosts[row];
  const stock = packed.stock[row];
  const isThere = price !== undefined && unit !== undefined && tax !== undefined;
  invariant(isThere && stock !== undefined, `no row ${row}`);
  return {
    id: idAt(packed, row),
    name: textAt(packed.names, row),
    names: namesAt(packed, row),
    sku: textOrNull(packed.skus, row),
    barcodes: barcodesAt(packed, row),
    noDiscounts: packed.noDiscounts[row] === 1,
    tax,
    askAge: age || null,
    marked: packed.marked[row] === 1,
    price: money(price),
    unit,
    usualMost: usualMost ? quantity(usualMost) : null,
    category: packed.categories[(packed.categoryOf[row] ?? 0) - 1] ?? null,
    stock: Number.isNaN(stock) ? null : quantity(stock),
  };
}

/** All products as objects. For small catalogues and tests; large ones stay in columns. */
export const unpack = (packed: PackedCatalogue): Product[] =>
  Array.from({ length: packed.count }, (_, row) => productAt(packed, row));

/** The products as a list, whether packed or not. */
export const listOf = (goods: Goods): readonly Product[] => (isList(goods) ? goods : unpack(goods));

/** A category and its number of goods; `name` null: goods without a category. */
export type Category = { readonly name: string | null; readonly count: number };

/** Categories with goods, in order of first appearance; goods without a category last. */
export function categories(packed: PackedCatalogue): Category[] {
  const counts = new Uint32Array(packed.categories.length + 1);
  for (const place of packed.categoryOf) counts[place] = (counts[place] ?? 0) + 1;
  const named = packed.categories.map((name, at) => ({ name, count: counts[at + 1] ?? 0 }));
  return [...named, { name: null, count: counts[0] ?? 0 }].filter((each) => each.count > 0);
}

/**
 * Equal for two spellings of one barcode: a GTIN is the same with or without leading zeros (UPC-A in an EAN-13, EAN-8
 * in a GTIN-14; GS1 General Specifications, 1.4). A shop's own shorter code is its own key.
 */
export function barcodeKey(code: string): string {
  if (!code.startsWith('0') || !/^\d{9,14}$/.test(code)) return code;
  return code.replace(/^0+(?=\d{8})/, '');
}

/** The quantity that a barcode of a product stands for; one if the code is not among its barcodes. */
export function standsFor({ barcodes }: Pick<Product, 'barcodes'>, code: string): Quantity {
  const key = barcodeKey(code);
  const found = barcodes.find((each) => barcodeKey(each.code) === key);
  return found === undefined ? ONE : quantity(found.quantity);
}
