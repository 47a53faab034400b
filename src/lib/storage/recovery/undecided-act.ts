// Asks about the act of which the screen said that it is not known whether it is saved.
import type { Act, KnownEntry } from '$lib/contract/journal';
import { knownEntry } from '$lib/proof/known-entry';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { SettledLine } from '$lib/storage/wal/line';

/** Acts that a start asks about: money or debt changed hands, or did not, and the person at the till knows which. */
const ASKED = [
  ...([
    'sale',
    'repayment',
    'repayment-cancelled',
    'overpayment-returned',
    'return',
    'balance-corrected',
  ] as const satisfies readonly Act[]),
];

export type UndecidedAct = Extract<KnownEntry, { act: (typeof ASKED)[number] }>;

/** Asked about an act that was flushed but perhaps not stored; the screen said so, and never that it is saved. */
export type DecideAct = (act: UndecidedAct) => Promise<'counts' | 'dropped'>;

/** The last act of these lines, if it is marked as undecided and one to ask about. Acts without the mark are never asked about. */
export function undecidedActIn(lines: readonly SettledLine[]): UndecidedAct | null {
  const last = lines.findLast((line) => line.kind === 'act')?.entry;
  const isMarked = lines.some((line) => line.kind === 'undecided' && line.hash === last?.hash);
  const known = last === undefined || !isMarked ? null : knownEntry(last);
  return known !== null && isAsked(known) ? known : null;
}

const isAsked = (entry: KnownEntry): entry is UndecidedAct =>
  (ASKED as readonly Act[]).includes(entry.act);

/** Asks, and writes the answer to the file before anything follows from it. Throws StorageError. */
export async function askAbout(
  file: JournalFile,
  act: UndecidedAct,
  decide: DecideAct,
): Promise<'counts' | 'dropped'> {
  const decision = await decide(act);
  await file.decide(act, decision === 'counts' ? 'counted' : 'abandoned');
  return decision;
}
