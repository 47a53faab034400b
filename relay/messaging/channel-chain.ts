// The chain of channels of an act: which are open, which is tried next, and when.
import type { DeliveryState } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import type { Action, Channel, SaleAction } from '$lib/contract/values';
import type { ChannelCapability } from '../providers/provider';
import { chanceOf, guessesLeft, isWeak, LONG_DIGITS, ORDINARY_DIGITS } from './guess-limits';
import { remedyOf, type Remedy } from './refusals';
import type { Relay } from '../context';
import type { ChallengeRow } from '../store/challenges';
import type { GuessedAt, Strength } from '../store/guesses';
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
 * Acts without a chain of their own use both chains together, without weak codes: four digits are too few for them.
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
      ];
  return chain.flatMap((channel) => {
    const can = provider.capability(channel);
    return can === null || (!own && isWeak(can)) ? [] : [{ channel, can }];
  });
}

/** An open channel over which a code may be sent now. `digits`: of a code of ours. */
export type UsableChannel = OpenChannel & { readonly digits: number };

/** What a code is for: the act, and who could guess it. `checks`: how many guesses it would get. */
export type Asking = GuessedAt & { readonly action: Action; readonly checks: number };

/**
 * The open channels over which a code for this may be sent now, in order. Where too many codes of six digits were guessed
 * wrong, a channel carries eight; one that cannot, or whose weak codes are used up, is closed.
 */
export function usableChannels(relay: Relay, asking: Asking): Promise<readonly UsableChannel[]> {
  return usableOf(relay, asking, openChannels(relay, asking.action));
}

async function usableOf(
  relay: Relay,
  asking: Asking,
  open: readonly OpenChannel[],
): Promise<readonly UsableChannel[]> {
  const usable: UsableChannel[] = [];
  for (const one of open) {
    const digits = await digitsNow(relay, one, asking);
    if (digits !== null) usable.push({ ...one, digits });
  }
  return usable;
}

/** How many digits a code over this channel has now; null: none may be sent over it. */
async function digitsNow(
  relay: Relay,
  { can }: OpenChannel,
  asking: Asking,
): Promise<number | null> {
  const { leadingZero, codeDigits } = can;
  const left = (strength: Strength, digits: number): Promise<number> =>
    guessesLeft(relay, strength, asking, chanceOf(digits, leadingZero));
  if (isWeak(can)) {
    const digits = Math.min(codeDigits.max, ORDINARY_DIGITS);
    return (await left('weak', codeDigits.min)) > 0 ? digits : null;
  }
  const wanted = [
    ['ordinary', ORDINARY_DIGITS],
    ['long', LONG_DIGITS],
  ] as const;
  for (const [strength, digits] of wanted)
    if (codeDigits.max >= digits && (await left(strength, digits)) >= asking.checks) return digits;
  return null;
}

/** What a challenge is asking for now. */
export const askingOf = ({ action, phoneTag, till, checksLeft }: ChallengeRow): Asking => ({
  ...{ action, phoneTag, till },
  checks: checksLeft,
});

/** The capabilities of channels that carry a code of ours. */
export const carriersOf = (open: readonly OpenChannel[]): readonly ChannelCapability[] =>
  open.map(({ can }) => can).filter(({ codeOrigin }) => codeOrigin === 'ours');

/**
 * The next usable channel of the chain over which the challenge has not been sent; null: none. The chain is followed once,
 * in one direction; a message that never left the machine does not count as a try.
 */
export async function followingChannel(
  relay: Relay,
  row: ChallengeRow,
  attempts: readonly SendingRow[],
): Promise<UsableChannel | null> {
  const open = openChannels(relay, row.action);
  const left = attempts.filter(({ because }) => because !== 'not-sent');
  const last = left.at(-1)?.channel;
  const tried = new Set(left.map(({ channel }) => channel));
  const from = open.findIndex(({ channel }) => channel === last) + 1;
  const following = open.slice(from).filter(({ channel }) => !tried.has(channel));
  return (await usableOf(relay, askingOf(row), following))[0] ?? null;
}

/**
 * The channel the relay tries next by itself, and from when on (ms): at once after a lost message, otherwise after the
 * chain's waiting time without a report that any message arrived. Null: none.
 */
export async function nextOf(
  relay: Relay,
  row: ChallengeRow,
): Promise<{ readonly by: UsableChannel; readonly at: number } | null> {
  const attempts = await sendingsOf(relay.db, row.id);
  const last = attempts.at(-1);
  const policy = relay.policy()?.policy;
  if (last === undefined || policy === undefined || row.sendsLeft === 0) return null;
  if (attempts.some(({ delivery }) => ARRIVED.has(delivery))) return null;
  const by = await followingChannel(relay, row, attempts);
  // counted from the last message that the service accepted
  const { at: sentAt, delivery } = attempts.findLast((one) => one.delivery !== null) ?? last;
  const due = LOST.has(delivery) ? sentAt : sentAt + patienceOf(policy, row.action);
  const refusal = last.delivery === null ? last.because : null;
  if (refusal !== null && !GOES_ON.has(remedyOf(refusal))) return null;
  const paused = relay.provider.pausedUntil() ?? 0;
  const again = last.because === 'not-sent' ? last.at + OUT_OF_REACH_MS : 0;
  const at = Math.max(due, again, paused);
  if (by === null || row.expiresAt - Math.max(at, relay.now()) < LEAST_LIFE_MS) return null;
  return { by, at };
}

/** How long to wait for a delivery, ms; acts without a chain of their own use the longer time of both chains. */
function patienceOf({ methods }: Policy, action: Action): number {
  return isSaleAction(action)
    ? methods[action].nextAfterMs
    : Math.max(...Object.values(methods).map(({ nextAfterMs }) => nextAfterMs));
}

const isSaleAction = (action: Action): action is SaleAction =>
  action === 'redeem-points' || action === 'sell-on-account';
