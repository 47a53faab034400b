// Checks a PIN during a sale and words its refusal.
import { till } from '$lib/state/till.svelte';
import { storageErrorKind } from '$lib/storage/storage-error';
import { formatTime } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

/** Null: the PIN is correct. Failures are counted as on the lock screen. */
export async function pinRefusal(operator: string, pin: string): Promise<string | null> {
  try {
    const outcome = await till.signIn.check(operator, pin);
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
  } catch (failure) {
    return t().errors.storage[storageErrorKind(failure)];
  }
}
