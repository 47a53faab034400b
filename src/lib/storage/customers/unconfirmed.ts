// Acts without a code that await review, and the review of one.
import type { UnconfirmedRow } from '$lib/domain/rows';
import type { Entry } from '$lib/contract/journal';
import type { NoticeState } from '$lib/contract/journal-upload';
import { may, type VerifiedPolicy } from '$lib/domain/policy';
import { REVIEW_RIGHT } from '$lib/domain/rights';
import type { TillDb } from '$lib/storage/database/db';
import { allowed, type NoRight, type PolicyRefused } from '$lib/storage/policy/policies';
import { noticesOf } from './notices';
import { entriesOf } from '$lib/storage/journal/reader';
import { namesElsewhereIn } from '$lib/storage/database/till-record';
import { asWriter } from '$lib/storage/journal/writer';

/**
 * State of the relay's message to the customer. `account`: this relay did not have the act when it was made, and sends the
 * customer one message with the balance instead.
 */
export type NoticeShown = NoticeState | 'account';

/** An entry that awaits review; `notice` null: not known. */
export type UnconfirmedEntry = { readonly entry: Entry; readonly notice: NoticeShown | null };

/** Oldest first. */
export async function unconfirmedActs(db: TillDb, limit: number): Promise<UnconfirmedEntry[]> {
  const rows = await db.unconfirmed.orderBy('at').limit(limit).toArray();
  const [elsewhere, entries, notices] = await Promise.all([
    namesElsewhereIn(db),
    entriesOf(db, rows.map(writtenWith)),
    noticesOf(
      db,
      rows.map((row) => row.entry),
    ),
  ]);
  return entries.flatMap((entry) => {
    if (entry === undefined) return [];
    const byAccount = elsewhere.has(entry.till) ? 'account' : null;
    return [{ entry, notice: notices.get(entry.hash) ?? byAccount }];
  });
}

const writtenWith = ({ till, seq, entry: hash }: UnconfirmedRow) => ({ till, seq, hash });

/** Number of entries that await review, and time of the oldest; null: none. */
export async function unconfirmedSince(
  db: TillDb,
): Promise<{ count: number; since: number } | null> {
  const [count, oldest] = await Promise.all([
    db.unconfirmed.count(),
    db.unconfirmed.orderBy('at').first(),
  ]);
  return oldest === undefined ? null : { count, since: oldest.at };
}

export type ReviewRefused =
  | PolicyRefused
  | NoRight
  /** Only owners may review their own acts. */
  | { readonly kind: 'own-act' }
  /** Another till's dispute: the operator of its act is unknown here, so only an owner may close it. */
  | { readonly kind: 'another-tills' }
  /** The customer disputes one of them: closing the dispute is the review. */
  | { readonly kind: 'disputed' };
export type ReviewOutcome =
  { readonly kind: 'recorded' } | { readonly kind: 'refused'; readonly because: ReviewRefused };

/** Marks entries as reviewed; ignores those that are not on the list. */
export function reviewUnconfirmed(
  db: TillDb,
  attempt: { entries: readonly string[]; operator: string; at: number },
): Promise<ReviewOutcome> {
  const { operator, at } = attempt;
  return asWriter(db, async (writer) => {
    const current = await allowed(db, operator, [REVIEW_RIGHT]);
    if (current.kind !== 'policy') return { kind: 'refused', because: current };
    const rows = await db.unconfirmed.bulkGet([...attempt.entries]);
    const open = rows.filter((row) => row !== undefined);
    if (open.length === 0) return { kind: 'recorded' };
    const entries = await entriesOf(db, open.map(writtenWith));
    if (!mayAnswerFor(current.policy, operator, entries)) {
      return { kind: 'refused', because: { kind: 'own-act' } };
    }
    const hashes = open.map(({ entry }) => entry);
    const disputes = await db.disputes.where('about').anyOf(hashes).toArray();
    if (disputes.some(({ closed }) => closed === null))
      return { kind: 'refused', because: { kind: 'disputed' } };
    const policy = current.policy.version;
    const act = 'unconfirmed-reviewed';
    await writer.write({ act, body: { entries: hashes }, operator, at, policy });
    return { kind: 'recorded' };
  });
}

/** The operators of the act: who was signed in, and whose right was used. */
export function answerableFor(entry: Pick<Entry, 'operator' | 'body'>): Set<string> {
  const given = Array.isArray(entry.body.confirmations) ? entry.body.confirmations : [];
  const rights = (given as { by?: unknown }[]).map(({ by }) => by);
  return new Set([entry.operator, ...rights].filter((each) => typeof each === 'string'));
}

/** Whether this operator may review these entries: not their own, unless they are an owner. */
export function mayAnswerFor(
  policy: VerifiedPolicy,
  operator: string,
  entries: readonly (Entry | undefined)[],
): boolean {
  if (may(policy, operator, 'manage-staff')) return true;
  return !entries.some((entry) => entry && answerableFor(entry).has(operator));
}
