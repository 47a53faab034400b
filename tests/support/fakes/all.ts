// Fakes of all messaging services of the first release, with the data their stories need.
import type { Refusal } from '$lib/contract/challenge';
import type { Channel } from '$lib/contract/values';
import { FakeSmsru } from '../fake-smsru';
import { FakeCallService, FakeJsonService } from './described';
import type { Answer, FakeService } from './fake-service';
import { FakeMobizon } from './mobizon';
import { FakeSmsaero } from './smsaero';
import { FakeSmsc } from './smsc';
import { FakeTelegramGateway } from './telegram-gateway';
import { FakeTurbosms } from './turbosms';
import { FakeTwilio } from './twilio';
import { FakeVonage } from './vonage';
import { FakeWhatsappCloud } from './whatsapp-cloud';

export type Service = {
  readonly title: string;
  readonly make: () => FakeService<never>;
  readonly channels: readonly Channel[];
  /** A setting and a wrong value for it; if the service has a balance call, that call is refused as `auth`. */
  readonly secret: string;
  readonly hasBalance: boolean;
  /** The service's word for "delivered"; null: only callbacks report it. */
  readonly delivered: string | number | null;
  /** Refusals of a message in its first channel, and the relay's reply to the till. */
  readonly refusals: readonly (readonly [Answer, Refusal])[];
};

const ok = (body: unknown, status = 200): Answer => ({ status, body });
const smsru = (status_code: number, phone: string | null): Answer => {
  const error = { status: 'ERROR', status_code, status_text: 'ошибка' };
  return ok(phone === null ? error : { status: 'OK', status_code: 100, sms: { [phone]: error } });
};
const aero = (status: number, body: object): Answer => ok({ success: false, ...body }, status);
const twilio = (code: number, status: number): Answer =>
  ok({ code, message: 'said', status }, status);
const meta = (code: number): Answer => ok({ error: { message: 'said', code } }, 400);
const telegram = (error: string): Answer => ok({ ok: false, error });
const vonage = (...statuses: readonly string[]): Answer =>
  ok({ messages: statuses.map((status) => ({ status, 'message-id': 'a' })) });
const turbo = (outer: number, inner: number): Answer =>
  ok({
    response_code: outer,
    response_result: [{ phone: '79255070602', response_code: inner, message_id: null }],
  });

export const SERVICES: readonly Service[] = [
  {
    title: 'SMS.RU',
    make: () => new FakeSmsru() as FakeService<never>,
    channels: ['sms', 'call'],
    secret: 'apiId',
    hasBalance: true,
    delivered: 103,
    refusals: [
      [smsru(201, '79255070602'), 'no-money'],
      [smsru(302, null), 'account-not-ready'],
      [smsru(230, '79255070602'), 'rate-limit-recipient'],
      [smsru(777, '79255070602'), 'unknown'],
    ],
  },
  {
    title: 'SMSC',
    make: () => new FakeSmsc(),
    channels: ['sms', 'viber', 'whatsapp', 'call'],
    secret: 'password',
    hasBalance: true,
    delivered: 1,
    refusals: [
      [ok({ error: 'no money', error_code: '3', id: 1 }), 'no-money'],
      [ok({ error: 'duplicate request', error_code: 9 }), 'duplicate'],
      [ok({ error: 'something', error_code: 77 }), 'unknown'],
    ],
  },
  {
    title: 'SMS Aero',
    make: () => new FakeSmsaero(),
    channels: ['sms', 'viber', 'telegram', 'call', 'whatsapp'],
    secret: 'apiKey',
    hasBalance: true,
    delivered: 'delivery',
    refusals: [
      [aero(402, { data: null, message: 'Not enough money.' }), 'no-money'],
      [aero(400, { data: { number: ['incorrect'] }, message: 'Validation error.' }), 'bad-phone'],
      [aero(400, { data: { phone: ['wait 30 seconds'] } }), 'rate-limit-recipient'],
      [ok({ result: 'no credits' }), 'no-money'],
    ],
  },
  {
    title: 'Twilio',
    make: () => new FakeTwilio() as FakeService<never>,
    channels: ['sms', 'whatsapp'],
    secret: 'authToken',
    hasBalance: true,
    delivered: 'delivered',
    refusals: [
      [twilio(21_408, 403), 'region-forbidden'],
      [twilio(20_429, 429), 'rate-limit-account'],
      [twilio(99_999, 403), 'unknown'],
    ],
  },
  {
    title: 'WhatsApp Cloud',
    make: () => new FakeWhatsappCloud(),
    channels: ['whatsapp'],
    secret: 'token',
    hasBalance: false,
    delivered: null,
    refusals: [
      [meta(131_026), 'unreachable'],
      [meta(131_042), 'no-money'],
      [meta(132_015), 'text-not-approved'],
    ],
  },
  {
    title: 'Telegram Gateway',
    make: () => new FakeTelegramGateway(),
    channels: ['telegram'],
    secret: 'token',
    hasBalance: false,
    delivered: 'delivered',
    refusals: [
      [telegram('PHONE_NUMBER_NOT_AVAILABLE'), 'unreachable'],
      [telegram('FLOOD_WAIT_30'), 'rate-limit-account'],
      [telegram('BALANCE_NOT_ENOUGH'), 'no-money'],
    ],
  },
  {
    title: 'Vonage',
    make: () => new FakeVonage(),
    channels: ['sms', 'viber', 'whatsapp'],
    secret: 'apiSecret',
    hasBalance: true,
    delivered: null,
    refusals: [
      [vonage('9'), 'no-money'],
      [vonage('0', '6'), 'unreachable'],
      [vonage(), 'bad-reply'],
    ],
  },
  {
    title: 'TurboSMS',
    make: () => new FakeTurbosms(),
    channels: ['sms', 'viber'],
    secret: 'token',
    hasBalance: true,
    delivered: 'Delivered',
    refusals: [
      [turbo(801, 404), 'recipient-blocked'],
      [turbo(802, 406), 'region-forbidden'],
      [turbo(203, 0), 'no-money'],
    ],
  },
  {
    title: 'Mobizon',
    make: () => new FakeMobizon(),
    channels: ['sms'],
    secret: 'apiKey',
    hasBalance: true,
    delivered: 'DELIVRD',
    refusals: [
      [ok({ code: 1, data: { recipient: 'bad' }, message: '' }), 'bad-phone'],
      [ok({ code: 14, data: [], message: '' }), 'account-blocked'],
      [ok({ code: 30, data: [], message: '' }), 'rate-limit-account'],
    ],
  },
  {
    title: 'a described service',
    make: () => new FakeJsonService(),
    channels: ['sms'],
    secret: 'secret',
    hasBalance: true,
    delivered: null,
    refusals: [
      [ok({ status: 'fail', error: { code: 'E_MONEY' } }), 'no-money'],
      [ok({ status: 'fail', error: { code: 'E_OTHER' } }), 'unknown'],
    ],
  },
  {
    title: 'a described caller',
    make: () => new FakeCallService(),
    channels: ['call'],
    secret: 'secret',
    hasBalance: false,
    delivered: null,
    refusals: [
      [ok('ERR;402;no credits'), 'no-money'],
      [ok('OK;1'), 'unknown'],
    ],
  },
];
