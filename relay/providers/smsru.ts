// SMS.RU: messages, flash calls, balance, delivery states and reports. It always answers HTTP 200.
import {
  balanceOf,
  codeCall,
  digits,
  entry,
  exchangesOf,
  formPost,
  freeText,
  garbled,
  get,
  home,
  kindsByCode,
  known,
  NotOffered,
  needText,
  orNotFound,
  receiptOf,
  refused,
  setting,
  statesByCode,
} from './exchange';
import {
  at,
  countOf,
  decimalOf,
  isRecord,
  Numeral,
  readJson,
  textOf,
  type Json,
  type JsonRecord,
} from './json-text';
import type {
  Config,
  Delivery,
  Estimate,
  Exchange,
  HttpRequest,
  HttpResponse,
  Provider,
  ProviderError,
  Result,
  SendReceipt,
  SendRequest,
  ErrorKind,
  WebhookEvent,
  WebhookOutcome,
  WebhookRequest,
} from './provider';
import { equalInConstantTime } from '../constant-time';
import { sha256Hex } from './signatures';

// Source: sms.ru/api and its public code table; what was never tried live is in docs/providers.md.

const VENDOR = 'https://sms.ru';

const exchange = exchangesOf(opened, ['apiId']);

export const smsru: Provider = {
  id: 'smsru',
  name: 'SMS.RU',
  refusesRepeats: true,
  resendAfterMs: 30_000,
  configFields: [
    { key: 'apiId', kind: 'secret', required: true },
    { key: 'sender', kind: 'text', required: false, forChannel: 'sms' },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  capabilities: () => [
    {
      ...freeText,
      channel: 'sms',
      maxTextChars: 536, // eight Cyrillic segments
      testMode: true,
      statusPull: true,
      statusPush: true,
    },
    { ...codeCall, costInSendReply: true },
  ],

  send: (request, config) => {
    if (request.channel === 'call') return call(request, config);
    if (request.channel === 'sms') return message(request, config);
    throw new NotOffered(`SMS.RU sends nothing by ${request.channel}`);
  },

  balance: (config) =>
    exchange(config, ask('/my/balance', {}, config), ({ json }, response) =>
      // the reply names no currency; SMS.RU's accounts are in roubles
      balanceOf(json['balance'], garbled(response), 'RUB'),
    ),

  deliveryStatus: ({ providerMessageId }, config) => {
    const asked = ask('/sms/status', { sms_id: providerMessageId }, config);
    const found = exchange(config, asked, ({ json }, response) =>
      delivery(at(json, 'sms', providerMessageId), response),
    );
    return orNotFound(found, '-1');
  },

  estimate: (request, config) => {
    const asked = ask('/sms/cost', addressed(request), config);
    const read = (one: JsonRecord, _: JsonRecord, response: HttpResponse): Result<Estimate> => {
      const cost = decimalOf(one['cost']);
      if (cost === null) return garbled(response);
      return { ok: true, cost, ...known({ segments: countOf(one['sms']) }) };
    };
    return exchange(config, asked, ofNumber(request, read), request);
  },

  webhook: takeReport,
};

function message(request: SendRequest, config: Config): Exchange<SendReceipt> {
  needText(request);
  const asked = ask('/sms/send', addressed(request), config, {
    ...(request.test ? { test: '1' } : {}),
    ...known({ from: request.sender ?? setting(config, 'sender'), ip: customersAddress(request) }),
    ...(request.ttlSec === undefined ? {} : { ttl: String(minutes(request.ttlSec)) }),
  });
  const read = (one: JsonRecord, whole: JsonRecord, response: HttpResponse): Result<SendReceipt> =>
    receiptOf(textOf(one['sms_id']), garbled(response), {
      balanceAfter: decimalOf(whole['balance']),
    });
  return exchange(config, asked, ofNumber(request, read), request);
}

function call(request: SendRequest, config: Config): Exchange<SendReceipt> {
  // documented as GET with the key in the URL; -1: the customer's own address is not known
  const query = new URLSearchParams({
    phone: digits(request.phone),
    ip: customersAddress(request) ?? '-1',
    api_id: setting(config, 'apiId'),
  });
  const asked = get(`${home(config, VENDOR)}/code/call?${query.toString()}`, {});
  const read = ({ json }: Success, response: HttpResponse): Result<SendReceipt> => {
    const codeChosenByProvider = fourDigits(json['code']);
    if (codeChosenByProvider === null) return garbled(response);
    return receiptOf(textOf(json['call_id']), garbled(response), {
      codeChosenByProvider,
      cost: decimalOf(json['cost']),
      balanceAfter: decimalOf(json['balance']),
    });
  };
  return exchange(config, asked, read, request);
}

/** A private address does not identify the customer, and SMS.RU refuses it with 507. */
const INNER =
  /^(?:(?:::ffff:)?(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|::1?$|f[cd]|fe[89ab])/i;

const customersAddress = ({ clientIp }: SendRequest): string | null =>
  clientIp === undefined || clientIp === '' || INNER.test(clientIp) ? null : clientIp;

function delivery(one: Json | undefined, response: HttpResponse): Result<Delivery> {
  const code = textOf(at(one, 'status_code'));
  if (!isRecord(one) || code === null) return garbled(response);
  const state = entry(STATES, code);
  if (state === undefined && one['status'] !== 'OK') return refusal(one);
  return { ok: true, state: state ?? 'unknown', ...known({ cost: decimalOf(one['cost']) }) };
}

const ask = (
  path: string,
  fields: Readonly<Record<string, string>>,
  config: Config,
  options: Readonly<Record<string, string>> = {},
): HttpRequest =>
  formPost(home(config, VENDOR) + path, {
    api_id: setting(config, 'apiId'),
    ...fields,
    json: '1',
    ...options,
  });

const addressed = (request: SendRequest): Record<string, string> => ({
  to: digits(request.phone),
  msg: request.text ?? '',
});

/** SMS.RU accepts a minute to a day. */
const minutes = (seconds: number): number => Math.min(1440, Math.max(1, Math.ceil(seconds / 60)));

type Success = { readonly json: JsonRecord };

/** The whole reply, if its top level says OK. */
function opened(response: HttpResponse): Result<Success> {
  const json = readJson(response.text);
  // without `json=1` (calls have none) a refusal may be the bare code
  if (json instanceof Numeral) return refusal({ status_code: json });
  if (!isRecord(json)) return garbled(response);
  if (json['status'] === 'OK' && !isRefused(json)) return { ok: true, json };
  return json['status'] === 'ERROR' || isRefused(json) ? refusal(json) : garbled(response);
}

/** The top-level OK is not success: the state of our one number is inside. */
function ofNumber<T>(
  { phone }: SendRequest,
  read: (one: JsonRecord, whole: JsonRecord, response: HttpResponse) => Result<T>,
): (reply: Success, response: HttpResponse) => Result<T> {
  return ({ json }, response) => {
    const one = at(json, 'sms', digits(phone));
    if (!isRecord(one)) return garbled(response);
    if (one['status'] === 'ERROR' || isRefused(one)) return refusal(one);
    return one['status'] === 'OK' ? read(one, json, response) : garbled(response);
  };
}

/** A refusal's code wins over an OK beside it. */
const isRefused = (json: JsonRecord): boolean =>
  entry(KINDS, textOf(json['status_code'])) !== undefined;

function refusal(json: JsonRecord): ProviderError {
  const code = textOf(json['status_code']);
  const text = textOf(json['status_text']);
  const kind = code === null ? kindOfWords(text ?? '') : entry(KINDS, code);
  return refused(kind ?? 'unknown', { code, text });
}

/** Restores leading zeros, which a code that came as a number has lost. */
function fourDigits(value: Json | undefined): string | null {
  const text = textOf(value);
  return text !== null && /^\d{1,4}$/.test(text) ? text.padStart(4, '0') : null;
}

/** All codes that are not success, with their kinds. */
const KINDS = kindsByCode({
  auth: [200, 300, 301],
  account_not_ready: [302],
  no_money: [201],
  bad_phone: [202],
  // 104: expired; 105: deleted by the operator; 106: failure in the phone; 108: rejected; 150: no route
  unreachable: [104, 105, 106, 108, 150, 207],
  recipient_blocked: [209, 215],
  region_forbidden: [214, 550],
  // 233: codes repeated too fast
  rate_limit_recipient: [130, 230, 233],
  // 508: too many calls in five minutes
  rate_limit_account: [206, 303, 304, 305, 508],
  fraud_guard: [501, 502, 503, 504, 505, 506, 507],
  // 231, 232: the same text within a minute, within a day
  duplicate: [131, 132, 231, 232],
  text_forbidden: [216, 217],
  text_too_long: [205],
  sender_not_approved: [204, 221],
  // 203: empty text
  bad_request: [203, 208, 210, 211, 212, 213, 901, 902],
  temporary: [220, 500],
  // -1: not found
  unknown: [-1, 107],
});

/** Delivery states by code, for messages that were accepted. */
const STATES = statesByCode({
  not_found: [-1],
  queued: [100, 101],
  sent: [102],
  delivered: [103],
  read: [110],
  expired: [104],
  // 107: not delivered, reason unknown
  failed: [105, 106, 107, 108, 130, 131, 132, 150],
});

/** SMS.RU's words for its codes, for refused calls, which have no code. The first match counts. */
const WORDS: readonly (readonly [RegExp, ErrorKind])[] = [
  [/звонков на один номер|calls to one number/i, 'rate_limit_recipient'],
  [/звонков за \d+ минут|calls in \d+ min/i, 'rate_limit_account'],
  [/средств/i, 'no_money'],
  [/api_id|токен|token/i, 'auth'],
  [/не подтвержд/i, 'account_not_ready'],
  [/\bIP\b|кодов авторизац|сообщений в эту страну/i, 'fraud_guard'],
  [/за ?рубежом|страна заблокирована/i, 'region_forbidden'],
  [/стоп-лист/i, 'recipient_blocked'],
  [/указан номер|указан получатель/i, 'bad_phone'],
  [/не найден маршрут|нельзя отправлять/i, 'unreachable'],
  [/(?=.*(?:слишком (?:много|часто)|лимит)).*номер(?!ов)/i, 'rate_limit_recipient'],
  [/слишком (?:много|часто)|лимит/i, 'rate_limit_account'],
  [/временно недоступен|ошибка на сервере/i, 'temporary'],
];

/** The kind for the words of a refusal without a code; undefined for unknown words. */
const kindOfWords = (text: string): ErrorKind | undefined =>
  WORDS.find(([words]) => words.test(text))?.[1];

/**
 * Delivery reports, several in one form with one signature. Form POST: `data[0..99]`, each `kind\nid\nstatus\nunix`;
 * `hash` is sha256(api_id + all of them). The reply must be 100.
 */
function takeReport(request: WebhookRequest, config: Config): WebhookOutcome {
  const fields = new URLSearchParams(request.rawBody);
  const rows = Array.from({ length: 100 }, (_, i) => fields.get(`data[${i}]`) ?? '');
  const hash = fields.get('hash') ?? '';
  if (rows.every((row) => row === '')) return { accept: false, reason: 'bad_body' };
  const expected = sha256Hex(setting(config, 'apiId') + rows.join(''));
  if (!equalInConstantTime(expected, hash.toLowerCase()))
    return { accept: false, reason: 'bad_signature' };
  const events = rows.flatMap((row): WebhookEvent[] => {
    const [kind, providerMessageId, status] = row.split('\n');
    if (kind !== 'sms_status' || !providerMessageId || !status) return [];
    return [{ providerMessageId, state: entry(STATES, status.trim()) ?? 'unknown' }];
  });
  return { accept: true, events, reply: { status: 200, body: '100' } };
}
