// How far the shop's order was downloaded, and steps of accounts with their places in it.
import { cursor } from '$lib/contract/shop-journal';
import { at } from '$lib/contract/values';
import * as z from 'zod/mini';

/**
 * How far the shop's order was downloaded. `at`: the relay's time of that download, ms. `epoch` and `order` are stated in
 * every entry of this till as what it had seen. `epochs`: where each began, oldest first.
 */
export const remoteCursor = z.strictObject({
  ...cursor.shape,
  at,
  epochs: z.array(z.strictObject({ epoch: z.int(), began: z.int() })),
});
export type RemoteCursor = z.infer<typeof remoteCursor>;
