// A customer's dispute, and its closing: projects both into rows.
import type { EntryOf } from '$lib/contract/journal';
import type { Before, DisputeRow, ProjectedChange, Reads } from '$lib/domain/rows';

export function projectDispute(entry: EntryOf<'dispute'>): ProjectedChange[] {
  const { hash, at, operator } = entry;
  const { customer, about, note } = entry.body;
  const opened = { at, operator: operator ?? '', note };
  const row: DisputeRow = { entry: hash, customer, about, opened, closed: null };
  return [{ table: 'disputes', op: 'put', rows: [row] }];
}

export function readsOfSettled({ body }: EntryOf<'settled'>): Reads {
  return { balances: [], stock: [], disputes: body.about };
}

/** A closed dispute keeps its first outcome; the disputed entry no longer waits for review. */
export function projectSettled(entry: EntryOf<'settled'>, before: Before): ProjectedChange[] {
  const { hash, at, operator } = entry;
  const { customer, about, outcome, note } = entry.body;
  const closed = { entry: hash, at, operator: operator ?? '', outcome, note };
  const rows = about.map((dispute): DisputeRow => {
    // another till's dispute: this journal has only its closing
    const held = before.disputes(dispute) ?? {
      ...{ entry: dispute, customer, about: null, opened: null, closed: null },
    };
    return { ...held, closed: held.closed ?? closed };
  });
  const reviewed = rows.flatMap((row) => (row.about === null ? [] : [row.about]));
  return [
    { table: 'disputes', op: 'put', rows },
    { table: 'unconfirmed', op: 'delete', keys: reviewed },
  ];
}
