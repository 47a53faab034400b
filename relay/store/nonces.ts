// Nonces of session claims: each opens one session, also across restarts.
import type { Database } from './database';
import { addIfNew } from './rows';

export const migration = `
CREATE TABLE nonces (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  nonce TEXT NOT NULL,
  forget_at INTEGER NOT NULL,
  PRIMARY KEY (shop, till, nonce)
) STRICT, WITHOUT ROWID;
CREATE INDEX nonces_by_forget_at ON nonces (shop, forget_at);
`;

/** Stores a nonce; false: it was used before. Deletes those too old for any valid claim. */
export async function takeNonce(
  db: Database,
  nonce: { till: string; nonce: string; now: number; forgetAt: number },
): Promise<boolean> {
  await db.run('DELETE FROM nonces WHERE shop = @shop AND forget_at < ?', nonce.now);
  return addIfNew(db, 'nonces (till, nonce, forget_at)', nonce);
}
