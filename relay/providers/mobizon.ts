// Mobizon (Kazakhstan and others): SMS. Always HTTP 200; the key is in the URL.
import {
  balanceOf,
  digits,
  entry,
  exchangesOf,
  formPost,
  freeText,
  garbled,
  kindsByCode,
  known,
  NotOffered,
  orNotFound,
  needText,
  receiptOf,
  refused,
  setting,
  statesByCode,
} from './exchange';
import { at, isRecord, readJson, textOf, type Json } from './json-text';
import type {
  Config,
  Delivery,
  ErrorKind,
  HttpRequest,
  HttpResponse,
  Provider,
  Result,
  SendReceipt,
} from './provider';

const VENDOR = 'api.mobizon.kz';

const exchange = exchangesOf(opened, ['apiKey']);

const KINDS = kindsByCode({
  // 9: no access to this method
  auth: [8, 9],
  account_blocked: [14],
  rate_limit_account: [30],
  // 1: validation, the field says more; 2: not found; 13: account of another country's site, `data` says which;
  // 98, 99: some or all of several failed
  bad_request: [1, 2, 4, 5, 6, 11, 12, 13, 98, 99],
  temporary: [10], // concurrent writes
  // 15: some operation failed; only the words give the reason
  unknown: [3, 15, 999],
});

/** Meaning of an invalid field, by its name. */
const FIELDS: Readonly<Record<string, ErrorKind>> = {
  recipient: 'bad_phone',
  from: 'sender_not_approved',
  text: 'text_forbidden',
};

const STATES = statesByCode({
  queued: ['NEW', 'ENQUEUD'],
  sent: ['ACCEPTD', 'PDLIVRD'], // PDLIVRD: only some parts
  delivered: ['DELIVRD'],
  expired: ['EXPIRED'],
  failed: ['UNDELIV', 'REJECTD', 'DELETED'],
});

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

  capabilities: () => [{ ...freeText, channel: 'sms', statusPull: true, evidence: 'partial' }],

  send: (request, config) => {
    if (request.channel !== 'sms') throw new NotOffered('Mobizon sends only SMS');
    needText(request);
    const asked = formPost(addressOf('message/sendSmsMessage', config), {
      recipient: digits(request.phone),
      text: request.text ?? '',
      ...known({ from: request.sender ?? setting(config, 'sender') }),
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
      if (code !== '0') return garbled(response);
      return balanceOf(at(data, 'balance'), garbled(response), textOf(at(data, 'currency')));
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
    return orNotFound(found, '2');
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
  const status = textOf(at(data, 'status'));
  const state = status === '1' ? 'moderation' : status === '2' ? 'queued' : null;
  return receiptOf(textOf(at(data, 'messageId')), garbled(response), { state });
}

type Success = { readonly code: string; readonly data: Json | undefined };

function opened(response: HttpResponse): Result<Success> {
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
