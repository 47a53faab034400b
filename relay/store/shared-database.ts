// The asynchronous database over SQLite: transactions are savepoints in shared commits.
// Reads outside of transactions use a connection of their own, so they see only what is durable.
import type Sqlite from 'better-sqlite3';
import type { Connection, Statements } from './database';
import { openGroup, type HoldLimits } from './group-commit';
import { nameOf } from './rows';

/** Finds uses of the outer connection inside a transaction, which would wait for itself; for tests. */
export type TransactionGuard = {
  readonly run: <T>(work: () => Promise<T>) => Promise<T>;
  readonly isInside: () => boolean;
};

export type DatabaseOptions = {
  /** Called where a transaction holds the database longer than `limits.slowMs` while others wait for it. */
  readonly onSlow: () => void;
  readonly limits: HoldLimits;
  readonly guard: TransactionGuard | null;
};

/** The database over a connection that writes and one that reads; closes both. */
export function sharedDatabase(
  writer: Sqlite.Database,
  reader: Sqlite.Database,
  { onSlow, limits, guard }: DatabaseOptions,
): Connection {
  const group = openGroup(writer, limits, onSlow);
  const [written, read] = [keptStatements(writer), keptStatements(reader)];
  const [savepoint, release] = [writer.prepare('SAVEPOINT unit'), writer.prepare('RELEASE unit')];
  const [undo, rollback] = [writer.prepare('ROLLBACK TO unit'), writer.prepare('ROLLBACK')];
  /** Whether a transaction is in progress. */
  let isInUnit = false;

  async function outside<T>(sql: string, ask: (kept: Kept) => T): Promise<T> {
    if (guard?.isInside()) throw new Error(`outside of the transaction it belongs to: ${sql}`);
    const kept = written(sql);
    if (kept.statement.readonly) return ask(read(sql));
    await group.enter();
    let answer: T;
    try {
      answer = ask(kept);
    } catch (error) {
      group.leaveUndone();
      throw error;
    }
    await group.leave();
    return answer;
  }

  async function transaction<T>(work: (inside: Connection) => T | Promise<T>): Promise<T> {
    if (guard?.isInside()) throw new Error('a transaction of the outer database inside another');
    await group.enter();
    const unit = openUnit();
    let value: T;
    try {
      savepoint.run();
      isInUnit = true;
      const act = async (): Promise<T> => work(unit.inside);
      value = await (guard === null ? act() : guard.run(act));
      unit.end();
      release.run();
      isInUnit = false;
    } catch (error) {
      unit.close();
      isInUnit = false;
      undoUnit();
      group.leaveUndone();
      throw error;
    }
    await group.leave();
    return value;
  }

  /** Undoes only the transaction in progress; if that fails, all transactions of the same commit. */
  function undoUnit(): void {
    if (!writer.open || !writer.inTransaction) return;
    try {
      undo.run();
      release.run();
    } catch {
      rollback.run();
    }
  }

  /** What one transaction uses. */
  function openUnit() {
    let isOpen = true;
    /** Boxed, as anything can be thrown. */
    let failure: { readonly error: unknown } | null = null;
    const ask: Ask = (sql, by) =>
      // inside a promise, so that what SQLite throws becomes a rejection
      new Promise((answer) => {
        if (!isOpen) throw new Error(`after the end of its transaction: ${sql}`);
        // SQLite ends a transaction if the disk is full or fails; the statement would then be committed on its own
        if (!writer.inTransaction) throw new Error(`the database ended the transaction: ${sql}`);
        answer(by(written(sql)));
      });
    const inside: Connection = {
      ...statements(ask),
      get open() {
        return writer.open;
      },
      transaction: async (work) => {
        try {
          return await work(inside);
        } catch (error) {
          // the outer transaction must fail, too, even if its code catches the error
          failure ??= { error };
          throw error;
        }
      },
      close: () => {
        throw new Error('a transaction does not close the database');
      },
    };
    return {
      inside,
      close: () => void (isOpen = false),
      end: () => {
        isOpen = false;
        if (failure !== null) throw failure.error;
      },
    };
  }

  return {
    ...statements(outside),
    get open() {
      return writer.open;
    },
    transaction,
    close: () => {
      // the transaction in progress is incomplete and must not be committed
      if (isInUnit) undoUnit();
      group.close();
      reader.close();
      writer.close();
    },
  };
}

type Ask = <T>(sql: string, by: (kept: Kept) => T) => Promise<T>;

function statements(ask: Ask): Statements {
  const get = <Row>(sql: string, ...values: unknown[]) =>
    ask(sql, ({ statement, names }) => {
      const cells = statement.get(...values) as unknown[] | undefined;
      return cells === undefined ? null : rowOf<Row>(names, cells);
    });
  const value = <Value>(sql: string, ...values: unknown[]) =>
    ask(sql, ({ statement }) => {
      const [cell = null] = (statement.get(...values) ?? []) as [Value?];
      return cell;
    });
  return {
    get,
    one: async <Row>(sql: string, ...values: unknown[]) => {
      const row = await get<Row>(sql, ...values);
      if (row === null) throw new Error(`no row: ${sql}`);
      return row;
    },
    all: <Row>(sql: string, ...values: unknown[]) =>
      ask(sql, ({ statement, names }) =>
        (statement.all(...values) as unknown[][]).map((cells) => rowOf<Row>(names, cells)),
      ),
    value,
    number: async (sql, ...values) => (await value<number>(sql, ...values)) ?? 0,
    column: <Value>(sql: string, ...values: unknown[]) =>
      ask(sql, ({ statement }) => (statement.all(...values) as [Value][]).map(([cell]) => cell)),
    has: (sql, ...values) => ask(sql, ({ statement }) => statement.get(...values) !== undefined),
    run: (sql, ...values) => ask(sql, ({ statement }) => void statement.run(...values)),
    changes: (sql, ...values) => ask(sql, ({ statement }) => statement.run(...values).changes),
  };
}

function rowOf<Row>(names: readonly string[], cells: readonly unknown[]): Row {
  const row: Record<string, unknown> = {};
  for (const [place, name] of names.entries()) row[name] = cells[place];
  return row as Row;
}

/** A prepared statement, and the names under which its columns are read. */
type Kept = { readonly statement: Sqlite.Statement; readonly names: readonly string[] };

/** Keeps every statement prepared: SQLite plans a text once. Texts are constants of the code, so there are few. */
function keptStatements(db: Sqlite.Database): (sql: string) => Kept {
  const kept = new Map<string, Kept>();
  return (sql) => {
    const held = kept.get(sql);
    if (held !== undefined) return held;
    const statement = db.prepare(sql);
    const names = statement.reader
      ? statement
          .raw()
          .columns()
          .map(({ name }) => nameOf(name))
      : [];
    kept.set(sql, { statement, names });
    return { statement, names };
  };
}
