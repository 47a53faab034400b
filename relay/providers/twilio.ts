// Twilio Messages: SMS with our own text, WhatsApp with a template approved before. Prices come late and negative; "sent" with an error code has failed.
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
} from './provider';
import { KINDS, stateOf, twilioReport } from './twilio-report';

const VENDOR = 'https://api.twilio.com';

const exchange = exchangesOf(opened, ['authToken']);

const common = {
  codeOrigin: 'ours',
  codeDigits: { min: 4, max: 8 },
  leadingZero: true,
  sender: 'required',
  testMode: false, // test credentials are an account of their own
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
    const told = exchange(config, asked, ({ json }): Result<Delivery> => {
      const status = textOf(json['status']);
      if (status === null) return refused('bad_reply');
      return {
        ok: true,
        state: stateOf(status, textOf(json['error_code'])),
        ...known({ cost: unsigned(json['price']) }),
      };
    });
    return { ...told, parse: (response) => orNotFound(told.parse(response), '20404') };
  },

  webhook: twilioReport,
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

/** On WhatsApp both ends are written with the channel before the number. */
function addressed(number: string, { channel }: SendRequest): string {
  return channel === 'whatsapp' && !number.startsWith('whatsapp:') ? `whatsapp:${number}` : number;
}

function callback(config: Config): Record<string, string> {
  const url = setting(config, 'callbackUrl');
  return url === '' ? {} : { StatusCallback: url };
}

/** Seconds; Twilio takes up to four hours. */
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

/** 403 with a code of its own is a permission of some kind, seldom the credentials: the raw code says more. */
const byStatus = (code: string | null, status: number): ErrorKind | null =>
  code !== null && status === 403 ? null : kindOfStatus(status);

/** 60200 is any wrong parameter; a wrong recipient is the customer's number. */
function kindOf(code: string | null, text: string): ErrorKind | undefined {
  return code === '60200' && /`?\bTo\b`?/.test(text) ? 'bad_phone' : entry(KINDS, code);
}

/** Prices are written as what the account loses. */
function unsigned(price: Json | undefined): Decimal | null {
  return decimalOf(price)?.replace(/^-/, '') ?? null;
}
