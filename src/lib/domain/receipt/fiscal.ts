// The tax in a sale, by rate.
import type { LineOfSale, VatRate } from '$lib/contract/acts/sale';
import { divideRounded, exact } from '$lib/domain/values/money';

/** The sums of one rate, minor units. `sum`: paid in money, tax included; `tax`: the tax in it. */
export type VatSum = { readonly vat: VatRate; readonly sum: number; readonly tax: number };

/**
 * The tax by rate, calculated once on the sum of each rate, in the order of the lines. What points paid is left out, because by
 * law it is a discount. Prices include the tax: 120 at 20 % include 20.
 */
export function vatSums(
  lines: readonly Pick<LineOfSale, 'tax' | 'total' | 'pointsPart'>[],
): VatSum[] {
  const sums = new Map<VatRate, number>();
  for (const { tax, total, pointsPart } of lines)
    sums.set(tax.vat, exact((sums.get(tax.vat) ?? 0) + total - pointsPart));
  return [...sums].map(([vat, sum]) => ({ vat, sum, tax: taxWithin(sum, vat) }));
}

function taxWithin(sum: number, vat: VatRate): number {
  const rate = vat === 'none' ? 0n : BigInt(vat);
  return Number(divideRounded(BigInt(sum) * rate, 100n + rate));
}
