// Shared parts of adapter tests: settings with test keys, and replies to parse.
import { genericHttp } from '../../relay/providers/generic-http';
import { mobizon } from '../../relay/providers/mobizon';
import type {
  Config,
  HttpResponse,
  Provider,
  Result,
  SendRequest,
} from '../../relay/providers/provider';
import { smsaero } from '../../relay/providers/smsaero';
import { smsru } from '../../relay/providers/smsru';
import { smsc } from '../../relay/providers/smsc';
import { telegramGateway } from '../../relay/providers/telegram-gateway';
import { turbosms } from '../../relay/providers/turbosms';
import { twilio } from '../../relay/providers/twilio';
import { vonage } from '../../relay/providers/vonage';
import { whatsappCloud } from '../../relay/providers/whatsapp-cloud';

export const adapters = [
  smsru,
  smsc,
  smsaero,
  twilio,
  whatsappCloud,
  telegramGateway,
  vonage,
  turbosms,
  mobizon,
  genericHttp,
] as const satisfies readonly Provider[];

/** A described service with JSON requests, JSON replies and a balance. */
export const SPEC = {
  channel: 'sms',
  send: {
    method: 'POST',
    url: 'https://api.example/v1/messages',
    headers: { Authorization: 'Bearer {secret}' },
    body: { type: 'json', template: { to: '{phonePlus}', from: '{sender}', text: '{text}' } },
    success: { httpStatus: [200, 201], jsonEquals: { '$.status': 'ok' } },
    extract: {
      providerMessageId: '$.data.id',
      cost: '$.data.cost',
      balanceAfter: '$.balance',
    },
    errors: [
      { jsonEquals: { '$.error.code': 'E_MONEY' }, kind: 'no_money' },
      { httpStatus: [401, 403], kind: 'auth' },
    ],
  },
  balance: {
    method: 'GET',
    url: 'https://api.example/v1/balance',
    headers: { Authorization: 'Bearer {secret}' },
    success: { httpStatus: [200] },
    extract: { amount: '$.balance', currency: '$.currency' },
  },
};

export const SETTINGS: Readonly<Record<string, Config>> = {
  smsru: { apiId: 'TEST-API-ID' },
  smsc: { login: 'TEST-LOGIN', password: 'TEST-PASSWORD', waBot: '79990000000' },
  smsaero: { email: 'test@example.com', apiKey: 'TEST-API-KEY' },
  twilio: {
    accountSid: 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    authToken: 'TEST-AUTH-TOKEN',
    contentSid: 'HXaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  },
  whatsapp_cloud: {
    token: 'TEST-TOKEN',
    phoneNumberId: '106540352242922',
    apiVersion: 'v23.0',
    template: 'otp_code',
    language: 'ru',
  },
  telegram_gateway: { token: 'TEST-TOKEN' },
  vonage: { apiKey: 'TEST-KEY', apiSecret: 'TEST-SECRET', from: 'Shop' },
  turbosms: { token: 'TEST-TOKEN', sender: 'SHOP' },
  mobizon: { apiKey: 'TEST-API-KEY' },
  generic_http: { spec: JSON.stringify(SPEC), secret: 'TEST-TOKEN' },
};

export const settingsOf = (provider: Provider): Config => SETTINGS[provider.id] ?? {};

export const PHONE = '+79255070602';
export const sms: SendRequest = { channel: 'sms', phone: PHONE, code: '4821', text: 'Код: 4821' };

export const json = (value: unknown, status = 200): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  text: JSON.stringify(value),
});

export const text = (
  body: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({ status, headers, text: body });

/** The result without the provider's own error text, which only an administrator reads. */
export function plain<T>(result: Result<T>): unknown {
  return Object.fromEntries(Object.entries(result).filter(([key]) => key !== 'providerText'));
}

/** What the adapter parses from a reply to a send in this channel. */
export function sent(
  provider: Provider,
  response: HttpResponse,
  request: SendRequest = sms,
): unknown {
  return plain(provider.send(request, settingsOf(provider)).parse(response));
}
