// The sums of customers in a snapshot, packed: two rows less for each customer of a new till.
// Otherwise it would fill the sum and the step to it.
// What changes a sum writes a row of `remoteBalances`, which counts instead; packs are never written again.
import type { SnapshotManifest, SnapshotRow } from '$lib/contract/snapshot';
import type { BalanceRow } from '$lib/domain/rows';
import type { RemoteAccountRow } from '$lib/proof/shop-fold';
import type { TillDb } from '$lib/storage/database/db';
import type { BalancePackRow } from '$lib/storage/schema/remote-record';
import type { Table } from 'dexie';
import { packsWith } from './packs';

/** Sums in one row, and a few more of the last customer. */
const PACK_SUMS = 100;

/** The tables of customers' sums, and those of the steps to them. */
export const balanceTables = (db: TillDb): Table[] => [
  ...[db.balances, db.remoteBalances, db.remoteBalancePacks],
];
export const stepTables = (db: TillDb): Table[] => [
  ...[db.accountEntries, db.remoteAccountEntries, db.remoteBalancePacks],
];

/** Which rows of their table, and the snapshot they are of. `first`: how many are before them. */
type Place = { readonly first: number; readonly manifest: SnapshotManifest };

/** The rows that hold these sums, which are in the order of their customers. */
export function balancePacksOf(
  rows: readonly SnapshotRow<'balances'>[],
  { first: before, manifest: { shop, order, logHash, at } }: Place,
): BalancePackRow[] {
  const packs: BalancePackRow[] = [];
  let balances: BalanceRow[] = [];
  for (const [place, row] of rows.entries()) {
    // never between two sums of one customer
    const isNext = row.customer !== rows[place - 1]?.customer;
    if (place === 0 || (isNext && balances.length >= PACK_SUMS)) {
      const step = { hash: logHash, index: before + place, till: shop, seq: order, at, order };
      balances = [];
      packs.push({ first: row.customer, balances, step });
    }
    balances.push(row);
  }
  return packs;
}

/** Sums over all entries of others, in the order of these keys; undefined: none. Awaits Dexie only. */
export async function remoteBalancesIn(
  db: TillDb,
  keys: readonly [customer: string, account: BalanceRow['account']][],
): Promise<(BalanceRow | undefined)[]> {
  const rows = await db.remoteBalances.bulkGet([...keys]);
  const rest = keys.filter((_, place) => rows[place] === undefined);
  const packs = await packsWith(db.remoteBalancePacks, [...new Set(rest.map(([id]) => id))]);
  const packed = new Map(packs.flatMap((pack) => pack.balances.map((row) => [nameOf(row), row])));
  return keys.map(
    ([customer, account], place) => rows[place] ?? packed.get(nameOf({ customer, account })),
  );
}

const nameOf = ({ customer, account }: Omit<BalanceRow, 'sum'>): string => `${customer} ${account}`;

/**
 * The steps of others that moved the sums of these customers. Those in a snapshot are one step of each account at its end:
 * their own are not here. Awaits Dexie only.
 */
export async function remoteStepsOf(
  db: TillDb,
  customers: readonly string[],
): Promise<RemoteAccountRow[]> {
  const wanted = new Set(customers);
  const [steps, packs] = await Promise.all([
    db.remoteAccountEntries
      .where('customer')
      .anyOf([...wanted])
      .toArray(),
    packsWith(db.remoteBalancePacks, [...wanted]),
  ]);
  const opening = packs.flatMap(({ balances, step }) =>
    balances.map(({ customer, account, sum }, place) => ({
      ...{ ...step, index: step.index + place },
      ...{ customer, account, delta: sum },
    })),
  );
  return [...opening.filter(({ customer }) => wanted.has(customer)), ...steps];
}
