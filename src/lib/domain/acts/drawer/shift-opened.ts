// The opening of a till's shift: decides and projects it.
// It is opened by hand, or by the first act that moves money.
import type { ShiftRow } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { money, type Money } from '$lib/domain/values/money';
import { rightsOf } from '$lib/domain/policy/policy';
import type { Decided, Deciding, NoRight } from '$lib/domain/policy/rights';
import type { Before, ProjectedChange } from '$lib/domain/rows';
import {
  isOpen,
  NO_TOTALS,
  putShift,
  type FloatNotCounted,
  readsOnlyShift,
  floatLeft,
} from '$lib/domain/shift/shift';

export type ShiftOpenedInput = Deciding & {
  /** The till's newest shift; undefined: it has had none. */
  readonly shift: ShiftRow | undefined;
  /** Minor units that the last shift left in the drawer. */
  readonly leftBefore: number;
  /** The counted float; null: the shift opens automatically with the cash that the last one left. */
  readonly float: Money | null;
};

export type ShiftOpenedRefusal = NoRight | { readonly kind: 'shift-open' } | FloatNotCounted;

/** Opening by hand needs a right. Automatic opening does not: it belongs to an act that needs a right itself. */
export function decideShiftOpened(
  input: ShiftOpenedInput,
): Decided<BodyOf<'shift-opened'>, ShiftOpenedRefusal> {
  const { policy, operator, shift, leftBefore, float } = input;
  const right = 'open-shift';
  if (float !== null && !rightsOf(policy, operator).includes(right))
    return { kind: 'refused', because: { kind: 'no-right', right } };
  if (isOpen(shift)) return { kind: 'refused', because: { kind: 'shift-open' } };
  if (float === null && policy.shifts.countFloat)
    return { kind: 'refused', because: { kind: 'float-not-counted' } };
  const begins = float ?? money(leftBefore);
  // nothing was left before a till's first shift, so there is nothing to compare the float with
  const left = shift === undefined && leftBefore === 0 ? begins : leftBefore;
  const body = { float: begins, counted: float !== null, left, difference: begins - left };
  return { kind: 'decided', body };
}

/** A shift that was never closed has no Z report: the next one takes its number. */
function projectShiftOpened(
  { till, seq, at, operator, body }: EntryOf<'shift-opened'>,
  before: Before,
): ProjectedChange[] {
  const last = before.shifts(till);
  const closed = isOpen(last) ? last.number - 1 : (last?.number ?? 0);
  const opened = { seq, at, operator, ...body };
  return putShift({
    till,
    number: closed + 1,
    opened,
    totals: NO_TOTALS,
    counted: null,
    closed: null,
  });
}

export const shiftOpenedRules = {
  rights: null,
  reads: readsOnlyShift,
  project: projectShiftOpened,
} as const satisfies ActRules<'shift-opened'>;

export const shiftOpenedAgain = {
  asks: () => ({ shift: true }),
  again: ({ body: { float, counted, left } }, { shift, ...by }) => {
    if (shift === null) return null;
    // the till's own statement of the cash left in the drawer is believed for its first shift
    const leftBefore = shift === undefined ? left : floatLeft(shift, undefined);
    return decideShiftOpened({ ...by, shift, leftBefore, float: counted ? money(float) : null });
  },
} as const satisfies AgainRules<'shift-opened'>;
