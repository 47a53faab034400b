// The close of a till's shift with its Z report: decides and projects it.
import type { ShiftRow } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type {
  DifferenceReason,
  HeldReceipts,
  ShiftTotals,
  TerminalCounted,
} from '$lib/contract/acts/shift';
import { money, subtract, type Money } from '$lib/domain/values/money';
import { refusedRight, type Decided, type Deciding, type NoRight } from '$lib/domain/policy/rights';
import type { Before, ProjectedChange } from '$lib/domain/rows';
import {
  actId,
  expectedCash,
  expectedTerminal,
  isOpen,
  putShift,
  readsOnlyShift,
} from '$lib/domain/shift/shift';

/** A receipt that is being paid, or a code that is awaited. */
export type UnderWay = 'payment' | 'code';

export type ShiftClosedInput = Deciding & {
  /** Made before the first attempt. */
  readonly id: string;
  readonly shift: ShiftRow | undefined;
  /** What the till is in the middle of; null: nothing. */
  readonly underWay: UnderWay | null;
  readonly onHold: HeldReceipts;
  /** The cash that stays in the drawer. */
  readonly left: Money;
  readonly reason: DifferenceReason | null;
  readonly note: string | null;
};

export type ShiftClosedRefusal =
  | NoRight
  | { readonly kind: 'no-shift' }
  | { readonly kind: 'under-way'; readonly what: UnderWay }
  /** Nobody counted, or not everything, or money was moved after the count. */
  | { readonly kind: 'not-counted' }
  | { readonly kind: 'left-too-much'; readonly counted: Money }
  /** The count differs from what was expected, and no reason is given. `difference`: of the cash. */
  | { readonly kind: 'no-reason'; readonly difference: number }
  | { readonly kind: 'no-note' };

/** Closes a shift by the last count of its drawer. */
export function decideShiftClosed(
  input: ShiftClosedInput,
): Decided<BodyOf<'shift-closed'>, ShiftClosedRefusal> {
  const refused = (because: ShiftClosedRefusal) => ({ kind: 'refused', because }) as const;
  const { id, policy, shift, left, underWay } = input;
  const noRight = refusedRight(shiftClosedRules, input);
  if (noRight !== null) return refused(noRight);
  if (!isOpen(shift)) return refused({ kind: 'no-shift' });
  if (underWay !== null) return refused({ kind: 'under-way', what: underWay });
  const expected = expectedCash(shift);
  if (shift.counted?.expected !== expected) return refused({ kind: 'not-counted' });
  const { terminal } = shift.counted;
  if (!isWhole(terminal, shift.totals)) return refused({ kind: 'not-counted' });
  const counted = money(shift.counted.counted);
  if (left > counted) return refused({ kind: 'left-too-much', counted });
  const difference = counted - expected;
  const isEven = difference === 0 && terminal.every((one) => one.counted === one.expected);
  const reason = isEven ? null : input.reason;
  if (!isEven && reason === null) return refused({ kind: 'no-reason', difference });
  const note = reason === null ? null : input.note;
  if (reason === 'other' && note === null) return refused({ kind: 'no-note' });
  const body: BodyOf<'shift-closed'> = {
    id,
    number: shift.number,
    currency: policy.shop.currency.code,
    opened: shift.opened,
    totals: shift.totals,
    onHold: input.onHold,
    counted,
    expected,
    difference,
    terminal,
    reason,
    note,
    takenOut: subtract(counted, left),
    left,
  };
  return { kind: 'decided', body };
}

/** Whether card and transfer were counted as the shift has them now. */
const isWhole = (terminal: TerminalCounted, totals: ShiftTotals): boolean => {
  const needed = expectedTerminal(totals);
  return (
    needed.length === terminal.length &&
    needed.every(({ kind, expected }) =>
      terminal.some((one) => one.kind === kind && one.expected === expected),
    )
  );
};

/** If the shift's row is missing, it is rebuilt from the Z report. */
function projectShiftClosed(entry: EntryOf<'shift-closed'>, before: Before): ProjectedChange[] {
  const { till, seq, at, hash, body } = entry;
  const { number, opened, totals, counted, expected, terminal, left } = body;
  const shift = before.shifts(till) ?? {
    till,
    number,
    opened,
    totals,
    counted: { counted, expected, terminal },
  };
  return [
    actId(entry, body.id),
    ...putShift({ ...shift, closed: { seq, at, left } }),
    { table: 'closedShifts', op: 'add', rows: [{ till, seq, hash, at, shift: number }] },
  ];
}

export const shiftClosedRules = {
  rights: ['close-shift'],
  reads: readsOnlyShift,
  project: projectShiftClosed,
} as const satisfies ActRules<'shift-closed'>;

export const shiftClosedAgain = {
  asks: () => ({ shift: true }),
  again: ({ body }, { shift, ...by }) =>
    shift === null
      ? null
      : decideShiftClosed({ ...by, ...body, shift, left: money(body.left), underWay: null }),
} as const satisfies AgainRules<'shift-closed'>;
