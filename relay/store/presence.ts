// The minutes in which each till was in contact: evidence about overrides "without internet".
import type { Database } from './database';
import { addIfNew } from './rows';

export const migration = `
CREATE TABLE presence (
  shop TEXT NOT NULL,
  minute INTEGER NOT NULL,
  till TEXT NOT NULL,
  PRIMARY KEY (shop, minute, till)
) STRICT, WITHOUT ROWID;
CREATE INDEX presence_by_till ON presence (shop, till, minute);
`;

const MINUTE_MS = 60_000;
const KEPT_MINUTES = 40 * 24 * 60;

export const minuteOf = (at: number): number => Math.floor(at / MINUTE_MS);

/** Records contact with the till in this minute. */
export async function notePresence(db: Database, till: string, minute: number): Promise<void> {
  await db.run('DELETE FROM presence WHERE shop = @shop AND minute < ?', minute - KEPT_MINUTES);
  await addIfNew(db, 'presence (minute, till)', { minute, till });
}

/** The last minute in which a till was in contact; null: none is kept. */
export const lastPresence = (db: Database, till: string): Promise<number | null> =>
  db.value('SELECT MAX(minute) FROM presence WHERE shop = @shop AND till = ?', till);

/** Whether a till other than these (all names of one device) was in contact within a minute of `at`. */
export async function othersInContactAt(
  db: Database,
  device: readonly string[],
  at: number,
): Promise<boolean> {
  const minute = minuteOf(at);
  const sql = `SELECT 1 FROM presence WHERE shop = @shop AND minute BETWEEN @first AND @last
    AND till NOT IN (@device) LIMIT 1`;
  const minutes = { first: minute - 1, last: minute + 1 };
  return db.has(sql, { ...minutes, device });
}
