// Runs work in one transaction and hands it its own context with the database to use inside.
import type { Database } from './database';

/**
 * Runs `work` in one transaction. `work` gets `parts` with the database of that transaction and awaits nothing but
 * statements; effects outside of the database come after it. Inside another transaction it is part of that one.
 * Resolves once everything is durable; rejects with what `work` throws, with nothing stored.
 */
export const inTransaction = <Parts extends { readonly db: Database }, T>(
  parts: Parts,
  work: (parts: Parts) => T | Promise<T>,
): Promise<T> => parts.db.transaction((db) => work({ ...parts, db }));
