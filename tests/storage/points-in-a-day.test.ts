// The most points that a customer may earn in a day: over all tills and all cards with their number.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EntryOf } from '$lib/contract/journal';
import { savePolicy } from '$lib/storage/policy/policies';
import {
  ANNA,
  AT,
  BORIS,
  cash,
  discard,
  HOUR,
  id,
  openShop,
  receiptOf,
  type Shop,
} from '../support/storage-shop';

const DAY = 24 * HOUR;

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
  const policy = await shop.policyJws(2, ({ points }) => {
    Object.assign(points, { earnBasisPoints: 10_000, pointValue: 100, perDay: 15_000 });
  });
  await savePolicy(shop.db, policy);
});
afterEach(() => discard(shop.db));

let sales = 2000;
/** The points that a receipt of 100.00 earns, a point for each unit paid. */
async function earned(customer: string | null, at = AT): Promise<number> {
  sales += 1;
  const receipt = receiptOf(id(sales), { customer, bread: 1, tenders: [cash(10_000)] });
  const sold = await shop.sell(receipt, [], { at });
  if (sold.kind !== 'saved') throw new Error(JSON.stringify(sold.because));
  return (sold.entry as EntryOf<'sale'>).body.pointsEarned;
}

test('sales of the last 24 hours count, and only the customer’s own', async () => {
  expect(await earned(ANNA)).toBe(100);
  expect(await earned(BORIS)).toBe(100);
  expect(await earned(ANNA)).toBe(50);
  expect(await earned(ANNA, AT + DAY - 1)).toBe(0);
  expect(await earned(ANNA, AT + DAY)).toBe(100);
});

test('many receipts saved in parallel earn no more than one by one', async () => {
  const points = await Promise.all(Array.from({ length: 4 }, () => earned(ANNA)));
  expect(points.toSorted((a, b) => a - b)).toEqual([0, 0, 50, 100]);
});

test('sales of other tills count too', async () => {
  const theirs = {
    id: id(1),
    till: id(2),
    number: 1,
    at: AT,
    operator: id(3),
    customer: ANNA,
    seq: 1,
    hash: 'a'.repeat(64),
    total: 6_000,
    roundedTotal: null,
    onAccount: 0,
    earns: 60,
    sold: [],
    pieces: [],
  };
  await shop.db.remoteSales.bulkPut([
    theirs,
    { ...theirs, hash: 'b'.repeat(64), at: AT - DAY },
    { ...theirs, hash: 'c'.repeat(64), customer: BORIS },
  ]);
  expect(await earned(ANNA)).toBe(90);
});

test('cards with one number earn together', async () => {
  const [anna, boris] = [await shop.db.customers.get(ANNA), await shop.db.customers.get(BORIS)];
  await shop.db.customers.put({ ...anna!, phone: boris!.phone });
  expect(await earned(ANNA)).toBe(100);
  expect(await earned(BORIS)).toBe(50);
});
