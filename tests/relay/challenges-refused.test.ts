// Messages that are not sent: each failure has its name, and a repeated request doubles nothing.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { challengeById } from '../../relay/store/challenges';
import { ask, check, debtRequest, openShop, withCalls, type Shop } from '../support/challenges';
import type { Behaviour } from '../support/fake-smsru';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop(withCalls);
});
afterEach(() => shop.stop());

const counted = (): number =>
  (shop.relay.file.prepare('SELECT COUNT(*) AS n FROM messages').get() as { n: number }).n;

describe('the service refuses', () => {
  test.each([
    [200, 'auth'],
    [201, 'no-money'],
    [202, 'bad-phone'],
    [204, 'sender-not-approved'],
    [207, 'unreachable'],
    [216, 'text-forbidden'],
    [230, 'rate-limit-recipient'],
    [231, 'duplicate'],
    [302, 'account-not-ready'],
    [505, 'fraud-guard'],
    [550, 'region-forbidden'],
    [777, 'unknown'],
  ])('code %i means %s, anywhere in the reply', async (code, because) => {
    await shop.stop();
    shop = await openShop();
    for (const where of ['number', 'top'] as const) {
      shop.smsru.next({ kind: 'code', code, where });
      const reply = await ask(shop.till, debtRequest());
      expect([reply.status, reply.json]).toEqual([422, { kind: 'refused', because }]);
    }
  });

  test('a refused request can be repeated under its id, and is then sent', async () => {
    const id = uuidv7();
    const request = debtRequest();
    shop.smsru.next({ kind: 'code', code: 201, where: 'number' });
    expect((await ask(shop.till, request, id)).json.kind).toBe('refused');
    const looked = await shop.till.call('GET', `/challenges/${id}`);
    expect([looked.status, looked.json]).toEqual([404, { kind: 'unknown-challenge' }]);
    const again = await ask(shop.till, request, id);
    expect([again.status, again.json.kind]).toEqual([201, 'awaiting-code']);
    expect((await check(shop.till, id, shop.smsru.codes.at(-1) ?? '')).json.kind).toBe('verified');
  });

  test('after a refusal many equal parallel requests send one message', async () => {
    const id = uuidv7();
    const request = debtRequest();
    shop.smsru.next({ kind: 'code', code: 201, where: 'number' }, { kind: 'held' });
    await ask(shop.till, request, id);
    const all = Promise.all([1, 2, 3, 4].map(() => ask(shop.till, request, id)));
    await expect.poll(() => shop.smsru.sends.length).toBe(2);
    shop.smsru.release();
    expect((await all).map(({ json }) => json.kind)).toEqual(Array(4).fill('awaiting-code'));
    expect(shop.smsru.sends).toHaveLength(2);
  });

  test('a refusal counts as a message, so that refusals are not free', async () => {
    shop.smsru.next({ kind: 'code', code: 201, where: 'number' });
    await ask(shop.till, debtRequest());
    expect(counted()).toBe(1);
  });
});

describe('the service is silent or garbled', () => {
  const silent: readonly Behaviour[] = [{ kind: 'half-close' }, { kind: 'half-answer' }];
  test.each(silent)(
    'no reply ($kind) to a message with our code: it may have arrived, so the challenge stays open and is not resent by itself',
    async (behaviour) => {
      const id = uuidv7();
      const request = debtRequest();
      shop.smsru.next(behaviour);
      const reply = await ask(shop.till, request, id);
      expect(reply.status).toBe(201);
      expect(reply.json).toMatchObject({ kind: 'awaiting-code', delivery: 'unknown' });
      expect((await ask(shop.till, request, id)).json).toEqual(reply.json);
      expect(shop.smsru.sends).toHaveLength(1);
      const code = shop.smsru.codes[0] ?? '';
      expect((await check(shop.till, id, code)).json.kind).toBe('verified');
    },
  );

  test('no reply to a call: its code is unknown', async () => {
    const id = uuidv7();
    const request = debtRequest({ channel: 'call' });
    shop.smsru.next({ kind: 'half-close' });
    const refused = { kind: 'refused', because: 'timeout-unknown' };
    expect((await ask(shop.till, request, id)).json).toEqual(refused);
    expect((await ask(shop.till, request, id)).json).toEqual(refused);
    expect(shop.smsru.sends).toHaveLength(1);
  });

  test.each([
    { kind: 'garbage' },
    { kind: 'ten-megabytes' },
    { kind: 'redirect', to: 'http://127.0.0.1:9/' },
    { kind: 'status', status: 200, text: '<html>' },
    { kind: 'status', status: 200, text: '{"status":"OK","sms":[]}' },
  ] as const satisfies readonly Behaviour[])(
    'an unreadable reply ($kind) is bad-reply, and is not tried again',
    async (behaviour) => {
      const id = uuidv7();
      const request = debtRequest();
      shop.smsru.next(behaviour);
      const refused = { kind: 'refused', because: 'bad-reply' };
      expect((await ask(shop.till, request, id)).json).toEqual(refused);
      expect((await ask(shop.till, request, id)).json).toEqual(refused);
      expect(shop.smsru.sends).toHaveLength(1);
    },
  );

  test('a server error is temporary', async () => {
    shop.smsru.next({ kind: 'status', status: 502, text: '<html>' });
    const reply = await ask(shop.till, debtRequest());
    expect(reply.json).toEqual({ kind: 'refused', because: 'temporary' });
  });

  test('a call with an unreadable code opens no challenge', async () => {
    shop.smsru.callCode = 'abcd';
    const reply = await ask(shop.till, debtRequest({ channel: 'call' }));
    expect(reply.json).toEqual({ kind: 'refused', because: 'bad-reply' });
  });

  test('an unreachable service is reported, costs no message, and the same request can be repeated', async () => {
    const id = uuidv7();
    const request = debtRequest();
    await shop.smsru.stop();
    const reply = await ask(shop.till, request, id);
    expect([reply.status, reply.json]).toEqual([503, { kind: 'provider-unreachable' }]);
    expect(counted()).toBe(0);
    const health = await shop.till.call('GET', '/health');
    expect(health.json.provider).toMatchObject({ state: 'unreachable' });
    expect((await ask(shop.till, request, id)).json).toEqual({ kind: 'provider-unreachable' });
  });
});

describe('the relay stops in the middle', () => {
  /** The row as a killed relay leaves it: message on its way, no reply yet. */
  const interrupt = async (id: string, channel: 'sms' | 'call'): Promise<string> => {
    await ask(shop.till, debtRequest({ channel }), id);
    const code = channel === 'sms' ? (shop.smsru.codes.at(-1) ?? '') : '1435';
    const { db } = shop.relay.relay;
    await db.run("UPDATE challenges SET state = 'sending' WHERE id = ?", id);
    await db.run("UPDATE sendings SET delivery = 'unknown', message = NULL");
    if (channel === 'call') {
      await db.run('DELETE FROM challenge_codes WHERE challenge = ?', id);
      await db.run('UPDATE sendings SET code_length = NULL');
    }
    await shop.relay.restart();
    await shop.till.signIn();
    return code;
  };

  test('a message with our code may have been sent: the challenge stays open', async () => {
    const id = uuidv7();
    const code = await interrupt(id, 'sms');
    const looked = await shop.till.call('GET', `/challenges/${id}`);
    expect(looked.json).toMatchObject({ kind: 'awaiting-code', delivery: 'unknown' });
    expect((await check(shop.till, id, code)).json.kind).toBe('verified');
  });

  test('the code of a call is lost: nothing opens it', async () => {
    const id = uuidv7();
    const code = await interrupt(id, 'call');
    expect((await check(shop.till, id, code)).json).toEqual({ kind: 'unknown-challenge' });
    expect((await challengeById(shop.relay.relay.db, id))?.refusal).toBe('timeout-unknown');
  });

  test('a refused message and an interrupted call after it: the code is unknown, so the challenge is over', async () => {
    const id = uuidv7();
    shop.smsru.next({ kind: 'code', code: 204, where: 'number' }, { kind: 'held' });
    const asked = ask(shop.till, debtRequest(), id).catch(() => null);
    await expect.poll(() => shop.smsru.sends.length).toBe(2);
    await shop.relay.restart();
    await asked;
    await shop.till.signIn();
    const looked = await shop.till.call('GET', `/challenges/${id}`);
    expect([looked.status, looked.json]).toEqual([404, { kind: 'unknown-challenge' }]);
    expect((await challengeById(shop.relay.relay.db, id))?.refusal).toBe('timeout-unknown');
  });

  test('a challenge cancelled while its message was being sent stays cancelled', async () => {
    const id = uuidv7();
    shop.smsru.next({ kind: 'held' });
    const asked = ask(shop.till, debtRequest(), id);
    await expect.poll(() => shop.smsru.sends.length).toBe(1);
    await shop.till.call('DELETE', `/challenges/${id}`);
    shop.smsru.release();
    const reply = await asked;
    expect([reply.status, reply.json]).toEqual([410, { kind: 'spent', because: 'cancelled' }]);
    const late = await check(shop.till, id, shop.smsru.codes[0] ?? '');
    expect(late.json).toEqual({ kind: 'spent', because: 'cancelled' });
  });
});

test('a resend after a restart carries the same code', async () => {
  const id = uuidv7();
  await ask(shop.till, debtRequest(), id);
  await shop.relay.restart();
  await shop.till.signIn();
  shop.clock.pass(30_000);
  await shop.till.call('POST', `/challenges/${id}/sends`, {});
  const [first, second] = shop.smsru.codes;
  expect(second).toBe(first);
  expect((await check(shop.till, id, first ?? '')).json.kind).toBe('verified');
});
