// A device's clock, set forward or back, frees no cap, forgets no unconfirmed act and makes no expired code good again.
import { metaIn, saveMeta } from '$lib/storage/database/meta';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { savePolicy } from '$lib/storage/policy/policies';
import { unconfirmed, usage } from '$lib/storage/sales/usage';
import {
  AT,
  BORIS,
  cash,
  discard,
  HOUR,
  id,
  MINUTE,
  openShop,
  overrideBy,
  receiptOf,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const SENIORS = [overrideBy(SENIOR, 'sell-on-account')];

/** 3 000,00 on account: all that a customer's cap lets go without a code in a day. */
const wholeCap = (n: number) =>
  receiptOf(id(1000 + n), { customer: BORIS, cheese: 3, bread: 0, tenders: [] });
const little = (n: number) =>
  receiptOf(id(1000 + n), { customer: BORIS, bread: 1, tenders: [cash(5_000)] });

/** The relay was heard at `heardAt`, or time has run as long since. */
const heard = (heardAt: number) => saveMeta(shop.db, 'clock', { offsetMs: 0, heardAt });

test('what is known of the time outlives the till', async () => {
  expect(await metaIn(shop.db, 'clock')).toBeNull();
  await saveMeta(shop.db, 'clock', { offsetMs: -2.5 * HOUR, heardAt: AT });
  expect(await metaIn(shop.db, 'clock')).toEqual({ offsetMs: -2.5 * HOUR, heardAt: AT });
});

test('a clock set two years forward frees no cap; a day that has really run does', async () => {
  await heard(AT);
  expect(await shop.sell(wholeCap(1), SENIORS)).toMatchObject({ kind: 'saved' });
  const later = { at: AT + 2 * YEAR };
  const overCap = { kind: 'refused', because: { kind: 'override-over-cap', scope: 'customer' } };
  expect(await shop.sell(little(2), SENIORS, later)).toMatchObject(overCap);
  expect(await usage(shop.db, later.at, BORIS)).toEqual({ customer: 300_000, till: 300_000 });
  await heard(AT + DAY + MINUTE);
  const nextDay = { at: AT + DAY + MINUTE };
  expect(await shop.sell(little(2), SENIORS, nextDay)).toMatchObject({ kind: 'saved' });
});

test('a clock set two years forward forgets no unconfirmed act of the last 30 days', async () => {
  await savePolicy(
    shop.db,
    await shop.policyJws(2, (policy) => {
      policy.methods['sell-on-account'].threshold = 10_000;
    }),
  );
  await heard(AT);
  expect(await shop.sell(little(1))).toMatchObject({ kind: 'saved' });
  const debts = (at: number) => unconfirmed(shop.db, BORIS, at);
  expect(await debts(AT + 2 * YEAR)).toMatchObject({ 'sell-on-account': 5_000 });
  await heard(AT + 31 * DAY);
  expect(await debts(AT + 31 * DAY)).toMatchObject({ 'sell-on-account': 0 });
});

test('a clock set two years back closes no sale with a code that has run out', async () => {
  const receipt = little(1);
  const code = await shop.code(receipt, 'sell-on-account');
  await heard(AT + 15 * MINUTE);
  const expired = {
    kind: 'refused',
    because: { kind: 'grant-expired', action: 'sell-on-account' },
  } as const;
  for (const at of [AT + MINUTE, AT - 2 * YEAR]) {
    expect(await shop.sell(receipt, [code], { at })).toEqual(expired);
  }
  await heard(AT + 14 * MINUTE);
  const saved = await shop.sell(receipt, [code], { at: AT - 2 * YEAR });
  // and what is saved bears a time that can be true
  expect(saved).toMatchObject({ kind: 'saved', entry: { at: AT + 14 * MINUTE } });
});
