// Opens the relay's one SQLite file and brings it to the newest version. SQL lives in relay/store/ alone.
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { migrations } from './migrations';

export type Database = Sqlite.Database;

/** One step of the schema: SQL of one noun. */
export type Migration = string;

/** The file was written by a newer relay: an older one must not touch it. */
export class NewerDatabase extends Error {}

/**
 * Opens (or makes) the database; an acknowledged write survives a power cut (`synchronous=FULL`).
 * Throws `NewerDatabase`, or what the disk says.
 */
export function openDatabase(file: string): Database {
  // made with 0600 before SQLite sees it: its -wal and -shm take over the mode
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  // the command-line words write while the relay runs
  db.pragma('busy_timeout = 5000');
  db.pragma('secure_delete = ON');
  migrate(db);
  return db;
}

function migrate(db: Database): void {
  // IMMEDIATE: two processes at the first start must not both migrate
  db.transaction(() => {
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version > migrations.length)
      throw new NewerDatabase(`database version ${version}, this relay knows ${migrations.length}`);
    for (const sql of migrations.slice(version)) db.exec(sql);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}
