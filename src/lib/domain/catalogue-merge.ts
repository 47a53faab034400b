// Merging a price list into the catalogue: which row is which product, and what it changes. Keeps every id and loses no product.
import {
  barcodeKey,
  barcodesAt,
  idAt,
  pack,
  productAt,
  textAt,
  unpack,
  type PackedCatalogue,
} from './catalogue';
import type { ImportedProduct } from './price-list';
import type { Product } from './product';

export type Merged = {
  readonly packed: PackedCatalogue;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Rows of `packed` whose stock came with the list: what was sold since no longer counts against them. */
  readonly restocked: Uint32Array<ArrayBuffer>;
};

const NONE = -1;

function remember(places: Map<string, number[]>, key: string, row: number): void {
  const rows = places.get(key);
  if (rows === undefined) places.set(key, [row]);
  else rows.push(row);
}

const skuAndName = (sku: string | null, name: string) => `${sku ?? ''}\n${name}`;

/**
 * The catalogue's row for each row of the list; `NONE` for a new product, and `~i` for the same new product as
 * list row `i`. Barcodes first, for all rows; then SKU with name, SKU alone, name alone, each product once.
 */
function matchRows(packed: PackedCatalogue | null, rows: readonly ImportedProduct[]): Int32Array {
  const byCode = new Map<string, number>();
  const bySku = new Map<string, number[]>();
  const byName = new Map<string, number[]>();
  const total = packed?.count ?? 0;
  for (let row = 0; packed !== null && row < total; row++) {
    for (const code of barcodesAt(packed, row)) byCode.set(barcodeKey(code), row);
    const sku = textAt(packed.skus, row);
    if (sku !== '') remember(bySku, sku, row);
    remember(byName, textAt(packed.names, row), row);
  }
  const match = new Int32Array(rows.length).fill(NONE);
  const claimed = new Uint8Array(total);
  const open: number[] = [];
  const twins = new Map<string, number>();
  // rows that name one new product: by a barcode, or by SKU and name where there is none
  const twinOf = new Map<number, number>();
  rows.forEach((product, i) => {
    const keys = product.barcodes.map(barcodeKey);
    const owner = keys.map((key) => byCode.get(key)).find((row) => row !== undefined);
    if (owner !== undefined) {
      match[i] = owner;
      claimed[owner] = 1;
      return;
    }
    const names = keys.length > 0 ? keys : [skuAndName(product.sku, product.name)];
    const twin = names.map((key) => twins.get(key)).find((first) => first !== undefined);
    for (const key of names) if (!twins.has(key)) twins.set(key, twin ?? i);
    if (twin === undefined) open.push(i);
    else twinOf.set(i, twin);
  });
  const claim = (
    candidates: (product: ImportedProduct) => number[] | undefined,
    fits: (product: ImportedProduct, row: number) => boolean,
  ) => {
    for (const i of open) {
      const product = rows[i];
      if (product === undefined || match[i] !== NONE) continue;
      const row = candidates(product)?.find((each) => claimed[each] === 0 && fits(product, each));
      if (row === undefined) continue;
      match[i] = row;
      claimed[row] = 1;
    }
  };
  if (packed !== null) {
    const sameSku = ({ sku }: ImportedProduct) => (sku === null ? undefined : bySku.get(sku));
    claim(sameSku, ({ name }, row) => textAt(packed.names, row) === name);
    claim(sameSku, () => true);
    claim(
      ({ name }) => byName.get(name),
      // two cheeses called «Сыр» with two barcodes are two cheeses
      ({ sku, barcodes }, row) =>
        (barcodes.length === 0 || textAt(packed.barcodes, row) === '') &&
        (sku === null || textAt(packed.skus, row) === ''),
    );
  }
  for (const [i, twin] of twinOf) {
    const found = match[twin] ?? NONE;
    match[i] = found === NONE ? ~twin - 1 : found;
  }
  return match;
}

/** A product after one row of a list: what the row says replaces, what it leaves out stays. */
function revised(
  product: Product,
  row: ImportedProduct,
  isFree: (code: string) => boolean,
): Product {
  const known = new Set(product.barcodes.map(barcodeKey));
  const fresh: string[] = [];
  for (const code of row.barcodes) {
    const key = barcodeKey(code);
    if (known.has(key) || !isFree(key)) continue;
    known.add(key);
    fresh.push(code);
  }
  return {
    ...product,
    name: row.name,
    // a name in two languages stands for the old name only
    names: row.name === product.name ? product.names : { ru: null, en: null },
    sku: row.sku ?? product.sku,
    barcodes: fresh.length === 0 ? product.barcodes : [...product.barcodes, ...fresh],
    price: row.price,
    unit: row.unit ?? product.unit,
    category: row.category ?? product.category,
    stock: row.stock ?? product.stock,
  };
}

function isSame(a: Product, b: Product): boolean {
  return (
    a.name === b.name &&
    a.sku === b.sku &&
    a.barcodes === b.barcodes &&
    a.price === b.price &&
    a.unit === b.unit &&
    a.category === b.category &&
    a.stock === b.stock
  );
}

/**
 * Merges a list into a catalogue. A row is the product that has its barcode, else its SKU, else its exact name
 * (where neither contradicts). Known products keep their place and id, new ones follow in the list's order.
 * Merging the same list again changes nothing.
 */
export function mergeRows(
  packed: PackedCatalogue | null,
  rows: readonly ImportedProduct[],
  newId: () => string,
): Merged {
  const match = matchRows(packed, rows);
  const products = packed === null ? [] : unpack(packed);
  const known = products.length;
  const before = new Map<number, Product>();
  const owner = new Map<string, number>();
  products.forEach((product, row) => {
    for (const code of product.barcodes) owner.set(barcodeKey(code), row);
  });
  const placeOf = new Int32Array(rows.length);
  const restocked = new Set<number>();
  rows.forEach((row, i) => {
    const found = match[i] ?? NONE;
    const place =
      found >= 0 ? found : found === NONE ? products.length : (placeOf[~(found + 1)] ?? NONE);
    placeOf[i] = place;
    const product = products[place] ?? blank(newId(), row);
    if (place < known && !before.has(place)) before.set(place, product);
    const next = revised(product, row, (key) => (owner.get(key) ?? place) === place);
    for (const code of next.barcodes) owner.set(barcodeKey(code), place);
    products[place] = next;
    if (row.stock !== null) restocked.add(place);
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
    restocked: Uint32Array.from(restocked).sort(),
  };
}

function blank(id: string, row: ImportedProduct): Product {
  return {
    id,
    name: row.name,
    names: { ru: null, en: null },
    sku: null,
    barcodes: [],
    price: row.price,
    unit: row.unit ?? 'piece',
    category: null,
    stock: null,
  };
}
