// Statistics for SQLite's planner, so that it never searches by shop alone.
// They say that one shop has most rows of a table.
import type Sqlite from 'better-sqlite3';

const ROWS = 2 ** 20;
/** Rows that share the first column after the shop, the first two, and so on: SQLite's own assumptions for an index. */
const SHARED = [10, 9, 8, 7, 6];
const SHARED_BY_MORE = 5;

type Index = {
  readonly name: string;
  readonly unique: 0 | 1;
  readonly origin: string;
  readonly partial: 0 | 1;
};

/**
 * Writes the statistics that `ANALYZE` would collect, for every table with a shop. Without any, SQLite assumes ten rows
 * for a shop, and reads all of them by the primary key instead of the few of a longer index.
 */
export function writePlannerStatistics(db: Sqlite.Database): void {
  const tables = db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'kv'`,
    )
    .pluck()
    .all() as string[];
  // makes the table of the statistics
  db.exec('ANALYZE');
  db.exec('DELETE FROM sqlite_stat1');
  const add = db.prepare('INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)');
  for (const table of tables) {
    const { wr: withoutRowid } = (db.pragma(`table_list(${table})`) as { wr: 0 | 1 }[])[0] ?? {
      wr: 0,
    };
    for (const index of db.pragma(`index_list(${table})`) as Index[]) {
      const { length } = db.pragma(`index_info(${index.name})`) as unknown[];
      // the primary key of a table without rowid goes by the name of the table
      const name = withoutRowid === 1 && index.origin === 'pk' ? table : index.name;
      add.run(table, name, statisticsOf(index, length));
    }
  }
  db.exec('ANALYZE sqlite_master');
}

function statisticsOf({ unique, partial }: Index, columns: number): string {
  const rows = partial === 1 ? ROWS / 2 : ROWS;
  const shared = Array.from({ length: columns - 1 }, (_, place) => SHARED[place] ?? SHARED_BY_MORE);
  if (unique === 1 && columns > 1) shared.splice(-1, 1, 1);
  return [rows, columns === 1 && unique === 1 ? 1 : rows, ...shared].join(' ');
}
