// One-time tokens for enrolment and for elevation, as keyed hashes.
import type { Database } from './database';
import { addRow } from './rows';

export const migration = `
CREATE TABLE tokens (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('enrol', 'elevate')),
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  spent_at INTEGER,
  spent_by TEXT,
  PRIMARY KEY (shop, hash)
) STRICT, WITHOUT ROWID;
`;

export type TokenPurpose = 'enrol' | 'elevate';
type TokenRow = {
  readonly hash: string;
  readonly expiresAt: number;
  readonly spentAt: number | null;
  /** The till (with its key, or operator) that spent it. */
  readonly spentBy: string | null;
};

/** Stores a new token and deletes those made before `forgetBefore`. */
export async function addToken(
  db: Database,
  token: { hash: string; purpose: TokenPurpose; madeAt: number; expiresAt: number },
  forgetBefore: number,
): Promise<void> {
  await db.run('DELETE FROM tokens WHERE shop = @shop AND made_at < ?', forgetBefore);
  await addRow(db, 'tokens (hash, purpose, made_at, expires_at)', {
    hash: token.hash,
    purpose: token.purpose,
    madeAt: token.madeAt,
    expiresAt: token.expiresAt,
  });
}

/** The token of this hash and purpose, or null. */
export async function tokenByHash(
  db: Database,
  hash: string,
  purpose: TokenPurpose,
): Promise<TokenRow | null> {
  const sql = `SELECT hash, expires_at, spent_at, spent_by
       FROM tokens WHERE shop = @shop AND hash = ? AND purpose = ?`;
  return db.get(sql, hash, purpose);
}

/** Spends a token; false: it was spent before. */
export async function spendToken(
  db: Database,
  hash: string,
  by: string,
  at: number,
): Promise<boolean> {
  const sql =
    'UPDATE tokens SET spent_at = ?, spent_by = ? WHERE shop = @shop AND hash = ? AND spent_at IS NULL';
  return (await db.changes(sql, at, by, hash)) === 1;
}
