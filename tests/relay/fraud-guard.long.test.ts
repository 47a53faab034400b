// The fraud guard: codes to number after number that nobody enters stop all sending.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import { health } from '$lib/contract/health';
import { offerEnrolment } from '../../relay/tills/tokens';
import { ask, check, debtRequest, openShop, START, type Shop } from '../support/challenges';
import { TillClient } from '../support/till-client';
import { CARD_SALT, TillJournal } from '../support/till-journal';

const HOUR = 3_600_000;
let shop: Shop;
afterEach(() => shop.stop());

const numbered = (n: number, customer = uuidv7()) =>
  debtRequest({ customer: { id: customer, phone: `+7925${String(n).padStart(7, '0')}` } });
/** Numbers in different blocks of ten thousand. */
const scattered = (n: number) => numbered(10_000 * n);
const stopped = { kind: 'refused', because: 'pumping' };
const state = async (till = shop.till) =>
  health.parse((await till.call('GET', '/health')).json).provider;

async function anotherTill(): Promise<TillClient> {
  const till = await TillClient.make(shop.relay.url, shop.clock.now);
  await till.enrol((await offerEnrolment(shop.relay.relay)).token);
  await till.signIn();
  return till;
}

async function answer(n: number): Promise<void> {
  const id = uuidv7();
  await ask(shop.till, scattered(n), id);
  const reply = await check(shop.till, id, shop.smsru.codes.at(-1) ?? '');
  expect(reply.json.kind).toBe('verified');
  // no sale follows, because the till revokes the grant
  await shop.till.call('DELETE', `/challenges/${id}`);
}

async function pump(from: number, most = 40): Promise<number> {
  for (let n = 0; n < most; n += 1)
    if ((await ask(shop.till, scattered(from + n))).json.kind === 'refused') return n;
  return most;
}

/** Eight numbers of one block, until this till is stopped. */
async function pumpBlock(till: TillClient, block: number): Promise<void> {
  for (let n = 0; n < 8; n += 1)
    expect((await ask(till, numbered(10_000 * block + n))).status).toBe(201);
  expect((await ask(till, numbered(10_000 * block + 8))).json).toEqual(stopped);
}

test('a till that pumps is stopped, in every block; the others are not', async () => {
  shop = await openShop();
  const thief = await anotherTill();
  await pumpBlock(thief, 5);
  expect(await state(thief)).toMatchObject({ state: 'refusing', because: 'pumping' });
  expect(await state()).toMatchObject({ state: 'ready' });
  expect((await ask(shop.till, numbered(50_009))).status).toBe(201);
  await shop.relay.restart();
  await Promise.all([shop.till.signIn(), thief.signIn()]);
  expect((await ask(thief, scattered(900))).json).toEqual(stopped);
  expect((await ask(shop.till, scattered(900))).status).toBe(201);
});

test('every till gets the list of stopped tills, and a manager lifts a stop from any till', async () => {
  shop = await openShop();
  const thief = await anotherTill();
  await pumpBlock(thief, 5);
  const stopped = async () => health.parse((await shop.till.call('GET', '/health')).json).stopped;
  expect(await stopped()).toEqual([
    { till: thief.id, name: 'Касса 2', because: 'pumping', since: START, until: START + HOUR },
  ]);
  shop.clock.pass(1);
  const lift = (by: TillClient) => by.call('DELETE', `/provider/stops/${thief.id}`);
  expect((await lift(thief)).json).toEqual({ kind: 'elevation-needed', level: 'pin' });
  expect((await lift(shop.till)).status).toBe(204);
  expect(await stopped()).toEqual([]);
  expect((await ask(thief, scattered(900))).status).toBe(201);
});

test('a removed till is not listed as stopped: there is nothing to lift', async () => {
  shop = await openShop();
  const thief = await anotherTill();
  await pumpBlock(thief, 5);
  await shop.till.call('DELETE', `/tills/${thief.id}`);
  const { stopped } = health.parse((await shop.till.call('GET', '/health')).json);
  expect(stopped).toEqual([]);
});

test('three tills stopped at once stop the shop, until a manager lifts it', async () => {
  shop = await openShop();
  const others = [await anotherTill(), await anotherTill(), await anotherTill()] as const;
  await pumpBlock(others[0], 1);
  await pumpBlock(others[1], 2);
  expect((await ask(shop.till, scattered(900))).status).toBe(201);
  await pumpBlock(others[2], 3);
  expect((await ask(shop.till, scattered(901))).json).toEqual(stopped);
  expect(await state()).toMatchObject({ because: 'pumping', until: START + HOUR });
  await shop.till.call('DELETE', '/provider/stop');
  expect((await ask(shop.till, scattered(901))).status).toBe(201);
  // their own stops are lifted for these tills only
  expect((await ask(others[0], scattered(902))).json).toEqual(stopped);
});

test('twenty numbers of which fewer than ten answered stop the till for an hour, over a restart', async () => {
  shop = await openShop();
  for (let n = 0; n < 9; n += 1) await answer(n);
  expect(await pump(100)).toBe(11);
  await shop.relay.restart();
  await shop.till.signIn();
  const reply = await ask(shop.till, scattered(999));
  expect([reply.status, reply.json]).toEqual([422, stopped]);
  expect(await state()).toMatchObject({
    state: 'refusing',
    because: 'pumping',
    until: START + HOUR,
  });
  expect(shop.relay.log.filter(({ event }) => event === 'pumping-stopped')).toMatchObject([
    { because: 'unanswered' },
  ]);
  expect(shop.smsru.sends).toHaveLength(20);
  shop.clock.pass(HOUR);
  await shop.till.signIn();
  expect((await ask(shop.till, scattered(999))).status).toBe(201);
  expect(await state()).toMatchObject({ state: 'ready' });
});

test('a shop whose customers answer is not stopped', async () => {
  shop = await openShop();
  for (let n = 0; n < 20; n += 1) {
    await answer(n);
    if (n < 10) await ask(shop.till, scattered(500 + n));
  }
  expect((await ask(shop.till, scattered(900))).status).toBe(201);
});

test('customers who answered once do not count as strangers when they do not answer today', async () => {
  shop = await openShop();
  const known = Array.from({ length: 30 }, (_, n) => ({
    customer: uuidv7(),
    phone: `+7925${String(10_000 * n).padStart(7, '0')}`,
    cardSalt: CARD_SALT,
  }));
  await shop.till.call('POST', '/customers/trusted', { contacts: known });
  for (const [n, { customer }] of known.entries())
    expect((await ask(shop.till, numbered(10_000 * n, customer))).status).toBe(201);
});

test('numbers that only a till has named still count as strangers', async () => {
  shop = await openShop();
  const named = Array.from({ length: 9 }, (_, n) => ({
    customer: uuidv7(),
    phone: `+7925${String(n).padStart(7, '0')}`,
  }));
  const journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await journal.upload(journal.entries, { contacts: named });
  const { journalHead } = journal;
  const replies = [];
  for (const [n, { customer }] of named.entries())
    replies.push(await ask(shop.till, { ...numbered(n, customer), journalHead }));
  expect(replies.at(-1)?.json).toEqual(stopped);
});

test('eight numbers in a row without an answer stop the till', async () => {
  shop = await openShop();
  for (let n = 0; n < 8; n += 1) expect((await ask(shop.till, numbered(n))).status).toBe(201);
  expect((await ask(shop.till, numbered(8))).json).toEqual(stopped);
});

test('a stolen session that asks at full speed gets no more, over a restart', async () => {
  shop = await openShop();
  const wave = (from: number) =>
    Promise.all(Array.from({ length: 100 }, (_, n) => ask(shop.till, scattered(from + n))));
  await wave(0);
  await shop.relay.restart();
  await shop.till.signIn();
  await wave(100);
  expect(shop.smsru.sends).toHaveLength(20);
});

test('a resend is stopped, too', async () => {
  shop = await openShop();
  const id = uuidv7();
  await ask(shop.till, scattered(999), id);
  await pump(0);
  shop.clock.pass(30_000);
  const reply = await shop.till.call('POST', `/challenges/${id}/sends`, {});
  expect([reply.status, reply.json]).toEqual([422, stopped]);
});

test('each stop within a day of the last is twice as long', async () => {
  shop = await openShop();
  await pump(0);
  shop.clock.pass(HOUR);
  await shop.till.signIn();
  await pump(100);
  expect(await state()).toMatchObject({ until: START + 3 * HOUR });
});

test('a manager lifts it, and the same numbers do not cause it again', async () => {
  shop = await openShop();
  await pump(0);
  shop.clock.pass(1);
  const reply = await shop.till.call('DELETE', '/provider/stop');
  expect(reply.status).toBe(204);
  expect(await state()).toMatchObject({ state: 'ready' });
  expect(await pump(100)).toBe(20);
});

test('only an elevated manager lifts it; a test message to try the service is not stopped', async () => {
  shop = await openShop();
  await pump(0);
  const trial = { phone: '+79161234567', channel: 'sms' };
  expect((await shop.till.call('POST', '/provider/test-message', trial)).json.kind).toBe('sent');
  await shop.relay.restart();
  await shop.till.signIn();
  const reply = await shop.till.call('DELETE', '/provider/stop');
  expect([reply.status, reply.json]).toEqual([403, { kind: 'elevation-needed', level: 'pin' }]);
  expect(await state()).toMatchObject({ because: 'pumping' });
});
