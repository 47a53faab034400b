// The challenge of each customer's page, by the keyed hash of its address.
import type { Database } from './database';

export const migration = `
CREATE TABLE challenge_pages (
  hash TEXT PRIMARY KEY,
  challenge TEXT NOT NULL UNIQUE REFERENCES challenges (id) ON DELETE CASCADE,
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The only page of this challenge from now on; deletes pages made before `forgetBefore`. */
export function keepPage(
  db: Database,
  page: { readonly hash: string; readonly challenge: string; readonly madeAt: number },
  forgetBefore: number,
): void {
  db.transaction(() => {
    db.prepare('DELETE FROM challenge_pages WHERE made_at < ? OR challenge = ?').run(
      forgetBefore,
      page.challenge,
    );
    db.prepare(
      'INSERT INTO challenge_pages (hash, challenge, made_at) VALUES (@hash, @challenge, @madeAt)',
    ).run(page);
  })();
}

/** The challenge of this page, or null. */
export function challengeOfPage(db: Database, hash: string): string | null {
  const row = db.prepare('SELECT challenge FROM challenge_pages WHERE hash = ?').get(hash) as
    { challenge: string } | undefined;
  return row?.challenge ?? null;
}
