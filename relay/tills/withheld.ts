// Finds entries that a till withholds from the relay.
// The signs are confirmed debts whose sale is missing, and signed heads whose entries are never uploaded.
import { GENESIS_HASH } from '$lib/contract/journal';
import { DAY_MS } from '$lib/domain/values/durations';
import type { Relay } from '../context';
import { challengeById } from '../store/challenges';
import { addFlags, isFlaggedSince, type FlaggedEntry } from '../store/flags';
import { namesOfDevice } from '../store/former-names';
import { hashAt, hasOwnActs, headOf } from '../store/journal';
import { forgetSignedHeads, keepSignedHead, signedLonger } from '../store/journal-progress';
import {
  closeGrant,
  keepStatedHead,
  markUnclaimed,
  openGrantsUntil,
  statedHead,
  stopTill,
  unclaimedSince,
} from '../store/withheld';

type Parts = Pick<Relay, 'db' | 'now' | 'log'>;

/** A till's statement of its newest entry. */
type Stated = { readonly seq: number; readonly hash: string };

/** The same with the time at which it was signed, ms, as the till states it. */
export type Signed = Stated & { readonly at: number };

/** How long after the end of a grant its sale must be in the head that its till states, ms. */
const CLAIM_MS = 15 * 60_000;
/** A till in contact signs its head again. An older time than this does not prolong the wait for a sale, ms. */
const FRESH_MS = 5 * 60_000;
/** After so many unclaimed grants in a rolling day a till gets no codes until an owner lifts the stop. */
const STOPPING = 3;

/**
 * Takes the head that a till signed. Later entries must not be dated before it, another entry at its place is a fork, and grants
 * are flagged if their sale should be in it. A head that contradicts what the till sent or signed before is flagged. Returns since
 * when the relay lacks the head, ms; null: it has it. Runs inside the caller's transaction.
 */
export async function takeSignedHead(
  parts: Parts,
  till: string,
  head: Signed,
): Promise<number | null> {
  const { db, now } = parts;
  const at = Math.min(head.at, now());
  const differSince = await noteStatedHead(parts, till, head);
  const held = await headOf(db, till);
  const isOther = differSince !== null && head.seq <= (held?.seq ?? 0);
  if (isOther || (await signedLonger(db, till, { seq: head.seq, at })))
    await flagContradiction(parts, { ...head, till });
  // a head that differs from a held entry is a copy's, and its time does not apply to this journal
  if (!isOther) await keepSignedHead(db, till, { ...head, at }, now());
  await forgetSignedHeads(db, till, held?.seq ?? 0);
  // the relay has everything that the till states, so a sale that is missing was never written
  if (differSince === null)
    await judgeOpenGrants(parts, { ...head, till }, Math.max(at, now() - FRESH_MS));
  return differSince;
}

/** Flags a head that contradicts an earlier one, once a day. */
async function flagContradiction(
  { db, now, log }: Parts,
  { till, seq, hash }: FlaggedEntry,
): Promise<void> {
  if (await isFlaggedSince(db, { till, kind: 'head-differs', since: now() - DAY_MS })) return;
  const place = { till, seq: Math.max(seq, 1), hash };
  await addFlags(db, place, [{ kind: 'head-differs', detail: null }], now());
  log({ event: 'journal-flagged', till, seq: place.seq, kinds: 'head-differs' });
}

/**
 * Records the head that a till states, and compares it with what the relay holds. Returns since when the relay lacks the head, ms;
 * null: it has all of it. Runs inside the caller's transaction.
 */
async function noteStatedHead(
  { db, now }: Pick<Parts, 'db' | 'now'>,
  till: string,
  { seq, hash }: Stated,
): Promise<number | null> {
  const isHeld = await holds({ db }, till, { seq, hash });
  const before = await statedHead(db, till);
  const differSince = isHeld ? null : (before?.differSince ?? now());
  await keepStatedHead(db, till, { seq, hash, differSince });
  return differSince;
}

/**
 * Updates the stated head after an upload, which may have brought the missing entries or a newer head. A head that contradicts an
 * earlier one is flagged. `signedAt`: when the till signed that it has no entry after these, ms; null: it did not.
 */
export async function noteHeldHead(
  parts: Parts,
  till: string,
  uploaded: Stated,
  signedAt: number | null,
): Promise<void> {
  const { db, now } = parts;
  const { seq, hash } = uploaded;
  if (signedAt !== null) {
    const at = Math.min(signedAt, now());
    if (await signedLonger(db, till, { seq, at }))
      await flagContradiction(parts, { seq, hash, till });
    await keepSignedHead(db, till, { seq, hash, at }, now());
  }
  await forgetSignedHeads(db, till, (await headOf(db, till))?.seq ?? 0);
  const stated = await statedHead(db, till);
  if (stated === null || stated.seq <= uploaded.seq)
    await keepStatedHead(db, till, { seq, hash, differSince: null });
  else if (await holds({ db }, till, stated))
    await keepStatedHead(db, till, { ...stated, differSince: null });
}

async function holds(
  { db }: Pick<Parts, 'db'>,
  till: string,
  { seq, hash }: Stated,
): Promise<boolean> {
  if (seq === 0) return hash === GENESIS_HASH;
  return ((await headOf(db, till))?.seq ?? 0) >= seq && (await hashAt(db, till, seq)) === hash;
}

/**
 * Flags the grants of a device whose sale is missing, although the relay has its whole journal up to this head. `at`: the time of
 * the head, ms, not later than now. Runs inside the caller's transaction.
 */
export async function judgeOpenGrants(
  { db, now, log }: Parts,
  head: FlaggedEntry,
  at: number,
): Promise<void> {
  const { till } = head;
  // a device that acts under its new name has already carried over its former journal
  const names = (await hasOwnActs(db, till)) ? await namesOfDevice(db, till) : [till];
  // an empty journal has no entry to flag, so the first place is named
  const place = { ...head, seq: Math.max(head.seq, 1) };
  for (const { challenge } of await openGrantsUntil(db, names, at - CLAIM_MS)) {
    const row = await challengeById(db, challenge);
    // the till revoked it
    if (row?.state !== 'verified') {
      await closeGrant(db, challenge);
      continue;
    }
    await markUnclaimed(db, { challenge, till, at: now() });
    await addFlags(db, place, [{ kind: 'grant-unclaimed', detail: row.receipt }], now());
    log({ event: 'journal-flagged', till, seq: place.seq, kinds: 'grant-unclaimed' });
    if ((await unclaimedSince(db, till, now() - DAY_MS)).length < STOPPING) continue;
    await stopTill(db, till, now());
    log({ event: 'codes-stopped', till });
  }
}
