// One row of a price list becomes one product, or a list of what is wrong with it.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalText, money } from '$lib/domain/values/money';
import {
  parsePrice,
  parseRow,
  parseStock,
  parseUnit,
  parseVat,
  type Mapping,
} from '$lib/domain/goods/price-list';
import { guessByCells, guessColumns, isHeader } from '$lib/domain/goods/price-list-columns';
import { CURRENCIES, JPY, KWD, RUB } from './fixtures';
import { ean13, listedCode } from './goods';
import { cases } from '../support/cases';

const MAPPING: Mapping = {
  barcode: 0,
  sku: 1,
  name: 2,
  category: 3,
  price: 4,
  unit: 5,
  stock: 6,
  vat: 7,
  age: 8,
};
const EAN = ean13('460000000001');

/** A valid row except for the cells given. */
function row(cells: Partial<Record<keyof Mapping, string>>) {
  const right = { barcode: EAN, sku: 'A-1', name: 'Сыр', category: 'Молочное', price: '10' };
  const all = { ...right, unit: 'шт', stock: '5', vat: '20%', age: '18+', ...cells };
  return parseRow(
    [
      all.barcode,
      all.sku,
      all.name,
      all.category,
      all.price,
      all.unit,
      all.stock,
      all.vat,
      all.age,
    ],
    MAPPING,
    RUB,
  );
}

describe('an age', () => {
  test.each([
    ['18', 18],
    ['18+', 18],
    ['с 18 лет', 18],
    ['0+', 0],
    ['нет', 0],
  ])('%s is read as %s', (age, askAge) => {
    expect(row({ age })).toMatchObject({ product: { askAge }, warnings: [] });
  });

  test('that cannot be parsed leaves the product’s age unchanged, with a warning', () => {
    expect(row({ age: 'взрослым' })).toMatchObject({
      product: { askAge: null },
      warnings: [{ column: 'age', because: 'age-unknown', text: 'взрослым' }],
    });
  });
});

describe('a row', () => {
  test('gives all fields of a product', () => {
    expect(row({ price: '1 299,90 ₽', unit: 'кг', stock: '12,500' })).toEqual({
      kind: 'row',
      product: {
        name: 'Сыр',
        sku: 'A-1',
        barcodes: [listedCode(EAN)],
        price: 129_990,
        unit: 'kilogram',
        category: 'Молочное',
        stock: 12_500,
        vat: '20',
        askAge: 18,
      },
      warnings: [],
    });
  });

  test('leaves a field unchanged by an empty cell', () => {
    expect(row({ barcode: '', sku: ' ', category: '', unit: '', stock: '' })).toMatchObject({
      product: { sku: null, barcodes: [], unit: null, category: null, stock: null },
    });
  });

  test('is refused with every reason', () => {
    expect(row({ name: '  ', price: 'дорого', unit: 'пуд' })).toEqual({
      kind: 'refused',
      errors: [
        { column: 'name', because: 'name-missing', text: '  ' },
        { column: 'price', because: 'price-malformed', text: 'дорого' },
        { column: 'unit', because: 'unit-unknown', text: 'пуд' },
      ],
    });
  });

  test.each([
    ['no price', { price: '' }, 'price-missing'],
    ['a name of 301 letters', { name: 'ы'.repeat(301) }, 'name-too-long'],
    ['letters of another encoding', { name: 'Сыр \ufffd\ufffd' }, 'letters-unreadable'],
    ['a barcode the spreadsheet has rounded', { barcode: '4,60716E+12' }, 'barcode-rounded'],
    ['a barcode with letters no scanner sends', { barcode: 'нет' }, 'barcode-malformed'],
  ])('with %s is refused', (_, cells, because) => {
    const result = row(cells);
    expect(result.kind === 'refused' && result.errors.map((each) => each.because)).toEqual([
      because,
    ]);
  });

  test('with a code of over fifteen digits that ends in zeros is accepted with a warning: a spreadsheet spoiled it', () => {
    const spoiled = '123456789012345000';
    expect(row({ barcode: spoiled })).toMatchObject({
      kind: 'row',
      product: { barcodes: [listedCode(spoiled)] },
      warnings: [{ column: 'barcode', because: 'barcode-zeros', text: spoiled }],
    });
    expect(row({ barcode: '123456789012345670' })).toMatchObject({ kind: 'row', warnings: [] });
  });

  test('with a wrong check digit is accepted with the code as written, with a warning', () => {
    const wrong = EAN.slice(0, -1) + String((Number(EAN.at(-1)) + 1) % 10);
    expect(row({ barcode: wrong })).toMatchObject({
      kind: 'row',
      product: { barcodes: [listedCode(wrong)] },
      warnings: [{ column: 'barcode', because: 'barcode-check-digit', text: wrong }],
    });
  });

  test.each([
    ['nothing is asked for the goods', { price: '0,00' }, 'price-zero', 'price'],
    ['the till knows no such rate', { vat: '18' }, 'vat-unknown', 'vat'],
    ['the stock is no number', { stock: 'есть' }, 'stock-malformed', 'stock'],
  ])('is accepted with a warning when %s', (_, cells, because, column) => {
    expect(row(cells)).toMatchObject({ kind: 'row', warnings: [{ because, column }] });
  });

  test('may hold several barcodes, and repairs those that a spreadsheet has reformatted', () => {
    const other = ean13('460000000002');
    expect(row({ barcode: `'${EAN}, ${other}; ${EAN}` })).toMatchObject({
      product: { barcodes: [listedCode(EAN), listedCode(other)] },
    });
    expect(row({ barcode: `${EAN}.0` })).toMatchObject({
      product: { barcodes: [listedCode(EAN)] },
    });
    expect(row({ barcode: '4 600000 000015' })).toMatchObject({
      product: { barcodes: [listedCode('4600000000015')] },
    });
  });

  test('may give the number of pieces that a pack’s code stands for', () => {
    const pack = ean13('460000000002');
    expect(row({ barcode: `${EAN}; 6*${pack}` })).toMatchObject({
      product: { barcodes: [listedCode(EAN), { code: pack, quantity: 6000 }] },
    });
    expect(row({ barcode: '12*AB-1' })).toMatchObject({
      product: { barcodes: [{ code: 'AB-1', quantity: 12_000 }] },
    });
    // these begin with no count
    for (const code of ['0*AB', 'AB*6', '1,5*AB'])
      expect(row({ barcode: code.replace(',', '.') })).toMatchObject({
        product: { barcodes: [listedCode(code.replace(',', '.'))] },
      });
    expect(row({ barcode: '6*' })).toMatchObject({
      kind: 'refused',
      errors: [{ because: 'barcode-malformed' }],
    });
  });

  test('gives a name of one clean line, whatever the export did to it', () => {
    expect(row({ name: ' Хлеб\t&quot;С  отрубями&quot;\n\u202e' })).toMatchObject({
      product: { name: 'Хлеб "С отрубями"' },
    });
    expect(row({ name: 'שוקולד 🍫 مر' })).toMatchObject({ product: { name: 'שוקולד 🍫 مر' } });
  });

  test('with any cells is read or refused, and never throws', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('__proto__', '1e3'),
    );
    fc.assert(
      fc.property(
        fc.array(cell, { maxLength: 9 }),
        fc.constantFrom(...CURRENCIES),
        (cells, currency) => {
          const result = parseRow(cells, MAPPING, currency);
          if (result.kind === 'refused') expect(result.errors).not.toEqual([]);
          else expect(Number.isSafeInteger(result.product.price)).toBe(true);
        },
      ),
      { numRuns: cases(1000) },
    );
  });
});

describe('a price', () => {
  test.each([
    ['1 299,90 ₽', 129_990],
    ['1\u00a0299,90 руб.', 129_990],
    ['1,299.90', 129_990],
    ['1.299,90', 129_990],
    ['79,5', 7950],
    ['79,5000', 7950],
    ['79.', 7900],
    ['0,500', 50],
    ['1.005', null],
    ['12.500', null],
    ['1e3', null],
    ['-5', null],
    ['', null],
    ['1'.repeat(20), null],
    ['12,345,6', null],
  ])('%j is %s kopecks', (text, kopecks) => {
    expect(parsePrice(text, RUB)).toBe(kopecks);
  });

  test('follows the decimals of the currency', () => {
    expect(parsePrice('1299.00', JPY)).toBe(1299);
    expect(parsePrice('1299.50', JPY)).toBeNull();
    expect(parsePrice('1,234', KWD)).toBe(1234);
  });

  test('is read back from its own decimal text', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 999_999_999_999 }),
        fc.constantFrom(...CURRENCIES),
        (n, currency) => {
          expect(parsePrice(decimalText(money(n), currency), currency)).toBe(n);
        },
      ),
    );
  });
});

describe('units and stock', () => {
  test.each([
    ['шт.', 'piece'],
    ['Штука', 'piece'],
    ['упак', 'piece'],
    ['pcs', 'piece'],
    ['КГ', 'kilogram'],
    ['kg', 'kilogram'],
    ['л', 'litre'],
    ['пог. м', 'metre'],
    ['m', 'metre'],
    ['г', null],
  ])('%s is %s', (text, unit) => {
    expect(parseUnit(text)).toBe(unit);
  });

  test.each([
    ['12', 12_000],
    ['12,000', 12_000],
    ['1 250,5', 1_250_500],
    ['-3', -3000],
    ['0,345000', 345],
    ['много', null],
    ['1,2345', null],
  ])('%j in stock is %s thousandths', (text, thousandths) => {
    expect(parseStock(text)).toBe(thousandths);
  });
});

describe('columns', () => {
  const at = (header: string) => {
    const mapping = guessColumns(header.split(';'));
    return Object.fromEntries(Object.entries(mapping).filter(([, place]) => place !== null));
  };

  test.each([
    [
      'Штрихкод;Наименование;Цена;Ед. изм.;Остаток',
      { barcode: 0, name: 1, price: 2, unit: 3, stock: 4 },
    ],
    ['barcode;name;price;unit;stock', { barcode: 0, name: 1, price: 2, unit: 3, stock: 4 }],
    [
      'Код;Номенклатура;Штрих-код;Цена закупочная;Цена розничная',
      { sku: 0, name: 1, barcode: 2, price: 4 },
    ],
    [
      'EAN-13;Product name;Retail price, RUB;Category;SKU',
      { barcode: 0, name: 1, price: 2, category: 3, sku: 4 },
    ],
    [
      'Артикул;Название;Группа;Цена, руб.;Кол-во',
      { sku: 0, name: 1, category: 2, price: 3, stock: 4 },
    ],
  ])('%s', (header, mapping) => {
    expect(at(header)).toEqual(mapping);
    expect(isHeader(header.split(';'), RUB)).toBe(true);
  });

  test('a row of goods is not a header', () => {
    expect(isHeader([EAN, 'Чай', '79,50'], RUB)).toBe(false);
    expect(isHeader(['Товар', '79,50'], RUB)).toBe(false);
  });

  test('columns of a list without a header are recognised by their cells', () => {
    const rows = [
      ['1', EAN, 'Чай чёрный листовой', '79,50', 'шт'],
      ['2', ean13('460000000002'), 'Соль', '29,00', 'кг'],
    ];
    expect(guessByCells(rows, RUB)).toEqual({
      barcode: 1,
      sku: null,
      name: 2,
      category: null,
      price: 3,
      unit: 4,
      stock: null,
      vat: null,
      age: null,
    });
  });
});

test.each([
  ['20%', '20'],
  ['НДС 10 %', '10'],
  ['20/120', '20'],
  ['22.00', '22'],
  ['Без НДС', 'none'],
  ['0', '0'],
  ['18%', null],
  ['20 руб.', null],
])('a rate of tax written "%s" is read as %s', (text, vat) => {
  expect(parseVat(text)).toBe(vat);
});
