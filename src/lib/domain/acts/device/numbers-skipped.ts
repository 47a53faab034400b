// The act of a till that lost its data: it skips receipt numbers that it may already have given.
import { LEAVES_NO_ROWS, type ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { BodyOf } from '$lib/contract/journal';

/** More receipts than a till sells between its last known act and the loss. */
export const SKIPPED = 1_000;

/** `last`: the highest receipt number that the till knows; 0: none. It leaves no rows; the next receipt number follows `to`. */
export function decideNumbersSkipped(last: number): BodyOf<'numbers-skipped'> {
  return { from: last + 1, to: last + SKIPPED };
}

export const numbersSkippedRules = {
  rights: null,
  ...LEAVES_NO_ROWS,
} as const satisfies ActRules<'numbers-skipped'>;

export const numbersSkippedAgain = {
  // believes the till about the last known number, because the receipts after it are lost
  again: ({ body }) => ({ kind: 'decided', body: decideNumbersSkipped(body.from - 1) }),
} as const satisfies AgainRules<'numbers-skipped'>;
