// A copy of a receipt or report, printed or shared: decides and projects it.
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import {
  dayOf,
  refusedRight,
  type Decided,
  type DecidingAt,
  type NoRight,
} from '$lib/domain/policy/rights';
import type { Before, ProjectedChange } from '$lib/domain/rows';
import { inSums, readsOnlySums } from '$lib/domain/shift/shift';

const HAS_PAPER: ReadonlySet<string> = new Set([
  ...['sale', 'repayment', 'repayment-cancelled', 'overpayment-returned', 'return', 'shift-closed'],
]);

export type ReprintedInput = DecidingAt & {
  /** The entry whose receipt or report is copied. */
  readonly about: BodyOf<'receipt-reprinted'>['about'];
  /** The act of that entry; null: the entry is not known here. */
  readonly act: string | null;
};

export type ReprintedRefusal = NoRight | { readonly kind: 'no-receipt' };

export function decideReprinted({
  about,
  act,
  ...by
}: ReprintedInput): Decided<BodyOf<'receipt-reprinted'>, ReprintedRefusal> {
  const noRight = refusedRight(reprintedRules, by);
  if (noRight !== null) return { kind: 'refused', because: noRight };
  if (act !== null && !HAS_PAPER.has(act))
    return { kind: 'refused', because: { kind: 'no-receipt' } };
  return { kind: 'decided', body: { day: dayOf(by), about } };
}

/** It opens no shift, because no money moves. */
const projectReprinted = (entry: EntryOf<'receipt-reprinted'>, before: Before): ProjectedChange[] =>
  inSums(entry, before, (totals) => ({ ...totals, reprints: totals.reprints + 1 }));

export const reprintedRules = {
  rights: ['sell', 'view-reports'],
  reads: readsOnlySums,
  project: projectReprinted,
} as const satisfies ActRules<'receipt-reprinted'>;

export const reprintedAgain = {
  asks: ({ about }) => ({ entries: [about.hash] }),
  // the receipt may be another till's: this till can ask the relay for one that it has not downloaded
  again: ({ body }, known) =>
    decideReprinted({ ...known, ...body, act: known.entries[0]?.act ?? null }),
} as const satisfies AgainRules<'receipt-reprinted'>;
