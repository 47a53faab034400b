// Sums of acts in rolling windows of a day or 30 days, for journals in any order. Pure.
import { DAY_MS, MONTH_MS } from '$lib/domain/values/durations';
import type { ActRow } from '../store/journal-acts';

type Use = { readonly at: number; readonly amount: number };

const isWithin = (at: number, end: number, windowMs: number): boolean =>
  at > end - windowMs && at <= end;

/** Each use with the sum of the window that ends with it, in the order of time. */
function sumsUntil<U extends Use>(uses: readonly U[], windowMs: number): { use: U; sum: number }[] {
  const sorted = uses.toSorted((a, b) => a.at - b.at);
  let [sum, from, to] = [0, 0, 0];
  return sorted.map((use) => {
    for (; (sorted[to]?.at ?? Infinity) <= use.at; to += 1) sum += sorted[to]?.amount ?? 0;
    for (; (sorted[from]?.at ?? Infinity) <= use.at - windowMs; from += 1)
      sum -= sorted[from]?.amount ?? 0;
    return { use, sum };
  });
}

/** The largest sum of any 24 hours that contain this use; later uses may be known already. */
export function mostInADay(uses: readonly Use[], own: Use): number {
  const sums = sumsUntil([...uses, own], DAY_MS);
  return sums.reduce(
    (most, { use, sum }) => (isWithin(own.at, use.at, DAY_MS) ? Math.max(most, sum) : most),
    0,
  );
}

/** Sum of a customer's acts without a code in the 30 days that end at `at`, minor units. */
export function unconfirmedBy(
  acts: readonly ActRow[],
  { action, at: end }: Pick<ActRow, 'action' | 'at'>,
): number {
  const counted = acts.filter(
    (act) => act.action === action && !isByCustomer(act) && isWithin(act.at, end, MONTH_MS),
  );
  return counted.reduce((sum, { amount }) => sum + amount, 0);
}

/** Whether the act does not count towards a threshold: the customer confirmed it, or it needs no consent. */
const isByCustomer = ({ proof }: ActRow): boolean =>
  proof === 'code' || proof === 'reserve-code' || proof === 'former' || proof === 'by-right';

/**
 * Later acts of the same customer that were below their threshold only because this one was not uploaded yet.
 * Journals arrive in any order; the later act needed the code.
 */
export function pushedOver(act: ActRow, others: readonly ActRow[]): readonly ActRow[] {
  if (isByCustomer(act)) return [];
  const counted = others.filter((one) => one.action === act.action && !isByCustomer(one));
  return sumsUntil(counted, MONTH_MS).flatMap(({ use: late, sum }) => {
    if (late.below === null || late.at === act.at || !isWithin(act.at, late.at, MONTH_MS))
      return [];
    return sum < late.below && sum + act.amount >= late.below ? [late] : [];
  });
}
