// The relay's findings that are discrepancies: an honest till can cause them unknowingly.
import type { FlagKind } from '$lib/contract/journal-upload';

const DISCREPANCIES: ReadonlySet<FlagKind> = new Set<FlagKind>([
  // what other tills did or knew meanwhile
  ...(['limit-elsewhere', 'points-elsewhere', 'cap-elsewhere', 'threshold-elsewhere'] as const),
  ...([
    'repaid-elsewhere',
    'returned-elsewhere',
    'paid-back-elsewhere',
    'earned-elsewhere',
    'earning-cap-elsewhere',
    'customer-disputed',
    'reserve-code-void',
  ] as const),
  ...(['edit-stale', 'goods-stale', 'category-stale'] as const),
  ...(['customer-forgotten', 'forget-refused', 'merge-refused', 'undo-refused'] as const),
  ...(['override-while-others-online', 'removal-unknown'] as const),
  // Another finding, a broken rule, says why the entry has no effect. Only owners can read that one.
  'not-counted',
  // a clock that was ahead, or was set back; a number on several cards
  ...(['future', 'clock-set-back', 'number-shared'] as const),
]);

/** Something to settle; every other finding is a broken rule. */
export const isDiscrepancy = (kind: FlagKind): boolean => DISCREPANCIES.has(kind);

const STALE_EDITS: ReadonlySet<FlagKind> = new Set<FlagKind>([
  ...(['edit-stale', 'goods-stale', 'category-stale'] as const),
]);

/** Whether the finding is an edit that did not replace another till's edit; it can be made again. */
export const isStaleEdit = (kind: FlagKind): boolean => STALE_EDITS.has(kind);
