// Callbacks of the services: a valid signature is required, and the report is only a hint.
import { createHash, createHmac, type BinaryLike } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../relay/providers/provider';
import { smsru } from '../../relay/providers/smsru';
import { smsaero } from '../../relay/providers/smsaero';
import { telegramGateway } from '../../relay/providers/telegram-gateway';
import { twilio } from '../../relay/providers/twilio';
import { vonage } from '../../relay/providers/vonage';
import { whatsappCloud } from '../../relay/providers/whatsapp-cloud';
import { adapters, settingsOf } from '../support/adapters';

const sha256Hex = (text: string) => createHash('sha256').update(text).digest('hex');
const hmacSha256Hex = (key: BinaryLike, text: string) =>
  createHmac('sha256', key).update(text).digest('hex');

describe('callbacks', () => {
  const url = 'https://relay.example/callbacks/x/secret';
  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

  describe('of SMS.RU', () => {
    const asked = (rows: readonly string[], hash?: string) => {
      const signed = hash ?? sha256Hex(['TEST-API-ID', ...rows].join(''));
      const fields = Object.fromEntries(rows.map((row, i) => [`data[${i}]`, row]));
      return smsru.webhook?.(
        { url, headers: {}, rawBody: form({ ...fields, hash: signed }) },
        settingsOf(smsru),
      );
    };

    test('signed rows are accepted one by one, and answered with 100', () => {
      expect(
        asked([
          'sms_status\n1-1\n103\n1700000000',
          'callcheck_status\n2-2\n401\n1700000001',
          'sms_status\n1-2\nconstructor\n1700000002',
          'nonsense',
        ]),
      ).toEqual({
        accept: true,
        events: [
          { providerMessageId: '1-1', state: 'delivered' },
          { providerMessageId: '1-2', state: 'unknown' },
        ],
        reply: { status: 200, body: '100' },
      });
    });

    test('wrongly signed, unsigned or empty ones are refused', () => {
      const row = 'sms_status\n1-1\n103\n1700000000';
      expect(asked([row], '0'.repeat(64))).toEqual({ accept: false, reason: 'bad_signature' });
      expect(asked([row], '')).toEqual({ accept: false, reason: 'bad_signature' });
      const rawBody = form({ 'data[0]': row });
      const unsigned = smsru.webhook?.({ url, headers: {}, rawBody }, settingsOf(smsru));
      expect(unsigned).toEqual({ accept: false, reason: 'bad_signature' });
      expect(asked([])).toEqual({ accept: false, reason: 'bad_body' });
    });
  });

  describe('of Twilio', () => {
    const rawBody = form({ MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: '30003' });
    const text = `${url}ErrorCode30003MessageSidSM1MessageStatusundelivered`;
    const right = createHmac('sha1', 'TEST-AUTH-TOKEN').update(text).digest('base64');
    const asked = (signature?: string, config: Config = settingsOf(twilio)) =>
      twilio.webhook?.(
        {
          url,
          rawBody,
          headers: signature === undefined ? {} : { 'x-twilio-signature': signature },
        },
        config,
      );
    const believed = {
      accept: true,
      events: [{ providerMessageId: 'SM1', state: 'failed', kind: 'unreachable' }],
    };

    test('signed ones are accepted', () => expect(asked(right)).toMatchObject(believed));
    test("the signature matches the example in Twilio's documentation", () => {
      const call = { CallSid: 'CA1234567890ABCDE', Digits: '1234', To: '+18005551212' };
      const ask = (caller: string) =>
        twilio.webhook?.(
          {
            url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
            headers: { 'x-twilio-signature': '0/KCTR6DLpKmkAf8muzZqo1nDgQ=' },
            rawBody: form({ ...call, From: caller, Caller: caller }),
          },
          { ...settingsOf(twilio), authToken: '12345' },
        );
      // correctly signed, but not a delivery report
      expect(ask('+12349013030')).toEqual({ accept: false, reason: 'bad_body' });
      expect(ask('+12349013031')).toEqual({ accept: false, reason: 'bad_signature' });
    });
    test('wrongly signed ones are refused', () => {
      expect(asked('AAAA')).toEqual({ accept: false, reason: 'bad_signature' });
      expect(asked(right, { ...settingsOf(twilio), authToken: '' })).toEqual({
        accept: false,
        reason: 'bad_signature',
      });
    });
    test('unsigned ones are parsed, but refused when signatures are required, as the relay does', () => {
      expect(asked()).toMatchObject(believed);
      expect(asked(undefined, { ...settingsOf(twilio), signedCallbacks: 'true' })).toEqual({
        accept: false,
        reason: 'bad_signature',
      });
    });
  });

  describe('of Meta', () => {
    const rawBody = JSON.stringify({
      entry: [{ changes: [{ value: { statuses: [{ id: 'w', status: 'read' }] } }, { value: {} }] }],
    });
    const config = { ...settingsOf(whatsappCloud), appSecret: 'S', verifyToken: 'V' };
    const signature = `sha256=${createHmac('sha256', 'S').update(rawBody).digest('hex')}`;
    const asked = (headers: Record<string, string>) =>
      whatsappCloud.webhook?.({ url, rawBody, headers }, config);

    test('with the app secret set, only signed ones are accepted', () => {
      expect(asked({ 'X-Hub-Signature-256': signature })).toMatchObject({
        accept: true,
        events: [{ providerMessageId: 'w', state: 'read' }],
      });
      for (const headers of [{}, { 'X-Hub-Signature-256': 'sha256=00' }])
        expect(asked(headers)).toEqual({ accept: false, reason: 'bad_signature' });
    });

    test('its verification of the address is answered only with our verify token', () => {
      const greet = (word: string, token: string) =>
        whatsappCloud.webhook?.(
          {
            url: `${url}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=${word}`,
            rawBody: '',
            headers: {},
          },
          config,
        );
      expect(greet('1158201444', 'V')).toMatchObject({
        reply: { status: 200, body: '1158201444' },
      });
      expect(greet('1158201444', 'X')).toMatchObject({ accept: false });
      expect(greet('<script>', 'V')).toMatchObject({ accept: false });
    });
  });

  describe('of Telegram', () => {
    const config = settingsOf(telegramGateway);
    const rawBody = JSON.stringify({ request_id: '1', delivery_status: { status: 'read' } });
    const key = createHash('sha256').update('TEST-TOKEN').digest();
    const sign = (time: string) => hmacSha256Hex(key, `${time}\n${rawBody}`);
    const asked = (time: string, signature: string) =>
      telegramGateway.webhook?.(
        {
          url,
          rawBody,
          headers: { 'x-request-timestamp': time, 'X-REQUEST-SIGNATURE': signature },
        },
        config,
      );

    test('the signature includes the time stamp', () => {
      expect(asked('17', sign('17'))).toMatchObject({
        accept: true,
        events: [{ providerMessageId: '1', state: 'read' }],
      });
      expect(asked('18', sign('17'))).toEqual({ accept: false, reason: 'bad_signature' });
    });
  });

  describe('of Vonage', () => {
    const ask = (
      rawBody: string,
      headers: Record<string, string> = {},
      secret = '',
      address = url,
    ) =>
      vonage.webhook?.(
        { url: address, rawBody, headers },
        { ...settingsOf(vonage), signatureSecret: secret },
      );
    const report = { messageId: 'M1', status: 'failed', 'err-code': '4', price: '0.00845000' };
    const believed = {
      accept: true,
      events: [
        { providerMessageId: 'M1', state: 'failed', cost: '0.00845000', kind: 'recipient_blocked' },
      ],
    };

    test('a report is accepted as JSON, as a form, or in the query', () => {
      expect(ask(JSON.stringify(report))).toMatchObject(believed);
      expect(ask(form(report))).toMatchObject(believed);
      expect(ask('', {}, '', `${url}?${form(report)}`)).toMatchObject(believed);
    });

    test('states of a report', () => {
      for (const [status, state] of [
        ['accepted', 'sent'],
        ['buffered', 'sent'],
        ['delivered', 'delivered'],
        ['expired', 'expired'],
        ['rejected', 'failed'],
        ['undeliverable', 'failed'],
        ['read', 'read'],
        ['unknown', 'unknown'],
      ] as const)
        expect(ask(JSON.stringify({ message_uuid: 'u', status }))).toMatchObject({
          events: [{ providerMessageId: 'u', state }],
        });
    });

    test('a report of a newer channel contains the kind of its failure', () => {
      const of = (error: object) =>
        ask(JSON.stringify({ message_uuid: 'u', status: 'undeliverable', error }));
      const type = (code: number) => `https://developer.vonage.com/api-errors/messages#${code}`;
      for (const [error, kind] of [
        [{ type: type(1300), title: 1300 }, 'unreachable'],
        [{ title: '1240' }, 'recipient_blocked'],
        [{ type: type(1330), title: 'Unknown' }, 'unknown'],
      ] as const)
        expect(of(error)).toMatchObject({
          events: [{ providerMessageId: 'u', state: 'failed', kind }],
        });
    });

    test('with a signature secret, an SMS report must have its sig', () => {
      const signed = `&err-code=4&messageId=M1&price=0.00845000&status=failed`;
      const sig = createHmac('sha256', 'S').update(signed).digest('hex').toUpperCase();
      expect(ask(form({ ...report, sig }), {}, 'S')).toMatchObject(believed);
      for (const bad of [report, { ...report, sig: '00' }, { ...report, status: 'delivered', sig }])
        expect(ask(form(bad), {}, 'S')).toEqual({ accept: false, reason: 'bad_signature' });
    });

    test('with a signature secret, a Messages report must have a token for this exact body', () => {
      const rawBody = JSON.stringify({ message_uuid: 'u', status: 'delivered' });
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const token = (alg: string, payload_hash: string) => {
        const said = `${part({ alg })}.${part({ payload_hash })}`;
        return `Bearer ${said}.${createHmac('sha256', 'S').update(said).digest('base64url')}`;
      };
      const right = token('HS256', sha256Hex(rawBody));
      expect(ask(rawBody, { Authorization: right }, 'S')).toMatchObject({ accept: true });
      for (const Authorization of [
        token('none', sha256Hex(rawBody)),
        token('HS256', sha256Hex('{}')),
        `${right.slice(0, -4)}AAAA`,
        'Bearer x',
      ])
        expect(ask(rawBody, { Authorization }, 'S')).toEqual({
          accept: false,
          reason: 'bad_signature',
        });
    });
  });

  test('SMS Aero reports as JSON or as a form, with states as words', () => {
    const ask = (rawBody: string, type: string) =>
      smsaero.webhook?.({ url, rawBody, headers: { 'content-type': type } }, {});
    const believed = { accept: true, events: [{ providerMessageId: '12', state: 'delivered' }] };
    expect(ask('{"id":12,"status":1,"extendStatus":"delivery"}', 'application/json')).toMatchObject(
      believed,
    );
    expect(ask('id=12&extendStatus=delivery', 'application/x-www-form-urlencoded')).toMatchObject(
      believed,
    );
    expect(ask('{"status":1}', 'application/json')).toEqual({ accept: false, reason: 'bad_body' });
  });

  test.for(adapters.filter((one) => 'webhook' in one).map((one) => [one.id, one] as const))(
    '%s refuses garbage',
    ([, one]) => {
      for (const rawBody of ['', '{', '[]', 'null', '\ufffd\ufffd', '{"id":{}}', '%%%', '1'])
        expect(one.webhook?.({ url, rawBody, headers: {} }, settingsOf(one))).toMatchObject({
          accept: false,
        });
    },
  );
});
