// Checks a typed reserve code; counts the try on disk before comparing.
import { reservePrefix, type CheckedReserveCode } from '$lib/domain/consent/reserve-code';
import { checkReserveCode } from '$lib/proof/reserve-code';
import { transact, type TillDb } from '$lib/storage/database/db';
import { recorded } from '$lib/storage/schema/records';
import { reserveTriesRow, type ReserveTriesRow } from '$lib/storage/schema/relay-record';
import { hashAside } from './reserve-hash';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { afterTry, MOST_TRIES, noTries, triesAt } from './lockout';
import { asWriterSeeing } from '$lib/storage/journal/writer';

/** After this many locks the customer's codes become void at this till, because nobody mistypes that often. */
const MOST_LOCKS = 3;

export type ReserveTry =
  | { readonly kind: 'right'; readonly signed: string; readonly verifier: CheckedReserveCode }
  | { readonly kind: 'wrong'; readonly left: number }
  /** `until`: ms since the epoch. */
  | { readonly kind: 'locked'; readonly until: number }
  /** After too many wrong tries: the customer needs new codes. */
  | { readonly kind: 'void' }
  | { readonly kind: 'none-left' };

export type ReserveAttempt = {
  readonly customer: string;
  readonly code: string;
  readonly operator: string;
  readonly at: number;
  /** Lower bound of the time, by which locks run; it cannot be set forward by hand. 0 before the relay's first answer. */
  readonly proven: number;
  /** Policy version. */
  readonly policy: number;
};

/**
 * Compares the typed code with the verifier of its prefix. The code stays unused until the sale is saved. Throws StorageError.
 */
export async function tryReserveCode(db: TillDb, attempt: ReserveAttempt): Promise<ReserveTry> {
  const { customer, code, at } = attempt;
  const now = attempt.proven || at;
  const locked = (until: number) => ({ kind: 'locked', until: until - now + at }) as const;
  const till = await tillIn(db);
  const counted = await countTry(db, customer, now);
  if (counted === null || !isEnrolled(till)) return { kind: 'none-left' };
  if (counted.kind === 'locked') return locked(counted.until);
  const row = counted.rows.find(({ prefix }) => prefix === reservePrefix(code));
  const { signed } = row ?? {};
  const verifier =
    signed === undefined ? null : await checkReserveCode(code, signed, till.relayKey, hashAside);
  if (signed !== undefined && verifier !== null) {
    await transact(db, [db.reserveTries], () => db.reserveTries.delete(customer));
    return { kind: 'right', signed, verifier };
  }
  const { tries } = counted;
  if (tries.lockedUntil === 0) return { kind: 'wrong', left: MOST_TRIES - tries.failures };
  if (tries.locks < MOST_LOCKS) return locked(tries.lockedUntil);
  await voidAll(db, attempt);
  return { kind: 'void' };
}

/** Counts one try; it is stored when this resolves. Null if the customer has no codes. */
function countTry(db: TillDb, customer: string, now: number) {
  return transact(db, [db.reserveTries, db.reserveVerifiers], async () => {
    const [held, rows] = await Promise.all([
      db.reserveTries.get(customer),
      db.reserveVerifiers.where('customer').equals(customer).toArray(),
    ]);
    if (rows.length === 0) return null;
    const before: ReserveTriesRow = triesAt(held ?? { customer, ...noTries(now) }, now);
    const isLocked = before.lockedUntil !== 0;
    const tries = recorded(reserveTriesRow, isLocked ? before : afterTry(before, now));
    await db.reserveTries.put(tries);
    return isLocked
      ? ({ kind: 'locked', until: before.lockedUntil } as const)
      : ({ kind: 'counted', tries, rows } as const);
  });
}

async function voidAll(db: TillDb, { customer, operator, at, policy }: ReserveAttempt) {
  const tables = [db.reserveVerifiers];
  const look = () => db.reserveVerifiers.where('customer').equals(customer).primaryKeys();
  await asWriterSeeing(db, { tables, look }, (writer, keys) => {
    const body = { customer, verifiers: keys.length, failures: MOST_LOCKS * MOST_TRIES };
    return writer.write({ act: 'reserve-codes-voided', body, operator, at, policy }, [
      { table: 'reserveVerifiers', op: 'delete', keys },
      { table: 'reserveTries', op: 'delete', keys: [customer] },
    ]);
  });
}
