// Customers' sums from a snapshot, packed many to a row.
// Unpacked, a new till would have to write two rows for each customer: the sum and the step to it.
// A later change writes a row of `remoteBalances`, which replaces the packed sum; packs never change.
import type { BalanceRow } from '$lib/contract/rows';
import type { SnapshotManifest, SnapshotRow } from '$lib/contract/snapshot';
import type { RemoteAccountRow } from '$lib/proof/shop-fold';
import type { TillDb } from '$lib/storage/database/db';
import type { BalancePackRow } from '$lib/storage/schema/remote-record';
import type { Table } from 'dexie';
import { packsWith } from './packs';

/** Sums in one row; the row also takes the remaining sums of its last customer. */
const PACK_SUMS = 100;

/** The tables of customers' sums; `stepTables`: the tables of the steps that lead to them. */
export const balanceTables = (db: TillDb): Table[] => [
  ...[db.balances, db.remoteBalances, db.remoteBalancePacks],
];
export const stepTables = (db: TillDb): Table[] => [
  ...[db.accountEntries, db.remoteAccountEntries, db.remoteBalancePacks],
];

/** The place of some rows of a snapshot's table. `first`: number of rows before them. */
type Place = { readonly first: number; readonly manifest: SnapshotManifest };

/** The packs that hold these sums. `rows` must be sorted by customer. */
export function balancePacksOf(
  rows: readonly SnapshotRow<'balances'>[],
  { first: before, manifest: { shop, order, logHash, at } }: Place,
): BalancePackRow[] {
  const packs: BalancePackRow[] = [];
  let balances: BalanceRow[] = [];
  for (const [place, row] of rows.entries()) {
    // the sums of one customer are never split between two rows
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

/** Sums over all entries of other tills, in the order of these keys; undefined: none. Awaits Dexie only. */
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
 * The steps of other tills that moved the sums of these customers. Steps inside a snapshot are not here: instead there is one
 * step for each account, at the snapshot's end. Awaits Dexie only.
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
      ...step,
      index: step.index + place,
      customer,
      account,
      delta: sum,
    })),
  );
  return [...opening.filter(({ customer }) => wanted.has(customer)), ...steps];
}
