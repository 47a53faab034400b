// What the problems of Vonage's newer APIs mean: in refusals (problem+json) and in reports of messages that failed. Source: Vonage's pages of API errors.
import { entry } from './exchange';
import type { ErrorKind } from './provider';

/** Numbers of the Messages API, and names common to all of Vonage's APIs. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  '1000': 'rate_limit_account',
  '1010': 'bad_request', // a parameter is missing
  '1020': 'bad_request',
  '1021': 'bad_request',
  '1022': 'text_not_approved',
  '1030': 'temporary',
  '1040': 'unreachable', // no such beginning of a number
  '1050': 'recipient_blocked',
  '1060': 'account_blocked',
  '1070': 'no_money',
  '1080': 'account_not_ready', // not enabled for this API
  '1090': 'text_too_long',
  '1100': 'temporary', // not submitted: the connection failed
  '1110': 'auth', // signature
  '1120': 'sender_not_approved',
  '1130': 'bad_request',
  '1140': 'account_not_ready', // needs something the account does not have
  '1150': 'bad_request',
  '1160': 'account_not_ready', // a trial account writes to its own list only
  '1170': 'bad_phone',
  '1180': 'unreachable',
  '1190': 'unreachable',
  '1200': 'unreachable', // the number went to another operator
  '1210': 'text_forbidden', // taken for spam
  '1220': 'unreachable',
  '1230': 'temporary',
  '1240': 'recipient_blocked', // has said STOP
  '1241': 'rate_limit_recipient',
  '1250': 'unreachable',
  '1260': 'unreachable',
  '1270': 'unreachable', // too young for it
  '1280': 'unreachable', // barred by the operator
  '1290': 'unreachable', // the recipient has no credit
  '1300': 'unreachable', // not in this messenger
  '1310': 'unreachable', // the device cannot show it
  '1320': 'duplicate', // was sent already
  '1340': 'text_not_approved', // outside the window only templates pass
  '1350': 'account_not_ready',
  '1360': 'unreachable', // lifetime over
  '1370': 'auth',
  'low-balance': 'no_money',
  'account-suspended': 'account_blocked',
  unprovisioned: 'account_not_ready',
  'invalid-api-key': 'auth',
  'invalid-signature': 'auth',
  'jwt-expired': 'auth',
  'jwt-revoked': 'auth',
};

export type VonageProblem = {
  /** Its number; names are no codes. */
  readonly code: string | null;
  readonly kind: ErrorKind | undefined;
};

/** A problem by what stands behind the # of its `type`. */
export function vonageProblem(type: string | null): VonageProblem {
  const word = /#([\w-]+)$/.exec(type ?? '')?.[1] ?? null;
  return { code: word !== null && /^\d+$/.test(word) ? word : null, kind: entry(KINDS, word) };
}
