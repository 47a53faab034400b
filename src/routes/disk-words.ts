// What a start found on the disk, in words.
import type { Entry, SaleBody } from '$lib/contract/journal';
import type { DiskNews } from '$lib/state/disk.svelte';
import { t } from '$lib/ui/text/current.svelte';

function replayed(entries: readonly Entry[]): string {
  const numbers = entries.flatMap((entry) =>
    entry.act === 'sale' ? [(entry.body as SaleBody).number] : [],
  );
  const words = t().disk;
  if (numbers.length < entries.length) return words.replayedEntries(entries.length);
  const list = numbers.join(', ');
  return numbers.length === 1 ? words.replayedReceipt(list) : words.replayedReceipts(list);
}

export function diskWords(news: DiskNews): string {
  const words = t().disk;
  switch (news.kind) {
    case 'replayed':
      return replayed(news.entries);
    case 'rebuilt':
      return [
        words.rebuilt(news.entries),
        ...(news.unread > 0 ? [words.unread(news.unread)] : []),
        ...(news.goods === 'lost' ? [words.goodsLost] : []),
      ].join(' ');
    case 'differ':
      return words.differ(news.seq);
    case 'behind':
      return words.behind(news.seq);
    case 'goods-lost':
      return words.goodsLost;
    case 'unreadable':
      return words.unreadable;
    case 'lost':
      return words.lost;
  }
}
