// What a till that was taken out of the shop still has to do before it may sell again, in words.
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';

export function removedWords(): string {
  return till.uploader.entries === 0 ? t().journalUpload.removed : t().journalUpload.removedOwing;
}
