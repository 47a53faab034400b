// Checks PINs; counts each try on disk before comparing, so that a reload gives no extra try.
import type { Operator } from '$lib/contract/policy';
import { operatorOf } from '$lib/domain/policy/policy';
import { verifyPin } from '$lib/proof/pin';
import { transact, type TillDb } from '$lib/storage/database/db';
import { currentPolicy } from '$lib/storage/policy/policies';
import { pinFailuresRow, recorded, type PinFailuresRow } from '$lib/storage/schema/records';
import { afterTry, MOST_TRIES, noTries, triesAt } from './lockout';
import { writeAct } from '$lib/storage/journal/writer';

export type PinCount =
  | { readonly kind: 'wrong'; readonly left: number }
  /** `until`: ms since the epoch. */
  | { readonly kind: 'locked'; readonly until: number };

/** Until when this operator's PIN is locked; null: not locked. */
export function pinLock(db: TillDb, operator: string, at: number): Promise<number | null> {
  return transact(db, [db.pinFailures], async () => {
    const row = await db.pinFailures.get(operator);
    if (row === undefined || row.lockedUntil === 0) return null;
    const now = triesAt(row, at);
    await db.pinFailures.put(now);
    return now.lockedUntil === 0 ? null : now.lockedUntil;
  });
}

/** Counts one try; the fifth locks. The lock is on the disk when this resolves. */
function countTry(db: TillDb, operator: string, at: number): Promise<PinFailuresRow> {
  return transact(db, [db.pinFailures], async () => {
    const row = (await db.pinFailures.get(operator)) ?? { operator, ...noTries(at) };
    const next = recorded(pinFailuresRow, afterTry(row, at));
    await db.pinFailures.put(next);
    return next;
  });
}

/** `now`: the time by which locks run, which cannot be set by hand; `at`: the time as shown. */
type Moment = { readonly at: number; readonly now: number };

/** The end of a lock in the time as shown. */
const shownUntil = (lockedUntil: number, { at, now }: Moment): number => lockedUntil - now + at;

async function outcomeOf(
  db: TillDb,
  row: PinFailuresRow,
  moment: Moment,
  policy: number,
): Promise<PinCount> {
  const { at } = moment;
  const { operator, failures, lockedUntil } = row;
  if (lockedUntil === 0) return { kind: 'wrong', left: MOST_TRIES - failures };
  const until = shownUntil(lockedUntil, moment);
  const body = { operator, failures, until };
  await writeAct(db, { act: 'pin-locked', body, operator: null, at, policy }, [
    { table: 'pinFailures', op: 'put', rows: [row] },
  ]);
  return { kind: 'locked', until };
}

/** Counts a wrong PIN. The fifth locks the operator, and the lock is journaled. `policy`: version in force. */
export async function countPinFailure(
  db: TillDb,
  operator: string,
  at: number,
  policy: number,
): Promise<PinCount> {
  return outcomeOf(db, await countTry(db, operator, at), { at, now: at }, policy);
}

/** After a correct PIN: resets tries and locks. */
export function clearPinFailures(db: TillDb, operator: string): Promise<void> {
  return transact(db, [db.pinFailures], () => db.pinFailures.delete(operator));
}

export type PinOutcome =
  | { readonly kind: 'right'; readonly operator: Operator }
  | { readonly kind: 'unknown-operator' }
  | PinCount;

/**
 * Checks a PIN against the verified policy. The try is stored before the comparison, so stopping the till in between does not
 * undo it. `proven`: lower bound of the time, by which locks run; 0 before the relay's first answer.
 */
export async function checkPin(
  db: TillDb,
  attempt: { operator: string; pin: string; at: number; proven: number },
): Promise<PinOutcome> {
  const { pin, at } = attempt;
  const now = attempt.proven || at;
  const current = await currentPolicy(db);
  const operator = current.kind === 'policy' ? operatorOf(current.policy, attempt.operator) : null;
  if (current.kind !== 'policy' || operator === null || !operator.active) {
    return { kind: 'unknown-operator' };
  }
  const until = await pinLock(db, operator.id, now);
  if (until !== null) return { kind: 'locked', until: shownUntil(until, { at, now }) };
  const row = await countTry(db, operator.id, now);
  if (!(await verifyPin(pin, operator.pin))) {
    return outcomeOf(db, row, { at, now }, current.policy.version);
  }
  await clearPinFailures(db, operator.id);
  return { kind: 'right', operator };
}
