// Reading a price list: encoding, separator, quotes and header; a bad row affects only itself.
import { singly } from '$lib/domain/goods/product';
import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pack, productAt, unpack, type PackedCatalogue } from '$lib/domain/goods/catalogue';
import { categoryNames, plainCategory, type ShopCategory } from '$lib/domain/shop-categories';
import { MOST_ROWS, type Mapping } from '$lib/domain/goods/price-list';
import { CsvRecords, detectSeparator, recordsOf, SEPARATORS } from '$lib/search/csv-records';
import { detectEncoding, SLICE, textOf } from '$lib/search/encoding';
import {
  isMappingComplete,
  MOST_PROBLEMS,
  previewFile,
  PREVIEW_ROWS,
  readFile,
  remapped,
  type Preview,
  type PreviewChoice,
  type Progress,
  type Reading,
} from '$lib/search/price-list-file';
import { idOf, RUB } from './fixtures';
import { countingIds, ean13, good } from './goods';
import { cases } from '../support/cases';

const DETECT: PreviewChoice = { currency: RUB, encoding: null, separator: null, header: null };

/** Bytes of a Cyrillic text in Windows-1251. */
function windows1251(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (letter) => {
    const code = letter.charCodeAt(0);
    if (code < 0x80) return code;
    if (letter === 'ё') return 0xb8;
    return code - 0x410 + 0xc0;
  });
}

function ibm866(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (letter) => {
    const code = letter.charCodeAt(0);
    if (code < 0x80) return code;
    const place = code - 0x410;
    return place < 48 ? 0x80 + place : 0xe0 + place - 48;
  });
}

function utf16(text: string, endian: 'little' | 'big'): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at++) {
    view.setUint16(at * 2, text.charCodeAt(at), endian === 'little');
  }
  return bytes;
}

const file = (...parts: BlobPart[]) => new Blob(parts);

async function looked(blob: Blob, choice: Partial<PreviewChoice> = {}): Promise<Preview> {
  const preview = await previewFile(blob, { ...DETECT, ...choice });
  if (preview.kind === 'refused') throw new Error(preview.because);
  return preview;
}

type Read = Extract<Reading, { kind: 'read' }>;

async function read(
  blob: Blob,
  packed: PackedCatalogue | null = null,
  categories: readonly ShopCategory[] = [],
): Promise<Read> {
  const preview = await looked(blob);
  const current = packed === null ? null : { packed, categories: categoryNames(categories) };
  const reading = await readFile(blob, preview, preview.mapping, current, countingIds(1), () => {});
  if (reading.kind !== 'read') throw new Error(reading.kind);
  return reading;
}

describe('the encoding', () => {
  const text = 'Штрихкод;Наименование\r\n4601;Молоко пастеризованное\r\n';

  test.each([
    ['UTF-8', new TextEncoder().encode(text), 'utf-8'],
    ['UTF-8 with a mark', new TextEncoder().encode(`\ufeff${text}`), 'utf-8'],
    ['Windows-1251', windows1251(text), 'windows-1251'],
    ['DOS', ibm866(text), 'ibm866'],
    ['UTF-16 with a mark', utf16(`\ufeff${text}`, 'little'), 'utf-16le'],
    ['UTF-16 with a mark, big-endian', utf16(`\ufeff${text}`, 'big'), 'utf-16be'],
    ['plain ASCII', new TextEncoder().encode('name;price\n'), 'utf-8'],
  ])('%s is recognised and read', async (_, bytes, encoding) => {
    expect(detectEncoding(bytes)).toBe(encoding);
    if (encoding === 'utf-8' && bytes.length < 20) return;
    const found = await looked(file(bytes));
    expect(found.header?.cells).toEqual(['Штрихкод', 'Наименование']);
    expect(found.rows).toEqual([['4601', 'Молоко пастеризованное']]);
  });

  test('UTF-16 without a byte order mark is recognised by its zero bytes', () => {
    expect(detectEncoding(utf16('name;price\nTea;10\n', 'little'))).toBe('utf-16le');
    expect(detectEncoding(utf16('name;price\nTea;10\n', 'big'))).toBe('utf-16be');
  });

  test('a workbook or a picture is not a price list', async () => {
    const zip = Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 8, 0, 0, 0, 0x21, 0, 0xb5, 0x55]);
    expect(await previewFile(file(zip), DETECT)).toEqual({ kind: 'refused', because: 'not-text' });
  });

  test('an empty file is reported as empty', async () => {
    const empty = { kind: 'refused', because: 'empty' };
    expect(await previewFile(file(), DETECT)).toEqual(empty);
    expect(await previewFile(file('\r\n \r\n'), DETECT)).toEqual(empty);
  });

  test('a letter split between two slices is read whole', async () => {
    const border = 'a'.repeat(SLICE - 1) + 'ё🎂';
    let joined = '';
    for await (const { text: slice } of textOf(file(border), 'utf-8')) joined += slice;
    expect(joined).toBe(border);
  });

  test('a wrong encoding chosen by hand shows in the preview and its rows are refused', async () => {
    const blob = file(windows1251('name;price\nМолоко;10\nTea;20\n'));
    const preview = await looked(blob, { encoding: 'utf-8' });
    expect(preview.rows[0]?.[0]).toContain('\ufffd');
    const reading = await readFile(blob, preview, preview.mapping, null, countingIds(1), () => {});
    expect(reading).toMatchObject({
      kind: 'read',
      added: 1,
      refusedRows: 1,
      errors: { total: 1, first: [{ row: 2, column: 'name', because: 'letters-unreadable' }] },
    });
  });
});

describe('the separator', () => {
  test.each([
    [';', 'name;price\nСоль;79,50\nСахар, песок;89,90\n'],
    [',', 'name,price\n"Salt, sea",79.50\nSugar,89.90\n'],
    ['\t', 'name\tprice\nСоль\t79,50\nСахар, песок\t89,90\n'],
    [';', 'sep=;\r\nname;price\r\na,b;1\r\n'],
    [';', 'Соль;79,50\nСахар;89,90\nМука;49,90\n'],
  ])('%j is recognised', (separator, text) => {
    expect(detectSeparator(text)).toBe(separator);
  });

  test('Excel’s "sep=" line is not a row of goods', async () => {
    const reading = await read(file('sep=;\r\nname;price\r\nTea;10\r\n'));
    expect(reading).toMatchObject({ rows: 1, added: 1, refusedRows: 0 });
  });
});

describe('records', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'ё', ';', ',', '"', '\n', ' ') });

  test('cells quoted by the rules are read back, however the text is split', () => {
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(...SEPARATORS),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('\n', '\r\n'),
        (rows, separator, size, newline) => {
          const quoted = rows.map((cells) =>
            cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(separator),
          );
          const text = quoted.join(newline) + newline;
          const records = new CsvRecords(separator);
          const found = [];
          for (let at = 0; at < text.length; at += size) {
            found.push(...records.push(text.slice(at, at + size)));
          }
          found.push(...records.end());
          expect(found.map((record) => record.kind === 'cells' && record.cells)).toEqual(rows);
        },
      ),
      { numRuns: cases(500) },
    );
  });

  test('a broken quote affects only its own line, which is named', () => {
    const text = [
      'a;b',
      '"Хлеб" белый;30',
      'Соль;20',
      '"Чай;40',
      'Труба 5" стальная;50',
      '"Кофе; 3 в 1";60',
      '',
    ].join('\n');
    expect(recordsOf(text, ';')).toEqual([
      { kind: 'cells', row: 1, cells: ['a', 'b'] },
      { kind: 'broken', row: 2, text: '"Хлеб" белый;30' },
      { kind: 'cells', row: 3, cells: ['Соль', '20'] },
      { kind: 'broken', row: 4, text: '"Чай;40' },
      { kind: 'cells', row: 5, cells: ['Труба 5" стальная', '50'] },
      { kind: 'cells', row: 6, cells: ['Кофе; 3 в 1', '60'] },
    ]);
  });

  test('an unclosed quote does not swallow a long file', () => {
    const lines = Array.from({ length: 500 }, (_, n) => `Товар ${n};10`);
    const records = recordsOf(['"Хлеб;30', ...lines].join('\n'), ';');
    expect(records.length).toBe(501);
    expect(records.filter((record) => record.kind === 'broken')).toEqual([
      { kind: 'broken', row: 1, text: '"Хлеб;30' },
    ]);
  });

  test('a cell of several lines is one cell, and the lines after it keep their numbers', () => {
    expect(recordsOf('a;"b\r\nc"\r\n\r\nd;e', ';')).toEqual([
      { kind: 'cells', row: 1, cells: ['a', 'b\nc'] },
      { kind: 'cells', row: 4, cells: ['d', 'e'] },
    ]);
  });

  test('any text is read to its end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ';', '"', '\n', '\r'), maxLength: 80 }),
        (text) => {
          const rows = recordsOf(text, ';').map(({ row }) => row);
          expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
        },
      ),
      { numRuns: cases(1000) },
    );
  });
});

describe('the preview', () => {
  test('shows the first rows under the header, below the title of the list', async () => {
    const rows = Array.from({ length: 30 }, (_, n) => `Товар ${n};${n + 1},50`);
    const preview = await looked(file(['Прайс-лист;', 'Наименование;Цена', ...rows].join('\n')));
    expect(preview.header).toEqual({ row: 2, cells: ['Наименование', 'Цена'] });
    expect(preview.rows.length).toBe(PREVIEW_ROWS);
    expect(preview.rows[0]).toEqual(['Товар 0', '1,50']);
    expect(preview).toMatchObject({ width: 2, mapping: { name: 0, price: 1, barcode: null } });
  });

  test('uses the person’s choice about the header', async () => {
    const blob = file('Чай;10\nСоль;20\n');
    expect((await looked(blob)).header).toBeNull();
    const chosen = await looked(blob, { header: 'first-row' });
    expect(chosen.header).toEqual({ row: 1, cells: ['Чай', '10'] });
    expect(chosen.rows).toEqual([['Соль', '20']]);
    expect((await looked(file('Название;Цена\n'), { header: 'none' })).rows).toEqual([
      ['Название', 'Цена'],
    ]);
  });

  test('a column assigned by hand loses its earlier assignment', async () => {
    const { mapping } = await looked(file('Название;Цена;Прочее\nЧай;10;x\n'));
    const changed = remapped(mapping, 'sku', 0);
    expect(changed).toMatchObject({ name: null, sku: 0, price: 1 });
    expect([isMappingComplete(mapping), isMappingComplete(changed)]).toEqual([true, false]);
    expect(remapped(mapping, 'barcode', null)).toEqual(mapping);
  });
});

describe('reading', () => {
  const EAN = ean13('460000000001');

  test('the second of two rows with one barcode is refused, and the first is named', async () => {
    const reading = await read(
      file(`Штрихкод;Название;Цена\n${EAN};Чай;10\n;Соль;20\n0${EAN};Чай 2;30\n`),
    );
    expect(reading).toMatchObject({ added: 2, rows: 3, refusedRows: 1 });
    expect(reading.errors).toEqual({
      total: 1,
      first: [
        { row: 4, column: 'barcode', because: 'barcode-repeated', text: `0${EAN}`, earlier: 2 },
      ],
    });
  });

  test('nothing is read while a required column is missing', async () => {
    const blob = file('Штрихкод;Количество\n1;2\n');
    const preview = await looked(blob);
    const nothing: Mapping = preview.mapping;
    expect(await readFile(blob, preview, nothing, null, countingIds(1), () => {})).toEqual({
      kind: 'columns-missing',
      columns: ['name', 'price'],
    });
  });

  test('short rows and broken quotes are refused by line number, the others are read', async () => {
    const reading = await read(file('Название;Цена\nЧай\n"Хлеб" белый;30\n\n;;\nСоль;20\n'));
    expect(reading).toMatchObject({ added: 1, rows: 3, refusedRows: 2 });
    expect(reading.errors.first.map(({ row, because }) => [row, because])).toEqual([
      [2, 'price-missing'],
      [3, 'quoting-broken'],
    ]);
  });

  test('only the first thousand problems are listed, all are counted', async () => {
    const lines = Array.from({ length: MOST_PROBLEMS + 5 }, () => 'Чай;дорого');
    const { errors, refusedRows } = await read(file(['Название;Цена', ...lines].join('\n')));
    expect([errors.total, errors.first.length, refusedRows]).toEqual([1005, 1000, 1005]);
  });

  test('reports its progress', async () => {
    const blob = file('Название;Цена\nЧай;10\n');
    const preview = await looked(blob);
    const steps: Progress[] = [];
    await readFile(blob, preview, preview.mapping, null, countingIds(1), (step) =>
      steps.push(step),
    );
    expect(steps).toEqual([
      { step: 'reading', bytes: blob.size, ofBytes: blob.size, rows: 1 },
      { step: 'merging', bytes: blob.size, ofBytes: blob.size, rows: 1 },
    ]);
  });

  test('changes the goods it knows and leaves the given catalogue unchanged', async () => {
    const current = pack([good(1, 'Чай', { barcodes: [singly(EAN)] })]);
    const { changes, ...counts } = await read(
      file(`Штрихкод;Название;Цена\n${EAN};Чай чёрный;12\n`),
      current,
    );
    expect(counts).toMatchObject({ added: 0, updated: 1, unchanged: 0 });
    const product = idOf(1);
    expect(changes).toMatchObject({
      changed: [
        { product, field: 'name', value: 'Чай чёрный' },
        { product, field: 'price', value: 1200 },
      ],
      counted: [],
    });
    expect(productAt(current, 0).name).toBe('Чай');
  });
});

test('a category of a list means the one shown under its text, or the one first named so', async () => {
  const current = pack([good(50, 'Чай', { category: 'Напитки' })]);
  const list = file('Название;Цена;Категория\nЧай;1;Напитки\nКофе;1;горячее\nСоль;1;Бакалея\n');
  const renamed = { ...plainCategory('Напитки'), name: 'Горячее' };
  const { changes } = await read(list, current, [renamed]);
  expect(changes.changed.filter(({ field }) => field === 'category')).toEqual([]);
  expect(unpack(changes.added).map(({ category }) => category)).toEqual(['Напитки', 'Бакалея']);
});

// A real list, exported by a desktop program, may lie beside the repository; it is not part of it.
const LIST = new URL('../../../shared/data/price-list-ru-cp1251.csv', import.meta.url);

describe.skipIf(!existsSync(LIST))('a real list of 2 256 goods', () => {
  test('is read whole', async () => {
    const blob = file(readFileSync(LIST));
    const preview = await looked(blob);
    expect(preview).toMatchObject({
      encoding: 'windows-1251',
      separator: ';',
      header: { row: 1, cells: ['Штрихкод', 'Наименование', 'Цена', 'Ед. изм.', 'Остаток'] },
      mapping: { barcode: 0, name: 1, price: 2, unit: 3, stock: 4, sku: null, category: null },
    });
    const first = await read(blob);
    expect(first).toMatchObject({ rows: 2256, added: 2256, refusedRows: 0, errors: { total: 0 } });
    expect(productAt(first.changes.added, 0)).toMatchObject({
      name: 'Сок яблочно-абрикосовый восстановленный',
      price: 7950,
      barcodes: [singly('4607163091591')],
      stock: 67_000,
    });
    const again = await read(blob, first.changes.added);
    expect(again).toMatchObject({ added: 0, updated: 0, unchanged: 2256 });
  });
});

test.each(['\n', '\r\n', '\r'])(
  'a list with more rows than a till accepts is refused before it is read, with line ends %j',
  async (end) => {
    const header = `Name;Price${end}`;
    const rows = (count: number) => new Blob([header, `a;1${end}`.repeat(count)]);
    const tooLarge = { kind: 'refused', because: 'too-large' };
    expect(await previewFile(rows(MOST_ROWS), DETECT)).toEqual(tooLarge);
    expect((await previewFile(rows(MOST_ROWS - 1), DETECT)).kind).toBe('preview');
  },
);
