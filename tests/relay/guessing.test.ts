// Wrong codes typed at one till: after twenty in a day it gets no more codes.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, check, debtRequest, openShop, otherThan, type Shop } from '../support/challenges';
import { TillClient } from '../support/till-client';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let shop: Shop;
beforeEach(async () => {
  shop = await openShop((policy) => ({
    ...policy,
    limits: { perPhoneHour: 1000, perPhoneDay: 1000, perTillHour: 1000, perShopDay: 10_000 },
  }));
});
afterEach(() => shop.stop());

const debtOf = (n: number) =>
  debtRequest({ customer: { id: uuidv7(), phone: `+7925${1_000_000 + n * 7919}` } });
const code = (): string => shop.smsru.messages.at(-1)?.code ?? '';

/** Types this many wrong codes at a fresh challenge; returns how many were compared. */
async function typeWrong(till: TillClient, n: number, times = 5): Promise<number> {
  const id = uuidv7();
  expect((await ask(till, debtOf(n), id)).json.kind).toBe('awaiting-code');
  const wrong = otherThan(code());
  for (let i = 0; i < times; i += 1)
    if ((await check(till, id, wrong)).json.kind !== 'wrong-code') return i;
  return times;
}
const stopped = async (): Promise<unknown> =>
  (await shop.till.call('GET', '/health')).json['stopped'];

async function anotherTill(): Promise<TillClient> {
  await shop.till.elevate();
  const offer = await shop.till.call('POST', '/tills/enrolments');
  const till = await TillClient.make(shop.relay.url, shop.clock.now);
  await till.enrol(offer.json.token as string, {}, { name: 'Касса 2' });
  await till.signIn();
  return till;
}

test('a till gets no codes after twenty wrong ones, and other tills do', async () => {
  const other = await anotherTill();
  for (let n = 0; n < 3; n += 1) expect(await typeWrong(shop.till, n)).toBe(5);
  expect(await typeWrong(shop.till, 3, 4)).toBe(4);
  const id = uuidv7();
  await ask(shop.till, debtOf(4), id);
  const right = code();
  expect((await check(shop.till, id, otherThan(right))).json.kind).toBe('wrong-code');
  // the twentieth is used: what is open compares nothing more, not even the right code
  expect((await check(shop.till, id, right)).json).toEqual({
    kind: 'spent',
    because: 'too-many-checks',
  });
  const sends = shop.smsru.sends.length;
  const refused = await ask(shop.till, debtOf(5));
  expect([refused.status, refused.json]).toEqual([409, { kind: 'codes-stopped' }]);
  expect(shop.smsru.sends).toHaveLength(sends);
  expect(await typeWrong(other, 6, 1)).toBe(1);
});

test('an open challenge of a stopped till is not sent again', async () => {
  const open = uuidv7();
  await ask(shop.till, debtOf(9), open);
  for (let n = 0; n < 4; n += 1) await typeWrong(shop.till, n);
  shop.clock.pass(60_000);
  const again = await shop.till.call('POST', `/challenges/${open}/sends`, {});
  expect(again.json).toEqual({ kind: 'no-sends-left' });
});

test('the stop ends a day after the oldest of them, or when an owner lifts it', async () => {
  const since = shop.clock.now();
  await typeWrong(shop.till, 0, 1);
  shop.clock.pass(HOUR);
  await shop.till.signIn();
  for (let n = 1; n < 4; n += 1) await typeWrong(shop.till, n);
  await typeWrong(shop.till, 4, 4);
  await shop.till.elevate();
  expect(await stopped()).toMatchObject([
    { till: shop.till.id, because: 'wrong-codes', until: since + DAY },
  ]);
  const lifted = await shop.till.call('DELETE', `/provider/stops/${shop.till.id}`);
  expect(lifted.status).toBe(204);
  expect(await stopped()).toEqual([]);
  for (let n = 5; n < 9; n += 1) await typeWrong(shop.till, n);
  expect((await ask(shop.till, debtOf(20))).json.kind).toBe('codes-stopped');
  shop.clock.pass(DAY);
  await shop.till.signIn();
  expect(await typeWrong(shop.till, 21, 1)).toBe(1);
});
