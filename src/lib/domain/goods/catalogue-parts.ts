// Assembles the catalogue from its parts.
// They are the products added by this device and by others, and later changes of their fields.
import type { FieldChange } from '$lib/contract/acts/goods';
import {
  packedBarcodes,
  idAt,
  isList,
  pack,
  productAt,
  taxIndex,
  textAt,
  UNITS,
  type Goods,
  type PackedCatalogue,
  type TextColumn,
} from './catalogue';
import { money } from '$lib/domain/values/money';
import type { Product } from './product';
import { quantity } from '$lib/domain/values/quantity';

/** Goods as they are stored: `added` by each act in turn, and later values of fields by product. */
export type GoodsParts = {
  readonly added: readonly Goods[];
  readonly edits: ReadonlyMap<string, readonly FieldChange[]>;
};

/** The catalogue of these parts. */
export const packedOf = ({ added, edits }: GoodsParts): PackedCatalogue =>
  patched(joined(added), edits);

/** The products of all parts, in their order; if several have the same id, the first counts. */
export function joined(all: readonly Goods[]): PackedCatalogue {
  const some = packedParts(all);
  if (some.length <= 1) return some[0] ?? pack([]);
  const known = new Set<string>();
  const parts = some.map((part) => withoutKnown(part, known));
  const places = placesOf([]);
  for (const { categories } of parts) for (const name of categories) place(places, name);
  const count = known.size;
  const columns = <C extends keyof PackedCatalogue>(name: C) => parts.map((part) => part[name]);
  const optional = (name: 'namesRu' | 'namesEn'): TextColumn | null =>
    columns(name).every((column) => column === null)
      ? null
      : joinedTexts(parts.map((part) => part[name] ?? empty(part.count)));
  return {
    v: 1,
    count,
    ids: columns('ids').join(''),
    names: joinedTexts(columns('names')),
    namesRu: optional('namesRu'),
    namesEn: optional('namesEn'),
    skus: joinedTexts(columns('skus')),
    barcodes: joinedTexts(columns('barcodes')),
    noDiscounts: filled(new Uint8Array(count), columns('noDiscounts')),
    taxes: filled(new Uint8Array(count), columns('taxes')),
    ages: filled(new Uint8Array(count), columns('ages')),
    marked: filled(new Uint8Array(count), columns('marked')),
    prices: filled(new Float64Array(count), columns('prices')),
    units: filled(new Uint8Array(count), columns('units')),
    usualMosts: filled(new Uint32Array(count), columns('usualMosts')),
    categories: [...places.keys()],
    categoryOf: filled(
      new Uint32Array(count),
      parts.map(({ categories, categoryOf }) => {
        const moved = [0, ...categories.map((name) => place(places, name))];
        return categoryOf.map((at) => moved[at] ?? 0);
      }),
    ),
    stock: filled(new Float64Array(count), columns('stock')),
  };
}

/** Packs neighbouring lists together into one part. */
function packedParts(all: readonly Goods[]): PackedCatalogue[] {
  const parts: PackedCatalogue[] = [];
  let list: Product[] = [];
  const endList = () => {
    if (list.length > 0) parts.push(pack(list));
    list = [];
  };
  for (const goods of all) {
    if (isList(goods)) for (const product of goods) list.push(product);
    else if (goods.count > 0) {
      endList();
      parts.push(goods);
    }
  }
  endList();
  return parts;
}

/** The products whose ids are not in `known`; adds their ids to it. */
function withoutKnown(part: PackedCatalogue, known: Set<string>): PackedCatalogue {
  const fresh: number[] = [];
  for (let row = 0; row < part.count; row += 1) {
    const id = idAt(part, row);
    if (known.has(id)) continue;
    known.add(id);
    fresh.push(row);
  }
  return fresh.length === part.count ? part : pack(fresh.map((row) => productAt(part, row)));
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
  const usualMosts = packed.usualMosts.slice();
  const [noDiscounts, taxes] = [packed.noDiscounts.slice(), packed.taxes.slice()];
  const [ages, marked] = [packed.ages.slice(), packed.marked.slice()];
  const [categoryOf, stock] = [packed.categoryOf.slice(), packed.stock.slice()];
  for (const [row, product] of rows) {
    prices[row] = product.price;
    units[row] = UNITS.indexOf(product.unit);
    usualMosts[row] = product.usualMost ?? 0;
    noDiscounts[row] = Number(product.noDiscounts);
    taxes[row] = taxIndex(product);
    ages[row] = product.askAge ?? 0;
    marked[row] = Number(product.marked);
    categoryOf[row] = product.category === null ? 0 : place(places, product.category);
    stock[row] = product.stock ?? Number.NaN;
  }
  const texts = (column: TextColumn, textOf: (product: Product) => string | null): TextColumn => {
    const others = [...rows]
      .map(([row, product]) => [row, textOf(product) ?? ''] as const)
      .filter(([row, text]) => text !== textAt(column, row));
    return others.length === 0 ? column : withTexts(column, new Map(others));
  };
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
    barcodes: texts(packed.barcodes, ({ barcodes }) => packedBarcodes(barcodes)),
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

/** The product with these values of its fields. */
export const changed = (product: Product, changes: readonly FieldChange[]): Product =>
  changes.reduce<Product>((held, change) => {
    switch (change.field) {
      case 'price':
        return { ...held, price: money(change.value) };
      case 'stock':
        return { ...held, stock: change.value === null ? null : quantity(change.value) };
      default:
        return { ...held, [change.field]: change.value };
    }
  }, product);

/** Categories with the numbers that `categoryOf` uses for them. */
const placesOf = (categories: readonly string[]): Map<string, number> =>
  new Map(categories.map((name, at) => [name, at + 1]));

function place(places: Map<string, number>, name: string): number {
  const held = places.get(name) ?? places.size + 1;
  places.set(name, held);
  return held;
}

const empty = (count: number): TextColumn => ({ text: '', ends: new Uint32Array(count) });

function joinedTexts(columns: readonly TextColumn[]): TextColumn {
  let before = 0;
  const ends = columns.map((column) => {
    const from = before;
    before += column.text.length;
    return column.ends.map((end) => end + from);
  });
  const count = ends.reduce((sum, { length }) => sum + length, 0);
  return {
    text: columns.map(({ text }) => text).join(''),
    ends: filled(new Uint32Array(count), ends),
  };
}

function filled<Column extends Float64Array | Uint32Array | Uint8Array>(
  column: Column,
  parts: readonly Column[],
): Column {
  let from = 0;
  for (const part of parts) {
    column.set(part, from);
    from += part.length;
  }
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
