// Merges a price list into the catalogue.
// Keeps every id and loses no product.
import { barcodeKey, pack, packedBarcodes, unpack, type PackedCatalogue } from './catalogue';
import { matchRows } from './catalogue-match';
import type { ImportedProduct } from './price-list';
import { USUAL_TAX, type Product } from './product';
import { ONE } from '$lib/domain/values/quantity';

export type Merged = {
  readonly packed: PackedCatalogue;
  /** Products, not rows: two rows of a list may name one product. */
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Ids of products whose stock came with the list: earlier sales no longer reduce it. */
  readonly restocked: readonly string[];
};

const UNNAMED: Product['names'] = { ru: null, en: null };

/** A product after one row of a list: given values replace, missing ones stay. */
function revised(product: Product, row: ImportedProduct, owns: (key: string) => boolean): Product {
  return {
    id: product.id,
    name: row.name,
    // names by language are translations of the old name only
    names: row.name === product.name ? product.names : UNNAMED,
    sku: row.sku ?? product.sku,
    barcodes: withListed(product.barcodes, row.barcodes, owns),
    noDiscounts: product.noDiscounts,
    tax: row.vat === null ? product.tax : { ...product.tax, vat: row.vat },
    askAge: row.askAge === null ? product.askAge : row.askAge || null,
    marked: product.marked,
    price: row.price,
    unit: row.unit ?? product.unit,
    usualMost: product.usualMost,
    category: row.category ?? product.category,
    stock: row.stock ?? product.stock,
  };
}

/** The barcodes with those of a row that are the product's; a quantity that the row does not give stays. */
function withListed(
  held: Product['barcodes'],
  listed: ImportedProduct['barcodes'],
  owns: (key: string) => boolean,
): Product['barcodes'] {
  if (listed.length === 0) return held;
  const all = [...held];
  for (const { code, quantity } of listed) {
    const key = barcodeKey(code);
    const place = all.findIndex((each) => barcodeKey(each.code) === key);
    const known = all[place];
    if (known !== undefined) all[place] = { ...known, quantity: quantity ?? known.quantity };
    else if (owns(key)) all.push({ code, quantity: quantity ?? ONE });
  }
  return all;
}

const blank = (id: string, row: ImportedProduct): Product => ({
  id,
  name: row.name,
  names: UNNAMED,
  sku: null,
  barcodes: [],
  noDiscounts: false,
  tax: USUAL_TAX,
  askAge: null,
  marked: false,
  price: row.price,
  unit: 'piece',
  usualMost: null,
  category: null,
  stock: null,
});

const isSame = (a: Product, b: Product): boolean =>
  a.name === b.name &&
  a.sku === b.sku &&
  packedBarcodes(a.barcodes) === packedBarcodes(b.barcodes) &&
  a.price === b.price &&
  a.unit === b.unit &&
  a.category === b.category &&
  a.tax.vat === b.tax.vat &&
  a.askAge === b.askAge &&
  a.stock === b.stock;

/**
 * Merges a list into a catalogue. A row is matched by barcode, else SKU, else exact name (unless they contradict).
 * Known products keep position and id, new ones are appended in the list's order. Merging the same list again changes
 * nothing.
 */
export function mergeRows(
  packed: PackedCatalogue | null,
  rows: readonly ImportedProduct[],
  newId: () => string,
): Merged {
  const { targets, ownerOf } = matchRows(packed, rows);
  const products = packed === null ? [] : unpack(packed);
  const known = products.length;
  const before = new Map<number, Product>();
  const newPlaces = new Map<number, number>();
  const restocked = new Set<string>();
  rows.forEach((row, i) => {
    const target = targets[i] ?? ~i;
    let place = target < 0 ? newPlaces.get(target) : target;
    if (place === undefined) newPlaces.set(target, (place = products.length));
    const product = products[place] ?? blank(newId(), row);
    if (place < known && !before.has(place)) before.set(place, product);
    products[place] = revised(product, row, (key) => ownerOf(key) === target);
    if (row.stock !== null) restocked.add(product.id);
  });
  let updated = 0;
  for (const [place, product] of before) {
    const now = products[place];
    if (now !== undefined && !isSame(product, now)) updated++;
  }
  return {
    packed: pack(products),
    added: products.length - known,
    updated,
    unchanged: before.size - updated,
    restocked: [...restocked],
  };
}
