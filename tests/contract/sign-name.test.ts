// Names of shops and tills, which messages put before codes: no address, no number to call.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shopName } from '$lib/contract/policy';
import { cases } from '../support/cases';

const isAllowed = (name: string): boolean => shopName.safeParse(name).success;

test.each([
  ...['ИП Иванов.Хлеб', 'Ул.Ленина, 5', 'Магазин №5.Север', 'Продукты 24/7', 'Дом.Сад.Огород'],
  ...[
    'Bakery 1990-2024',
    'Пекарня 1990–2024',
    'Since 1998 - 2024',
    'Café No. 12',
    'St. Mary & Co.',
  ],
  ...[
    'Dr. Oetker',
    'Заря-2',
    'Касса 12',
    'ООО «Ромашка-2000»',
    'Ф.И.О. и Ко',
    '1,5 литра',
    'Магазин.',
  ],
  ...['Лавка Т.Н.К.', 'Сайтама.Суши'],
])('“%s” is a name', (name) => {
  expect(isAllowed(name)).toBe(true);
});

test.each([
  // Latin after a dot, of any width
  ...[
    'shop.example',
    'Хлеб.com',
    'Лавка.ru',
    'see t.me',
    'ＳＨＯＰ．ｃｏｍ',
    'Хлеб。com',
    'хлеб.xn--p1ai',
  ],
  ...['Лавка.ru/скидки', 'bit.ly', 'Хлеб.сoм', 'магазин.商店', 'Bakery.Хлеб', 'Хлеб-24.Shop'],
  // Cyrillic endings, and words that look like them
  ...['Хлеб.рф', 'ХЛЕБ.РФ', 'Иванов.Хлеб.рус', 'Лавка.москва', 'Лавка.онлайн', 'Хлеб.сайт/акция'],
  ...['Хлеб.ру', 'Хлеб.нет', 'Хлеб.инфо', 'Хлеб.сом', 'Хлеб.бел', 'Хлеб.укр', 'Хлеб.срб'],
  // schemes and mail
  ...['http://хлеб', 'мы@хлеб', 'имя＠хлеб'],
  // numbers
  ...['8 800 555-35-35', '+7 (925) 123-06-02', 'Звоните 123-45-67', '１２３４５６７', '19902024'],
  ...['8 1990-2024', '1990-2024 10', '1990-2024-2025', '1590-2024', '2024-2124', '1990 2024'],
])('“%s” is none', (name) => {
  expect(isAllowed(name)).toBe(false);
});

test('a name far too long is refused at once', () => {
  const began = performance.now();
  for (const one of ['я', '1', ' ', 'я.', '-', '1990-2024 '])
    expect(isAllowed('a' + one.repeat(50_000) + 'a')).toBe(false);
  expect(performance.now() - began).toBeLessThan(1_000);
});

const ENDINGS = [
  'рф',
  'рус',
  'москва',
  'дети',
  'онлайн',
  'сайт',
  'орг',
  'ком',
  'бел',
  'укр',
  'срб',
];
const word = fc.string({
  unit: fc.constantFrom(...'абвгдежзийклмнопрстуфхцчшщъыьэюя'),
  minLength: 2,
  maxLength: 12,
});

test('words with dots between them are a name unless one after a dot ends addresses or is Latin', () => {
  const after = fc.oneof(
    { weight: 4, arbitrary: word.map((text) => ({ text, isEnding: false })) },
    fc.constantFrom(...ENDINGS).map((text) => ({ text, isEnding: true })),
    fc.constantFrom('com', 'ru', 'shop', 'cоm').map((text) => ({ text, isEnding: true })),
  );
  fc.assert(
    fc.property(word, fc.array(after, { maxLength: 4 }), fc.boolean(), (first, rest, isLoud) => {
      const known = new Set([...ENDINGS, 'ру', 'су', 'нет', 'инфо', 'кз', 'уа', 'сом', 'со', 'бг']);
      fc.pre(rest.every(({ text, isEnding }) => isEnding || !known.has(text)));
      fc.pre(rest.every(({ text }) => !['мкд', 'мон', 'ею', 'католик'].includes(text)));
      const name = [first, ...rest.map(({ text }) => text)].join('.');
      expect(isAllowed(isLoud ? name.toUpperCase() : name)).toBe(
        rest.every(({ isEnding }) => !isEnding),
      );
      expect(isAllowed(name.replaceAll('.', '. '))).toBe(true);
    }),
    { numRuns: cases(500) },
  );
});

test('seven digits with only separators between them are no name; fewer are one', () => {
  const separator = fc.constantFrom('', ' ', '-', '–', '(', ') ', '.', '/', '+');
  const digits = fc.array(fc.tuple(fc.constantFrom(...'03456789'), separator), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(digits, (parts) => {
      const name = `Хлеб ${parts.flat().join('')} и соль`;
      expect(isAllowed(name)).toBe(parts.length < 7);
    }),
    { numRuns: cases(500) },
  );
});
