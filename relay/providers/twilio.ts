// Twilio Messages: SMS with our text, WhatsApp by an approved template. Prices are negative.
import {
  basic,
  entry,
  exchangesOf,
  formPost,
  get,
  home,
  isBlank,
  isSuccess,
  known,
  kindOfStatus,
  NotOffered,
  orNotFound,
  needText,
  ourCode,
  refused,
  setting,
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
  ProviderError,
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
  codeOrigin: 'ours',
  codeDigits: { min: 4, max: 8 },
  leadingZero: true,
  sender: 'required',
  testMode: false, // test credentials belong to a separate account
  statusPull: true,
  statusPush: true,
  costInSendReply: false,
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
    { ...common, channel: 'sms', text: 'free', maxTextChars: 1600, evidence: 'documented' },
    ...(isBlank(config) || setting(config, 'contentSid') !== ''
      ? [
          {
            ...common,
            channel: 'whatsapp',
            text: 'approved-template',
            evidence: 'documented',
          } as const,
        ]
      : []),
  ],

  send: (request, config) => {
    const asked = formPost(
      `${account(config)}/Messages.json`,
      message(request, config),
      who(config),
    );
    const read = ({ json }: Success): Result<SendReceipt> => {
      const providerMessageId = textOf(json['sid']);
      if (providerMessageId === null) return refused('bad_reply');
      return {
        ok: true,
        providerMessageId,
        ...known({ cost: unsigned(json['price']), segments: countOf(json['num_segments']) }),
        state: stateOf(textOf(json['status']), textOf(json['error_code'])),
      };
    };
    return exchange(config, asked, read, request);
  },

  balance: (config) =>
    exchange(config, get(`${account(config)}/Balance.json`, who(config)), ({ json }) => {
      const amount = decimalOf(json['balance']);
      if (amount === null) return refused('bad_reply');
      return { ok: true, amount, ...known({ currency: textOf(json['currency']) }) };
    }),

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
    return { ...found, parse: (response) => orNotFound(found.parse(response), '20404') };
  },

  webhook: takeReport,
};

function message(request: SendRequest, config: Config): Record<string, string> {
  needText(request);
  const sender = request.sender ?? setting(config, 'from');
  const from = sender === '' ? {} : { From: addressed(sender, request) };
  const service = sender === '' ? setting(config, 'messagingServiceSid') : '';
  const common = {
    To: addressed(request.phone, request),
    ...from,
    ...(service === '' ? {} : { MessagingServiceSid: service }),
    ...callback(config),
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
function addressed(number: string, { channel }: SendRequest): string {
  return channel === 'whatsapp' && !number.startsWith('whatsapp:') ? `whatsapp:${number}` : number;
}

function callback(config: Config): Record<string, string> {
  const url = setting(config, 'callbackUrl');
  return url === '' ? {} : { StatusCallback: url };
}

/** Seconds; Twilio accepts up to four hours. */
function lifetime({ ttlSec }: SendRequest): Record<string, string> {
  if (ttlSec === undefined) return {};
  return { ValidityPeriod: String(Math.min(14_400, Math.max(1, Math.ceil(ttlSec)))) };
}

const account = (config: Config): string =>
  `${home(config, VENDOR)}/2010-04-01/Accounts/${encodeURIComponent(setting(config, 'accountSid'))}`;
const who = (config: Config): Record<string, string> =>
  basic(setting(config, 'accountSid'), setting(config, 'authToken'));

type Success = { readonly ok: true; readonly json: JsonRecord };

function opened(response: HttpResponse): Success | ProviderError {
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
function kindOf(code: string | null, text: string): ErrorKind | undefined {
  return code === '60200' && /`?\bTo\b`?/.test(text) ? 'bad_phone' : entry(KINDS, code);
}

/** Prices are negative: the change of the account. */
function unsigned(price: Json | undefined): Decimal | null {
  return decimalOf(price)?.replace(/^-/, '') ?? null;
}

const KINDS: Readonly<Record<string, ErrorKind>> = {
  '20003': 'auth',
  '20429': 'rate_limit_account',
  '14107': 'rate_limit_recipient', // too many between two numbers
  '21611': 'rate_limit_account', // our number's queue is full
  '30001': 'rate_limit_account', // the same, in a report
  '63017': 'rate_limit_account',
  '63018': 'rate_limit_account',
  '63038': 'rate_limit_account', // the daily quota is used up
  '21211': 'bad_phone',
  '21408': 'region_forbidden',
  '21212': 'sender_not_approved',
  '21603': 'sender_not_approved', // no sender given
  '21606': 'sender_not_approved',
  '21608': 'account_not_ready', // a trial account sends only to its own numbers
  '21610': 'recipient_blocked',
  '21612': 'unreachable', // no route from our number to theirs
  '21614': 'unreachable', // not a mobile number
  '21617': 'text_too_long',
  '21657': 'sender_not_approved',
  '21659': 'sender_not_approved',
  // only in reports, after the message was accepted
  '30002': 'account_blocked',
  '30003': 'unreachable',
  '30004': 'recipient_blocked',
  '30005': 'unreachable',
  '30006': 'unreachable',
  '30007': 'text_forbidden', // filtered by the operator
  '63016': 'text_not_approved',
  // codes of Twilio Verify, which is not used here; one table per account
  '60200': 'bad_request',
  '60202': 'rate_limit_recipient',
  '60203': 'rate_limit_recipient',
  '60205': 'unreachable', // landline
  '60207': 'rate_limit_account',
  '60212': 'rate_limit_recipient',
  '60220': 'account_not_ready',
  '60223': 'account_not_ready', // channel switched off
  '60410': 'fraud_guard',
};

const STATES: Readonly<Record<string, DeliveryState>> = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

const hasFailed = (errorCode: string | null): boolean => errorCode !== null && errorCode !== '0';

/** With an error code the message has failed, whatever its state. */
function stateOf(status: string | null, errorCode: string | null): DeliveryState {
  return hasFailed(errorCode) ? 'failed' : (entry(STATES, status) ?? 'unknown');
}

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
