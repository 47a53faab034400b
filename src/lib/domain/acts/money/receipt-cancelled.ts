// A receipt cancelled before it is sold, and a cancelled one resumed: decides and projects both.
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { dayOf, refusedRight, type Decided, type DecidingAt } from '$lib/domain/policy/rights';
import type { Before, ProjectedChange } from '$lib/domain/rows';
import { actId, inSums, withReceiptCancelled, readsOnlySums } from '$lib/domain/shift/shift';

/** `id`: made before the first attempt. */
export type ReceiptCancelledInput = DecidingAt & Omit<BodyOf<'receipt-cancelled'>, 'day'>;
export type ReceiptResumedInput = DecidingAt & Omit<BodyOf<'receipt-resumed'>, 'day'>;

/**
 * Everybody who may sell may cancel. If they lack the right `remove-line-after-total`, the owners' daily summary mentions it.
 */
export function decideReceiptCancelled(
  input: ReceiptCancelledInput,
): Decided<BodyOf<'receipt-cancelled'>> {
  const noRight = refusedRight(receiptCancelledRules, input);
  if (noRight !== null) return { kind: 'refused', because: noRight };
  const { id, receipt, lines, total, removed, held } = input;
  return { kind: 'decided', body: { id, day: dayOf(input), receipt, lines, total, removed, held } };
}

export function decideReceiptResumed(
  input: ReceiptResumedInput,
): Decided<BodyOf<'receipt-resumed'>> {
  const noRight = refusedRight(receiptResumedRules, input);
  if (noRight !== null) return { kind: 'refused', because: noRight };
  const { id, receipt, cancelled } = input;
  return { kind: 'decided', body: { id, day: dayOf(input), receipt, cancelled } };
}

/** It opens no shift, because no money moves. */
const projectReceiptCancelled = (
  entry: EntryOf<'receipt-cancelled'>,
  before: Before,
): ProjectedChange[] => [
  actId(entry, entry.body.id),
  ...inSums(entry, before, (totals) => withReceiptCancelled(totals, entry)),
];

const projectReceiptResumed = (
  entry: EntryOf<'receipt-resumed'>,
  before: Before,
): ProjectedChange[] => [
  actId(entry, entry.body.id),
  ...inSums(entry, before, (totals) => ({
    ...totals,
    receiptsCancelled: {
      ...totals.receiptsCancelled,
      resumed: totals.receiptsCancelled.resumed + 1,
    },
  })),
];

export const receiptCancelledRules = {
  rights: ['sell'],
  reads: readsOnlySums,
  project: projectReceiptCancelled,
} as const satisfies ActRules<'receipt-cancelled'>;

export const receiptCancelledAgain = {
  again: ({ body }, known) => decideReceiptCancelled({ ...known, ...body }),
} as const satisfies AgainRules<'receipt-cancelled'>;

export const receiptResumedRules = {
  rights: ['sell'],
  reads: readsOnlySums,
  project: projectReceiptResumed,
} as const satisfies ActRules<'receipt-resumed'>;

export const receiptResumedAgain = {
  again: ({ body }, known) => decideReceiptResumed({ ...known, ...body }),
} as const satisfies AgainRules<'receipt-resumed'>;
