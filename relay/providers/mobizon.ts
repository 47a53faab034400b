// Mobizon (Kazakhstan and others): SMS. Always HTTP 200; the key is in the URL.
import {
  digits,
  entry,
  exchangesOf,
  formPost,
  garbled,
  known,
  NotOffered,
  orNotFound,
  needText,
  refused,
  setting,
} from './exchange';
import { at, decimalOf, isRecord, readJson, textOf, type Json } from './json-text';
import type {
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
} from './provider';

const VENDOR = 'api.mobizon.kz';

const exchange = exchangesOf(opened, ['apiKey']);

const KINDS: Readonly<Record<string, ErrorKind>> = {
  '1': 'bad_request', // validation; the field says more
  '2': 'bad_request', // not found
  '3': 'unknown',
  '4': 'bad_request',
  '5': 'bad_request',
  '6': 'bad_request',
  '8': 'auth',
  '9': 'auth', // no access to this method
  '10': 'temporary', // concurrent writes
  '11': 'bad_request',
  '12': 'bad_request',
  '13': 'bad_request', // account of another country's site: `data` says which
  '14': 'account_blocked',
  '15': 'unknown', // some operation failed; only the words give the reason
  '30': 'rate_limit_account',
  '98': 'bad_request', // some of several failed
  '99': 'bad_request', // all of several failed
  '999': 'unknown',
};

/** Meaning of an invalid field, by its name. */
const FIELDS: Readonly<Record<string, ErrorKind>> = {
  recipient: 'bad_phone',
  from: 'sender_not_approved',
  text: 'text_forbidden',
};

const STATES: Readonly<Record<string, DeliveryState>> = {
  NEW: 'queued',
  ENQUEUD: 'queued',
  ACCEPTD: 'sent',
  PDLIVRD: 'sent', // only some parts
  DELIVRD: 'delivered',
  UNDELIV: 'failed',
  REJECTD: 'failed',
  DELETED: 'failed',
  EXPIRED: 'expired',
};

export const mobizon: Provider = {
  id: 'mobizon',
  name: 'Mobizon',
  refusesRepeats: false,
  resendAfterMs: 30_000,
  configFields: [
    { key: 'apiKey', kind: 'secret', required: true },
    { key: 'host', kind: 'text', required: false },
    { key: 'sender', kind: 'text', required: false },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  capabilities: () => [
    {
      channel: 'sms',
      codeOrigin: 'ours',
      codeDigits: { min: 4, max: 8 },
      leadingZero: true,
      text: 'free',
      sender: 'optional',
      testMode: false,
      statusPull: true,
      statusPush: false,
      costInSendReply: false,
      evidence: 'partial',
    },
  ],

  send: (request, config) => {
    if (request.channel !== 'sms') throw new NotOffered('Mobizon sends only SMS');
    needText(request);
    const sender = request.sender ?? setting(config, 'sender');
    const asked = formPost(addressOf('message/sendSmsMessage', config), {
      recipient: digits(request.phone),
      text: request.text ?? '',
      ...(sender === '' ? {} : { from: sender }),
    });
    return exchange(config, asked, receipt, request);
  },

  balance: (config) => {
    const asked: HttpRequest = {
      method: 'POST',
      url: addressOf('user/getOwnBalance', config),
      headers: {},
      body: { type: 'none' },
    };
    return exchange(config, asked, ({ code, data }, response) => {
      const amount = decimalOf(at(data, 'balance'));
      if (code !== '0' || amount === null) return garbled(response);
      return { ok: true, amount, ...known({ currency: textOf(at(data, 'currency')) }) };
    });
  },

  deliveryStatus: (ref, config) => {
    const asked = formPost(addressOf('message/getSMSStatus', config), {
      ids: ref.providerMessageId,
    });
    const found = exchange(config, asked, ({ data }, response): Result<Delivery> => {
      if (!Array.isArray(data)) return garbled(response);
      const list = data as readonly Json[];
      const one = list.find((it) => textOf(at(it, 'id')) === ref.providerMessageId);
      // the reply omits unknown ids
      if (one === undefined) return { ok: true, state: 'not_found' };
      const status = textOf(at(one, 'status'));
      return { ok: true, state: entry(STATES, status?.toUpperCase() ?? null) ?? 'unknown' };
    });
    return { ...found, parse: (response) => orNotFound(found.parse(response), '2') };
  },
};

function addressOf(method: string, config: Config): string {
  const host = (setting(config, 'host') || VENDOR).replace(/^https?:\/\/|\/+$/g, '');
  const base = (setting(config, 'baseUrl') || `https://${host}`).replace(/\/+$/, '');
  const key = encodeURIComponent(setting(config, 'apiKey'));
  return `${base}/service/${method}?output=json&api=v1&apiKey=${key}`;
}

function receipt({ code, data }: Success, response: HttpResponse): Result<SendReceipt> {
  const task = code === '100' ? textOf(data) : null;
  // 100 is not an error: the message is queued, and only the queue's number is returned
  if (task !== null) return { ok: true, providerMessageId: `task-${task}`, state: 'queued' };
  const providerMessageId = textOf(at(data, 'messageId'));
  if (providerMessageId === null) return garbled(response);
  const status = textOf(at(data, 'status'));
  const state = status === '1' ? 'moderation' : status === '2' ? 'queued' : null;
  return { ok: true, providerMessageId, ...known<{ state: DeliveryState | null }>({ state }) };
}

type Success = {
  readonly ok: true;
  readonly code: string;
  readonly data: Json | undefined;
};

function opened(response: HttpResponse): Success | ProviderError {
  const json = readJson(response.text);
  const code = textOf(at(json, 'code'));
  if (!isRecord(json) || code === null) return garbled(response);
  const data = json['data'];
  if (code === '0' || code === '100') return { ok: true, code, data };
  const message = textOf(json['message']) ?? '';
  return refused(kindOf(code, data, message), { code, text: words(code, data, message) });
}

function kindOf(code: string, data: Json | undefined, message: string): ErrorKind {
  const field = isRecord(data) ? Object.keys(data).find((key) => Object.hasOwn(FIELDS, key)) : null;
  if ((code === '1' || code === '12') && field) return fieldKind(field, at(data, field));
  if (code === '15' && /balance|money|fund|credit|баланс|средств/i.test(message)) return 'no_money';
  return entry(KINDS, code) ?? 'unknown';
}

function fieldKind(field: string, says: Json | undefined): ErrorKind {
  const tooLong = field === 'text' && /long|length|длин/i.test(textOf(says) ?? '');
  return tooLong ? 'text_too_long' : (entry(FIELDS, field) ?? 'bad_request');
}

function words(code: string, data: Json | undefined, message: string): string {
  const right = code === '13' ? textOf(data) : null;
  const fields = isRecord(data)
    ? Object.entries(data).map(([key, says]) => `${key}: ${textOf(says) ?? ''}`)
    : [];
  return [message, right, ...fields].filter((it) => it).join(' · ');
}
