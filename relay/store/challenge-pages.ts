// The challenge of each customer's page, by the keyed hash of its address.
import type { Database } from './database';

export const migration = `
CREATE TABLE challenge_pages (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  challenge TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (shop, hash),
  UNIQUE (shop, challenge),
  FOREIGN KEY (shop, challenge) REFERENCES challenges (shop, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`;

/** The only page of this challenge from now on; deletes pages made before `forgetBefore`. */
export async function keepPage(
  db: Database,
  page: { readonly hash: string; readonly challenge: string; readonly madeAt: number },
  forgetBefore: number,
): Promise<void> {
  await db.transaction(async (db) => {
    await db.run(
      'DELETE FROM challenge_pages WHERE shop = @shop AND (made_at < ? OR challenge = ?)',
      forgetBefore,
      page.challenge,
    );
    await db.run(
      'INSERT INTO challenge_pages (shop, hash, challenge, made_at) VALUES (@shop, @hash, @challenge, @madeAt)',
      page,
    );
  });
}

/** The challenge of this page, or null. */
export async function challengeOfPage(db: Database, hash: string): Promise<string | null> {
  const row = (await db.get(
    'SELECT challenge FROM challenge_pages WHERE shop = @shop AND hash = ?',
    hash,
  )) as { challenge: string } | undefined;
  return row?.challenge ?? null;
}
