// The types of the relay's database. Only files in relay/store/ contain SQL.

/**
 * Statements, asynchronous, in the SQL that SQLite and PostgreSQL share. Values: positional ones, then one object for `@name`. Columns
 * are read under the names of the code (`namesOf`). The caller states the type of what a statement reads.
 */
export type Statements = {
  /** The first row; null: none. */
  readonly get: <Row>(sql: string, ...values: unknown[]) => Promise<Row | null>;
  /** The row of a statement that always has one, as of sums. */
  readonly one: <Row>(sql: string, ...values: unknown[]) => Promise<Row>;
  readonly all: <Row>(sql: string, ...values: unknown[]) => Promise<Row[]>;
  /** The first column of the first row; null: there is no row, or it is empty. */
  readonly value: <Value>(sql: string, ...values: unknown[]) => Promise<Value | null>;
  /** The same for a number; 0: there is no row, or it is empty. */
  readonly number: (sql: string, ...values: unknown[]) => Promise<number>;
  /** The first column of all rows. */
  readonly column: <Value>(sql: string, ...values: unknown[]) => Promise<Value[]>;
  /** Whether there is a row. */
  readonly has: (sql: string, ...values: unknown[]) => Promise<boolean>;
  /** Runs a statement without rows. */
  readonly run: (sql: string, ...values: unknown[]) => Promise<void>;
  /** The same; returns how many rows it wrote. */
  readonly changes: (sql: string, ...values: unknown[]) => Promise<number>;
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
