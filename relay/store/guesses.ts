// Checks of codes in the last day that were wrong or are being compared, by number, till and shop.
import type { Database } from './database';

export const migration = `
CREATE TABLE guesses (
  id INTEGER PRIMARY KEY,
  shop TEXT NOT NULL,
  at INTEGER NOT NULL,
  strength TEXT NOT NULL CHECK (strength IN ('weak', 'ordinary', 'long')),
  phone_tag TEXT NOT NULL,
  till TEXT NOT NULL,
  challenge TEXT NOT NULL,
  chance INTEGER NOT NULL CHECK (chance > 0)
) STRICT;
CREATE INDEX guesses_by_strength ON guesses (shop, strength, at);
CREATE INDEX guesses_by_challenge ON guesses (shop, challenge);
`;

/**
 * How hard a code is to guess. `weak`: fewer than six digits, or made by the messaging service; `ordinary`: six or seven
 * digits; `long`: eight.
 */
export type Strength = 'weak' | 'ordinary' | 'long';

/** Whose code is guessed, and the till at which. `phoneTag`: keyed hash of the number. */
export type GuessedAt = { readonly phoneTag: string; readonly till: string };

/** Guesses since then: how many at this number and by this till, and the sum of all chances in the shop, in billionths. */
export type Guessed = {
  readonly ofPhone: number;
  readonly ofTill: number;
  readonly chance: number;
  /** Time of the oldest guess, ms; null: none. */
  readonly oldestAt: number | null;
};

/** Guesses since `since` at codes of this strength. */
export async function guessedSince(
  db: Database,
  of: GuessedAt & { readonly strength: Strength; readonly since: number },
): Promise<Guessed> {
  return (await db.get(
    `SELECT COUNT(*) FILTER (WHERE phone_tag = @phoneTag) AS ofPhone,
         COUNT(*) FILTER (WHERE till = @till) AS ofTill,
         COALESCE(SUM(chance), 0) AS chance, MIN(at) AS oldestAt
       FROM guesses WHERE shop = @shop AND strength = @strength AND at > @since`,
    of,
  )) as Guessed;
}

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
  await db.run(
    `INSERT INTO guesses (shop, at, strength, phone_tag, till, challenge, chance)
       VALUES (@shop, @at, @strength, @phoneTag, @till, @challenge, @chance)`,
    guess,
  );
}

/** Deletes the guesses counted for a challenge that was verified: they no longer count. */
export async function giveBackGuesses(db: Database, challenge: string): Promise<void> {
  await db.run('DELETE FROM guesses WHERE shop = @shop AND challenge = ?', challenge);
}
