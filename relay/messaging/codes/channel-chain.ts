// The chain of channels of an act: which are open, which is tried next, and when.
import type { DeliveryState } from '$lib/contract/challenge';
import type { Policy } from '$lib/contract/policy';
import type { Action, Channel, SaleAction } from '$lib/contract/values';
import { DAY_MS } from '$lib/domain/values/durations';
import { carriesWeakCodes, SURE_DIGITS } from '$lib/domain/consent/weak-code';
import type { ChannelCapability } from '../../providers/provider';
import { chanceOf, guessesLeft } from '../limits/guess-limits';
import { remedyOf, type Remedy } from '../gateway/refusals';
import type { Relay } from '../../context';
import { weakWorthSince, type ChallengeRow } from '../../store/challenges';
import type { GuessedAt } from '../../store/guesses';
import { sendingsOf, type SendingRow } from '../../store/sendings';

const ARRIVED: ReadonlySet<DeliveryState | null> = new Set(['delivered', 'read']);
/** States after which a message will not arrive; null: the service did not accept it. */
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
 * Acts without a chain of their own use both chains together, without weak codes: four digits are too few for them. The code for
 * an authorised person is sent only where the message can name them.
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
    if (can === null || (!own && carriesWeakCodes(can))) return [];
    // the customer must be able to read the person's name and number beside the code
    if (action === 'authorise-person' && can.text !== 'free') return [];
    return [{ channel, can }];
  });
}

/** An open channel over which a code may be sent now. `digits`: of a code of ours. */
export type UsableChannel = OpenChannel & { readonly digits: number };

/** What a code is for, and who could guess it. */
export type Asking = GuessedAt &
  Pick<ChallengeRow, 'id' | 'receipt' | 'action' | 'amount' | 'alsoWorth'> & {
    /** How many guesses it would get. */
    readonly checks: number;
  };

/**
 * `weakAllowed`: minor units that a channel closed for its weak codes could still confirm; null: none is closed so. `guessedAt`: a
 * channel closed because too many codes were guessed wrong; null: none.
 */
export type Channels = {
  readonly usable: readonly UsableChannel[];
  readonly weakAllowed: number | null;
  readonly guessedAt: OpenChannel | null;
};

/**
 * Which of the open channels may carry a code for this now, in order. One is closed where too many codes were guessed wrong, and
 * where its weak codes are too weak for the sum.
 */
export async function channelsFor(
  relay: Relay,
  asking: Asking,
  open: readonly OpenChannel[] = openChannels(relay, asking.action),
): Promise<Channels> {
  const usable: UsableChannel[] = [];
  let weakAllowed: number | null = null;
  let guessedAt: OpenChannel | null = null;
  for (const one of open) {
    if (!carriesWeakCodes(one.can)) {
      const chance = chanceOf(SURE_DIGITS, one.can.leadingZero);
      if ((await guessesLeft(relay, 'sure', asking, chance)) >= asking.checks)
        usable.push({ ...one, digits: SURE_DIGITS });
      else guessedAt = one;
      continue;
    }
    const allowed = await allowedByWeak(relay, one, asking);
    if (worthOf(relay, asking) <= allowed && allowed > 0)
      usable.push({ ...one, digits: one.can.codeDigits.max });
    else weakAllowed = Math.max(weakAllowed ?? 0, allowed);
  }
  return { usable, weakAllowed, guessedAt };
}

/** The sum a weak code over this channel may confirm now, minor units. */
async function allowedByWeak(
  relay: Relay,
  { can: { codeDigits, leadingZero } }: OpenChannel,
  asking: Asking,
): Promise<number> {
  const caps = relay.policy()?.policy.weakCodes;
  const chance = chanceOf(codeDigits.min, leadingZero);
  if (caps === undefined || (await guessesLeft(relay, 'weak', asking, chance)) === 0) return 0;
  const now = relay.now();
  const { phoneTag, id, till, receipt, action } = asking;
  const of = { phoneTag, id, till, receipt, action, now, since: now - DAY_MS };
  const used = await weakWorthSince(relay.db, of);
  const left = [caps.perAct, caps.perNumber - used.ofPhone, caps.perShop - used.ofShop];
  return Math.max(0, Math.min(...left));
}

/** The value of the act, minor units; for points, the larger of the stated value and the one by the policy. */
export function worthOfAmount(
  { policy }: Pick<Relay, 'policy'>,
  amount: ChallengeRow['amount'],
): number {
  if (amount === null) return 0;
  if ('minor' in amount) return amount.minor;
  const pointValue = policy()?.policy.points.pointValue ?? 0;
  return Math.max(amount.worth.minor, amount.points * pointValue);
}

/** The value of all that the challenge's code confirms, minor units. */
export const worthOf = (
  relay: Pick<Relay, 'policy'>,
  { amount, alsoWorth }: Pick<Asking, 'amount' | 'alsoWorth'>,
): number => worthOfAmount(relay, amount) + alsoWorth;

/** What a challenge is asking for now. */
export const askingOf = (row: ChallengeRow): Asking => ({ ...row, checks: row.checksLeft });

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
  return (await channelsFor(relay, askingOf(row), following)).usable[0] ?? null;
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
const patienceOf = ({ methods }: Policy, action: Action): number =>
  isSaleAction(action)
    ? methods[action].nextAfterMs
    : Math.max(...Object.values(methods).map(({ nextAfterMs }) => nextAfterMs));

export const isSaleAction = (action: Action): action is SaleAction =>
  action === 'redeem-points' || action === 'sell-on-account';
