// The progress of each till's journal: its newest policy, latest time, signed heads, watermarks.
import type { Database } from './database';

/** Newest signed heads kept beyond the held journal of a till: a day of sessions. Of older heads, the longest of each hour is kept. */
const MOST_AHEAD = 100;
const HOUR_MS = 3_600_000;

export const migration = `
CREATE TABLE journal_progress (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  policy INTEGER NOT NULL,
  at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (shop, till)
) STRICT, WITHOUT ROWID;
CREATE TABLE signed_heads (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (shop, till, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE watermarks (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  at INTEGER NOT NULL,
  lost_until INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (shop, till)
) STRICT, WITHOUT ROWID;
`;

type JournalProgress = {
  /** Highest signed policy version that the till got at its enrolment or an entry of it has named; 0: none. */
  readonly policy: number;
  /** The latest date of an entry, ms. Entries dated in the future do not count. */
  readonly at: number;
};

/** The progress of the effective entries of a device under all of these names. */
export const progressOf = (db: Database, device: readonly string[]): Promise<JournalProgress> =>
  db.one(
    `SELECT COALESCE(MAX(policy), 0) AS policy, COALESCE(MAX(at), 0) AS at FROM journal_progress
    WHERE shop = @shop AND till IN (@device)`,
    { device },
  );

/** The date of a till's last entry that was not dated in the future, ms; 0: there is none. */
export const lastDateOf = (db: Database, till: string): Promise<number> =>
  db.number('SELECT last_at FROM journal_progress WHERE shop = @shop AND till = ?', till);

/** Records a till's next entry. `at`: its date, ms; 0: the date does not count. */
export async function noteProgress(
  db: Database,
  till: string,
  { policy, at }: JournalProgress,
): Promise<void> {
  const sql = `INSERT INTO journal_progress (shop, till, policy, at, last_at) VALUES (@shop, @till, @policy, @at, @at)
     ON CONFLICT (shop, till) DO UPDATE SET
       policy = CASE WHEN excluded.policy > journal_progress.policy THEN excluded.policy ELSE journal_progress.policy END,
       at = CASE WHEN excluded.at > journal_progress.at THEN excluded.at ELSE journal_progress.at END,
       last_at = CASE WHEN excluded.at > 0 THEN excluded.at ELSE journal_progress.last_at END`;
  await db.run(sql, { till, policy, at });
}

/** A head that its till signed. `at`: ms, not later than its arrival. */
type SignedHead = { readonly seq: number; readonly hash: string; readonly at: number };

/** The first head that a till signed at this place of its journal, with the latest time it signed it; null: none is kept. */
export const signedHeadAt = (db: Database, till: string, seq: number): Promise<SignedHead | null> =>
  db.get(
    'SELECT seq, hash, at FROM signed_heads WHERE shop = @shop AND till = ? AND seq = ?',
    till,
    seq,
  );

/** The latest time at which a till signed a head up to this place, ms; 0: none is kept. */
export async function signedUntil(db: Database, till: string, seq: number): Promise<number> {
  const sql =
    'SELECT COALESCE(MAX(at), 0) FROM signed_heads WHERE shop = @shop AND till = ? AND seq <= ?';
  return db.number(sql, till, seq);
}

/** The last place beyond this one at which a till signed a head; null: none is kept. */
export const signedBeyond = (db: Database, till: string, seq: number): Promise<number | null> =>
  db.value(
    'SELECT MAX(seq) FROM signed_heads WHERE shop = @shop AND till = ? AND seq > ?',
    till,
    seq,
  );

/** When the relay first saw a head that its till signed at this place of its journal or beyond, ms; null: it saw none. */
export async function seenAt(db: Database, till: string, seq: number): Promise<number | null> {
  const sql = 'SELECT MIN(seen_at) FROM signed_heads WHERE shop = @shop AND till = ? AND seq >= ?';
  return db.value(sql, till, seq);
}

/** Whether a till signed a head beyond this place before this time, ms. */
export async function signedLonger(
  db: Database,
  till: string,
  { seq, at }: Pick<SignedHead, 'seq' | 'at'>,
): Promise<boolean> {
  const sql =
    'SELECT 1 FROM signed_heads WHERE shop = @shop AND till = ? AND seq > ? AND at < ? LIMIT 1';
  return db.has(sql, till, seq, at);
}

/** Stores a signed head that the relay sees at `now`, ms. If two heads at one place have different hashes, the first counts. */
export async function keepSignedHead(
  db: Database,
  till: string,
  head: SignedHead,
  now: number,
): Promise<void> {
  const sql = `INSERT INTO signed_heads (shop, till, seq, hash, at, seen_at)
     VALUES (@shop, @till, @seq, @hash, @at, @now)
     ON CONFLICT (shop, till, seq) DO UPDATE SET at = excluded.at
       WHERE signed_heads.hash = excluded.hash AND signed_heads.at < excluded.at`;
  await db.run(sql, { till, ...head, now });
}

/**
 * Deletes signed heads that are no longer needed to judge entries. Up to the held head, only the latest one stays. Beyond it, the
 * last `MOST_AHEAD` stay, and of older ones the longest of each hour.
 */
export async function forgetSignedHeads(db: Database, till: string, held: number): Promise<void> {
  await db.run(
    `DELETE FROM signed_heads WHERE shop = @shop AND till = @till AND seq <= @held AND seq <> (
       SELECT seq FROM signed_heads WHERE shop = @shop AND till = @till AND seq <= @held
       ORDER BY at DESC, seq DESC LIMIT 1)`,
    { till, held },
  );
  await db.run(
    `DELETE FROM signed_heads WHERE shop = @shop AND till = @till AND seq > @held AND seq NOT IN (
       SELECT seq FROM signed_heads WHERE shop = @shop AND till = @till AND seq > @held
       ORDER BY seq DESC LIMIT ${MOST_AHEAD})
     AND EXISTS (SELECT 1 FROM signed_heads AS longer
       WHERE longer.shop = @shop AND longer.till = @till AND longer.seq > signed_heads.seq
         AND longer.seen_at / ${HOUR_MS} = signed_heads.seen_at / ${HOUR_MS})`,
    { till, held },
  );
}

/**
 * Stores the time of a till's next watermark, ms, before it is signed: now, or just after the one before it, where the clock
 * went back. Runs in the caller's transaction.
 */
export async function nextWatermark(db: Database, till: string, now: number): Promise<number> {
  const at = Math.max(now, (await watermarkAt(db, till)) + 1);
  await noteWatermark(db, till, at);
  return at;
}

/** Notes that a watermark of this time, ms, was signed for a till. */
export async function noteWatermark(db: Database, till: string, at: number): Promise<void> {
  const sql = `INSERT INTO watermarks (shop, till, at) VALUES (@shop, @till, @at)
     ON CONFLICT (shop, till) DO UPDATE SET at = excluded.at WHERE watermarks.at < excluded.at`;
  await db.run(sql, { till, at });
}

/** The time of the last watermark signed for a till, ms; 0: there is none. */
export const watermarkAt = (db: Database, till: string): Promise<number> =>
  db.number('SELECT at FROM watermarks WHERE shop = @shop AND till = ?', till);

/** Records that the relay has lost a till's entries up to this place, because it was restored from an older copy. */
export async function noteLost(db: Database, till: string, until: number): Promise<void> {
  const sql = `INSERT INTO watermarks (shop, till, at, lost_until) VALUES (@shop, @till, 0, @until)
     ON CONFLICT (shop, till) DO UPDATE SET lost_until = excluded.lost_until
       WHERE watermarks.lost_until < excluded.lost_until`;
  await db.run(sql, { till, until });
}

/** The last entry of a till that the relay had before it was restored from an older copy; 0: it was not restored. */
export const lostUntil = (db: Database, till: string): Promise<number> =>
  db.number('SELECT lost_until FROM watermarks WHERE shop = @shop AND till = ?', till);
