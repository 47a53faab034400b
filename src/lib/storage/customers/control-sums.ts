// Control sums: this till's totals of debt and points over all customers, for the relay to compare.
// They exist only while relay and till must arrive at the same sums.
import type { BalanceRow } from '$lib/contract/rows';
import type { Cursor, SumsStated } from '$lib/contract/shop-journal';
import type { RemoteEntryRow } from '$lib/contract/shop-copy';
import { RULES_VERSION } from '$lib/contract/version';
import { exact } from '$lib/domain/values/money';
import { knownEntry, originalOf, readOriginal } from '$lib/proof/known-entry';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { pagesOf } from '$lib/storage/database/pages';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { headIn } from '$lib/storage/journal/reader';
import { remoteCursorIn } from '$lib/storage/remote/remote-order';

/** Rows read at once. */
const BATCH = 200;
/** Packs of sums read at once, about a hundred sums each. */
const PACKS = 2;

/**
 * The sums as of the end of the downloaded order. Null if they cannot be compared: the relay has not decided about an own entry
 * that moved debt or points (it is not uploaded, waiting, or not in the order); this version does not understand an entry of
 * another till; or something was written while reading. Reads page by page, so that no act waits. Throws StorageError.
 */
export async function controlSums(db: TillDb): Promise<SumsStated | null> {
  const place = await placeIn(db);
  if (place === null || !(await areAllCounted(db))) return null;
  const own = await sumOf(db, 'balances');
  const remote = await sumOf(db, 'remoteBalances');
  const packed = await packedSums(db);
  const after = await placeIn(db);
  if (after === null || after.head !== place.head || after.point.logHash !== place.point.logHash)
    return null;
  const sum = (account: keyof Sums) => exact(own[account] + remote[account] + packed[account]);
  return { point: place.point, rules: RULES_VERSION, debt: sum('debt'), points: sum('points') };
}

type Sums = { debt: number; points: number };

/** The end of the own journal, and of the downloaded order. No sum changes while both stay the same. */
function placeIn(db: TillDb): Promise<{ readonly head: string; readonly point: Cursor } | null> {
  return readTogether(db, [db.meta, db.journal], async () => {
    const [till, head, cursor] = await Promise.all([tillIn(db), headIn(db), remoteCursorIn(db)]);
    if (!isEnrolled(till) || cursor === null) return null;
    const { epoch, order, logHash } = cursor;
    return { head: head.hash, point: { epoch, order, logHash } };
  });
}

/** Whether the relay has decided about every own entry that moves debt or points, so that both count it or both do not. */
async function areAllCounted(db: TillDb): Promise<boolean> {
  const apart = db.remoteJournal.where('effect').anyOf('uncounted', 'later-version', 'waiting');
  if (!(await apart.toArray()).every(isAlikeEverywhere)) return false;
  // the hashes of the original entries
  const moving = new Set<string>();
  for await (const steps of pagesOf(db.accountEntries, BATCH))
    for (const { account, hash } of steps) if (account !== 'purchases') moving.add(hash);
  if (moving.size === 0) return true;
  for await (const rows of pagesOf(db.remoteJournal, BATCH)) {
    const places = rows.filter(isDecided).flatMap(({ own }) => own ?? []);
    const entries = await db.journal.bulkGet(places.map(({ till, seq }) => [till, seq]));
    for (const entry of entries) if (entry !== undefined) moving.delete(originalOf(entry).hash);
  }
  return moving.size === 0;
}

/** Whether an entry that is not projected counts nowhere. The relay may by now count one that this version cannot read. */
function isAlikeEverywhere({ effect, entry }: RemoteEntryRow): boolean {
  if (effect !== 'waiting') return false;
  const original = entry === null ? null : readOriginal(entry);
  // for an own entry (`entry` null), the own journal says what it moves
  return entry === null || (original !== null && knownEntry(original) !== null);
}

/** Whether the relay has decided that an entry counts or is taken back. For an entry that waited, `effect` says so. */
const isDecided = ({ verdict, effect }: RemoteEntryRow): boolean =>
  verdict === 'accepted' ||
  verdict === 'refused' ||
  effect === 'projected' ||
  (verdict === 'not-understood' && effect === 'none');

function add(sums: Sums, { account, sum }: BalanceRow): void {
  if (account !== 'purchases') sums[account] += sum;
}

async function sumOf(db: TillDb, table: 'balances' | 'remoteBalances'): Promise<Sums> {
  const sums = { debt: 0, points: 0 };
  for await (const rows of pagesOf(db[table], BATCH)) for (const row of rows) add(sums, row);
  return sums;
}

/** Sums of the snapshot's balances that have not changed since the snapshot. */
async function packedSums(db: TillDb): Promise<Sums> {
  const sums = { debt: 0, points: 0 };
  for await (const packs of pagesOf(db.remoteBalancePacks, PACKS)) {
    const rows = packs.flatMap(({ balances }) => balances);
    const changed = await db.remoteBalances.bulkGet(
      rows.map(({ customer, account }) => [customer, account]),
    );
    for (const [place, row] of rows.entries()) if (changed[place] === undefined) add(sums, row);
  }
  return sums;
}
