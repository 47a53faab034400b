// Compares the rows on the disk with those an entry is projected into.
import type { Confirmation, Entry } from '$lib/contract/journal';
import type { VerifiedGrant } from '$lib/domain/confirmation';
import type { CheckedReserveCode } from '$lib/domain/reserve-code';
import {
  addedTables,
  addedTo,
  type AddedTable,
  type ProjectedChange,
  type RowOf,
} from '$lib/domain/rows';
import type { TillDb } from '$lib/storage/database/db';
import { storedRows } from '$lib/storage/journal/projection';

/** One confirmation of an entry after verification. `grant` and `verifier` only if the relay signed one. */
export type Judged = {
  readonly confirmation: Confirmation;
  readonly customer: string | null;
  readonly proof: {
    readonly kind: string;
    readonly grant?: VerifiedGrant | string;
    readonly verifier?: CheckedReserveCode | string;
  };
};

/** The id of the verified challenge or verifier, unless it came from the demo provider. */
export function realOf({ proof: { grant, verifier } }: Judged): string[] {
  if (typeof grant === 'object' && !grant.demo) return [grant.challenge];
  return typeof verifier === 'object' && !verifier.demo ? [verifier.id] : [];
}

type Row = RowOf<AddedTable>;

/** An entry and the changes it is projected into. */
export type Projection = { readonly entry: Entry; readonly changes: readonly ProjectedChange[] };

export type RowFault = {
  readonly entry: Entry;
  readonly table: AddedTable;
  readonly because: 'missing' | 'edited';
};

/** Compares the rows of these entries with the disk; adds the number present to `found`. Awaits Dexie only. */
export async function compareRows(
  db: TillDb,
  entries: readonly Projection[],
  found: Map<AddedTable, number>,
): Promise<RowFault[]> {
  const faults = await Promise.all(
    addedTables.map(async (table) => {
      const wanted = entries.flatMap(({ entry, changes }) =>
        addedTo(table, changes).map((row) => ({ entry, row })),
      );
      if (wanted.length === 0) return [];
      const kept = await storedRows(
        db,
        table,
        wanted.map(({ row }) => row),
      );
      const there = kept.filter((row) => row !== undefined).length;
      found.set(table, (found.get(table) ?? 0) + there);
      return wanted.flatMap(({ entry, row }, place): RowFault[] => {
        const held = kept[place];
        if (held === undefined) return [{ entry, table, because: 'missing' }];
        return sameRow(held, row) ? [] : [{ entry, table, because: 'edited' }];
      });
    }),
  );
  return faults.flat();
}

/** A shallow comparison is enough: rows of these tables are flat. */
function sameRow(a: Row, b: Row): boolean {
  const [one, other] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return one.length === other.size && one.every(([name, value]) => value === other.get(name));
}
