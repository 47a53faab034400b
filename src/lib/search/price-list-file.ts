// A price list's file: previews it (encoding, separator, header, columns), then merges it.
// Stores nothing.
import { mergeRows, type Merged } from '$lib/domain/goods/catalogue-merge';
import { categoryMeant, type CategoryNames } from '$lib/domain/shop-categories';
import { goodsChanges, type GoodsChanges } from '$lib/domain/goods-changes';
import { barcodeKey, unpack, type PackedCatalogue } from '$lib/domain/goods/catalogue';
import {
  COLUMNS,
  MOST_ROWS,
  parseRow,
  type CellProblem,
  type Column,
  type ImportedProduct,
  type Mapping,
  type RowRefusal,
  type RowWarning,
} from '$lib/domain/goods/price-list';
import { guessByCells, guessColumns, isHeader } from '$lib/domain/goods/price-list-columns';
import type { Currency } from '$lib/contract/values';
import {
  CsvRecords,
  detectSeparator,
  recordsOf,
  type CsvRecord,
  type Separator,
} from './csv-records';
import { detectEncoding, SAMPLE, SLICE, textOf, type Encoding } from './encoding';

export type PreviewChoice = {
  readonly currency: Currency;
  /** The user's choice instead of the detected value; null: detect. */
  readonly encoding: Encoding | null;
  readonly separator: Separator | null;
  readonly header: 'first-row' | 'none' | null;
};

export type Preview = {
  readonly kind: 'preview';
  readonly currency: Currency;
  readonly encoding: Encoding;
  readonly separator: Separator;
  /** Column names and the line they are in; null: the list has no header. */
  readonly header: { readonly row: number; readonly cells: readonly string[] } | null;
  /** The first rows of goods, unparsed. */
  readonly rows: readonly (readonly string[])[];
  /** Widest row, header included. */
  readonly width: number;
  readonly mapping: Mapping;
  readonly bytes: number;
};

export type PreviewRefusal = {
  readonly kind: 'refused';
  readonly because: 'empty' | 'not-text' | 'too-large';
};

export type Progress = {
  readonly step: 'reading' | 'merging';
  readonly bytes: number;
  readonly ofBytes: number;
  readonly rows: number;
};

/** `row`: the line of the file, from 1. `earlier`: the line with the same barcode, else null. */
export type RowProblem<Because extends string> = CellProblem<Because> & {
  readonly row: number;
  readonly earlier: number | null;
};

export type Problems<Because extends string> = {
  readonly total: number;
  /** The first `MOST_PROBLEMS`. */
  readonly first: readonly RowProblem<Because>[];
};

export type Reading =
  | (Omit<Merged, 'packed' | 'restocked'> & {
      readonly kind: 'read';
      readonly changes: GoodsChanges;
      /** Rows of goods in the file, and how many of them are refused. */
      readonly rows: number;
      readonly refusedRows: number;
      readonly errors: Problems<RowRefusal>;
      readonly warnings: Problems<RowWarning>;
    })
  | { readonly kind: 'columns-missing'; readonly columns: readonly Column[] };

export const PREVIEW_ROWS = 20;
export const MOST_PROBLEMS = 1000;

/** Columns every row of goods must have. */
export const REQUIRED_COLUMNS: readonly Column[] = ['name', 'price'];

/** A title or an address may precede the header, up to this many lines. */
const HEADER_WITHIN = 10;

/** Characters of the file read for the preview. */
const LOOKED_AT = 1 << 16;

type Cells = Extract<CsvRecord, { kind: 'cells' }>;

/** Excel's first line that names the separator is not a row. */
const isSeparatorLine = (record: CsvRecord) =>
  record.kind === 'cells' && record.row === 1 && /^sep=.?$/i.test(record.cells.join(''));

function headerOf(records: readonly Cells[], choice: PreviewChoice): Cells | null {
  if (choice.header === 'none') return null;
  if (choice.header === 'first-row') return records[0] ?? null;
  return (
    records.slice(0, HEADER_WITHIN).find(({ cells }) => isHeader(cells, choice.currency)) ?? null
  );
}

/** Previews the beginning of a file. */
export async function previewFile(
  file: Blob,
  choice: PreviewChoice,
): Promise<Preview | PreviewRefusal> {
  if (await isTooLarge(file)) return { kind: 'refused', because: 'too-large' };
  const sample = new Uint8Array(await file.slice(0, SAMPLE).arrayBuffer());
  const encoding = choice.encoding ?? detectEncoding(sample);
  if (encoding === null) return { kind: 'refused', because: 'not-text' };
  let text = '';
  for await (const slice of textOf(file, encoding, LOOKED_AT)) text += slice.text;
  // a row cut off at the end of the preview is not a row
  if (file.size > LOOKED_AT) text = text.slice(0, text.lastIndexOf('\n') + 1) || text;
  const separator = choice.separator ?? detectSeparator(text);
  const records = recordsOf(text, separator).filter(
    (record): record is Cells => record.kind === 'cells' && !isSeparatorLine(record),
  );
  if (records.length === 0) return { kind: 'refused', because: 'empty' };
  const header = headerOf(records, choice);
  const goods = records.filter(({ row }) => row > (header?.row ?? 0)).map(({ cells }) => cells);
  const rows = goods.slice(0, PREVIEW_ROWS);
  return {
    kind: 'preview',
    currency: choice.currency,
    encoding,
    separator,
    header: header === null ? null : { row: header.row, cells: header.cells },
    rows,
    width: Math.max(0, header?.cells.length ?? 0, ...rows.map((cells) => cells.length)),
    mapping: header === null ? guessByCells(rows, choice.currency) : guessColumns(header.cells),
    bytes: file.size,
  };
}

class ProblemList<Because extends string> {
  total = 0;
  readonly first: RowProblem<Because>[] = [];

  add(row: number, problem: CellProblem<Because>, earlier: number | null = null): void {
    this.total++;
    if (this.first.length < MOST_PROBLEMS) this.first.push({ ...problem, row, earlier });
  }
}

/** The catalogue that a list is merged into, and the names of its categories. */
export type CurrentGoods = {
  readonly packed: PackedCatalogue;
  readonly categories: CategoryNames;
};

/** Reads a file by the chosen mapping and merges it into the catalogue. Stores nothing: the caller does. */
export async function readFile(
  file: Blob,
  preview: Preview,
  mapping: Mapping,
  current: CurrentGoods | null,
  newId: () => string,
  onprogress: (progress: Progress) => void,
): Promise<Reading> {
  const missing = REQUIRED_COLUMNS.filter((column) => mapping[column] === null);
  if (missing.length > 0) return { kind: 'columns-missing', columns: missing };
  const errors = new ProblemList<RowRefusal>();
  const warnings = new ProblemList<RowWarning>();
  const products: ImportedProduct[] = [];
  const seen = new Map<string, number>();
  const firstRow = preview.header?.row ?? 0;
  let rows = 0;
  let refusedRows = 0;

  const takeCells = ({ row, cells }: Cells) => {
    if (cells.every((cell) => cell.trim() === '')) return;
    rows++;
    const result = parseRow(cells, mapping, preview.currency);
    if (result.kind === 'refused') {
      refusedRows++;
      for (const problem of result.errors) errors.add(row, problem);
      return;
    }
    const { product } = result;
    const repeated = product.barcodes.find(({ code }) => seen.has(barcodeKey(code)))?.code;
    if (repeated !== undefined) {
      refusedRows++;
      const problem = { column: 'barcode', because: 'barcode-repeated', text: repeated } as const;
      errors.add(row, problem, seen.get(barcodeKey(repeated)) ?? null);
      return;
    }
    for (const { code } of product.barcodes) seen.set(barcodeKey(code), row);
    for (const problem of result.warnings) warnings.add(row, problem);
    products.push(withCategory(product, current));
  };

  const take = (record: CsvRecord) => {
    if (record.row <= firstRow || isSeparatorLine(record)) return;
    if (record.kind === 'cells') return takeCells(record);
    rows++;
    refusedRows++;
    const text = record.text.slice(0, 80);
    errors.add(record.row, { column: null, because: 'quoting-broken', text });
  };

  const records = new CsvRecords(preview.separator);
  for await (const { text, bytes } of textOf(file, preview.encoding)) {
    for (const record of records.push(text)) take(record);
    onprogress({ step: 'reading', bytes, ofBytes: file.size, rows });
  }
  for (const record of records.end()) take(record);
  onprogress({ step: 'merging', bytes: file.size, ofBytes: file.size, rows });
  const goods = current?.packed ?? null;
  const { packed, restocked, ...figures } = mergeRows(goods, products, newId);
  return {
    kind: 'read',
    ...figures,
    changes: goodsChanges(goods, unpack(packed), new Set(restocked)),
    rows,
    refusedRows,
    errors: { total: errors.total, first: errors.first },
    warnings: { total: warnings.total, first: warnings.first },
  };
}

/** The row with the category that its text means. */
function withCategory(product: ImportedProduct, current: CurrentGoods | null): ImportedProduct {
  const { category } = product;
  if (category === null || current === null) return product;
  return { ...product, category: categoryMeant(category, current.categories) };
}

/** True if a mapping contains every required column. */
export function isMappingComplete(mapping: Mapping): boolean {
  return REQUIRED_COLUMNS.every((column) => mapping[column] !== null);
}

/** A mapping with one column set; each cell has one meaning, so it is removed from any other column. */
export function remapped(mapping: Mapping, column: Column, place: number | null): Mapping {
  const changed: { -readonly [C in Column]: number | null } = { ...mapping };
  for (const each of COLUMNS) if (changed[each] === place) changed[each] = null;
  changed[column] = place;
  return changed;
}

/** A larger file is refused without reading it; in a smaller one the line breaks are counted. */
const MOST_BYTES = 512 << 20;

const LINE_FEED = 10;
/** The line break of old Mac files; other files have at most one per line feed. */
const CARRIAGE_RETURN = 13;

/**
 * True if a file has more lines than a price list may have, or more bytes than that many rows can need. Checked beforehand,
 * because a browser tab that runs out of memory could not report it. Reads one slice at a time.
 */
async function isTooLarge(file: Blob): Promise<boolean> {
  if (file.size > MOST_BYTES) return true;
  // a row takes at least one byte, including its break
  if (file.size < MOST_ROWS) return false;
  let feeds = 0;
  let returns = 0;
  for (let from = 0; from < file.size; from += SLICE) {
    const bytes = new Uint8Array(await file.slice(from, from + SLICE).arrayBuffer());
    feeds += timesIn(bytes, LINE_FEED);
    returns += timesIn(bytes, CARRIAGE_RETURN);
    if (Math.max(feeds, returns) > MOST_ROWS) return true;
  }
  return false;
}

function timesIn(bytes: Uint8Array, byte: number): number {
  let times = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) times++;
  return times;
}
