// Twilio's codes and states, and its delivery reports with their signature.
import { equalInConstantTime } from '../constant-time';
import { entry, headerOf, isOn, setting } from './exchange';
import type { Config, DeliveryState, ErrorKind, WebhookOutcome, WebhookRequest } from './provider';
import { hmacSha1Base64 } from './signatures';

export const KINDS: Readonly<Record<string, ErrorKind>> = {
  '20003': 'auth',
  '20429': 'rate_limit_account',
  '14107': 'rate_limit_recipient', // too many between two numbers
  '21611': 'rate_limit_account', // our number's queue is full
  '30001': 'rate_limit_account', // the same, told in a report
  '63017': 'rate_limit_account',
  '63018': 'rate_limit_account',
  '63038': 'rate_limit_account', // the day's messages are used up
  '21211': 'bad_phone',
  '21408': 'region_forbidden',
  '21212': 'sender_not_approved',
  '21603': 'sender_not_approved', // none given
  '21606': 'sender_not_approved',
  '21608': 'account_not_ready', // a trial account writes to its own numbers only
  '21610': 'recipient_blocked',
  '21612': 'unreachable', // no way from our number to theirs
  '21614': 'unreachable', // not a mobile number
  '21617': 'text_too_long',
  '21657': 'sender_not_approved',
  '21659': 'sender_not_approved',
  // after the message was taken: only in reports
  '30002': 'account_blocked',
  '30003': 'unreachable',
  '30004': 'recipient_blocked',
  '30005': 'unreachable',
  '30006': 'unreachable',
  '30007': 'text_forbidden', // filtered by the operator
  '63016': 'text_not_approved',
  // their verification service; not used for sending, but one account has one table
  '60200': 'bad_request',
  '60202': 'rate_limit_recipient',
  '60203': 'rate_limit_recipient',
  '60205': 'unreachable', // landline
  '60207': 'rate_limit_account',
  '60212': 'rate_limit_recipient',
  '60220': 'account_not_ready',
  '60223': 'account_not_ready', // channel switched off
  '60410': 'fraud_guard',
};

const STATES: Readonly<Record<string, DeliveryState>> = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

const hasFailed = (errorCode: string | null): boolean => errorCode !== null && errorCode !== '0';

/** Whatever the state says: with an error code the message has failed. */
export function stateOf(status: string | null, errorCode: string | null): DeliveryState {
  return hasFailed(errorCode) ? 'failed' : (entry(STATES, status) ?? 'unknown');
}

/**
 * Form with MessageSid, MessageStatus and, where it failed, ErrorCode. A signature that is there must be right; one that is missing
 * is refused with `signedCallbacks`, which the relay always sets.
 */
export function twilioReport(request: WebhookRequest, config: Config): WebhookOutcome {
  const fields = new URLSearchParams(request.rawBody);
  const signature = headerOf(request.headers, 'x-twilio-signature');
  if (signature === undefined ? isOn(config, 'signedCallbacks') : !isSigned())
    return { accept: false, reason: 'bad_signature' };
  const providerMessageId = fields.get('MessageSid') ?? fields.get('SmsSid');
  const status = fields.get('MessageStatus') ?? fields.get('SmsStatus');
  if (!providerMessageId || !status) return { accept: false, reason: 'bad_body' };
  const errorCode = fields.get('ErrorCode') || null;
  const state = stateOf(status, errorCode);
  const failure = state === 'failed' && hasFailed(errorCode);
  const event = {
    providerMessageId,
    state,
    ...(failure ? { kind: entry(KINDS, errorCode) ?? 'unknown' } : {}),
  };
  return { accept: true, events: [event], reply: { status: 204, body: '' } };

  /** Base64 of HMAC-SHA1 over the address as Twilio called it and all fields in order of their names. */
  function isSigned(): boolean {
    const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    const text = request.url + sorted.map(([name, value]) => name + value).join('');
    const token = setting(config, 'authToken');
    return token !== '' && equalInConstantTime(hmacSha1Base64(token, text), signature ?? '');
  }
}
