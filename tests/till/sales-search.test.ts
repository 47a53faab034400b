// The input on the sales screen as queries to the disk and to the relay.
import { expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import {
  askedOfRelay,
  filtersOf,
  filtersOfName,
  readTyped,
  withPage,
  type Asked,
} from '../../src/routes/sales/sales-search';

const SOM = { code: 'KGS', digits: 2 } as const;
const entry = (hash: string) => ({ hash }) as Entry;

function asked(text: string, parts: Partial<Asked> = {}): Asked {
  const read = readTyped(text, SOM);
  return {
    ...(read ?? { number: null, total: null }),
    customer: null,
    product: null,
    isName: read === null && text !== '',
    from: null,
    to: null,
    ...parts,
  };
}
const filters = (of: Asked) =>
  filtersOf(of, () => ['here'], null).map(({ number, total }) => [number?.number ?? null, total]);
const questions = (of: Asked, lists = true) =>
  askedOfRelay(of, 1, lists).map(({ number, total }) => [number, total]);

test('a whole sum is searched as a number and as a sum, here and at the relay', () => {
  expect(filters(asked('500'))).toEqual([
    [500, null],
    [null, 50_000],
  ]);
  expect(questions(asked('500'))).toEqual([
    ['1-500', null],
    [null, 50_000],
  ]);
  expect(questions(asked('4.49'))).toEqual([[null, 449]]);
  expect(questions(asked('2-7'))).toEqual([['2-7', null]]);
  expect(questions(asked(''))).toEqual([[null, null]]);
  const customer = { id: 'anna', name: 'Anna' };
  expect(askedOfRelay(asked('500', { customer, from: 5 }), 1, true)).toMatchObject([
    { customer: 'anna', from: 5 },
    { customer: 'anna', from: 5 },
  ]);
});

test('an operator who may not see lists searches at the relay by number only', () => {
  expect(questions(asked('500'), false)).toEqual([['1-500', null]]);
  expect(questions(asked('4.49'), false)).toEqual([]);
});

test('a typed name finds the sales of every customer and product that it may mean', () => {
  const named = {
    customers: [{ id: 'milka', name: 'Milka' }],
    products: [{ id: 'm', name: 'Milk' }],
  };
  const found = (parts: Partial<Asked> = {}) =>
    filtersOfName(asked('mil', parts), named, null).map(({ customer, product, from }) => [
      ...[customer, product, from],
    ]);
  expect(found()).toEqual([
    ['milka', null, null],
    [null, 'm', null],
  ]);
  expect(found({ customer: { id: 'anna', name: 'Anna' }, from: 5 })).toEqual([
    ['milka', null, 5],
    ['anna', 'm', 5],
  ]);
});

test('a typed name without a choice does not search all sales', () => {
  expect([filters(asked('zzzzqqq')), questions(asked('zzzzqqq'))]).toEqual([[], []]);
  const product = { id: 'bread', name: 'Bread' };
  expect(filters(asked('zzzzqqq', { product }))).toEqual([]);
});

test('each query continues from its own page, and a sale that matches both is listed once', () => {
  const [number, total] = askedOfRelay(asked('500'), 1, true);
  const first = withPage(
    { entries: [], left: [number!, total!] },
    { entries: [entry('a')], next: null },
  );
  expect(first).toEqual({ entries: [entry('a')], left: [total] });
  const second = withPage(first, { entries: [entry('b'), entry('a')], next: '9.9' });
  expect(second).toEqual({
    entries: [entry('a'), entry('b')],
    left: [{ ...total, before: '9.9' }],
  });
  const last = withPage(second, { entries: [entry('c')], next: null });
  expect(last).toEqual({ entries: [entry('a'), entry('b'), entry('c')], left: [] });
});
