// Which challenge a customer's page belongs to, by the keyed hash of its address.
import type { Database } from './database';

export const migration = `
CREATE TABLE challenge_pages (
  hash TEXT PRIMARY KEY,
  challenge TEXT NOT NULL UNIQUE REFERENCES challenges (id) ON DELETE CASCADE,
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The one page of this challenge from now on, in place of any other; pages made before `forgetBefore` are forgotten. */
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

/** The challenge this page asks about, or null. */
export function challengeOfPage(db: Database, hash: string): string | null {
  const row = db.prepare('SELECT challenge FROM challenge_pages WHERE hash = ?').get(hash) as
    { challenge: string } | undefined;
  return row?.challenge ?? null;
}
