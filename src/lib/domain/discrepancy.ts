// Which findings of the relay are discrepancies: what an honest till can cause without knowing.
import type { FlagKind } from '$lib/contract/journal-upload';

/** Something to look into; every other finding is a broken rule. */
export function isDiscrepancy(kind: FlagKind): boolean {
  return kind === 'customer-disputed' || kind === 'future' || kind === 'number-shared';
}
