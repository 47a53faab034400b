// Words for what a backup lacks.
import type { MissingInBackup } from '$lib/storage/backup/backup-record';
import { t } from '$lib/ui/text/current.svelte';
import { numbersOf, receiptNumbers } from './number-words';

/** What a backup lacks, as a list; null: nothing. */
export function missingWords(
  missing: MissingInBackup,
  printed?: (of: string, number: number) => string,
): string | null {
  const { entries, receipts, cards, others } = missing;
  const words = t().backup.missing;
  const seqs = numbersOf(entries.map(({ seq }) => seq));
  const list = [
    ...(entries.length > 0 ? [words.entries(entries.length, seqs)] : []),
    ...(receipts.length > 0 ? [words.receipts(receiptNumbers(receipts, printed))] : []),
    ...(cards > 0 ? [words.cards(cards)] : []),
    ...(others > 0 ? [words.others(others)] : []),
  ];
  return list.length === 0 ? null : list.join('; ');
}
