// Cash put into the drawer or taken out of it: decides and projects it.
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { CashReason } from '$lib/contract/acts/shift';
import { ZERO, type Money } from '$lib/domain/values/money';
import {
  dayOf,
  refusedRight,
  type Decided,
  type DecidingAt,
  type NoRight,
} from '$lib/domain/policy/rights';
import type { Before, ProjectedChange, ShiftRow } from '$lib/domain/rows';
import { actId, inSums, isOpen, withCashMoved, type CashDirection } from '$lib/domain/shift/shift';

export type CashMovedInput = DecidingAt & {
  /** Made before the first attempt. */
  readonly id: string;
  readonly shift: ShiftRow | undefined;
  readonly direction: CashDirection;
  readonly amount: Money;
  readonly reason: CashReason;
  readonly note: string | null;
};

export type CashMovedRefusal =
  | NoRight
  | { readonly kind: 'no-shift' }
  | { readonly kind: 'no-amount' }
  | { readonly kind: 'no-note' };

/** More cash than the drawer should hold may be taken out: if it was really there, the next count shows the difference. */
export function decideCashMoved(
  input: CashMovedInput,
): Decided<BodyOf<'cash-moved'>, CashMovedRefusal> {
  const refused = (because: CashMovedRefusal) => ({ kind: 'refused', because }) as const;
  const { id, shift, direction, amount, reason, note } = input;
  const noRight = refusedRight('cash-moved', input);
  if (noRight !== null) return refused(noRight);
  if (!isOpen(shift)) return refused({ kind: 'no-shift' });
  if (amount === ZERO) return refused({ kind: 'no-amount' });
  if (reason === 'other' && note === null) return refused({ kind: 'no-note' });
  return { kind: 'decided', body: { id, day: dayOf(input), direction, amount, reason, note } };
}

export const projectCashMoved = (
  entry: EntryOf<'cash-moved'>,
  before: Before,
): ProjectedChange[] => [
  actId(entry, entry.body.id),
  ...inSums(entry, before, (totals) => withCashMoved(totals, entry.body)),
];
