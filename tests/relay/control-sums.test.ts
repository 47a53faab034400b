// Control sums: the relay compares a till's sums over all customers with its own.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SumsStated } from '$lib/contract/shop-journal';
import { tillsReply } from '$lib/contract/till';
import { RULES_VERSION } from '$lib/contract/version';
import { epochOf, logHashAt, logHead } from '../../relay/store/journal';
import type { Shop } from '../support/challenges';
import { givePoints, onAccountSale, overrideBy, type TillJournal } from '../support/till-journal';
import { arrive, openTwoTills } from '../support/two-tills';

let shop: Shop;
let here: TillJournal;
let there: TillJournal;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  await arrive(here, there);
});
afterEach(() => shop.stop());

const owe = (journal: TillJournal, onAccount: number) =>
  journal.sale(
    onAccountSale({ customer: uuidv7(), onAccount }, overrideBy(shop.till.ownerId, onAccount)),
    { operator: shop.till.ownerId },
  );

/** A place of the order; by default its end. */
async function pointAt(order?: number): Promise<SumsStated['point']> {
  const { db } = shop.relay.relay;
  const place = order ?? (await logHead(db)).order;
  const logHash = await logHashAt(db, place);
  if (logHash === null) throw new Error(`no ${place}`);
  return { epoch: await epochOf(db, place), order: place, logHash };
}

/** The relay's reply to these sums of debt and points, which the till `there` states. */
async function compared(
  [debt, points]: readonly [number, number],
  { point, rules = RULES_VERSION }: { point?: SumsStated['point']; rules?: number } = {},
): Promise<unknown[]> {
  const stated = { point: point ?? (await pointAt()), rules, debt, points };
  const { status, json } = await there.till.call('POST', '/journal/sums', stated);
  return [status, json.kind];
}
const AGREE = [200, 'sums-agree'];
const DIFFER = [200, 'sums-differ'];
const UNKNOWN = [409, 'sums-unknown'];

/** Since when the sums of `here` and `there` differ, by the list of tills. */
async function listed(): Promise<unknown[]> {
  await shop.till.elevate();
  const { json } = await shop.till.call('GET', '/tills');
  return tillsReply.parse(json).tills.map(({ sumsDifferSince }) => sumsDifferSince);
}
const logged = () => shop.relay.log.filter(({ event }) => event === 'control-sums-differ');

test('they cover all tills and customers', async () => {
  expect(await compared([0, 0])).toEqual(AGREE);
  await owe(here, 54_000);
  await owe(there, 6_000);
  await arrive(here, there);
  await givePoints(there, uuidv7(), 30);
  expect(await compared([60_000, 30])).toEqual(AGREE);
  expect(await compared([60_000, 29])).toEqual(DIFFER);
  expect(await compared([0, 30])).toEqual(DIFFER);
});

test('they cover the order up to a place, without later entries', async () => {
  await owe(here, 54_000);
  await arrive(here);
  const point = await pointAt();
  await owe(here, 1_000);
  await arrive(here);
  expect(await compared([54_000, 0], { point })).toEqual(AGREE);
  expect(await compared([55_000, 0], { point })).toEqual(DIFFER);
  expect(await compared([55_000, 0])).toEqual(AGREE);
});

test('a till with other sums is logged, and listed for owners until its sums are the same', async () => {
  await owe(here, 54_000);
  await arrive(here);
  expect(await listed()).toEqual([null, null]);
  const since = shop.clock.now();
  await compared([53_000, 1]);
  shop.clock.pass(60_000);
  await there.till.signIn();
  await compared([53_000, 1]);
  expect(await listed()).toEqual([null, since]);
  const { order } = await pointAt();
  const line = {
    event: 'control-sums-differ',
    till: there.till.id,
    order,
    debt: -1_000,
    points: 1,
  };
  expect(logged()).toEqual([line, line]);
  await compared([54_000, 0]);
  expect(await listed()).toEqual([null, null]);
});

test('nothing is compared at a place that the relay does not have, or by other rules', async () => {
  const point = await pointAt();
  const other = { ...point, logHash: 'f'.repeat(64) };
  expect(await compared([0, 0], { point: other })).toEqual(UNKNOWN);
  expect(await compared([0, 0], { point: { ...point, order: point.order + 1 } })).toEqual(UNKNOWN);
  expect(await compared([0, 0], { rules: RULES_VERSION + 1 })).toEqual(UNKNOWN);
  expect([logged(), await listed()]).toEqual([[], [null, null]]);
});

test('nothing is compared if the sum of all movements is too large for an exact number', async () => {
  for (let i = 0; i < 2; i += 1) await owe(here, Number.MAX_SAFE_INTEGER - 1);
  await arrive(here);
  expect(await compared([Number.MAX_SAFE_INTEGER, 0])).toEqual(UNKNOWN);
});
