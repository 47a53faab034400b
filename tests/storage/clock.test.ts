// A changed device clock resets no cap, hides no unconfirmed act and makes no expired code valid.
import { metaIn, saveMeta } from '$lib/storage/database/meta';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAct } from '$lib/storage/journal/writer';
import { savePolicy } from '$lib/storage/policy/policies';
import { unconfirmedIn, usageIn } from '$lib/storage/sales/usage';
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

/** 3 000.00 on account: the customer's whole daily cap without a code. */
const wholeCap = (n: number) =>
  receiptOf(id(1000 + n), { customer: BORIS, cheese: 3, bread: 0, tenders: [] });
const little = (n: number) =>
  receiptOf(id(1000 + n), { customer: BORIS, bread: 1, tenders: [cash(5_000)] });

/** Stores `contactAt` as the last known time of the relay. */
const contact = (contactAt: number) => saveMeta(shop.db, 'clock', { offsetMs: 0, contactAt });

test('the offset of the clock survives a restart', async () => {
  expect(await metaIn(shop.db, 'clock')).toBeNull();
  await saveMeta(shop.db, 'clock', { offsetMs: -2.5 * HOUR, contactAt: AT });
  expect(await metaIn(shop.db, 'clock')).toEqual({ offsetMs: -2.5 * HOUR, contactAt: AT });
});

test('no act is dated before the relay’s time as stored: the till may have signed that none is', async () => {
  await contact(AT + HOUR);
  const noted = await writeAct(shop.db, {
    act: 'pin-locked',
    operator: null,
    at: AT,
    policy: 1,
    body: { operator: BORIS, failures: 5, until: AT },
  });
  expect(noted.at).toBe(AT + HOUR);
  const sold = await shop.sell(receiptOf(id(1000), { tenders: [cash(10_000)] }));
  expect(sold).toMatchObject({ kind: 'saved', entry: { at: AT + HOUR } });
});

test('a clock set two years forward resets no cap; a day that has really passed does', async () => {
  await contact(AT);
  expect(await shop.sell(wholeCap(1), SENIORS)).toMatchObject({ kind: 'saved' });
  const later = { at: AT + 2 * YEAR };
  const overCap = { kind: 'refused', because: { kind: 'override-over-cap', scope: 'customer' } };
  expect(await shop.sell(little(2), SENIORS, later)).toMatchObject(overCap);
  expect(await usageIn(shop.db, later.at, BORIS)).toEqual({ customer: 300_000, till: 300_000 });
  await contact(AT + DAY + MINUTE);
  const nextDay = { at: AT + DAY + MINUTE };
  expect(await shop.sell(little(2), SENIORS, nextDay)).toMatchObject({ kind: 'saved' });
});

test('with a clock set two years forward, unconfirmed acts of the last 30 days still count', async () => {
  await savePolicy(
    shop.db,
    await shop.policyJws(2, (policy) => {
      policy.methods['sell-on-account'].threshold = 10_000;
    }),
  );
  await contact(AT);
  expect(await shop.sell(little(1))).toMatchObject({ kind: 'saved' });
  const debts = (at: number) => unconfirmedIn(shop.db, BORIS, at);
  expect(await debts(AT + 2 * YEAR)).toMatchObject({ 'sell-on-account': 5_000 });
  await contact(AT + 31 * DAY);
  expect(await debts(AT + 31 * DAY)).toMatchObject({ 'sell-on-account': 0 });
});

test('with a clock set two years back, an expired code closes no sale', async () => {
  const receipt = little(1);
  const code = await shop.code(receipt, 'sell-on-account');
  await contact(AT + 15 * MINUTE);
  const expired = {
    kind: 'refused',
    because: { kind: 'grant-expired', action: 'sell-on-account' },
  } as const;
  for (const at of [AT + MINUTE, AT - 2 * YEAR]) {
    expect(await shop.sell(receipt, [code], { at })).toEqual(expired);
  }
  await contact(AT + 14 * MINUTE);
  const saved = await shop.sell(receipt, [code], { at: AT - 2 * YEAR });
  // and the saved sale has a possible time
  expect(saved).toMatchObject({ kind: 'saved', entry: { at: AT + 14 * MINUTE } });
});
