// A count of the cash drawer: decides and projects it. A recount is one more count.
import type { ShiftRow } from '$lib/contract/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { ShiftTotals, TerminalCounted } from '$lib/contract/acts/shift';
import { exact, money, type Money } from '$lib/domain/values/money';
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
  expectedCash,
  expectedTerminal,
  inDay,
  isOpen,
  putShift,
  readsOnlySums,
} from '$lib/domain/shift/shift';

/** Notes or coins of one value, minor units. */
export type Pieces = { readonly value: Money; readonly count: number };

/** The sum of these notes and coins. */
export const sumOfPieces = (pieces: readonly Pieces[]): Money =>
  money(pieces.reduce((sum, { value, count }) => sum + value * count, 0));

export type DrawerCountedInput = DecidingAt & {
  /** Made before the first attempt. */
  readonly id: string;
  readonly shift: ShiftRow | undefined;
  readonly counted: Money;
  /** The part of it that was counted by notes and coins. */
  readonly pieces: readonly Pieces[];
  /** What terminal and bank say, minor units; what the shift does not need is left out of the count. */
  readonly terminal: readonly Pick<TerminalCounted[number], 'kind' | 'counted'>[];
};

export type DrawerCountedRefusal =
  | NoRight
  | { readonly kind: 'no-shift' }
  /** The notes and coins add up to more than `counted`. */
  | { readonly kind: 'pieces-exceed' };

export function decideDrawerCounted(
  input: DrawerCountedInput,
): Decided<BodyOf<'drawer-counted'>, DrawerCountedRefusal> {
  const { id, shift, counted, pieces, terminal } = input;
  const noRight = refusedRight(drawerCountedRules, input);
  if (noRight !== null) return { kind: 'refused', because: noRight };
  if (!isOpen(shift)) return { kind: 'refused', because: { kind: 'no-shift' } };
  if (sumOfPieces(pieces) > counted) return { kind: 'refused', because: { kind: 'pieces-exceed' } };
  const body = {
    id,
    day: dayOf(input),
    counted,
    expected: expectedCash(shift),
    pieces: pieces.map(({ value, count }) => ({ value, count })),
    terminal: expectedTerminal(shift.totals).flatMap(({ kind, expected }) => {
      const typed = terminal.find((one) => one.kind === kind);
      return typed === undefined ? [] : [{ kind, counted: typed.counted, expected }];
    }),
  };
  return { kind: 'decided', body };
}

type Count = NonNullable<ShiftRow['counted']>;

/**
 * By how much a count changes the differences that the shift's last count had, minor units without their signs. What the last count
 * found right, or left out, does not matter: a difference that appears is in the report anyway.
 */
function changedBy(last: Count | null, now: Count): number {
  if (last === null) return 0;
  const change = (was: Difference, is: Difference | undefined): number => {
    const before = was.counted - was.expected;
    return is === undefined || before === 0 ? 0 : Math.abs(is.counted - is.expected - before);
  };
  return last.terminal.reduce(
    (sum, was) => {
      const is = now.terminal.find(({ kind }) => kind === was.kind);
      return exact(sum + change(was, is));
    },
    change(last, now),
  );
}

type Difference = Pick<Count, 'counted' | 'expected'>;

function projectDrawerCounted(entry: EntryOf<'drawer-counted'>, before: Before): ProjectedChange[] {
  const { counted, expected, terminal, id } = entry.body;
  const count = { counted, expected, terminal };
  const shift = before.shifts(entry.till);
  const changed = changedBy(isOpen(shift) ? shift.counted : null, count);
  const withCount = (totals: ShiftTotals): ShiftTotals => ({
    ...totals,
    counts: totals.counts + 1,
    recounted:
      changed === 0
        ? totals.recounted
        : {
            count: totals.recounted.count + 1,
            amount: exact(totals.recounted.amount + changed),
          },
  });
  return [
    actId(entry, id),
    ...(isOpen(shift)
      ? putShift({ ...shift, totals: withCount(shift.totals), counted: count })
      : []),
    ...inDay(entry, before, withCount),
  ];
}

export const drawerCountedRules = {
  rights: ['close-shift'],
  reads: readsOnlySums,
  project: projectDrawerCounted,
} as const satisfies ActRules<'drawer-counted'>;

export const drawerCountedAgain = {
  asks: () => ({ shift: true }),
  again: ({ body: { id, counted, pieces, terminal } }, { shift, ...by }) =>
    shift === null
      ? null
      : decideDrawerCounted({
          ...by,
          id,
          shift,
          terminal,
          counted: money(counted),
          pieces: pieces.map(({ value, count }) => ({ value: money(value), count })),
        }),
} as const satisfies AgainRules<'drawer-counted'>;
