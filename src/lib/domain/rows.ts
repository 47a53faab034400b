// The tables of rows projected from journal entries, and changes to them as plain values.
import type { Account, ProjectedRows } from '$lib/contract/rows';
import type { Goods } from './goods/catalogue';

/** The products that one entry has added. */
export type AddedProductsRow = { till: string; seq: number; hash: string; goods: Goods };

/** The row of each table, and its key. */
type Rows = ProjectedRows & { addedProducts: AddedProductsRow };
type Keys = {
  sales: string;
  returns: string;
  accountEntries: [string, number];
  balances: [string, Account];
  debts: [string, string];
  confirmations: [number, string, number];
  unconfirmed: string;
  stock: string;
  addedProducts: [string, number];
  products: string;
  categories: string;
  grantsUsed: string;
  actIds: string;
  disputes: string;
  shifts: string;
  days: [string, string];
  closedShifts: [string, number];
};
export type ProjectedTable = keyof Rows;
export type KeyOf<T extends ProjectedTable> = Keys[T];
export type RowOf<T extends ProjectedTable> = Rows[T];

/** The key of a row, by table. */
export const keyOf: { readonly [T in ProjectedTable]: (row: RowOf<T>) => KeyOf<T> } = {
  sales: ({ id }) => id,
  returns: ({ hash }) => hash,
  accountEntries: ({ hash, index }) => [hash, index],
  balances: ({ customer, account }) => [customer, account],
  debts: ({ customer, debt }) => [customer, debt],
  confirmations: ({ at, hash, index }) => [at, hash, index],
  unconfirmed: ({ entry }) => entry,
  stock: ({ product }) => product,
  addedProducts: ({ till, seq }) => [till, seq],
  products: ({ product }) => product,
  categories: ({ category }) => category,
  grantsUsed: ({ challenge }) => challenge,
  actIds: ({ id }) => id,
  disputes: ({ entry }) => entry,
  shifts: ({ till }) => till,
  days: ({ till, day }) => [till, day],
  closedShifts: ({ till, seq }) => [till, seq],
};
export const projectedTables = Object.keys(keyOf) as readonly ProjectedTable[];

/** Tables in which an entry only adds rows, whatever was there before it. */
export const addedTables = [
  'sales',
  'returns',
  'accountEntries',
  'confirmations',
  'addedProducts',
  'grantsUsed',
  'actIds',
  'closedShifts',
] as const;
export type AddedTable = (typeof addedTables)[number];

export const isAddedTable = (table: ProjectedTable): table is AddedTable =>
  (addedTables as readonly ProjectedTable[]).includes(table);

/** The rows that these changes write to a table. */
export const writtenTo = <T extends ProjectedTable>(
  table: T,
  changes: readonly ProjectedChange[],
): readonly RowOf<T>[] =>
  changes.flatMap((change) =>
    change.table === table && change.op !== 'delete' ? (change.rows as readonly RowOf<T>[]) : [],
  );

type ChangeOf<T extends ProjectedTable> =
  | { readonly table: T; readonly op: 'add' | 'put'; readonly rows: readonly RowOf<T>[] }
  | { readonly table: T; readonly op: 'delete'; readonly keys: readonly KeyOf<T>[] };

/** One change of one table. */
export type ProjectedChange = { [T in ProjectedTable]: ChangeOf<T> }[ProjectedTable];

/** Tables whose rows a projection may depend on. */
export const readTables = [
  'balances',
  'debts',
  'stock',
  'products',
  'categories',
  'disputes',
  'shifts',
  'days',
] as const;
export type ReadTable = (typeof readTables)[number];

/** Keys of the rows an entry's projection depends on. */
export type Reads = { readonly [T in ReadTable]: readonly KeyOf<T>[] };

/** Those rows in their state before the entry. */
export type Before = { readonly [T in ReadTable]: (key: KeyOf<T>) => RowOf<T> | undefined };

/** Rows of some of these tables. */
export type RowsBefore = { readonly [T in ReadTable]?: readonly (RowOf<T> | undefined)[] };

/** A value for each of these tables. */
export const eachRead = <V>(valueOf: (table: ReadTable) => V): Record<ReadTable, V> =>
  Object.fromEntries(readTables.map((table) => [table, valueOf(table)])) as never;

export const NO_READS: Reads = eachRead(() => []);

/** The keys of all these reads, each once: many sales take the same goods from stock. */
export const joinedReads = (all: readonly Reads[]): Reads =>
  eachRead((table) => {
    const keys = all.flatMap((reads): KeyOf<ReadTable>[] => [...reads[table]]);
    return [...new Map(keys.map((key) => [String(key), key])).values()];
  }) as never;

/** A `Before` made from given rows. */
export const beforeOf = (rows: RowsBefore): Before =>
  eachRead((table) => {
    const keyIn = keyOf[table] as (row: object) => KeyOf<ReadTable>;
    const given = (rows[table] ?? []).filter((row) => row !== undefined);
    const held = new Map(given.map((row) => [nameOfKey(keyIn(row)), row]));
    return (key: KeyOf<ReadTable>) => held.get(nameOfKey(key));
  }) as never;

/** The same text for the same key of one table. */
export const nameOfKey = (key: KeyOf<ProjectedTable>): string =>
  typeof key === 'string' ? key : key.join(' ');

export const NOTHING_BEFORE = beforeOf({});
