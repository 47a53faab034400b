// Single values of the relay itself: the shop's id, its own sealed key.
import type { Database } from './database';

export const migration = `
CREATE TABLE kv (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The value under this name, or null. */
export function kept(db: Database, name: string): Buffer | null {
  const row = db.prepare('SELECT value FROM kv WHERE name = ?').get(name) as
    { value: Buffer } | undefined;
  return row?.value ?? null;
}

/** Stores a value unless there is one; returns the stored one. */
export function keepOnce(db: Database, name: string, value: Buffer): Buffer {
  db.prepare('INSERT INTO kv (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING').run(name, value);
  return kept(db, name) ?? value;
}

/** Stores a value, replacing any other. */
export function keep(db: Database, name: string, value: Buffer): void {
  db.prepare(
    'INSERT INTO kv (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  ).run(name, value);
}

/** Deletes the value under this name. */
export function forget(db: Database, name: string): void {
  db.prepare('DELETE FROM kv WHERE name = ?').run(name);
}
