// Asks about an act of which the screen had said that it may or may not be saved.
import type { Act, KnownEntry } from '$lib/contract/journal';
import { rulesOf, type ACTS } from '$lib/domain/acts';
import { knownEntry } from '$lib/proof/known-entry';
import type { Till } from '$lib/storage/schema/records';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { SettledLine } from '$lib/storage/wal/line';

/** Acts that a start asks about. */
type AskedAct = {
  [A in Act]: (typeof ACTS)[A] extends { readonly asksAfterFailure: true } ? A : never;
}[Act];

export type UndecidedAct = Extract<KnownEntry, { act: AskedAct }>;

/**
 * Asks about an act that was flushed but perhaps not stored. The screen had said so, and never that it is saved. `tillNumber`:
 * that of the act's till, because the page may not know its till yet; null: not known here.
 */
export type DecideAct = (
  act: UndecidedAct,
  tillNumber: number | null,
) => Promise<'counts' | 'dropped'>;

/** The last act of these lines, if it is marked as undecided and is of a kind to ask about. */
export function undecidedActIn(lines: readonly SettledLine[]): UndecidedAct | null {
  const last = lines.findLast((line) => line.kind === 'act')?.entry;
  const isMarked = lines.some((line) => line.kind === 'undecided' && line.hash === last?.hash);
  const known = last === undefined || !isMarked ? null : knownEntry(last);
  return known !== null && isAsked(known) ? known : null;
}

export const isAsked = (entry: KnownEntry): entry is UndecidedAct =>
  rulesOf(entry.act)?.asksAfterFailure === true;

/** Asks, and writes the answer to the file before anything else happens. `till`: of the file. Throws StorageError. */
export async function askAbout(
  file: JournalFile,
  act: UndecidedAct,
  till: Pick<Till, 'id' | 'number'>,
  decide: DecideAct,
): Promise<'counts' | 'dropped'> {
  const decision = await decide(act, act.till === till.id ? till.number : null);
  await file.decide(act, decision === 'counts' ? 'counted' : 'abandoned');
  return decision;
}
