// The changes an act makes in the database, as plain values that can be replayed.
import type { Dexie, Table } from 'dexie';
import * as z from 'zod/mini';
import { id } from '$lib/contract/values';
import { customerRow, forgottenRow, metaValues, pinFailuresRow } from './records';
import { reserveTriesRow, reserveVerifierRow } from './relay-record';
import type { Tables } from './tables';

export type TableName = keyof Tables;
type RowOf<N extends TableName> = Tables[N] extends Table<infer Row> ? Row : never;
type KeyOf<N extends TableName> = Tables[N] extends Table<unknown, infer Key> ? Key : never;

type ChangeOf<N extends TableName> =
  | { readonly table: N; readonly op: 'add' | 'put'; readonly rows: readonly RowOf<N>[] }
  | { readonly table: N; readonly op: 'delete'; readonly keys: readonly KeyOf<N>[] };

/** One change to one table. Changes without rows or keys are dropped (`isSome`). */
export type Change =
  | { [N in TableName]: ChangeOf<N> }[TableName]
  /** Deletes the receipt whether it is open or held, because this can change while the act waits. */
  | { readonly table: 'drafts'; readonly op: 'delete'; readonly receipt: string };

const written = z.enum(['add', 'put']);
const deleted = z.literal('delete');
const keys = z.array(id);

/**
 * `meta` values that acts attach. No other value may come from a file: not the till's identity, the relay's statements, or the
 * gate.
 */
const attachedMeta = z.discriminatedUnion('key', [
  z.strictObject({ key: z.literal('former-tills'), value: metaValues['former-tills'] }),
  z.strictObject({ key: z.literal('removal'), value: metaValues.removal }),
  z.strictObject({ key: z.literal('numbers-taken'), value: metaValues['numbers-taken'] }),
  z.strictObject({ key: z.literal('refused-policy'), value: metaValues['refused-policy'] }),
]);

/** A change that an act attaches to its entry, as read from a file. */
export const attachedChange = z.union([
  z.strictObject({ table: z.literal('customers'), op: written, rows: z.array(customerRow) }),
  z.strictObject({ table: z.literal('forgotten'), op: written, rows: z.array(forgottenRow) }),
  z.strictObject({
    table: z.literal('reserveVerifiers'),
    op: written,
    rows: z.array(reserveVerifierRow),
  }),
  z.strictObject({ table: z.literal('reserveTries'), op: written, rows: z.array(reserveTriesRow) }),
  z.strictObject({ table: z.literal('pinFailures'), op: written, rows: z.array(pinFailuresRow) }),
  z.strictObject({ table: z.literal('meta'), op: written, rows: z.array(attachedMeta) }),
  z.strictObject({ table: z.enum(['reserveVerifiers', 'reserveTries']), op: deleted, keys }),
  z.strictObject({ table: z.literal('drafts'), op: deleted, receipt: id }),
]);

/** Whether it changes anything. An empty change would needlessly add its table to the transaction. */
export function isSome(change: Change): boolean {
  if ('receipt' in change) return true;
  return change.op === 'delete' ? change.keys.length > 0 : change.rows.length > 0;
}

/** The tables these changes write. */
export function tablesOf(db: Dexie, changes: readonly Change[]): Table[] {
  return [...new Set(changes.map(({ table }) => table))].map((name) => db.table(name));
}

/** Issues all changes at once; inside a transaction over `tablesOf`. Awaits Dexie only. */
export function applyChanges(db: Dexie, changes: readonly Change[]): PromiseLike<unknown> {
  return Promise.all(changes.map((change) => applyOne(db, change)));
}

function applyOne(db: Dexie, change: Change): PromiseLike<unknown> {
  const table: Table = db.table(change.table);
  if ('receipt' in change) return table.where('id').equals(change.receipt).delete();
  if (change.op === 'delete') return table.bulkDelete([...change.keys]);
  return change.op === 'add' ? table.bulkAdd(change.rows) : table.bulkPut(change.rows);
}
