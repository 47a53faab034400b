// The database of one shop: keeps its statements prepared and binds the shop's id to them.
import type { Connection, Database } from './database';

type Statement = ReturnType<Connection['prepare']>;

const RUNS = ['run', 'get', 'all', 'iterate'] as const;

/**
 * The database as this shop sees it: a statement that contains `@shop` gets the shop's id beside its other values.
 * `prepare` returns the same statement for the same text, so that SQLite plans it once; texts are constants of the code,
 * so there are few. A statement must not be run while it is iterated; `pluck` changes it permanently, so a text used both
 * ways has two.
 */
export function scoped(connection: Connection, shop: string): Database {
  const kept = new Map<string, Statement>();
  const make = (sql: string): Statement => {
    const statement = connection.prepare(sql);
    return /@shop\b/.test(sql) ? bindShop(statement, shop) : statement;
  };
  const prepare = (sql: string): Statement => {
    const held = kept.get(sql);
    if (held !== undefined) return held;
    const statement = make(sql);
    let plucked: Statement | null = null;
    // a write has no rows to pluck: better-sqlite3 refuses it as before
    statement.pluck = () => (plucked ??= make(sql).pluck());
    kept.set(sql, statement);
    return statement;
  };
  return Object.create(connection, {
    shop: { value: shop },
    prepare: { value: prepare },
  }) as Database;
}

function bindShop(statement: Statement, shop: string): Statement {
  for (const name of RUNS) {
    const run = statement[name].bind(statement) as (...values: unknown[]) => unknown;
    Object.defineProperty(statement, name, {
      value: (...values: unknown[]) => run(...withShop(values, shop)),
    });
  }
  return statement;
}

/** All named values are one object, the last one. */
function withShop(values: readonly unknown[], shop: string): readonly unknown[] {
  const last = values.at(-1);
  return isNamed(last) ? [...values.slice(0, -1), { ...last, shop }] : [...values, { shop }];
}

const isNamed = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value);
