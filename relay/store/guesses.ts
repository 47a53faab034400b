// Checks of codes in the last day that were wrong or are being compared, by number, till and shop.
import type { Database } from './database';
import { addRow } from './rows';

export const migration = `
CREATE TABLE guesses (
  id INTEGER PRIMARY KEY,
  shop TEXT NOT NULL,
  at INTEGER NOT NULL,
  strength TEXT NOT NULL CHECK (strength IN ('weak', 'sure')),
  phone_tag TEXT NOT NULL,
  till TEXT,
  challenge TEXT NOT NULL,
  chance INTEGER NOT NULL CHECK (chance > 0)
) STRICT;
CREATE INDEX guesses_by_strength ON guesses (shop, strength, at);
CREATE INDEX guesses_by_challenge ON guesses (shop, challenge);
`;

/** How hard a code is to guess. `weak`: fewer than six digits, or made by the messaging service; `sure`: six or more. */
export type Strength = 'weak' | 'sure';

/** Whose code is guessed, and the till at which. `phoneTag`: keyed hash of the number. */
export type GuessedAt = { readonly phoneTag: string; readonly till: string };

/** Guesses since then: how many at this number and by this till, and the sum of all chances in the shop, in billionths. */
export type Guessed = {
  readonly ofPhone: number;
  readonly ofTill: number;
  readonly chance: number;
  /** Time of the oldest guess in the shop, and at this number, ms; null: none. */
  readonly oldestAt: number | null;
  readonly oldestOfPhone: number | null;
};

/** Guesses since `since` at codes of this strength. */
export async function guessedSince(
  db: Database,
  of: GuessedAt & { readonly strength: Strength; readonly since: number },
): Promise<Guessed> {
  const sql = `SELECT COUNT(*) FILTER (WHERE phone_tag = @phoneTag) AS of_phone,
         COUNT(*) FILTER (WHERE till = @till) AS of_till,
         COALESCE(SUM(chance), 0) AS chance, MIN(at) AS oldest_at,
         MIN(at) FILTER (WHERE phone_tag = @phoneTag) AS oldest_of_phone
       FROM guesses WHERE shop = @shop AND strength = @strength AND at > @since`;
  return db.one(sql, of);
}

/** How many guesses were made at each till since then, with the times of the oldest and the newest one, ms. */
export async function guessedAtTills(
  db: Database,
  of: { readonly strength: Strength; readonly since: number },
): Promise<readonly { till: string; count: number; oldestAt: number; newestAt: number }[]> {
  const sql = `SELECT till, COUNT(*) AS count, MIN(at) AS oldest_at, MAX(at) AS newest_at FROM guesses
    WHERE shop = @shop AND strength = @strength AND at > @since AND till IS NOT NULL GROUP BY till`;
  return db.all(sql, of);
}

/** Frees a till of its guesses; they still count at the number and in the shop. */
export const forgiveTill = (db: Database, till: string): Promise<void> =>
  db.run('UPDATE guesses SET till = NULL WHERE shop = @shop AND till = ?', till);

/** Counts one guess. `chance`: of being right, in billionths. Deletes those before `forgetAt`. */
export async function addGuess(
  db: Database,
  guess: GuessedAt & {
    readonly strength: Strength;
    readonly at: number;
    readonly challenge: string;
    readonly chance: number;
  },
  forgetAt: number,
): Promise<void> {
  await db.run('DELETE FROM guesses WHERE shop = @shop AND at <= ?', forgetAt);
  await addRow(db, 'guesses (at, strength, phone_tag, till, challenge, chance)', guess);
}

/** Deletes the guesses counted for a challenge that was verified: they no longer count. */
export const giveBackGuesses = (db: Database, challenge: string): Promise<void> =>
  db.run('DELETE FROM guesses WHERE shop = @shop AND challenge = ?', challenge);
