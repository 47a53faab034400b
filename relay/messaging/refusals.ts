// Maps each refusal to its remedy: retry, another channel, a pause, the owner, or none.
import type { Refusal } from '$lib/contract/challenge';

export type Remedy =
  /** Nothing left the machine: the same again, within seconds. */
  | 'same-now'
  /** It passes by itself: the same again, after a pause. */
  | 'same-later'
  /** Not over this channel; the next of the chain may reach the same person at once. */
  | 'other-channel'
  /** The service wants to be left alone: until the pause is over it is asked nothing, over no channel. */
  | 'service-pause'
  /** It ends when an owner has changed something, at the service or in the settings. */
  | 'owner'
  /** Another try helps nobody, may come as a second message, or may be what prolongs a block. */
  | 'nobody';

export const REMEDIES = {
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
  'fraud-guard': 'nobody',
  'bad-reply': 'nobody',
  'timeout-unknown': 'nobody',
  unknown: 'nobody',
} as const satisfies Readonly<Record<Refusal, Remedy>>;

export const remedyOf = (because: Refusal): Remedy => REMEDIES[because];

/** Perhaps a message went out all the same. Of every other refusal it is sure that none did. */
export const MAYBE_SENT: ReadonlySet<Refusal> = new Set<Refusal>([
  'timeout-unknown',
  'bad-reply',
  'unknown',
]);
