// Computes from an entry the rows it must have left, and compares them with the disk.
import type { AccountEntry, Confirmation, Entry, SaleBody } from '$lib/contract/journal';
import type { VerifiedGrant } from '$lib/domain/confirmation';
import type { CheckedReserveCode } from '$lib/domain/reserve-code';
import { confirmationRows } from '$lib/storage/customers/accounts';
import type { Table } from 'dexie';
import type { TillDb } from '$lib/storage/database/db';
import { accountSteps, actBodies } from '$lib/storage/schema/records';
import type {
  AccountRow,
  ConfirmationRow,
  GrantUsedRow,
  SaleRow,
} from '$lib/storage/schema/records';
import { saleRowOf } from '$lib/storage/sales/sales';

/** One confirmation of an entry as its judge found it. `grant` and `verifier` only where the relay signed one. */
export type Judged = {
  readonly confirmation: Confirmation;
  readonly customer: string | null;
  readonly proof: {
    readonly kind: string;
    readonly grant?: VerifiedGrant | string;
    readonly verifier?: CheckedReserveCode | string;
  };
};

/** Tables whose rows an entry makes. */
export const rowTables = ['sales', 'accountEntries', 'confirmations', 'grantsUsed'] as const;
export type RowTable = (typeof rowTables)[number];

type Kept = SaleRow | AccountRow | ConfirmationRow | GrantUsedRow;
type Key = string | [string, number] | [number, string, number];

/** A row an entry should have made. */
type Expected = { readonly table: RowTable; readonly key: Key; readonly row: Kept };

/** An entry as the walk reads it, its body once. */
export type WalkedEntry = {
  readonly entry: Entry;
  readonly judged: readonly Judged[];
  /** Null: no sale, or none that can be read. */
  readonly sale: SaleBody | null;
  readonly steps: readonly AccountEntry[];
};

/** Steps an entry moves accounts by, whatever its act; what was carried over from a former journal has moved them there. */
export function stepsOf(entry: Entry): AccountEntry[] {
  return accountSteps.safeParse(entry.body['accounts']).data ?? [];
}

export function walkedEntry(entry: Entry, judged: readonly Judged[]): WalkedEntry {
  const sale = entry.act === 'sale' ? (actBodies.sale.safeParse(entry.body).data ?? null) : null;
  return { entry, judged, sale, steps: sale?.accounts ?? stepsOf(entry) };
}

function expectedOf({ entry, judged, sale, steps }: WalkedEntry): Expected[] {
  const { hash, seq, at } = entry;
  const accounts = steps.map((step, index): Expected => {
    const row: AccountRow = { hash, index, seq, at, ...step };
    return { table: 'accountEntries', key: [hash, index], row };
  });
  const real = new Set(judged.flatMap(realOf));
  const confirmations = confirmationRows(entry, judged, real).map((row): Expected => {
    return { table: 'confirmations', key: [at, hash, row.index], row };
  });
  if (sale === null) return [...accounts, ...confirmations];
  const used = sale.confirmations.flatMap((given): Expected[] => {
    if (given.kind !== 'code' && given.kind !== 'reserve-code') return [];
    const challenge = given.kind === 'code' ? given.challenge : given.verifier;
    const row: GrantUsedRow = { challenge, sale: sale.sale };
    return [{ table: 'grantsUsed', key: challenge, row }];
  });
  const row = saleRowOf(entry, sale);
  return [...accounts, ...confirmations, ...used, { table: 'sales', key: sale.sale, row }];
}

/** The challenge or the verifier, where more than the demo spoke for it. */
function realOf({ proof: { grant, verifier } }: Judged): string[] {
  if (typeof grant === 'object' && !grant.demo) return [grant.challenge];
  return typeof verifier === 'object' && !verifier.demo ? [verifier.id] : [];
}

export type RowFault = {
  readonly entry: Entry;
  readonly table: RowTable;
  readonly because: 'missing' | 'edited';
};

/** Compares the rows of these entries with the disk; adds to `found` how many are there. Awaits Dexie only. */
export async function compareRows(
  db: TillDb,
  entries: readonly WalkedEntry[],
  found: Map<RowTable, number>,
): Promise<RowFault[]> {
  const wanted = entries.flatMap((walked) =>
    expectedOf(walked).map((each) => ({ entry: walked.entry, ...each })),
  );
  const faults = await Promise.all(
    rowTables.map(async (table) => {
      const here = wanted.filter((each) => each.table === table);
      if (here.length === 0) return [];
      const rows: Table<Kept, Key> = db.table(table);
      const kept = await rows.bulkGet(here.map(({ key }) => key));
      const there = kept.filter((row) => row !== undefined).length;
      found.set(table, (found.get(table) ?? 0) + there);
      return here.flatMap(({ entry, row }, place): RowFault[] => {
        const held = kept[place];
        if (held === undefined) return [{ entry, table, because: 'missing' }];
        return sameRow(held, row) ? [] : [{ entry, table, because: 'edited' }];
      });
    }),
  );
  return faults.flat();
}

/** Rows of these tables are flat. */
function sameRow(a: Kept, b: Kept): boolean {
  const [one, other] = [Object.entries(a), new Map(Object.entries(b))];
  return one.length === other.size && one.every(([name, value]) => value === other.get(name));
}
