// When an entry can have been made, by what its till has signed and uploaded.
import type { Relay } from '../context';
import { namesOfDevice } from '../store/former-names';
import { hashAt } from '../store/journal';
import {
  lastDateOf,
  progressOf,
  seenAt,
  signedHeadAt,
  signedUntil,
} from '../store/journal-progress';
import { tillById } from '../store/tills';
import type { Original } from './entry-reading';

/**
 * The times by which the date of an entry is judged, ms. It counts at `earliest` or later, and at `latest` or earlier. `proven`: an honest
 * till dates it no earlier. `before`: the date of the entry ahead of it; 0 if that date is not to be compared.
 * `isAgain`: the entry is judged again, after later ones of its till.
 */
export type Times = {
  readonly earliest: number;
  readonly latest: number;
  readonly proven: number;
  readonly before: number;
  readonly isAgain: boolean;
};

/**
 * `latest`: its arrival, or when the relay first saw that its till had signed a head which includes it; not before `earliest`,
 * where its till signed heads that contradict each other.
 */
export async function timesOf(
  relay: Relay,
  original: Original,
  { receivedAt = relay.now(), isAgain = false } = {},
): Promise<Times> {
  const { till, seq } = original;
  const { db } = relay;
  const proven = await provenOf(relay, original);
  const reached = isAgain ? 0 : (await progressOf(db, await namesOfDevice(db, till))).at;
  const before = isAgain ? 0 : await lastDateOf(db, till);
  const earliest = Math.max(reached, proven);
  const seen = (await seenAt(db, till, seq)) ?? Infinity;
  const latest = Math.max(earliest, Math.min(receivedAt, seen));
  return { earliest, latest, proven, before, isAgain };
}

/** When an entry of this date counts in caps and windows, ms. */
export const countedAt = (
  at: number,
  { earliest, latest }: Pick<Times, 'earliest' | 'latest'>,
): number => Math.min(latest, Math.max(at, earliest));

/**
 * The earliest time at which an entry can have been made, ms: after its till was enrolled, and after the till signed the entries ahead of
 * it. A signature under other entries, those of a copy of the till, does not count. The time of the last upload does not either: a long
 * journal is uploaded in parts. Nor do the dates of the entries ahead of it: the clock may have been wrong then.
 */
async function provenOf({ db }: Relay, { till, seq, prevHash }: Original): Promise<number> {
  const enrolledAt = (await tillById(db, till))?.enrolledAt ?? 0;
  const before = await signedHeadAt(db, till, seq - 1);
  const isOnHeld = seq === 1 || (await hashAt(db, till, seq - 1)) === prevHash;
  const follows = before?.hash === prevHash ? before.at : 0;
  const signed = isOnHeld ? await signedUntil(db, till, seq - 1) : follows;
  return Math.max(enrolledAt, signed);
}
