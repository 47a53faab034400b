// Reads running totals from the disk. Only the projection of an entry changes them.
import type { Standing } from '$lib/domain/customer';
import { money } from '$lib/domain/money';
import type { Account } from '$lib/domain/rows';
import type { TillDb } from '$lib/storage/database/db';

/** A customer's debt and points; zero for an unknown customer. Awaits Dexie only. */
export async function standingIn(db: TillDb, customer: string): Promise<Standing> {
  const [debt, points] = await db.balances.bulkGet([
    [customer, 'debt'],
    [customer, 'points'],
  ]);
  return { owed: money(debt?.sum ?? 0), points: points?.sum ?? 0 };
}

/** A customer's running total: minor units of debt, or points. */
export type SumOf = (customer: string, account: Account) => number;

/** The current totals of these customers; awaits Dexie only. */
export async function sumsIn(db: TillDb, customers: readonly string[]): Promise<SumOf> {
  const keys = customers.flatMap((customer): [string, Account][] => [
    [customer, 'debt'],
    [customer, 'points'],
  ]);
  const rows = await db.balances.bulkGet(keys);
  const sums = new Map(rows.flatMap((row) => (row === undefined ? [] : [[nameOf(row), row.sum]])));
  return (customer, account) => sums.get(nameOf({ customer, account })) ?? 0;
}

function nameOf({ customer, account }: { customer: string; account: Account }): string {
  return `${customer} ${account}`;
}
