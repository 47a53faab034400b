// Reads running totals from the disk: this device's own, and those of the whole shop.
// Only the projection of an entry changes them.
import { ACCOUNTS, type Account, type BalanceRow } from '$lib/contract/rows';
import type { Standing } from '$lib/domain/customers/customer';
import { exact, money } from '$lib/domain/values/money';
import type { TillDb } from '$lib/storage/database/db';
import { remoteBalancesIn } from '$lib/storage/remote/packed-balances';
import { mergesIn } from '$lib/storage/remote/merged-cards';

/** This device's totals of a customer, zero if there are none. The projection of the next entry starts from them. */
export type OwnBalances = readonly BalanceRow[];

/** A customer's debt and points over all tills and all cards of their account; zero for an unknown customer. Awaits Dexie only. */
export async function standingIn(db: TillDb, customer: string): Promise<Standing> {
  return (await accountsIn(db, customer)).standing;
}

/** Like `standingIn`, with this device's own part of the totals. Awaits Dexie only. */
export async function accountsIn(
  db: TillDb,
  customer: string,
): Promise<{ readonly standing: Standing; readonly own: OwnBalances }> {
  const [held, sum] = await Promise.all([
    db.balances.bulkGet(keysOf(customer)),
    sumsIn(db, [customer]),
  ]);
  const own = ACCOUNTS.map((account, place) => ({
    customer,
    account,
    sum: held[place]?.sum ?? 0,
  }));
  const standing = { owed: money(sum(customer, 'debt')), points: sum(customer, 'points') };
  return { standing, own };
}

/** A customer's running total over all tills: minor units of debt or purchases, or points. */
export type SumOf = (customer: string, account: Account) => number;

/** The current totals of these customers, over all cards of each account; awaits Dexie only. */
export async function sumsIn(db: TillDb, customers: readonly string[]): Promise<SumOf> {
  const { cardsOf } = await mergesIn(db);
  const keys = [...new Set(customers.flatMap(cardsOf))].flatMap(keysOf);
  const rows = await Promise.all([db.balances.bulkGet(keys), remoteBalancesIn(db, keys)]);
  const sums = new Map<string, number>();
  for (const row of rows.flat()) {
    if (row !== undefined) sums.set(nameOf(row), exact((sums.get(nameOf(row)) ?? 0) + row.sum));
  }
  return (customer, account) =>
    cardsOf(customer).reduce(
      (sum, card) => exact(sum + (sums.get(nameOf({ customer: card, account })) ?? 0)),
      0,
    );
}

const keysOf = (customer: string): [string, Account][] =>
  ACCOUNTS.map((account) => [customer, account]);

function nameOf({ customer, account }: { customer: string; account: Account }): string {
  return `${customer} ${account}`;
}
