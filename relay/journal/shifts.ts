// The shift of a till before one of its entries, folded from the entries at the relay.
import type { ShiftRow } from '$lib/contract/rows';
import type { KnownEntry } from '$lib/contract/journal';
import { Fold } from '$lib/domain/fold';
import { beforeOf, writtenTo } from '$lib/domain/rows';
import { knownEntry } from '$lib/proof/known-entry';
import type { Relay } from '../context';
import { entriesOfTill, headOf } from '../store/journal';
import { keepShift, keptShift } from '../store/shifts';

/** Entries that are read at once. */
const BATCH = 500;

const NO_PROOFS: ReadonlySet<string> = new Set();

/**
 * The newest shift of a till before this entry; `undefined`: it has had none. Null: unknown, because earlier entries are not
 * here. The result is stored, so that each entry is folded only once.
 */
export async function shiftBefore(
  { db }: Pick<Relay, 'db'>,
  { till, seq }: Pick<KnownEntry, 'till' | 'seq'>,
): Promise<ShiftRow | undefined | null> {
  let { seq: done, shift } = await keptShift(db, till);
  // a place before the last judged one: the entry is carried over, or written by a copy of the till
  if (done >= seq) return null;
  // entries before it are missing, as can be with a carried-over entry, which states its own place
  if (((await headOf(db, till))?.seq ?? 0) < seq - 1) return null;
  while (done < seq - 1) {
    const upTo = Math.min(done + BATCH, seq - 1);
    const entries = await entriesOfTill(db, till, { after: done, upTo });
    if (entries.length < upTo - done) return null;
    shift = folded(shift, entries);
    done = upTo;
    await keepShift(db, till, { seq: done, shift });
  }
  return shift ?? undefined;
}

function folded(shift: ShiftRow | null, entries: readonly unknown[]): ShiftRow | null {
  const fold = new Fold(beforeOf({ shifts: shift === null ? [] : [shift] }));
  for (const each of entries) {
    const entry = knownEntry(each as never);
    if (entry === null) continue;
    try {
      fold.take(entry, NO_PROOFS);
    } catch {
      // the entry breaks an invariant of the projection, so no honest till wrote it; it leaves no rows
    }
  }
  return writtenTo('shifts', fold.changes()).at(-1) ?? shift;
}
