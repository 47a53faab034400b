// Projects entries on top of the rows on the disk, and prepares the projected rows for writing.
import { projectedRows } from '$lib/contract/rows';
import type { Entry, KnownEntry } from '$lib/contract/journal';
import { Fold } from '$lib/domain/fold';
import { project, reads } from '$lib/domain/acts';
import {
  beforeOf,
  isAddedTable,
  joinedReads,
  keyOf,
  NOTHING_BEFORE,
  readTables,
  type AddedTable,
  type Before,
  type KeyOf,
  type ProjectedChange,
  type ProjectedTable,
  type Reads,
  type RowOf,
} from '$lib/domain/rows';
import { knownEntry } from '$lib/proof/known-entry';
import { withProofs, type RelayKeys } from '$lib/proof/real-proofs';
import { addedProductsRow } from '$lib/storage/schema/catalogue-record';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { actBodies, recorded } from '$lib/storage/schema/records';
import { MOST_RECEIPTS } from '$lib/storage/schema/relay-record';
import type { Table } from 'dexie';
import type * as z from 'zod/mini';

const schemas: Readonly<Record<ProjectedTable, z.ZodMiniType<object>>> = {
  ...projectedRows,
  addedProducts: addedProductsRow,
};

/** The rows an act has already read for its projection. `before` null: they have not been read yet. */
export type Seen = {
  readonly before: Before | null;
  /** Ids of verified challenges and reserve-code verifiers, without those of the demo provider. */
  readonly real: ReadonlySet<string>;
};

export const NOT_SEEN: Seen = { before: null, real: new Set() };

/**
 * The changes that an entry projects to, each row checked. Reading the previous rows before the transaction is safe, because
 * the caller holds the writer's lock and the transaction checks that the head has not moved. Throws StorageError.
 */
export async function changesOf(
  db: TillDb,
  entry: KnownEntry,
  { before, real }: Seen,
): Promise<ProjectedChange[]> {
  return project(entry, before ?? (await readBefore(db, reads(entry))), real).map(recordedChange);
}

/** `unwritten`: numbers of entries that could not be projected, or not with all of their rows. */
export type Folded = {
  readonly changes: readonly ProjectedChange[];
  readonly unwritten: readonly number[];
};

/**
 * The rows that consecutive entries project to together, on top of those on the disk, with one change per key. Entries of acts
 * that this version does not know have no rows. A row never replaces the row of another entry, and an entry that cannot be
 * projected is skipped, so a forged entry stops nothing. `keys`: the relay keys whose signatures count. The caller holds the
 * writer's lock. Throws StorageError.
 */
export async function foldedChanges(
  db: TillDb,
  entries: readonly Entry[],
  keys: RelayKeys,
): Promise<Folded> {
  const known = await withProofs(entries, keys);
  const before = await readBefore(db, joinedReads(known.map(({ entry }) => reads(entry))));
  const fold = new Fold(before);
  const unwritten = entries.filter(isMalformed).map(({ seq }) => seq);
  for (const { entry, real } of known) {
    try {
      fold.take(entry, real);
    } catch {
      // `project` threw an invariant error, so no till can have saved this entry
      unwritten.push(entry.seq);
    }
  }
  const changes = await Promise.all(
    fold.changes().map(async (change): Promise<ProjectedChange> => {
      if (change.op === 'delete' || !isAddedTable(change.table)) return change;
      const rows = await writableRows(db, change.table, change.rows as RowOf<AddedTable>[]);
      const writable = new Set<unknown>(rows);
      for (const row of change.rows)
        if (!writable.has(row) && 'seq' in row) unwritten.push(row.seq);
      return { ...change, rows } as ProjectedChange;
    }),
  );
  return { changes, unwritten: [...new Set(unwritten)] };
}

/** Whether this version knows the act but its body does not match the schema. */
export function isMalformed(entry: Entry): boolean {
  return Object.hasOwn(actBodies, entry.act) && knownEntry(entry) === null;
}

/**
 * The rows that can be added: their key and receipt number are used by no row on the disk and by no other of these rows. Awaits
 * Dexie only.
 */
export async function writableRows(
  db: TillDb,
  table: AddedTable,
  rows: readonly RowOf<AddedTable>[],
): Promise<RowOf<AddedTable>[]> {
  const keyIn = keyOf[table] as (row: RowOf<AddedTable>) => KeyOf<AddedTable>;
  const held = await storedRows(db, table, rows);
  const numbered = rows.flatMap((row) => ('number' in row ? [row] : []));
  const sales = await db.sales
    .where('[till+number]')
    .anyOf(numbered.map(({ till, number }) => [till, number]))
    .toArray();
  const taken = new Map(sales.map((row) => [`${row.till} ${row.number}`, row.id]));
  const keys = new Set<string>();
  return rows.filter((row, place) => {
    const key = JSON.stringify(keyIn(row));
    const stored = held[place];
    if (keys.has(key) || (stored !== undefined && !isSame(row, stored))) return false;
    if ('number' in row) {
      const number = `${row.till} ${row.number}`;
      if (row.number > MOST_RECEIPTS || (taken.get(number) ?? row.id) !== row.id) return false;
      taken.set(number, row.id);
    }
    keys.add(key);
    return true;
  });
}

/** Whether a value from the disk equals this plain value exactly. */
export function isSame(expected: unknown, held: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return Object.is(expected, held);
  if (typeof held !== 'object' || held === null) return false;
  if (isColumn(expected))
    return (
      expected.constructor === held.constructor &&
      expected.length === (held as Column).length &&
      expected.every((value, place) => Object.is(value, (held as Column)[place]))
    );
  if (Array.isArray(expected) !== Array.isArray(held)) return false;
  const [one, other] = [Object.entries(expected), new Map<string, unknown>(Object.entries(held))];
  return (
    one.length === other.size &&
    one.every(([name, value]) => other.has(name) && isSame(value, other.get(name)))
  );
}

/** A column of packed goods. */
type Column = Float64Array | Uint32Array | Uint8Array;

const isColumn = (value: object): value is Column => ArrayBuffer.isView(value);

async function readBefore(db: TillDb, keys: Reads): Promise<Before> {
  const wanted = readTables.filter((table) => keys[table].length > 0);
  if (wanted.length === 0) return NOTHING_BEFORE;
  const tables = wanted.map((table) => db[table] as Table);
  const rows = await readTogether(db, tables, () =>
    Promise.all(wanted.map((table) => (db[table] as Table).bulkGet([...keys[table]]))),
  );
  return beforeOf(Object.fromEntries(wanted.map((table, place) => [table, rows[place]])));
}

/** The rows on the disk under the keys of these rows, in their order. Awaits Dexie only. */
export function storedRows(
  db: TillDb,
  name: AddedTable,
  rows: readonly RowOf<AddedTable>[],
): Promise<(RowOf<AddedTable> | undefined)[]> {
  const table: Table<RowOf<AddedTable>, KeyOf<AddedTable>> = db.table(name);
  return table.bulkGet(rows.map(keyOf[name] as (row: RowOf<AddedTable>) => KeyOf<AddedTable>));
}

function recordedChange(change: ProjectedChange): ProjectedChange {
  if (change.op === 'delete') return change;
  const rows = change.rows.map((row) => recorded(schemas[change.table], row));
  return { ...change, rows } as ProjectedChange;
}
