// The challenge of each customer's page, by the keyed hash of its address.
import type { Database } from './database';
import { addRow } from './rows';

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
    const sql = 'DELETE FROM challenge_pages WHERE shop = @shop AND (made_at < ? OR challenge = ?)';
    await db.run(sql, forgetBefore, page.challenge);
    await addRow(db, 'challenge_pages (hash, challenge, made_at)', page);
  });
}

/** The challenge of this page, or null. */
export const challengeOfPage = (db: Database, hash: string): Promise<string | null> =>
  db.value('SELECT challenge FROM challenge_pages WHERE shop = @shop AND hash = ?', hash);
