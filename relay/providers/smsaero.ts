// SMS Aero: SMS, Viber and Telegram; flash call and WhatsApp only where the manager switched them on, since nobody saw them offered lately.
// Errors come with their HTTP status and a body. The vendor's other gates are no retry: the message may be on its way already.
import { aeroRefusal, STATES } from './smsaero-replies';
import {
  basic,
  digits,
  entry,
  exchangesOf,
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
  refused,
  setting,
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
} from './provider';

const VENDOR = 'https://gate.smsaero.ru';
/** The signature every account has. */
const FREE_SIGN = 'SMS Aero';

const exchange = exchangesOf(opened, ['apiKey']);

const common = {
  codeOrigin: 'ours',
  codeDigits: { min: 4, max: 8 },
  leadingZero: true,
  text: 'free',
  sender: 'optional',
  testMode: false,
  statusPull: true,
  statusPush: true,
  costInSendReply: true,
} as const;

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
    { ...common, channel: 'sms', maxTextChars: 640, testMode: true, evidence: 'documented' },
    // a text may wait for a moderator; the receipt says so
    { ...common, channel: 'viber', evidence: 'documented' },
    {
      ...common,
      channel: 'telegram',
      leadingZero: false,
      text: 'none',
      sender: 'none',
      evidence: 'documented',
    },
    ...(isBlank(config) || isOn(config, 'flashCall')
      ? [
          {
            ...common,
            channel: 'call',
            codeDigits: { min: 4, max: 4 },
            leadingZero: false,
            text: 'none',
            sender: 'none',
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
      const providerMessageId = textOf(data['id']);
      if (providerMessageId === null) return refused('bad_reply');
      const state = stateOf(data);
      return {
        ok: true,
        providerMessageId,
        ...known({ cost: decimalOf(data['cost']) }),
        // "queue" and the like say no more than that it was taken
        ...(state === 'moderation' || state === 'failed' ? { state } : {}),
      };
    };
    const asked = ask(path, { ...fields, ...callback(config) }, config);
    return exchange(config, asked, read, request);
  },

  balance: (config) =>
    exchange(config, ask('balance', {}, config), ({ data }) => {
      const amount = decimalOf(data['balance']);
      // the reply names no currency; accounts of the Russian site are in roubles
      return amount === null ? refused('bad_reply') : { ok: true, amount, currency: 'RUB' };
    }),

  deliveryStatus: (ref, config) => {
    const [path, fields] = question(ref);
    return exchange(config, ask(path, fields, config), ({ data }) => {
      // statistics of Viber list recipients by number; ours is the only one
      const listed = at(data, '0');
      const one = ref.channel === 'viber' && isRecord(listed) ? listed : data;
      if (textOf(one['extendStatus']) === null && textOf(one['status']) === null)
        return refused('bad_reply');
      return { ok: true, state: stateOf(one), ...known({ cost: decimalOf(one['cost']) }) };
    });
  },

  webhook,
};

/** Path and body per channel. */
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
      // no sign and text here: they would add an SMS nobody asked for
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

type Success = { readonly ok: true; readonly data: JsonRecord };

/** What the envelope `{success, data, message}` holds; the older `{result}` is only ever a refusal. */
function opened(response: HttpResponse): Success | ProviderError {
  const json = readJson(response.text);
  const data = only(at(json, 'data'));
  const success = isSuccess(response) && at(json, 'success') === true;
  return success && isRecord(data) ? { ok: true, data } : aeroRefusal(response, json, success);
}

/** One recipient may come alone or in a list of one. */
const only = (data: Json | undefined): Json | undefined =>
  Array.isArray(data) ? at(data, 0) : data;

/** Sources disagree about the numbers of states; the words are the same everywhere. */
function stateOf(data: JsonRecord): DeliveryState {
  return entry(STATES, textOf(data['extendStatus'])?.toLowerCase() ?? null) ?? 'unknown';
}

/** JSON or form with the message's id and its state in words. There is no signature: the secret in the address stands for it. */
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
