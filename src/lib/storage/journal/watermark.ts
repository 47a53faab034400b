// How far the relay holds this till's journal: its signed watermark, verified against the journal.
import { FORMER_SHOWN, type SignedByRelay } from '$lib/contract/till';
import {
  metaChange,
  metaIn,
  putMetaIn,
  saveMeta,
  isEnrolled,
  tillIn,
} from '$lib/storage/database/meta';
import { decideNumbersSkipped } from '$lib/domain/acts/device/numbers-skipped';
import { verifyWatermark } from '$lib/proof/journal-head';
import { originalOf } from '$lib/proof/known-entry';
import { transact, type TillDb } from '$lib/storage/database/db';
import { checkedChain } from './checked-chain';
import { headIn, headSeqIn, newestPolicyIn } from './reader';
import { lastNumberIn, numbersTakenIn } from './receipt-numbers';
import type { EnrolledTill } from '$lib/storage/schema/records';
import type { FormerWatermark } from '$lib/storage/schema/relay-record';
import { asWriter } from './writer';

/** The head of the relay's copy. */
export type AcknowledgedHead = { readonly seq: number; readonly hash: string };

/**
 * The last stored watermark, verified again because a row raised by hand would stop uploads for ever. Null if there is none, or
 * if it is not about this journal.
 */
export async function acknowledged(
  db: TillDb,
  till: EnrolledTill,
): Promise<AcknowledgedHead | null> {
  const row = await metaIn(db, 'watermark');
  const entry = row === null ? undefined : await db.journal.get([till.id, row.seq]);
  if (row === null || entry === undefined) return null;
  const mark = await verifyWatermark(row.jws, till.relayKey);
  if (mark === null || mark.till !== till.id || mark.shop !== till.shop) return null;
  return mark.seq === entry.seq && mark.hash === entry.hash ? { ...mark } : null;
}

export type WatermarkOutcome =
  | { readonly kind: 'kept'; readonly seq: number }
  /** Not signed by this relay, or about another till: ignored. */
  | { readonly kind: 'not-believed' }
  /** The relay has more of this journal than this device, which was restored from an old copy. */
  | { readonly kind: 'behind' }
  /** The relay has another entry at its head. */
  | { readonly kind: 'fork' };

/** Stores the relay's watermark if its signature verifies and it reaches at least `sent`. `at`: ms. */
export async function takeWatermark(
  db: TillDb,
  till: EnrolledTill,
  { jws, sent, at }: { readonly jws: string; readonly sent: number; readonly at: number },
): Promise<WatermarkOutcome> {
  const mark = await verifyWatermark(jws, till.relayKey);
  if (mark === null || mark.till !== till.id || mark.shop !== till.shop || mark.seq < sent)
    return { kind: 'not-believed' };
  const { seq, hash } = mark;
  const now = await tillIn(db);
  const head = await headIn(db);
  const entry = await db.journal.get([till.id, seq]);
  // re-enrolled meanwhile: the watermark is about the former journal
  if (now?.id !== till.id) return { kind: 'not-believed' };
  if (seq > head.seq || entry?.hash !== hash) {
    const shared = seq > head.seq ? head.seq : ((await acknowledged(db, till))?.seq ?? 0);
    const isOwn = await leaveNumbers(db, till.id, { ...mark, shared, at });
    if (!isOwn) return { kind: seq > head.seq ? 'behind' : 'fork' };
  }
  await transact(db, [db.meta], async () => {
    const held = await metaIn(db, 'quarantine');
    await putMetaIn(db, 'watermark', { till: till.id, seq, hash, jws });
    // the relay knows this till again (its data had been replaced); other reasons end only by re-enrolment
    if (held?.because === 'unknown-till') await db.meta.delete('quarantine');
  });
  return { kind: 'kept', seq };
}

/**
 * Stores a watermark that came without an upload, if it is signed for this till, newer than the stored one, and matches the
 * journal. Anything else is ignored, because the next upload shows whether the relay has other entries. Throws StorageError.
 */
export async function keepWatermark(db: TillDb, tillId: string, jws: string): Promise<void> {
  const till = await tillIn(db);
  if (till?.id !== tillId || !isEnrolled(till)) return;
  const mark = await verifyWatermark(jws, till.relayKey);
  if (mark === null || mark.till !== tillId || mark.shop !== till.shop) return;
  const row = await metaIn(db, 'watermark');
  const stored = row?.till === tillId ? await verifyWatermark(row.jws, till.relayKey) : null;
  if (stored !== null && stored.at >= mark.at) return;
  const { seq, hash } = mark;
  if ((await db.journal.get([tillId, seq]))?.hash !== hash) return;
  await transact(db, [db.meta], async () => {
    // an upload may have stored a newer one meanwhile
    if ((await metaIn(db, 'watermark'))?.jws === row?.jws)
      await putMetaIn(db, 'watermark', { till: tillId, seq, hash, jws });
  });
}

/**
 * Drops a watermark that reaches `seq`, because the relay now has another entry there: it lost entries that it had
 * acknowledged. Re-enrolment uploads them again in a new journal.
 */
export async function dropWatermark(db: TillDb, till: string, seq: number): Promise<void> {
  await transact(db, [db.meta], async () => {
    const row = await metaIn(db, 'watermark');
    if (row?.till === till && row.seq >= seq) await db.meta.delete('watermark');
  });
}

/**
 * Skips receipt numbers that another copy of this till may have used, once. The copy reaches the entry `seq` with `hash`,
 * shares the first `shared` entries, and may have more entries that the relay lacks. Returns true if that entry is this till's
 * own after all: the browser had lost it, and the writer has restored it.
 */
function leaveNumbers(
  db: TillDb,
  till: string,
  { seq, hash, shared, at }: AcknowledgedHead & { readonly shared: number; readonly at: number },
): Promise<boolean> {
  // the writer's lock keeps sales from choosing a number meanwhile
  return asWriter(db, async (writer) => {
    const [entry, taken, last, policy] = await Promise.all([
      db.journal.get([till, seq]),
      numbersTakenIn(db),
      lastNumberIn(db, till),
      newestPolicyIn(db, till),
    ]);
    if (entry?.hash === hash) return true;
    if (writer.till.id !== till || taken.some((each) => each.till === till && each.seq >= seq))
      return false;
    const body = decideNumbersSkipped(last + seq - shared);
    const range = { till, after: last, upTo: body.to, seq };
    await writer.write({ act: 'numbers-skipped', body, operator: null, at, policy }, [
      metaChange('numbers-taken', [...taken, range]),
    ]);
    return false;
  });
}

/** Notes, before the upload, that entries up to this one are being uploaded. Throws StorageError. */
export async function noteOffered(db: TillDb, till: string, seq: number): Promise<void> {
  const held = await metaIn(db, 'offered');
  if (held?.till === till && held.seq >= seq) return;
  await saveMeta(db, 'offered', { till, seq });
}

/**
 * What a session states to the relay so that it can detect that it was restored from an older copy: the newest watermark with the
 * last entry uploaded, the same of former till ids, and the newest checkpoint. Absent values are left out.
 */
export async function signedByRelay(db: TillDb, till: string): Promise<SignedByRelay> {
  const [own, kept, checkpoint] = await Promise.all([
    watermarkOf(db, till),
    metaIn(db, 'former-watermarks'),
    metaIn(db, 'checkpoint'),
  ]);
  const former = (kept ?? []).map(({ jws, ...of }) => ({ ...of, watermark: jws })).toReversed();
  return {
    ...(own && { acknowledged: { watermark: own.jws, offered: own.offered } }),
    ...(former.length > 0 && { former }),
    ...(checkpoint !== null && { checkpoint }),
  };
}

/** The watermark of this till id, and the last entry that the relay may have under it; null if there is none. */
async function watermarkOf(db: TillDb, till: string): Promise<FormerWatermark | null> {
  const [mark, offered] = await Promise.all([metaIn(db, 'watermark'), metaIn(db, 'offered')]);
  if (mark?.till !== till) return null;
  const last = offered?.till === till ? offered.seq : 0;
  return { till, offered: Math.max(mark.seq, last), jws: mark.jws };
}

/** Number of entries read at once. */
const BATCH = 500;

/**
 * The watermarks to send once this till id is a former one, newest first. This till's watermark also covers the former entries
 * that were carried over into its journal.
 */
export async function formerWatermarksAfter(db: TillDb, till: string): Promise<FormerWatermark[]> {
  const [own, former] = await Promise.all([watermarkOf(db, till), metaIn(db, 'former-watermarks')]);
  const kept = former ?? [];
  if (own === null) return kept;
  const carried = new Map<string, number>();
  // entry 1 is `till-enrolled`; carried-over entries follow it
  for (let after = 1; ;) {
    const { sound, last } = await checkedChain(db, till, after, BATCH);
    const next = sound.filter(({ act, seq }) => act === 'carried-over' && seq <= own.offered);
    for (const { till: of, seq } of next.map(originalOf))
      carried.set(of, Math.max(seq, carried.get(of) ?? 0));
    if (last === null || next.length === 0) break;
    after = last;
  }
  const under = [...carried].flatMap(([of, seq]) => {
    const isKnown = kept.some((each) => each.till === of && each.offered >= seq);
    return isKnown ? [] : [{ ...own, till: of, offered: seq }];
  });
  return [own, ...under, ...kept].slice(0, FORMER_SHOWN);
}

/** The entries the relay has not acknowledged. `since`: time of the oldest, ms. */
export type Unacknowledged = { readonly entries: number; readonly since: number | null };

/** The entries after the acknowledged one (0: none was). */
export async function unacknowledged(db: TillDb, acknowledgedSeq: number): Promise<Unacknowledged> {
  const till = await tillIn(db);
  if (till === null) return { entries: 0, since: null };
  const [seq, oldest] = await Promise.all([
    headSeqIn(db),
    db.journal.get([till.id, acknowledgedSeq + 1]),
  ]);
  return { entries: Math.max(0, seq - acknowledgedSeq), since: oldest?.at ?? null };
}
