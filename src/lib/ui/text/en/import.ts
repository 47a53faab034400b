// Import of a price list, in English.
import { MOST_ROWS } from '$lib/domain/goods/price-list';
import type { imports as ru } from '$lib/ui/text/ru/import';
import { plural } from '$lib/ui/text/plural';

const rowsOf = (n: number) => plural('en', n, { one: 'row', other: 'rows' });

export const imports = {
  chooseTitle: 'A price list from a file',
  chooseText: 'A CSV or TSV from Excel or another program. Nothing changes until you confirm.',
  choose: 'Choose a file',
  drop: 'or drop the file here',
  otherFile: 'Another file',
  looking: 'Looking at the file…',

  encoding: 'Encoding',
  encodings: {
    'utf-8': 'UTF-8',
    'windows-1251': 'Windows-1251 (Cyrillic)',
    'utf-16le': 'UTF-16 LE',
    'utf-16be': 'UTF-16 BE',
    ibm866: 'DOS (CP866)',
  },
  separator: 'Separator',
  separators: { ';': 'Semicolon', '\t': 'Tab', ',': 'Comma', '|': 'Bar |' },
  header: 'Header',
  headers: { 'first-row': 'In the first row', none: 'None' },
  headerInRow: (row: number) => `In row ${row}`,
  previewTitle: 'What is in the file',
  previewText: 'The first rows. Choose above each column what it holds.',
  columnMeaning: (column: number) => `What column ${column} holds`,
  column: (column: number) => `Column ${column}`,
  columns: {
    barcode: 'Barcode',
    sku: 'SKU',
    name: 'Name',
    category: 'Category',
    price: 'Price',
    unit: 'Unit',
    stock: 'Stock',
    vat: 'VAT',
    age: 'Sold from age',
  },
  skipColumn: 'Not needed',
  missing: (columns: string) => `Say which column holds: ${columns}.`,
  missingText: 'Without them nothing can be sold.',
  unreadableLetters: 'Do the letters look odd? Choose another encoding.',
  start: 'Read the file',

  reading: 'Reading the file',
  merging: 'Comparing with the goods',
  progress: (rows: number, percent: number) => `${rowsOf(rows)}, ${percent}%`,

  resultTitle: 'What will change',
  added: 'New',
  updated: 'Changed',
  unchanged: 'Unchanged',
  refused: 'Rows refused',
  kept: 'Goods that are not in the file stay as they are.',
  errorsTitle: 'Rows with errors',
  warningsTitle: 'Taken, but check them',
  row: (row: number) => `Row ${row}`,
  problem: (column: string, because: string) => `${column}: ${because}`,
  shownOf: (shown: number, total: number) =>
    `The first ${shown.toLocaleString('en')} of ${total.toLocaleString('en')}`,
  errors: {
    'name-missing': 'there is no name',
    'name-too-long': 'longer than 300 characters',
    'price-missing': 'there is no price',
    'price-malformed': 'this is not a price',
    'barcode-rounded': 'Excel has rounded the barcode, digits are lost',
    'barcode-malformed': 'this is not a barcode',
    'barcode-repeated': 'this barcode was there before',
    'sku-too-long': 'longer than 100 characters',
    'category-too-long': 'longer than 100 characters',
    'unit-unknown': 'the till does not know this unit',
    'quoting-broken': 'a quote is opened and not closed',
    'letters-unreadable': 'the letters could not be read: another encoding',
  },
  repeatedIn: (row: number) => `this barcode was in row ${row} already`,
  warnings: {
    'barcode-zeros': 'a spreadsheet may have replaced its last digits by zeros',
    'barcode-check-digit': 'the check digit is wrong; taken as the shop’s own code',
    'price-zero': 'the price is 0',
    'stock-malformed': 'this is not a quantity; the stock stays as it is',
    'vat-unknown': 'the till does not know this rate; the VAT stays as it is',
    'age-unknown': 'this is not an age; the mark stays as it is',
  },
  wholeRow: 'The whole row',

  importAll: (goods: string) => `Import ${goods}`,
  importGood: (n: number) => `Import ${plural('en', n, { one: 'good row', other: 'good rows' })}`,
  importNothing: 'Don’t import',
  backToColumns: 'Back to the columns',
  nothingGood: 'Not one row is right: there is nothing to import.',
  nothingNew: 'Everything in the file is in the till already: nothing to change.',
  saving: 'Saving…',
  notSaved: 'Goods NOT saved',
  doneTitle: 'Goods imported',
  doneText: (goods: string) => `The till now has ${goods}.`,
  toTill: 'To the till',
  toCatalogue: 'To the goods',

  refusals: {
    empty: 'The file is empty: there is not one row in it.',
    'not-text':
      'This is not text. If it is an Excel workbook, save it as CSV: File → Save As → CSV.',
    'too-large': `The list has more than ${MOST_ROWS.toLocaleString('en')} rows, too many for a till. Nothing was changed. Split the file, or leave in it only what this shop sells.`,
  },
  failed:
    'The file could not be read to its end: it was moved, or the memory ran out. Nothing has changed. Choose the file again.',
  cancelled: 'Reading was stopped. Nothing has changed.',
} satisfies typeof ru;
