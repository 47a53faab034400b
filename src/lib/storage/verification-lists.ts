// The lists that acts open and close, worked out from the journal alone: acts without a code that nobody has looked at, and disputes that are not settled.
import type { Confirmation, Entry } from '$lib/contract/journal';
import { waitsForALook } from './accounts';
import type { TillDb } from './db';
import type { Finding } from './finding';
import { actBodies } from './records';
import type { DisputeRow, UnconfirmedRow } from './relay-record';

/** As the disk has them. */
export type KeptLists = {
  readonly unconfirmed: readonly UnconfirmedRow[];
  readonly disputes: readonly DisputeRow[];
};

/** Awaits Dexie only. */
export async function listsIn(db: TillDb): Promise<KeptLists> {
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
    if (waitsForALook(entry, confirmations)) this.#waiting.set(entry.hash, entry);
    if (entry.act === 'unconfirmed-reviewed') {
      const body = actBodies['unconfirmed-reviewed'].safeParse(entry.body).data;
      for (const hash of body?.entries ?? []) this.#waiting.delete(hash);
    }
    if (entry.act !== 'dispute' || entry.operator === null) return;
    const body = actBodies.dispute.safeParse(entry.body).data;
    if (body === undefined) return;
    const { customer, about, note, state: now } = body;
    const { operator, at } = entry;
    if (now === 'settled') this.#disputes.delete(customer);
    else this.#disputes.set(customer, { customer, about, at, operator, note });
  }

  /** Where the disk's lists are not these. */
  findings({ unconfirmed, disputes }: KeptLists): Finding[] {
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
    const open = new Map(disputes.map((row) => [row.customer, row]));
    const disputed = [...new Set([...this.#disputes.keys(), ...open.keys()])]
      .filter((customer) => !sameDispute(this.#disputes.get(customer), open.get(customer)))
      .map((customer): Finding => ({ kind: 'dispute', customer }));
    return [...off, ...stray, ...disputed];
  }
}

function sameDispute(one: DisputeRow | undefined, other: DisputeRow | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.about === other.about &&
    one.at === other.at &&
    one.operator === other.operator &&
    one.note === other.note
  );
}
