// Runs work in one transaction and hands it its own context with the database to use inside.
import type { Database } from './database';

/**
 * Runs `work` in one transaction, with `parts` whose database is that transaction; nothing but statements may be awaited in
 * it. Inside another transaction it is part of that one. Effects outside of the database belong after it. Resolves once it is durable; rejects with what `work` throws, with nothing stored.
 */
export function inTransaction<Parts extends { readonly db: Database }, T>(
  parts: Parts,
  work: (parts: Parts) => T | Promise<T>,
): Promise<T> {
  return parts.db.transaction((db) => work({ ...parts, db }));
}
