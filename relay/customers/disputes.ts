// Disputes, known from the journals: an open one stops codes for that account at every till.
import { Hono } from 'hono';
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import type { DisputesReply } from '$lib/contract/customer';
import type { BodyOf } from '$lib/contract/journal';
import { wordDisputeClosed } from '$lib/domain/notice-message';
import { queueForCustomer, type JournalAct } from './notices';
import { needSession } from '../http/auth';
import type { Env } from '../http/request';
import type { Relay } from '../context';
import {
  addClosing,
  addDispute,
  disputedSince,
  disputesElsewhere,
  type Closing,
  type Dispute,
} from '../store/disputes';
import { namesOfDevice } from '../store/former-names';
import { movesOf } from '../store/journal-acts';
import { RANKS } from '../store/outbox';

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'provider' | 'policy'>;

type DisputeAct = Pick<JournalAct, 'till' | 'seq' | 'hash' | 'at'> & {
  /** The dispute it opens; null: none. */
  readonly dispute: BodyOf<'dispute'> | null;
  /** The disputes it closes; null: none. */
  readonly settled: BodyOf<'settled'> | null;
};

/**
 * Opens or closes the disputes of an entry, and queues a notice about a closing, unless it is from a former relay's time,
 * which sent that notice itself. For the transaction that keeps the entry.
 */
export function takeDispute(
  parts: Parts,
  act: DisputeAct,
  from: 'this-relay' | 'former-relay',
): void {
  const { db, now } = parts;
  const { dispute, settled, till, seq, hash: entry } = act;
  const at = Math.min(act.at, now());
  if (dispute !== null) {
    const { customer, about } = dispute;
    const opened = { entry, customer, till, about, at };
    const closing = addDispute(db, opened);
    if (closing !== null && from === 'this-relay') tellClosed(parts, [opened], closing);
  }
  if (settled === null) return;
  const { customer, about } = settled;
  const closing = { customer, entry, till, seq, at };
  const closed = [...new Set(about)].flatMap(
    (each) => addClosing(db, { ...closing, dispute: each }) ?? [],
  );
  if (closed.length > 0 && from === 'this-relay') tellClosed(parts, closed, closing);
}

/** Queues one notice about one closing entry, however many disputes it closes. Leaves out the shop's note. */
function tellClosed(
  parts: Parts,
  closed: readonly Dispute[],
  closing: Omit<Closing, 'dispute'>,
): void {
  const { db } = parts;
  const policy = parts.policy()?.policy;
  if (policy === undefined) return;
  const { customer, entry: about, till, seq, at } = closing;
  const disputed = new Set(closed.flatMap(({ about }) => about ?? []));
  const text = wordDisputeClosed(
    [...disputed].flatMap((about) => movesOf(db, about, customer)),
    policy,
  );
  const message = { about, customer, till, seq, at, rank: RANKS.act, text } as const;
  queueForCustomer(parts, { purpose: 'dispute-closed', ...message, details: null, service: null });
}

/** Why this challenge is refused; null: it is not. A dispute does not stop a change of number. */
export function judgeDispute(
  { db }: Pick<Parts, 'db'>,
  { action, customer }: ChallengeRequest,
): Extract<ChallengeReply, { kind: 'customer-disputed' }> | null {
  if (action !== 'sell-on-account' && action !== 'redeem-points') return null;
  const since = disputedSince(db, customer.id);
  return since === null ? null : { kind: 'customer-disputed', since };
}

/** `GET /disputes`: those written down by other tills than the one that asks. */
export function disputeRoutes({ db }: Relay): Hono<Env> {
  return new Hono<Env>().get('/disputes', needSession, (c) => {
    const disputes = disputesElsewhere(db, namesOfDevice(db, c.get('till').id));
    return c.json({ kind: 'disputes', disputes } satisfies DisputesReply, 200);
  });
}
