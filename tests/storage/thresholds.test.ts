// The threshold "no code below N" adds up a customer's acts of 30 days, however they are split.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TillDb } from '$lib/storage/database/db';
import { savePolicy } from '$lib/storage/policy/policies';
import { saveSale } from '$lib/storage/sales/save-sale';
import { unconfirmedIn } from '$lib/storage/sales/usage';
import {
  ANNA,
  AT,
  BORIS,
  cash,
  CASHIER,
  discard,
  HOUR,
  id,
  openShop,
  overrideBy,
  points,
  receiptOf,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

const THRESHOLD = 10_000;
const DAY = 24 * HOUR;

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
  const policy = await shop.policyJws(2, ({ methods }) => {
    methods['sell-on-account'].threshold = THRESHOLD;
    methods['redeem-points'].threshold = THRESHOLD;
  });
  await savePolicy(shop.db, policy);
});
afterEach(() => discard(shop.db));

let sales = 1000;
/** A receipt with `owed` minor units on account. */
function owing(owed: number, customer = BORIS) {
  sales += 1;
  return receiptOf(id(sales), { customer, bread: 1, tenders: [cash(10_000 - owed)] });
}

const needsCode = {
  kind: 'refused',
  because: { kind: 'confirmation-missing', action: 'sell-on-account' },
};

test('a debt below the threshold needs no code; the next one that reaches it together with the first does', async () => {
  expect(await shop.sell(owing(6_000))).toMatchObject({
    kind: 'saved',
    entry: {
      body: {
        confirmations: [{ kind: 'not-required', because: 'below-threshold', amount: 6_000 }],
      },
    },
  });
  expect(await shop.sell(owing(4_000))).toEqual(needsCode);
  expect(await shop.sell(owing(3_999))).toMatchObject({ kind: 'saved' });
  expect(await shop.sell(owing(1))).toEqual(needsCode);
});

test('after a restart, and for a sale saved past the screen, earlier acts without a code still count', async () => {
  await shop.sell(owing(9_000));
  shop.db.close();
  const again = new TillDb(shop.db.name);
  const attempt = { receipt: owing(1_000), operator: CASHIER, at: AT + HOUR, confirmations: [] };
  expect(await saveSale(again, attempt)).toEqual(needsCode);
  expect(await unconfirmedIn(again, BORIS, AT + HOUR)).toMatchObject({ 'sell-on-account': 9_000 });
  again.close();
});

test('many receipts saved in parallel exceed the threshold no further than one by one', async () => {
  const receipts = Array.from({ length: 8 }, () => owing(2_500));
  const outcomes = await Promise.all(receipts.map((receipt) => shop.sell(receipt)));
  expect(outcomes.filter(({ kind }) => kind === 'saved')).toHaveLength(3);
  expect(await unconfirmedIn(shop.db, BORIS, AT)).toMatchObject({ 'sell-on-account': 7_500 });
});

test('an act without a code by right counts too; one confirmed by a code does not', async () => {
  const byRight = owing(9_000);
  await savePolicy(shop.db, await shop.policyJws(3));
  expect(await shop.sell(byRight, [overrideBy(SENIOR, 'sell-on-account')])).toMatchObject({
    kind: 'saved',
  });
  const policy = await shop.policyJws(4, ({ methods }) => {
    methods['sell-on-account'].threshold = THRESHOLD;
  });
  await savePolicy(shop.db, policy);
  expect(await shop.sell(owing(1_000))).toEqual(needsCode);
  const byCode = owing(9_000, ANNA);
  // ANNA's earlier debt came with the demo goods more than 30 days ago
  expect(await shop.sell(byCode, [await shop.code(byCode, 'sell-on-account')])).toMatchObject({
    kind: 'saved',
  });
  expect(await shop.sell(owing(1_000, ANNA))).toMatchObject({ kind: 'saved' });
});

test('another customer, another act, and the day after the thirtieth start from zero', async () => {
  await shop.sell(owing(9_000));
  expect(await shop.sell(owing(9_000, ANNA))).toMatchObject({ kind: 'saved' });
  sales += 1;
  const redeeming = receiptOf(id(sales), {
    customer: ANNA,
    bread: 1,
    tenders: [points(30), cash(7_000)],
  });
  expect(await shop.sell(redeeming)).toMatchObject({ kind: 'saved' });
  const last = { at: AT + 30 * DAY - 1 };
  expect(await shop.sell(owing(1_000), [], last)).toEqual(needsCode);
  expect(await shop.sell(owing(1_000), [], { at: AT + 30 * DAY })).toMatchObject({ kind: 'saved' });
});

test('two cards with one number share a threshold', async () => {
  const [anna, boris] = [await shop.db.customers.get(ANNA), await shop.db.customers.get(BORIS)];
  await shop.db.customers.put({ ...anna!, phone: boris!.phone });
  expect(await shop.sell(owing(6_000))).toMatchObject({ kind: 'saved' });
  expect(await shop.sell(owing(4_000, ANNA))).toEqual(needsCode);
  expect(await shop.sell(owing(3_999, ANNA))).toMatchObject({ kind: 'saved' });
});
