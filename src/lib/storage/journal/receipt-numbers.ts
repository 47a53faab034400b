// Gives the next receipt number, above every number that this till or a copy of it may have used.
// A gap is acceptable; a number used twice is not.
import type { SaleRow } from '$lib/contract/rows';
import { metaIn, putMetaIn } from '$lib/storage/database/meta';
import { Dexie } from 'dexie';
import type { TillDb } from '$lib/storage/database/db';
import type { NumbersTaken } from '$lib/storage/schema/relay-record';

/** The skipped ranges of numbers, oldest first, including those of former till ids. Awaits Dexie only. */
export async function numbersTakenIn(db: TillDb): Promise<NumbersTaken> {
  return (await metaIn(db, 'numbers-taken')) ?? [];
}

const NONE: ReadonlySet<string> = new Set();

/** The sale with the highest number of this till id, except sales of entries with these hashes. Awaits Dexie only. */
export async function lastSaleIn(
  db: TillDb,
  till: string,
  except = NONE,
): Promise<SaleRow | undefined> {
  const sales = db.sales.where('[till+number]').between([till, Dexie.minKey], [till, Dexie.maxKey]);
  if (except.size === 0) return sales.last();
  return sales
    .reverse()
    .filter(({ hash }) => !except.has(hash))
    .first();
}

/**
 * Highest number that may have been used under this till id; 0 before the first sale. Sales of entries with the hashes in
 * `except` do not count. Awaits Dexie only.
 */
export async function lastNumberIn(db: TillDb, till: string, except = NONE): Promise<number> {
  const [taken, last] = await Promise.all([numbersTakenIn(db), lastSaleIn(db, till, except)]);
  const numbers = taken.flatMap((each) => (each.till === till ? [each.upTo] : []));
  return Math.max(last?.number ?? 0, ...numbers);
}

/**
 * Skips the numbers that a copy of this till may have used. The copy is known to reach entry `seq` and shares the first
 * `shared` entries with this till; each further entry may be a sale. Idempotent, and a lower `seq` changes nothing. Call it in
 * a transaction that writes meta and reads sales; awaits Dexie only.
 */
export async function leaveNumbersIn(
  db: TillDb,
  till: string,
  { seq, shared }: { readonly seq: number; readonly shared: number },
): Promise<void> {
  const [taken, last] = await Promise.all([numbersTakenIn(db), lastNumberIn(db, till)]);
  if (seq <= shared || taken.some((each) => each.till === till && each.seq >= seq)) return;
  await putMetaIn(db, 'numbers-taken', [
    ...taken,
    { till, after: last, upTo: last + seq - shared, seq },
  ]);
}

/** Skips numbers up to `upTo`, which a lost till may have used. Idempotent; the same transaction as for `leaveNumbersIn`. */
export async function leaveNumbersUpToIn(
  db: TillDb,
  till: string,
  { upTo, seq }: { readonly upTo: number; readonly seq: number },
): Promise<void> {
  const [taken, last] = await Promise.all([numbersTakenIn(db), lastNumberIn(db, till)]);
  if (upTo > last)
    await putMetaIn(db, 'numbers-taken', [...taken, { till, after: last, upTo, seq }]);
}
