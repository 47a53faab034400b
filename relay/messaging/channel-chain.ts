// The chain of channels of an act: which are open, and which is tried next, and when.
import type { DeliveryState } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import type { Action, Channel, SaleAction } from '$lib/contract/values';
import type { ChannelCapability } from '../providers/provider';
import { remedyOf, type Remedy } from './refusals';
import type { Relay } from '../context';
import type { ChallengeRow } from '../store/challenges';
import { sendingsOf, type SendingRow } from '../store/sendings';

const ARRIVED: ReadonlySet<DeliveryState | null> = new Set(['delivered', 'read']);
/** Null: the service did not take it. */
const LOST: ReadonlySet<DeliveryState | null> = new Set(['failed', 'expired', null]);
/** After any other refusal the chain stops: its next channel belongs to the same service, and the cashier may still choose it. */
const GOES_ON: ReadonlySet<Remedy> = new Set<Remedy>([
  'same-now',
  'same-later',
  'other-channel',
  'service-pause',
]);
/** A code that could hardly be read out any more is not paid for. */
const LEAST_LIFE_MS = 30_000;
/** After the service was out of reach, so long before it is asked again. */
const OUT_OF_REACH_MS = 20_000;

/** A channel of the manager's chain which the service in use has. */
export type OpenChannel = { readonly channel: Channel; readonly can: ChannelCapability };

/**
 * Channels an action may be confirmed over, in the manager's order; nothing that is not in the chain.
 * Acts without a chain of their own take both chains together, but no call: four digits are too few for them.
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

/** What the channels that carry a code of ours can do. */
export const carriersOf = (open: readonly OpenChannel[]): readonly ChannelCapability[] =>
  open.map(({ can }) => can).filter(({ codeOrigin }) => codeOrigin === 'ours');

/**
 * The channel after this one that the challenge has not been sent over, or null. The chain is gone down once, never up;
 * what never left the machine was no try.
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
 * What the relay tries by itself, and from when on: at once after a message that is lost, otherwise once the chain's time has passed
 * without a word that any message arrived, whether or not the service gives such words. Null: nothing.
 */
export function nextOf(
  relay: Relay,
  row: ChallengeRow,
): { readonly channel: Channel; readonly at: number } | null {
  const attempts = sendingsOf(relay.db, row.id);
  const last = attempts.at(-1);
  const policy = relay.policy()?.policy;
  if (last === undefined || policy === undefined || row.sendsLeft === 0) return null;
  if (attempts.some(({ delivery }) => ARRIVED.has(delivery))) return null;
  const following = followingChannel(relay, row.action, attempts);
  // what the service did not take is no reason to wait anew, nor to hurry
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

/** Acts without a chain of their own wait as long as the more patient of the two. */
function patienceOf({ methods }: Policy, action: Action): number {
  return isSaleAction(action)
    ? methods[action].nextAfterMs
    : Math.max(...Object.values(methods).map(({ nextAfterMs }) => nextAfterMs));
}

const isSaleAction = (action: Action): action is SaleAction =>
  action === 'redeem-points' || action === 'sell-on-account';
