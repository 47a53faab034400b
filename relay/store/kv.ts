// Single values of the machine: the shop's id, the relay's encrypted key.
// The only table without a shop.
import type { Connection } from './database';

export const migration = `
CREATE TABLE kv (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The value under this name, or null. */
export async function getValue(db: Connection, name: string): Promise<Buffer | null> {
  const row = (await db.get('SELECT value FROM kv WHERE name = ?', name)) as
    { value: Buffer } | undefined;
  return row?.value ?? null;
}

/** Stores a value unless there is one; returns the stored one. */
export async function putValueIfAbsent(
  db: Connection,
  name: string,
  value: Buffer,
): Promise<Buffer> {
  await db.run('INSERT INTO kv (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING', name, value);
  return (await getValue(db, name)) ?? value;
}

/** Stores a value, replacing any other. */
export const putValue = (db: Connection, name: string, value: Buffer): Promise<void> =>
  db.run(
    'INSERT INTO kv (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  );

/** Deletes the value under this name. */
export const removeValue = (db: Connection, name: string): Promise<void> =>
  db.run('DELETE FROM kv WHERE name = ?', name);
