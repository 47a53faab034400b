// Downloads the shop's order: what the other tills and the relay wrote since this till's cursor.
// Uses only what the relay's checkpoint covers.
import type { Entry } from '$lib/contract/journal';
import { MOST_CARDS, type EntryOnWire, type PersonalRecord } from '$lib/contract/journal-upload';
import type { Cursor, JournalPage, OrderedEntry } from '$lib/contract/shop-journal';
import type { GateRefusal } from '$lib/contract/till';
import { recordsNamedBy } from '$lib/domain/shop-cards';
import { verifyEntry } from '$lib/proof/chain';
import { knownEntry, readOriginal } from '$lib/proof/known-entry';
import { sealRecord } from '$lib/proof/record';
import { accepts } from '$lib/proof/shop-fold';
import { followLog, verifyCheckpoint, verifyLostPoint, type Logged } from '$lib/proof/shop-log';
import { isUnexpected, isUnreachable } from '$lib/relay-client/exchange';
import type { OrderClient } from '$lib/relay-client/order-client';
import type { TillDb } from '$lib/storage/database/db';
import { saveMeta } from '$lib/storage/database/meta';
import { isEnrolled, tillIn } from '$lib/storage/database/till-record';
import {
  applyDownloaded,
  forgetRemote,
  isSamePoint,
  remoteCursorIn,
  showErasedAgain,
  START_OF_ORDER,
  waitingIn,
} from '$lib/storage/remote/remote-order';
import { showComeGoods } from '$lib/storage/remote/shown-goods';
import type { EnrolledTill } from '$lib/storage/schema/records';
import { takeSnapshot, type SnapshotClient } from './snapshot';

/** Entries that are written at once: the till sells between two such steps, and no sale waits for long. */
const FEWEST_AT_ONCE = 10;
const MOST_AT_ONCE = 100;
/** How long one step should take, ms; half of it is written under the lock. A till that is slow, or busy, writes fewer entries. */
const STEP_MS = 10;

export type DownloadOutcome =
  /** There is nothing newer. `at`: by the relay's clock, ms. */
  | { readonly kind: 'up-to-date'; readonly at: number; readonly applied: number }
  | { readonly kind: 'unreachable' }
  /** Something has answered, but not as the contract says: nothing of it is used. */
  | { readonly kind: 'unreadable' }
  /** This device is not enrolled. */
  | { readonly kind: 'not-enrolled' }
  /** The relay refuses this till. */
  | { readonly kind: 'refused'; readonly because: GateRefusal['kind'] }
  /** What came does not fit what the relay signed, or is of another shop: nothing of it is used. */
  | { readonly kind: 'not-believed' }
  /** The relay holds other entries of this till than its own journal. */
  | { readonly kind: 'fork' };

export type DownloadClient = SnapshotClient & Pick<OrderClient, 'cards'>;

/**
 * Downloads until there is nothing newer. `waitMs`: how long the relay may wait for a new entry before it says so.
 * `onapplied`: called after each part with something of others, or by which cards were erased. Throws StorageError: what
 * was applied before stays.
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
      // once: what follows one that was dropped is downloaded from the first entry
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
      // unsigned, it could come from anybody who wants other tills' debts forgotten here
      if (!(await isLostPoint(page.lostPoint, cursor, till))) return { kind: 'not-believed' };
      // a relay that was put back: what it has lost counts nowhere, until the tills upload it again
      await forgetRemote(db, 'kept');
      await onapplied();
      continue;
    }
    if (page.kind !== 'journal') return { kind: 'refused', because: page.kind };
    const verified = await verifiedPoints(page, cursor, till);
    if (verified === null) return { kind: 'not-believed' };
    const written = page.entries.flatMap((each) => ('entry' in each ? [each.entry] : []));
    // what counts from one of these on names cards as well
    const waiting = written.some(accepts) ? await waitingIn(db) : [];
    const records = await recordsOf(client, [...written, ...waiting]);
    if (records === null) return { kind: 'unreachable' };
    const { points, at } = verified;
    let isNews = page.entries.some((each) => 'entry' in each);
    for (let first = 0; first < page.entries.length;) {
      const entries = page.entries.slice(first, first + atOnce);
      const from = points[first - 1] ?? cursor;
      const to = { ...(points[first + entries.length - 1] ?? from), at };
      const began = performance.now();
      const isLast = first + entries.length === page.entries.length;
      const checkpoint = isLast ? page.checkpoint : null;
      const part = { till: till.id, from, entries, to, checkpoint, records };
      const outcome = await applyDownloaded(db, part, (hashes) => recordsAt(client, hashes));
      if (outcome === 'fork' || outcome === 'unreachable') return { kind: outcome };
      if (outcome === 'moved') break;
      isNews ||= outcome === 'erased';
      atOnce = nextAtOnce(entries.length, performance.now() - began);
      first += entries.length;
      applied += entries.length;
    }
    if (isNews) await onapplied();
    if (page.entries.length > 0) continue;
    // the copy may have been dropped while the relay was asked: then there is something newer
    if (!isSamePoint((await remoteCursorIn(db)) ?? START_OF_ORDER, cursor)) continue;
    if (await showComeGoods(db)) await onapplied();
    if (await showErasedAgain(db)) continue;
    // only pages with entries have left theirs
    if (isFromSnapshot) await saveMeta(db, 'checkpoint', page.checkpoint);
    return { kind: 'up-to-date', at, applied };
  }
}

/** Whether the shop's relay has signed that it does not have this point. */
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

/** How many entries to write next. `elapsedMs`: what so many took. */
function nextAtOnce(count: number, elapsedMs: number): number {
  const fitting = Math.floor((count * STEP_MS) / Math.max(elapsedMs, 1));
  const most = Math.min(2 * Math.max(count, FEWEST_AT_ONCE), MOST_AT_ONCE);
  return Math.min(Math.max(fitting, FEWEST_AT_ONCE), most);
}

/** The point of the order after each entry of the page; null: the page is not what the relay has signed for this shop. */
async function verifiedPoints(
  page: Extract<JournalPage, { kind: 'journal' }>,
  cursor: Cursor,
  { shop, relayKey }: EnrolledTill,
): Promise<{ readonly points: readonly Cursor[]; readonly at: number } | null> {
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

/** Whether an entry is what its hash says; of one that the relay did not keep there is only the hash. */
async function isWhole(each: OrderedEntry): Promise<boolean> {
  if ('own' in each || each.verdict === 'not-kept') return true;
  return verifyEntry(each.entry as unknown as Entry);
}

/** The epoch from this entry on. */
function epochAfter({ epoch }: Cursor, each: OrderedEntry, shop: string): number {
  if ('own' in each || each.entry.till !== shop || each.entry.act !== 'epoch-began') return epoch;
  return (each.entry['body'] as { epoch?: number } | null)?.epoch ?? epoch;
}

/** The cards and persons that entries of others name, by hash; null: the relay did not give them. One that it lacks is left out. */
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

/** The cards and persons with these hashes; null: the relay did not give them. One that it lacks is left out. */
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
