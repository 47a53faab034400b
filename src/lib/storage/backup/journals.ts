// Checks the chains and sums of the journals in a backup. Does not access the disk.
import { project } from '$lib/domain/projection';
import { NOTHING_BEFORE, type AccountRow, type BalanceRow } from '$lib/domain/rows';
import type { Entry } from '$lib/contract/journal';
import { followChain, GENESIS } from '$lib/proof/chain';
import { knownEntry } from '$lib/storage/journal/projection';

/** Entries hashed at once; the page stays responsive in between. */
const BATCH = 500;

/** Whether these entries, in their order, form complete journals of one till each, from the first entry on. */
export async function areWhole(entries: readonly Entry[]): Promise<boolean> {
  for (const till of new Set(entries.map((entry) => entry.till))) {
    const journal = entries.filter((entry) => entry.till === till);
    let head = GENESIS;
    for (let from = 0; from < journal.length; from += BATCH) {
      const verdict = await followChain(head, till, journal.slice(from, from + BATCH));
      if (verdict.kind === 'broken') return false;
      head = verdict.head;
    }
  }
  return true;
}

/** Running totals computed from the steps of the entries. */
export function sumsOf(entries: readonly Entry[]): BalanceRow[] {
  const sums = new Map<string, BalanceRow>();
  for (const { customer, account, delta } of entries.flatMap(stepsOf)) {
    const name = `${customer} ${account}`;
    const sum = (sums.get(name)?.sum ?? 0) + delta;
    sums.set(name, { customer, account, sum });
  }
  return [...sums.values()];
}

/** Number of totals that differ; a missing total counts as zero. */
export function sumsOff(kept: readonly BalanceRow[], right: readonly BalanceRow[]): number {
  const left = new Map(kept.map(({ customer, account, sum }) => [`${customer} ${account}`, sum]));
  let off = 0;
  for (const { customer, account, sum } of right) {
    const name = `${customer} ${account}`;
    if ((left.get(name) ?? 0) !== sum) off += 1;
    left.delete(name);
  }
  return off + [...left.values()].filter((sum) => sum !== 0).length;
}

function stepsOf(entry: Entry): readonly AccountRow[] {
  const known = knownEntry(entry);
  if (known === null) return [];
  return project(known, NOTHING_BEFORE, new Set()).flatMap((change) =>
    change.table === 'accountEntries' && change.op !== 'delete' ? change.rows : [],
  );
}
