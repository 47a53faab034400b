// Vonage: SMS by its old API, with HTTP 200 to everything and one result per part. Numbers go without a plus. The newer channels stand in vonage-messages.ts.
import { addDecimals } from '$lib/domain/decimal';
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
} from './exchange';
import { isGsmText } from './gsm-text';
import { at, decimalOf, isRecord, readJson, textOf } from './json-text';
import type { Json, JsonRecord } from './json-text';
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
} from './provider';
import { vonageAuth, vonageMessage, vonageSender } from './vonage-messages';
import { vonageReport } from './vonage-report';

const VENDOR = 'https://rest.nexmo.com';

/** Status of a part of an SMS. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  '1': 'rate_limit_account',
  '2': 'bad_request',
  '3': 'bad_request',
  '4': 'auth',
  '5': 'temporary',
  '6': 'unreachable',
  '7': 'recipient_blocked',
  '8': 'account_blocked',
  '9': 'no_money',
  '10': 'rate_limit_account', // too many connections at once
  '11': 'account_not_ready', // not enabled for this API
  '12': 'text_too_long',
  '13': 'temporary', // not submitted: the connection failed
  '14': 'auth', // signature
  '15': 'sender_not_approved',
  '16': 'bad_request', // lifetime
  '19': 'account_not_ready', // needs something the account does not have
  '20': 'bad_request', // class
  '22': 'bad_request',
  '23': 'bad_request',
  '29': 'account_not_ready', // a trial account writes to its own list only
  '32': 'auth', // signature and secret together
  '33': 'unreachable', // number deactivated
  '34': 'bad_phone',
};

const sms = exchangesOf(sentWhole, ['apiSecret']);
const account = exchangesOf(opened, ['apiSecret']);

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
    // with it, reports without Vonage's signature are refused
    { key: 'signatureSecret', kind: 'secret', required: false },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  capabilities: (config): readonly ChannelCapability[] => [
    { ...common, channel: 'sms', costInSendReply: true, evidence: 'documented' },
    { ...common, channel: 'viber', evidence: 'documented' },
    {
      ...common,
      channel: 'whatsapp',
      // WhatsApp delivers free text only to who has just written to the shop
      text: isBlank(config) || setting(config, 'waTemplate') ? 'approved-template' : 'free',
      evidence: 'partial',
    },
  ],

  send: (request, config) => {
    if (request.channel !== 'sms') return vonageMessage(request, config);
    return sms(config, smsRequest(request, config), receipt, request);
  },

  // the secret goes by header: the address would be logged
  balance: (config) =>
    account(
      config,
      get(`${home(config, VENDOR)}/account/get-balance`, vonageAuth(config)),
      ({ json }) => {
        const amount = decimalOf(json['value']);
        // the reply names no currency; Vonage keeps accounts in euros
        return amount === null ? refused('bad_reply') : { ok: true, amount, currency: 'EUR' };
      },
    ),

  webhook: vonageReport,
};

function smsRequest(request: SendRequest, config: Config): HttpRequest {
  needText(request);
  const text = request.text ?? '';
  const callback = setting(config, 'callbackUrl');
  return formPost(`${home(config, VENDOR)}/sms/json`, {
    api_key: setting(config, 'apiKey'),
    api_secret: setting(config, 'apiSecret'),
    from: vonageSender(request, config),
    to: digits(request.phone),
    text,
    ...(isGsmText(text) ? {} : { type: 'unicode' }),
    ...(callback === '' ? {} : { callback }),
  });
}

type Parts = { readonly ok: true; readonly parts: readonly Json[] };

/** One result per part: sent is what was sent whole. */
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
  return refused(entry(KINDS, status) ?? 'unknown', {
    code: status,
    text,
    retryAfterSec: wait === undefined ? null : Math.ceil(Number(wait) / 1000),
  });
}

/** What the parts cost together; null where any has no price. */
export function sumOf(prices: readonly (Decimal | null)[]): Decimal | null {
  return prices.reduce((sum, price) =>
    sum === null || price === null ? null : addDecimals(sum, price),
  );
}

type Success = { readonly ok: true; readonly json: JsonRecord };

/** The account's own API has errors of its own, named by their HTTP status. */
function opened(response: HttpResponse): Success | ProviderError {
  const json = readJson(response.text);
  if (!isRecord(json)) return unreadable(response);
  const code = textOf(json['error-code']);
  if (code === null) return isSuccess(response) ? { ok: true, json } : unreadable(response);
  const kind = kindOfStatus(response.status) ?? kindOfStatus(Number(code));
  return refused(kind ?? 'unknown', { code, text: textOf(json['error-code-label']) });
}
