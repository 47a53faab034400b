// Detects that the relay was restored from an older copy, and prevents it from sending messages twice.
// The database itself cannot show this. Each till therefore keeps the newest watermark that the relay signed, and sends it at
// sign-in. It gets one with each upload, at each sign-in, and after messages were sent. If the lost entries came from other tills,
// the checkpoint up to which a till has downloaded shows the loss.
import { randomInt } from 'node:crypto';
import type { Watermark } from '$lib/contract/journal-upload';
import { UPLOAD_ENTRIES } from '$lib/contract/journal-upload';
import type { SessionRequest } from '$lib/contract/till';
import { DAY_MS } from '$lib/domain/values/durations';
import type { Checkpoint } from '$lib/contract/shop-journal';
import { signWatermark, verifyWatermark } from '$lib/proof/journal-head';
import { verifyCheckpoint } from '$lib/proof/shop-log';
import type { Relay } from '../context';
import { beginEpoch, commonWith, epochOf, epochSince, headOf, isKnownLost } from '../store/journal';
import {
  keepSignedHead,
  lostUntil,
  nextWatermark,
  noteLost,
  noteWatermark,
  watermarkAt,
} from '../store/journal-progress';
import { lastLeftAt, markMaybeSent, newestMessage } from '../store/outbox';
import { holdReminders } from '../store/reminders';
import { addSummaryItem, dropItems, newestItem } from '../store/summaries';
import { allTills, awaitTills, lastInContact, tillById } from '../store/tills';
import { inTransaction } from '../store/transaction';

type Parts = Pick<Relay, 'db' | 'now' | 'log' | 'startedAt'>;

/**
 * A verified watermark of this relay. `offered`: the last entry of `till` that was uploaded under the watermark's till id, which may
 * be a later id of the same device that carried the entry over.
 */
type Acknowledged = { readonly till: string; readonly mark: Watermark; readonly offered: number };

/**
 * The next watermark of a till: how far the relay holds its journal. Its time is stored, too, so that an older copy of the
 * database can be recognized. Null: the relay has nothing of that journal. Runs inside the caller's transaction.
 */
export async function nextMark(
  { db, now, shopId: shop }: Pick<Relay, 'db' | 'now' | 'shopId'>,
  till: string,
): Promise<Watermark | null> {
  const head = await headOf(db, till);
  if (head === null) return null;
  const { seq, hash } = head;
  const at = await nextWatermark(db, till, now());
  return { v: 1, purpose: 'watermark', shop, till, seq, hash, at };
}

/** Signs a watermark, if there is one, as the field of a reply. */
export async function signed(
  { key }: Pick<Relay, 'key'>,
  mark: Watermark | null,
): Promise<{ readonly watermark?: string }> {
  if (mark === null) return {};
  return { watermark: await signWatermark(mark, key.privateKey, key.kid) };
}

/** The next watermark of a till, if a message was sent, or began to be, since the previous one; otherwise null. */
export async function markAfterSending(
  relay: Pick<Relay, 'db' | 'now' | 'shopId'>,
  till: string,
): Promise<Watermark | null> {
  const { db } = relay;
  if ((await lastLeftAt(db)) < (await watermarkAt(db, till))) return null;
  return inTransaction(relay, (relay) => nextMark(relay, till));
}

/**
 * Verifies the watermarks that a till sends at sign-in, for its own id and for former ids of its device. Leaves out those that this
 * relay did not sign. A watermark for a former id may be any till's of the shop, because each proves a restore equally well.
 */
export async function verifyAcknowledged(
  { key, shopId }: Pick<Relay, 'key' | 'shopId'>,
  { tillId, acknowledged, former = [] }: SessionRequest,
): Promise<readonly Acknowledged[]> {
  const own = acknowledged === undefined ? [] : [{ till: tillId, ...acknowledged }];
  const verified: Acknowledged[] = [];
  for (const { till, watermark, offered } of [...own, ...former]) {
    const mark = await verifyWatermark(watermark, key.publicJwk);
    const isForeign = till === tillId && mark?.till !== tillId;
    if (mark?.shop === shopId && !isForeign) verified.push({ till, mark, offered });
  }
  return verified;
}

/**
 * Compares the watermarks that a till sends with the stored ones. If one of them is newer, the relay was restored from an older
 * copy: all messages queued until then are marked as maybe sent, as are those that lost entries queue when they arrive again. Lost
 * entries: those up to the watermark, at most one upload after it whose reply did not arrive, and entries of an older id that were
 * carried over before it. Runs inside the caller's transaction.
 */
export async function detectPutBack(
  parts: Parts,
  tillId: string,
  shown: readonly Acknowledged[],
): Promise<void> {
  const { db, log } = parts;
  const heldOf = async (till: string) => (await headOf(db, till))?.seq ?? 0;
  const newer: Acknowledged[] = [];
  for (const one of shown) {
    const { till, seq, at } = one.mark;
    // entries of a former id are not uploaded again under that id, so only the time counts for it
    const isMissing = till === tillId && seq > (await heldOf(till));
    if (isMissing || at > (await watermarkAt(db, till))) newer.push(one);
  }
  if (newer.length === 0) return;
  for (const { till, mark, offered } of newer) {
    const { seq, hash, at } = mark;
    const held = await heldOf(till);
    const lost =
      mark.till === till
        ? Math.max(seq, Math.min(offered, seq + UPLOAD_ENTRIES))
        : Math.min(offered, Math.max(held, await lostUntil(db, till)) + seq);
    await noteWatermark(db, mark.till, at);
    await noteLost(db, till, lost);
    // kept as a signed head, so that another entry at that place counts as a fork
    if (mark.till === till && seq > held) await keepSignedHead(db, till, { seq, hash, at: 0 }, at);
  }
  const at = Math.max(...newer.map(({ mark }) => mark.at));
  // one new epoch is enough for all tills whose watermarks are older than it
  if (at > (await epochSince(db))) await beginAnew(parts, { lostAt: at });
  const untold = await notePutBack(parts, at);
  for (const { till, mark } of newer)
    log({ event: 'relay-put-back', till, by: tillId, had: mark.seq, untold });
}

/** Verifies the checkpoint that a till sends at sign-in; null: this relay did not sign it. */
export async function verifyDownloaded(
  { key, shopId }: Pick<Relay, 'key' | 'shopId'>,
  checkpoint: string,
): Promise<Checkpoint | null> {
  const point = await verifyCheckpoint(checkpoint, key.publicJwk);
  return point?.shop === shopId ? point : null;
}

/**
 * Compares the checkpoint up to which a till has downloaded with the shop's order. If they differ, the relay was restored from an
 * older copy. It then begins an epoch, so that this till's entries are not judged by an order that it did not know; once for each
 * epoch that lost entries, by no clock. Runs inside the caller's transaction.
 */
export async function detectLostOrder(
  parts: Parts,
  till: string,
  point: Checkpoint,
): Promise<void> {
  const { db, log } = parts;
  if ((await commonWith(db, point)) === point.order) return;
  if (await isKnownLost(db, point.epoch)) return;
  // a checkpoint of an earlier epoch does not show which entries of the newest epoch are shared
  const lostAt = point.epoch === (await epochOf(db)) ? point.at : null;
  await beginAnew(parts, { lost: point.epoch, lostAt });
  const untold = await notePutBack(parts, point.at);
  log({ event: 'relay-lost-order', till, had: point.order, untold });
}

/**
 * For `npm run restore`: begins an epoch of the shop's order, and marks everything queued in the copy as maybe sent. Returns the
 * number of messages and summary items that are not sent.
 */
export async function declarePutBack(parts: Parts): Promise<number> {
  return inTransaction(parts, async (parts) => {
    // a till's last contact can be any time before now: the copy was put in place before this process started
    await beginAnew({ ...parts, startedAt: parts.now() });
    return notePutBack(parts, parts.now());
  });
}

/** Runs `work`, and marks what it queues as maybe sent. Runs inside the caller's transaction. */
export async function withoutSending(
  parts: Pick<Parts, 'db' | 'now'>,
  work: () => Promise<void>,
): Promise<void> {
  const { db, now } = parts;
  const after = { message: await newestMessage(db), item: await newestItem(db) };
  await work();
  const untold = await cancelQueued(parts, after, Number.MAX_SAFE_INTEGER);
  if (untold > 0) await addSummaryItem(db, { kind: 'put-back', untold }, now());
}

/** Begins an epoch, and waits for the tills that were last in contact before the start. */
async function beginAnew(
  { db, now, startedAt }: Pick<Parts, 'db' | 'now' | 'startedAt'>,
  loss: Parameters<typeof beginEpoch>[3] = {},
): Promise<void> {
  await beginEpoch(db, newEpoch(), now(), loss);
  await awaitTills(db, await lastInContact(db, startedAt + 1), now());
}

/** How long the relay waits for a till at most, ms. */
const AWAITED_MS = DAY_MS;

/**
 * The tills that a relay waits for after a restore from an older copy. Until each has signed in and uploaded what was lost, the
 * relay does not know what customers owe. `until`: ms.
 */
export async function awaitedTills({
  db,
  now,
}: Pick<Relay, 'db' | 'now'>): Promise<readonly AwaitedTill[]> {
  const awaited: AwaitedTill[] = [];
  for (const { id, name, awaitedSince: since, seenAt, revokedAt, replacedAt } of await allTills(
    db,
  )) {
    if (since === null || revokedAt !== null || replacedAt !== null) continue;
    const until = since + AWAITED_MS;
    const held = (await headOf(db, id))?.seq ?? 0;
    const isBack = (seenAt ?? 0) >= since && held >= (await lostUntil(db, id));
    if (now() < until && !isBack) awaited.push({ id, name, until });
  }
  return awaited;
}

export type AwaitedTill = { readonly id: string; readonly name: string; readonly until: number };

/** A random name for an epoch of the shop's order. */
export const newEpoch = (): number => randomInt(1, 2 ** 47);

/** Marks everything queued until then, ms, as maybe sent, and adds that to the owners' summary. */
async function notePutBack(parts: Pick<Parts, 'db' | 'now'>, until: number): Promise<number> {
  const { db, now } = parts;
  const untold = await cancelQueued(parts, { message: 0, item: 0 }, until);
  await addSummaryItem(db, { kind: 'put-back', untold }, now());
  await holdReminders(db, now());
  return untold;
}

/** Marks messages as maybe sent and drops summary items: those after these ids, queued until then, ms. Returns their number. */
async function cancelQueued(
  { db, now }: Pick<Parts, 'db' | 'now'>,
  after: { readonly message: number; readonly item: number },
  until: number,
): Promise<number> {
  const messages = await markMaybeSent(db, { after: after.message, until }, now());
  return messages + (await dropItems(db, { after: after.item, until }));
}

/**
 * Returns a function that says which messages are held back after a start: those queued before the time it returns, ms; null:
 * none. They wait, for a day at most, until each till that was in contact in the day before the start has signed in: its watermark
 * may show that the relay was restored from an older copy, and that the messages were sent already.
 */
export function openHoldBack({
  db,
  now,
  startedAt,
}: Pick<Parts, 'db' | 'now' | 'startedAt'>): () => Promise<number | null> {
  let awaited: readonly string[] | null = null;
  return async () => {
    awaited ??= await lastInContact(db, startedAt);
    if (now() >= startedAt + DAY_MS) awaited = [];
    const silent: string[] = [];
    for (const till of awaited)
      if (((await tillById(db, till))?.seenAt ?? startedAt) < startedAt) silent.push(till);
    awaited = silent;
    return silent.length === 0 ? null : startedAt;
  };
}
