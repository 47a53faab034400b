// Single values of the machine: the shop's id, the relay's sealed key. The only table without a shop.
import type { Connection } from './database';

export const migration = `
CREATE TABLE kv (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The value under this name, or null. */
export function kept(db: Connection, name: string): Buffer | null {
  const row = db.prepare('SELECT value FROM kv WHERE name = ?').get(name) as
    { value: Buffer } | undefined;
  return row?.value ?? null;
}

/** Stores a value unless there is one; returns the stored one. */
export function keepOnce(db: Connection, name: string, value: Buffer): Buffer {
  db.prepare('INSERT INTO kv (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING').run(name, value);
  return kept(db, name) ?? value;
}

/** Stores a value, replacing any other. */
export function keep(db: Connection, name: string, value: Buffer): void {
  db.prepare(
    'INSERT INTO kv (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  ).run(name, value);
}

/** Deletes the value under this name. */
export function forget(db: Connection, name: string): void {
  db.prepare('DELETE FROM kv WHERE name = ?').run(name);
}
