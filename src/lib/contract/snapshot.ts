// A snapshot: the rows that the shop's order has left up to one of its entries, for a new till.
import { balanceRow, confirmationRow, debtRow, disputeRow, returnRow, stockRow } from './rows';
import * as z from 'zod/mini';
import {
  remoteAddedRow,
  remoteCardRow,
  remoteCategoryRow,
  remoteEntryRow,
  remoteProductRow,
  remoteTillRow,
} from './shop-copy';
import { cursor } from './shop-journal';
import { at, hash, id, jws } from './values';

/** The most bytes of one chunk, before compression; a single row may be larger. */
export const SNAPSHOT_CHUNK_BYTES = 2 * 1024 * 1024;

/**
 * The tables of a snapshot, each with the schema of its rows. A till stores them in this order: first what it needs to sell, up to
 * `stock`; then what grows with the number of customers, `balances` and `cards`.
 * `entries`: those that wait for a further verdict, and discrepancies that the relay found; of all other entries the snapshot has
 * only the rows that they left. `confirmations`: those that caps and thresholds still count. `categoryEdits`: changes of
 * categories; `goods`: products as they were added; `edits`: later changes of products. `balances` and `cards` are sorted by
 * customer, and all balances of one customer are in one chunk.
 */
export const snapshotRows = {
  tills: remoteTillRow,
  entries: remoteEntryRow,
  debts: debtRow,
  disputes: disputeRow,
  returns: returnRow,
  confirmations: confirmationRow,
  categoryEdits: remoteCategoryRow,
  goods: remoteAddedRow,
  edits: remoteProductRow,
  stock: stockRow,
  balances: balanceRow,
  cards: remoteCardRow,
} as const;
export type SnapshotTable = keyof typeof snapshotRows;
export type SnapshotRow<T extends SnapshotTable> = z.infer<(typeof snapshotRows)[T]>;
export const snapshotTables = Object.keys(snapshotRows) as readonly SnapshotTable[];

/**
 * Payload of a compact JWS. `order`, `epoch` and `logHash`: of the last entry that it includes, as in a checkpoint. `rules`: the
 * version of the rules that made its rows.
 */
export const snapshotManifest = z.strictObject({
  v: z.literal(1),
  purpose: z.literal('snapshot'),
  shop: id,
  ...cursor.shape,
  rules: z.int().check(z.positive()),
  at,
  /** All epochs with the `shared` of their `epoch-began`, oldest first. */
  epochs: z.array(
    z.strictObject({ epoch: cursor.shape.epoch, shared: z.int().check(z.nonnegative()) }),
  ),
  /** All tables. `chunks`: SHA-256 of the bytes of each chunk, in order. */
  tables: z
    .array(
      z.strictObject({
        name: z.enum(snapshotTables),
        rows: z.int().check(z.nonnegative()),
        chunks: z.array(hash),
      }),
    )
    .check(z.refine((tables) => tables.map(({ name }) => name).join() === snapshotTables.join())),
});
export type SnapshotManifest = z.infer<typeof snapshotManifest>;

/** `GET /snapshot`: 200; or 404: the relay has none yet, and the till downloads all entries. */
export const snapshotReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('snapshot'), manifest: jws }),
  z.strictObject({ kind: z.literal('no-snapshot') }),
]);

/**
 * `GET /snapshot/:hash`: 200, the bytes of a chunk, gzip of one line of JSON per row; or 404: it belongs to no stored snapshot.
 */
export const noChunk = z.strictObject({ kind: z.literal('no-chunk') });
