// Former names of devices, valid while no till uses them; whether all entries were carried over.
import type { EntryOnWire } from '$lib/contract/journal-upload';
import type { Relay } from '../context';
import type { Finding } from '../store/flags';
import {
  carriedOf,
  carriedOfOthers,
  claimFormerName,
  claimsOf,
  namesOfDevice,
  noteCarried,
} from '../store/former-names';
import { actAt, hashAt, hasOwnActs, headOf } from '../store/journal';
import { entryBehind } from '../store/originals';
import { signedBeyond } from '../store/journal-progress';
import { quarantinedPlaces } from '../store/quarantine';
import { tillById } from '../store/tills';
import type { Original } from './entry-reading';
import { originalIn } from './stored-entries';

/**
 * How long after enrolling a device may still use its former name, ms: it may repeat the request because the reply was lost, or
 * still be preparing the entries it carries over.
 */
const MOVING_MS = 24 * 3_600_000;

/**
 * Keeps the former name that an entry claims, and returns what is wrong with it. Runs inside the transaction that
 * stores the entry.
 */
export async function takeFormerName(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  { till, hash: entry, known }: Original,
): Promise<Finding[]> {
  const isFirst = known?.act === 'till-enrolled' && known.seq === 1;
  const former = isFirst ? known.body.former?.till : undefined;
  if (former === undefined) return [];
  const seenAt = (await tillById(db, former))?.seenAt ?? 0;
  const moved = ((await tillById(db, till))?.enrolledAt ?? now()) + MOVING_MS;
  const refutedAt = seenAt > moved ? seenAt : null;
  // a till of another relay: this relay does not know what it did or who had which rights
  const isOfOther = (await tillById(db, former)) === null && (await tillById(db, till)) !== null;
  const other: Finding[] = isOfOther ? [{ kind: 'former-relay', detail: former }] : [];
  const isClaimed =
    former !== till && (await claimFormerName(db, { former, till, entry, refutedAt }));
  return isClaimed && refutedAt === null ? other : [{ kind: 'former-elsewhere', detail: former }];
}

/** What an entry shows about carrying over: whether it comes too late, and what is missing. */
type CarryOver = {
  /** Whether it was carried over too late: the entry before it is an own act of the till. */
  readonly isLate: boolean;
  /** The place of an entry that the device did not carry over; found when it first acts under the new name. Null: none. */
  readonly missing: number | null;
};

/**
 * Records an entry that was carried over. At the till's first own act, checks that all entries were carried over. Runs inside
 * the transaction that has just appended the entry.
 */
export async function takeCarryOver(
  { db }: Pick<Relay, 'db'>,
  { till, seq, act }: EntryOnWire,
  original: Original,
): Promise<CarryOver> {
  const before = await actAt(db, till, seq - 1);
  const followsOwn = before !== null && before !== 'till-enrolled' && before !== 'carried-over';
  if (act === 'carried-over') {
    const { till: former, seq, hash, prevHash } = original;
    await noteCarried(db, { till, former, seq, hash, prevHash });
    return { isLate: followsOwn, missing: null };
  }
  const isFirst = before !== null && !followsOwn && !(await hasOwnActs(db, till, seq));
  return { isLate: false, missing: isFirst ? await missingOf(db, till) : null };
}

/** The place of an entry of a former name that a device did not carry over; null: none. */
async function missingOf(db: Relay['db'], till: string): Promise<number | null> {
  const device = await namesOfDevice(db, till);
  for (const claim of await claimsOf(db, device)) {
    // checked when that name first acted
    if (claim.till !== till && (await hasOwnActs(db, claim.till))) continue;
    const first = originalIn(await entryBehind(db, claim.entry, { device, seen: 0 }));
    if (first?.act !== 'till-enrolled' || first.body.former === null) continue;
    // the claiming name may have carried over only a part before the device got yet another name
    const tills = [...new Set([claim.till, till])];
    const missing = await missingBefore(db, { tills, device }, first.body.former);
    if (missing !== null) return missing;
  }
  return null;
}

/**
 * Follows the chain of a former name from its stated head down to an entry that the relay holds. Returns the place of the first
 * entry on the way that is missing: neither carried over by the device nor, as a damaged one, kept beside the journal. Null: none.
 * Entries that the former name had itself carried over count as carried over by the device, under one of `tills`.
 */
async function missingBefore(
  db: Relay['db'],
  { tills, device }: { readonly tills: readonly string[]; readonly device: readonly string[] },
  { till: former, seq: named, hash }: Pick<Original, 'till' | 'seq' | 'hash'>,
): Promise<number | null> {
  const held = (await headOf(db, former))?.seq ?? 0;
  const beyond = await signedBeyond(db, former, Math.max(named, held));
  if (beyond !== null) return beyond;
  const carried = await carriedOf(db, device, former);
  const bySeq = new Map<number, Map<string, string>>();
  for (const { seq, hash, prevHash } of carried)
    bySeq.set(seq, (bySeq.get(seq) ?? new Map<string, string>()).set(hash, prevHash));
  const beside = new Set(await quarantinedPlaces(db, former));
  let ofOthers = (await hasOwnActs(db, former)) ? 0 : await carriedOfOthers(db, tills, former);
  let hasCarried = false;
  // null: the entry at this place does not say which one comes before it
  let expected: string | null = hash;
  for (let seq = named; seq > 0; seq -= 1) {
    const here = seq <= held ? await hashAt(db, former, seq) : null;
    if (here !== null && (expected === null || expected === here)) return null;
    const brought = bySeq.get(seq) ?? new Map<string, string>();
    const [first] = brought.values();
    const before: string | undefined = expected === null ? first : brought.get(expected);
    if (before !== undefined && (!hasCarried || seq === 1)) expected = before;
    else if (beside.has(seq)) expected = null;
    else if (ofOthers > 0 && seq > 1) {
      ofOthers -= 1;
      [hasCarried, expected] = [true, null];
    } else return seq;
  }
  return null;
}
