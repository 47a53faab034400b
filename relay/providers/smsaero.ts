// SMS Aero: SMS, Viber, Telegram; flash call and WhatsApp where the manager enables them.
import {
  balanceOf,
  basic,
  digits,
  entry,
  exchangesOf,
  freeText,
  headerOf,
  home,
  isBlank,
  isOn,
  isSuccess,
  jsonPost,
  known,
  NotOffered,
  numericCode,
  needText,
  receiptOf,
  refused,
  setting,
  statesByCode,
  kindOfStatus,
  unreadable,
} from './exchange';
import { at, decimalOf, isRecord, readJson, textOf, type Json, type JsonRecord } from './json-text';
import type {
  Channel,
  ChannelCapability,
  Config,
  DeliveryState,
  HttpRequest,
  HttpResponse,
  MessageRef,
  Provider,
  ProviderError,
  Result,
  SendReceipt,
  SendRequest,
  WebhookOutcome,
  WebhookRequest,
  ErrorKind,
} from './provider';

// Errors have an HTTP status and a body. No retry over the vendor's other hosts: the message may be under way.

const VENDOR = 'https://gate.smsaero.ru';
/** The signature that every account has. */
const FREE_SIGN = 'SMS Aero';

const exchange = exchangesOf(opened, ['apiKey']);

const common = {
  ...freeText,
  statusPull: true,
  statusPush: true,
  costInSendReply: true,
} as const;

/** Channels that take the code alone, as a number. */
const numberOnly = { leadingZero: false, text: 'none', sender: 'none' } as const;

export const smsaero: Provider = {
  id: 'smsaero',
  name: 'SMS Aero',
  refusesRepeats: false,
  resendAfterMs: 30_000,
  configFields: [
    { key: 'email', kind: 'text', required: true },
    { key: 'apiKey', kind: 'secret', required: true },
    { key: 'sign', kind: 'text', required: false },
    { key: 'flashCall', kind: 'flag', required: false, forChannel: 'call' },
    { key: 'whatsApp', kind: 'flag', required: false, forChannel: 'whatsapp' },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  capabilities: (config): readonly ChannelCapability[] => [
    { ...common, channel: 'sms', maxTextChars: 640, testMode: true },
    // a text may wait for moderation; the receipt says so
    { ...common, channel: 'viber' },
    { ...common, channel: 'telegram', ...numberOnly },
    ...(isBlank(config) || isOn(config, 'flashCall')
      ? [
          {
            ...common,
            channel: 'call',
            ...numberOnly,
            codeDigits: { min: 4, max: 4 },
            evidence: 'unverified',
          } as const,
        ]
      : []),
    ...(isBlank(config) || isOn(config, 'whatsApp')
      ? [
          {
            ...common,
            channel: 'whatsapp',
            statusPull: false,
            costInSendReply: false,
            evidence: 'unverified',
          } as const,
        ]
      : []),
  ],

  send: (request, config) => {
    const [path, fields] = message(request, config);
    const read = ({ data }: Success): Result<SendReceipt> => {
      const state = stateOf(data);
      return receiptOf(textOf(data['id']), refused('bad_reply'), {
        cost: decimalOf(data['cost']),
        // "queue" and similar words only mean that it was accepted
        state: state === 'moderation' || state === 'failed' ? state : null,
      });
    };
    const asked = ask(path, { ...fields, ...callback(config) }, config);
    return exchange(config, asked, read, request);
  },

  balance: (config) =>
    exchange(config, ask('balance', {}, config), ({ data }) =>
      // the reply names no currency; accounts of the Russian site are in roubles
      balanceOf(data['balance'], refused('bad_reply'), 'RUB'),
    ),

  deliveryStatus: (ref, config) => {
    const [path, fields] = question(ref);
    return exchange(config, ask(path, fields, config), ({ data }) => {
      // Viber's statistics list recipients by number; ours is the only one
      const listed = at(data, '0');
      const one = ref.channel === 'viber' && isRecord(listed) ? listed : data;
      if (textOf(one['extendStatus']) === null && textOf(one['status']) === null)
        return refused('bad_reply');
      return { ok: true, state: stateOf(one), ...known({ cost: decimalOf(one['cost']) }) };
    });
  },

  webhook,
};

/** Path and body by channel. */
function message(request: SendRequest, config: Config): [string, Record<string, unknown>] {
  const number = digits(request.phone);
  const sign = request.sender ?? (setting(config, 'sign') || FREE_SIGN);
  const text = request.text ?? '';
  if (request.test && request.channel !== 'sms')
    throw new NotOffered('SMS Aero tries out nothing but SMS');
  needText(request);
  switch (request.channel) {
    case 'sms':
      return [request.test ? 'sms/testsend' : 'sms/send', { number, text, sign }];
    case 'viber':
      return ['viber/send', { number, sign, channel: 'OFFICIAL', text }];
    case 'telegram':
      // without sign and text: they would add an unwanted SMS
      return ['telegram/send', { number, code: numericCode(request) }];
    case 'call':
      return ['flashcall/send', { phone: number, code: numericCode(request) }];
    case 'whatsapp':
      return ['whatsapp/send', { sign, address: number, contentType: 'text', text }];
  }
}

const QUESTIONS: Readonly<Partial<Record<Channel, string>>> = {
  sms: 'sms/status',
  viber: 'viber/statistic',
  telegram: 'telegram/status',
  call: 'flashcall/status',
};

function question({ channel = 'sms', providerMessageId }: MessageRef): [string, object] {
  const path = QUESTIONS[channel];
  if (path === undefined) throw new NotOffered(`SMS Aero tells nothing of ${channel} messages`);
  const exact = /^\d{1,15}$/.test(providerMessageId);
  const id = exact ? Number(providerMessageId) : providerMessageId;
  return [path, channel === 'viber' ? { sendingId: id } : { id }];
}

const ask = (path: string, json: object, config: Config): HttpRequest =>
  jsonPost(
    `${home(config, VENDOR)}/v2/${path}`,
    json,
    basic(setting(config, 'email'), setting(config, 'apiKey')),
  );

function callback(config: Config): Record<string, string> {
  const callbackUrl = setting(config, 'callbackUrl');
  return callbackUrl === '' ? {} : { callbackUrl, callbackFormat: 'JSON' };
}

type Success = { readonly data: JsonRecord };

/** The content of the envelope `{success, data, message}`; the older `{result}` occurs only in refusals. */
function opened(response: HttpResponse): Result<Success> {
  const json = readJson(response.text);
  const data = only(at(json, 'data'));
  const success = isSuccess(response) && at(json, 'success') === true;
  return success && isRecord(data) ? { ok: true, data } : refusalOf(response, json, success);
}

/** One recipient may come alone or in a list. */
const only = (data: Json | undefined): Json | undefined =>
  Array.isArray(data) ? at(data, 0) : data;

/** Sources disagree about the numbers of states; the words are the same everywhere. */
const stateOf = (data: JsonRecord): DeliveryState =>
  entry(STATES, textOf(data['extendStatus'])?.toLowerCase() ?? null) ?? 'unknown';

/**
 * JSON or form with the message's id and its state in words. Reports are unsigned: only the secret in the address
 * protects them.
 */
function webhook(request: WebhookRequest): WebhookOutcome {
  const isForm = headerOf(request.headers, 'content-type')?.includes('form') ?? false;
  const json = isForm ? undefined : readJson(request.rawBody);
  const form = new URLSearchParams(json === undefined ? request.rawBody : '');
  const value = (key: string): string | null => textOf(at(json, key)) ?? form.get(key);
  const providerMessageId = value('id');
  if (!providerMessageId) return { accept: false, reason: 'bad_body' };
  const state = entry(STATES, value('extendStatus')?.toLowerCase() ?? null) ?? 'unknown';
  const events = [{ providerMessageId, state }];
  return { accept: true, events, reply: { status: 200, body: '' } };
}

/** `extendStatus` in lower case. */
const STATES = statesByCode({
  moderation: ['moderation'],
  queued: ['queue', 'wait', 'pending'],
  sent: ['send', 'sent'],
  delivered: ['delivery', 'delivered'],
  read: ['write', 'read'],
  expired: ['expired'],
  failed: [
    ...['failed', 'fail', 'reject', 'rejected', 'error'],
    ...['undelivered', 'undelivery', 'no delivery'],
  ],
});

const PHONE_FIELDS = ['number', 'numbers', 'phone', 'address'];

/** A refusal in any of its forms; `success` without content is `bad_reply`. */
function refusalOf(
  response: HttpResponse,
  json: Json | undefined,
  success: boolean,
): ProviderError {
  if (!isRecord(json)) return unreadable(response);
  if (success) return refused('bad_reply');
  const fields = at(json, 'data');
  const said = [textOf(json['message']), textOf(json['result']), textOf(json['reason'])];
  const complaints = isRecord(fields) ? Object.entries(fields).map(complaint) : [];
  const text = [...said, ...complaints.map((one) => `${one.field}: ${one.says}`)]
    .filter((it) => it !== null)
    .join('; ');
  for (const { field, says } of complaints) {
    const wait = waitIn(says);
    if (wait !== null) return refused('rate_limit_recipient', { text, retryAfterSec: wait });
    const kind = kindOfField(field, says);
    if (kind !== null) return refused(kind, { text });
  }
  const words = said.filter((it) => it !== null).join(' ');
  const wait = waitIn(words);
  if (wait !== null) return refused(limitBy(words), { text, retryAfterSec: wait });
  const ours = complaints.length > 0 || /empty|incorrect/i.test(words);
  const status = kindOfStatus(response.status);
  const limit = status === 'rate_limit_account' ? limitBy(words) : null;
  const kind = limit ?? status ?? kindOfWords(words) ?? (ours ? 'bad_request' : null);
  const rest = 'success' in json || 'result' in json ? 'unknown' : 'bad_reply';
  return refused(kind ?? rest, { text });
}

/** Scope of a limit: one number where the words name it, otherwise the account. "A number of" is a count. */
function limitBy(words: string): ErrorKind {
  const isOfNumber = /номер|\bnumber\b(?! of)|phone/i.test(words);
  return isOfNumber ? 'rate_limit_recipient' : 'rate_limit_account';
}

/** Seconds. */
function waitIn(words: string): number | null {
  const wait = /wait (\d{1,5}) ?s/i.exec(words)?.[1];
  return wait === undefined ? null : Number(wait);
}

type Complaint = { readonly field: string; readonly says: string };

function complaint([field, says]: [string, Json]): Complaint {
  const words = Array.isArray(says) ? (says as readonly Json[]) : [says];
  return { field, says: words.map((word) => textOf(word) ?? '').join(', ') };
}

function kindOfField(field: string, says: string): ErrorKind | null {
  const words = kindOfWords(says);
  if (words === 'rate_limit_account' && PHONE_FIELDS.includes(field)) return 'rate_limit_recipient';
  if (words !== null) return words;
  if (PHONE_FIELDS.includes(field)) return 'bad_phone';
  if (field === 'sign') return 'sender_not_approved';
  if (field === 'text' && /long|length|maximum|640|800/i.test(says)) return 'text_too_long';
  return null;
}

function kindOfWords(words: string): ErrorKind | null {
  if (/credit|money|balance|insufficient/i.test(words)) return 'no_money';
  if (/credential|unauthori|password|api.?key/i.test(words)) return 'auth';
  if (/black.?list/i.test(words)) return 'recipient_blocked';
  if (/too (?:many|often)|rate.?limit|limit (?:is )?(?:exceeded|reached)/i.test(words))
    return limitBy(words);
  if (/sender|\bsign\b/i.test(words)) return 'sender_not_approved';
  if (/number|phone|add?ress/i.test(words)) return 'bad_phone';
  return null;
}
