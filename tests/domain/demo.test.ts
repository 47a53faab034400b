// The demo shop: valid codes, fixed ids, prices in any currency, and a customer for every case.
import { describe, expect, test } from 'vitest';
import { accountEntry } from '$lib/contract/acts/account';
import { credit } from '$lib/contract/acts/customer';
import { id, phone } from '$lib/contract/values';
import { pack, unpack } from '$lib/domain/goods/catalogue';
import { allowedDebt } from '$lib/domain/customers/customer';
import { openingSteps } from '$lib/domain/acts/customers/customers-imported';
import { demoCustomers } from '$lib/domain/demo/customers';
import { demoCategoryIn } from '$lib/domain/demo/categories';
import { demoGoods } from '$lib/domain/demo/goods';
import { isValidEan } from '$lib/domain/goods/product';
import { CURRENCIES, RUB } from './fixtures';

describe('demo goods', () => {
  const goods = demoGoods(RUB, 'ru');

  test('are about sixty in seven categories, two of them sold by weight', () => {
    expect(goods.length).toBeGreaterThanOrEqual(55);
    expect(goods.length).toBeLessThanOrEqual(65);
    expect(new Set(goods.map(({ category }) => category)).size).toBe(7);
    expect(goods.filter(({ unit }) => unit === 'kilogram').length).toBe(2);
  });

  test('have unique valid ids and codes, outside the range of codes that carry a weight', () => {
    expect(new Set(goods.map((each) => each.id)).size).toBe(goods.length);
    expect(new Set(goods.map((each) => each.sku)).size).toBe(goods.length);
    const codes = goods.flatMap(({ barcodes }) => barcodes.map(({ code }) => code));
    expect(new Set(codes).size).toBe(goods.length);
    for (const each of goods) id.parse(each.id);
    for (const code of codes) {
      expect(isValidEan(code)).toBe(true);
      expect(code).toMatch(/^4600000\d{6}$/);
    }
  });

  test('are the same goods in both languages and every currency', () => {
    const english = demoGoods(RUB, 'en');
    expect(english.map(({ id: each, price }) => [each, price])).toEqual(
      goods.map(({ id: each, price }) => [each, price]),
    );
    for (const currency of CURRENCIES) {
      const priced = demoGoods(currency, 'en');
      expect(priced.every(({ price }) => Number.isSafeInteger(price) && price > 0)).toBe(true);
    }
    for (const { names } of goods) {
      expect(names.ru).toMatch(/[а-я]/i);
      expect(names.en).toMatch(/^[^а-я]+$/i);
    }
  });

  test('pass through the packed catalogue unchanged', () => {
    expect(unpack(pack(goods))).toEqual(goods);
  });

  test('have categories named in the language of the screen; other categories keep their names', () => {
    expect(demoCategoryIn('Напитки', 'en')).toBe('Drinks');
    expect(demoCategoryIn('Drinks', 'ru')).toBe('Напитки');
    expect(demoCategoryIn('Рыба', 'en')).toBe('Рыба');
  });
});

describe('demo customers', () => {
  const people = demoCustomers(RUB, 'ru');

  test('are six, with unique ids and numbers that are valid on the wire', () => {
    expect(people.length).toBe(6);
    expect(new Set(people.map((each) => each.id)).size).toBe(6);
    const numbers = people.flatMap((each) => (each.phone === null ? [] : [each.phone]));
    expect(new Set(numbers).size).toBe(5);
    for (const number of numbers) {
      phone.parse(number);
      expect(number).toMatch(/^\+7000/);
    }
    for (const each of people) {
      id.parse(each.id);
      credit.parse(each.credit);
    }
  });

  test('cover each case of a debt', () => {
    const shopLimit = 1_000_000;
    const cases = people.map((each) => allowedDebt(each.credit, shopLimit, each.owed));
    expect(cases).toEqual([
      { kind: 'up-to', left: 875_000, limit: 1_000_000 },
      { kind: 'up-to', left: 1_000_000, limit: 1_000_000 },
      { kind: 'up-to', left: 30_000, limit: 500_000 },
      { kind: 'up-to', left: 0, limit: 300_000 },
      { kind: 'up-to', left: 1_000_000, limit: 1_000_000 },
      { kind: 'refused' },
    ]);
  });

  test('open their accounts with steps, none with a zero amount', () => {
    const accounts = openingSteps(people.map(({ id, ...card }) => ({ ...card, customer: id })));
    for (const each of accounts) {
      accountEntry.parse(each);
      expect(each.delta).toBeGreaterThan(0);
    }
    expect(accounts.filter(({ account }) => account === 'debt').length).toBe(3);
    expect(accounts.filter(({ account }) => account === 'points').length).toBe(4);
  });

  test('owe the same share of their limit in every currency', () => {
    for (const currency of CURRENCIES) {
      const near = demoCustomers(currency, 'en')[2];
      if (near?.credit.kind !== 'own-limit') throw new Error('the third has an own limit');
      expect(near.owed / near.credit.limit).toBeCloseTo(0.94, 1);
    }
  });
});
