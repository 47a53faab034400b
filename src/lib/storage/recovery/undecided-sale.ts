// Asks about the sale of which the screen said that it is not known whether it is saved.
import type { Entry } from '$lib/contract/journal';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { SettledLine } from '$lib/storage/wal/line';

/** Asked about a sale that was flushed but perhaps not stored; the screen said so, and never that it is saved. */
export type DecideSale = (sale: Entry) => Promise<'counts' | 'dropped'>;

/** The last act of these lines, if it is a sale marked as undecided. Acts without the mark are never asked about. */
export function undecidedSaleIn(lines: readonly SettledLine[]): Entry | null {
  const last = lines.findLast((line) => line.kind === 'act')?.entry;
  if (last?.act !== 'sale') return null;
  return lines.some((line) => line.kind === 'undecided' && line.hash === last.hash) ? last : null;
}

/** Asks, and writes the answer to the file before anything follows from it. Throws StorageError. */
export async function askAbout(
  file: JournalFile,
  sale: Entry,
  decide: DecideSale,
): Promise<'counts' | 'dropped'> {
  const decision = await decide(sale);
  await file.decide(sale, decision === 'counts' ? 'counted' : 'abandoned');
  return decision;
}
