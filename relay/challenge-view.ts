// A challenge as its till may see it: the view while it lives, or how it ended. Never the code, never the whole number.
import type { AwaitingCode, ChallengeStatus, SpentBecause } from '$lib/contract/challenge';
import type { Action, Channel } from '$lib/contract/values';
import { maskPhone, type Phone } from '$lib/domain/phone';
import { grantOf } from './grants';
import type { ChannelCapability } from './providers/provider';
import type { Relay } from './relay';
import { endChallenge } from './store/challenge-ends';
import { challengeById, type ChallengeRow } from './store/challenges';

/** Anything else than the right code, said to a challenge that was answered: there is no check left to make. */
export const AFTER_YES: SpentBecause = 'too-many-checks';

/** A channel of the manager's chain which the service in use has. */
export type OpenChannel = { readonly channel: Channel; readonly can: ChannelCapability };

/**
 * Channels an action may be confirmed over, in the manager's order; nothing that is not in the chain.
 * Acts without a chain of their own take both chains together, but no call: four digits are too few for them.
 */
export function openChannels({ policy, provider }: Relay, action: Action): readonly OpenChannel[] {
  const methods = policy()?.policy.methods;
  if (methods === undefined) return [];
  const own = action === 'redeem-points' || action === 'sell-on-account';
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

/** What the till shows while it waits. */
export function viewOf(relay: Relay, row: ChallengeRow): AwaitingCode {
  return {
    kind: 'awaiting-code',
    channel: row.channel,
    phoneMasked: row.phone === null ? '' : maskPhone(relay.seal.open(row.phone) as Phone),
    codeLength: row.codeLength,
    expiresAt: row.expiresAt,
    resendAt: row.resendAt,
    sentAt: row.sentAt,
    checksLeft: row.checksLeft,
    sendsLeft: row.sendsLeft,
    delivery: row.delivery,
    earlier: [],
    next: null,
    channels: openChannels(relay, row.action).map(({ channel }) => channel),
    demo: row.demo,
  };
}

/** How the challenge stands now. One whose time is over ends by being looked at. */
export async function statusOf(relay: Relay, row: ChallengeRow): Promise<ChallengeStatus> {
  switch (row.state) {
    case 'sending':
    case 'awaiting':
      if (row.expiresAt > relay.now()) return viewOf(relay, row);
      endChallenge(relay.db, row.id, [row.state], { state: 'expired', at: relay.now() });
      return { kind: 'spent', because: 'expired' };
    case 'verified': {
      const grant = await grantOf(relay, row);
      // it may have been revoked while it was being signed
      const now = challengeById(relay.db, row.id);
      return now?.state === 'verified'
        ? { kind: 'verified', grant }
        : { kind: 'spent', because: 'cancelled' };
    }
    case 'refused':
      return { kind: 'unknown-challenge' };
    default:
      return { kind: 'spent', because: row.state };
  }
}
