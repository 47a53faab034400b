// Telegram Gateway: our own code inside Telegram. The API has no balance.
import { createHash } from 'node:crypto';
import { equalInConstantTime } from '../constant-time';
import {
  bearer,
  entry,
  exchangesOf,
  garbled,
  headerOf,
  home,
  jsonPost,
  known,
  NotOffered,
  ourCode,
  refused,
  setting,
} from './exchange';
import { at, decimalOf, isRecord, readJson, textOf, type JsonRecord } from './json-text';
import type {
  Config,
  Decimal,
  DeliveryState,
  ErrorKind,
  HttpRequest,
  HttpResponse,
  Provider,
  ProviderError,
  Result,
  SendReceipt,
  SendRequest,
  WebhookOutcome,
  WebhookRequest,
} from './provider';
import { hmacSha256Hex } from './signatures';

const VENDOR = 'https://gatewayapi.telegram.org';

const exchange = exchangesOf(opened, ['token']);

const KINDS: Readonly<Record<string, ErrorKind>> = {
  ACCESS_TOKEN_INVALID: 'auth',
  ACCESS_TOKEN_REQUIRED: 'auth',
  BALANCE_NOT_ENOUGH: 'no_money',
  PHONE_NUMBER_INVALID: 'bad_phone',
  PHONE_NUMBER_NOT_AVAILABLE: 'unreachable',
  PHONE_NUMBER_NOT_FOUND: 'unreachable',
  PHONE_NUMBER_MISMATCH: 'bad_request', // the request id belongs to another number
  SENDER_NOT_VERIFIED: 'sender_not_approved',
  SENDER_NOT_OWNED: 'sender_not_approved',
  SENDER_USERNAME_INVALID: 'sender_not_approved',
  MESSAGE_ALREADY_SENT: 'duplicate',
  CODE_INVALID: 'bad_request',
  CODE_EXPIRED: 'bad_request',
  CODE_LENGTH_INVALID: 'bad_request',
  CODE_LENGTH_REQUIRED: 'bad_request',
  CODE_MAX_ATTEMPTS_EXCEEDED: 'bad_request',
  REQUEST_ID_INVALID: 'bad_request',
  REQUEST_ID_REQUIRED: 'bad_request',
  PAYLOAD_INVALID: 'bad_request',
  CALLBACK_URL_INVALID: 'bad_request',
  TTL_INVALID: 'bad_request',
  UNKNOWN_METHOD: 'bad_request',
};

const STATES: Readonly<Record<string, DeliveryState>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  expired: 'expired',
  revoked: 'failed',
};

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
      channel: 'telegram',
      codeOrigin: 'ours',
      codeDigits: { min: 4, max: 8 },
      leadingZero: true,
      text: 'none',
      sender: 'optional',
      testMode: false, // messages to the account owner's own number are free
      statusPull: true,
      statusPush: true,
      costInSendReply: true,
      evidence: 'documented',
    },
  ],

  send: (request, config) => {
    const read = ({ result }: Success, response: HttpResponse): Result<SendReceipt> => {
      const providerMessageId = textOf(result['request_id']);
      if (providerMessageId === null) return garbled(response);
      return {
        ok: true,
        providerMessageId,
        ...known({
          cost: costOf(result),
          balanceAfter: decimalOf(result['remaining_balance']),
          state: stateOf(result),
        }),
      };
    };
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
  const callback = setting(config, 'callbackUrl');
  return {
    phone_number: request.phone,
    // with code_length, Telegram would choose a code and not return it
    code: ourCode(request),
    ...(request.ttlSec === undefined ? {} : { ttl: lifetime(request.ttlSec) }),
    ...(sender === '' ? {} : { sender_username: sender.replace(/^@/, '') }),
    ...(callback === '' ? {} : { callback_url: callback }),
  };
}

/** Telegram accepts 30 s to an hour. */
const lifetime = (seconds: number): number => Math.min(3600, Math.max(30, Math.ceil(seconds)));

const ask = (method: string, json: object, config: Config): HttpRequest =>
  jsonPost(`${home(config, VENDOR)}/${method}`, json, bearer(setting(config, 'token')));

type Success = { readonly ok: true; readonly result: JsonRecord };

/** Ignores the HTTP status: it is not documented for errors. */
function opened(response: HttpResponse): Success | ProviderError {
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
function costOf(result: JsonRecord): Decimal | null {
  return result['is_refunded'] === true ? '0' : decimalOf(result['request_cost']);
}

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
