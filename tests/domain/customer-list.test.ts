// Lists of customers: columns by name, and each row's card or its faults.
import { describe, expect, test } from 'vitest';
import {
  customerColumns,
  parseCustomerRow,
  type ListRules,
} from '$lib/domain/customers/customer-list';
import { parsePhone } from '$lib/domain/values/phone-parser';
import { readCustomerFile } from '$lib/search/customer-file';
import { idOf } from './fixtures';

const REGULARS = { id: idOf(90), name: 'Свои' };
const rules: ListRules = {
  currency: { code: 'RUB', digits: 2 },
  groups: [REGULARS],
  today: '2026-11-28',
  parsePhone: (text) => parsePhone(text, 'RU'),
};
const HEADER = ['ФИО', 'Телефон', 'Дата рождения', 'Группа', 'Примечание', 'Долг', 'Баллы'];
const mapping = customerColumns(HEADER);
const row = (...cells: string[]) => parseCustomerRow(cells, mapping, rules);
const faults = (...cells: string[]) => {
  const read = row(...cells);
  return read.kind === 'row' ? [] : read.errors.map(({ because }) => because);
};

test('columns are recognised by their names in Russian and English', () => {
  expect(mapping).toEqual({
    name: 0,
    phone: 1,
    birthday: 2,
    group: 3,
    note: 4,
    debt: 5,
    points: 6,
  });
  const english = ['Points', 'Customer name', 'Mobile phone', 'Shoe size'];
  expect(customerColumns(english)).toMatchObject({ points: 0, name: 1, phone: 2, debt: null });
});

describe('a row', () => {
  test('is a card with its balances', () => {
    const cells = [
      'Анна  К.',
      '8 (925) 123-06-02',
      '29.02',
      'свои',
      'без сахара',
      '1 200,50',
      '15',
    ];
    expect(row(...cells)).toEqual({
      kind: 'row',
      customer: {
        name: 'Анна К.',
        phone: '+79251230602',
        group: REGULARS.id,
        note: 'без сахара',
        reminders: 'agreed',
        birthday: { day: 29, month: 2, year: null },
        owed: 120_050,
        points: 15,
      },
    });
  });

  test('of our export is read back: with an apostrophe before a plus, and a negative debt', () => {
    const read = row("'=Анна", "'+79251230602", '', '', '', '-12,00', '0');
    expect(read).toMatchObject({
      customer: { name: '=Анна', phone: '+79251230602', owed: -1200, points: 0 },
    });
  });

  test.each([
    [['', '', '', '', '', '', ''], ['name-missing']],
    [['Анна', '7,92512E+10'], ['phone-rounded']],
    [['Анна', '7.92512e10'], ['phone-rounded']],
    [['Анна', '12345'], ['phone-wrong']],
    [['Анна', '', '29.02.1999'], ['birthday-wrong']],
    [['Анна', '', '29.11.2026'], ['birthday-in-future']],
    [['Анна', '', '30.12.1899'], ['birthday-too-long-ago']],
    [['Анна', '', '', 'Чужие'], ['group-unknown']],
    [['Анна', '', '', '', 'ы'.repeat(201)], ['note-too-long']],
    [
      ['Анна', '', '', '', '', 'много', '1.5'],
      ['debt-wrong', 'points-wrong'],
    ],
    [['А\ufffdна'], ['letters-unreadable']],
  ])('%s is refused: %s', (cells, because) => {
    expect(faults(...cells)).toEqual(because);
  });
});

describe('a file', () => {
  const read = (text: string) => readCustomerFile(new Blob([text]), rules);

  test('with a repeated number takes the first row and names both', async () => {
    const rows = ['Анна;+79251230602', '', 'Борис;89251230602', 'Вера;', 'Глеб;'];
    expect(await read(`Наши покупатели\nИмя;Телефон\n${rows.join('\n')}\n`)).toMatchObject({
      kind: 'read',
      customers: [
        { row: 3, customer: { name: 'Анна' } },
        { row: 6, customer: { name: 'Вера' } },
        { row: 7, customer: { name: 'Глеб' } },
      ],
      refusedRows: 1,
      problems: [{ row: 5, earlier: 3, column: 'phone', because: 'phone-repeated' }],
    });
  });

  test('with tabs and a broken quote loses only one row', async () => {
    const list = await read('Name\tPhone\nAnna\t"+7925\nBoris\t+79251230602\n');
    expect(list).toMatchObject({ refusedRows: 1, customers: [{ customer: { name: 'Boris' } }] });
  });

  test.each([
    ['', 'empty'],
    ['Телефон;Долг\n+79251230602;100\n', 'no-columns'],
    [`Имя\n${'Анна\n'.repeat(100_000)}`, 'too-large'],
  ])('%#: is refused whole', async (text, because) => {
    expect(await read(text)).toEqual({ kind: 'refused', because });
  });
});
