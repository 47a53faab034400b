// Compares the lists of unconfirmed acts and disputes with what the journal opened and closed.
import type { Confirmation, Entry } from '$lib/contract/journal';
import { canonical } from '$lib/proof/canonical';
import { needsReview } from '$lib/storage/customers/accounts';
import type { TillDb } from '$lib/storage/database/db';
import { closedRow, openedRow } from '$lib/storage/customers/disputes';
import type { Finding } from './finding';
import { actBodies } from '$lib/storage/schema/records';
import type { DisputeRow, UnconfirmedRow } from '$lib/storage/schema/relay-record';

/** As the disk has them. */
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
  readonly #waiting = new Map<string, Entry>();
  readonly #disputes = new Map<string, DisputeRow>();

  /** The next entry of the journal, and what it says was confirmed how. */
  take(entry: Entry, confirmations: readonly Confirmation[]): void {
    if (needsReview(entry, confirmations)) this.#waiting.set(entry.hash, entry);
    if (entry.act === 'unconfirmed-reviewed') {
      const body = actBodies['unconfirmed-reviewed'].safeParse(entry.body).data;
      for (const hash of body?.entries ?? []) this.#waiting.delete(hash);
    }
    if (entry.operator !== null) this.#takeDispute({ ...entry, operator: entry.operator });
  }

  #takeDispute(entry: Entry & { readonly operator: string }): void {
    if (entry.act === 'dispute') {
      const body = actBodies.dispute.safeParse(entry.body).data;
      if (body !== undefined) this.#disputes.set(entry.hash, openedRow(entry, body));
    }
    if (entry.act !== 'settled') return;
    const body = actBodies.settled.safeParse(entry.body).data;
    if (body === undefined) return;
    for (const dispute of body.about) {
      const held = this.#disputes.get(dispute);
      const row = closedRow(entry, { ...body, dispute }, held);
      this.#disputes.set(dispute, row);
      if (row.about !== null) this.#waiting.delete(row.about);
    }
  }

  /** Where the disk's lists are not these. */
  findings({ unconfirmed, disputes }: StoredLists): Finding[] {
    const table = 'unconfirmed';
    const listed = new Map(unconfirmed.map((row) => [row.entry, row]));
    const off = [...this.#waiting.values()].flatMap(({ hash, till, seq, act, at }): Finding[] => {
      const row = listed.get(hash);
      const place = { seq, act, at };
      if (row === undefined) return [{ kind: 'row', place, table, because: 'missing' }];
      const same = row.till === till && row.seq === seq && row.at === at;
      return same ? [] : [{ kind: 'row', place, table, because: 'edited' }];
    });
    const stray = unconfirmed
      .filter((row) => !this.#waiting.has(row.entry))
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
