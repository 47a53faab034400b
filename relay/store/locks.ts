// Failed tries per name (a till with its operator, an address) and locks. Survives restarts.
import type { Database } from './database';

export const migration = `
CREATE TABLE locks (
  shop TEXT NOT NULL,
  name TEXT NOT NULL,
  failures INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  locked_until INTEGER,
  PRIMARY KEY (shop, name)
) STRICT, WITHOUT ROWID;
`;

export type Lock = {
  readonly failures: number;
  readonly lastAt: number;
  readonly lockedUntil: number | null;
};

/** Failed tries under this name. */
export async function lockOf(db: Database, name: string): Promise<Lock | null> {
  const row = (await db.get(
    'SELECT failures, last_at AS lastAt, locked_until AS lockedUntil FROM locks WHERE shop = @shop AND name = ?',
    name,
  )) as Lock | undefined;
  return row ?? null;
}

/** Stores the failed tries under this name. */
export async function setLock(db: Database, name: string, lock: Lock): Promise<void> {
  await db.run(
    `INSERT INTO locks (shop, name, failures, last_at, locked_until) VALUES (@shop, ?, ?, ?, ?)
     ON CONFLICT (shop, name) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
       locked_until = excluded.locked_until`,
    name,
    lock.failures,
    lock.lastAt,
    lock.lockedUntil,
  );
}

/** Deletes the failed tries under this name. */
export async function clearLock(db: Database, name: string): Promise<void> {
  await db.run('DELETE FROM locks WHERE shop = @shop AND name = ?', name);
}

/** Deletes all failed tries whose name has this prefix. */
export async function clearLocks(db: Database, beginning: string): Promise<void> {
  await db.run(
    'DELETE FROM locks WHERE shop = @shop AND substr(name, 1, length(?)) = ?',
    beginning,
    beginning,
  );
}
