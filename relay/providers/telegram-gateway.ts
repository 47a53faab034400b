// Telegram Gateway: our own code inside Telegram. The API has no balance.
import { createHash } from 'node:crypto';
import { equalInConstantTime } from '../constant-time';
import {
  bearer,
  entry,
  exchangesOf,
  freeText,
  garbled,
  headerOf,
  home,
  jsonPost,
  kindsByCode,
  known,
  NotOffered,
  ourCode,
  receiptOf,
  refused,
  setting,
  statesByCode,
} from './exchange';
import { at, decimalOf, isRecord, readJson, textOf, type JsonRecord } from './json-text';
import type {
  Config,
  Decimal,
  DeliveryState,
  HttpRequest,
  HttpResponse,
  Provider,
  Result,
  SendReceipt,
  SendRequest,
  WebhookOutcome,
  WebhookRequest,
} from './provider';
import { hmacSha256Hex } from './signatures';

const VENDOR = 'https://gatewayapi.telegram.org';

const exchange = exchangesOf(opened, ['token']);

const KINDS = kindsByCode({
  auth: ['ACCESS_TOKEN_INVALID', 'ACCESS_TOKEN_REQUIRED'],
  no_money: ['BALANCE_NOT_ENOUGH'],
  bad_phone: ['PHONE_NUMBER_INVALID'],
  unreachable: ['PHONE_NUMBER_NOT_AVAILABLE', 'PHONE_NUMBER_NOT_FOUND'],
  duplicate: ['MESSAGE_ALREADY_SENT'],
  sender_not_approved: ['SENDER_NOT_VERIFIED', 'SENDER_NOT_OWNED', 'SENDER_USERNAME_INVALID'],
  bad_request: [
    'PHONE_NUMBER_MISMATCH', // the request id belongs to another number
    ...['CODE_INVALID', 'CODE_EXPIRED', 'CODE_LENGTH_INVALID', 'CODE_LENGTH_REQUIRED'],
    ...['CODE_MAX_ATTEMPTS_EXCEEDED', 'REQUEST_ID_INVALID', 'REQUEST_ID_REQUIRED'],
    ...['PAYLOAD_INVALID', 'CALLBACK_URL_INVALID', 'TTL_INVALID', 'UNKNOWN_METHOD'],
  ],
});

const STATES = statesByCode({
  sent: ['sent'],
  delivered: ['delivered'],
  read: ['read'],
  expired: ['expired'],
  failed: ['revoked'],
});

export const telegramGateway: Provider = {
  id: 'telegram_gateway',
  name: 'Telegram Gateway',
  refusesRepeats: false,
  resendAfterMs: 30_000,
  configFields: [
    { key: 'token', kind: 'secret', required: true },
    { key: 'senderUsername', kind: 'text', required: false },
    { key: 'baseUrl', kind: 'url', required: false },
  ],

  capabilities: () => [
    {
      ...freeText, // no test mode: messages to the account owner's own number are free
      channel: 'telegram',
      text: 'none',
      statusPull: true,
      statusPush: true,
      costInSendReply: true,
    },
  ],

  send: (request, config) => {
    const read = ({ result }: Success, response: HttpResponse): Result<SendReceipt> =>
      receiptOf(textOf(result['request_id']), garbled(response), {
        cost: costOf(result),
        balanceAfter: decimalOf(result['remaining_balance']),
        state: stateOf(result),
      });
    const asked = ask('sendVerificationMessage', message(request, config), config);
    return exchange(config, asked, read, request);
  },

  deliveryStatus: ({ providerMessageId }, config) =>
    exchange(
      config,
      ask('checkVerificationStatus', { request_id: providerMessageId }, config),
      ({ result }) => ({
        ok: true,
        state: stateOf(result) ?? 'unknown',
        ...known({ cost: costOf(result) }),
      }),
    ),

  webhook,
};

function message(request: SendRequest, config: Config): Record<string, unknown> {
  if (request.channel !== 'telegram')
    throw new NotOffered('Telegram Gateway sends only by Telegram');
  const sender = request.sender ?? setting(config, 'senderUsername');
  return {
    phone_number: request.phone,
    // with code_length, Telegram would choose a code and not return it
    code: ourCode(request),
    ...known({
      ttl: request.ttlSec === undefined ? null : lifetime(request.ttlSec),
      sender_username: sender.replace(/^@/, ''),
      callback_url: setting(config, 'callbackUrl'),
    }),
  };
}

/** Telegram accepts 30 s to an hour. */
const lifetime = (seconds: number): number => Math.min(3600, Math.max(30, Math.ceil(seconds)));

const ask = (method: string, json: object, config: Config): HttpRequest =>
  jsonPost(`${home(config, VENDOR)}/${method}`, json, bearer(setting(config, 'token')));

type Success = { readonly result: JsonRecord };

/** Ignores the HTTP status: it is not documented for errors. */
function opened(response: HttpResponse): Result<Success> {
  const json = readJson(response.text);
  const result = at(json, 'result');
  if (at(json, 'ok') === true && isRecord(result)) return { ok: true, result };
  const code = textOf(at(json, 'error'));
  if (at(json, 'ok') !== false || code === null) return garbled(response);
  if (!code.includes('FLOOD')) return refused(entry(KINDS, code) ?? 'unknown', { code });
  const wait = /\d{1,5}/.exec(code)?.[0];
  return refused('rate_limit_account', {
    code,
    retryAfterSec: wait === undefined ? null : Number(wait),
  });
}

function stateOf(result: JsonRecord): DeliveryState | null {
  const status = textOf(at(result, 'delivery_status', 'status'));
  return status === null ? null : (entry(STATES, status) ?? 'unknown');
}

/** A refunded message costs nothing. */
const costOf = (result: JsonRecord): Decimal | null =>
  result['is_refunded'] === true ? '0' : decimalOf(result['request_cost']);

/** Signed: hex HMAC-SHA256 under SHA-256 of the token, over timestamp, line feed and body. */
function webhook(request: WebhookRequest, config: Config): WebhookOutcome {
  const time = headerOf(request.headers, 'x-request-timestamp') ?? '';
  const signature = headerOf(request.headers, 'x-request-signature') ?? '';
  const key = createHash('sha256').update(setting(config, 'token')).digest();
  const expected = hmacSha256Hex(key, `${time}\n${request.rawBody}`);
  if (!equalInConstantTime(expected, signature.toLowerCase()))
    return { accept: false, reason: 'bad_signature' };
  const json = readJson(request.rawBody);
  const providerMessageId = textOf(at(json, 'request_id'));
  if (!isRecord(json) || providerMessageId === null) return { accept: false, reason: 'bad_body' };
  const events = [{ providerMessageId, state: stateOf(json) ?? 'unknown' }];
  return { accept: true, events, reply: { status: 200, body: '' } };
}
