// Cash put into the drawer or taken out of it: decides and projects it.
import type { ShiftRow } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { Approval } from '$lib/contract/acts/approval';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { CashReason } from '$lib/contract/acts/shift';
import { ZERO, type Money, money } from '$lib/domain/values/money';
import { secondPerson } from '$lib/domain/policy/approval';
import {
  dayOf,
  refusedRight,
  type Decided,
  type DecidingAt,
  type NoRight,
} from '$lib/domain/policy/rights';
import type { Before, ProjectedChange } from '$lib/domain/rows';
import {
  actId,
  inSums,
  isOpen,
  withMoved,
  type CashDirection,
  readsOnlySums,
} from '$lib/domain/shift/shift';

export type CashMovedInput = DecidingAt & {
  /** Made before the first attempt. */
  readonly id: string;
  readonly shift: ShiftRow | undefined;
  readonly direction: CashDirection;
  readonly amount: Money;
  readonly reason: CashReason;
  readonly note: string | null;
  /** The second operator, who gave their PIN; null: nobody did. */
  readonly approvedBy: string | null;
};

export type CashMovedRefusal =
  | NoRight
  | { readonly kind: 'no-shift' }
  | { readonly kind: 'no-amount' }
  | { readonly kind: 'no-note' }
  /** Above this sum, minor units, a second operator has to agree. */
  | { readonly kind: 'needs-colleague'; readonly above: number };

/** Why cash is moved that says nothing without a note. */
const NEEDS_NOTE: readonly CashReason[] = ['expense', 'other'];

/** More cash than the drawer should hold may be taken out: if it was really there, the next count shows the difference. */
export function decideCashMoved(
  input: CashMovedInput,
): Decided<BodyOf<'cash-moved'>, CashMovedRefusal> {
  const refused = (because: CashMovedRefusal) => ({ kind: 'refused', because }) as const;
  const { id, shift, direction, amount, reason, note } = input;
  const noRight = refusedRight(cashMovedRules, input);
  if (noRight !== null) return refused(noRight);
  if (!isOpen(shift)) return refused({ kind: 'no-shift' });
  if (amount === ZERO) return refused({ kind: 'no-amount' });
  if (NEEDS_NOTE.includes(reason) && note === null) return refused({ kind: 'no-note' });
  const { cashFrom: above } = input.policy.returns;
  const approval: Approval | null =
    direction === 'in' || amount <= above
      ? { kind: 'not-needed' }
      : secondPerson(input, 'cash-in-out');
  if (approval === null) return refused({ kind: 'needs-colleague', above });
  const body = { id, day: dayOf(input), direction, amount, reason, note, approval };
  return { kind: 'decided', body };
}

const cashOf = ({ direction, reason, amount }: BodyOf<'cash-moved'>) => ({
  direction,
  reason,
  amount,
});

const projectCashMoved = (entry: EntryOf<'cash-moved'>, before: Before): ProjectedChange[] => [
  actId(entry, entry.body.id),
  ...inSums(entry, before, (totals) =>
    withMoved(totals, entry, { kind: 'cash', ...cashOf(entry.body) }),
  ),
];

export const cashMovedRules = {
  rights: ['cash-in-out'],
  reads: readsOnlySums,
  project: projectCashMoved,
  decide: decideCashMoved,
  forms: [
    {
      name: 'in',
      given: { direction: 'in' },
      asksAmount: true,
      reasons: ['small-change', 'other'],
      needNote: NEEDS_NOTE,
    },
    {
      name: 'out',
      given: { direction: 'out' },
      asksAmount: true,
      reasons: ['cash-drop', 'expense', 'other'],
      needNote: NEEDS_NOTE,
    },
  ],
  asks: () => ({ shift: true }),
  again: ({ body: { approval, ...asked } }, { shift, ...by }) => {
    if (shift === null) return null;
    const approvedBy = approval.kind === 'given' ? approval.by : null;
    return decideCashMoved({ ...by, ...asked, approvedBy, shift, amount: money(asked.amount) });
  },
} as const satisfies ActRules<'cash-moved'>;
