// Several whole tills and a real relay: what one till does is known at the others.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';
import { WholeTill, type Shop } from '../support/whole-till';

let relay: RunningRelay;
let shop: Shop;
let one: WholeTill;
let other: WholeTill;
const ANNA = uuidv7();

beforeEach(async () => {
  const clock = makeClock(Date.parse('2026-11-20T10:00:00Z'));
  relay = await startRelay({ now: clock.now });
  const owner = await TillClient.ready(relay.url, clock.now);
  shop = { relay, clock, owner };
  one = await WholeTill.enrolled(shop, 'Касса 1');
  other = await WholeTill.enrolled(shop, 'Касса 2');
});
afterEach(async () => {
  await Promise.all([one, other].map((till) => till.close()));
  await relay.stop();
});

test('a debt at one till is the customer’s debt at the other', async () => {
  await one.save(ANNA);
  await other.save(ANNA);
  expect(await one.sell(ANNA, { price: 30_000 })).toMatchObject({ kind: 'saved' });
  await one.sync();
  expect(await other.standing(ANNA)).toEqual({ owed: 0, points: 0 });
  await other.sync();
  expect(await other.standing(ANNA)).toEqual({ owed: 30_000, points: 0 });
  expect(await other.sell(ANNA, { price: 5_000 })).toMatchObject({ kind: 'saved' });
  await other.sync();
  await one.sync();
  expect(await one.standing(ANNA)).toEqual({ owed: 35_000, points: 0 });
  expect(await other.standing(ANNA)).toEqual({ owed: 35_000, points: 0 });
  const seen = await other.entries();
  expect(seen.at(-1)?.seen.order).toBeGreaterThan(0);
});
