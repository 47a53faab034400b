// Lockout: after how many wrong PINs or reserve codes a till locks, and for how long. Pure.

export type Tries = {
  /** Number of wrong tries since the last correct one or the last lock. */
  readonly failures: number;
  readonly locks: number;
  /** ms since the epoch; 0: not locked. */
  readonly lockedUntil: number;
  readonly lockMs: number;
  /** Latest time of a check: reveals a clock that was set back. */
  readonly seenAt: number;
};

export const MOST_TRIES = 5;
/** Each further lock is twice as long, up to the longest. */
const FIRST_LOCK_MS = 60_000;
const LONGEST_LOCK_MS = 15 * 60_000;

export function noTries(at: number): Tries {
  return { failures: 0, locks: 0, lockedUntil: 0, lockMs: 0, seenAt: at };
}

/** The row at time `at`. If the clock was set back, a lock is neither ended nor prolonged: it runs again from the new time. */
export function triesAt<T extends Tries>(row: T, at: number): T {
  if (row.lockedUntil === 0) return { ...row, seenAt: at };
  if (at < row.seenAt) return { ...row, lockedUntil: at + row.lockMs, seenAt: at };
  return at >= row.lockedUntil
    ? { ...row, lockedUntil: 0, failures: 0, seenAt: at }
    : { ...row, seenAt: at };
}

/** The row after one more try. The fifth try locks, and each further lock lasts longer. */
export function afterTry<T extends Tries>(before: T, at: number): T {
  const row = triesAt(before, at);
  const failures = row.failures + 1;
  if (failures < MOST_TRIES || row.lockedUntil !== 0) return { ...row, failures };
  const lockMs = Math.min(FIRST_LOCK_MS * 2 ** row.locks, LONGEST_LOCK_MS);
  return { ...row, failures, lockMs, locks: row.locks + 1, lockedUntil: at + lockMs };
}
