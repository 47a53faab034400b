// Delivery reports of Vonage: of SMS (JSON, form or query, named by messageId) and of the Messages API (named by message_uuid), with their signatures.
import { equalInConstantTime } from '../constant-time';
import { entry, headerOf, known, setting } from './exchange';
import { at, decimalOf, isRecord, readJson, textOf, type JsonRecord } from './json-text';
import type { Config, DeliveryState, ErrorKind, WebhookOutcome, WebhookRequest } from './provider';
import { hmacSha256Hex, sha256Hex } from './signatures';
import { vonageProblem } from './vonage-problems';

const STATES: Readonly<Record<string, DeliveryState>> = {
  submitted: 'sent',
  accepted: 'sent',
  buffered: 'sent',
  delivered: 'delivered',
  read: 'read',
  expired: 'expired',
  failed: 'failed',
  rejected: 'failed',
  undeliverable: 'failed',
  deleted: 'failed',
};

/** `err-code` of a report on an SMS. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  '2': 'unreachable',
  '3': 'unreachable',
  '4': 'recipient_blocked',
  '5': 'unreachable',
  '6': 'text_forbidden',
  '7': 'unreachable',
  '8': 'temporary',
  '9': 'bad_phone',
  '10': 'bad_request',
  '11': 'unreachable',
  '12': 'unreachable',
  '13': 'recipient_blocked',
  '14': 'recipient_blocked',
};

/** With a signature secret set, what is not signed is not believed; without one the secret in the address has to do. */
export function vonageReport(request: WebhookRequest, config: Config): WebhookOutcome {
  const json = fieldsOf(request);
  if (json === null) return { accept: false, reason: 'bad_body' };
  const secret = setting(config, 'signatureSecret');
  if (secret !== '' && !isSigned(request, json, secret))
    return { accept: false, reason: 'bad_signature' };
  const providerMessageId = textOf(json['messageId']) ?? textOf(json['message_uuid']);
  const status = textOf(json['status']);
  if (providerMessageId === null || status === null) return { accept: false, reason: 'bad_body' };
  const state = entry(STATES, status.toLowerCase()) ?? 'unknown';
  const event = {
    providerMessageId,
    state,
    ...known({
      cost: decimalOf(json['price']) ?? decimalOf(at(json, 'usage', 'price')),
      kind: state === 'failed' ? kindOfFailure(json) : null,
    }),
  };
  return { accept: true, events: [event], reply: { status: 200, body: '' } };
}

/** Null where the report does not say why. */
function kindOfFailure(json: JsonRecord): ErrorKind | null {
  const code = textOf(json['err-code']);
  if (code !== null) return code === '0' ? null : (entry(KINDS, code) ?? 'unknown');
  const error = json['error'];
  if (!isRecord(error)) return null;
  const problem = textOf(error['type']) ?? `#${textOf(error['title']) ?? ''}`;
  return vonageProblem(problem).kind ?? 'unknown';
}

/** A report comes as JSON, as a form, or in the address of a GET. */
function fieldsOf(request: WebhookRequest): JsonRecord | null {
  const json = readJson(request.rawBody);
  if (json !== undefined) return isRecord(json) ? json : null;
  const text = request.rawBody || (request.url.split('?')[1] ?? '');
  const fields = [...new URLSearchParams(text)];
  return fields.length === 0 ? null : Object.fromEntries(fields);
}

function isSigned(request: WebhookRequest, json: JsonRecord, secret: string): boolean {
  const token = /^Bearer (.+)$/.exec(headerOf(request.headers, 'authorization') ?? '')?.[1];
  return token === undefined
    ? hasOwnSignature(json, secret)
    : isTokenFor(request.rawBody, token, secret);
}

/** SMS: `sig` is HMAC-SHA256 over `&name=value` of the other fields by name, with & and = in values as _. */
function hasOwnSignature(json: JsonRecord, secret: string): boolean {
  const text = Object.keys(json)
    .filter((name) => name !== 'sig')
    .sort()
    .map((name) => `&${name}=${(textOf(json[name]) ?? '').replace(/[&=]/g, '_')}`)
    .join('');
  const given = textOf(json['sig']) ?? '';
  return equalInConstantTime(hmacSha256Hex(secret, text), given.toLowerCase());
}

/** Messages API: an HS256 token whose `payload_hash` is the body's SHA-256. */
function isTokenFor(body: string, token: string, secret: string): boolean {
  const [head = '', claims = '', signature = ''] = token.split('.');
  const algorithm = textOf(at(readJson(decoded(head)), 'alg'));
  const signed = equalInConstantTime(
    hmacSha256Hex(secret, `${head}.${claims}`),
    [...decoded(signature)]
      .map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'))
      .join(''),
  );
  const hash = textOf(at(readJson(decoded(claims)), 'payload_hash')) ?? '';
  const sameBody = equalInConstantTime(sha256Hex(body), hash.toLowerCase());
  return algorithm === 'HS256' && signed && sameBody;
}

/** base64url as a string of bytes; '' where it is none. */
function decoded(text: string): string {
  try {
    return atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  } catch {
    return ''; // an unreadable part is signed by nobody
  }
}
