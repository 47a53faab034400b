// Former names of devices, claimed by a till's first entry; valid while nobody uses the name.
import type { Relay } from '../context';
import type { Finding } from '../store/flags';
import { claimFormerName } from '../store/former-names';
import { beganAt, hasOwnActs } from '../store/journal';
import { tillById } from '../store/tills';
import { CLOCK_MS } from './audit-proofs';
import type { Original } from './entry-reading';

/**
 * How long after enrolling a device may still use its former name: the reply to its enrolment was lost and it repeats the
 * request, or it is still sealing the entries it carries over.
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
  // a till of another relay: what it did, and by whose right, is not known here
  const isOfOther = (await tillById(db, former)) === null && (await tillById(db, till)) !== null;
  const other: Finding[] = isOfOther ? [{ kind: 'former-relay', detail: former }] : [];
  const isClaimed =
    former !== till && (await claimFormerName(db, { former, till, entry, refutedAt }));
  return isClaimed && refutedAt === null ? other : [{ kind: 'former-elsewhere', detail: former }];
}

/**
 * Whether a device made this original before it came to this relay: under a name that is not enrolled here, not later than
 * the beginning of its journal under `till`, and carried over before any act of its own there.
 */
export async function isOfFormerRelay(
  { db }: Pick<Relay, 'db'>,
  till: string,
  { till: name, at }: Original,
): Promise<boolean> {
  return (
    (await tillById(db, name)) === null &&
    at <= (await beganAt(db, till)) + CLOCK_MS &&
    !(await hasOwnActs(db, till))
  );
}
