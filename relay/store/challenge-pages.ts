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
export function keepPage(
  db: Database,
  page: { readonly hash: string; readonly challenge: string; readonly madeAt: number },
  forgetBefore: number,
): void {
  db.transaction(() => {
    db.prepare(
      'DELETE FROM challenge_pages WHERE shop = @shop AND (made_at < ? OR challenge = ?)',
    ).run(forgetBefore, page.challenge);
    db.prepare(
      'INSERT INTO challenge_pages (shop, hash, challenge, made_at) VALUES (@shop, @hash, @challenge, @madeAt)',
    ).run(page);
  })();
}

/** The challenge of this page, or null. */
export function challengeOfPage(db: Database, hash: string): string | null {
  const row = db
    .prepare('SELECT challenge FROM challenge_pages WHERE shop = @shop AND hash = ?')
    .get(hash) as { challenge: string } | undefined;
  return row?.challenge ?? null;
}
