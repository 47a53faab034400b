// SMSC (smsc.ru, smsc.kz, smsc.ua, smscentre.com): SMS, Viber, the shop's WhatsApp bot, a call.
// It answers HTTP 200 to errors, writes numbers as strings, and assumes windows-1251 by default.
import {
  balanceOf,
  codeCall,
  entry,
  exchangesOf,
  formPost,
  freeText,
  garbled,
  home,
  isBlank,
  kindsByCode,
  known,
  NotOffered,
  needText,
  receiptOf,
  refused,
  setting,
  statesByCode,
} from './exchange';
import { countOf, decimalOf, isRecord, Numeral, readJson, textOf } from './json-text';
import type { Json, JsonRecord } from './json-text';
import type {
  ChannelCapability,
  Config,
  HttpRequest,
  HttpResponse,
  Provider,
  Result,
  SendReceipt,
  SendRequest,
} from './provider';

const VENDOR = 'https://smsc.ru';

const CREDENTIALS = ['password', 'apiKey'];
const sending = exchangesOf((response) => opened(response, 'duplicate'), CREDENTIALS);
const asking = exchangesOf((response) => opened(response, 'rate_limit_account'), CREDENTIALS);

const KINDS = kindsByCode({
  auth: [2], // or our address is missing from the account's allowlist
  no_money: [3],
  bad_phone: [7],
  unreachable: [8],
  rate_limit_account: [4], // our address is blocked for a while after many errors; asking prolongs the block
  text_forbidden: [6], // text or sender's name: the code does not distinguish them
  // 5: date
  bad_request: [1, 5],
});

/** Seconds: documented for 9, not documented for 4. */
const WAITS: Readonly<Record<string, number>> = { '9': 60, '4': 600 };

const STATES = statesByCode({
  not_found: [-3],
  queued: [-1],
  sent: [0],
  delivered: [1],
  read: [2],
  expired: [3],
  // -2: stopped; 22: bad number; 23: forbidden; 24: no money; 25: number unavailable
  failed: [-2, 20, 22, 23, 24, 25],
});

const common = {
  // not documented: how to request the virtual mode (`estimate` sends nothing); the callback's fields and signature
  ...freeText,
  maxTextChars: 1000,
  statusPull: true,
  costInSendReply: true,
} as const;

export const smsc: Provider = {
  id: 'smsc',
  name: 'SMSC',
  refusesRepeats: true,
  resendAfterMs: 60_000,
  configFields: [
    { key: 'login', kind: 'text', required: false },
    { key: 'password', kind: 'secret', required: false },
    { key: 'apiKey', kind: 'secret', required: false },
    { key: 'sender', kind: 'text', required: false },
    { key: 'waBot', kind: 'text', required: false, forChannel: 'whatsapp' },
    // the length of a call's code is contradictory: 4 digits in the docs, 6 in recorded replies
    {
      key: 'codeTake',
      kind: 'choice',
      required: false,
      choices: ['all', 'last4'],
      forChannel: 'call',
    },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  capabilities: (config): readonly ChannelCapability[] => [
    { ...common, channel: 'sms' },
    { ...common, channel: 'viber' },
    ...(isBlank(config) || botOf(config) !== ''
      ? [{ ...common, channel: 'whatsapp', sender: 'none', evidence: 'partial' } as const]
      : []),
    {
      ...codeCall,
      codeDigits: { min: 4, max: takesLastFour(config) ? 4 : 6 },
      statusPull: true,
      costInSendReply: true,
      evidence: 'partial',
    },
  ],

  // cost=3: reply with price and remaining balance
  send: (request, config) =>
    sending(
      config,
      ask('send', message(request, config, '3'), config),
      ({ json }, response) => receipt(json, response, request, config),
      request,
    ),

  // cost=1: price only; nothing is sent
  estimate: (request, config) =>
    asking(
      config,
      ask('send', message(request, config, '1'), config),
      ({ json }, response) => {
        const cost = decimalOf(json['cost']);
        if (cost === null) return garbled(response);
        return { ok: true, cost, ...known({ segments: countOf(json['cnt']) }) };
      },
      request,
    ),

  balance: (config) =>
    asking(config, ask('balance', { cur: '1' }, config), ({ json }, response) =>
      balanceOf(json['balance'], garbled(response), currencyOf(json['currency'])),
    ),

  deliveryStatus: ({ providerMessageId, phone }, config) => {
    if (phone === undefined) throw new NotOffered('SMSC asks for the phone beside the id');
    const message = { phone: plus(phone), id: providerMessageId, all: '0' };
    return asking(config, ask('status', message, config), ({ json }, response) => {
      const status = textOf(json['status']);
      if (status === null) return garbled(response);
      return { ok: true, state: entry(STATES, status) ?? 'unknown' };
    });
  },
};

/** Form fields of a message; `cost` decides whether it is sent and what the reply contains. */
function message(request: SendRequest, config: Config, cost: '1' | '3'): Record<string, string> {
  const { channel } = request;
  if (channel === 'telegram') throw new NotOffered('SMSC here sends nothing by Telegram');
  const bot = botOf(config);
  if (channel === 'whatsapp' && bot === '') throw new NotOffered('no WhatsApp bot number is set');
  if (channel !== 'call') needText(request);
  const named = channel === 'sms' || channel === 'viber';
  return {
    phones: plus(request.phone),
    mes: channel === 'call' ? 'code' : (request.text ?? ''),
    cost,
    ...(channel === 'viber' ? { viber: '1' } : {}),
    ...(channel === 'whatsapp' ? { bot: `wa:${bot}` } : {}),
    ...(channel === 'call' ? { call: '1' } : {}),
    ...(named ? known({ sender: request.sender ?? setting(config, 'sender') }) : {}),
  };
}

function receipt(
  json: JsonRecord,
  response: HttpResponse,
  request: SendRequest,
  config: Config,
): Result<SendReceipt> {
  const code = request.channel === 'call' ? spokenCode(json['code'], config) : undefined;
  if (code === null) return garbled(response);
  return receiptOf(textOf(json['id']), garbled(response), {
    codeChosenByProvider: code,
    cost: decimalOf(json['cost']),
    balanceAfter: decimalOf(json['balance']),
    segments: countOf(json['cnt']),
  });
}

type Opened = Result<{ readonly json: JsonRecord }>;

/** The reply, or its refusal. Code 9 means a repeated message when sending, otherwise too many requests. */
function opened(response: HttpResponse, nine: 'duplicate' | 'rate_limit_account'): Opened {
  const json = readJson(response.text);
  if (!isRecord(json)) return garbled(response);
  const code = textOf(json['error_code']);
  const failed = (json['error'] ?? json['error_code'] ?? null) !== null;
  if (!failed) return { ok: true, json };
  if (code === null) return refused('unknown', { text: textOf(json['error']) });
  return refused(code === '9' ? nine : (entry(KINDS, code) ?? 'unknown'), {
    code,
    text: textOf(json['error']),
    retryAfterSec: entry(WAITS, code) ?? null,
  });
}

/** Restores leading zeros, which a number has lost; codes of a call have four or six digits. */
function spokenCode(value: Json | undefined, config: Config): string | null {
  const text = textOf(value);
  if (text === null || !/^\d{1,6}$/.test(text)) return null;
  const lost = value instanceof Numeral;
  const code = text.padStart(lost && text.length > 4 ? 6 : 4, '0');
  return takesLastFour(config) ? code.slice(-4) : code;
}

const ask = (
  script: string,
  fields: Readonly<Record<string, string>>,
  config: Config,
): HttpRequest =>
  formPost(`${home(config, VENDOR)}/sys/${script}.php`, { ...account(config), ...fields });

function account(config: Config): Record<string, string> {
  const password = setting(config, 'password');
  const apiKey = setting(config, 'apiKey');
  const who =
    password === '' && apiKey !== ''
      ? { apikey: apiKey }
      : { login: setting(config, 'login'), psw: password };
  return { ...who, fmt: '3', charset: 'utf-8' };
}

/** The leading + prevents SMSC from "correcting" the number. */
const plus = (phone: string): string => (phone.startsWith('+') ? phone : `+${phone}`);
const botOf = (config: Config): string => setting(config, 'waBot').replace(/^wa:|\+/g, '');
const takesLastFour = (config: Config): boolean => setting(config, 'codeTake') === 'last4';

/** RUR is the former currency code of the rouble. */
function currencyOf(value: Json | undefined): string | null {
  const text = textOf(value)?.toUpperCase() ?? '';
  if (text === 'RUR') return 'RUB';
  return /^[A-Z]{3}$/.test(text) ? text : null;
}
