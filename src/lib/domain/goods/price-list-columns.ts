// Finds the columns of a price list, by header names in Russian or English, or by the cells.
import type { Currency } from '$lib/contract/values';
import { COLUMNS, parsePrice, parseUnit, type Column, type Mapping } from './price-list';
import { isValidEan } from './product';
import { foldText } from '$lib/domain/values/search-text';

/** Folded header names, most specific first: an exact match ranks above a prefix match. */
const HEADERS: Readonly<Record<Column, readonly string[]>> = {
  barcode: [
    'штрихкод',
    'штрих код',
    'шк',
    'ean',
    'ean13',
    'ean 13',
    'gtin',
    'barcode',
    'bar code',
    'upc',
    'штрихкоды',
    'barcodes',
  ],
  sku: [
    'артикул',
    'арт',
    'sku',
    'article',
    'код товара',
    'код',
    'item code',
    'code',
    'part number',
    'plu',
    'плу',
  ],
  name: [
    'наименование',
    'название',
    'наименование товара',
    'название товара',
    'товар',
    'номенклатура',
    'name',
    'product name',
    'product',
    'item name',
    'item',
    'title',
    'description',
    'описание',
  ],
  category: [
    'категория',
    'группа',
    'группа товаров',
    'раздел',
    'category',
    'group',
    'department',
    'section',
  ],
  price: [
    'цена продажи',
    'розничная цена',
    'цена розничная',
    'цена',
    'розница',
    'стоимость',
    'sale price',
    'retail price',
    'price',
    'unit price',
  ],
  unit: [
    'единица измерения',
    'ед изм',
    'ед',
    'единица',
    'еи',
    'unit',
    'uom',
    'unit of measure',
    'units',
  ],
  stock: [
    'остаток',
    'остатки',
    'количество',
    'кол во',
    'колво',
    'наличие',
    'склад',
    'stock',
    'quantity',
    'qty',
    'on hand',
    'in stock',
    'balance',
  ],
  vat: ['ставка ндс', 'ндс', 'ндс %', 'vat', 'vat rate', 'tax rate', 'tax'],
  age: ['возрастное ограничение', 'возраст', 'продажа с', 'age', 'minimum age', 'age limit'],
};

const NOTHING: Mapping = {
  barcode: null,
  sku: null,
  name: null,
  category: null,
  price: null,
  unit: null,
  stock: null,
  vat: null,
  age: null,
};

/** Headers of purchase prices, which are not the price that customers pay. */
const BOUGHT_AT = /закуп|себестоим|приход|опт|cost|purchase|wholesale/;

/** How well a header matches one of these names: 0 not at all; exact matches above prefixes, earlier names above later ones. */
function fit(header: string, names: readonly string[]): number {
  const exact = names.indexOf(header);
  if (exact >= 0) return 200 - exact;
  const begun = names.findIndex((name) => name.length > 2 && header.startsWith(`${name} `));
  return begun < 0 ? 0 : 100 - begun;
}

/**
 * Columns by header name; each column once, the best match first. `excludes`: true for a header that is not this column although
 * its name matches.
 */
export function columnsNamed<C extends string>(
  names: Readonly<Record<C, readonly string[]>>,
  header: readonly string[],
  excludes: (header: string, column: C) => boolean = () => false,
): Record<C, number | null> {
  const columns = Object.keys(names) as C[];
  const folded = header.map(foldText);
  const fits = columns
    .flatMap((column) =>
      folded.map((text, place) => {
        const score = excludes(text, column) ? 0 : fit(text, names[column]);
        return { column, place, score };
      }),
    )
    .filter((each) => each.score > 0)
    .sort((a, b) => b.score - a.score || a.place - b.place);
  const mapping = Object.fromEntries(columns.map((column) => [column, null])) as Record<
    C,
    number | null
  >;
  const taken = new Set<number>();
  for (const { column, place } of fits) {
    if (mapping[column] !== null || taken.has(place)) continue;
    mapping[column] = place;
    taken.add(place);
  }
  return mapping;
}

/** Columns of a price list by header name. */
export const guessColumns = (header: readonly string[]): Mapping =>
  columnsNamed(HEADERS, header, (text, column) => column === 'price' && BOUGHT_AT.test(text));

/** True if a row holds column names rather than goods. */
export function isHeader(cells: readonly string[], currency: Currency): boolean {
  const mapping = guessColumns(cells);
  const named = COLUMNS.filter((column) => mapping[column] !== null).length;
  if (named === 0) return false;
  // «Товар;Цена» is a header, «Штрихкод;79,50» is a product with an unusual name
  return (
    !cells.some((cell) => isValidEan(cell.trim())) && (named > 1 || !hasPrice(cells, currency))
  );
}

const hasPrice = (cells: readonly string[], currency: Currency): boolean =>
  cells.some((cell) => parsePrice(cell, currency) !== null);

type Tally = { codes: number; prices: number; decimals: number; units: number; length: number };

function tallyOf(rows: readonly (readonly string[])[], place: number, currency: Currency): Tally {
  const tally = { codes: 0, prices: 0, decimals: 0, units: 0, length: 0 };
  for (const row of rows) {
    const text = (row[place] ?? '').trim();
    if (isValidEan(text)) tally.codes++;
    else if (parsePrice(text, currency) !== null) {
      tally.prices++;
      if (/\d[.,]\d{1,2}\D*$/.test(text)) tally.decimals++;
    } else if (parseUnit(text) !== null) tally.units++;
    else if (/\p{L}{2}/u.test(text)) tally.length += text.length;
  }
  return tally;
}

/** Columns of a list without header: by valid barcodes, by prices with decimals, by the longest words. */
export function guessByCells(rows: readonly (readonly string[])[], currency: Currency): Mapping {
  const width = Math.max(0, ...rows.map((row) => row.length));
  const tallies = Array.from({ length: width }, (_, place) => tallyOf(rows, place, currency));
  const taken = new Set<number>();
  const best = (score: (tally: Tally) => number): number | null => {
    let place: number | null = null;
    let highest = 0;
    tallies.forEach((tally, at) => {
      if (taken.has(at) || score(tally) <= highest) return;
      highest = score(tally);
      place = at;
    });
    if (place !== null) taken.add(place);
    return place;
  };
  const most = rows.length / 2;
  return {
    ...NOTHING,
    barcode: best((tally) => (tally.codes >= most ? tally.codes : 0)),
    name: best((tally) => tally.length),
    unit: best((tally) => (tally.units >= most ? tally.units : 0)),
    price: best((tally) => (tally.prices >= most ? tally.decimals * 10 + tally.prices : 0)),
  };
}
