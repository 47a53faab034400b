// Words for what a start found on the disk.
import type { DiskNews } from '$lib/state/device/disk.svelte';
import type { MissingRows } from '$lib/storage/recovery/missing-rows';
import type { NumbersSkipped, StartNews } from '$lib/storage/schema/start-news';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';
import { numbersOf, receiptNumbers } from '../shared/words/number-words';

function replayed({ entries }: Extract<StartNews, { kind: 'replayed' }>): string {
  const receipts = entries.flatMap(({ till: of, number }) =>
    number === null ? [] : [{ till: of, number }],
  );
  const words = t().disk;
  if (receipts.length < entries.length) return words.replayedEntries(entries.length);
  const list = receiptNumbers(receipts);
  return receipts.length === 1 ? words.replayedReceipt(list) : words.replayedReceipts(list);
}

function missing({ entries, receipts, sums, cards }: MissingRows): string {
  const words = t().disk;
  return [
    words.missing,
    ...(entries.length > 0 ? [words.missingEntries(numbersOf(entries.map(({ seq }) => seq)))] : []),
    ...(receipts.length > 0 ? [words.missingReceipts(receiptNumbers(receipts))] : []),
    ...(sums.length > 0 ? [words.missingSums(sums.length)] : []),
    ...(cards.length > 0 ? [words.missingCards(cards.length)] : []),
    words.missingNext,
  ].join(' ');
}

function skipped({ till: of, from, to }: NumbersSkipped): string {
  const written = (number: number) => till.printedNumber(of, number);
  return t().disk.skipped(written(from), written(to + 1));
}

export function diskWords(news: DiskNews): string {
  const words = t().disk;
  switch (news.kind) {
    case 'replayed':
      return [replayed(news), ...(news.isVerified ? [] : [words.notVerified])].join(' ');
    case 'doubtful':
      return words.doubtful(numbersOf(news.seqs));
    case 'set-aside':
      return [
        words.setAside(news.lines),
        ...(news.seqs.length > 0 ? [words.setAsideEntries(numbersOf(news.seqs))] : []),
        words.setAsideNext,
      ].join(' ');
    case 'rebuilt':
      return [
        words.rebuilt(news.entries),
        ...(news.missing > 0 ? [words.rebuiltMissing(news.missing)] : []),
        // a till without its goods has a banner that says what is missing
        ...(news.missing === 0 && till.downloader.missing === null ? [words.rebuiltSell] : []),
        skipped(news.skipped),
        words.notVerified,
        ...(news.unread > 0 ? [words.unread(news.unread)] : []),
      ].join(' ');
    case 'differ':
      return words.differ(news.seq);
    case 'behind':
      return [words.behind(news.seq), skipped(news.skipped)].join(' ');
    case 'end-lost':
      return [words.endLost, skipped(news.skipped), words.missingNext].join(' ');
    case 'repaired':
      return words.repaired(news.rows);
    case 'left-out':
      return [
        ...(news.receipts > 0 ? [words.leftOutReceipts(news.receipts)] : []),
        ...(news.others > 0 ? [words.leftOutOthers] : []),
      ].join(' ');
    case 'missing':
      return missing(news.rows);
    case 'unreadable':
      return words.unreadable;
    case 'lost':
      return words.lost;
  }
}
