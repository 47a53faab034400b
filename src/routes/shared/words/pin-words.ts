// Words for a PIN that was refused on this till.
import type { PinOutcome } from '$lib/storage/secrets/pins';
import { formatTime } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

/** Null: the PIN is correct. */
export function pinWords(outcome: PinOutcome): string | null {
  switch (outcome.kind) {
    case 'right':
      return null;
    case 'wrong':
      return t().signIn.wrong(outcome.left);
    case 'locked':
      return t().signIn.lockedUntil(formatTime(outcome.until, language.current));
    case 'unknown-operator':
      return t().signIn.unknown;
  }
}
