// TurboSMS (Ukraine): SMS and Viber. Always HTTP 200; the recipient's own code decides.
import {
  balanceOf,
  bearer,
  digits,
  entry,
  exchangesOf,
  freeText,
  garbled,
  home,
  jsonPost,
  kindsByCode,
  NotOffered,
  orNotFound,
  needText,
  receiptOf,
  refused,
  setting,
  statesByCode,
} from './exchange';
import { at, isRecord, readJson, textOf, type Json, type JsonRecord } from './json-text';
import type {
  ChannelCapability,
  Config,
  Delivery,
  HttpRequest,
  HttpResponse,
  Provider,
  ProviderError,
  Result,
  SendReceipt,
  SendRequest,
} from './provider';

const VENDOR = 'https://api.turbosms.ua';

const exchange = exchangesOf(opened, ['token']);

const KINDS = kindsByCode({
  auth: [103, 105, 106, 301],
  // 425: the test sender sends only to our own number; 426: its quota is used up
  account_not_ready: [425, 426],
  no_money: [203],
  bad_phone: [305],
  recipient_blocked: [404], // stop list
  region_forbidden: [406],
  // 427: the same within 90 seconds
  duplicate: [407, 427],
  text_forbidden: [412],
  text_not_approved: [415, 416],
  text_too_long: [413],
  // 200: no sender given
  sender_not_approved: [200, 302, 400, 401, 421],
  bad_request: [104, 201, 202, 300, 303, 304, 306, 307, 403, 405, 409, 410, 411, 414],
  // 507: a repeated request; the former result inside counts, if present
  temporary: [500, 501, 502, 503, 504, 505, 506, 507],
  unknown: [999], // "fatal, ask the support"
});

/** Success as a whole; with 802 and 803 recipients were left out, and only their own codes say which. */
const TAKEN: ReadonlySet<string> = new Set(['0', '800', '801', '802', '803']);

const STATES = statesByCode({
  moderation: ['moderation'],
  queued: ['queued', 'accepted'],
  sent: ['sent'],
  delivered: ['delivered'],
  read: ['read'],
  expired: ['expired'],
  failed: ['undelivered', 'rejected', 'failed', 'cancelled'],
});

const common = {
  ...freeText,
  sender: 'required',
  statusPull: true,
} as const;

export const turbosms: Provider = {
  id: 'turbosms',
  name: 'TurboSMS',
  refusesRepeats: true,
  resendAfterMs: 90_000,
  configFields: [
    { key: 'token', kind: 'secret', required: true },
    { key: 'sender', kind: 'text', required: true },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  capabilities: (): readonly ChannelCapability[] => [
    { ...common, channel: 'sms' },
    { ...common, channel: 'viber' },
  ],

  send: (request, config) => {
    const read = (reply: Success, response: HttpResponse): Result<SendReceipt> => {
      const one = recipient(reply.result, digits(request.phone));
      const inner = textOf(at(one, 'response_code'));
      const providerMessageId = textOf(at(one, 'message_id'));
      const refusal = refusalIn(one) ?? reply.refusal;
      // a repeated request (507) returns the former result: a message under way
      const former = refusal?.providerCode === '507' && providerMessageId !== null;
      if (refusal !== null && !former) return refusal;
      return receiptOf(inner === null ? null : providerMessageId, garbled(response));
    };
    return exchange(config, ask('message/send', message(request, config), config), read, request);
  },

  balance: (config) =>
    exchange(config, ask('user/balance', {}, config), ({ result, refusal }, response) => {
      // the reply names no currency
      return refusal ?? balanceOf(at(result, 'balance'), garbled(response), 'UAH');
    }),

  deliveryStatus: (ref, config) => {
    const asked = ask('message/status', { messages: [ref.providerMessageId] }, config);
    const found = exchange(config, asked, (reply, response): Result<Delivery> => {
      const one = at(reply.result, 0);
      const refusal = refusalIn(one) ?? (one === undefined ? reply.refusal : null);
      if (refusal !== null) return refusal;
      const status = textOf(at(one, 'status'));
      if (status === null) return garbled(response);
      return { ok: true, state: entry(STATES, status.toLowerCase()) ?? 'unknown' };
    });
    return orNotFound(found, '414');
  },
};

function message(request: SendRequest, config: Config): Record<string, unknown> {
  if (request.channel !== 'sms' && request.channel !== 'viber')
    throw new NotOffered(`TurboSMS sends nothing by ${request.channel}`);
  needText(request);
  const sender = request.sender ?? setting(config, 'sender');
  const text = request.text ?? '';
  return { recipients: [digits(request.phone)], [request.channel]: { sender, text } };
}

const ask = (method: string, json: object, config: Config): HttpRequest =>
  jsonPost(`${home(config, VENDOR)}/${method}.json`, json, bearer(setting(config, 'token')));

type Success = {
  readonly result: Json | undefined;
  /** The refusal by the outer code; inner codes win. */
  readonly refusal: ProviderError | null;
};

function opened(response: HttpResponse): Result<Success> {
  const json = readJson(response.text);
  const code = textOf(at(json, 'response_code'));
  if (!isRecord(json) || code === null) return garbled(response);
  return { ok: true, result: json['response_result'], refusal: refusalIn(json) };
}

/** The kind for a code of the whole or of one recipient; null where it is not a refusal. */
function refusalIn(part: Json | undefined): ProviderError | null {
  const code = textOf(at(part, 'response_code'));
  if (code === null || TAKEN.has(code)) return null;
  return refused(entry(KINDS, code) ?? 'unknown', {
    code,
    text: textOf(at(part, 'response_status')),
  });
}

/** Our one recipient: by number, or the first where the number is written differently. */
function recipient(result: Json | undefined, phone: string): JsonRecord | undefined {
  if (!Array.isArray(result)) return undefined;
  const list = (result as readonly Json[]).filter((one) => isRecord(one));
  return list.find((one) => textOf(one['phone']) === phone) ?? list[0];
}
