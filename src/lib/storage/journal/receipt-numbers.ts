// The number of the next receipt, above every one that this till or a copy of it may have used.
// A gap is acceptable; a number used twice is not.
import type { SaleRow } from '$lib/domain/rows';
import { Dexie } from 'dexie';
import type { TillDb } from '$lib/storage/database/db';
import { recorded } from '$lib/storage/schema/records';
import { numbersTaken, type NumbersTaken } from '$lib/storage/schema/relay-record';

/** Moments at which a till had to leave numbers out, oldest first; of former names of this device, too. Awaits Dexie only. */
export async function numbersTakenIn(db: TillDb): Promise<NumbersTaken> {
  const row = await db.meta.get('numbers-taken');
  return row?.key === 'numbers-taken' ? row.value : [];
}

/** The sale with the highest number under this name. Awaits Dexie only. */
export async function lastSaleIn(db: TillDb, till: string): Promise<SaleRow | undefined> {
  return db.sales.where('[till+number]').between([till, Dexie.minKey], [till, Dexie.maxKey]).last();
}

/** Highest number that can have been given under this name; 0 before the first sale. Awaits Dexie only. */
export async function lastNumberIn(db: TillDb, till: string): Promise<number> {
  const [taken, last] = await Promise.all([numbersTakenIn(db), lastSaleIn(db, till)]);
  const numbers = taken.flatMap((each) => (each.till === till ? [each.upTo] : []));
  return Math.max(last?.number ?? 0, ...numbers);
}

/**
 * A copy of this till is known to reach to entry `seq`, and has the first `shared` entries in common with this one: each
 * of the others may be a sale. Said again, or of less, it changes nothing. In a transaction that writes meta and reads
 * sales; awaits Dexie only.
 */
export async function leaveNumbersIn(
  db: TillDb,
  till: string,
  { seq, shared }: { readonly seq: number; readonly shared: number },
): Promise<void> {
  const [taken, last] = await Promise.all([numbersTakenIn(db), lastNumberIn(db, till)]);
  if (seq <= shared || taken.some((each) => each.till === till && each.seq >= seq)) return;
  await keepIn(db, [...taken, { till, after: last, upTo: last + seq - shared, seq }]);
}

/** Numbers up to `upTo` were given by a till that is here no more. The same conditions. */
export async function leaveNumbersUpToIn(
  db: TillDb,
  till: string,
  { upTo, seq }: { readonly upTo: number; readonly seq: number },
): Promise<void> {
  const [taken, last] = await Promise.all([numbersTakenIn(db), lastNumberIn(db, till)]);
  if (upTo > last) await keepIn(db, [...taken, { till, after: last, upTo, seq }]);
}

async function keepIn(db: TillDb, value: NumbersTaken): Promise<void> {
  await db.meta.put({ key: 'numbers-taken', value: recorded(numbersTaken, value) });
}
