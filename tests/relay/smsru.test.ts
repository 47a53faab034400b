// SMS.RU over real HTTP: the relay's requests and how it reads the replies.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dispatch } from '../../relay/messaging/gateway/dispatch';
import type { Config, Exchange, SendRequest } from '../../relay/providers/provider';
import { smsru } from '../../relay/providers/smsru';

let server: Server;
let config: Config;
let heard = { method: '', url: '', type: undefined as string | undefined, raw: '' };
let answer: { status: number; text: string } = { status: 200, text: '' };

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard = {
        method: request.method ?? '',
        url: request.url ?? '',
        type: request.headers['content-type'],
        raw: Buffer.concat(chunks).toString('latin1'),
      };
      response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  config = { apiId: 'TEST-API-ID', baseUrl: `http://127.0.0.1:${port}` };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** One exchange as the relay makes it: out over the network and back through the adapter. */
async function over<T>(exchange: Exchange<T>): Promise<unknown> {
  const outcome = await dispatch(exchange.request);
  return outcome.ok ? exchange.parse(outcome.response) : outcome;
}

const sms: SendRequest = {
  channel: 'sms',
  phone: '+79255070602',
  code: '048213',
  text: 'Код 048213',
};
const call: SendRequest = { channel: 'call', phone: '+79255070602' };
const reply = (json: unknown, status = 200): void => {
  answer = { status, text: JSON.stringify(json) };
};

test('without another address every request goes to sms.ru', () => {
  expect(smsru.send(sms, { apiId: 'k' }).request.url).toBe('https://sms.ru/sms/send');
  expect(smsru.send(call, { apiId: 'k&' }).request.url).toBe(
    'https://sms.ru/code/call?phone=79255070602&ip=-1&api_id=k%26',
  );
});

test('an agreed sender is sent with the message', async () => {
  reply({ status: 'OK', status_code: 100, sms: {} });
  await over(smsru.send(sms, { ...config, sender: 'Romashka' }));
  expect(new URLSearchParams(heard.raw).get('from')).toBe('Romashka');
});

describe('codes', () => {
  const table: [number, string][] = [
    ...[200, 300, 301].map((code): [number, string] => [code, 'auth']),
    [201, 'no_money'],
    [202, 'bad_phone'],
    ...[150, 207].map((code): [number, string] => [code, 'unreachable']),
    ...[203, 208, 210, 211, 212, 213, 901, 902].map((code): [number, string] => [
      code,
      'bad_request',
    ]),
    ...[204, 221].map((code): [number, string] => [code, 'sender_not_approved']),
    [205, 'text_too_long'],
    ...[206, 303, 304, 305, 508].map((code): [number, string] => [code, 'rate_limit_account']),
    ...[209, 215].map((code): [number, string] => [code, 'recipient_blocked']),
    ...[214, 550].map((code): [number, string] => [code, 'region_forbidden']),
    ...[216, 217].map((code): [number, string] => [code, 'text_forbidden']),
    ...[220, 500].map((code): [number, string] => [code, 'temporary']),
    ...[230, 233].map((code): [number, string] => [code, 'rate_limit_recipient']),
    ...[231, 232].map((code): [number, string] => [code, 'duplicate']),
    [302, 'account_not_ready'],
    ...[501, 502, 503, 504, 505, 506, 507].map((code): [number, string] => [code, 'fraud_guard']),
    [999, 'unknown'],
  ];
  test.each(table)(
    '%i is %s on top, for the number, as text, and of a call',
    async (code, kind) => {
      const refused = { ok: false, kind, providerCode: String(code) };
      for (const status_code of [code, String(code)]) {
        const error = { status: 'ERROR', status_code, status_text: 'слова' };
        for (const json of [
          error,
          { status: 'OK', status_code: 100, sms: { '79255070602': error } },
        ]) {
          reply(json);
          expect(await over(smsru.send(sms, config))).toMatchObject(refused);
        }
        reply(error);
        expect(await over(smsru.send(call, config))).toMatchObject(refused);
      }
    },
  );

  test.each([
    [100, 'queued'],
    [101, 'queued'],
    [102, 'sent'],
    [103, 'delivered'],
    [104, 'expired'],
    [105, 'failed'],
    [106, 'failed'],
    [107, 'failed'], // could not be delivered for an unknown reason
    [108, 'failed'],
    [110, 'read'],
    [150, 'failed'],
    [-1, 'not_found'],
  ])('delivery %i is %s', async (status_code, state) => {
    const status = status_code === -1 ? 'ERROR' : 'OK';
    reply({ status: 'OK', status_code: 100, sms: { a: { status, status_code } } });
    const exchange = smsru.deliveryStatus?.({ providerMessageId: 'a' }, config);
    expect(exchange && (await over(exchange))).toMatchObject({ ok: true, state });
  });
});

test('a message that SMS.RU does not know is not a failed request, wherever the reply says so', async () => {
  reply({ status: 'ERROR', status_code: -1, status_text: 'Сообщение не найдено' });
  const exchange = smsru.deliveryStatus?.({ providerMessageId: 'a' }, config);
  expect(exchange && (await over(exchange))).toEqual({ ok: true, state: 'not_found' });
});

describe('the code of a call', () => {
  test.each([
    ['1435', '1435'],
    ['0435', '0435'],
    [435, '0435'],
    [0, '0000'],
    [7, '0007'],
  ])('%j is read as %s', async (code, expected) => {
    reply({ status: 'OK', code, call_id: 'c', cost: 0.4, balance: 1 });
    expect(await over(smsru.send(call, config))).toMatchObject({ codeChosenByProvider: expected });
  });
  test.each([['12345'], [''], [1.5], [-1], [null], [{}], ['12a4']])(
    '%j is not a code',
    async (code) => {
      reply({ status: 'OK', code, call_id: 'c' });
      expect(await over(smsru.send(call, config))).toMatchObject({ ok: false, kind: 'bad_reply' });
    },
  );
});

test('money keeps its written digits', () => {
  const config: Config = { apiId: 'TEST-API-ID' };
  const reply = (text: string) => ({ status: 200, headers: {}, text });
  const balance = smsru.balance?.(config).parse(reply('{"status":"OK","balance":4122.50}'));
  expect(balance).toEqual({ ok: true, amount: '4122.50', currency: 'RUB' });
  const ref = { providerMessageId: '000-1' };
  const found = smsru
    .deliveryStatus?.(ref, config)
    .parse(
      reply(
        '{"status":"OK","sms":{"000-1":{"status":"OK","status_code":103,"cost":0.10000000000000001}}}',
      ),
    );
  expect(found).toEqual({ ok: true, state: 'delivered', cost: '0.10000000000000001' });
});
