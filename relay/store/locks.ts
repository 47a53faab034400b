// Failed tries per name (a till with its operator, an address) and locks. Survives restarts.
import type { Database } from './database';
import { putRow } from './rows';

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
export const lockOf = (db: Database, name: string): Promise<Lock | null> =>
  db.get('SELECT failures, last_at, locked_until FROM locks WHERE shop = @shop AND name = ?', name);

/** Stores the failed tries under this name. */
export const setLock = (db: Database, name: string, lock: Lock): Promise<void> =>
  putRow(db, 'locks (name, failures, last_at, locked_until)', 'name', {
    name,
    ...lock,
  });

/** Deletes the failed tries under this name. */
export const clearLock = (db: Database, name: string): Promise<void> =>
  db.run('DELETE FROM locks WHERE shop = @shop AND name = ?', name);

/** Deletes all failed tries whose name has this prefix. */
export async function clearLocks(db: Database, beginning: string): Promise<void> {
  const sql = 'DELETE FROM locks WHERE shop = @shop AND substr(name, 1, length(?)) = ?';
  await db.run(sql, beginning, beginning);
}
