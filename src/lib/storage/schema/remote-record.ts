// Schemas of what the shop's other tills and the relay wrote, as downloaded from the relay's order.
import { cursor, relayActBodies, verdict } from '$lib/contract/shop-journal';
import { credit } from '$lib/contract/journal';
import { card, entryOnWire } from '$lib/contract/journal-upload';
import { tillName, tillNumber } from '$lib/contract/till';
import { at, hash, id } from '$lib/contract/values';
import type { AccountRow } from '$lib/domain/rows';
import * as z from 'zod/mini';

export { relayActBodies };

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

/**
 * One entry of the shop's order. `entry` is null for an entry of this device, which its own journal has, and for one of which
 * the relay has only the hashes. `original`: the hash of the entry that it carries over, otherwise its own. `effect`: whether
 * rows were projected from it; `waiting`: not before the relay says so.
 */
export const remoteEntryRow = z.strictObject({
  order: z.int().check(z.positive()),
  receivedAt: at,
  verdict,
  till: id,
  seq: z.int().check(z.positive()),
  hash,
  original: hash,
  entry: z.nullable(entryOnWire),
  effect: z.enum(['projected', 'waiting', 'none']),
});
export type RemoteEntryRow = z.infer<typeof remoteEntryRow>;

/** A till of the shop. `replacedBy`: the id its device enrolled under later. */
export const remoteTillRow = z.strictObject({
  till: id,
  number: tillNumber,
  name: tillName,
  replacedBy: z.nullable(id),
  revokedAt: z.nullable(at),
});
export type RemoteTillRow = z.infer<typeof remoteTillRow>;

/** A step of an account with the place of its entry in the shop's order. */
export type RemoteAccountRow = AccountRow & { order: number };

/**
 * The card of a customer by the shop's order. `recordHash`, `till` and `order`: of the entry that changed it last; `card`: null
 * where it is this device's own, or the relay does not have it. The credit is a field of its own. `ownHash`: the newest of this
 * device's own cards that the order has; null: none.
 */
export const remoteCardRow = z.strictObject({
  customer: id,
  recordHash: hash,
  till: id,
  order: z.int(),
  at,
  /** When the relay first had an entry with this number on the card, ms; null: no number, or an import's. */
  phoneSince: z.nullable(at),
  card: z.nullable(card),
  credit,
  creditTill: id,
  creditOrder: z.int(),
  ownHash: z.nullable(hash),
});
export type RemoteCardRow = z.infer<typeof remoteCardRow>;
