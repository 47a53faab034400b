// Puts the catalogue together: products added by this device and by others, with later values of their fields.
import type { FieldChange } from '$lib/contract/journal';
import {
  BARCODE_BREAK,
  idAt,
  pack,
  productAt,
  UNITS,
  unpack,
  type PackedCatalogue,
  type TextColumn,
} from './catalogue';
import { money } from './money';
import type { Product } from './product';
import { quantity } from './quantity';

/** The products of both, those of `first` before the others; of two with one id the first counts. */
export function joined(first: PackedCatalogue, second: PackedCatalogue): PackedCatalogue {
  if (second.count === 0) return first;
  if (first.count === 0) return second;
  const known = new Set(idsOf(first));
  const fresh = unpack(second).filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return first;
  const other = fresh.length < second.count ? pack(fresh) : second;
  const places = placesOf(first.categories);
  for (const name of other.categories) place(places, name);
  const count = first.count + other.count;
  return {
    v: 1,
    count,
    ids: first.ids + other.ids,
    names: joinedTexts(first.names, other.names),
    namesRu: joinedOptional(first, other, 'namesRu'),
    namesEn: joinedOptional(first, other, 'namesEn'),
    skus: joinedTexts(first.skus, other.skus),
    barcodes: joinedTexts(first.barcodes, other.barcodes),
    prices: filled(new Float64Array(count), first.prices, other.prices),
    units: filled(new Uint8Array(count), first.units, other.units),
    categories: [...places.keys()],
    categoryOf: filled(
      new Uint32Array(count),
      first.categoryOf,
      other.categoryOf.map((at) => (at === 0 ? 0 : place(places, other.categories[at - 1] ?? ''))),
    ),
    stock: filled(new Float64Array(count), first.stock, other.stock),
  };
}

/** The catalogue with other values of some fields, by product. Rows keep their places. */
export function patched(
  packed: PackedCatalogue,
  edits: ReadonlyMap<string, readonly FieldChange[]>,
): PackedCatalogue {
  const rows = new Map<number, Product>();
  for (let row = 0; row < packed.count && rows.size < edits.size; row += 1) {
    const changes = edits.get(idAt(packed, row));
    if (changes !== undefined) rows.set(row, changed(productAt(packed, row), changes));
  }
  if (rows.size === 0) return packed;
  const places = placesOf(packed.categories);
  const [prices, units] = [packed.prices.slice(), packed.units.slice()];
  const [categoryOf, stock] = [packed.categoryOf.slice(), packed.stock.slice()];
  for (const [row, product] of rows) {
    prices[row] = product.price;
    units[row] = UNITS.indexOf(product.unit);
    categoryOf[row] = product.category === null ? 0 : place(places, product.category);
    stock[row] = product.stock ?? Number.NaN;
  }
  const texts = (column: TextColumn, textOf: (product: Product) => string | null): TextColumn =>
    withTexts(column, new Map([...rows].map(([row, product]) => [row, textOf(product) ?? ''])));
  const namesIn = (column: TextColumn | null, language: 'ru' | 'en'): TextColumn | null => {
    const isNamed = [...rows.values()].some(({ names }) => names[language] !== null);
    return column === null && !isNamed
      ? null
      : texts(column ?? empty(packed.count), ({ names }) => names[language]);
  };
  return {
    ...packed,
    names: texts(packed.names, ({ name }) => name),
    namesRu: namesIn(packed.namesRu, 'ru'),
    namesEn: namesIn(packed.namesEn, 'en'),
    skus: texts(packed.skus, ({ sku }) => sku),
    barcodes: texts(packed.barcodes, ({ barcodes }) => barcodes.join(BARCODE_BREAK)),
    prices,
    units,
    categories: [...places.keys()],
    categoryOf,
    stock,
  };
}

/** The product with these values of its fields. */
export function changed(product: Product, changes: readonly FieldChange[]): Product {
  return changes.reduce<Product>((held, change) => {
    switch (change.field) {
      case 'price':
        return { ...held, price: money(change.value) };
      case 'stock':
        return { ...held, stock: change.value === null ? null : quantity(change.value) };
      default:
        return { ...held, [change.field]: change.value };
    }
  }, product);
}

const idsOf = (packed: PackedCatalogue): string[] =>
  Array.from({ length: packed.count }, (_, row) => idAt(packed, row));

/** Categories with their values in `categoryOf`. */
const placesOf = (categories: readonly string[]): Map<string, number> =>
  new Map(categories.map((name, at) => [name, at + 1]));

function place(places: Map<string, number>, name: string): number {
  const held = places.get(name) ?? places.size + 1;
  places.set(name, held);
  return held;
}

const empty = (count: number): TextColumn => ({ text: '', ends: new Uint32Array(count) });

function joinedTexts(first: TextColumn, second: TextColumn): TextColumn {
  const ends = new Uint32Array(first.ends.length + second.ends.length);
  const moved = second.ends.map((end) => end + first.text.length);
  return { text: first.text + second.text, ends: filled(ends, first.ends, moved) };
}

function joinedOptional(
  first: PackedCatalogue,
  second: PackedCatalogue,
  column: 'namesRu' | 'namesEn',
): TextColumn | null {
  const [one, other] = [first[column], second[column]];
  if (one === null && other === null) return null;
  return joinedTexts(one ?? empty(first.count), other ?? empty(second.count));
}

function filled<Column extends Float64Array | Uint32Array | Uint8Array>(
  column: Column,
  first: Column,
  second: Column,
): Column {
  column.set(first);
  column.set(second, first.length);
  return column;
}

/** A column with other texts in some rows. */
function withTexts(column: TextColumn, texts: ReadonlyMap<number, string>): TextColumn {
  const ends = new Uint32Array(column.ends.length);
  const parts: string[] = [];
  let [from, begin, shift] = [0, 0, 0];
  for (const [row, end] of column.ends.entries()) {
    const text = texts.get(row);
    if (text !== undefined) {
      parts.push(column.text.slice(from, begin), text);
      from = end;
      shift += text.length - (end - begin);
    }
    ends[row] = end + shift;
    begin = end;
  }
  return { text: [...parts, column.text.slice(from)].join(''), ends };
}
