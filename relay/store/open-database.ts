// Opens the relay's one SQLite file and migrates it to the newest version.
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import type { Connection } from './database';
import { HOLD_LIMITS } from './group-commit';
import { sharedDatabase, type DatabaseOptions } from './shared-database';
import { migrations } from './migrations';
import { writePlannerStatistics } from './planner-statistics';

/** The file was written by a newer relay; this one must not change it. */
export class NewerDatabase extends Error {}

/**
 * Opens (or creates) the file, for all shops in it; `scoped` gives the database of one. An acknowledged write survives a
 * power cut (`synchronous=FULL`). The second connection only reads: it sees what is durable.
 * Throws `NewerDatabase`, or the disk's error.
 */
export function openDatabase(
  file: string,
  options: DatabaseOptions = { onSlow: () => undefined, limits: HOLD_LIMITS, guard: null },
): Connection {
  // created with 0600 before SQLite opens it: its -wal and -shm files get the same mode
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  // commands like `npm run enrol` write while the relay runs
  db.pragma('busy_timeout = 5000');
  db.pragma('secure_delete = ON');
  migrate(db);
  return sharedDatabase(db, new Sqlite(file, { readonly: true }), options);
}

function migrate(db: Sqlite.Database): void {
  // IMMEDIATE: of two processes at the first start only one migrates
  db.transaction(() => {
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version > migrations.length)
      throw new NewerDatabase(`database version ${version}, this relay knows ${migrations.length}`);
    for (const sql of migrations.slice(version)) db.exec(sql);
    if (version < migrations.length) writePlannerStatistics(db);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}
