// Checks at the end of a verification: stray rows, and cards and sums that differ from the journal.
import { metaIn } from '$lib/storage/database/meta';
import type { AccountEntry, Credit } from '$lib/contract/journal';
import { canonical } from '$lib/proof/canonical';
import { verifyWatermark } from '$lib/proof/journal-head';
import { sealRecord } from '$lib/proof/record';
import type { TillDb } from '$lib/storage/database/db';
import type { CustomerRow, EnrolledTill } from '$lib/storage/schema/records';
import type { AddedTable } from '$lib/domain/rows';

/** A stored sum that differs from the sum of the journal's steps: minor units, or points. */
export type Difference = {
  readonly customer: string;
  readonly account: AccountEntry['account'];
  readonly kept: number;
  readonly recomputed: number;
};

/** The newest seal of a card in the journal. */
export type CardMark = {
  readonly customer: string;
  readonly recordHash: string;
  readonly credit: Credit;
};

/** Stored sums that differ from the journal's, including sums missing on either side. Awaits Dexie only. */
export async function differencesIn(
  db: TillDb,
  steps: ReadonlyMap<string, Difference>,
): Promise<Difference[]> {
  const all = new Map(steps);
  for (const { customer, account, sum } of await db.balances.toArray()) {
    const name = `${customer} ${account}`;
    const recomputed = steps.get(name)?.recomputed ?? 0;
    all.set(name, { customer, account, kept: sum, recomputed });
  }
  return [...all.values()].filter(({ kept, recomputed }) => kept !== recomputed);
}

export type StrayRow = { readonly seq: number; readonly table: AddedTable | 'unconfirmed' };

/** Rows whose acts are not in the journal. Searches only tables with surplus rows. Awaits Dexie only. */
export async function strayRowsIn(
  db: TillDb,
  hashes: ReadonlySet<string>,
  found: ReadonlyMap<AddedTable, number>,
): Promise<StrayRow[]> {
  const stray: StrayRow[] = [];
  for (const table of ['sales', 'accountEntries', 'confirmations'] as const) {
    const rows = db.table<{ seq: number; hash: string }>(table);
    if ((await rows.count()) === found.get(table)) continue;
    await rows.each(({ seq, hash }) => {
      if (!hashes.has(hash)) stray.push({ seq, table });
    });
  }
  return stray;
}

/**
 * The last place the relay has signed for, if this journal has another entry or none there: it was rewritten or
 * truncated. Null if they agree or the relay has signed for nothing yet.
 */
export async function brokenWatermark(db: TillDb, till: EnrolledTill): Promise<number | null> {
  const row = await metaIn(db, 'watermark');
  if (row === null) return null;
  const mark = await verifyWatermark(row.jws, till.relayKey);
  if (mark === null || mark.till !== till.id) return null;
  const entry = await db.journal.get([till.id, mark.seq]);
  return entry?.hash === mark.hash ? null : mark.seq;
}

/** Customers whose card differs from its newest seal in the journal: changed, deleted, or never sealed. */
export async function wrongCards(
  rows: readonly CustomerRow[],
  marks: ReadonlyMap<string, CardMark>,
): Promise<string[]> {
  const right = await Promise.all(
    rows.map(async ({ id, salt, name, phone, credit }) => {
      const mark = marks.get(id);
      if (mark === undefined || canonical(mark.credit) !== canonical(credit)) return false;
      return (await sealRecord(salt, { name, phone })) === mark.recordHash;
    }),
  );
  const here = new Set(rows.map(({ id }) => id));
  const gone = [...marks.keys()].filter((customer) => !here.has(customer));
  return [...rows.filter((_, place) => !right[place]).map(({ id }) => id), ...gone];
}
