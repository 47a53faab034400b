// The manager's chain: what does not arrive over one channel is tried over the next, once, over restarts too.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import { ask, check, debtRequest, openShop, PHONE, START, withCalls } from '../support/challenges';
import { FakeTwilio } from '../support/fakes/twilio';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

const AFTER = 40_000;
/** Before what never left is tried again. */
const AGAIN = 20_000;

const chained =
  (parts: Partial<Policy['challenge']> = {}, limits: Partial<Policy['limits']> = {}) =>
  (policy: Policy): Policy => ({
    ...policy,
    challenge: { ...policy.challenge, ...parts },
    limits: { ...policy.limits, ...limits },
    methods: {
      ...policy.methods,
      'sell-on-account': { chain: ['sms', 'whatsapp'], threshold: 0, nextAfterMs: AFTER },
    },
  });

describe('over channels of our own code', () => {
  let twilio: FakeTwilio;
  let relay: RunningRelay;
  let till: TillClient;
  let clock: ReturnType<typeof makeClock>;
  /** The recipient has said STOP. */
  const blocked = { kind: 'code', code: 21_610 } as const;
  const id = uuidv7();
  const look = async () => (await till.call('GET', `/challenges/${id}`)).json;
  const channels = (): readonly string[] => twilio.told.map(({ channel }) => channel);

  async function open(
    change = chained(),
    overrides: { readonly roundMs?: number } = {},
  ): Promise<void> {
    relay = await startRelay({ now: clock.now, overrides });
    till = await TillClient.ready(relay.url, clock.now, change);
    await till.elevate();
    const saved = await till.call('PUT', '/provider', twilio.draft);
    expect(saved.json.kind).toBe('provider');
  }

  beforeEach(async () => {
    clock = makeClock(START);
    twilio = await FakeTwilio.start();
  });
  afterEach(async () => {
    await relay.stop();
    await twilio.stop();
  });

  test('the next is tried once the time has passed without delivery, with the same code', async () => {
    await open();
    const asked = await ask(till, debtRequest(), id);
    expect(asked.json).toMatchObject({
      channel: 'sms',
      earlier: [],
      next: { channel: 'whatsapp', at: START + AFTER },
    });
    clock.pass(AFTER - 1);
    expect(await look()).toMatchObject({ channel: 'sms' });
    clock.pass(1);
    expect(await look()).toMatchObject({
      channel: 'whatsapp',
      sentAt: START + AFTER,
      sendsLeft: 1,
      earlier: [{ channel: 'sms', codeLength: 6, sentAt: START, delivery: 'sent' }],
      next: null,
    });
    const [sms, whatsapp] = twilio.told;
    expect(whatsapp?.code).toBe(sms?.code);
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'whatsapp', sendsLeft: 1 });
    expect(channels()).toEqual(['sms', 'whatsapp']);
    // the late SMS is read out after all
    expect((await check(till, id, sms?.code ?? '')).json.kind).toBe('verified');
  });

  test('a delivered message is waited for', async () => {
    await open();
    await ask(till, debtRequest(), id);
    twilio.delivery.set(twilio.last().id, 'delivered');
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'sms', delivery: 'delivered', next: null });
    clock.pass(AFTER);
    await look();
    expect(channels()).toEqual(['sms']);
  });

  test('an answer overtaken by a newer one takes no delivery back and buys nothing', async () => {
    await open();
    await ask(till, debtRequest(), id);
    twilio.holdQuestions = true;
    const overtaken = look();
    await expect.poll(() => twilio.held).toBe(1);
    twilio.holdQuestions = false;
    twilio.delivery.set(twilio.last().id, 'delivered');
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ delivery: 'delivered' });
    twilio.release();
    expect(await overtaken).toMatchObject({ channel: 'sms', delivery: 'delivered', next: null });
    expect(channels()).toEqual(['sms']);
  });

  test('what has failed is not waited for', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(3000);
    twilio.delivery.set(twilio.last().id, 'undelivered');
    expect(await look()).toMatchObject({
      channel: 'whatsapp',
      earlier: [{ channel: 'sms', codeLength: 6, sentAt: START, delivery: 'failed' }],
    });
  });

  test('a channel the service refuses at once is gone past in the same breath', async () => {
    await open();
    twilio.next(blocked);
    const asked = await ask(till, debtRequest(), id);
    expect([asked.status, asked.json]).toMatchObject([201, { channel: 'whatsapp', sendsLeft: 2 }]);
    expect((await check(till, id, twilio.last().code)).json.kind).toBe('verified');
  });

  test('where every channel is refused, so is the request', async () => {
    await open();
    twilio.next(blocked, blocked);
    const asked = await ask(till, debtRequest(), id);
    expect([asked.status, asked.json]).toEqual([
      422,
      { kind: 'refused', because: 'recipient-blocked' },
    ]);
  });

  test('a message that never left, because the service was out of reach, is tried again after a pause', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(AFTER);
    await twilio.goDark();
    const again = { channel: 'whatsapp', at: START + AFTER + AGAIN };
    await expect
      .poll(look, { timeout: 4000 })
      .toMatchObject({ channel: 'sms', sendsLeft: 2, next: again });
    await twilio.comeBack();
    clock.pass(AGAIN - 1);
    expect(await look()).toMatchObject({ channel: 'sms', next: again });
    clock.pass(1);
    expect(await look()).toMatchObject({ channel: 'whatsapp', sendsLeft: 1, next: null });
    expect(channels()).toEqual(['sms', 'whatsapp']);
  });

  test('so is one the cashier asked for', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(30_000);
    await twilio.goDark();
    const sent = await till.call('POST', `/challenges/${id}/sends`, { channel: 'whatsapp' });
    expect(sent.json).toEqual({ kind: 'provider-unreachable' });
    await twilio.comeBack();
    clock.pass(AGAIN);
    expect(await look()).toMatchObject({ channel: 'whatsapp', sendsLeft: 1, next: null });
  });

  test.for([
    ['a code nobody knows', 99_999],
    ['the wrong key', 20_003],
    ['its fraud guard', 60_410],
    ['a wrong number', 21_211],
  ] as const)(
    'refused for %s, the chain does not go on by itself; the cashier may',
    async ([, code]) => {
      await open();
      await ask(till, debtRequest(), id);
      clock.pass(30_000);
      twilio.next({ kind: 'code', code });
      await till.call('POST', `/challenges/${id}/sends`, { channel: 'sms' });
      clock.pass(AFTER);
      expect(await look()).toMatchObject({ channel: 'sms', next: null });
      expect(twilio.sends).toHaveLength(2);
      const sent = await till.call('POST', `/challenges/${id}/sends`, { channel: 'whatsapp' });
      expect(sent.json).toMatchObject({ kind: 'awaiting-code', channel: 'whatsapp' });
    },
  );

  test('where the service asks to wait, the chain waits for it', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(30_000);
    twilio.next({ kind: 'code', code: 20_429 });
    await till.call('POST', `/challenges/${id}/sends`, { channel: 'sms' });
    clock.pass(AFTER - 30_000);
    const next = { channel: 'whatsapp', at: START + 90_000 };
    expect(await look()).toMatchObject({ channel: 'sms', next });
    expect(twilio.sends).toHaveLength(2);
    clock.pass(50_000);
    expect(await look()).toMatchObject({ channel: 'whatsapp', next: null });
  });

  test('no limit is broken for it: sends of a challenge', async () => {
    await open(chained({ sends: 1 }));
    const asked = await ask(till, debtRequest(), id);
    expect(asked.json).toMatchObject({ sendsLeft: 0, next: null });
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'sms' });
    expect(channels()).toEqual(['sms']);
  });

  test('no limit is broken for it: messages to a number', async () => {
    await open(chained({}, { perPhoneHour: 1 }));
    await ask(till, debtRequest(), id);
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'sms', sendsLeft: 2 });
    expect(channels()).toEqual(['sms']);
  });

  test('no limit is broken for it: a beginning that is no longer allowed', async () => {
    await open();
    await ask(till, debtRequest(), id);
    const policy = await till.policy();
    const reply = await till.putPolicy(policy.version, { ...policy, allowedPrefixes: ['+374'] });
    expect(reply.json.kind).toBe('policy');
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'sms' });
    expect(channels()).toEqual(['sms']);
  });

  test('a channel the cashier has tried by hand is not tried again by itself', async () => {
    await open();
    await ask(till, debtRequest({ channel: 'whatsapp' }), id);
    clock.pass(30_000);
    await till.call('POST', `/challenges/${id}/sends`, { channel: 'sms' });
    expect(await look()).toMatchObject({ channel: 'sms', sendsLeft: 1, next: null });
    clock.pass(AFTER);
    await look();
    expect(channels()).toEqual(['whatsapp', 'sms']);
  });

  test('many who look at once buy one message', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(AFTER);
    twilio.next({ kind: 'held' });
    const looks = Promise.all(Array.from({ length: 10 }, look));
    await expect.poll(() => twilio.told.length).toBe(2);
    twilio.release();
    await looks;
    expect(channels()).toEqual(['sms', 'whatsapp']);
  });

  test('two resends at once buy one message', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(30_000);
    const send = () => till.call('POST', `/challenges/${id}/sends`, {});
    const replies = await Promise.all([send(), send(), send()]);
    expect(replies.map(({ json }) => json.kind).sort()).toEqual([
      'awaiting-code',
      'too-early',
      'too-early',
    ]);
    expect(channels()).toEqual(['sms', 'sms']);
  });

  test('the relay sees to it by itself, though no till looks', async () => {
    await open(chained(), { roundMs: 20 });
    await ask(till, debtRequest(), id);
    clock.pass(AFTER);
    await expect.poll(channels).toEqual(['sms', 'whatsapp']);
  });

  test('a restart in the middle neither forgets the next channel nor doubles one', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(AFTER / 2);
    await relay.restart();
    await till.signIn();
    expect(await look()).toMatchObject({ next: { channel: 'whatsapp', at: START + AFTER } });
    clock.pass(AFTER / 2);
    await look();
    expect(channels()).toEqual(['sms', 'whatsapp']);
    await relay.restart();
    await till.signIn();
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'whatsapp', sendsLeft: 1, next: null });
    expect(channels()).toEqual(['sms', 'whatsapp']);
    expect((await check(till, id, twilio.last().code)).json.kind).toBe('verified');
  });

  test('stopped while the next message was leaving, the relay does not send it a second time', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(AFTER);
    twilio.next({ kind: 'held' });
    const looked = look();
    await expect.poll(() => twilio.told.length).toBe(2);
    await relay.restart();
    await looked.catch(() => null);
    twilio.release();
    await till.signIn();
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'whatsapp', delivery: 'unknown', next: null });
    expect(channels()).toEqual(['sms', 'whatsapp']);
    expect((await check(till, id, twilio.last().code)).json.kind).toBe('verified');
  });

  test('nothing is tried for a customer who has answered, nor in the last half minute', async () => {
    await open(chained({ lifetimeMs: 60_000 }));
    const asked = await ask(till, debtRequest(), id);
    expect(asked.json).toMatchObject({ next: null });
    clock.pass(AFTER);
    await look();
    expect(channels()).toEqual(['sms']);
    await check(till, id, twilio.last().code);
    await look();
    expect(channels()).toEqual(['sms']);
  });
});

test('going over to a call leaves three checks, its four digits and the late message open the same challenge', async () => {
  const shop = await openShop(withCalls);
  try {
    const id = uuidv7();
    const customer = { id: uuidv7(), phone: PHONE };
    await ask(shop.till, debtRequest({ customer }), id);
    shop.smsru.delivery.set(shop.smsru.lastId, 104);
    shop.clock.pass(2000);
    const looked = await shop.till.call('GET', `/challenges/${id}`);
    expect(looked.json).toMatchObject({
      channel: 'call',
      codeLength: 4,
      checksLeft: 3,
      earlier: [{ channel: 'sms', codeLength: 6, delivery: 'expired' }],
    });
    const sms = shop.smsru.codes[0] ?? '';
    expect((await check(shop.till, id, sms)).json.kind).toBe('verified');
  } finally {
    await shop.stop();
  }
});
