// How far the shop's order was downloaded, and the snapshot from which the copy of it starts.
import type { BalanceRow } from '$lib/contract/rows';
import { cursor } from '$lib/contract/shop-journal';
import { at, hash, jws } from '$lib/contract/values';
import type { RemoteCardRow } from '$lib/contract/shop-copy';
import type { RemoteAccountRow } from '$lib/proof/shop-fold';
import * as z from 'zod/mini';
import type { CardLines } from './card-lines';

/**
 * How far the shop's order was downloaded. `at`: the relay's time of that download, ms. Every entry of this till states `epoch`
 * and `order` as what the till had seen. `epochs`: each epoch, and up to which place it shares the one before, oldest first.
 */
export const remoteCursor = z.strictObject({
  ...cursor.shape,
  at,
  epochs: z.array(z.strictObject({ epoch: z.int(), shared: z.int() })),
});
export type RemoteCursor = z.infer<typeof remoteCursor>;

/**
 * The snapshot from which the copy starts; it is still being downloaded while there is no cursor. Only the signed manifest is
 * proof. `order`: place of the last entry in it; `at`: when the relay made it, ms.
 */
export const snapshotTaken = z.strictObject({ manifest: jws, order: z.int(), at });
export type SnapshotTaken = z.infer<typeof snapshotTaken>;

/**
 * Set while the goods of a dropped copy are shown until the order is downloaded again. `seen`: the point up to which the goods
 * were known, which changes of goods state meanwhile; null: that point is of another relay.
 */
export const keptGoods = z.strictObject({
  seen: z.nullable(z.pick(cursor, { epoch: true, order: true })),
});
export type KeptGoods = z.infer<typeof keptGoods>;

/**
 * When the control sums were last compared with the relay's, ms. `differed`: they differed, and the copy was dropped at
 * `droppedAt`, ms; `now`: whether it is still being downloaded, or the result of the next comparison. Null: they were equal.
 */
export const sumsCompared = z.strictObject({
  at,
  differed: z.nullable(
    z.strictObject({ droppedAt: at, now: z.enum(['downloading', 'agree', 'differ']) }),
  ),
});
export type SumsCompared = z.infer<typeof sumsCompared>;

/** A chunk of that snapshot as received, gzip. It is kept so that the tables can be compared with it later. */
export const remoteChunkRow = z.strictObject({
  hash,
  bytes: z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array),
});
export type RemoteChunkRow = z.infer<typeof remoteChunkRow>;

/** Cards of a snapshot, sorted by customer, from `first` to before the next row's `first`. */
export type CardPackRow = { readonly first: string; readonly cards: readonly RemoteCardRow[] };

/** Lines of a chunk's cards, keyed by the first customer: either all lines, or those of numbers with these last two digits. */
export type CardLinesRow = CardLines & { readonly part: string; readonly first: string };

/**
 * Sums of a snapshot, sorted by customer; all sums of a customer are in one row. `step`: the step of the first sum; the other
 * sums have the following indexes.
 */
export type BalancePackRow = {
  readonly first: string;
  readonly balances: readonly BalanceRow[];
  readonly step: Omit<RemoteAccountRow, 'customer' | 'account' | 'delta'>;
};
