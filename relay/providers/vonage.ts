// Vonage: SMS by its old API (always HTTP 200), Viber and WhatsApp by its Messages API, reports.
import { isGsmText } from '$lib/domain/messages/message-size';
import { addDecimals } from '$lib/domain/values/decimal';
import {
  digits,
  entry,
  exchangesOf,
  formPost,
  garbled,
  get,
  home,
  isBlank,
  isSuccess,
  known,
  kindOfStatus,
  needText,
  refused,
  setting,
  unreadable,
  basic,
  jsonPost,
  NotOffered,
  ourCode,
  headerOf,
} from './exchange';
import { at, decimalOf, isRecord, readJson, textOf, type Json, type JsonRecord } from './json-text';
import type {
  ChannelCapability,
  Config,
  Decimal,
  ErrorKind,
  HttpRequest,
  HttpResponse,
  Provider,
  ProviderError,
  Result,
  SendReceipt,
  SendRequest,
  Exchange,
  DeliveryState,
  WebhookOutcome,
  WebhookRequest,
} from './provider';
import { codeComponents } from './whatsapp-cloud';
import { equalInConstantTime } from '../constant-time';
import { hmacSha256Hex, sha256Hex } from './signatures';

const SMS_API = 'https://rest.nexmo.com';

/** Status of one part of an SMS. */
const SMS_KINDS: Readonly<Record<string, ErrorKind>> = {
  '1': 'rate_limit_account',
  '2': 'bad_request',
  '3': 'bad_request',
  '4': 'auth',
  '5': 'temporary',
  '6': 'unreachable',
  '7': 'recipient_blocked',
  '8': 'account_blocked',
  '9': 'no_money',
  '10': 'rate_limit_account', // too many concurrent connections
  '11': 'account_not_ready', // not enabled for this API
  '12': 'text_too_long',
  '13': 'temporary', // not submitted: the connection failed
  '14': 'auth', // signature
  '15': 'sender_not_approved',
  '16': 'bad_request', // lifetime
  '19': 'account_not_ready', // needs something the account lacks
  '20': 'bad_request', // class
  '22': 'bad_request',
  '23': 'bad_request',
  '29': 'account_not_ready', // a trial account sends only to its own list
  '32': 'auth', // signature and secret together
  '33': 'unreachable', // number deactivated
  '34': 'bad_phone',
};

const sms = exchangesOf(sentWhole, ['apiSecret']);
const account = exchangesOf(accountOpened, ['apiSecret']);

const common = {
  codeOrigin: 'ours',
  codeDigits: { min: 4, max: 8 },
  leadingZero: true,
  text: 'free',
  sender: 'required',
  testMode: false,
  statusPull: false,
  statusPush: true,
  costInSendReply: false,
} as const;

export const vonage: Provider = {
  id: 'vonage',
  name: 'Vonage',
  refusesRepeats: false,
  resendAfterMs: 30_000,
  configFields: [
    { key: 'apiKey', kind: 'text', required: true },
    { key: 'apiSecret', kind: 'secret', required: true },
    { key: 'from', kind: 'text', required: true },
    { key: 'waTemplate', kind: 'text', required: false, forChannel: 'whatsapp' },
    { key: 'waLanguage', kind: 'text', required: false, forChannel: 'whatsapp' },
    // when set, reports without Vonage's signature are refused
    { key: 'signatureSecret', kind: 'secret', required: false },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  capabilities: (config): readonly ChannelCapability[] => [
    { ...common, channel: 'sms', costInSendReply: true, evidence: 'documented' },
    { ...common, channel: 'viber', evidence: 'documented' },
    {
      ...common,
      channel: 'whatsapp',
      // WhatsApp delivers free text only to people who have just written to the shop
      text: isBlank(config) || setting(config, 'waTemplate') ? 'approved-template' : 'free',
      evidence: 'partial',
    },
  ],

  send: (request, config) => {
    if (request.channel !== 'sms') return sendMessage(request, config);
    return sms(config, smsRequest(request, config), receipt, request);
  },

  // the secret is in a header: URLs are logged
  balance: (config) =>
    account(
      config,
      get(`${home(config, SMS_API)}/account/get-balance`, authHeader(config)),
      ({ json }) => {
        const amount = decimalOf(json['value']);
        // the reply names no currency; Vonage's accounts are in euros
        return amount === null ? refused('bad_reply') : { ok: true, amount, currency: 'EUR' };
      },
    ),

  webhook: takeReport,
};

function smsRequest(request: SendRequest, config: Config): HttpRequest {
  needText(request);
  const text = request.text ?? '';
  const callback = setting(config, 'callbackUrl');
  return formPost(`${home(config, SMS_API)}/sms/json`, {
    api_key: setting(config, 'apiKey'),
    api_secret: setting(config, 'apiSecret'),
    from: senderOf(request, config),
    to: digits(request.phone),
    text,
    ...(isGsmText(text) ? {} : { type: 'unicode' }),
    ...(callback === '' ? {} : { callback }),
  });
}

type Parts = { readonly ok: true; readonly parts: readonly Json[] };

/** One result per part: the message is sent only if every part is. */
function sentWhole(response: HttpResponse): Parts | ProviderError {
  const parts = at(readJson(response.text), 'messages');
  if (!Array.isArray(parts) || parts.length === 0) return garbled(response);
  for (const part of parts as readonly Json[]) {
    const status = textOf(at(part, 'status'));
    if (status === null) return garbled(response);
    if (status !== '0') return partRefusal(status, textOf(at(part, 'error-text')));
  }
  return { ok: true, parts: parts as readonly Json[] };
}

function receipt({ parts }: Parts, response: HttpResponse): Result<SendReceipt> {
  const providerMessageId = textOf(at(parts[0], 'message-id'));
  if (providerMessageId === null) return garbled(response);
  return {
    ok: true,
    providerMessageId,
    ...known({
      cost: sumOf(parts.map((part) => decimalOf(at(part, 'message-price')))),
      balanceAfter: decimalOf(at(parts.at(-1), 'remaining-balance')),
    }),
    segments: parts.length,
  };
}

function partRefusal(status: string, text: string | null): ProviderError {
  // "please wait [ 702 ] and retry": milliseconds
  const wait = status === '1' ? /wait \[ ?(\d{1,8}) ?\]/.exec(text ?? '')?.[1] : undefined;
  return refused(entry(SMS_KINDS, status) ?? 'unknown', {
    code: status,
    text,
    retryAfterSec: wait === undefined ? null : Math.ceil(Number(wait) / 1000),
  });
}

/** Total price of the parts; null where any has none. */
export function sumOf(prices: readonly (Decimal | null)[]): Decimal | null {
  return prices.reduce((sum, price) =>
    sum === null || price === null ? null : addDecimals(sum, price),
  );
}

type AccountReply = { readonly ok: true; readonly json: JsonRecord };

/** The account API has errors of its own, by HTTP status. */
function accountOpened(response: HttpResponse): AccountReply | ProviderError {
  const json = readJson(response.text);
  if (!isRecord(json)) return unreadable(response);
  const code = textOf(json['error-code']);
  if (code === null) return isSuccess(response) ? { ok: true, json } : unreadable(response);
  const kind = kindOfStatus(response.status) ?? kindOfStatus(Number(code));
  return refused(kind ?? 'unknown', { code, text: textOf(json['error-code-label']) });
}

// The Messages API. Its errors are problem+json.

const MESSAGES_API = 'https://api.nexmo.com';

const messages = exchangesOf(messageOpened, ['apiSecret']);

const authHeader = (config: Config): Record<string, string> =>
  basic(setting(config, 'apiKey'), setting(config, 'apiSecret'));

/** A sender's name, or a number without its plus. */
const senderOf = (request: SendRequest, config: Config): string =>
  (request.sender ?? setting(config, 'from')).replace(/^\+(?=\d+$)/, '');

/** A message over any channel except SMS. */
function sendMessage(request: SendRequest, config: Config): Exchange<SendReceipt> {
  const read = ({ json }: MessageReply): Result<SendReceipt> => {
    const providerMessageId = textOf(json['message_uuid']);
    return providerMessageId === null ? refused('bad_reply') : { ok: true, providerMessageId };
  };
  return messages(config, messageRequest(request, config), read, request);
}

function messageRequest(request: SendRequest, config: Config): HttpRequest {
  needText(request);
  const ends = { to: digits(request.phone), from: senderOf(request, config) };
  const template = setting(config, 'waTemplate');
  const text = request.text ?? '';
  const url = `${home(config, MESSAGES_API)}/v1/messages`;
  switch (request.channel) {
    case 'viber':
      return jsonPost(
        url,
        { message_type: 'text', ...ends, channel: 'viber_service', text },
        authHeader(config),
      );
    case 'whatsapp':
      return jsonPost(
        url,
        template === ''
          ? { message_type: 'text', ...ends, channel: 'whatsapp', text }
          : {
              message_type: 'custom',
              ...ends,
              channel: 'whatsapp',
              custom: {
                type: 'template',
                template: {
                  name: template,
                  language: {
                    policy: 'deterministic',
                    code: setting(config, 'waLanguage') || 'en',
                  },
                  components: codeComponents(ourCode(request)),
                },
              },
            },
        authHeader(config),
      );
    case 'sms':
    case 'call':
    case 'telegram':
      throw new NotOffered(`Vonage here sends nothing by ${request.channel}`);
  }
}

type MessageReply = { readonly ok: true; readonly json: JsonRecord };

/** Errors are problem+json with an HTTP status of their own. */
function messageOpened(response: HttpResponse): MessageReply | ProviderError {
  const json = readJson(response.text);
  if (!isRecord(json)) return unreadable(response);
  if (isSuccess(response)) return { ok: true, json };
  const type = textOf(json['type']);
  const title = textOf(json['title']);
  if (type === null && title === null) return unreadable(response);
  const { code, kind } = problemOf(type);
  const byStatus = kindOfStatus(response.status);
  // 1010 is documented as a missing parameter but was recorded as a limit: 429 is more reliable
  const found = response.status === 429 ? byStatus : (kind ?? byStatus);
  return refused(found ?? (code === null ? 'bad_request' : 'unknown'), {
    code,
    text: [title, textOf(json['detail'])].filter((it) => it !== null).join(': '),
  });
}

/**
 * Problems of Vonage's newer APIs, in refusals and reports: numbers of the Messages API, and names
 * common to all APIs. Source: Vonage's pages of API errors.
 */
const PROBLEM_KINDS: Readonly<Record<string, ErrorKind>> = {
  '1000': 'rate_limit_account',
  '1010': 'bad_request', // a parameter is missing
  '1020': 'bad_request',
  '1021': 'bad_request',
  '1022': 'text_not_approved',
  '1030': 'temporary',
  '1040': 'unreachable', // no such prefix
  '1050': 'recipient_blocked',
  '1060': 'account_blocked',
  '1070': 'no_money',
  '1080': 'account_not_ready', // not enabled for this API
  '1090': 'text_too_long',
  '1100': 'temporary', // not submitted: the connection failed
  '1110': 'auth', // signature
  '1120': 'sender_not_approved',
  '1130': 'bad_request',
  '1140': 'account_not_ready', // needs something the account lacks
  '1150': 'bad_request',
  '1160': 'account_not_ready', // a trial account sends only to its own list
  '1170': 'bad_phone',
  '1180': 'unreachable',
  '1190': 'unreachable',
  '1200': 'unreachable', // the number was ported to another operator
  '1210': 'text_forbidden', // classified as spam
  '1220': 'unreachable',
  '1230': 'temporary',
  '1240': 'recipient_blocked', // has sent STOP
  '1241': 'rate_limit_recipient',
  '1250': 'unreachable',
  '1260': 'unreachable',
  '1270': 'unreachable', // age restriction
  '1280': 'unreachable', // blocked by the operator
  '1290': 'unreachable', // the recipient has no credit
  '1300': 'unreachable', // not registered in this messenger
  '1310': 'unreachable', // not supported by the device
  '1320': 'duplicate', // already sent
  '1340': 'text_not_approved', // outside the window only templates are allowed
  '1350': 'account_not_ready',
  '1360': 'unreachable', // expired
  '1370': 'auth',
  'low-balance': 'no_money',
  'account-suspended': 'account_blocked',
  unprovisioned: 'account_not_ready',
  'invalid-api-key': 'auth',
  'invalid-signature': 'auth',
  'jwt-expired': 'auth',
  'jwt-revoked': 'auth',
};

type Problem = {
  /** Its number; names are not codes. */
  readonly code: string | null;
  readonly kind: ErrorKind | undefined;
};

/** A problem by the part of its `type` after the #. */
function problemOf(type: string | null): Problem {
  const word = /#([\w-]+)$/.exec(type ?? '')?.[1] ?? null;
  return {
    code: word !== null && /^\d+$/.test(word) ? word : null,
    kind: entry(PROBLEM_KINDS, word),
  };
}

// Delivery reports of SMS (JSON, form or query, by `messageId`) and of the Messages API (by `message_uuid`).

const REPORT_STATES: Readonly<Record<string, DeliveryState>> = {
  submitted: 'sent',
  accepted: 'sent',
  buffered: 'sent',
  delivered: 'delivered',
  read: 'read',
  expired: 'expired',
  failed: 'failed',
  rejected: 'failed',
  undeliverable: 'failed',
  deleted: 'failed',
};

/** `err-code` of a report on an SMS. */
const REPORT_KINDS: Readonly<Record<string, ErrorKind>> = {
  '2': 'unreachable',
  '3': 'unreachable',
  '4': 'recipient_blocked',
  '5': 'unreachable',
  '6': 'text_forbidden',
  '7': 'unreachable',
  '8': 'temporary',
  '9': 'bad_phone',
  '10': 'bad_request',
  '11': 'unreachable',
  '12': 'unreachable',
  '13': 'recipient_blocked',
  '14': 'recipient_blocked',
};

/** With a signature secret, unsigned reports are refused; without one only the secret in the address protects them. */
function takeReport(request: WebhookRequest, config: Config): WebhookOutcome {
  const json = fieldsOf(request);
  if (json === null) return { accept: false, reason: 'bad_body' };
  const secret = setting(config, 'signatureSecret');
  if (secret !== '' && !isSigned(request, json, secret))
    return { accept: false, reason: 'bad_signature' };
  const providerMessageId = textOf(json['messageId']) ?? textOf(json['message_uuid']);
  const status = textOf(json['status']);
  if (providerMessageId === null || status === null) return { accept: false, reason: 'bad_body' };
  const state = entry(REPORT_STATES, status.toLowerCase()) ?? 'unknown';
  const event = {
    providerMessageId,
    state,
    ...known({
      cost: decimalOf(json['price']) ?? decimalOf(at(json, 'usage', 'price')),
      kind: state === 'failed' ? kindOfFailure(json) : null,
    }),
  };
  return { accept: true, events: [event], reply: { status: 200, body: '' } };
}

/** Null where the report gives no reason. */
function kindOfFailure(json: JsonRecord): ErrorKind | null {
  const code = textOf(json['err-code']);
  if (code !== null) return code === '0' ? null : (entry(REPORT_KINDS, code) ?? 'unknown');
  const error = json['error'];
  if (!isRecord(error)) return null;
  const problem = textOf(error['type']) ?? `#${textOf(error['title']) ?? ''}`;
  return problemOf(problem).kind ?? 'unknown';
}

/** Reports come as JSON, as a form, or in the query of a GET. */
function fieldsOf(request: WebhookRequest): JsonRecord | null {
  const json = readJson(request.rawBody);
  if (json !== undefined) return isRecord(json) ? json : null;
  const text = request.rawBody || (request.url.split('?')[1] ?? '');
  const fields = [...new URLSearchParams(text)];
  return fields.length === 0 ? null : Object.fromEntries(fields);
}

function isSigned(request: WebhookRequest, json: JsonRecord, secret: string): boolean {
  const token = /^Bearer (.+)$/.exec(headerOf(request.headers, 'authorization') ?? '')?.[1];
  return token === undefined
    ? hasOwnSignature(json, secret)
    : isTokenFor(request.rawBody, token, secret);
}

/** SMS: `sig` is HMAC-SHA256 over `&name=value` of the other fields by name; & and = in values become _. */
function hasOwnSignature(json: JsonRecord, secret: string): boolean {
  const text = Object.keys(json)
    .filter((name) => name !== 'sig')
    .sort()
    .map((name) => `&${name}=${(textOf(json[name]) ?? '').replace(/[&=]/g, '_')}`)
    .join('');
  const given = textOf(json['sig']) ?? '';
  return equalInConstantTime(hmacSha256Hex(secret, text), given.toLowerCase());
}

/** Messages API: an HS256 token whose `payload_hash` is the body's SHA-256. */
function isTokenFor(body: string, token: string, secret: string): boolean {
  const [head = '', claims = '', signature = ''] = token.split('.');
  const algorithm = textOf(at(readJson(decoded(head)), 'alg'));
  const signed = equalInConstantTime(
    hmacSha256Hex(secret, `${head}.${claims}`),
    [...decoded(signature)]
      .map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'))
      .join(''),
  );
  const hash = textOf(at(readJson(decoded(claims)), 'payload_hash')) ?? '';
  const sameBody = equalInConstantTime(sha256Hex(body), hash.toLowerCase());
  return algorithm === 'HS256' && signed && sameBody;
}

/** base64url as a string of bytes; '' where it is invalid. */
function decoded(text: string): string {
  try {
    return atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  } catch {
    return ''; // invalid input has no valid signature
  }
}
