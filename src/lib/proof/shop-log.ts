// The hash over the shop's order, which a checkpoint signs and which tills and relay compare.
import { GENESIS_HASH } from '$lib/contract/journal';
import {
  checkpoint as checkpointSchema,
  lostPoint as lostPointSchema,
  type Checkpoint,
  type LostPoint,
  type OrderedEntry,
} from '$lib/contract/shop-journal';
import { sha256Hex } from './canonical';
import { signJws, verifierOf, type Sign } from './jws';

/** A place in the order, and the hash over all entries up to it. */
export type LogHead = { readonly order: number; readonly logHash: string };

/** Before the first entry. */
export const START_OF_LOG: LogHead = { order: 0, logHash: GENESIS_HASH };

/** The part of an entry that is hashed into the log; the entry's own hash covers its content. */
export type Logged = Pick<OrderedEntry, 'order' | 'verdict'> & { readonly hash: string };

/** The text whose SHA-256 is the log's hash after an entry. */
export const logText = ({ logHash }: LogHead, { order, hash, verdict }: Logged): string =>
  `${logHash} ${order} ${hash} ${verdict}`;

/** The log's head after these entries, which follow `from` without a gap; null: they do not. */
export async function followLog(
  from: LogHead,
  entries: readonly Logged[],
): Promise<LogHead | null> {
  let head = from;
  for (const entry of entries) {
    if (entry.order !== head.order + 1) return null;
    head = { order: entry.order, logHash: await sha256Hex(logText(head, entry)) };
  }
  return head;
}

export const signCheckpoint: Sign<Checkpoint> = signJws;

/** Null if not signed by `relayKey` or not a checkpoint. The caller checks whether it is this shop's and fits the log. */
export const verifyCheckpoint = verifierOf(checkpointSchema);

/** Signs the relay's statement that it does not have this point of the order. */
export const signLostPoint: Sign<LostPoint> = signJws;

/** Null if not signed by `relayKey`, or of another purpose. The caller checks the shop, and that it requested this point. */
export const verifyLostPoint = verifierOf(lostPointSchema);
