// Words for what a removed till must do before it may sell again.
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';

export function removedWords(): string {
  return till.uploader.entries === 0 ? t().journalUpload.removed : t().journalUpload.removedOwing;
}
