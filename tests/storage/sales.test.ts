// Past sales found by number, day, customer, product and sum, of this and other tills.
import type { SaleRow } from '$lib/contract/rows';
import { beforeEach, expect, test } from 'vitest';
import { soldKey } from '$lib/domain/acts/money/sale';
import {
  parseReceiptNumber,
  readReceiptCode,
  receiptCode,
} from '$lib/domain/values/receipt-number';
import { findSales, type SaleFilter } from '$lib/storage/sales/sales';
import { recordReprint } from '$lib/storage/sales/receipts';
import {
  ANNA,
  AT,
  BORIS,
  BREAD,
  cash,
  CASHIER,
  id,
  openShop,
  OWNER,
  receiptOf,
  type Shop,
} from '../support/storage-shop';

const ANY: SaleFilter = {
  number: null,
  customer: null,
  product: null,
  total: null,
  from: null,
  to: null,
  own: null,
};
const [HERE, THERE] = [id(900), id(901)];

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});

const row = (n: number, parts: Partial<SaleRow> = {}): SaleRow => {
  const at = AT + n * 1000;
  return {
    id: id(2000 + n),
    till: HERE,
    number: n,
    at,
    operator: CASHIER,
    customer: null,
    seq: n,
    hash: String(n).padStart(64, '0'),
    total: 100 * n,
    roundedTotal: null,
    onAccount: 0,
    earns: 0,
    sold: [soldKey(BREAD, at)],
    pieces: [],
    ...parts,
  };
};
const numbers = async (parts: Partial<SaleFilter>, limit = 10): Promise<number[]> =>
  (await findSales(shop.db, { ...ANY, ...parts }, limit)).map(({ number }) => number);

test('sales are found by number, customer, product, sum and time, the newest first, of all tills', async () => {
  await shop.db.sales.bulkPut([row(1, { customer: ANNA }), row(2), row(3, { total: 100 })]);
  await shop.db.remoteSales.bulkPut([
    row(4, { till: THERE, number: 2, customer: ANNA, operator: OWNER }),
    row(5, { till: THERE, sold: [soldKey(id(77), AT + 5000)] }),
  ]);
  expect(await numbers({})).toEqual([5, 2, 3, 2, 1]);
  expect(await numbers({}, 2)).toEqual([5, 2]);
  expect(await numbers({ number: { tills: [HERE], number: 2 } })).toEqual([2]);
  expect(await numbers({ number: { tills: [HERE, THERE], number: 2 } })).toEqual([2, 2]);
  expect(await numbers({ customer: ANNA })).toEqual([2, 1]);
  expect(await numbers({ product: id(77) })).toEqual([5]);
  expect(await numbers({ product: BREAD, from: AT + 2000, to: AT + 4000 })).toEqual([3, 2]);
  expect(await numbers({ total: 100 })).toEqual([3, 1]);
  expect(await numbers({ total: 100, customer: ANNA, product: BREAD })).toEqual([1]);
  expect(await numbers({ from: AT + 3000, to: AT + 5000 })).toEqual([2, 3]);
  const own = { operator: CASHIER, till: HERE, sinceSeq: 2 };
  expect(await numbers({ own })).toEqual([3, 2]);
  expect(await numbers({ own: { ...own, till: THERE } })).toEqual([]);
});

test('a sale whose sum was rounded for cash is found by the sum that was to pay, and by the exact one', async () => {
  await shop.db.sales.bulkPut([row(1, { roundedTotal: 90 }), row(2, { total: 90 }), row(3)]);
  await shop.db.remoteSales.put(row(4, { till: THERE, total: 91, roundedTotal: 90 }));
  expect(await numbers({ total: 90 })).toEqual([4, 2, 1]);
  expect(await numbers({ total: 90 }, 2)).toEqual([4, 2]);
  expect(await numbers({ total: 91 })).toEqual([4]);
  expect(await numbers({ total: 90, product: BREAD, from: AT + 2000, to: AT + 4000 })).toEqual([2]);
  const own = { operator: CASHIER, till: HERE, sinceSeq: 0 };
  expect(await numbers({ total: 90, own })).toEqual([2, 1]);
});

test('sales of a merged card are found by the common card, and by its own', async () => {
  await shop.db.sales.bulkPut([row(1, { customer: ANNA }), row(2, { customer: BORIS })]);
  await shop.db.remoteSales.put(row(3, { till: THERE, customer: ANNA }));
  expect(await numbers({ customer: BORIS })).toEqual([2]);
  const card = { customer: ANNA, credit: { kind: 'unlimited' }, edit: null, creditEdit: null };
  await shop.db.remoteCards.put({ ...card, order: 1, mergedInto: BORIS } as never);
  expect(await numbers({ customer: BORIS })).toEqual([3, 2, 1]);
  expect(await numbers({ customer: ANNA, total: 100 })).toEqual([1]);
  expect(await numbers({ customer: BORIS }, 2)).toEqual([3, 2]);
});

test('a sale that is saved is found by what was sold', async () => {
  await shop.sell(receiptOf(id(1001), { tenders: [cash(100_000)] }));
  const [found] = await findSales(shop.db, { ...ANY, product: BREAD }, 10);
  expect(found).toMatchObject({ number: 1, sold: [soldKey(BREAD, AT)] });
});

test('a copy of a receipt is an act of everybody who may sell, and only of a receipt', async () => {
  const outcome = await shop.sell(receiptOf(id(1001), { tenders: [cash(100_000)] }));
  if (outcome.kind === 'refused') throw new Error(outcome.because.kind);
  const of = outcome.entry;
  const by = { operator: CASHIER, at: AT };
  expect((await recordReprint(shop.db, { of, ...by })).kind).toBe('saved');
  const last = await shop.db.journal.orderBy(':id').last();
  expect(last).toMatchObject({
    act: 'receipt-reprinted',
    body: { about: { till: of.till, seq: of.seq, hash: of.hash } },
  });
  expect(await recordReprint(shop.db, { of, ...by, operator: id(999) })).toMatchObject({
    because: { kind: 'no-right' },
  });
  if (last === undefined) throw new Error('no entry');
  expect(await recordReprint(shop.db, { of: last, ...by })).toMatchObject({
    because: { kind: 'no-receipt' },
  });
});

test('the code on a receipt names its number and the beginning of its hash', () => {
  const hash = 'ab12cd34ef56'.padEnd(64, '0');
  const code = receiptCode('3-000123', hash);
  expect(code).toBe('3-000123-AB12CD34EF56');
  expect(readReceiptCode(code)).toEqual({
    till: 3,
    number: 123,
    hash: 'ab12cd34ef56',
    edition: 'original',
    printed: '3-000123',
  });
  expect(['4600000000015', '3-000123', '3-000123-XYZ'].map(readReceiptCode)).toEqual([
    null,
    null,
    null,
  ]);
  expect(['3-000123', ' 123 ', '0', 'bread', '1.5'].map(parseReceiptNumber)).toEqual([
    { till: 3, number: 123 },
    { till: null, number: 123 },
    ...[null, null, null],
  ]);
});
