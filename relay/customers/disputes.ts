// Disputes, known from the journals: an open one stops codes for that account at every till.
import type { DisputeRow } from '$lib/contract/rows';
import { flatMapInTurn } from '../in-turn';
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { Action } from '$lib/contract/values';
import { wordDisputeClosed } from '$lib/domain/messages/notice-message';
import { tellCustomer, type JournalAct } from './notices';
import type { Relay } from '../context';
import {
  addClosing,
  addDispute,
  disputedSince,
  type Closing,
  type Dispute,
} from '../store/disputes';
import { movesOf } from '../store/account-steps';

type Parts = Pick<Relay, 'db' | 'now' | 'cipher' | 'provider' | 'policy'>;

/**
 * Stores the disputes that an entry opens or closes. Queues a notice about a closing, unless a former relay already sent it.
 * Runs inside the caller's transaction.
 */
export async function takeDisputes(
  parts: Parts,
  { till, seq, order }: Pick<JournalAct, 'till' | 'seq'> & { readonly order: number },
  rows: readonly DisputeRow[],
  from: 'this-relay' | 'former-relay',
): Promise<void> {
  const { db } = parts;
  const closed: Dispute[] = [];
  let by: Closing | null = null;
  for (const { entry, customer, about, opened, closed: end } of rows) {
    // without a customer it closes a discrepancy, which only tills use
    if (customer === null) continue;
    if (opened !== null) {
      const dispute = { entry, customer, till, about, at: opened.at, order };
      by = await addDispute(db, dispute);
      if (by !== null) closed.push(dispute);
    }
    if (end !== null) {
      by = { dispute: entry, customer, entry: end.entry, till, seq, at: end.at };
      const dispute = await addClosing(db, by);
      if (dispute !== null) closed.push(dispute);
    }
  }
  if (by !== null && closed.length > 0 && from === 'this-relay')
    await queueClosedNotice(parts, closed, by);
}

/** Queues one notice about one closing entry, however many disputes it closes. Leaves out the shop's note. */
async function queueClosedNotice(
  parts: Parts,
  closed: readonly Dispute[],
  closing: Omit<Closing, 'dispute'>,
): Promise<void> {
  const { db } = parts;
  const policy = parts.policy()?.policy;
  if (policy === undefined) return;
  const { customer, entry: hash, till, seq, at } = closing;
  const disputed = new Set(closed.flatMap(({ about }) => about ?? []));
  const text = wordDisputeClosed(
    await flatMapInTurn([...disputed], (about) => movesOf(db, about, customer)),
    policy,
  );
  const entry = { hash, till, seq, at };
  await tellCustomer(parts, entry, { purpose: 'dispute-closed', room: 'other', customer, text });
}

/** Actions that take from the customer, or merge another customer's debt into theirs. */
const FROZEN: ReadonlySet<Action> = new Set<Action>([
  ...(['sell-on-account', 'redeem-points', 'correct-balance', 'cancel-repayment'] as const),
  'merge-customers',
]);

/** Why this challenge is refused; null: it is not. A dispute does not stop a change of number. */
export async function judgeDispute(
  { db }: Pick<Parts, 'db'>,
  { action, customer, deal }: ChallengeRequest,
): Promise<Extract<ChallengeReply, { kind: 'customer-disputed' }> | null> {
  if (!FROZEN.has(action)) return null;
  // a merge joins both accounts, so a dispute of either customer stops it
  for (const id of deal.kind === 'merge' ? [deal.from, deal.into] : [customer.id]) {
    const since = await disputedSince(db, id);
    if (since !== null) return { kind: 'customer-disputed', since };
  }
  return null;
}
