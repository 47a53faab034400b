// The chain of channels of an act: which are open, which is tried next, and when.
import type { DeliveryState } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import type { Action, Channel, SaleAction } from '$lib/contract/values';
import type { ChannelCapability } from '../providers/provider';
import { remedyOf, type Remedy } from './refusals';
import type { Relay } from '../context';
import type { ChallengeRow } from '../store/challenges';
import { sendingsOf, type SendingRow } from '../store/sendings';

const ARRIVED: ReadonlySet<DeliveryState | null> = new Set(['delivered', 'read']);
/** Null: the service did not accept it. */
const LOST: ReadonlySet<DeliveryState | null> = new Set(['failed', 'expired', null]);
/** After other refusals the chain stops: its next channel belongs to the same service; the cashier may still choose it. */
const GOES_ON: ReadonlySet<Remedy> = new Set<Remedy>([
  'same-now',
  'same-later',
  'other-channel',
  'service-pause',
]);
/** No message is sent when less than this is left of the code's lifetime. */
const LEAST_LIFE_MS = 30_000;
/** Pause after the service was unreachable. */
const OUT_OF_REACH_MS = 20_000;

/** A channel of the chain that the service in use offers. */
export type OpenChannel = { readonly channel: Channel; readonly can: ChannelCapability };

/**
 * Channels by which an action may be confirmed, in the manager's order; only those of the chain.
 * Acts without a chain of their own use both chains together, but no call: four digits are too few for them.
 */
export function openChannels({ policy, provider }: Relay, action: Action): readonly OpenChannel[] {
  const methods = policy()?.policy.methods;
  if (methods === undefined) return [];
  const own = isSaleAction(action);
  const chain: readonly Channel[] = own
    ? methods[action].chain
    : [
        ...new Set<Channel>([
          ...methods['sell-on-account'].chain,
          ...methods['redeem-points'].chain,
          'sms',
        ]),
      ].filter((channel) => channel !== 'call');
  return chain.flatMap((channel) => {
    const can = provider.capability(channel);
    return can === null ? [] : [{ channel, can }];
  });
}

/** The capabilities of channels that carry a code of ours. */
export const carriersOf = (open: readonly OpenChannel[]): readonly ChannelCapability[] =>
  open.map(({ can }) => can).filter(({ codeOrigin }) => codeOrigin === 'ours');

/**
 * The next channel of the chain over which the challenge has not been sent; null: none. The chain is followed once, in one
 * direction; a message that never left the machine does not count as a try.
 */
export function followingChannel(
  relay: Relay,
  action: Action,
  attempts: readonly SendingRow[],
): OpenChannel | null {
  const open = openChannels(relay, action);
  const left = attempts.filter(({ because }) => because !== 'not-sent');
  const last = left.at(-1)?.channel;
  const tried = new Set(left.map(({ channel }) => channel));
  const from = open.findIndex(({ channel }) => channel === last) + 1;
  return open.slice(from).find(({ channel }) => !tried.has(channel)) ?? null;
}

/**
 * The channel the relay tries next by itself, and from when on (ms): at once after a lost message, otherwise after the
 * chain's waiting time without a report that any message arrived. Null: none.
 */
export async function nextOf(
  relay: Relay,
  row: ChallengeRow,
): Promise<{ readonly channel: Channel; readonly at: number } | null> {
  const attempts = await sendingsOf(relay.db, row.id);
  const last = attempts.at(-1);
  const policy = relay.policy()?.policy;
  if (last === undefined || policy === undefined || row.sendsLeft === 0) return null;
  if (attempts.some(({ delivery }) => ARRIVED.has(delivery))) return null;
  const following = followingChannel(relay, row.action, attempts);
  // counted from the last message that the service accepted
  const { at: sentAt, delivery } = attempts.findLast((one) => one.delivery !== null) ?? last;
  const due = LOST.has(delivery) ? sentAt : sentAt + patienceOf(policy, row.action);
  const refusal = last.delivery === null ? last.because : null;
  if (refusal !== null && !GOES_ON.has(remedyOf(refusal))) return null;
  const paused = relay.provider.pausedUntil() ?? 0;
  const again = last.because === 'not-sent' ? last.at + OUT_OF_REACH_MS : 0;
  const at = Math.max(due, again, paused);
  if (following === null || row.expiresAt - Math.max(at, relay.now()) < LEAST_LIFE_MS) return null;
  return { channel: following.channel, at };
}

/** How long to wait for a delivery, ms; acts without a chain of their own use the longer time of both chains. */
function patienceOf({ methods }: Policy, action: Action): number {
  return isSaleAction(action)
    ? methods[action].nextAfterMs
    : Math.max(...Object.values(methods).map(({ nextAfterMs }) => nextAfterMs));
}

const isSaleAction = (action: Action): action is SaleAction =>
  action === 'redeem-points' || action === 'sell-on-account';
