// Whether a till is what another was before it enrolled anew. There is no proof but silence: a device has one name at a time, so a former name that is heard of again is another device's.
import { CLOCK_MS } from '../journal/audit-proofs';
import type { Original } from '../journal/entry-reading';
import type { Relay } from '../relay';
import { addFlags, type Finding } from '../store/flags';
import { claimFormerName, refuteFormerName } from '../store/former-names';
import { beganAt } from '../store/journal';
import { minuteOf, notePresence } from '../store/presence';
import { tillById } from '../store/tills';
import { takeNameBack } from './till-names';

type Parts = Pick<Relay, 'db' | 'now' | 'log'>;

/**
 * So long after enrolling a device may still go by its former name: its 201 got lost and it asks again (relay/enrolment.ts),
 * or it is sealing what it carries over.
 */
const MOVING_MS = 24 * 3_600_000;

/** Keeps the former name an entry gives its till; what is wrong with that. For the transaction that keeps the entry. */
export function takeFormerName(
  { db, now }: Parts,
  { till, hash: entry, former }: Original,
): Finding[] {
  if (former === null) return [];
  const seenAt = tillById(db, former)?.seenAt ?? 0;
  const moved = (tillById(db, till)?.enrolledAt ?? now()) + MOVING_MS;
  const heardAt = seenAt > moved ? seenAt : null;
  // nobody here knows what that name did, or who let it
  const isOfOther = tillById(db, former) === null && tillById(db, till) !== null;
  const other: Finding[] = isOfOther ? [{ kind: 'former-relay', detail: former }] : [];
  const isFirst = former !== till && claimFormerName(db, { former, till, entry, heardAt });
  return isFirst && heardAt === null ? other : [{ kind: 'former-elsewhere', detail: former }];
}

/**
 * Whether an original of the device `till` was made before it came to this relay: under a name nobody has enrolled here, and
 * no later than its new journal began.
 */
export function isOfFormerRelay(
  { db }: Pick<Parts, 'db'>,
  till: string,
  { till: name, at }: Original,
): boolean {
  return tillById(db, name) === null && at <= beganAt(db, till) + CLOCK_MS;
}

/** A till has proved by its key that it lives. One that was believed to have gone on from it is flagged. */
export function hear({ db, now, log }: Parts, till: string): void {
  notePresence(db, till, minuteOf(now()));
  takeNameBack({ db, now }, till);
  const refuted = refuteFormerName(db, till, now());
  if (refuted === null) return;
  const entry = { till: refuted.till, seq: 1, hash: refuted.entry };
  addFlags(db, entry, [{ kind: 'former-elsewhere', detail: till }], now());
  log({ event: 'journal-flagged', till: refuted.till, seq: 1, kinds: 'former-elsewhere' });
}
