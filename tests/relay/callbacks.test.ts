// Delivery reports over real HTTP: only with the right address and signature, and only forwards.
import { createHash, createHmac } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import type { ProviderDescription } from '$lib/contract/provider';
import { offerEnrolment } from '../../relay/tills/tokens';
import {
  adoptService,
  ask,
  debtRequest,
  OTHER_PHONE,
  smsruDraft,
  START,
} from '../support/challenges';
import { TEXTS } from '../support/texts';
import { FakeSmsru } from '../support/fake-smsru';
import { FakeTwilio, sidOf } from '../support/fakes/twilio';
import { FakeWhatsappCloud } from '../support/fakes/whatsapp-cloud';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

const PUBLIC = 'https://till.example';

let twilio: FakeTwilio;
let relay: RunningRelay;
let till: TillClient;
let clock: ReturnType<typeof makeClock>;
let id: string;

async function open(env: Readonly<Record<string, string>>): Promise<void> {
  clock = makeClock(START);
  twilio = await FakeTwilio.start();
  relay = await startRelay({ now: clock.now, env });
  const { token } = await offerEnrolment(relay.relay);
  const withWhatsapp = (policy: Policy): Policy => ({
    ...policy,
    methods: {
      ...policy.methods,
      'sell-on-account': { chain: ['sms', 'whatsapp'], threshold: 0, nextAfterMs: 40_000 },
    },
  });
  till = await TillClient.ready(relay.url, clock.now, withWhatsapp, token);
  await till.elevate();
  await adoptService(relay, till, twilio.draft);
  id = uuidv7();
}
beforeEach(() => open({ COUNTERFOIL_URL: PUBLIC }));
afterEach(async () => {
  await relay.stop();
  await twilio.stop();
});

async function described(provider: string): Promise<ProviderDescription | undefined> {
  const { json } = await till.call('GET', '/providers');
  return (json.providers as readonly ProviderDescription[]).find((one) => one.id === provider);
}

const addressOf = async (provider: string): Promise<string> =>
  (await described(provider))?.callbackUrl ?? 'none';

/** Posts to the public address as the service would, through the proxy in front of this relay. */
async function post(
  address: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
) {
  const reply = await fetch(address.replace(PUBLIC, relay.url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body,
  });
  const text = await reply.text();
  return [reply.status, text.startsWith('{') ? (JSON.parse(text) as unknown) : text];
}

async function report(sid: string, status: string, signature?: string) {
  const address = await addressOf('twilio');
  const made = twilio.report(address, sid, status);
  return post(address, made.body, { 'X-Twilio-Signature': signature ?? made.signature });
}

/** The stored state, without asking the service. */
const deliveries = (): unknown[] =>
  relay.file.prepare('SELECT delivery FROM sendings ORDER BY id').pluck().all();

describe('the address', () => {
  test('is sent to the service with each message, and shown to the manager for each service that reports', async () => {
    await ask(till, debtRequest(), id);
    const address = await addressOf('twilio');
    expect(address).toMatch(/^https:\/\/till\.example\/api\/v1\/callbacks\/twilio\/[0-9a-f]{40}$/);
    expect(twilio.sends.at(-1)?.fields['StatusCallback']).toBe(address);
    const smsru = await addressOf('smsru');
    expect(smsru).toContain('/callbacks/smsru/');
    expect(smsru.split('/').at(-1)).not.toBe(address.split('/').at(-1));
    expect(await addressOf('smsc')).toBe('none');
  });

  test('survives a restart', async () => {
    const address = await addressOf('twilio');
    await relay.restart();
    await till.signIn();
    await till.elevate();
    expect(await addressOf('twilio')).toBe(address);
  });

  test('is hidden from a till without elevation: anybody who knows it could forge a failure', async () => {
    await till.signIn();
    expect(await described('twilio')).toMatchObject({ hasCallback: true, callbackUrl: null });
    expect(await described('smsc')).toMatchObject({ hasCallback: false });
  });

  test('does not exist if the relay has no public one', async () => {
    await relay.stop();
    await twilio.stop();
    await open({});
    expect(await described('twilio')).toMatchObject({ hasCallback: false, callbackUrl: null });
    await ask(till, debtRequest(), id);
    expect(twilio.sends.at(-1)?.fields).not.toHaveProperty('StatusCallback');
  });
});

describe('a report', () => {
  test('with the right signature changes the delivery, which the till then sees', async () => {
    await ask(till, debtRequest(), id);
    expect(await report(sidOf(1), 'delivered')).toEqual([204, '']);
    const looked = await till.call('GET', `/challenges/${id}`);
    expect(looked.json).toMatchObject({ kind: 'awaiting-code', delivery: 'delivered', next: null });
  });

  test('of a failure starts the next channel, without a request of the till', async () => {
    await ask(till, debtRequest(), id);
    await report(sidOf(1), 'undelivered');
    await expect.poll(() => twilio.messages.length).toBe(2);
    expect(twilio.last().channel).toBe('whatsapp');
  });

  test('received again is accepted and changes nothing; an older one reverts nothing', async () => {
    await ask(till, debtRequest(), id);
    await report(sidOf(1), 'delivered');
    for (const status of ['delivered', 'sent', 'undelivered', 'queued', 'nonsense'])
      expect(await report(sidOf(1), status)).toEqual([204, '']);
    expect(deliveries()).toEqual(['delivered']);
    expect(twilio.messages).toHaveLength(1);
  });

  test('of an earlier message changes only that one, not the newest', async () => {
    await ask(till, debtRequest(), id);
    await report(sidOf(1), 'undelivered');
    await expect.poll(() => twilio.messages.length).toBe(2);
    await report(sidOf(1), 'delivered');
    await expect.poll(deliveries).toEqual(['delivered', 'queued']);
  });

  test('is never consent', async () => {
    await ask(till, debtRequest(), id);
    await report(sidOf(1), 'read');
    expect((await till.call('GET', `/challenges/${id}`)).json.kind).toBe('awaiting-code');
  });

  test('needs neither session nor contract header, and may come from anywhere', async () => {
    await ask(till, debtRequest(), id);
    const address = await addressOf('twilio');
    const { body, signature } = twilio.report(address, sidOf(1), 'delivered');
    const headers = {
      'X-Twilio-Signature': signature,
      Origin: 'https://twilio.example',
      'Sec-Fetch-Site': 'cross-site',
    };
    expect(await post(address, body, headers)).toEqual([204, '']);
    expect(deliveries()).toEqual(['delivered']);
  });
});

describe('a report is refused', () => {
  beforeEach(() => ask(till, debtRequest(), id));
  afterEach(() => {
    expect(deliveries()).toEqual(['queued']);
    expect(twilio.messages).toHaveLength(1);
    // the report is not written to the log
    expect(JSON.stringify(relay.log)).not.toContain(sidOf(1));
  });

  test('with a wrong secret, another service’s, or of a service not in use', async () => {
    const address = await addressOf('twilio');
    const smsru = await addressOf('smsru');
    const stranger = [404, { kind: 'unknown-callback' }];
    const { body, signature } = twilio.report(address, sidOf(1), 'delivered');
    const headers = { 'X-Twilio-Signature': signature };
    for (const wrong of [
      `${address.slice(0, -1)}${address.endsWith('0') ? '1' : '0'}`,
      `${address}0`,
      address.replace(/[0-9a-f]{40}$/, 'x'),
      address.replace(/[0-9a-f]{40}$/, smsru.split('/').at(-1) ?? ''),
      address.replace('twilio', 'nobody'),
      smsru,
    ])
      expect(await post(wrong, body, headers)).toEqual(stranger);
  });

  test('with a wrong signature', async () => {
    for (const wrong of ['AAAA', '', 'ы'.repeat(3)].map(encodeURIComponent))
      expect(await report(sidOf(1), 'delivered', wrong)).toEqual([
        403,
        { kind: 'signature-wrong' },
      ]);
  });

  test('without the signature Twilio puts on every report', async () => {
    const address = await addressOf('twilio');
    const { body } = twilio.report(address, sidOf(1), 'undelivered');
    expect(await post(address, body)).toEqual([403, { kind: 'signature-wrong' }]);
  });

  test('for a message that was not sent', async () => {
    expect(await report('SM999', 'delivered')).toEqual([404, { kind: 'unknown-message' }]);
  });

  test('that is garbage, not UTF-8, or larger than 64 KiB', async () => {
    const address = await addressOf('twilio');
    const malformed = [400, { kind: 'malformed', path: '' }];
    for (const body of ['', '{', 'null', '%%%', 'MessageSid=SM1'])
      expect(await post(address, body, twilio.signed(address, body))).toEqual(malformed);
    expect(await post(address, new Uint8Array([0xc3, 0x28, 0xff]))).toEqual(malformed);
    expect(await post(address, 'x'.repeat(64 * 1024 + 1))).toEqual([413, { kind: 'too-large' }]);
  });

  test('with another HTTP method than the two', async () => {
    const address = (await addressOf('twilio')).replace(PUBLIC, relay.url);
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect((await fetch(address, { method })).status).toBe(404);
  });
});

test('SMS.RU reports many messages at once and gets 100; one known among them is enough', async () => {
  const smsru = await FakeSmsru.start();
  try {
    await till.call('PUT', '/provider', smsruDraft(smsru));
    const customer = { id: uuidv7(), phone: OTHER_PHONE };
    await ask(till, debtRequest({ customer }), id);
    const address = await addressOf('smsru');
    const rows = ['000-strange', smsru.lastId].map((one) => `sms_status\n${one}\n103\n1`);
    const hash = createHash('sha256')
      .update(`${smsru.apiId}${rows.join('')}`)
      .digest('hex');
    const fields = { 'data[0]': rows[0] ?? '', 'data[1]': rows[1] ?? '', hash };
    const body = new URLSearchParams(fields).toString();
    expect(await post(address, body)).toEqual([200, '100']);
    expect(deliveries()).toEqual(['delivered']);
    const forged = new URLSearchParams({ ...fields, hash: '0'.repeat(64) }).toString();
    expect(await post(address, forged)).toEqual([403, { kind: 'signature-wrong' }]);
  } finally {
    await smsru.stop();
  }
});

test('Meta’s verification of the address is answered only with our verify token', async () => {
  const fields = {
    token: 'TEST-TOKEN',
    phoneNumberId: '1',
    template: 'code',
    language: 'ru',
    verifyToken: 'our-word',
    appSecret: 'TEST-SECRET',
  };
  await till.call('PUT', '/provider', { id: 'whatsapp_cloud', fields, texts: TEXTS });
  const address = (await addressOf('whatsapp_cloud')).replace(PUBLIC, relay.url);
  const question = (word: string) =>
    fetch(`${address}?hub.mode=subscribe&hub.verify_token=${word}&hub.challenge=1158201444`);
  const reply = await question('our-word');
  expect([reply.status, await reply.text()]).toEqual([200, '1158201444']);
  expect((await question('another')).status).toBeGreaterThanOrEqual(400);
});

test('Meta’s reports are accepted only if signed: without the app secret, none', async () => {
  const meta = await new FakeWhatsappCloud().listen();
  try {
    const appSecret = 'TEST-SECRET';
    const save = (fields: Readonly<Record<string, string>>) =>
      till.call('PUT', '/provider', {
        id: 'whatsapp_cloud',
        fields: { ...fields, baseUrl: meta.url },
        texts: TEXTS,
      });
    await save(meta.fields);
    await ask(till, debtRequest({ channel: 'whatsapp' }), id);
    const [message] = meta.messages;
    const body = JSON.stringify({
      entry: [{ changes: [{ value: { statuses: [{ id: message?.id, status: 'read' }] } }] }],
    });
    const address = await addressOf('whatsapp_cloud');
    const signature = createHmac('sha256', appSecret).update(body).digest('hex');
    const signed = { 'X-Hub-Signature-256': `sha256=${signature}` };
    for (const headers of [{}, signed])
      expect(await post(address, body, headers)).toEqual([403, { kind: 'signature-wrong' }]);
    await save({ ...meta.fields, appSecret });
    expect(await post(address, body)).toEqual([403, { kind: 'signature-wrong' }]);
    expect(deliveries()).toEqual(['sent']);
    expect(await post(address, body, signed)).toEqual([200, '']);
    expect(deliveries()).toEqual(['read']);
  } finally {
    await meta.stop();
  }
});
