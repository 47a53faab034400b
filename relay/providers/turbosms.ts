// TurboSMS (Ukraine): SMS and Viber. Always HTTP 200; the recipient's own code decides.
import {
  bearer,
  digits,
  entry,
  exchangesOf,
  garbled,
  home,
  jsonPost,
  NotOffered,
  orNotFound,
  needText,
  refused,
  setting,
} from './exchange';
import { at, decimalOf, isRecord, readJson, textOf, type Json, type JsonRecord } from './json-text';
import type {
  ChannelCapability,
  Config,
  Delivery,
  DeliveryState,
  ErrorKind,
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

const KINDS: Readonly<Record<string, ErrorKind>> = {
  '103': 'auth',
  '105': 'auth',
  '106': 'auth',
  '301': 'auth',
  '203': 'no_money',
  '104': 'bad_request',
  '200': 'sender_not_approved', // no sender given
  '201': 'bad_request',
  '202': 'bad_request',
  '300': 'bad_request',
  '302': 'sender_not_approved',
  '303': 'bad_request',
  '304': 'bad_request',
  '305': 'bad_phone',
  '306': 'bad_request',
  '307': 'bad_request',
  '400': 'sender_not_approved',
  '401': 'sender_not_approved',
  '403': 'bad_request',
  '404': 'recipient_blocked', // stop list
  '405': 'bad_request',
  '406': 'region_forbidden',
  '407': 'duplicate',
  '409': 'bad_request',
  '410': 'bad_request',
  '411': 'bad_request',
  '412': 'text_forbidden',
  '413': 'text_too_long',
  '414': 'bad_request',
  '415': 'text_not_approved',
  '416': 'text_not_approved',
  '421': 'sender_not_approved',
  '425': 'account_not_ready', // the test sender sends only to our own number
  '426': 'account_not_ready', // the test sender's quota is used up
  '427': 'duplicate', // the same within 90 seconds
  '500': 'temporary',
  '501': 'temporary',
  '502': 'temporary',
  '503': 'temporary',
  '504': 'temporary',
  '505': 'temporary',
  '506': 'temporary',
  '507': 'temporary', // a repeated request; the former result inside counts, if present
  '999': 'unknown', // "fatal, ask the support"
};

/** Success as a whole; with 802 and 803 recipients were left out, and only their own codes say which. */
const TAKEN: ReadonlySet<string> = new Set(['0', '800', '801', '802', '803']);

const STATES: Readonly<Record<string, DeliveryState>> = {
  queued: 'queued',
  accepted: 'queued',
  moderation: 'moderation',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  expired: 'expired',
  undelivered: 'failed',
  rejected: 'failed',
  failed: 'failed',
  cancelled: 'failed',
};

const common = {
  codeOrigin: 'ours',
  codeDigits: { min: 4, max: 8 },
  leadingZero: true,
  text: 'free',
  sender: 'required',
  testMode: false,
  statusPull: true,
  statusPush: false,
  costInSendReply: false,
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
    { ...common, channel: 'sms', evidence: 'documented' },
    { ...common, channel: 'viber', evidence: 'documented' },
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
      if (inner === null || providerMessageId === null) return garbled(response);
      return { ok: true, providerMessageId };
    };
    return exchange(config, ask('message/send', message(request, config), config), read, request);
  },

  balance: (config) =>
    exchange(config, ask('user/balance', {}, config), ({ result, refusal }, response) => {
      const amount = decimalOf(at(result, 'balance'));
      if (refusal !== null || amount === null) return refusal ?? garbled(response);
      return { ok: true, amount, currency: 'UAH' }; // the reply names no currency
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
    return { ...found, parse: (response) => orNotFound(found.parse(response), '414') };
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
  readonly ok: true;
  readonly result: Json | undefined;
  /** The refusal by the outer code; inner codes win. */
  readonly refusal: ProviderError | null;
};

function opened(response: HttpResponse): Success | ProviderError {
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
