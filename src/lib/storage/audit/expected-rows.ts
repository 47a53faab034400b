// Compares the rows that the journal projects to with the rows on the disk, by content.
import { ACCOUNTS, type BalanceRow } from '$lib/contract/rows';
import type { Entry } from '$lib/contract/journal';
import {
  addedTables,
  eachRead,
  writtenTo,
  isAddedTable,
  keyOf,
  projectedTables,
  type AddedTable,
  type Before,
  type KeyOf,
  type ProjectedChange,
  type ProjectedTable,
  type ReadTable,
  type RowOf,
} from '$lib/domain/rows';
import type { TillDb } from '$lib/storage/database/db';
import { isSame, storedRows } from '$lib/storage/journal/projection';
import { placeOf, type Place } from '$lib/storage/journal/entry-checks';
import type { Difference, Finding } from './finding';

type Row = RowOf<ProjectedTable>;
type ExpectedRow = { readonly row: Row; readonly place: Place };

/** An entry and the changes it is projected into. */
export type Projection = { readonly entry: Entry; readonly changes: readonly ProjectedChange[] };

/** A row that no entry projects to. `named`: the row names an entry that is in the journal. */
export type StrayRow = {
  readonly table: ProjectedTable;
  readonly till: unknown;
  readonly seq: number | null;
  readonly named: boolean;
};

/** What the comparison of all tables found. */
export type RowFaults = {
  readonly findings: readonly Finding[];
  readonly differences: readonly Difference[];
  readonly stray: readonly StrayRow[];
};

/** Tables whose rows later entries change or delete: compared once, at the end. */
const changedTables = projectedTables.filter((table) => !isAddedTable(table));

export class ExpectedRows {
  /** By table whose rows are only ever added: the keys of all rows that the journal projects to. */
  readonly #added = new Map(addedTables.map((table) => [table, new Set<string>()]));
  /** By table: how many of those rows the disk had when they were compared. */
  readonly #held = new Map(addedTables.map((table) => [table, 0]));
  readonly #changed = new Map<ProjectedTable, Map<string, ExpectedRow>>(
    changedTables.map((table) => [table, new Map()]),
  );
  readonly #hashes = new Set<string>();

  /** The rows after all entries so far. */
  readonly before: Before = eachRead(
    (table) => (key: KeyOf<ReadTable>) => this.#rowOf(table, key),
  ) as never;

  /** Number of stored sums of debt, points or purchases. */
  get sums(): number {
    return this.#changed.get('balances')?.size ?? 0;
  }

  /** Records that the journal contains this entry; `changes`: what it is projected into. */
  take(entry: Entry, changes: readonly ProjectedChange[]): void {
    this.#hashes.add(entry.hash);
    const place = placeOf(entry);
    for (const change of changes) {
      const rows = this.#changed.get(change.table);
      if (rows === undefined) continue;
      if (change.op === 'delete') for (const key of change.keys) rows.delete(nameOf(key));
      else for (const row of change.rows) rows.set(nameOfRow(change.table, row), { row, place });
    }
  }

  /** Compares the rows that these entries add. Awaits Dexie only. */
  async compareAdded(db: TillDb, entries: readonly Projection[]): Promise<Finding[]> {
    const faults = await Promise.all(
      addedTables.map((table) => this.#compareAddedTo(db, table, entries)),
    );
    return faults.flat();
  }

  /** Compares all other rows, and finds rows that no entry projects to. Awaits Dexie only. */
  async compareRest(db: TillDb): Promise<RowFaults> {
    const findings: Finding[] = [];
    const differences: Difference[] = [];
    const stray = (
      await Promise.all(addedTables.map((table) => this.#strayAmongAdded(db, table)))
    ).flat();
    for (const [table, expected] of this.#changed) {
      const rows = (await db.table<Row>(table).toArray()).map(
        (row) => [nameOfRow(table, row), row] as const,
      );
      const held = new Map(rows);
      for (const [name, { row, place }] of expected) {
        const fault = faultOf(table, row, held.get(name));
        if (fault === null) continue;
        if (typeof fault === 'object') differences.push(fault);
        else findings.push(findingOf(table, row, { place, because: fault }));
      }
      for (const [name, row] of rows) {
        if (expected.has(name)) continue;
        const difference = table === 'balances' ? differenceOf(row, 0) : null;
        if (difference !== null) differences.push(difference);
        else if (table === 'disputes' && hasCustomer(row)) {
          findings.push({ kind: 'dispute', customer: row.customer });
        } else stray.push(this.#strayRow(table, row));
      }
    }
    return { findings: onceEach(findings), differences, stray };
  }

  async #compareAddedTo(
    db: TillDb,
    table: AddedTable,
    entries: readonly Projection[],
  ): Promise<Finding[]> {
    const wanted = entries.flatMap(({ entry, changes }) =>
      writtenTo(table, changes).map((row) => ({ entry, row })),
    );
    if (wanted.length === 0) return [];
    const rows = wanted.map(({ row }) => row);
    const kept = await storedRows(db, table, rows);
    const known = this.#added.get(table) ?? new Set();
    return wanted.flatMap(({ entry, row }, index): Finding[] => {
      const held = kept[index];
      const name = nameOfRow(table, row);
      if (held !== undefined && !known.has(name)) {
        this.#held.set(table, (this.#held.get(table) ?? 0) + 1);
      }
      known.add(name);
      const place = placeOf(entry);
      if (held === undefined) return [{ kind: 'row', place, table, because: 'missing' }];
      return isSame(row, held) ? [] : [{ kind: 'row', place, table, because: 'edited' }];
    });
  }

  /** Finds rows that no entry projects to. Reads the table only if it has more rows than the journal accounts for. */
  async #strayAmongAdded(db: TillDb, table: AddedTable): Promise<StrayRow[]> {
    const rows = db.table<Row>(table);
    if ((await rows.count()) === this.#held.get(table)) return [];
    const known = this.#added.get(table) ?? new Set();
    const stray: StrayRow[] = [];
    await rows.each((row) => {
      if (!known.has(nameOfRow(table, row))) stray.push(this.#strayRow(table, row));
    });
    return stray;
  }

  #strayRow(table: ProjectedTable, row: Row): StrayRow {
    const { till, seq, hash, entry } = row as { readonly [name: string]: unknown };
    return {
      table,
      till,
      seq: typeof seq === 'number' && Number.isSafeInteger(seq) ? seq : null,
      named: this.#hashes.has((hash ?? entry) as string),
    };
  }

  #rowOf<T extends ProjectedTable>(table: T, key: KeyOf<T>): RowOf<T> | undefined {
    return this.#changed.get(table)?.get(nameOf(key))?.row as RowOf<T> | undefined;
  }
}

/**
 * A text that differs for different keys. The key may be of any type, because something other than the till may have written
 * it.
 */
function nameOf(key: unknown): string {
  return JSON.stringify(key);
}

function nameOfRow(table: ProjectedTable, row: Row): string {
  return nameOf((keyOf[table] as (row: Row) => unknown)(row));
}

/** Null: the disk has exactly this row. A balance whose only fault is a wrong sum is returned as a difference. */
function faultOf(
  table: ProjectedTable,
  row: Row,
  held: Row | undefined,
): 'missing' | 'edited' | Difference | null {
  if (isSame(row, held)) return null;
  const difference =
    table === 'balances'
      ? differenceOf(held ?? { ...(row as BalanceRow), sum: 0 }, (row as BalanceRow).sum)
      : null;
  return difference ?? (held === undefined ? 'missing' : 'edited');
}

/** Null if the sums are equal, or if the row on the disk is not a well-formed balance. */
function differenceOf(held: Row, recomputed: number): Difference | null {
  const { customer, account, sum } = held as BalanceRow;
  const isSum =
    isSame({ customer, account, sum }, held) &&
    typeof customer === 'string' &&
    ACCOUNTS.includes(account) &&
    Number.isSafeInteger(sum);
  return isSum && sum !== recomputed ? { customer, account, kept: sum, recomputed } : null;
}

function findingOf(
  table: ProjectedTable,
  row: Row,
  { place, because }: { readonly place: Place; readonly because: 'missing' | 'edited' },
): Finding {
  if (table === 'disputes' && hasCustomer(row)) return { kind: 'dispute', customer: row.customer };
  return { kind: 'row', place, table, because };
}

function hasCustomer(row: Row): row is Row & { customer: string } {
  return 'customer' in row && typeof row.customer === 'string';
}

/** Keeps one finding per customer if several of their disputes differ. */
function onceEach(findings: readonly Finding[]): Finding[] {
  const named = new Set<string>();
  return findings.filter((each) => {
    if (each.kind !== 'dispute') return true;
    const isNew = !named.has(each.customer);
    named.add(each.customer);
    return isNew;
  });
}
