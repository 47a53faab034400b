// Vonage: SMS by its old API (always HTTP 200), Viber and WhatsApp by its Messages API, reports.
import { isGsmText } from '$lib/domain/messages/message-size';
import { addDecimals } from '$lib/domain/values/decimal';
import {
  balanceOf,
  digits,
  entry,
  exchangesOf,
  formPost,
  freeText,
  garbled,
  get,
  home,
  isBlank,
  isSuccess,
  kindOfStatus,
  kindsByCode,
  known,
  needText,
  receiptOf,
  refused,
  setting,
  statesByCode,
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
  WebhookOutcome,
  WebhookRequest,
} from './provider';
import { codeComponents } from './whatsapp-cloud';
import { equalInConstantTime } from '../constant-time';
import { hmacSha256Hex, sha256Hex } from './signatures';

const SMS_API = 'https://rest.nexmo.com';

/** Status of one part of an SMS. */
const SMS_KINDS = kindsByCode({
  // 14: signature; 32: signature and secret together
  auth: [4, 14, 32],
  // 11: not enabled for this API; 19: needs something the account lacks; 29: a trial account sends only to its own list
  account_not_ready: [11, 19, 29],
  account_blocked: [8],
  no_money: [9],
  bad_phone: [34],
  // 33: number deactivated
  unreachable: [6, 33],
  recipient_blocked: [7],
  // 10: too many concurrent connections
  rate_limit_account: [1, 10],
  text_too_long: [12],
  sender_not_approved: [15],
  // 16: lifetime; 20: class
  bad_request: [2, 3, 16, 20, 22, 23],
  // 13: not submitted, the connection failed
  temporary: [5, 13],
});

const sms = exchangesOf(sentWhole, ['apiSecret']);
const account = exchangesOf(accountOpened, ['apiSecret']);

const common = {
  ...freeText,
  sender: 'required',
  statusPush: true,
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
    { ...common, channel: 'sms', costInSendReply: true },
    { ...common, channel: 'viber' },
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
      // the reply names no currency; Vonage's accounts are in euros
      ({ json }) => balanceOf(json['value'], refused('bad_reply'), 'EUR'),
    ),

  webhook: takeReport,
};

function smsRequest(request: SendRequest, config: Config): HttpRequest {
  needText(request);
  const text = request.text ?? '';
  return formPost(`${home(config, SMS_API)}/sms/json`, {
    api_key: setting(config, 'apiKey'),
    api_secret: setting(config, 'apiSecret'),
    from: senderOf(request, config),
    to: digits(request.phone),
    text,
    ...(isGsmText(text) ? {} : { type: 'unicode' }),
    ...known({ callback: setting(config, 'callbackUrl') }),
  });
}

type Parts = { readonly parts: readonly Json[] };

/** One result per part: the message is sent only if every part is. */
function sentWhole(response: HttpResponse): Result<Parts> {
  const parts = at(readJson(response.text), 'messages');
  if (!Array.isArray(parts) || parts.length === 0) return garbled(response);
  for (const part of parts as readonly Json[]) {
    const status = textOf(at(part, 'status'));
    if (status === null) return garbled(response);
    if (status !== '0') return partRefusal(status, textOf(at(part, 'error-text')));
  }
  return { ok: true, parts: parts as readonly Json[] };
}

const receipt = ({ parts }: Parts, response: HttpResponse): Result<SendReceipt> =>
  receiptOf(textOf(at(parts[0], 'message-id')), garbled(response), {
    cost: sumOf(parts.map((part) => decimalOf(at(part, 'message-price')))),
    balanceAfter: decimalOf(at(parts.at(-1), 'remaining-balance')),
    segments: parts.length,
  });

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
export const sumOf = (prices: readonly (Decimal | null)[]): Decimal | null =>
  prices.reduce((sum, price) => (sum === null || price === null ? null : addDecimals(sum, price)));

type Success = { readonly json: JsonRecord };

/** The account API has errors of its own, by HTTP status. */
function accountOpened(response: HttpResponse): Result<Success> {
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
  const read = ({ json }: Success): Result<SendReceipt> =>
    receiptOf(textOf(json['message_uuid']), refused('bad_reply'));
  return messages(config, messageRequest(request, config), read, request);
}

function messageRequest(request: SendRequest, config: Config): HttpRequest {
  needText(request);
  const ends = { to: digits(request.phone), from: senderOf(request, config) };
  const template = setting(config, 'waTemplate');
  const text = request.text ?? '';
  const ask = (json: object): HttpRequest =>
    jsonPost(`${home(config, MESSAGES_API)}/v1/messages`, json, authHeader(config));
  switch (request.channel) {
    case 'viber':
      return ask({ message_type: 'text', ...ends, channel: 'viber_service', text });
    case 'whatsapp': {
      const channel = 'whatsapp';
      if (template === '') return ask({ message_type: 'text', ...ends, channel, text });
      const language = { policy: 'deterministic', code: setting(config, 'waLanguage') || 'en' };
      const components = codeComponents(ourCode(request));
      const custom = { type: 'template', template: { name: template, language, components } };
      return ask({ message_type: 'custom', ...ends, channel, custom });
    }
    case 'sms':
    case 'call':
    case 'telegram':
      throw new NotOffered(`Vonage here sends nothing by ${request.channel}`);
  }
}

/** Errors are problem+json with an HTTP status of their own. */
function messageOpened(response: HttpResponse): Result<Success> {
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
const PROBLEM_KINDS = kindsByCode({
  // 1110: signature
  auth: [1110, 1370, 'invalid-api-key', 'invalid-signature', 'jwt-expired', 'jwt-revoked'],
  // 1080: not enabled for this API; 1140: needs something the account lacks; 1160: a trial account sends only to its own list
  account_not_ready: [1080, 1140, 1160, 1350, 'unprovisioned'],
  account_blocked: [1060, 'account-suspended'],
  no_money: [1070, 'low-balance'],
  bad_phone: [1170],
  // 1040: no such prefix; 1200: the number was ported to another operator; 1270: age restriction; 1280: blocked by the
  // operator; 1290: the recipient has no credit; 1300: not registered in this messenger; 1310: not supported by the
  // device; 1360: expired
  unreachable: [1040, 1180, 1190, 1200, 1220, 1250, 1260, 1270, 1280, 1290, 1300, 1310, 1360],
  // 1240: has sent STOP
  recipient_blocked: [1050, 1240],
  rate_limit_recipient: [1241],
  rate_limit_account: [1000],
  duplicate: [1320], // already sent
  text_forbidden: [1210], // classified as spam
  // 1340: outside the window only templates are allowed
  text_not_approved: [1022, 1340],
  text_too_long: [1090],
  sender_not_approved: [1120],
  // 1010: a parameter is missing
  bad_request: [1010, 1020, 1021, 1130, 1150],
  // 1100: not submitted, the connection failed
  temporary: [1030, 1100, 1230],
});

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

const REPORT_STATES = statesByCode({
  sent: ['submitted', 'accepted', 'buffered'],
  delivered: ['delivered'],
  read: ['read'],
  expired: ['expired'],
  failed: ['failed', 'rejected', 'undeliverable', 'deleted'],
});

/** `err-code` of a report on an SMS. */
const REPORT_KINDS = kindsByCode({
  bad_phone: [9],
  unreachable: [2, 3, 5, 7, 11, 12],
  recipient_blocked: [4, 13, 14],
  text_forbidden: [6],
  bad_request: [10],
  temporary: [8],
});

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
