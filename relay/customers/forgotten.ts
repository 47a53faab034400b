// Forgets a customer: queues one last message to them, then erases all that the relay has of them.
import { wordForgotten } from '$lib/domain/messages/notice-message';
import type { BodyOf } from '$lib/contract/journal';
import type { Relay } from '../context';
import { eraseCustomer, forgottenOf } from '../store/forgotten';
import { voidReserveCodes } from '../store/reserve-codes';
import { queueForCustomer, type JournalAct } from './notices';

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'provider' | 'policy'>;

/**
 * Erases a customer because of this entry; a second entry about them changes nothing. `order`: its place in the shop's order;
 * `lapsed`: the points they lose;
 * `merged`: the other cards of their account, erased with theirs. Runs inside the caller's transaction; the caller wakes the outbox.
 */
export async function forgetCustomer(
  parts: Parts,
  {
    hash,
    till,
    seq,
    order,
  }: Pick<JournalAct, 'hash' | 'till' | 'seq'> & { readonly order: number },
  { customer, merged, lapsed }: BodyOf<'customer-forgotten'>,
): Promise<void> {
  const { db, now } = parts;
  if ((await forgottenOf(db, customer)) !== null) return;
  const policy = parts.policy()?.policy;
  const at = now();
  if (policy !== undefined)
    await queueForCustomer(parts, {
      ...{ purpose: 'forgotten', about: hash, customer, till, seq, at, room: 'other' },
      ...{ text: wordForgotten(lapsed, policy), news: null, details: null, service: null },
    });
  // the message above already contains the number
  for (const each of [customer, ...merged]) {
    if ((await forgottenOf(db, each)) !== null) continue;
    await voidReserveCodes(db, each, at);
    await eraseCustomer(parts, { customer: each, till, seq, hash, at, order });
  }
}
