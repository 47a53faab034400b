// Downloads the shop's order: what other tills and the relay wrote since this till's cursor.
// Uses only what the relay's checkpoint covers.
import type { Entry } from '$lib/contract/journal';
import { MOST_CARDS, type EntryOnWire, type PersonalRecord } from '$lib/contract/journal-upload';
import type { Cursor, JournalPage, OrderedEntry } from '$lib/contract/shop-journal';
import type { GateRefusal } from '$lib/contract/till';
import { recordsNamedBy } from '$lib/domain/shop-cards';
import { verifyEntry } from '$lib/proof/chain';
import { knownEntry, readOriginal } from '$lib/proof/known-entry';
import { sealRecord } from '$lib/proof/record';
import { accepts } from '$lib/proof/counting';
import { followLog, verifyCheckpoint, verifyLostPoint, type Logged } from '$lib/proof/shop-log';
import { isUnexpected, isUnreachable } from '$lib/relay-client/exchange';
import type { OrderClient } from '$lib/relay-client/order-client';
import type { TillDb } from '$lib/storage/database/db';
import { saveMeta, isEnrolled, tillIn } from '$lib/storage/database/meta';
import { applyDownloaded, waitingIn } from '$lib/storage/remote/apply-downloaded';
import type { Part } from '$lib/storage/remote/read-ahead';
import {
  forgetRemote,
  isSamePoint,
  remoteCursorIn,
  showErasedAgain,
  START_OF_ORDER,
} from '$lib/storage/remote/remote-order';
import { showComeGoods } from '$lib/storage/remote/shown-goods';
import type { EnrolledTill } from '$lib/storage/schema/records';
import { takeSnapshot, type SnapshotClient } from './snapshot';

/** Smallest number of entries written at once. The till can sell between two steps, so no sale waits for long. */
const FEWEST_AT_ONCE = 10;
const MOST_AT_ONCE = 100;
/** Intended duration of one step, ms; most of it holds the lock. A slow or busy till writes fewer entries per step. */
const STEP_MS = 10;

export type DownloadOutcome =
  /** There is nothing newer. `at`: by the relay's clock, ms. */
  | { readonly kind: 'up-to-date'; readonly at: number; readonly applied: number }
  | { readonly kind: 'unreachable' }
  /** The reply does not match the contract, so nothing of it is used. */
  | { readonly kind: 'unreadable' }
  /** This device is not enrolled. */
  | { readonly kind: 'not-enrolled' }
  /** The relay refuses this till. */
  | { readonly kind: 'refused'; readonly because: GateRefusal['kind'] }
  /** The reply does not match what the relay signed, or belongs to another shop, so nothing of it is used. */
  | { readonly kind: 'not-believed' }
  /** The relay's entries of this till differ from its own journal. */
  | { readonly kind: 'fork' };

export type DownloadClient = SnapshotClient & Pick<OrderClient, 'cards'>;

/**
 * Downloads until there is nothing newer. `waitMs`: how long the relay may wait for a new entry before it answers. `onapplied`:
 * called after each part that has entries of other tills or that erased cards. Throws StorageError: whatever was applied before
 * stays.
 */
export async function download(
  db: TillDb,
  client: DownloadClient,
  waitMs: number,
  onapplied: () => Promise<void> = () => Promise.resolve(),
): Promise<DownloadOutcome> {
  let applied = 0;
  let maySnapshot = true;
  let isFromSnapshot = false;
  let atOnce = FEWEST_AT_ONCE;
  for (;;) {
    const till = await tillIn(db);
    if (!isEnrolled(till)) return { kind: 'not-enrolled' };
    const cursor = (await remoteCursorIn(db)) ?? START_OF_ORDER;
    if (cursor.order === 0 && maySnapshot) {
      // try once only: if the snapshot is dropped, download from the first entry
      maySnapshot = false;
      const taken = await takeSnapshot(db, client, till, {
        follows: async (page, end) => (await verifiedPoints(page, end, till)) !== null,
        onapplied,
      });
      if (taken.kind === 'unreachable') return taken;
      if (taken.kind === 'applied') {
        isFromSnapshot = true;
        applied += taken.order;
        await onapplied();
        continue;
      }
    }
    const page = await client.journal(cursor.order === 0 ? null : cursor, applied > 0 ? 0 : waitMs);
    if (isUnexpected(page)) return { kind: 'unreadable' };
    if (isUnreachable(page)) return { kind: 'unreachable' };
    if (page.kind === 'other-epoch') {
      // without a signature anybody could make this till forget the debts of other tills
      if (!(await isLostPoint(page.lostPoint, cursor, till))) return { kind: 'not-believed' };
      // the relay was restored from an older copy: entries it lost do not count until the tills upload them again
      await forgetRemote(db, 'kept');
      await onapplied();
      continue;
    }
    if (page.kind !== 'journal') return { kind: 'refused', because: page.kind };
    const verified = await verifiedPoints(page, cursor, till);
    if (verified === null) return { kind: 'not-believed' };
    const written = page.entries.flatMap((each) => ('entry' in each ? [each.entry] : []));
    // an entry that makes waiting entries count also needs the cards that those name
    const waiting = written.some(accepts) ? await waitingIn(db) : [];
    const records = await recordsOf(client, [...written, ...waiting]);
    if (records === null) return { kind: 'unreachable' };
    if (page.entries.length > 0) {
      const parts = partsOf(page, { from: cursor, ...verified, atOnce });
      const began = performance.now();
      const downloaded = { till: till.id, from: cursor, parts, records };
      const outcome = await applyDownloaded(db, downloaded, (hashes) => recordsAt(client, hashes));
      if (written.length > 0 || outcome === 'erased') await onapplied();
      if (outcome === 'fork' || outcome === 'unreachable') return { kind: outcome };
      if (outcome === 'moved') continue;
      atOnce = nextAtOnce(atOnce, (performance.now() - began) / parts.length);
      applied += page.entries.length;
      continue;
    }
    // the copy may have been dropped during the request, so there may be something newer
    if (!isSamePoint((await remoteCursorIn(db)) ?? START_OF_ORDER, cursor)) continue;
    if (await showComeGoods(db)) await onapplied();
    if (await showErasedAgain(db)) continue;
    // applying a page with entries stores its checkpoint; after a snapshot without later entries, store it here
    if (isFromSnapshot) await saveMeta(db, 'checkpoint', page.checkpoint);
    return { kind: 'up-to-date', at: verified.at, applied };
  }
}

/** Whether the shop's relay has signed that it lacks this point. */
async function isLostPoint(
  jws: string,
  { epoch, order, logHash }: Cursor,
  { shop, relayKey }: EnrolledTill,
): Promise<boolean> {
  const lost = await verifyLostPoint(jws, relayKey);
  if (order === 0 || lost?.shop !== shop) return false;
  const { after } = lost;
  return after.order === order && after.epoch === epoch && after.logHash === logHash;
}

/** The page in parts of `atOnce` entries. `points`: the points of the order after each entry; `from`: the one before them. */
function partsOf(
  { entries, checkpoint }: Extract<JournalPage, { kind: 'journal' }>,
  { from, points, at, atOnce }: Verified & { readonly from: Cursor; readonly atOnce: number },
): Part[] {
  const parts: Part[] = [];
  for (let first = 0; first < entries.length; first += atOnce) {
    const some = entries.slice(first, first + atOnce);
    const end = first + some.length;
    const to = { ...(points[end - 1] ?? from), at };
    parts.push({ entries: some, to, checkpoint: end === entries.length ? checkpoint : null });
  }
  return parts;
}

/** Number of entries to write in the next steps. `elapsedMs`: how long a step with `count` of them took. */
function nextAtOnce(count: number, elapsedMs: number): number {
  const fitting = Math.floor((count * STEP_MS) / Math.max(elapsedMs, 1));
  return Math.min(Math.max(fitting, FEWEST_AT_ONCE), Math.min(2 * count, MOST_AT_ONCE));
}

/** `points`: the point of the order after each entry of a page. `at`: when the relay signed the last of them, ms. */
type Verified = { readonly points: readonly Cursor[]; readonly at: number };

/** Null: the page does not match what the relay signed for this shop. */
async function verifiedPoints(
  page: Extract<JournalPage, { kind: 'journal' }>,
  cursor: Cursor,
  { shop, relayKey }: EnrolledTill,
): Promise<Verified | null> {
  const whole = Promise.all(page.entries.map(isWhole));
  const point = await verifyCheckpoint(page.checkpoint, relayKey);
  const points: Cursor[] = [];
  let end: Cursor = cursor;
  for (const each of page.entries) {
    const head = await followLog(end, [loggedOf(each)]);
    if (head === null) return null;
    end = { ...head, epoch: epochAfter(end, each, shop) };
    points.push(end);
  }
  if ((await whole).includes(false) || point?.shop !== shop) return null;
  const isCovered =
    point.order === end.order && point.logHash === end.logHash && point.epoch === end.epoch;
  return isCovered ? { points, at: point.at } : null;
}

const loggedOf = (each: OrderedEntry): Logged => {
  const { order, verdict } = each;
  return { order, verdict, hash: 'own' in each ? each.own.hash : each.entry.hash };
};

/** Whether an entry matches its hash. Entries that the relay did not keep have only a hash. */
async function isWhole(each: OrderedEntry): Promise<boolean> {
  if ('own' in each || each.verdict === 'not-kept') return true;
  return verifyEntry(each.entry as unknown as Entry);
}

/** The epoch that begins with this entry. */
function epochAfter({ epoch }: Cursor, each: OrderedEntry, shop: string): number {
  if ('own' in each || each.entry.till !== shop || each.entry.act !== 'epoch-began') return epoch;
  return (each.entry['body'] as { epoch?: number } | null)?.epoch ?? epoch;
}

/** The cards and persons named by entries of others, by hash, without those the relay lacks; null: the relay did not answer. */
async function recordsOf(
  client: Pick<OrderClient, 'cards'>,
  entries: readonly EntryOnWire[],
): Promise<ReadonlyMap<string, PersonalRecord> | null> {
  const named = entries.flatMap((entry) => {
    const original = readOriginal(entry);
    const known = original === null ? null : knownEntry(original);
    return known === null ? [] : recordsNamedBy(known);
  });
  return recordsAt(client, [...new Set(named)]);
}

/** The cards and persons with these hashes, without those the relay lacks; null: the relay did not answer. */
async function recordsAt(
  client: Pick<OrderClient, 'cards'>,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, PersonalRecord> | null> {
  const records = new Map<string, PersonalRecord>();
  for (let first = 0; first < hashes.length; first += MOST_CARDS) {
    const reply = await client.cards(hashes.slice(first, first + MOST_CARDS));
    if (reply.kind !== 'cards') return null;
    for (const { hash, ...record } of reply.cards)
      if ((await sealRecord(record)) === hash) records.set(hash, record);
  }
  return records;
}
