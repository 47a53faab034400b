// Disputes, known from the journals: while one is open nobody is asked to confirm more on that account, at any till; the customer is told once that it is closed.
import type { ChallengeReply, ChallengeRequest } from '$lib/contract/challenge';
import { wordDisputeClosed } from '$lib/domain/notice-message';
import type { Original } from '../journal/entry-reading';
import { customersNumbers } from './notices';
import type { Relay } from '../relay';
import {
  addClosing,
  addDispute,
  disputedSince,
  type Closing,
  type Dispute,
} from '../store/disputes';
import { movesOf } from '../store/journal-acts';
import { addNotice } from '../store/notices';

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'provider' | 'policy' | 'notices'>;

/**
 * Opens or closes what an entry says, and tells the customer of a closing; of one that a journal of another relay's time
 * brings along they heard there. For the transaction that keeps the entry.
 */
export function takeDispute(
  parts: Parts,
  original: Original,
  from: 'this-relay' | 'former-relay',
): void {
  const { db, now } = parts;
  const { dispute, settled, till, seq, hash: entry } = original;
  const at = Math.min(original.at, now());
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

/**
 * Each dispute has one closing, so the customer hears of it once, whichever tills send what: an entry that closes several
 * is one message. The shop's note stays in the shop.
 */
function tellClosed(
  parts: Parts,
  closed: readonly Dispute[],
  closing: Omit<Closing, 'dispute'>,
): void {
  const { db, now } = parts;
  const policy = parts.policy()?.policy;
  if (policy === undefined) return;
  const { customer, entry, till, seq, at } = closing;
  const disputed = new Set(closed.flatMap(({ about }) => about ?? []));
  const moves = [...disputed].flatMap((about) => movesOf(db, about, customer));
  const text = wordDisputeClosed(moves, policy);
  const from = { about: 'act', entry, customer, till, seq, imported: false } as const;
  addNotice(
    db,
    { ...from, actedAt: at, queuedAt: now(), text },
    customersNumbers(parts, customer, at).map((to) => ({ ...to, text })),
  );
  parts.notices.wake();
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
