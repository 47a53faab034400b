// Signs that a till withholds entries: grants without an entry, and its last stated head.
import type { Database } from './database';
import { addIfNew, putRow } from './rows';

export const migration = `
CREATE TABLE open_grants (
  shop TEXT NOT NULL,
  challenge TEXT NOT NULL,
  till TEXT NOT NULL,
  exp INTEGER NOT NULL,
  unclaimed_at INTEGER,
  PRIMARY KEY (shop, challenge)
) STRICT, WITHOUT ROWID;
CREATE INDEX open_grants_by_till ON open_grants (shop, till, unclaimed_at, exp);
CREATE TABLE withholding_tills (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (shop, till)
) STRICT, WITHOUT ROWID;
CREATE TABLE stated_heads (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  differ_since INTEGER,
  PRIMARY KEY (shop, till)
) STRICT, WITHOUT ROWID;
`;

/** A grant that no entry has carried yet. `exp`: ms. */
type OpenGrant = { readonly challenge: string; readonly till: string; readonly exp: number };

export async function addOpenGrant(db: Database, grant: OpenGrant): Promise<void> {
  await addIfNew(db, 'open_grants (challenge, till, exp)', grant);
}

/** Removes a grant whose entry has arrived. If it was already found unclaimed, it stays counted. */
export async function closeGrant(db: Database, challenge: string): Promise<void> {
  const sql =
    'DELETE FROM open_grants WHERE shop = @shop AND challenge = ? AND unclaimed_at IS NULL';
  await db.run(sql, challenge);
}

/** The grants of these tills that ended until then and that no entry has carried. */
export async function openGrantsUntil(
  db: Database,
  of: readonly string[],
  exp: number,
): Promise<readonly OpenGrant[]> {
  const sql = `SELECT challenge, till, exp FROM open_grants
    WHERE shop = @shop AND till IN (@tills) AND unclaimed_at IS NULL AND exp <= @exp ORDER BY exp, challenge`;
  return db.all(sql, { exp, tills: of });
}

/** Counts an unclaimed grant against this till, the newest name of the device that got it. `at`: ms. */
export async function markUnclaimed(
  db: Database,
  of: { readonly challenge: string; readonly till: string; readonly at: number },
): Promise<void> {
  const sql = `UPDATE open_grants SET unclaimed_at = @at, till = @till
    WHERE shop = @shop AND challenge = @challenge`;
  await db.run(sql, of);
}

/** When grants of a till were found unclaimed after `since`, ms, newest first. */
export async function unclaimedSince(
  db: Database,
  till: string,
  since: number,
): Promise<readonly number[]> {
  const sql = `SELECT unclaimed_at FROM open_grants
    WHERE shop = @shop AND till = ? AND unclaimed_at > ? ORDER BY unclaimed_at DESC`;
  return db.column(sql, till, since);
}

/** Stops the codes of a till, until `releaseTill`. */
export async function stopTill(db: Database, till: string, since: number): Promise<void> {
  await addIfNew(db, 'withholding_tills (till, since)', { till, since });
}

/** The stopped tills, each with the time of its stop, ms. */
export async function stoppedSince(db: Database): Promise<ReadonlyMap<string, number>> {
  const sql = 'SELECT till, since FROM withholding_tills WHERE shop = @shop';
  const rows = await db.all<{ till: string; since: number }>(sql);
  return new Map(rows.map(({ till, since }) => [till, since]));
}

/** Ends the stop of a till and deletes its unclaimed grants; their flags stay. */
export async function releaseTill(db: Database, till: string): Promise<void> {
  await db.run('DELETE FROM withholding_tills WHERE shop = @shop AND till = ?', till);
  const sql =
    'DELETE FROM open_grants WHERE shop = @shop AND till = ? AND unclaimed_at IS NOT NULL';
  await db.run(sql, till);
}

/** `differSince`: since when the relay's journal does not match the stated head, ms; null: it matches. */
export type StatedHead = {
  readonly seq: number;
  readonly hash: string;
  readonly differSince: number | null;
};

export const statedHead = (db: Database, till: string): Promise<StatedHead | null> =>
  db.get('SELECT seq, hash, differ_since FROM stated_heads WHERE shop = @shop AND till = ?', till);

export const keepStatedHead = (db: Database, till: string, head: StatedHead): Promise<void> =>
  putRow(db, 'stated_heads (till, seq, hash, differ_since)', 'till', { till, ...head });
