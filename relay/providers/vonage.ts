// Vonage: SMS by its old API (HTTP 200 to everything, one result per part), Viber and WhatsApp by its Messages API (problem+json). Numbers go without a plus.
import {
  basic,
  digits,
  entry,
  formPost,
  garbled,
  get,
  home,
  isBlank,
  isSuccess,
  jsonPost,
  known,
  kindOfStatus,
  NotOffered,
  needText,
  ourCode,
  refused,
  retryAfter,
  secretsOf,
  setting,
  unreadable,
} from './exchange';
import { isGsmText } from './gsm-text';
import { at, decimalOf, isRecord, readJson, textOf, type Json } from './json-text';
import type {
  Balance,
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
import { vonageReport } from './vonage-report';
import { codeComponents } from './whatsapp-cloud';

const SMS_VENDOR = 'https://rest.nexmo.com';
const MESSAGES_VENDOR = 'https://api.nexmo.com';

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
  '14': 'auth', // signature
  '15': 'sender_not_approved',
  '22': 'bad_request',
  '23': 'bad_request',
  '29': 'account_not_ready', // a trial account writes to its own list only
  '32': 'auth', // signature and secret together
  '33': 'unreachable', // number deactivated
};

/** Numbers at the end of a problem's `type`; the rest is told by the HTTP status. */
const PROBLEMS: Readonly<Record<string, ErrorKind>> = {
  '1000': 'rate_limit_account',
  '1010': 'rate_limit_account',
  '1020': 'bad_request',
  '1021': 'bad_request',
  '1022': 'text_not_approved',
  '1030': 'temporary',
  '1120': 'sender_not_approved',
  '1170': 'bad_phone',
  '1320': 'recipient_blocked',
  '1340': 'text_not_approved',
};

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
    const sms = request.channel === 'sms';
    const asked = sms ? smsRequest(request, config) : messageRequest(request, config);
    return {
      request: asked,
      secrets: secretsOf(asked, [setting(config, 'apiSecret')], request),
      parse: sms ? smsReceipt : messageReceipt,
    };
  },

  balance: (config) => {
    // the secret goes by header: the address would be logged
    const asked = get(`${home(config, SMS_VENDOR)}/account/get-balance`, who(config));
    return {
      request: asked,
      secrets: secretsOf(asked, [setting(config, 'apiSecret')]),
      parse: (response): Result<Balance> => {
        const json = readJson(response.text);
        if (!isRecord(json)) return unreadable(response);
        const amount = decimalOf(json['value']);
        // the reply names no currency; Vonage keeps accounts in euros
        if (isSuccess(response) && amount !== null) return { ok: true, amount, currency: 'EUR' };
        const code = textOf(json['error-code']);
        if (code === null) return unreadable(response);
        const status = kindOfStatus(response.status) ?? kindOfStatus(Number(code));
        return refused(status ?? 'unknown', { code, text: textOf(json['error-code-label']) });
      },
    };
  },

  webhook: vonageReport,
};

const who = (config: Config): Record<string, string> =>
  basic(setting(config, 'apiKey'), setting(config, 'apiSecret'));

const senderOf = (request: SendRequest, config: Config): string =>
  request.sender ?? setting(config, 'from');

function smsRequest(request: SendRequest, config: Config): HttpRequest {
  needText(request);
  const text = request.text ?? '';
  const callback = setting(config, 'callbackUrl');
  return formPost(`${home(config, SMS_VENDOR)}/sms/json`, {
    api_key: setting(config, 'apiKey'),
    api_secret: setting(config, 'apiSecret'),
    from: senderOf(request, config),
    to: digits(request.phone),
    text,
    ...(isGsmText(text) ? {} : { type: 'unicode' }),
    ...(callback === '' ? {} : { callback }),
  });
}

function messageRequest(request: SendRequest, config: Config): HttpRequest {
  const code = ourCode(request);
  const ends = { to: digits(request.phone), from: senderOf(request, config) };
  const template = setting(config, 'waTemplate');
  const text = request.text ?? '';
  const url = `${home(config, MESSAGES_VENDOR)}/v1/messages`;
  switch (request.channel) {
    case 'viber':
      return jsonPost(
        url,
        { message_type: 'text', ...ends, channel: 'viber_service', text },
        who(config),
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
                  components: codeComponents(code),
                },
              },
            },
        who(config),
      );
    case 'sms':
    case 'call':
    case 'telegram':
      throw new NotOffered(`Vonage here sends nothing by ${request.channel}`);
  }
}

/** One result per part: sent is what was sent whole. */
function smsReceipt(response: HttpResponse): Result<SendReceipt> {
  const json = readJson(response.text);
  const parts = at(json, 'messages');
  if (!Array.isArray(parts) || parts.length === 0) return garbled(response);
  const list = parts as readonly Json[];
  for (const part of list) {
    const status = textOf(at(part, 'status'));
    if (status === null) return refused('bad_reply');
    if (status !== '0') return partRefusal(status, textOf(at(part, 'error-text')));
  }
  const providerMessageId = textOf(at(list[0], 'message-id'));
  if (providerMessageId === null) return refused('bad_reply');
  return {
    ok: true,
    providerMessageId,
    ...known({
      cost: sumOf(list.map((part) => decimalOf(at(part, 'message-price')))),
      balanceAfter: decimalOf(at(list.at(-1), 'remaining-balance')),
    }),
    segments: list.length,
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

/** The sum of decimal texts with as many places as the longest; null when any price is missing. */
export function sumOf(prices: readonly (Decimal | null)[]): Decimal | null {
  const known = prices.filter((price) => price !== null);
  if (known.length !== prices.length || known.length === 0) return null;
  const placesOf = (price: Decimal): number => price.split('.')[1]?.length ?? 0;
  const places = Math.max(...known.map(placesOf));
  const units = known.map((price) =>
    BigInt(price.replace('.', '') + '0'.repeat(places - placesOf(price))),
  );
  const sum = units.reduce((a, b) => a + b, 0n);
  const text = String(sum < 0n ? -sum : sum).padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  return `${sum < 0n ? '-' : ''}${whole}${places === 0 ? '' : `.${text.slice(-places)}`}`;
}

function messageReceipt(response: HttpResponse): Result<SendReceipt> {
  const json = readJson(response.text);
  if (!isRecord(json)) return unreadable(response);
  const providerMessageId = textOf(json['message_uuid']);
  if (isSuccess(response))
    return providerMessageId === null ? refused('bad_reply') : { ok: true, providerMessageId };
  const type = textOf(json['type']);
  const title = textOf(json['title']);
  if (type === null && title === null) return unreadable(response);
  const code = /#(\d+)$/.exec(type ?? '')?.[1] ?? null;
  const byStatus = kindOfStatus(response.status);
  // a status of its own meaning tells more than "the request was refused"
  const kind = entry(PROBLEMS, code) ?? byStatus ?? (code === null ? 'bad_request' : 'unknown');
  return refused(kind, {
    code,
    text: [title, textOf(json['detail'])].filter((it) => it !== null).join(': '),
    retryAfterSec: retryAfter(response),
  });
}
