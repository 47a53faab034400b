// What a fiscal printer needs besides a sale's lines: the tax by rate, and the way of payment.
import type { LineOfSale, SaleBody, VatRate } from '$lib/contract/acts/sale';
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

/** Every line of a sale is paid in one way (FFD 1.2, tag 1214); a repayment is always `payment-of-credit`. */
export type PaymentMethod = 'full' | 'part' | 'on-account' | 'payment-of-credit';

/** What points pay counts as a discount, not as a payment. */
export function paymentMethodOf({
  lines,
  total,
  onAccount,
}: Pick<SaleBody, 'lines' | 'total' | 'onAccount'>): PaymentMethod {
  if (onAccount === 0) return 'full';
  const byPoints = lines.reduce((sum, { pointsPart }) => exact(sum + pointsPart), 0);
  return onAccount === total - byPoints ? 'on-account' : 'part';
}
