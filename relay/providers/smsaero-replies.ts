// What SMS Aero's states and refusals mean: words of its states, and refusals told by HTTP status, by field or by sentence.
import { kindOfStatus, refused, unreadable } from './exchange';
import { at, isRecord, textOf, type Json } from './json-text';
import type { DeliveryState, ErrorKind, HttpResponse, ProviderError } from './provider';

/** `extendStatus` in small letters. */
export const STATES: Readonly<Record<string, DeliveryState>> = {
  queue: 'queued',
  wait: 'queued',
  pending: 'queued',
  moderation: 'moderation',
  send: 'sent',
  sent: 'sent',
  delivery: 'delivered',
  delivered: 'delivered',
  write: 'read',
  read: 'read',
  expired: 'expired',
  failed: 'failed',
  fail: 'failed',
  reject: 'failed',
  rejected: 'failed',
  error: 'failed',
  undelivered: 'failed',
  undelivery: 'failed',
  'no delivery': 'failed',
};

const PHONE_FIELDS = ['number', 'numbers', 'phone', 'address'];

/** A refusal from whichever of its forms the reply has; `success` with nothing inside is no refusal but garbage. */
export function aeroRefusal(
  response: HttpResponse,
  json: Json | undefined,
  success: boolean,
): ProviderError {
  if (!isRecord(json)) return unreadable(response);
  if (success) return refused('bad_reply');
  const fields = at(json, 'data');
  const said = [textOf(json['message']), textOf(json['result']), textOf(json['reason'])];
  const complaints = isRecord(fields) ? Object.entries(fields).map(complaint) : [];
  const text = [...said, ...complaints.map((one) => `${one.field}: ${one.says}`)]
    .filter((it) => it !== null)
    .join('; ');
  for (const { field, says } of complaints) {
    const wait = waitIn(says);
    if (wait !== null) return refused('rate_limit_recipient', { text, retryAfterSec: wait });
    const kind = kindOfField(field, says);
    if (kind !== null) return refused(kind, { text });
  }
  const words = said.filter((it) => it !== null).join(' ');
  const wait = waitIn(words);
  if (wait !== null) return refused(limitBy(words), { text, retryAfterSec: wait });
  const ours = complaints.length > 0 || /empty|incorrect/i.test(words);
  const status = kindOfStatus(response.status);
  const limit = status === 'rate_limit_account' ? limitBy(words) : null;
  const kind = limit ?? status ?? kindOfWords(words) ?? (ours ? 'bad_request' : null);
  const rest = 'success' in json || 'result' in json ? 'unknown' : 'bad_reply';
  return refused(kind ?? rest, { text });
}

/** Whom a limit is for: one number where the words name it, else the whole account. "A number of" something is a count. */
function limitBy(words: string): ErrorKind {
  const isOfNumber = /номер|\bnumber\b(?! of)|phone/i.test(words);
  return isOfNumber ? 'rate_limit_recipient' : 'rate_limit_account';
}

/** Seconds. */
function waitIn(words: string): number | null {
  const wait = /wait (\d{1,5}) ?s/i.exec(words)?.[1];
  return wait === undefined ? null : Number(wait);
}

type Complaint = { readonly field: string; readonly says: string };

function complaint([field, says]: [string, Json]): Complaint {
  const words = Array.isArray(says) ? (says as readonly Json[]) : [says];
  return { field, says: words.map((word) => textOf(word) ?? '').join(', ') };
}

function kindOfField(field: string, says: string): ErrorKind | null {
  const words = kindOfWords(says);
  if (words === 'rate_limit_account' && PHONE_FIELDS.includes(field)) return 'rate_limit_recipient';
  if (words !== null) return words;
  if (PHONE_FIELDS.includes(field)) return 'bad_phone';
  if (field === 'sign') return 'sender_not_approved';
  if (field === 'text' && /long|length|maximum|640|800/i.test(says)) return 'text_too_long';
  return null;
}

function kindOfWords(words: string): ErrorKind | null {
  if (/credit|money|balance|insufficient/i.test(words)) return 'no_money';
  if (/credential|unauthori|password|api.?key/i.test(words)) return 'auth';
  if (/black.?list/i.test(words)) return 'recipient_blocked';
  if (/too (?:many|often)|rate.?limit|limit (?:is )?(?:exceeded|reached)/i.test(words))
    return limitBy(words);
  if (/sender|\bsign\b/i.test(words)) return 'sender_not_approved';
  if (/number|phone|add?ress/i.test(words)) return 'bad_phone';
  return null;
}
