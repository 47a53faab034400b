// What was done without a code: the caps' usage of a day and a customer's unconfirmed acts of a month. Reads only.
import {
  DAY_MS,
  MONTH_MS,
  unconfirmedOf,
  usageOf,
  type OverrideUsage,
  type Unconfirmed,
} from '$lib/domain/account';
import { money } from '$lib/domain/money';
import { Dexie } from 'dexie';
import type { TillDb } from './db';
import { atDisk } from './storage-error';

/** Overrides of this till in the 24 hours before `at`, in all and for one customer (null: nobody). */
export async function usage(
  db: TillDb,
  at: number,
  customer: string | null,
): Promise<OverrideUsage> {
  const rows = await atDisk(() =>
    db.confirmations
      .where('[kind+at]')
      .between(['override', at - DAY_MS], ['override', Dexie.maxKey])
      .toArray(),
  );
  const overrides = rows.flatMap((row) =>
    row.customer === null
      ? []
      : [{ at: row.at, customer: row.customer, amount: money(row.amount) }],
  );
  return usageOf(overrides, at, customer);
}

/** One customer's acts of the 30 days before `at` that no code confirmed. */
export async function unconfirmed(db: TillDb, customer: string, at: number): Promise<Unconfirmed> {
  const rows = await atDisk(() =>
    db.confirmations
      .where('[customer+at]')
      .between([customer, at - MONTH_MS], [customer, Dexie.maxKey])
      .toArray(),
  );
  return unconfirmedOf(
    rows.map((row) => ({ at: row.at, confirmation: row })),
    at,
  );
}
