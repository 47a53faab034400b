// Maps each refusal to its remedy: retry, another channel, a pause, the owner, or none.
import type { Refusal } from '$lib/contract/challenge';

export type Remedy =
  /** Nothing was sent: retry within seconds. */
  | 'same-now'
  /** Temporary: retry after a pause. */
  | 'same-later'
  /** Not over this channel; the next channel may reach the same person at once. */
  | 'other-channel'
  /** The service demands a pause: no request over any channel until it is over. */
  | 'service-pause'
  /** It ends when an owner changes something, at the service or in the settings. */
  | 'owner'
  /** A retry has no use, may arrive as a second message, or may prolong a block. */
  | 'nobody';

const REMEDIES = {
  'not-sent': 'same-now',
  temporary: 'same-later',
  duplicate: 'same-later',
  unreachable: 'other-channel',
  'recipient-blocked': 'other-channel',
  'region-forbidden': 'other-channel',
  'rate-limit-recipient': 'other-channel',
  'text-forbidden': 'other-channel',
  'text-not-approved': 'other-channel',
  'text-too-long': 'other-channel',
  'sender-not-approved': 'other-channel',
  'bad-request': 'other-channel',
  'channel-not-available': 'other-channel',
  'rate-limit-account': 'service-pause',
  auth: 'owner',
  'account-not-ready': 'owner',
  'account-blocked': 'owner',
  'no-money': 'owner',
  'not-configured': 'owner',
  pumping: 'owner',
  'journal-forked': 'owner',
  'bad-phone': 'nobody',
  'country-not-allowed': 'nobody',
  'costly-number': 'nobody',
  'fraud-guard': 'nobody',
  'bad-reply': 'nobody',
  'timeout-unknown': 'nobody',
  'relay-put-back': 'nobody',
  unknown: 'nobody',
} as const satisfies Readonly<Record<Refusal, Remedy>>;

export const remedyOf = (because: Refusal): Remedy => REMEDIES[because];

/** Whether a message may have been sent all the same. After every other refusal none was. */
export const MAYBE_SENT: ReadonlySet<Refusal> = new Set<Refusal>([
  'timeout-unknown',
  'bad-reply',
  'unknown',
]);
