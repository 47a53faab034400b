// Compares the lists of unconfirmed acts and disputes with those projected from the journal.
import type { Entry } from '$lib/contract/journal';
import type { DisputeRow, ProjectedChange, UnconfirmedRow } from '$lib/domain/rows';
import { canonical } from '$lib/proof/canonical';
import type { TillDb } from '$lib/storage/database/db';
import type { Finding } from './finding';

/** The lists as stored on the disk. */
export type StoredLists = {
  readonly unconfirmed: readonly UnconfirmedRow[];
  readonly disputes: readonly DisputeRow[];
};

/** Awaits Dexie only. */
export async function listsIn(db: TillDb): Promise<StoredLists> {
  const [unconfirmed, disputes] = await Promise.all([
    db.unconfirmed.toArray(),
    db.disputes.toArray(),
  ]);
  return { unconfirmed, disputes };
}

export class OpenLists {
  readonly #unconfirmed = new Map<string, { readonly row: UnconfirmedRow; readonly act: string }>();
  readonly #disputes = new Map<string, DisputeRow>();

  dispute(entry: string): DisputeRow | undefined {
    return this.#disputes.get(entry);
  }

  /** Applies the changes of the next journal entry. */
  take({ act }: Entry, changes: readonly ProjectedChange[]): void {
    for (const change of changes) {
      if (change.table === 'disputes' && change.op !== 'delete') {
        for (const row of change.rows) this.#disputes.set(row.entry, row);
      }
      if (change.table !== 'unconfirmed') continue;
      if (change.op === 'delete') for (const hash of change.keys) this.#unconfirmed.delete(hash);
      else for (const row of change.rows) this.#unconfirmed.set(row.entry, { row, act });
    }
  }

  /** Differences between the lists on the disk and the projected ones. */
  findings({ unconfirmed, disputes }: StoredLists): Finding[] {
    const table = 'unconfirmed';
    const listed = new Map(unconfirmed.map((row) => [row.entry, row]));
    const off = [...this.#unconfirmed.values()].flatMap(({ row, act }): Finding[] => {
      const { entry, till, seq, at } = row;
      const held = listed.get(entry);
      const place = { seq, act, at };
      if (held === undefined) return [{ kind: 'row', place, table, because: 'missing' }];
      const same = held.till === till && held.seq === seq && held.at === at;
      return same ? [] : [{ kind: 'row', place, table, because: 'edited' }];
    });
    const stray = unconfirmed
      .filter((row) => !this.#unconfirmed.has(row.entry))
      .map(({ seq }): Finding => ({ kind: 'stray-row', seq, table }));
    const kept = new Map(disputes.map((row) => [row.entry, row]));
    const wrong = [...new Set([...this.#disputes.keys(), ...kept.keys()])].flatMap((entry) => {
      const [expected, held] = [this.#disputes.get(entry), kept.get(entry)];
      return sameDispute(expected, held) ? [] : [(expected ?? held)?.customer ?? ''];
    });
    const disputed = [...new Set(wrong)].map((customer): Finding => ({
      kind: 'dispute',
      customer,
    }));
    return [...off, ...stray, ...disputed];
  }
}

function sameDispute(one: DisputeRow | undefined, other: DisputeRow | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonical(one) === canonical(other);
}
