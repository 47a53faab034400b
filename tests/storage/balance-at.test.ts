// A customer's debt and points before and after a sale, as on its receipt, even years later.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { balanceAt } from '$lib/storage/customers/balance-at';
import {
  ANNA,
  cash,
  discard,
  id,
  openShop,
  points,
  receiptOf,
  SHOP,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

async function sold(n: number, tenders: Parameters<typeof receiptOf>[1]['tenders']) {
  const receipt = receiptOf(id(n), { customer: ANNA, tenders: tenders ?? [] });
  const action = tenders ? 'redeem-points' : 'sell-on-account';
  const outcome = await shop.sell(receipt, [await shop.code(receipt, action)]);
  if (outcome.kind !== 'saved') expect.fail(JSON.stringify(outcome.because));
  return outcome.entry;
}

test('a receipt shows debt and points before and after its sale, without later changes', async () => {
  const owing = await sold(1001, undefined);
  const redeeming = await sold(1002, [points(5), cash(9_500)]);
  expect(await balanceAt(shop.db, owing, ANNA)).toEqual({
    before: { owed: 50_000, points: 300 },
    after: { owed: 60_000, points: 300 },
  });
  const after = await balanceAt(shop.db, redeeming, ANNA);
  expect(after.before).toEqual({ owed: 60_000, points: 300 });
  expect(after.after.points).toBeGreaterThan(294);
  expect(after.after.points).toBeLessThan(400);
});

test('steps in a former journal of this till come first, whatever their numbers', async () => {
  const owing = await sold(1001, undefined);
  const relayKey = shop.relay.publicKey;
  const value = [{ id: id(3), shop: SHOP, relayKey, number: 2 }];
  await shop.db.meta.put({ key: 'former-tills', value });
  const former = { hash: 'e'.repeat(64), index: 0, till: id(3), seq: 900, at: owing.at };
  await shop.db.accountEntries.add({ ...former, customer: ANNA, account: 'debt', delta: 7 });
  expect((await balanceAt(shop.db, owing, ANNA)).before.owed).toBe(50_007);
});
