// The owner's second factor: their phone, once proven by a code from a real service.
// After that, opening the settings needs a code sent to it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { elevationReply, phoneProofReply } from '$lib/contract/till';
import { makeToken, offerEnrolment } from '../../relay/tills/tokens';
import { openShop, otherThan, START, type Shop } from '../support/challenges';
import { TEXTS } from '../support/texts';
import { FakeTelegramGateway } from '../support/fakes/telegram-gateway';
import { numbersIn } from '../support/numbers-in';
import { makeClock, startRelay } from '../support/relay';
import { openProvenShop, prove, withOwnersPhone } from '../support/second-factor';
import { OWNER_PHONE, TillClient } from '../support/till-client';

const MINUTE = 60_000;
const MASKED = '+7 903 ··· 22 33';

let shop: Shop;
afterEach(() => shop.stop());

const lastCode = (): string => shop.smsru.codes.at(-1) ?? '';

describe('proving a phone', () => {
  beforeEach(async () => {
    shop = await openShop();
    await shop.till.putPolicy(1, withOwnersPhone(await shop.till.policy()));
    await shop.till.elevate({ level: 'pin' });
  });
  const stands = async (): Promise<unknown> =>
    (await shop.till.call('GET', `/operators/${shop.till.ownerId}/phone-proof`)).json;

  test('a code goes to the operator’s own number, and the right one proves it', async () => {
    expect(await stands()).toEqual({ kind: 'unproven', phoneMasked: MASKED });
    const sent = await prove(shop.till);
    expect([sent.status, phoneProofReply.parse(sent.json)]).toEqual([
      202,
      {
        kind: 'code-sent',
        channel: 'sms',
        phoneMasked: MASKED,
        codeLength: 6,
        sentAt: START,
        expiresAt: START + 5 * MINUTE,
        resendAt: START + 30_000,
        checksLeft: 5,
        sendsLeft: 2,
      },
    ]);
    expect(shop.smsru.sends[0]?.fields).toMatchObject({
      to: OWNER_PHONE.slice(1),
      msg: expect.stringMatching(/^Весна: ваш номер для кассы\. Код \d{6}$/) as string,
    });
    const wrong = await prove(shop.till, { code: otherThan(lastCode()) });
    expect([wrong.status, wrong.json]).toEqual([401, { kind: 'wrong-code', checksLeft: 4 }]);
    const proven = { kind: 'proven', phoneMasked: MASKED };
    const right = await prove(shop.till, { code: lastCode() });
    expect([right.status, right.json]).toEqual([200, proven]);
    expect(await stands()).toEqual(proven);
    await shop.relay.restart();
    await shop.till.signIn();
    expect(await stands()).toEqual(proven);
  });

  test('the life of a code and the pause after it count from the moment it is sent', async () => {
    let reads = 0;
    Object.assign(shop.relay.relay, { now: () => shop.clock.now() + reads++ });
    const sent = phoneProofReply.parse((await prove(shop.till)).json);
    if (sent.kind !== 'code-sent') throw new Error(sent.kind);
    const { sentAt, expiresAt, resendAt } = sent;
    expect([expiresAt - sentAt, resendAt - sentAt]).toEqual([5 * MINUTE, 30_000]);
  });

  test('needs an elevated operator, and nobody proves another’s phone', async () => {
    const other = await shop.till.call('POST', `/operators/${uuidv7()}/phone-proof`, {});
    expect([other.status, other.json]).toEqual([403, { kind: 'no-right' }]);
    await shop.till.signIn();
    expect((await prove(shop.till)).json).toEqual({ kind: 'elevation-needed', level: 'pin' });
    expect(shop.smsru.sends).toHaveLength(0);
  });

  test('an unproven phone opens no lists, whatever the PIN', async () => {
    await prove(shop.till);
    shop.till.tokens = null;
    await shop.till.signIn();
    expect((await shop.till.elevate()).json.kind).toBe('no-proven-phone');
    expect((await shop.till.elevate({ level: 'pin' })).json.kind).toBe('elevated');
    expect((await shop.till.call('GET', '/tills')).status).toBe(403);
    expect(shop.smsru.sends).toHaveLength(1);
  });

  test('a message that the service refused leaves no code behind', async () => {
    shop.smsru.next({ kind: 'code', code: 202, where: 'number' });
    const refused = await prove(shop.till);
    expect([refused.status, refused.json]).toEqual([
      422,
      { kind: 'refused', because: 'bad-phone' },
    ]);
    expect((await prove(shop.till, { code: lastCode() })).json).toEqual({
      kind: 'spent',
      because: 'expired',
    });
    expect((await prove(shop.till)).json.kind).toBe('code-sent');
  });

  test('another number in the policy is unproven, and so is the old one when it returns', async () => {
    await prove(shop.till);
    await prove(shop.till, { code: lastCode() });
    const policy = await shop.till.policy();
    expect((await shop.till.putPolicy(2, withOwnersPhone(policy, '+79031112244'))).status).toBe(
      200,
    );
    expect(await stands()).toMatchObject({ kind: 'unproven' });
    expect((await shop.till.putPolicy(3, withOwnersPhone(policy))).status).toBe(200);
    expect(await stands()).toEqual({ kind: 'unproven', phoneMasked: MASKED });
    expect((await shop.till.putPolicy(4, withOwnersPhone(policy, null))).status).toBe(200);
    expect(await stands()).toEqual({ kind: 'no-phone' });
    expect((await prove(shop.till)).status).toBe(409);
  });

  test('a code sent to the former number opens nothing', async () => {
    await prove(shop.till);
    const policy = await shop.till.policy();
    await shop.till.putPolicy(2, withOwnersPhone(policy, '+79031112244'));
    expect((await prove(shop.till, { code: lastCode() })).json.kind).toBe('spent');
  });
});

test('the demo proves no phone', async () => {
  shop = await openShop(); // for `afterEach`
  const clock = makeClock(START);
  const demo = await startRelay({ now: clock.now });
  const till = await TillClient.ready(demo.url, clock.now, withOwnersPhone);
  await till.elevate();
  const reply = await prove(till);
  expect([reply.status, reply.json]).toEqual([409, { kind: 'demo' }]);
  expect(demo.relay.provider.demoMailbox.messages()).toEqual([]);
  await demo.stop();
});

describe('opening the settings once the phone is proven', () => {
  beforeEach(async () => {
    shop = await openProvenShop();
  });
  const closed = async (): Promise<boolean> =>
    (await shop.till.call('GET', '/tills')).json.kind === 'elevation-needed';

  test('takes the code, once', async () => {
    const asked = await shop.till.elevate();
    expect([asked.status, elevationReply.parse(asked.json)]).toMatchObject([
      202,
      { kind: 'code-sent', channel: 'sms', phoneMasked: MASKED, checksLeft: 5, sendsLeft: 2 },
    ]);
    expect(shop.smsru.sends.at(-1)?.fields['msg']).toMatch(
      /^Весна: вход в настройки кассы\. Код \d{6}$/,
    );
    expect(await closed()).toBe(true);
    const wrong = await shop.till.elevate({ code: otherThan(lastCode()) });
    expect([wrong.status, wrong.json]).toEqual([401, { kind: 'wrong-code', checksLeft: 4 }]);
    expect(await closed()).toBe(true);
    const right = await shop.till.elevate({ code: lastCode() });
    expect([right.status, right.json]).toEqual([
      200,
      { kind: 'elevated', until: START + 10 * MINUTE },
    ]);
    expect(await closed()).toBe(false);
    await shop.till.signIn();
    expect((await shop.till.elevate({ code: lastCode() })).json).toEqual({
      kind: 'spent',
      because: 'expired',
    });
    expect(await closed()).toBe(true);
  });

  test('the right code again after a lost reply gets the same reply, and sends nothing', async () => {
    await shop.till.elevate();
    await shop.till.elevate({ code: lastCode() });
    const paid = shop.smsru.sends.length;
    const again = { kind: 'elevated', until: START + 10 * MINUTE };
    expect((await shop.till.elevate({ code: lastCode() })).json).toEqual(again);
    expect((await shop.till.elevate()).json).toEqual(again);
    expect(shop.smsru.sends).toHaveLength(paid);
  });

  test('a wrong PIN sends nothing, with a code or without', async () => {
    const paid = shop.smsru.sends.length;
    expect((await shop.till.elevate({ pin: '000000' })).json.kind).toBe('wrong-pin');
    await shop.till.elevate();
    const code = lastCode();
    expect((await shop.till.elevate({ pin: '000000', code })).json.kind).toBe('wrong-pin');
    expect(shop.smsru.sends).toHaveLength(paid + 1);
    expect(await closed()).toBe(true);
  });

  test('parallel and repeated requests send one message; a resend has the same code', async () => {
    const paid = shop.smsru.sends.length;
    await Promise.all([shop.till.elevate(), shop.till.elevate()]);
    expect((await shop.till.elevate()).json).toMatchObject({ kind: 'code-sent', sendsLeft: 2 });
    expect(shop.smsru.sends).toHaveLength(paid + 1);
    expect((await shop.till.elevate({ resend: true })).json).toEqual({
      kind: 'too-early',
      resendAt: START + 30_000,
    });
    for (const sendsLeft of [1, 0]) {
      shop.clock.pass(30_000);
      expect((await shop.till.elevate({ resend: true })).json).toMatchObject({ sendsLeft });
    }
    expect((await shop.till.elevate({ resend: true })).json).toEqual({ kind: 'no-sends-left' });
    expect(new Set(shop.smsru.codes.slice(-3)).size).toBe(1);
    expect((await shop.till.elevate({ code: lastCode() })).json.kind).toBe('elevated');
  });

  test('five checks end it, over a restart and for parallel guesses, too', async () => {
    await shop.till.elevate();
    const code = lastCode();
    for (const checksLeft of [4, 3])
      expect((await shop.till.elevate({ code: otherThan(code) })).json).toEqual({
        kind: 'wrong-code',
        checksLeft,
      });
    await shop.relay.restart();
    await shop.till.signIn();
    const guesses = Array.from({ length: 8 }, () => shop.till.elevate({ code: otherThan(code) }));
    const kinds = (await Promise.all(guesses)).map(({ json }) => json.kind);
    expect(kinds.filter((kind) => kind === 'wrong-code')).toHaveLength(2);
    expect((await shop.till.elevate({ code })).json.kind).toBe('spent');
    expect(await closed()).toBe(true);
  });

  test('the code is valid as long as the policy says', async () => {
    await shop.till.elevate();
    const code = lastCode();
    shop.clock.pass(5 * MINUTE);
    expect((await shop.till.elevate({ code })).json).toEqual({ kind: 'spent', because: 'expired' });
  });

  test('a code opens the settings only at the till that requested it, and nothing else', async () => {
    await shop.till.elevate();
    const other = await TillClient.make(shop.relay.url, shop.clock.now);
    await other.enrol((await offerEnrolment(shop.relay.relay)).token);
    await other.signIn();
    const elsewhere = await other.elevate({ operatorId: shop.till.ownerId, code: lastCode() });
    expect(elsewhere.json.kind).toBe('spent');
  });

  test('the limits of messages apply to these, too', async () => {
    const policy = await shop.till.policy();
    await shop.till.elevate();
    await shop.till.elevate({ code: lastCode() });
    shop.till.codes = lastCode;
    const limits = { ...policy.limits, perPhoneHour: 2 };
    expect((await shop.till.putPolicy(1, { ...policy, limits })).status).toBe(200);
    await shop.till.signIn();
    const reply = await shop.till.elevate();
    expect([reply.status, reply.json.kind, reply.json.scope]).toEqual([429, 'limited', 'phone']);
  });

  test('while the service is broken a token of the relay’s own machine replaces the code, once', async () => {
    await shop.smsru.stop();
    const broken = await shop.till.elevate();
    expect([broken.status, broken.json]).toEqual([503, { kind: 'provider-unreachable' }]);
    const { token } = await makeToken(shop.relay.relay, 'elevate');
    const enrolment = (await offerEnrolment(shop.relay.relay)).token;
    const wrong = await shop.till.elevate({ token: enrolment });
    expect([wrong.status, wrong.json]).toEqual([401, { kind: 'wrong-token' }]);
    expect((await shop.till.elevate({ token, pin: '000000' })).json.kind).toBe('wrong-pin');
    expect((await shop.till.elevate({ token })).json.kind).toBe('elevated');
    await shop.till.signIn();
    expect((await shop.till.elevate({ token })).json.kind).toBe('wrong-token');
  });

  test('a service with none of the customers’ channels does not lock the owner out', async () => {
    const telegram = await new FakeTelegramGateway().listen();
    try {
      await shop.till.elevate();
      await shop.till.elevate({ code: lastCode() });
      shop.till.codes = lastCode;
      const fields = { ...telegram.fields, baseUrl: telegram.url };
      await shop.till.call('PUT', '/provider', { id: telegram.id, fields, texts: TEXTS });
      await shop.till.signIn();
      const asked = await shop.till.elevate();
      expect(asked.json).toMatchObject({ kind: 'code-sent', channel: 'telegram' });
      const code = telegram.messages.at(-1)?.code ?? '';
      expect((await shop.till.elevate({ code })).json.kind).toBe('elevated');
    } finally {
      await telegram.stop();
    }
  });

  test('a token of this machine is valid for 15 minutes', async () => {
    const { token } = await makeToken(shop.relay.relay, 'elevate');
    shop.clock.pass(15 * MINUTE);
    await shop.till.signIn();
    expect((await shop.till.elevate({ token })).json.kind).toBe('wrong-token');
  });

  test('a message that may have been sent is waited for: its code works', async () => {
    shop.smsru.next({ kind: 'half-close' });
    expect((await shop.till.elevate()).json.kind).toBe('code-sent');
    expect((await shop.till.elevate({ code: lastCode() })).json.kind).toBe('elevated');
  });

  test('neither code nor number is in the log, or in clear in the data', async () => {
    const everything = (): string => {
      const files = ['relay.db', 'relay.db-wal'].map((file) =>
        readFileSync(join(shop.relay.dataDir, file), 'latin1'),
      );
      return [JSON.stringify(shop.relay.log), ...files].join('\n');
    };
    const before = numbersIn(everything());
    await shop.till.elevate();
    const code = lastCode();
    expect(code).toHaveLength(6);
    expect(everything()).not.toContain('9031112233');
    expect(numbersIn(everything()).has(code) && !before.has(code)).toBe(false);
  });
});

describe('wrong codes over a day', () => {
  beforeEach(async () => {
    shop = await openProvenShop();
  });
  const CLOSED = { kind: 'token-needed', because: 'wrong-codes' };
  const token = async (): Promise<string> => (await makeToken(shop.relay.relay, 'elevate')).token;
  /** Enters this many wrong codes, each compared with the newest code sent. */
  async function guess(times: number, till = shop.till): Promise<void> {
    for (let i = 0; i < times; i += 1) await till.elevate({ code: otherThan(lastCode()) });
  }
  async function another(): Promise<TillClient> {
    const till = await TillClient.make(shop.relay.url, shop.clock.now);
    await till.enrol((await offerEnrolment(shop.relay.relay)).token);
    await till.signIn();
    return till;
  }
  const elevate = (till = shop.till, parts = {}) =>
    till.elevate({ operatorId: shop.till.ownerId, ...parts });

  test('after five, a till accepts no codes for a day, over restarts and new codes, but a token', async () => {
    await shop.till.elevate();
    await guess(3);
    await shop.till.elevate();
    shop.clock.pass(10 * MINUTE);
    await shop.till.signIn();
    await shop.till.elevate();
    await guess(2);
    // the right code is refused, too
    expect((await shop.till.elevate({ code: lastCode() })).json).toEqual(CLOSED);
    await shop.relay.restart();
    await shop.till.signIn();
    const sent = shop.smsru.sends.length;
    const closed = await shop.till.elevate();
    expect([closed.status, closed.json]).toEqual([403, CLOSED]);
    expect(shop.smsru.sends).toHaveLength(sent);
    expect((await shop.till.elevate({ token: await token() })).json.kind).toBe('elevated');
    shop.clock.pass(24 * 60 * MINUTE);
    await shop.till.signIn();
    expect((await shop.till.elevate()).json.kind).toBe('code-sent');
  });

  test('are given back when that code is right', async () => {
    for (let i = 0; i < 4; i += 1) {
      await shop.till.signIn();
      await shop.till.elevate();
      await guess(4);
      expect((await shop.till.elevate({ code: lastCode() })).json.kind).toBe('elevated');
      shop.clock.pass(10 * MINUTE);
    }
  });

  test('after ten for one operator no till accepts codes for them', async () => {
    const tills = [shop.till, await another(), await another()];
    for (const till of tills.slice(0, 2)) {
      await elevate(till);
      for (let i = 0; i < 5; i += 1) await elevate(till, { code: otherThan(lastCode()) });
    }
    expect((await elevate(tills[2])).json).toEqual(CLOSED);
  });

  test('sent in parallel are limited to five, whichever codes they are for', async () => {
    await shop.till.elevate();
    const code = otherThan(lastCode());
    const replies = await Promise.all(
      Array.from({ length: 12 }, () => shop.till.elevate({ code })),
    );
    const compared = replies.filter(({ json }) => json.kind === 'wrong-code');
    expect(compared).toHaveLength(4);
    expect((await shop.till.elevate()).json).toEqual(CLOSED);
    expect(shop.relay.file.prepare('SELECT COUNT(*) FROM operator_guesses').pluck().get()).toBe(5);
  });
});
