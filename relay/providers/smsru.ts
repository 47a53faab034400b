// SMS.RU: messages, the call whose last four digits are the code, balance and delivery. Answers HTTP 200 to everything; what happened is inside.
// Source of fields and codes: sms.ru/api and the public code table; ARCHITECTURE.md "Providers" tells what was never seen live.
import {
  at,
  countOf,
  decimalOf,
  isRecord,
  readJson,
  textOf,
  type Json,
  type JsonRecord,
} from './json-text';
import {
  failed,
  type Balance,
  type Config,
  type Crypto,
  type Delivery,
  type ErrorKind,
  type Estimate,
  type Exchange,
  type HttpRequest,
  type HttpResponse,
  type MessageRef,
  type Provider,
  type ProviderError,
  type Result,
  type SendReceipt,
  type SendRequest,
  type WebhookEvent,
  type WebhookOutcome,
  type WebhookRequest,
} from './provider';
import { KINDS, STATES } from './smsru-codes';

const HOME = 'https://sms.ru';

export const smsru: Provider = {
  id: 'smsru',
  name: 'SMS.RU',
  refusesRepeats: true,
  resendAfterMs: 30_000,
  configFields: [
    { key: 'apiId', kind: 'secret', required: true },
    { key: 'sender', kind: 'text', required: false, forChannel: 'sms' },
    { key: 'baseUrl', kind: 'url', required: false },
  ],
  capabilities: () => [
    {
      channel: 'sms',
      codeOrigin: 'ours',
      codeDigits: { min: 4, max: 8 },
      leadingZero: true,
      text: 'free',
      maxTextChars: 536, // eight Cyrillic segments
      sender: 'optional',
      testMode: true,
      statusPull: true,
      statusPush: true,
      costInSendReply: false,
      evidence: 'documented',
    },
    {
      channel: 'call',
      codeOrigin: 'provider',
      codeDigits: { min: 4, max: 4 },
      leadingZero: true,
      text: 'none',
      sender: 'none',
      testMode: false,
      statusPull: false,
      statusPush: false,
      costInSendReply: true,
      evidence: 'documented',
    },
  ],

  send: (request, config) => (request.channel === 'call' ? call : message)(request, config),

  balance: (config): Exchange<Balance> => ({
    request: form('/my/balance', {}, config),
    secrets: secretsOf(config),
    parse: (response) => {
      const reply = top(response);
      if (!reply.ok) return reply;
      const amount = decimalOf(reply.json['balance']);
      if (amount === null) return failed('bad_reply');
      return { ok: true, amount, currency: 'RUB' };
    },
  }),

  deliveryStatus: (ref, config): Exchange<Delivery> => ({
    request: form('/sms/status', { sms_id: ref.providerMessageId }, config),
    secrets: secretsOf(config),
    parse: (response) => delivery(response, ref),
  }),

  estimate: (request, config): Exchange<Estimate> => ({
    request: form('/sms/cost', addressed(request), config),
    secrets: secretsOf(config),
    parse: (response) => {
      const inner = perNumber(response, request.phone);
      if (!inner.ok) return inner;
      const cost = decimalOf(inner.json['cost']);
      if (cost === null) return failed('bad_reply');
      const segments = countOf(inner.json['sms']);
      return { ok: true, cost, ...(segments === null ? {} : { segments }) };
    },
  }),

  webhook,
};

function message(request: SendRequest, config: Config): Exchange<SendReceipt> {
  const sender = request.sender ?? config['sender'];
  return {
    request: form('/sms/send', addressed(request), config, {
      ...(request.test ? { test: '1' } : {}),
      ...(sender ? { from: sender } : {}),
      ...(request.clientIp ? { ip: request.clientIp } : {}),
      ...(request.ttlSec === undefined ? {} : { ttl: String(minutes(request.ttlSec)) }),
    }),
    secrets: secretsOf(config, request),
    parse: (response) => {
      const inner = perNumber(response, request.phone);
      if (!inner.ok) return inner;
      const messageId = textOf(inner.json['sms_id']);
      if (messageId === null) return failed('bad_reply');
      const balanceAfter = decimalOf(inner.whole['balance']);
      return {
        ok: true,
        providerMessageId: messageId,
        ...(balanceAfter === null ? {} : { balanceAfter }),
      };
    },
  };
}

function call(request: SendRequest, config: Config): Exchange<SendReceipt> {
  // documented as GET with the key in the address; -1 says that the customer's own address is not known
  const query = new URLSearchParams({
    phone: digits(request.phone),
    ip: request.clientIp ?? '-1',
    api_id: config['apiId'] ?? '',
  });
  return {
    request: {
      method: 'GET',
      url: `${home(config)}/code/call?${query.toString()}`,
      headers: {},
      body: { type: 'none' },
    },
    secrets: secretsOf(config, request),
    parse: (response) => {
      const reply = top(response);
      if (!reply.ok) return reply;
      const code = fourDigits(reply.json['code']);
      const callId = textOf(reply.json['call_id']);
      if (code === null || callId === null) return failed('bad_reply');
      const cost = decimalOf(reply.json['cost']);
      const balanceAfter = decimalOf(reply.json['balance']);
      return {
        ok: true,
        providerMessageId: callId,
        codeChosenByProvider: code,
        ...(cost === null ? {} : { cost }),
        ...(balanceAfter === null ? {} : { balanceAfter }),
      };
    },
  };
}

function delivery(response: HttpResponse, ref: MessageRef): Result<Delivery> {
  const reply = top(response);
  if (!reply.ok) return reply;
  const one = at(reply.json, 'sms', ref.providerMessageId);
  if (!isRecord(one)) return failed('bad_reply');
  const code = codeOf(one);
  const state = code === null ? undefined : STATES[code];
  if (code === null || (one['status'] !== 'OK' && state === undefined)) return refusal(one);
  const cost = decimalOf(one['cost']);
  const kind = state === 'failed' || state === 'expired' ? KINDS[code] : undefined;
  return {
    ok: true,
    state: state ?? 'unknown',
    ...(cost === null ? {} : { cost }),
    ...(kind === undefined ? {} : { kind }),
  };
}

/** Form POST `data[0..99]`, each `kind\nid\nstatus\nunix`; `hash` is sha256(api_id + all of them). The answer must be 100. */
function webhook(request: WebhookRequest, config: Config, crypto: Crypto): WebhookOutcome {
  const fields = new URLSearchParams(request.rawBody);
  const rows: string[] = [];
  for (let i = 0; i < 100; i += 1) {
    const row = fields.get(`data[${i}]`);
    if (row !== null) rows.push(row);
  }
  const hash = fields.get('hash');
  if (hash === null || rows.length === 0) return { accept: false, reason: 'bad_body' };
  const expected = crypto.sha256Hex((config['apiId'] ?? '') + rows.join(''));
  if (!crypto.equal(expected, hash.toLowerCase()))
    return { accept: false, reason: 'bad_signature' };
  const events = rows.flatMap((row): WebhookEvent[] => {
    const [kind, providerMessageId, status] = row.split('\n');
    if (kind !== 'sms_status' || !providerMessageId || !status) return [];
    return [{ providerMessageId, state: STATES[status] ?? 'unknown' }];
  });
  return { accept: true, events, reply: { status: 200, body: '100' } };
}

function form(
  path: string,
  fields: Readonly<Record<string, string>>,
  config: Config,
  options: Readonly<Record<string, string>> = {},
): HttpRequest {
  return {
    method: 'POST',
    url: home(config) + path,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: {
      type: 'form',
      fields: { api_id: config['apiId'] ?? '', ...fields, json: '1', ...options },
    },
  };
}

const home = (config: Config): string => (config['baseUrl'] || HOME).replace(/\/+$/, '');
const digits = (phone: string): string => phone.replace(/^\+/, '');
const addressed = (request: SendRequest): Record<string, string> => ({
  to: digits(request.phone),
  msg: request.text ?? '',
});
const minutes = (seconds: number): number => Math.min(1440, Math.max(1, Math.ceil(seconds / 60)));

/** The key and whatever of this message must not be logged. */
function secretsOf(config: Config, request?: SendRequest): readonly string[] {
  return [config['apiId'], request?.code, request?.text, request && digits(request.phone)].filter(
    (secret): secret is string => secret !== undefined && secret !== '',
  );
}

type Opened = { readonly ok: true; readonly json: JsonRecord } | ProviderError;

/** The whole reply, if the service says OK about it. */
function top(response: HttpResponse): Opened {
  const json = readJson(response.text);
  if (!isRecord(json)) return failed(response.status >= 500 ? 'temporary' : 'bad_reply');
  if (json['status'] === 'OK') return { ok: true, json };
  if (json['status'] === 'ERROR') return refusal(json);
  return failed(response.status >= 500 ? 'temporary' : 'bad_reply');
}

/** OK on top is no success: what became of our one number is inside. */
function perNumber(
  response: HttpResponse,
  phone: string,
): { readonly ok: true; readonly json: JsonRecord; readonly whole: JsonRecord } | ProviderError {
  const reply = top(response);
  if (!reply.ok) return reply;
  const one = at(reply.json, 'sms', digits(phone));
  if (!isRecord(one)) return failed('bad_reply');
  if (one['status'] === 'OK') return { ok: true, json: one, whole: reply.json };
  return one['status'] === 'ERROR' ? refusal(one) : failed('bad_reply');
}

function refusal(json: JsonRecord): ProviderError {
  const code = codeOf(json);
  const text = typeof json['status_text'] === 'string' ? json['status_text'] : undefined;
  const kind = code === null ? kindByText(text ?? '') : (KINDS[code] ?? 'unknown');
  return failed(kind, {
    ...(code === null ? {} : { providerCode: code }),
    ...(text === undefined ? {} : { providerText: text }),
  });
}

/** Refused calls carry words and no code. */
function kindByText(text: string): ErrorKind {
  if (/звонков на один номер/i.test(text)) return 'rate_limit_recipient';
  if (/звонков за \d+ минут/i.test(text)) return 'rate_limit_account';
  return 'unknown';
}

function codeOf(json: JsonRecord): string | null {
  const code = textOf(json['status_code']);
  return code !== null && /^-?\d+$/.test(code) ? code : null;
}

/** A number has lost its leading zeros; they are part of the code. */
function fourDigits(value: Json | undefined): string | null {
  const text = textOf(value);
  return text !== null && /^\d{1,4}$/.test(text) ? text.padStart(4, '0') : null;
}
