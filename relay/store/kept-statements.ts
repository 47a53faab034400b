// Keeps every statement prepared, so that SQLite parses and plans its text once.
import type { Database } from './database';

type Statement = ReturnType<Database['prepare']>;

/**
 * Makes `db.prepare` return the same statement for the same text. Texts are constants of the code, so there are few.
 * A statement must not be run while it is iterated; `pluck` changes it permanently, so a text used both ways has two.
 */
export function keepStatements(db: Database): void {
  const prepare = db.prepare.bind(db) as (sql: string) => Statement;
  const kept = new Map<string, Statement>();
  db.prepare = ((sql: string) => {
    const held = kept.get(sql);
    if (held !== undefined) return held;
    const statement = prepare(sql);
    let plucked: Statement | null = null;
    // a write has no rows to pluck: better-sqlite3 refuses it as before
    statement.pluck = () => (plucked ??= prepare(sql).pluck());
    kept.set(sql, statement);
    return statement;
  }) as Database['prepare'];
}
