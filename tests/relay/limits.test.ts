// Limits of messages, and so of money: rolling windows that survive a restart.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, describe, expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import { ask, debtRequest, openShop, START, type Shop } from '../support/challenges';

const HOUR = 3_600_000;
let shop: Shop;
afterEach(() => shop.stop());

const withLimits =
  (limits: Partial<Policy['limits']>) =>
  (policy: Policy): Policy => ({ ...policy, limits: { ...policy.limits, ...limits } });
const toPhone = (n: number) =>
  debtRequest({ customer: { id: uuidv7(), phone: `+7925${String(n).padStart(7, '0')}` } });

describe('per phone', () => {
  test('ten an hour: the eleventh waits until the first is an hour old', async () => {
    shop = await openShop();
    for (let n = 0; n < 10; n += 1) {
      expect((await ask(shop.till, debtRequest())).status).toBe(201);
      shop.clock.pass(1000);
    }
    const reply = await ask(shop.till, debtRequest());
    const retryAt = START + HOUR;
    expect([reply.status, reply.json]).toEqual([429, { kind: 'limited', scope: 'phone', retryAt }]);
    expect((await ask(shop.till, toPhone(1))).status).toBe(201);
    shop.clock.pass(retryAt - shop.clock.now());
    await shop.till.signIn();
    expect((await ask(shop.till, debtRequest())).status).toBe(201);
    expect((await ask(shop.till, debtRequest())).json.kind).toBe('limited');
  });

  test('a number of messages a day, though every hour had room', async () => {
    shop = await openShop(withLimits({ perPhoneHour: 2, perPhoneDay: 3 }));
    for (let n = 0; n < 3; n += 1) {
      expect((await ask(shop.till, debtRequest())).status).toBe(201);
      shop.clock.pass(HOUR);
      await shop.till.signIn();
    }
    expect((await ask(shop.till, debtRequest())).json).toEqual({
      kind: 'limited',
      scope: 'phone',
      retryAt: START + 24 * HOUR,
    });
  });

  test('a resend counts as a message', async () => {
    shop = await openShop(withLimits({ perPhoneHour: 2 }));
    const id = uuidv7();
    await ask(shop.till, debtRequest(), id);
    shop.clock.pass(30_000);
    await shop.till.call('POST', `/challenges/${id}/sends`, {});
    shop.clock.pass(30_000);
    const third = await shop.till.call('POST', `/challenges/${id}/sends`, {});
    expect([third.status, third.json.kind]).toEqual([429, 'limited']);
    expect(shop.smsru.sends).toHaveLength(2);
  });
});

test('per till and per shop, for any numbers; the counts survive a restart', async () => {
  shop = await openShop(withLimits({ perTillHour: 3, perShopDay: 4 }));
  for (let n = 0; n < 3; n += 1) await ask(shop.till, toPhone(n));
  expect((await ask(shop.till, toPhone(3))).json).toMatchObject({ kind: 'limited', scope: 'till' });
  await shop.relay.restart();
  await shop.till.signIn();
  expect((await ask(shop.till, toPhone(4))).json).toMatchObject({ kind: 'limited', scope: 'till' });
  shop.clock.pass(HOUR);
  await shop.till.signIn();
  expect((await ask(shop.till, toPhone(5))).status).toBe(201);
  expect((await ask(shop.till, toPhone(6))).json).toMatchObject({ kind: 'limited', scope: 'shop' });
  expect(shop.smsru.sends).toHaveLength(4);
});

test('test messages count like all others', async () => {
  shop = await openShop(withLimits({ perPhoneHour: 1 }));
  await ask(shop.till, debtRequest());
  const test = { phone: '+79255070602', channel: 'sms' };
  const reply = await shop.till.call('POST', '/provider/test-message', test);
  expect([reply.status, reply.json.kind]).toEqual([429, 'limited']);
});

test('only numbers with an allowed prefix get messages', async () => {
  shop = await openShop((policy) => ({ ...policy, allowedPrefixes: ['+79', '+374'] }));
  const abroad = debtRequest({ customer: { id: uuidv7(), phone: '+12025550123' } });
  const reply = await ask(shop.till, abroad);
  expect([reply.status, reply.json]).toEqual([
    422,
    { kind: 'refused', because: 'country-not-allowed' },
  ]);
  expect((await ask(shop.till, debtRequest())).status).toBe(201);
  expect(shop.smsru.sends).toHaveLength(1);
});
