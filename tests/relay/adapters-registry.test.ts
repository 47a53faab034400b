// The adapters inside the relay: all are listed, and a described service works over real HTTP.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { providerReply, providersReply, type DescriptionProblem } from '$lib/contract/provider';
import { providerOf, providers } from '../../relay/providers/registry';
import { SPEC } from '../support/adapters';
import { PHONE, START, adoptService } from '../support/challenges';
import { TEXTS } from '../support/texts';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient, type Reply } from '../support/till-client';

test('every service of the first release is listed under its id', () => {
  expect(Object.keys(providers)).toEqual([
    ...['smsru', 'smsc', 'smsaero', 'twilio', 'whatsapp_cloud', 'telegram_gateway', 'vonage'],
    ...['turbosms', 'mobizon', 'generic_http', 'demo'],
  ]);
  for (const [id, provider] of Object.entries(providers)) expect(provider.id).toBe(id);
  expect(providerOf('constructor')).toBeNull();
});

describe('a described service', () => {
  let relay: RunningRelay;
  let till: TillClient;
  let asked: {
    method: string | undefined;
    url: string | undefined;
    auth: string | undefined;
    body: string;
  }[];
  let answer: unknown;
  const server = createServer((incoming, outgoing) => {
    void read(incoming).then((body) => {
      const { method, url, headers } = incoming;
      asked.push({ method, url, auth: headers.authorization, body });
      outgoing.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
    });
  });
  const read = async (incoming: IncomingMessage): Promise<string> => {
    let text = '';
    for await (const chunk of incoming) text += String(chunk);
    return text;
  };

  beforeEach(async () => {
    asked = [];
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const clock = makeClock(START);
    relay = await startRelay({ now: clock.now });
    till = await TillClient.ready(relay.url, clock.now);
    await till.elevate();
    // its first code would have to be answered: it follows another service
    const other = { id: 'smsru', fields: { apiId: 'TEST', baseUrl: 'http://127.0.0.1:9' } };
    await adoptService(relay, till, { ...other, texts: TEXTS });
  });
  afterEach(async () => {
    await relay.stop();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const save = (spec: unknown): Promise<Reply> =>
    till.call('PUT', '/provider', {
      id: 'generic_http',
      fields: {
        spec: typeof spec === 'string' ? spec : JSON.stringify(spec, null, 2),
        secret: 'TEST-TOKEN',
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      },
      texts: TEXTS,
    });

  test('is listed with its fields', async () => {
    const { json } = await till.call('GET', '/providers');
    const all = providersReply.parse(json).providers;
    expect(all.map(({ id }) => id)).toEqual(Object.keys(providers));
    expect(all.find(({ id }) => id === 'smsc')?.channels.map(({ channel }) => channel)).toEqual([
      ...['sms', 'viber', 'whatsapp', 'call'],
    ]);
  });

  test('is refused if its description is wrong, and no request is sent', async () => {
    const at = (url: string) => ({ ...SPEC, send: { ...SPEC.send, url } });
    const balanceAt = (url: string) => ({ ...SPEC, balance: { ...SPEC.balance, url } });
    const wrong: [unknown, { at: string; because: DescriptionProblem }][] = [
      ['{\n  "send": {,', { at: '2:12', because: 'not-json' }],
      ['{}', { at: 'send', because: 'missing' }],
      [at('http://api.example/'), { at: 'send.url', because: 'needs-https' }],
      [at('https://10.0.0.1/'), { at: 'send.url', because: 'address-not-public' }],
      [at('https://localhost/'), { at: 'send.url', because: 'address-not-public' }],
      [at('https://[::1]/'), { at: 'send.url', because: 'address-not-public' }],
      [at('https://0x7f000001/'), { at: 'send.url', because: 'address-not-public' }],
      [balanceAt('https://192.168.0.1/b'), { at: 'balance.url', because: 'address-not-public' }],
    ];
    for (const [spec, detail] of wrong) {
      const { status, json } = await save(spec);
      expect([status, json]).toEqual([422, { kind: 'field-wrong', key: 'spec', detail }]);
      expect(providerReply.safeParse(json).success).toBe(true);
    }
    expect(asked).toEqual([]);
  });

  test('is saved after a reply with its balance, and sends as described', async () => {
    answer = { balance: 100.1, currency: 'RUB' };
    expect(await save(SPEC)).toMatchObject({ status: 200, json: { kind: 'provider' } });
    expect(asked).toEqual([
      { method: 'GET', url: '/v1/balance', auth: 'Bearer TEST-TOKEN', body: '' },
    ]);
    answer = { status: 'ok', data: { id: 7, cost: '2.50' }, balance: '97.60' };
    const sent = await till.call('POST', '/provider/test-message', {
      phone: PHONE,
      channel: 'sms',
    });
    expect(sent).toMatchObject({
      status: 200,
      json: { kind: 'sent', cost: '2.50', balanceAfter: '97.60' },
    });
    expect(asked.at(-1)).toMatchObject({ method: 'POST', url: '/v1/messages' });
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toMatchObject({ to: PHONE });
  });

  test('without a balance is saved without a request', async () => {
    expect(await save({ channel: SPEC.channel, send: SPEC.send })).toMatchObject({ status: 200 });
    expect(asked).toEqual([]);
    expect(await till.call('POST', '/provider/balance', {})).toMatchObject({
      status: 200,
      json: { kind: 'no-balance' },
    });
  });

  test('sends nothing over a channel that is not described', async () => {
    answer = { balance: 1 };
    await save(SPEC);
    const call = await till.call('POST', '/provider/test-message', {
      phone: PHONE,
      channel: 'call',
    });
    expect(call).toMatchObject({ json: { kind: 'refused', because: 'channel-not-available' } });
    expect(asked).toHaveLength(1);
  });
});
