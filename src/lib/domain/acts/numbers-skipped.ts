// The act by which a till leaves receipt numbers out that it may have given before a loss.
import type { BodyOf } from '$lib/contract/journal';

/** More than a till sells between the last act that it knows and the loss. */
export const SKIPPED = 1_000;

/** `last`: the highest receipt number that the till knows of, 0: none. Leaves no rows: the next number follows `to`. */
export function decideNumbersSkipped(last: number): BodyOf<'numbers-skipped'> {
  return { from: last + 1, to: last + SKIPPED };
}
