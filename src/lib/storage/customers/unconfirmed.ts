// Acts without a code that await review, and the review of one.
import type { UnconfirmedRow } from '$lib/contract/rows';
import type { Entry } from '$lib/contract/journal';
import type { NoticeState } from '$lib/contract/journal-upload';
import type { SettledRefusal } from '$lib/domain/acts/customers/dispute';
import {
  decideReviewed,
  type ReviewedRefusal,
} from '$lib/domain/acts/customers/unconfirmed-reviewed';
import type { TillDb } from '$lib/storage/database/db';
import type { PolicyRefused } from '$lib/storage/policy/policies';
import { noticesOf } from './notices';
import { entriesOf } from '$lib/storage/journal/reader';
import { namesElsewhereIn } from '$lib/storage/database/meta';
import { saveNow, UNCHANGED, type Actor } from '$lib/storage/policy/save-act';

/**
 * State of the relay's message to the customer. `account`: the act was made while the till had another relay; this relay sends
 * the customer one message with the balance instead.
 */
export type NoticeShown = NoticeState | 'account';

/** An entry that awaits review; `notice` null: its state is not known. */
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

/** Number of entries that await review, and the time of the oldest; null if there are none. */
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
  | ReviewedRefusal
  | SettledRefusal
  /** The overruled name of a category has been given to another category since. */
  | { readonly kind: 'name-taken' };
export type ReviewOutcome =
  { readonly kind: 'recorded' } | { readonly kind: 'refused'; readonly because: ReviewRefused };

export const RECORDED = { kind: 'recorded' } as const;

/** Marks entries as reviewed; ignores entries that do not await review. */
export async function reviewUnconfirmed(
  db: TillDb,
  attempt: Actor & { entries: readonly string[] },
): Promise<ReviewOutcome> {
  const outcome = await saveNow(db, 'unconfirmed-reviewed', attempt, async (who) => {
    const rows = await db.unconfirmed.bulkGet([...attempt.entries]);
    const open = rows.filter((row) => row !== undefined);
    const entries = open.map(({ entry }) => entry);
    const [found, disputes] = await Promise.all([
      entriesOf(db, open.map(writtenWith)),
      db.disputes.where('about').anyOf(entries).toArray(),
    ]);
    const decided = decideReviewed({
      ...who,
      entries,
      reviewed: found.filter((entry) => entry !== undefined),
      disputed: disputes.flatMap(({ about, closed }) => (closed === null ? (about ?? []) : [])),
    });
    return decided.kind === 'decided' && open.length === 0 ? UNCHANGED : decided;
  });
  return outcome.kind === 'refused' ? outcome : RECORDED;
}
