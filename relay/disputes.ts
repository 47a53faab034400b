// A customer's dispute, known from the journals: while it is open nobody is asked to confirm more on his account, at any till.
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { Original } from './journal-reading';
import type { Relay } from './relay';
import { disputedSince, openDispute, settleDispute } from './store/disputes';

type Parts = Pick<Relay, 'db' | 'now'>;

/** Opens or settles what an entry says. `device`: every name of the till that brought it. For the transaction that keeps the entry. */
export function takeDispute(
  { db, now }: Parts,
  { dispute, till, at }: Original,
  device: readonly string[],
): void {
  if (dispute === null) return;
  const { customer } = dispute;
  if (dispute.state === 'open') openDispute(db, { customer, till, at: Math.min(at, now()) });
  else settleDispute(db, { customer, device });
}

/** Why this question is not asked; null: it may be. A number may be changed all the same. */
export function judgeDispute(
  { db }: Pick<Parts, 'db'>,
  { action, customer }: ChallengeRequest,
): Extract<ChallengeReply, { kind: 'customer-disputed' }> | null {
  if (action !== 'sell-on-account' && action !== 'redeem-points') return null;
  const since = disputedSince(db, customer.id);
  return since === null ? null : { kind: 'customer-disputed', since };
}
