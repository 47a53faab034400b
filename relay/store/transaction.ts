// Runs work in one transaction of the database and hands it the database to use inside.
import type { Database } from './database';

/**
 * Runs `work` in one transaction, for which the write lock is taken first. Inside another transaction it is part of that
 * one. Effects outside of the database belong after it. Throws what `work` throws, with nothing stored.
 */
export function inTransaction<Parts extends { readonly db: Database }, T>(
  parts: Parts,
  work: (parts: Parts) => T,
): T {
  return parts.db.transaction(() => work(parts)).immediate();
}
