// Folds several entries into the rows they leave together, on top of the rows of earlier entries.
import type { KnownEntry } from '$lib/contract/journal';
import { project } from './acts';
import {
  addedTables,
  eachRead,
  keyOf,
  nameOfKey,
  type AddedTable,
  type Before,
  type KeyOf,
  type ProjectedChange,
  type ProjectedTable,
  type ReadTable,
  type RowOf,
} from './rows';

type Key = KeyOf<ProjectedTable>;
type Row = RowOf<ProjectedTable>;
/** A row after all entries so far; null: deleted. */
type Held = { readonly key: Key; readonly row: Row | null };

export class Fold {
  /** Rows that no later entry reads, changes or deletes. */
  readonly #added = new Map<ProjectedTable, Row[]>(addedTables.map((table) => [table, []]));
  readonly #tables = new Map<ProjectedTable, Map<string, Held>>();
  /** Reads a row as it is after all entries taken so far; another fold can start from it. */
  readonly after: Before;

  /** `earlier`: the rows before the first entry, at the keys that the `reads` of all entries name. */
  constructor(earlier: Before) {
    const rowOf = <T extends ProjectedTable>(table: T, key: KeyOf<T>): Held | undefined =>
      this.#tables.get(table)?.get(nameOfKey(key));
    this.after = eachRead((table) => (key: KeyOf<ReadTable>) => {
      const held = rowOf(table, key);
      return held === undefined
        ? (earlier[table] as (key: KeyOf<ReadTable>) => Row | undefined)(key)
        : (held.row ?? undefined);
    }) as never;
  }

  /** Projects the next entry. `real`: as in `project`. `by`: `projectInOrder` for entries of the shop's order. */
  take(entry: KnownEntry, real: ReadonlySet<string>, by = project): void {
    for (const change of by(entry, this.after, real)) this.#apply(change);
  }

  /** The rows that entries only add, of all entries since the last call. */
  takeAdded(): { readonly table: AddedTable; readonly rows: readonly RowOf<AddedTable>[] }[] {
    const taken = [...this.#added].map(([table, rows]) => ({
      table: table as AddedTable,
      rows: rows as RowOf<AddedTable>[],
    }));
    for (const { table } of taken) this.#added.set(table, []);
    return taken;
  }

  /** The changes of all entries so far, one for each key. */
  changes(): ProjectedChange[] {
    const added = [...this.#added].map(([table, rows]) => ({ table, op: 'put', rows }));
    const others = [...this.#tables].flatMap(([table, held]) => {
      const all = [...held.values()];
      const rows = all.flatMap(({ row }) => row ?? []);
      const keys = all.flatMap(({ key, row }) => (row === null ? [key] : []));
      return [
        { table, op: 'put', rows } as ProjectedChange,
        { table, op: 'delete', keys } as ProjectedChange,
      ];
    });
    return [...(added as ProjectedChange[]), ...others];
  }

  #apply(change: ProjectedChange): void {
    const added = this.#added.get(change.table);
    if (added !== undefined && change.op !== 'delete') {
      // not spread into push: an import's rows exceed the maximum number of arguments of a call
      for (const row of change.rows) added.push(row);
      return;
    }
    const held = this.#tables.get(change.table) ?? new Map<string, Held>();
    this.#tables.set(change.table, held);
    if (change.op === 'delete') {
      for (const key of change.keys) held.set(nameOfKey(key), { key, row: null });
      return;
    }
    const keyIn = keyOf[change.table] as (row: Row) => Key;
    for (const row of change.rows) {
      const key = keyIn(row);
      held.set(nameOfKey(key), { key, row });
    }
  }
}
