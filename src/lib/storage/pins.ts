// Wrong PINs, counted on the disk: a reload, a second tab or a clock set back frees nobody. Never sees a PIN.
import { transact, type TillDb } from './db';
import { pinFailuresRow, recorded, type PinFailuresRow } from './records';
import { atDisk } from './storage-error';
import { alone, asWriter } from './writer';

/** Wrong PINs in a row until the operator has to wait. */
const FAILURES_UNTIL_LOCK = 5;
const FIRST_LOCK_MS = 60_000;
const LONGEST_LOCK_MS = 900_000;

export type PinFailure =
  | { readonly kind: 'wrong'; readonly left: number }
  /** `until`: ms since the epoch. */
  | { readonly kind: 'locked'; readonly until: number };

/** Until when this operator may not try, or null. A clock set back begins the wait anew. */
export function pinLock(db: TillDb, operator: string, at: number): Promise<number | null> {
  return alone(db, async () => {
    const row = await atDisk(() => db.pinFailures.get(operator));
    if (row === undefined) return null;
    const now = await looked(db, row, at);
    return now.lockedUntil > at ? now.lockedUntil : null;
  });
}

/** The row as seen at `at`. Stored only where the clock went back under a lock: then the wait is as long again. */
async function looked(db: TillDb, row: PinFailuresRow, at: number): Promise<PinFailuresRow> {
  const setBack = at < row.seenAt && row.lockedUntil > 0;
  const seen: PinFailuresRow = setBack
    ? { ...row, seenAt: at, lockedUntil: at + row.lockMs }
    : { ...row, seenAt: Math.max(at, row.seenAt) };
  const locked = seen.lockedUntil > at;
  if (setBack || (locked && seen.seenAt !== row.seenAt)) {
    await transact(db, [db.pinFailures], () => db.pinFailures.put(recorded(pinFailuresRow, seen)));
  }
  return seen;
}

/** Counts one wrong PIN. The fifth in a row locks for a minute, and each lock after it twice as long, up to 15 minutes. */
export function countPinFailure(
  db: TillDb,
  operator: string,
  at: number,
  policyVersion: number,
): Promise<PinFailure> {
  return asWriter(db, async (writer): Promise<PinFailure> => {
    const before = await atDisk(() => db.pinFailures.get(operator));
    if (before !== undefined && before.lockedUntil > at) {
      return { kind: 'locked', until: before.lockedUntil };
    }
    const failures = (before?.failures ?? 0) + 1;
    const locks = before?.locks ?? 0;
    if (failures < FAILURES_UNTIL_LOCK) {
      const lockMs = before?.lockMs ?? 0;
      const seenAt = Math.max(at, before?.seenAt ?? 0);
      const row = { operator, failures, locks, lockedUntil: 0, lockMs, seenAt };
      await transact(db, [db.pinFailures], () => db.pinFailures.put(recorded(pinFailuresRow, row)));
      return { kind: 'wrong', left: FAILURES_UNTIL_LOCK - failures };
    }
    const lockMs = Math.min(FIRST_LOCK_MS * 2 ** locks, LONGEST_LOCK_MS);
    const until = at + lockMs;
    const row = recorded(pinFailuresRow, {
      ...{ operator, failures: 0, locks: locks + 1, lockedUntil: until, lockMs, seenAt: at },
    });
    const body = { operator, failures, until };
    await writer.write(
      { act: 'pin-locked', body, operator: null, at, policy: policyVersion },
      [db.pinFailures],
      () => db.pinFailures.put(row),
    );
    return { kind: 'locked', until };
  });
}

/** The right PIN: nothing is counted any more. */
export async function clearPinFailures(db: TillDb, operator: string): Promise<void> {
  const row = await atDisk(() => db.pinFailures.get(operator));
  if (row === undefined) return;
  await transact(db, [db.pinFailures], () => db.pinFailures.delete(operator));
}
