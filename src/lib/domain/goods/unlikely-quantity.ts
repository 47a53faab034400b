// Typed weights that are asked about before they count: unusually much, or grams for kilograms.
import type { Product } from './product';
import { decimalsOf, parseQuantity, quantity, type Quantity } from '$lib/domain/values/quantity';

/**
 * Why a typed weight is asked about. `grams`: it may be meant in grams, `meant` is that weight; `much`: more than is usually
 * sold.
 */
export type QuantityDoubt =
  { readonly kind: 'grams'; readonly meant: Quantity } | { readonly kind: 'much' };

/** Above it a shop's weight is asked about, unless the product has its own limit: 20 kg. */
const USUAL_MOST_WEIGHT = quantity(20_000);

/** A whole number of kilograms above this one is more often grams: 10 kg. */
const MOST_WHOLE_KILOGRAMS = quantity(10_000);

/** Why a typed quantity of a product is asked about; null: it is not, or it is no quantity. Pieces never are. */
export function quantityDoubt(
  typed: string,
  { unit, usualMost }: Pick<Product, 'unit' | 'usualMost'>,
): QuantityDoubt | null {
  const amount = parseQuantity(typed, unit);
  if (amount === null || decimalsOf(unit) === 0) return null;
  const isWhole = !/[.,]/.test(typed);
  if (unit === 'kilogram' && isWhole && amount > MOST_WHOLE_KILOGRAMS)
    return { kind: 'grams', meant: quantity(amount / 1000) };
  const most = usualMost ?? (unit === 'kilogram' ? USUAL_MOST_WEIGHT : null);
  return most !== null && amount > most ? { kind: 'much' } : null;
}
