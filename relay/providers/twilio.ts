// Twilio Messages: SMS with our text, WhatsApp by an approved template. Prices are negative.
import {
  balanceOf,
  basic,
  entry,
  exchangesOf,
  formPost,
  freeText,
  get,
  home,
  isBlank,
  isSuccess,
  kindOfStatus,
  kindsByCode,
  known,
  NotOffered,
  orNotFound,
  needText,
  ourCode,
  receiptOf,
  refused,
  setting,
  statesByCode,
  unreadable,
  headerOf,
  isOn,
} from './exchange';
import {
  countOf,
  decimalOf,
  isRecord,
  readJson,
  textOf,
  type Json,
  type JsonRecord,
} from './json-text';
import type {
  ChannelCapability,
  Config,
  Decimal,
  Delivery,
  ErrorKind,
  HttpResponse,
  Provider,
  Result,
  SendReceipt,
  SendRequest,
  DeliveryState,
  WebhookOutcome,
  WebhookRequest,
} from './provider';
import { equalInConstantTime } from '../constant-time';
import { hmacSha1Base64 } from './signatures';

const VENDOR = 'https://api.twilio.com';

const exchange = exchangesOf(opened, ['authToken']);

const common = {
  ...freeText, // no test mode: test credentials belong to a separate account
  sender: 'required',
  statusPull: true,
  statusPush: true,
} as const;

export const twilio: Provider = {
  id: 'twilio',
  name: 'Twilio',
  refusesRepeats: false,
  resendAfterMs: 30_000,
  configFields: [
    { key: 'accountSid', kind: 'text', required: true },
    { key: 'authToken', kind: 'secret', required: true },
    { key: 'from', kind: 'text', required: false },
    { key: 'messagingServiceSid', kind: 'text', required: false },
    { key: 'contentSid', kind: 'text', required: false, forChannel: 'whatsapp' },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  capabilities: (config): readonly ChannelCapability[] => [
    { ...common, channel: 'sms', maxTextChars: 1600 },
    ...(isBlank(config) || setting(config, 'contentSid') !== ''
      ? [{ ...common, channel: 'whatsapp', text: 'approved-template' } as const]
      : []),
  ],

  send: (request, config) => {
    const asked = formPost(
      `${account(config)}/Messages.json`,
      message(request, config),
      who(config),
    );
    const read = ({ json }: Success): Result<SendReceipt> =>
      receiptOf(textOf(json['sid']), refused('bad_reply'), {
        cost: unsigned(json['price']),
        segments: countOf(json['num_segments']),
        state: stateOf(textOf(json['status']), textOf(json['error_code'])),
      });
    return exchange(config, asked, read, request);
  },

  balance: (config) =>
    exchange(config, get(`${account(config)}/Balance.json`, who(config)), ({ json }) =>
      balanceOf(json['balance'], refused('bad_reply'), textOf(json['currency'])),
    ),

  deliveryStatus: (ref, config) => {
    const sid = encodeURIComponent(ref.providerMessageId);
    const asked = get(`${account(config)}/Messages/${sid}.json`, who(config));
    const found = exchange(config, asked, ({ json }): Result<Delivery> => {
      const status = textOf(json['status']);
      if (status === null) return refused('bad_reply');
      return {
        ok: true,
        state: stateOf(status, textOf(json['error_code'])),
        ...known({ cost: unsigned(json['price']) }),
      };
    });
    return orNotFound(found, '20404');
  },

  webhook: takeReport,
};

function message(request: SendRequest, config: Config): Record<string, string> {
  needText(request);
  const sender = request.sender ?? setting(config, 'from');
  const common = {
    To: addressed(request.phone, request),
    ...(sender === ''
      ? known({ MessagingServiceSid: setting(config, 'messagingServiceSid') })
      : { From: addressed(sender, request) }),
    ...known({ StatusCallback: setting(config, 'callbackUrl') }),
  };
  switch (request.channel) {
    case 'sms':
      return { ...common, Body: request.text ?? '', ...lifetime(request) };
    case 'whatsapp': {
      const template = setting(config, 'contentSid');
      if (template === '') throw new NotOffered('no WhatsApp template is set');
      const variables = JSON.stringify({ '1': ourCode(request) });
      return { ...common, ContentSid: template, ContentVariables: variables };
    }
    case 'viber':
    case 'call':
    case 'telegram':
      throw new NotOffered(`Twilio here sends nothing by ${request.channel}`);
  }
}

/** On WhatsApp both numbers have the channel as a prefix. */
const addressed = (number: string, { channel }: SendRequest): string =>
  channel === 'whatsapp' && !number.startsWith('whatsapp:') ? `whatsapp:${number}` : number;

/** Seconds; Twilio accepts up to four hours. */
function lifetime({ ttlSec }: SendRequest): Record<string, string> {
  if (ttlSec === undefined) return {};
  return { ValidityPeriod: String(Math.min(14_400, Math.max(1, Math.ceil(ttlSec)))) };
}

const account = (config: Config): string =>
  `${home(config, VENDOR)}/2010-04-01/Accounts/${encodeURIComponent(setting(config, 'accountSid'))}`;
const who = (config: Config): Record<string, string> =>
  basic(setting(config, 'accountSid'), setting(config, 'authToken'));

type Success = { readonly json: JsonRecord };

function opened(response: HttpResponse): Result<Success> {
  const json = readJson(response.text);
  if (!isRecord(json)) return unreadable(response);
  const code = textOf(json['code']);
  if (isSuccess(response) && code === null) return { ok: true, json };
  const text = textOf(json['message']);
  if (code === null && text === null) return unreadable(response);
  const kind = kindOf(code, text ?? '') ?? byStatus(code, response.status);
  return refused(kind ?? 'unknown', { code, text });
}

/** 403 with Twilio's own code is some missing permission, seldom wrong credentials: the raw code says more. */
const byStatus = (code: string | null, status: number): ErrorKind | null =>
  code !== null && status === 403 ? null : kindOfStatus(status);

/** 60200 is any invalid parameter; an invalid recipient is the customer's number. */
const kindOf = (code: string | null, text: string): ErrorKind | undefined =>
  code === '60200' && /`?\bTo\b`?/.test(text) ? 'bad_phone' : entry(KINDS, code);

/** Prices are negative: the change of the account. */
const unsigned = (price: Json | undefined): Decimal | null =>
  decimalOf(price)?.replace(/^-/, '') ?? null;

/** Codes that begin with 60 are those of Twilio Verify, which is not used here; one table per account. */
const KINDS = kindsByCode({
  auth: [20003],
  // 21608: a trial account sends only to its own numbers; 60223: channel switched off
  account_not_ready: [21608, 60220, 60223],
  account_blocked: [30002], // only in reports, after the message was accepted
  bad_phone: [21211],
  // 21612: no route from our number to theirs; 21614: not a mobile number; 60205: landline; 3000x: in reports
  unreachable: [21612, 21614, 30003, 30005, 30006, 60205],
  // 30004: in reports
  recipient_blocked: [21610, 30004],
  region_forbidden: [21408],
  // 14107: too many between two numbers
  rate_limit_recipient: [14107, 60202, 60203, 60212],
  // 21611: our number's queue is full; 30001: the same, in a report; 63038: the daily quota is used up
  rate_limit_account: [20429, 21611, 30001, 60207, 63017, 63018, 63038],
  fraud_guard: [60410],
  text_forbidden: [30007], // filtered by the operator, in a report
  text_not_approved: [63016], // in a report
  text_too_long: [21617],
  // 21603: no sender given
  sender_not_approved: [21212, 21603, 21606, 21657, 21659],
  bad_request: [60200],
});

const STATES = statesByCode({
  queued: ['accepted', 'scheduled', 'queued', 'sending'],
  sent: ['sent'],
  delivered: ['delivered'],
  read: ['read'],
  failed: ['undelivered', 'failed', 'canceled'],
});

const hasFailed = (errorCode: string | null): boolean => errorCode !== null && errorCode !== '0';

/** With an error code the message has failed, whatever its state. */
const stateOf = (status: string | null, errorCode: string | null): DeliveryState =>
  hasFailed(errorCode) ? 'failed' : (entry(STATES, status) ?? 'unknown');

/**
 * Form with MessageSid, MessageStatus and, after a failure, ErrorCode. A signature that is present must be right; a missing one
 * is refused with `signedCallbacks`, which the relay always sets.
 */
function takeReport(request: WebhookRequest, config: Config): WebhookOutcome {
  const fields = new URLSearchParams(request.rawBody);
  const signature = headerOf(request.headers, 'x-twilio-signature');
  if (signature === undefined ? isOn(config, 'signedCallbacks') : !isSigned())
    return { accept: false, reason: 'bad_signature' };
  const providerMessageId = fields.get('MessageSid') ?? fields.get('SmsSid');
  const status = fields.get('MessageStatus') ?? fields.get('SmsStatus');
  if (!providerMessageId || !status) return { accept: false, reason: 'bad_body' };
  const errorCode = fields.get('ErrorCode') || null;
  const state = stateOf(status, errorCode);
  const failure = state === 'failed' && hasFailed(errorCode);
  const event = {
    providerMessageId,
    state,
    ...(failure ? { kind: entry(KINDS, errorCode) ?? 'unknown' } : {}),
  };
  return { accept: true, events: [event], reply: { status: 204, body: '' } };

  /** Base64 of HMAC-SHA1 over the address as Twilio called it and all fields in order of their names. */
  function isSigned(): boolean {
    const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const text = request.url + sorted.map(([name, value]) => name + value).join('');
    const token = setting(config, 'authToken');
    return token !== '' && equalInConstantTime(hmacSha1Base64(token, text), signature ?? '');
  }
}
