// Imports of price lists and of customers, in English.
import { MOST_ROWS } from '$lib/domain/goods/price-list';
import { plural } from '$lib/ui/text/plural';
import type * as ru from '$lib/ui/text/ru/imports';

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
} satisfies typeof ru.imports;

const PEOPLE = { one: 'customer', other: 'customers' };
const CARDS = { one: 'card', other: 'cards' };
const MESSAGES = { one: 'message', other: 'messages' };
const ROWS = { one: 'row', other: 'rows' };

export const customerImport: typeof ru.customerImport = {
  open: 'Import from a file',
  export: 'Download the list (CSV)',
  file: 'customers',
  title: 'Customers from a file',
  chooseTitle: 'List of customers',
  chooseText:
    'A CSV or TSV with names of columns: name, phone, birthday, group, note, debt, points. Nothing changes until you confirm.',
  columns: {
    name: 'Name',
    phone: 'Phone',
    birthday: 'Birthday',
    group: 'Group',
    note: 'Note',
    debt: 'Debt',
    points: 'Points',
  },
  wholeRow: 'Whole row',
  notRead: 'The file was not read',
  failed: 'The file was not read to its end. Choose it again.',
  refusals: {
    empty: 'The file has no rows.',
    'not-text':
      'This is not a text file. If it is an Excel sheet, save it as CSV: File → Save as → CSV.',
    'too-large': 'The file has more than 20,000 rows. Split it into parts.',
    'no-columns': 'There is no column with names. Name the columns in the first row: Name, Phone.',
  },
  willAdd: (n) =>
    n === 0 ? 'The file has no new customers.' : `${plural('en', n, PEOPLE)} will be added.`,
  balances: (debt, points) =>
    `Besides the cards we record debts of ${debt} and ${points}. An owner confirms this with their code.`,
  messages: (n) =>
    n === 0
      ? 'There will be no messages: nobody who owes has a phone.'
      : `Everybody who owes and has a phone gets a message about their debt: ${plural('en', n, MESSAGES)}.`,
  whenTold: 'How debtors learn of their debt',
  tellNow: 'Send a message to each',
  tellLater: 'Do not send now',
  tellLaterHint:
    'The first code each customer gets names the debt. Until they say that code the debt stays unconfirmed. The owner’s code covers this, too.',
  messagesCost: (sum) =>
    `At the prices of the last 30 days that is about ${sum}; the shop pays for each message.`,
  messagesPaid: 'The shop pays for each message.',
  messagesDemo: 'Demo: the messages appear on the page “Customers’ phones” and cost nothing.',
  severalCodes: (of) => `Several codes are needed: one for every ${of} customers.`,
  unreachable:
    'The till cannot reach the shop’s server, and debts and points change here only with its consent. Nothing has changed. Try again when the connection is back.',
  knownTitle: (n) => `Already here, left as they are: ${plural('en', n, ROWS)}`,
  known: (row, name, card) => `Row ${row}: ${name}. This phone is on the card “${card}”.`,
  problemsTitle: (n) => `Left out: ${plural('en', n, ROWS)}`,
  problem: (row, column) => `Row ${row}. ${column}:`,
  repeatedIn: (row) => `the same phone is in row ${row}.`,
  because: {
    'name-missing': 'there is no name.',
    'name-too-long': 'longer than 300 characters.',
    'phone-rounded': 'Excel has rounded the number, digits are lost.',
    'phone-wrong': 'the till can send no code to this number.',
    'phone-repeated': 'the same phone was there before.',
    'birthday-wrong': 'there is no such day.',
    'birthday-in-future': 'this day is still to come.',
    'birthday-too-long-ago': 'too long ago: check the year.',
    'group-unknown': 'there is no such group. Add it first: Settings → Shop.',
    'note-too-long': 'longer than 200 characters.',
    'debt-wrong': 'this is not an amount of money.',
    'points-wrong': 'this is not a number of points.',
    'letters-unreadable': 'the letters cannot be read, the encoding is another one.',
    'quoting-broken': 'a quote is opened and not closed.',
  },
  add: (n) => `Add ${plural('en', n, PEOPLE)}`,
  goOn: 'Continue',
  storing: 'Saving customers',
  stored: (n, of) => `${n} of ${of}`,
  stopped: (n, of) =>
    n === 0 ? 'The customers are NOT saved' : `${n} of ${of} are saved, the others are NOT`,
  done: (n) => `Added: ${n}.`,
  undo: {
    recent: 'Last imports',
    imported: (when, n, who) => `${when}: ${plural('en', n, CARDS)}, ${who}.`,
    isUndone: 'Undone.',
    isAsked: 'Undoing waits for the shop’s server.',
    open: 'Undo the import',
    title: 'Undo an import of customers',
    notNow: 'It cannot be undone',
    takenBack: (n) =>
      n === 0
        ? 'Nothing to undo: something has happened with each of these customers.'
        : `${plural('en', n, CARDS)} will be removed.`,
    balances: (what) => `What the import recorded is taken back, too: ${what}.`,
    debts: (sum) => `debts of ${sum}`,
    prepaid: (sum) => `prepayments of ${sum}`,
    owner: 'An owner confirms this with a code.',
    staying: (n) => `Staying as they are: ${plural('en', n, PEOPLE)}`,
    because: {
      moved: 'sales, payments or points since the import.',
      'card-saved': 'the card was changed.',
      merged: 'the card was merged with another.',
      disputed: 'the customer disputes an entry.',
      receipt: 'the card is on a receipt that is not closed.',
      'reserve-codes': 'the customer has reserve codes.',
    },
    refused: {
      'unknown-import':
        'This till does not have that import. Wait until it has received what the other tills wrote.',
      'demo-import': 'Demo customers cannot be removed this way.',
      'nobody-to-take-back': 'No cards of this import are left.',
      'not-imported': 'These customers were not added by this import.',
      'changed-since': 'Something has just changed with one of the customers. Open this again.',
    },
    relayDecides:
      'The cards disappear here at once, at the other tills when the shop’s server has accepted it; only a new import brings them back. If something has happened with one of the customers at another till, the server refuses: all cards come back, and “To settle” says so.',
    keep: 'Keep the cards',
    confirm: 'Undo the import',
    done: (n) => `Cards removed: ${n}. The import is undone when the shop’s server accepts it.`,
  },
};
