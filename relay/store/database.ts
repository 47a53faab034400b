// The types of the relay's database. Only files in relay/store/ contain SQL.
import type Sqlite from 'better-sqlite3';

/** The open file with the tables of all its shops. Without a shop only `kv` is read: the machine's own values. */
export type Connection = Sqlite.Database;

/** The database of one shop: its statements name `@shop`, which is bound by itself (`scoped`). */
export type Database = Connection & { readonly shop: string };

/** One step of the schema, as SQL. */
export type Migration = string;
