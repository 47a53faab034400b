// Retries of messages in the outbox: over which channel, after what pause, and when they end.
import { DAY_MS } from '$lib/domain/values/durations';
import type { Refusal } from '$lib/contract/challenge';
import type { Channel } from '$lib/contract/values';
import type { DueRecipient, MessagePurpose, Next } from '../../store/outbox';
import type { Chosen, Sent } from '../gateway/gateway-types';
import { MAYBE_SENT } from '../gateway/refusals';

/** How long a message to a customer waits for a working service, or for a number, ms. */
export const CUSTOMER_WAIT_MS = 30 * DAY_MS;
const OWNER_WAIT_MS = 3 * DAY_MS;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** How often the former service is tried after a change of service: the person who made the change may control the new one. */
export const TRIES_BY_FORMER = 3;

/** Refusals after which a retry would fail in the same way. */
const FINAL: ReadonlySet<Refusal> = new Set<Refusal>([
  'bad-phone',
  'costly-number',
  'recipient-blocked',
  'region-forbidden',
  'text-forbidden',
  'text-not-approved',
  'text-too-long',
  'channel-not-available',
]);

const waitOf = (purpose: MessagePurpose): number =>
  purpose === 'policy-weakened' ? OWNER_WAIT_MS : CUSTOMER_WAIT_MS;

/** The state after a try, which `tries` includes. `former`: the former service that made it; null: the one in use. */
export function stateAfter(
  { purpose, tries, queuedAt }: Pick<DueRecipient, 'purpose' | 'tries' | 'queuedAt'>,
  sent: Sent,
  former: Chosen | null,
  now: number,
): Next {
  if (sent.kind === 'sent') return { state: 'sent', because: null, tries, nextAt: 0 };
  const { because } = sent;
  if (MAYBE_SENT.has(because)) return { state: 'maybe-sent', because, tries, nextAt: 0 };
  const nextAt = now + pauseAfter(tries, because);
  const isLate = nextAt - queuedAt > waitOf(purpose);
  // a final refusal by the former service ends only the tries by that service
  if (FINAL.has(because) && former !== null && tries <= TRIES_BY_FORMER && !isLate)
    return { state: 'waiting', because, tries: TRIES_BY_FORMER, nextAt };
  return { state: FINAL.has(because) || isLate ? 'failed' : 'waiting', because, tries, nextAt };
}

/** Pause after this many tries, ms. A fraud guard gets more time: it looks for fast retries. */
function pauseAfter(tries: number, because: Refusal): number {
  if (because === 'fraud-guard') return LONGEST_PAUSE_MS;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 20));
}

/** The channel over which this service carries any text, SMS if possible; null: it carries codes alone. */
export function freeChannelOf({ provider, config }: Chosen): Channel | null {
  const free = provider.capabilities(config).filter(({ text }) => text === 'free');
  return (free.find(({ channel }) => channel === 'sms') ?? free[0])?.channel ?? null;
}
