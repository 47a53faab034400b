// The manager's chain: if a message does not arrive, the next channel is tried, once, over restarts.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import {
  ask,
  check,
  debtRequest,
  openShop,
  PHONE,
  START,
  withCalls,
  adoptService,
} from '../support/challenges';
import { FakeTwilio } from '../support/fakes/twilio';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

const AFTER = 40_000;
/** The pause before a message that was not sent is tried again. */
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

describe('for channels with our own code', () => {
  let twilio: FakeTwilio;
  let relay: RunningRelay;
  let till: TillClient;
  let clock: ReturnType<typeof makeClock>;
  /** The recipient has replied STOP. */
  const blocked = { kind: 'code', code: 21_610 } as const;
  const id = uuidv7();
  const look = async () => (await till.call('GET', `/challenges/${id}`)).json;
  const channels = (): readonly string[] => twilio.messages.map(({ channel }) => channel);

  async function open(
    change = chained(),
    overrides: { readonly roundMs?: number } = {},
  ): Promise<void> {
    relay = await startRelay({ now: clock.now, overrides });
    till = await TillClient.ready(relay.url, clock.now, change);
    await till.elevate();
    await adoptService(relay, till, twilio.draft);
  }

  beforeEach(async () => {
    clock = makeClock(START);
    twilio = await FakeTwilio.start();
  });
  afterEach(async () => {
    await relay.stop();
    await twilio.stop();
  });

  test('the next channel is tried when the time has passed without delivery, with the same code', async () => {
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
    const [sms, whatsapp] = twilio.messages;
    expect(whatsapp?.code).toBe(sms?.code);
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'whatsapp', sendsLeft: 1 });
    expect(channels()).toEqual(['sms', 'whatsapp']);
    // the late SMS is read out after all
    expect((await check(till, id, sms?.code ?? '')).json.kind).toBe('verified');
  });

  test('after a delivery no other channel is tried', async () => {
    await open();
    await ask(till, debtRequest(), id);
    twilio.delivery.set(twilio.last().id, 'delivered');
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'sms', delivery: 'delivered', next: null });
    clock.pass(AFTER);
    await look();
    expect(channels()).toEqual(['sms']);
  });

  test('a delayed reply about the delivery does not revert a newer one and sends nothing', async () => {
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

  test('after a failure the next channel is tried at once', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(3000);
    twilio.delivery.set(twilio.last().id, 'undelivered');
    expect(await look()).toMatchObject({
      channel: 'whatsapp',
      earlier: [{ channel: 'sms', codeLength: 6, sentAt: START, delivery: 'failed' }],
    });
  });

  test('if the service refuses a channel at once, the next is tried within the same request', async () => {
    await open();
    twilio.next(blocked);
    const asked = await ask(till, debtRequest(), id);
    expect([asked.status, asked.json]).toMatchObject([201, { channel: 'whatsapp', sendsLeft: 2 }]);
    expect((await check(till, id, twilio.last().code)).json.kind).toBe('verified');
  });

  test('if every channel is refused, so is the request', async () => {
    await open();
    twilio.next(blocked, blocked);
    const asked = await ask(till, debtRequest(), id);
    expect([asked.status, asked.json]).toEqual([
      422,
      { kind: 'refused', because: 'recipient-blocked' },
    ]);
  });

  test('a message not sent because the service was unreachable is tried again after a pause', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(AFTER);
    await twilio.goDark();
    const again = { channel: 'whatsapp', at: START + AFTER + AGAIN };
    await expect.poll(look).toMatchObject({ channel: 'sms', sendsLeft: 2, next: again });
    await twilio.comeBack();
    clock.pass(AGAIN - 1);
    expect(await look()).toMatchObject({ channel: 'sms', next: again });
    clock.pass(1);
    expect(await look()).toMatchObject({ channel: 'whatsapp', sendsLeft: 1, next: null });
    expect(channels()).toEqual(['sms', 'whatsapp']);
  });

  test('so is a resend by the cashier', async () => {
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
    'refused for %s, the chain does not continue by itself; the cashier may',
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

  test('if the service asks to wait, the chain waits', async () => {
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

  test('it breaks no limit: sends of a challenge', async () => {
    await open(chained({ sends: 1 }));
    const asked = await ask(till, debtRequest(), id);
    expect(asked.json).toMatchObject({ sendsLeft: 0, next: null });
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'sms' });
    expect(channels()).toEqual(['sms']);
  });

  test('it breaks no limit: messages to a number', async () => {
    await open(chained({}, { perPhoneHour: 1 }));
    await ask(till, debtRequest(), id);
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'sms', sendsLeft: 2 });
    expect(channels()).toEqual(['sms']);
  });

  test('it breaks no limit: a prefix that is no longer allowed', async () => {
    await open();
    await ask(till, debtRequest(), id);
    const policy = await till.policy();
    const reply = await till.putPolicy(policy.version, { ...policy, allowedPrefixes: ['+374'] });
    expect(reply.json.kind).toBe('policy');
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'sms' });
    expect(channels()).toEqual(['sms']);
  });

  test('a channel that the cashier has used is not tried again by itself', async () => {
    await open();
    await ask(till, debtRequest({ channel: 'whatsapp' }), id);
    clock.pass(30_000);
    await till.call('POST', `/challenges/${id}/sends`, { channel: 'sms' });
    expect(await look()).toMatchObject({ channel: 'sms', sendsLeft: 1, next: null });
    clock.pass(AFTER);
    await look();
    expect(channels()).toEqual(['whatsapp', 'sms']);
  });

  test('many parallel requests for the state send one message', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(AFTER);
    twilio.next({ kind: 'held' });
    const looks = Promise.all(Array.from({ length: 10 }, look));
    await expect.poll(() => twilio.messages.length).toBe(2);
    twilio.release();
    await looks;
    expect(channels()).toEqual(['sms', 'whatsapp']);
  });

  test('two parallel resends send one message', async () => {
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

  test('the relay continues the chain by itself, without a request of the till', async () => {
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

  test('stopped while it sent the next message, the relay does not send it again', async () => {
    await open();
    await ask(till, debtRequest(), id);
    clock.pass(AFTER);
    twilio.next({ kind: 'held' });
    const looked = look();
    await expect.poll(() => twilio.messages.length).toBe(2);
    await relay.restart();
    await looked.catch(() => null);
    twilio.release();
    await till.signIn();
    clock.pass(AFTER);
    expect(await look()).toMatchObject({ channel: 'whatsapp', delivery: 'unknown', next: null });
    expect(channels()).toEqual(['sms', 'whatsapp']);
    expect((await check(till, id, twilio.last().code)).json.kind).toBe('verified');
  });

  test('nothing is tried after the customer has answered, nor in the last half minute', async () => {
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

test('a change to a call leaves two checks; its four digits and the late message open the same challenge', async () => {
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
      checksLeft: 2,
      earlier: [{ channel: 'sms', codeLength: 6, delivery: 'expired' }],
    });
    const sms = shop.smsru.codes[0] ?? '';
    expect((await check(shop.till, id, sms)).json.kind).toBe('verified');
  } finally {
    await shop.stop();
  }
});
