// How far the shop's order was downloaded, and the snapshot that the copy of it begins with.
import { cursor } from '$lib/contract/shop-journal';
import { at, hash, jws } from '$lib/contract/values';
import type { RemoteCardRow } from '$lib/contract/shop-copy';
import type { BalanceRow } from '$lib/domain/rows';
import type { RemoteAccountRow } from '$lib/proof/shop-fold';
import * as z from 'zod/mini';
import type { CardLines } from './card-lines';

/**
 * How far the shop's order was downloaded. `at`: the relay's time of that download, ms. `epoch` and `order` are stated in
 * every entry of this till as what it had seen. `epochs`: each, and up to where the one before is shared, oldest first.
 */
export const remoteCursor = z.strictObject({
  ...cursor.shape,
  at,
  epochs: z.array(z.strictObject({ epoch: z.int(), shared: z.int() })),
});
export type RemoteCursor = z.infer<typeof remoteCursor>;

/**
 * The snapshot that the copy begins with; while there is no cursor, it is being taken. Only the signed manifest is proof.
 * `order`: of the last entry that is in it; `at`: when the relay made it, ms.
 */
export const snapshotTaken = z.strictObject({ manifest: jws, order: z.int(), at });
export type SnapshotTaken = z.infer<typeof snapshotTaken>;

/**
 * The goods of a copy that was dropped are shown until it has come again. `seen`: up to where it was known, which a change of
 * goods states meanwhile; null: another relay has another order.
 */
export const keptGoods = z.strictObject({
  seen: z.nullable(z.pick(cursor, { epoch: true, order: true })),
});
export type KeptGoods = z.infer<typeof keptGoods>;

/**
 * When the control sums were compared with the relay's last, ms. `differed`: they were not the same, and the copy was dropped at
 * `droppedAt`, ms; `now`: whether it is still coming, or what the comparison after it found. Null: they were the same.
 */
export const sumsCompared = z.strictObject({
  at,
  differed: z.nullable(
    z.strictObject({ droppedAt: at, now: z.enum(['downloading', 'agree', 'differ']) }),
  ),
});
export type SumsCompared = z.infer<typeof sumsCompared>;

/** A chunk of that snapshot as it came, gzip. Kept, so that what follows can be checked. */
export const remoteChunkRow = z.strictObject({
  hash,
  bytes: z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array),
});
export type RemoteChunkRow = z.infer<typeof remoteChunkRow>;

/** Cards of a snapshot, in the order of their customers, from `first` to before the next row's. */
export type CardPackRow = { readonly first: string; readonly cards: readonly RemoteCardRow[] };

/** Lines of the cards of a chunk that begins with this customer: all of them, or those with these last two digits. */
export type CardLinesRow = CardLines & { readonly part: string; readonly first: string };

/**
 * Sums of a snapshot, in the order of their customers; all of one customer are in one row. `step`: the one that makes the first of
 * them; the others have the next indexes.
 */
export type BalancePackRow = {
  readonly first: string;
  readonly balances: readonly BalanceRow[];
  readonly step: Omit<RemoteAccountRow, 'customer' | 'account' | 'delta'>;
};
