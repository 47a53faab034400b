// Words for why a PIN, code or token did not elevate the operator.
import type { ElevationRefusal } from '$lib/state/elevation.svelte';
import { formatTime } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';

/** Null: a wrong token, which its field shows. */
export function elevationWords(refusal: ElevationRefusal | null): string | null {
  if (refusal === null) return null;
  switch (refusal.kind) {
    case 'wrong-token':
      return null;
    case 'token-needed':
      return t().signIn.closed[refusal.because];
    case 'no-proven-phone':
    case 'owner-phone-needed':
      return t().signIn.closed[refusal.kind];
    case 'wrong-pin':
      return t().signIn.wrongPin;
    case 'locked':
      return t().signIn.lockedUntil(formatTime(refusal.until, language.current));
    case 'unreachable':
      return t().errors.unreachable;
    default:
      return t().errors.gate[refusal.kind];
  }
}
