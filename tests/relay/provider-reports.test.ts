// Reports of messages for a manager: costs, tests, and refusals with their reasons.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { health } from '$lib/contract/health';
import { costsReply, historyReply } from '$lib/contract/provider';
import { noteDelivery } from '../../relay/messaging/gateway/sendings';
import {
  ask,
  check,
  debtRequest,
  openShop,
  OTHER_PHONE,
  PHONE,
  START,
  smsruDraft,
  withCalls,
  type Shop,
} from '../support/challenges';
import { FakeTwilio } from '../support/fakes/twilio';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let shop: Shop;
beforeEach(async () => {
  shop = await openShop(withCalls);
});
afterEach(() => shop.stop());

/** START is 2026-09-21 13:33:20 UTC. */
const today = '2026-09-21';
const costs = async (query: string) => {
  const reply = await shop.till.call('GET', `/provider/costs?${query}`);
  return reply.status === 200 ? costsReply.parse(reply.json).rows : [reply.status, reply.json];
};
const history = async () =>
  historyReply.parse((await shop.till.call('GET', '/provider/history')).json);

describe('costs', () => {
  test('of the whole message stay when a report names one part; a refund counts', async () => {
    await ask(shop.till, debtRequest({ channel: 'call' }));
    const { db } = shop.relay.relay;
    const total = async () =>
      ((await costs(`from=${today}&to=${today}`)) as { cost: string | null }[])[0]?.cost;
    await noteDelivery(db, { id: 1 }, { state: 'delivered', cost: '0.1' });
    expect(await total()).toBe('0.4');
    await noteDelivery(db, { id: 1 }, { state: 'failed', cost: '0.00' });
    expect(Number(await total())).toBe(0);
  });

  test('are listed by day, service, channel and currency, with messages without a price', async () => {
    await ask(shop.till, debtRequest({ channel: 'call' }));
    await ask(shop.till, debtRequest({ channel: 'call' }));
    await ask(shop.till, debtRequest());
    expect(await costs(`from=${today}&to=${today}`)).toEqual([
      {
        day: today,
        provider: 'smsru',
        channel: 'call',
        currency: 'RUB',
        messages: 2,
        unpriced: 0,
        cost: '0.8',
      },
      {
        day: today,
        provider: 'smsru',
        channel: 'sms',
        currency: 'RUB',
        messages: 1,
        unpriced: 1,
        cost: null,
      },
    ]);
  });

  test('reported later, with the delivery, are included, even after the customer has answered', async () => {
    await shop.stop();
    shop = await openShop();
    const twilio = await FakeTwilio.start();
    try {
      await shop.till.call('PUT', '/provider', twilio.draft);
      const id = uuidv7();
      await ask(shop.till, debtRequest(), id);
      await shop.till.call('GET', `/challenges/${id}`);
      await check(shop.till, id, twilio.last().code);
      twilio.delivery.set(twilio.last().id, 'delivered');
      shop.clock.pass(10_000);
      await shop.till.call('GET', `/challenges/${id}`);
      expect(await costs(`from=${today}&to=${today}`)).toEqual([
        {
          day: today,
          provider: 'twilio',
          channel: 'sms',
          currency: 'USD',
          messages: 1,
          unpriced: 0,
          cost: '0.00750',
        },
      ]);
    } finally {
      await twilio.stop();
    }
  });

  test('are counted on the day in the shop’s time zone', async () => {
    shop.clock.pass(11 * HOUR); // 00:33 in London, 03:33 in Moscow, still the day before in New York
    await shop.till.signIn();
    await shop.till.elevate();
    await ask(shop.till, debtRequest({ channel: 'call' }));
    const day = async (zone: string) =>
      ((await costs(`from=2026-09-20&to=2026-09-23&zone=${zone}`)) as { day: string }[]).map(
        (row) => row.day,
      );
    expect(await day('America/New_York')).toEqual(['2026-09-21']);
    expect(await day('Europe/Moscow')).toEqual(['2026-09-22']);
    expect(await costs('from=2026-09-22&to=2026-09-22&zone=America/New_York')).toEqual([]);
    expect(await costs('from=2026-09-21&to=2026-09-21')).toEqual([]);
  });

  test('include tests, but not dry runs, refusals or the demo', async () => {
    const trial = { phone: OTHER_PHONE, channel: 'sms' };
    await shop.till.call('POST', '/provider/test-message', trial);
    await shop.till.call('POST', '/provider/test-message', { ...trial, dryRun: true });
    shop.smsru.next({ kind: 'code', code: 201, where: 'number' });
    await ask(shop.till, debtRequest());
    expect(await costs(`from=${today}&to=${today}`)).toMatchObject([{ messages: 1 }]);
  });

  test('are requested for whole days in order, in a known time zone', async () => {
    const malformed = (path: string) => [400, { kind: 'malformed', path }];
    expect(await costs('to=2026-09-21')).toEqual(malformed('from'));
    expect(await costs('from=2026-02-30&to=2026-09-21')).toEqual(malformed('from'));
    expect(await costs('from=2026-09-21&to=2026-09-20')).toEqual(malformed('to'));
    expect(await costs('from=2020-01-01&to=2026-09-20')).toEqual(malformed('to'));
    expect(await costs('from=2026-09-21&to=2026-09-21&zone=Mars')).toEqual(malformed('zone'));
  });

  test('survive a restart, and are for operators who may see reports', async () => {
    await ask(shop.till, debtRequest({ channel: 'call' }));
    await shop.relay.restart();
    await shop.till.signIn();
    expect(await costs(`from=${today}&to=${today}`)).toEqual([
      403,
      { kind: 'elevation-needed', level: 'phone' },
    ]);
    await shop.till.elevate();
    expect(await costs(`from=${today}&to=${today}`)).toMatchObject([{ messages: 1, cost: '0.4' }]);
  });
});

describe('the history', () => {
  test('has the newest test of each channel and all refusals, with the service’s own words', async () => {
    await shop.till.call('POST', '/provider/test-message', { phone: OTHER_PHONE, channel: 'call' });
    shop.clock.pass(1000);
    shop.smsru.next({ kind: 'code', code: 221, where: 'number' });
    await shop.till.call('POST', '/provider/test-message', { phone: OTHER_PHONE, channel: 'sms' });
    const { tests, refused } = await history();
    const failed = {
      at: START + 1000,
      provider: 'smsru',
      channel: 'sms',
      phoneMasked: '+7 916 ··· 45 67',
      dryRun: false,
      because: 'sender-not-approved',
      providerCode: '221',
      providerText: 'ошибка',
    };
    expect(refused).toEqual([failed]);
    expect(tests).toEqual([
      failed,
      {
        ...failed,
        at: START,
        channel: 'call',
        because: null,
        providerCode: null,
        providerText: null,
      },
    ]);
  });

  test('contains no code, token or number, even if the service’s words repeat them', async () => {
    await shop.stop();
    shop = await openShop();
    const twilio = await FakeTwilio.start();
    try {
      await shop.till.call('PUT', '/provider', twilio.draft);
      twilio.next({ kind: 'code', code: 21_211 });
      await ask(shop.till, debtRequest());
      const reply = await shop.till.call('GET', '/provider/history');
      expect(historyReply.parse(reply.json).refused).toMatchObject([
        { because: 'bad-phone', providerCode: '21211', providerText: 'no way to +···' },
      ]);
      const text = JSON.stringify(reply.json);
      expect(text).not.toContain(PHONE.slice(1));
      expect(text).not.toContain(twilio.authToken);
    } finally {
      await twilio.stop();
    }
  });

  test('is limited: a hundred refusals, a week', async () => {
    const { db } = shop.relay.relay;
    shop.smsru.next({ kind: 'code', code: 201, where: 'number' });
    await ask(shop.till, debtRequest());
    const copy = `INSERT INTO sendings (shop, at, purpose, provider, channel, phone_masked, dry_run, because)
      SELECT shop, at, purpose, provider, channel, phone_masked, dry_run, because FROM sendings LIMIT 1`;
    await Promise.all(Array.from({ length: 150 }, () => db.run(copy)));
    expect((await history()).refused).toHaveLength(100);
    shop.clock.pass(7 * DAY);
    await shop.till.signIn();
    await shop.till.elevate();
    expect((await history()).refused).toEqual([]);
  });

  test('is for an elevated manager', async () => {
    await shop.relay.restart();
    await shop.till.signIn();
    const reply = await shop.till.call('GET', '/provider/history');
    expect([reply.status, reply.json]).toEqual([403, { kind: 'elevation-needed', level: 'phone' }]);
  });
});

describe('a low balance', () => {
  const provider = async () => health.parse((await shop.till.call('GET', '/health')).json).provider;
  const save = (lowBalance: string | null) =>
    shop.till.call('PUT', '/provider', { ...smsruDraft(shop.smsru), lowBalance });

  test("is one below the manager's limit, to the last digit", async () => {
    for (const [limit, low] of [
      ['4122.56', false],
      ['4122.560000001', true],
      ['5000', true],
      ['0', false],
      [null, false],
    ] as const) {
      expect((await save(limit)).json).toMatchObject({ kind: 'provider', lowBalance: limit });
      expect(await provider()).toMatchObject({ state: 'ready', low });
    }
  });

  test('is noticed when a message has used it up, and survives a restart', async () => {
    await save('4000');
    expect(await provider()).toMatchObject({ low: false });
    shop.smsru.balance = '3999.99';
    await ask(shop.till, debtRequest());
    expect(await provider()).toMatchObject({ low: true, balance: { amount: '3999.99' } });
    await shop.relay.restart();
    await shop.till.signIn();
    expect(await provider()).toMatchObject({ low: true });
  });

  test('with a limit that is not a number is refused', async () => {
    for (const wrong of ['many', '1,5', '1e3', ''])
      expect((await save(wrong)).json).toEqual({ kind: 'malformed', path: 'lowBalance' });
  });
});
