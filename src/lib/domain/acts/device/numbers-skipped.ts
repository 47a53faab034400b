// The act of a till that lost its data: it skips receipt numbers that it may already have given.
import type { BodyOf } from '$lib/contract/journal';

/** More receipts than a till sells between its last known act and the loss. */
export const SKIPPED = 1_000;

/** `last`: the highest receipt number that the till knows; 0: none. It leaves no rows; the next receipt number follows `to`. */
export function decideNumbersSkipped(last: number): BodyOf<'numbers-skipped'> {
  return { from: last + 1, to: last + SKIPPED };
}
