// The most points that a customer may earn in a day, as the relay checks it, and what owners read.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownerNoticesReply } from '$lib/contract/owner-notice';
import { CASHIER } from '../support/cashier';
import { OTHER_PHONE, type Shop } from '../support/challenges';
import { cashSale, type TillJournal } from '../support/till-journal';
import { arrive, flagsOf, look, messagesOf, openTwoTills, publish } from '../support/two-tills';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let shop: Shop;
let customer: string;
let here: TillJournal;
let there: TillJournal;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  customer = uuidv7();
  await publish(shop, (policy) => void (policy.points.perDay = 10_000));
});
afterEach(() => shop.stop());

const found = () => flagsOf(shop);
/** A sale that earns 60 of the 100 points of a day, or as stated. */
const sold = (journal: TillJournal, earned = 60, of = customer) =>
  journal.sale(cashSale({ customer: of, total: 600_000, earned }), {
    policy: 2,
    operator: CASHIER,
  });

test('points up to the most of a day are right, at the till’s own count', async () => {
  await sold(here);
  await sold(here, 40);
  await sold(here, 0);
  shop.clock.pass(DAY);
  await sold(here);
  await arrive(here);
  expect(found()).toEqual([]);
});

test('a till that gives more than a customer may earn in a day breaks the rules', async () => {
  await sold(here);
  await sold(here, 41);
  await sold(here, 60, uuidv7());
  await arrive(here);
  expect(found()).toEqual([['differs', 'pointsEarned']]);
});

test('points over a day’s together with another till’s unknown sale are a discrepancy', async () => {
  await sold(here);
  const sale = await sold(there);
  await arrive(here, there);
  expect(found()).toEqual([['earning-cap-elsewhere', null]]);
  const [body] = shop.relay.file.prepare('SELECT body FROM discrepancies').pluck().all();
  expect(JSON.parse(body as string)).toMatchObject({
    entry: sale.hash,
    against: [{ till: here.till.id, seq: 2 }],
  });
});

test('a till that gives fewer points because of another till’s sale is right', async () => {
  await sold(here);
  await arrive(here);
  await look(shop, there);
  await sold(there, 40);
  await sold(there, 0);
  await arrive(there);
  expect(found()).toEqual([]);
});

test('cards with one number earn together over all tills', async () => {
  const second = uuidv7();
  for (const card of [customer, second]) await shop.trust(card, OTHER_PHONE);
  await sold(here);
  await sold(there, 60, second);
  await arrive(here, there);
  expect(found()).toEqual([['earning-cap-elsewhere', null]]);
});

test('the summary names customers who earned half of a day’s points or more, the largest first', async () => {
  const [second, third] = [uuidv7(), uuidv7()];
  await sold(here, 30);
  await sold(here, 60, second);
  await sold(there, 49, third);
  await arrive(here, there);
  await sold(here, 30);
  await arrive(here);
  await sold(here, 40, second);
  await arrive(here);
  shop.clock.pass(2 * DAY);
  await shop.till.signIn();
  await shop.relay.relay.outbox.round();
  await shop.till.elevate();
  const reply = await shop.till.call('GET', '/owner-notices');
  const { summaries } = ownerNoticesReply.parse(reply.json);
  expect(summaries.map(({ earned }) => earned)).toEqual([
    [
      { customer: second, points: 100 },
      { customer, points: 60 },
    ],
  ]);
  const texts = messagesOf(shop, 'daily-summary').join();
  expect(texts).toContain('больше всего баллов за сутки на карту: 100, 60');
});
