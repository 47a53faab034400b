// The quantity and the price of a product that a scale label states.
import type { Unit } from '$lib/contract/acts/sale';
import type { LabelMask } from '$lib/contract/label-mask';
import type { Product } from '$lib/domain/goods/product';
import { readLabel, type ScaleLabel } from '$lib/domain/goods/scale-label';
import { divideRounded, money, type Money } from '$lib/domain/values/money';
import { MAX_QUANTITY, ONE, quantity, type Quantity } from '$lib/domain/values/quantity';
import { goodsPrice, isGiven } from './discounts';
import type { Line } from './receipt';

export type LabelAmount =
  /** `unitPrice`: the price per unit at which the quantity costs exactly the label's price; null: the product's own. */
  | { readonly kind: 'amount'; readonly quantity: Quantity; readonly unitPrice: Money | null }
  /** The label states zero: the operator has to enter the amount. */
  | { readonly kind: 'asks' }
  /** A weight although the goods are not sold by the kilogram, or pieces although they are not sold by the piece. */
  | { readonly kind: 'other-unit' }
  /** The label states a price, but the product's price is zero, so the quantity cannot be calculated. */
  | { readonly kind: 'no-price' }
  /** The label states a price that no quantity of the product costs. */
  | { readonly kind: 'other-price' }
  | { readonly kind: 'too-much' };

/** The quantity of the product that its label states. */
export function amountOf(
  { value, amount }: ScaleLabel,
  { unit, price }: Pick<Product, 'unit' | 'price'>,
): LabelAmount {
  if (amount === 0) return { kind: 'asks' };
  if (value === 'price') return atPrice(money(amount), price, unit);
  if (unit !== (value === 'weight' ? 'kilogram' : 'piece')) return { kind: 'other-unit' };
  const thousandths = value === 'weight' ? amount : amount * ONE;
  return thousandths > MAX_QUANTITY
    ? { kind: 'too-much' }
    : { kind: 'amount', quantity: quantity(thousandths), unitPrice: null };
}

/**
 * How many thousandths more or fewer than the nearest quantity are tried. For many kilograms a whole unit price does not reach
 * every sum exactly.
 */
const FARTHEST = 100;

/** The quantity that costs `total`: whole pieces, or the one nearest by the list price. */
function atPrice(total: Money, list: Money, unit: Unit): LabelAmount {
  if (list === 0) return { kind: 'no-price' };
  if (unit === 'piece' && total % list !== 0) return { kind: 'other-price' };
  const unitsFor = (sum: Money, price: number) =>
    Number(divideRounded(BigInt(sum) * 1000n, BigInt(price)));
  const nearest = unitsFor(total, list);
  if (nearest > MAX_QUANTITY) return { kind: 'too-much' };
  if (nearest === 0) return { kind: 'other-price' };
  const costs = (unitPrice: Money, thousandths: number) =>
    goodsPrice(unitPrice, quantity(thousandths)) === total;
  // if the scale uses the list price, this is the weight that it measured
  if (costs(list, nearest)) return { kind: 'amount', quantity: quantity(nearest), unitPrice: list };
  for (let away = 0; away <= FARTHEST; away++)
    for (const near of [nearest + away, nearest - away]) {
      const unitPrice = money(unitsFor(total, Math.max(1, near)));
      if (near > 0 && costs(unitPrice, near))
        return { kind: 'amount', quantity: quantity(near), unitPrice };
    }
  return { kind: 'other-price' };
}

/** Whether the masks give this line's quantity and price for its label, at the list price that the line states. */
export function isAtLabelPrice(
  { barcode, unit, listPrice, unitPrice, quantity: amount, discount, mark }: Line,
  masks: readonly LabelMask[],
): boolean {
  const read = readLabel(barcode ?? '', masks);
  if (read.kind !== 'label' || read.label.value !== 'price') return false;
  const made = amountOf(read.label, { unit, price: listPrice });
  const isSame = made.kind === 'amount' && made.quantity === amount && made.unitPrice === unitPrice;
  return isSame && !isGiven(discount) && mark === null;
}
