// Reads entries of journals: their typed bodies, and the originals inside `carried-over` entries.
import {
  actBodies,
  entry as entrySchema,
  type Entry,
  type KnownEntry,
} from '$lib/contract/journal';
import type { EntryOnWire } from '$lib/contract/journal-upload';

/** The entry with its typed body; null if this version does not know the act or the body is invalid. */
export function knownEntry(entry: Entry): KnownEntry | null {
  const { act } = entry;
  if (!Object.hasOwn(actBodies, act)) return null;
  const body = actBodies[act as keyof typeof actBodies].safeParse(entry.body);
  return body.success ? ({ ...entry, body: body.data } as KnownEntry) : null;
}

/** The entry inside a `carried-over` one; any other entry is its own original. */
export const originalOf = (entry: Entry): Entry =>
  entry.act === 'carried-over' ? (entry.body['entry'] as Entry) : entry;

/** The place of the original of a downloaded entry in its journal. Null: this version cannot read it. */
export const originalPlace = (wire: EntryOnWire): Pick<Entry, 'till' | 'seq' | 'hash'> | null =>
  wire.act === 'carried-over' ? readOriginal(wire) : wire;

/**
 * The original of a downloaded entry: the carried one inside `carried-over`, otherwise itself. Null: this version cannot read it.
 */
export function readOriginal(wire: object): Entry | null {
  const entry = entrySchema.safeParse(wire).data ?? null;
  if (entry === null || (entry.act === 'carried-over' && knownEntry(entry) === null)) return null;
  return originalOf(entry);
}
