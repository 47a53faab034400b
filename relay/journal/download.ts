// What a till downloads: the next part of the shop's order, with a checkpoint.
import type { EntryOnWire } from '$lib/contract/journal-upload';
import type { Cursor, JournalPage, OrderedEntry } from '$lib/contract/shop-journal';
import { signCheckpoint, signLostPoint, START_OF_LOG } from '$lib/proof/shop-log';
import type { Relay } from '../context';
import {
  commonWith,
  entriesAfter,
  epochOf,
  logHashAt,
  logHead,
  type OrderedRow,
} from '../store/journal';

/** The cursor of a till that has downloaded nothing. */
export const START_OF_ORDER: Cursor = { ...START_OF_LOG, epoch: 0 };

/** Entries after the till's cursor. The till's own entries are sent as marks, without their content. */
export async function pageAfter(
  relay: Pick<Relay, 'db' | 'key' | 'shopId' | 'now'>,
  till: string,
  after: Cursor,
  most: { readonly entries: number; readonly bytes: number },
): Promise<JournalPage> {
  const { db, key, shopId, now } = relay;
  const common = await commonWith(db, after);
  if (common < after.order) {
    const state = { epoch: await epochOf(db), common };
    const lost = { v: 1, purpose: 'lost-point', shop: shopId, after, ...state } as const;
    return {
      kind: 'other-epoch',
      ...state,
      lostPoint: await signLostPoint(lost, key.privateKey, key.kid),
    };
  }
  const rows = await entriesAfter(db, { after: after.order, till }, most);
  const head = await logHead(db);
  const order = rows.at(-1)?.order ?? after.order;
  const logHash = await logHashAt(db, order);
  if (logHash === null) throw new Error(`the order has no entry ${order}`);
  const epoch = await epochOf(db, order);
  const point = { v: 1, purpose: 'checkpoint', shop: shopId, epoch, order, logHash } as const;
  return {
    kind: 'journal',
    entries: rows.map((row) => onWire(row, till)),
    head: Math.max(head.order, order),
    checkpoint: await signCheckpoint({ ...point, at: now() }, key.privateKey, key.kid),
  };
}

function onWire(
  { till: of, seq, hash, entry, ...ordered }: OrderedRow,
  till: string,
): OrderedEntry {
  if (of === till) return { ...ordered, own: { seq, hash } };
  return { ...ordered, entry: JSON.parse(entry) as EntryOnWire };
}
