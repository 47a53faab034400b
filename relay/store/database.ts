// The types of the relay's database. Only files in relay/store/ contain SQL.

/** Statements, asynchronous, in the SQL that SQLite and PostgreSQL share. Values: positional ones, then one object for `@name`. */
export type Statements = {
  /** The first row; undefined: none. */
  readonly get: (sql: string, ...values: unknown[]) => Promise<unknown>;
  readonly all: (sql: string, ...values: unknown[]) => Promise<unknown[]>;
  /** The first column of the first row; undefined: no row. */
  readonly value: (sql: string, ...values: unknown[]) => Promise<unknown>;
  /** The first column of all rows. */
  readonly column: (sql: string, ...values: unknown[]) => Promise<unknown[]>;
  /** Runs a statement without rows. `changes`: rows that were written. */
  readonly run: (sql: string, ...values: unknown[]) => Promise<{ readonly changes: number }>;
};

/** The tables of all shops of one file. Without a shop only `kv` is read: the machine's own values. */
export type Connection = Statements & {
  /** False once it is closed; then every statement rejects. */
  readonly open: boolean;
  /**
   * Runs `work` in one transaction and hands it the connection to use inside; nothing but statements may be awaited there.
   * Resolves once it is durable; rejects with what `work` throws, with nothing stored. Inside a transaction it is part of it.
   */
  readonly transaction: <T>(work: (inside: Connection) => T | Promise<T>) => Promise<T>;
  /** Commits what is complete and closes the file. */
  readonly close: () => void;
};

/** The database of one shop: its statements name `@shop`, which is bound by itself (`scoped`). */
export type Database = Omit<Connection, 'transaction'> & {
  readonly shop: string;
  readonly transaction: <T>(work: (inside: Database) => T | Promise<T>) => Promise<T>;
};

/** One step of the schema, as SQL. */
export type Migration = string;
