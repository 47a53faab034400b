// How much of a product a scale's label is for, and at which price.
import type { Unit } from '$lib/contract/acts/sale';
import type { LabelMask } from '$lib/contract/label-mask';
import type { Product } from '$lib/domain/goods/product';
import { readLabel, type ScaleLabel } from '$lib/domain/goods/scale-label';
import { divideRounded, money, type Money } from '$lib/domain/values/money';
import { MAX_QUANTITY, ONE, quantity, type Quantity } from '$lib/domain/values/quantity';
import { goodsPrice, isGiven } from './discounts';
import type { Line } from './receipt';

export type LabelAmount =
  /** `unitPrice`: of which the label's price is exactly the price of the quantity; null: the product's own. */
  | { readonly kind: 'amount'; readonly quantity: Quantity; readonly unitPrice: Money | null }
  /** The label says zero: the amount is asked for. */
  | { readonly kind: 'asks' }
  /** A weight of goods that are not sold by the kilogram, or pieces of goods that are. */
  | { readonly kind: 'other-unit' }
  /** A price, and the product has none from which the amount would follow. */
  | { readonly kind: 'no-price' }
  /** A price that no amount of the product has. */
  | { readonly kind: 'other-price' }
  | { readonly kind: 'too-much' };

/** How much of the product its label is for. */
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

/** Thousandths beside the nearest ones that are tried: of many kilograms not every sum is a price of each gram. */
const FARTHEST = 100;

/** The amount that costs `total`: whole pieces, or what is nearest by the list price. */
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
  // where the scale has the price of the list, this is what it weighed
  if (costs(list, nearest)) return { kind: 'amount', quantity: quantity(nearest), unitPrice: list };
  for (let away = 0; away <= FARTHEST; away++)
    for (const near of [nearest + away, nearest - away]) {
      const unitPrice = money(unitsFor(total, Math.max(1, near)));
      if (near > 0 && costs(unitPrice, near))
        return { kind: 'amount', quantity: quantity(near), unitPrice };
    }
  return { kind: 'other-price' };
}

/** Whether a line at a label's price is what the masks make of its label, at the list price that it states. */
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
