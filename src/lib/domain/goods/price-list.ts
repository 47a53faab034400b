// Parses one row of a price list into a product to import, or the reasons why it is refused.
import type { Currency } from '$lib/contract/values';
import type { Unit, VatRate } from '$lib/contract/acts/sale';
import { parseMoney, type Money } from '$lib/domain/values/money';
import { hasLostDigits, isValidEan, splitBarcode } from './product';
import { quantity, type Quantity } from '$lib/domain/values/quantity';

export const COLUMNS = [
  ...(['barcode', 'sku', 'name', 'category', 'price', 'unit', 'stock', 'vat', 'age'] as const),
] as const;
export type Column = (typeof COLUMNS)[number];

/** A longer list is refused whole: a cheap tablet has no memory for more rows, and no shop has more goods. */
export const MOST_ROWS = 300_000;

/** Which cell of a row holds which column, from 0; null: not in this file. */
export type Mapping = { readonly [C in Column]: number | null };

export type ListedBarcode = { readonly code: string; readonly quantity: Quantity | null };

/** A row's data about a product. Null: not given, so the known value stays. */
export type ImportedProduct = {
  readonly name: string;
  readonly sku: string | null;
  /** `quantity`: how much each stands for, thousandths. */
  readonly barcodes: readonly ListedBarcode[];
  readonly price: Money;
  readonly unit: Unit | null;
  readonly category: string | null;
  readonly stock: Quantity | null;
  readonly vat: VatRate | null;
  /** Years from which it may be sold; 0: any age. */
  readonly askAge: number | null;
};

/** Why a row is refused. */
export type RowRefusal =
  | 'name-missing'
  | 'name-too-long'
  | 'price-missing'
  | 'price-malformed'
  | 'barcode-rounded'
  | 'barcode-malformed'
  | 'barcode-repeated'
  | 'sku-too-long'
  | 'category-too-long'
  | 'unit-unknown'
  | 'quoting-broken'
  | 'letters-unreadable';

/** A warning about a row that is accepted. */
export type RowWarning =
  | 'barcode-check-digit'
  | 'barcode-zeros'
  | 'price-zero'
  | 'stock-malformed'
  | 'vat-unknown'
  | 'age-unknown';

export type CellProblem<Because extends string> = {
  readonly column: Column | null;
  readonly because: Because;
  /** The cell as read, cut to 80 characters. */
  readonly text: string;
};

export type RowResult =
  | {
      readonly kind: 'row';
      readonly product: ImportedProduct;
      readonly warnings: readonly CellProblem<RowWarning>[];
    }
  | { readonly kind: 'refused'; readonly errors: readonly CellProblem<RowRefusal>[] };

const MAX_NAME = 300;
const MAX_SHORT = 100;

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  apos: "'",
  nbsp: ' ',
  '#39': "'",
  '#039': "'",
  '#34': '"',
};

/** Marks that would change the text direction on a receipt. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Most cells are clean: one test instead of three passes. */
const UNCLEAN =
  /[^\x21-\x7e\xa1-\u02ff\u0370-\u0482\u048a-\u058f\u3041-\u3096\u30a1-\ud7ff ]|&| {2}|^ | $/;

/** One clean line: decodes HTML entities left by exports, removes control and direction marks, collapses spaces. */
export function line(cell: string): string {
  if (!UNCLEAN.test(cell)) return cell;
  return cell
    .replace(
      /&(quot|amp|lt|gt|apos|nbsp|#0?39|#34);/g,
      (whole, name: string) => ENTITIES[name] ?? whole,
    )
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(DIRECTIONS, '')
    .replace(/\p{Cs}/gu, '')
    .trim();
}

/** Drops zeros past the currency's decimals: `79,5000`. Exactly three decimals stay: `12.500` may be thousands. */
function withoutIdleZeros(text: string): string {
  const match = /^(.*?)([.,])(\d+)$/.exec(text);
  if (match === null) return text;
  const [, whole = '', mark = '', decimals = ''] = match;
  if (decimals.length === 3 && !/^0*$/.test(whole)) return text;
  const kept = decimals.replace(/0+$/, '');
  return kept === '' ? whole : whole + mark + kept;
}

/** A price as price lists write it: `1 299,90 ₽`, `1,299.90`, `79,5000`. Null if it is no price or is ambiguous. */
export const parsePrice = (text: string, currency: Currency): Money | null =>
  parseMoney(text, currency) ?? parseMoney(withoutIdleZeros(text.trim()), currency);

const UNIT_WORDS: Readonly<Record<Unit, string>> = {
  piece:
    'шт штука штуки штук ед единица уп упак упаковка пач пачка бут бутылка бан банка пак пакет кор коробка короб рул рулон пар пара компл комплект набор наб порц порция лист флакон фл туба бл блок ящ ящик меш мешок pcs pc piece pieces ea each pack item unit bottle box roll pair set stk st stück',
  kilogram: 'кг килограмм килограммы кило kg kgs kilo kilogram kilograms kilogramme',
  litre: 'л литр литры литров l lt ltr litre liter litres liters',
  metre: 'м метр метры метров пм погм мп m mtr metre meter metres meters',
};

const UNIT_OF: ReadonlyMap<string, Unit> = new Map(
  Object.entries(UNIT_WORDS).flatMap(([unit, words]) =>
    words.split(' ').map((word): [string, Unit] => [word, unit as Unit]),
  ),
);

/** A unit from the words and codes price lists use; null if unknown. */
export const parseUnit = (text: string): Unit | null =>
  UNIT_OF.get(text) ?? UNIT_OF.get(text.toLowerCase().replace(/[.\s]/g, '')) ?? null;

/** A stock in thousandths: signed, comma or point, spaces between thousands. Null if it is not a number. */
export function parseStock(text: string): Quantity | null {
  const bare = text.replace(/[\s\u00a0\u2009\u202f]/g, '').replace('−', '-');
  const match = /^(-?)(\d{1,9})(?:[.,](\d{1,3})0*)?$/.exec(bare);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = ''] = match;
  const thousandths = Number(whole + fraction.padEnd(3, '0'));
  return quantity(sign === '' || thousandths === 0 ? thousandths : -thousandths);
}

const VAT_RATES: readonly VatRate[] = ['none', '0', '5', '7', '10', '20', '22'];

/** Parses a VAT rate: `20%`, `НДС 10`, `без НДС`, `20/120`. Null: it is none of the known rates. */
export function parseVat(text: string): VatRate | null {
  const bare = text.toLowerCase().replace(/[\s%]|ндс|vat/g, '');
  if (['без', 'нет', 'none', 'no', 'exempt', '-', '—'].includes(bare)) return 'none';
  const rate = /^(\d{1,2})(?:[.,]0+|\/1\d\d)?$/.exec(bare)?.[1];
  return VAT_RATES.find((each) => each === rate) ?? null;
}

/** Parses a minimum age: `18`, `18+`, `с 18 лет`; 0 for `0+` and `нет`. Null: it is no age. */
export function parseAge(text: string): number | null {
  const bare = text.toLowerCase().replace(/[\s+]|^с(?=\s*\d)|^from|лет|years?/g, '');
  if (['нет', 'no', 'none', '-', '—'].includes(bare)) return 0;
  return /^\d{1,2}$/.test(bare) ? Number(bare) : null;
}

type Code = {
  readonly code: string;
  readonly because: 'barcode-check-digit' | 'barcode-zeros' | null;
};

/**
 * Digits of a GTIN's length with a wrong check digit are accepted as the shop's own code, with a warning: if the row were
 * refused, the goods could not be sold.
 */
function parseCode(text: string): Code | RowRefusal {
  // from spreadsheets: a leading apostrophe, a trailing ".0", a number in exponent form
  const bare = text.replace(/^'/, '').replace(/^(\d+)[.,]0+$/, '$1');
  if (/^\d[.,]\d+e\+?\d+$/i.test(bare)) return 'barcode-rounded';
  if (!/^[\x21-\x7e]{1,48}$/.test(bare)) return 'barcode-malformed';
  const isGtin = /^(?:\d{8}|\d{12,14})$/.test(bare);
  if (hasLostDigits(bare)) return { code: bare, because: 'barcode-zeros' };
  return { code: bare, because: isGtin && !isValidEan(bare) ? 'barcode-check-digit' : null };
}

/** The codes of one cell, which may hold several: separated by comma, semicolon, bar or space. */
function codesOf(cell: string): string[] {
  const text = cell.trim();
  if (/^\d+$/.test(text)) return [text];
  if (/^\d[.,]\d+e\+?\d+$/i.test(text)) return [text];
  // grouped digits are one code: 4 607036 047458
  if (/^\d{1,2} \d{6} \d{5,6}$/.test(text)) return [text.replaceAll(' ', '')];
  return text.split(/[\s;|]+|,(?!0+$)/).filter((code) => code !== '');
}

/** Parses one row by the mapping. Reports every fault, not only the first. */
export function parseRow(
  cells: readonly string[],
  mapping: Mapping,
  currency: Currency,
): RowResult {
  const errors: CellProblem<RowRefusal>[] = [];
  const warnings: CellProblem<RowWarning>[] = [];
  const cell = (column: Column): string => {
    const place = mapping[column];
    return place === null ? '' : (cells[place] ?? '');
  };
  const refuse = (column: Column, because: RowRefusal) =>
    errors.push({ column, because, text: cell(column).slice(0, 80) });
  const warn = (column: Column, because: RowWarning) =>
    warnings.push({ column, because, text: cell(column).slice(0, 80) });
  if (cells.some((each) => each.includes('\ufffd'))) {
    for (const column of COLUMNS) {
      if (cell(column).includes('\ufffd')) refuse(column, 'letters-unreadable');
    }
  }

  const name = line(cell('name'));
  if (name === '') refuse('name', 'name-missing');
  if (name.length > MAX_NAME) refuse('name', 'name-too-long');
  const sku = line(cell('sku'));
  if (sku.length > MAX_SHORT) refuse('sku', 'sku-too-long');
  const category = line(cell('category'));
  if (category.length > MAX_SHORT) refuse('category', 'category-too-long');

  const priceText = line(cell('price'));
  const price = parsePrice(priceText, currency);
  if (price === null) refuse('price', priceText === '' ? 'price-missing' : 'price-malformed');
  if (price === 0) warn('price', 'price-zero');

  const unitText = line(cell('unit'));
  const unit = unitText === '' ? null : parseUnit(unitText);
  if (unitText !== '' && unit === null) refuse('unit', 'unit-unknown');

  const stockText = line(cell('stock'));
  const stock = stockText === '' ? null : parseStock(stockText);
  if (stockText !== '' && stock === null) warn('stock', 'stock-malformed');

  const vatText = line(cell('vat'));
  const vat = vatText === '' ? null : parseVat(vatText);
  if (vatText !== '' && vat === null) warn('vat', 'vat-unknown');

  const ageText = line(cell('age'));
  const askAge = ageText === '' ? null : parseAge(ageText);
  if (ageText !== '' && askAge === null) warn('age', 'age-unknown');

  const barcodes = new Map<string, ListedBarcode>();
  for (const text of codesOf(cell('barcode'))) {
    const typed = splitBarcode(text);
    const code = parseCode(typed.code);
    if (typeof code === 'string') refuse('barcode', code);
    else {
      barcodes.set(code.code, { code: code.code, quantity: typed.quantity });
      if (code.because !== null) warn('barcode', code.because);
    }
  }
  if (errors.length > 0 || price === null) return { kind: 'refused', errors };
  return {
    kind: 'row',
    product: {
      name,
      sku: sku === '' ? null : sku,
      barcodes: [...barcodes.values()],
      price,
      unit,
      category: category === '' ? null : category,
      stock,
      vat,
      askAge,
    },
    warnings,
  };
}
