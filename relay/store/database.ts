// The types of the relay's database. Only files in relay/store/ contain SQL.
import type Sqlite from 'better-sqlite3';

export type Database = Sqlite.Database;

/** One step of the schema, as SQL. */
export type Migration = string;
