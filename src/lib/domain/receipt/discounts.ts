// Discounts of lines: those given by hand, the most a person may give, and the best automatic one.
import type { DiscountOfLine, GivenByHand, LineOfSale, PriceFrom } from '$lib/contract/acts/sale';
import type { Right } from '$lib/contract/policy';
import { invariant } from '$lib/domain/values/invariant';
import {
  divideRounded,
  exact,
  money,
  share,
  smallest,
  spread,
  subtract,
  sum,
  ZERO,
  type Money,
} from '$lib/domain/values/money';
import { discountCapOf, rightsOf, type VerifiedPolicy } from '$lib/domain/policy/policy';
import type { Quantity } from '$lib/domain/values/quantity';

/** A discount as a person gives it to a line or a receipt: a percentage, a sum, or both. Null: not given. */
export type GivenDiscount = {
  /** Hundredths of a percent, 1 to 10 000. */
  readonly basisPoints: number | null;
  /** Of the whole line or receipt. */
  readonly sum: Money | null;
};

export const NO_DISCOUNT: GivenDiscount = { basisPoints: null, sum: null };

export const isGiven = ({ basisPoints, sum }: GivenDiscount): boolean =>
  basisPoints !== null || sum !== null;

/** `noDiscounts`: the product's own mark. */
export type Discounted = {
  readonly quantity: Quantity;
  readonly unitPrice: Money;
  readonly priceFrom: PriceFrom;
  readonly noDiscounts: boolean;
  readonly discount: GivenDiscount;
};

/** Whether the line takes discounts: not if the product is marked `noDiscounts`, nor if a scale label states the price. */
export const takesDiscounts = ({
  noDiscounts,
  priceFrom,
}: Pick<Discounted, 'noDiscounts' | 'priceFrom'>): boolean => !noDiscounts && priceFrom !== 'scale';

/** What a line costs. `goods`: before discounts. */
export type Priced = {
  readonly goods: Money;
  readonly discounts: readonly DiscountOfLine[];
  readonly total: Money;
};

/** Price times quantity before any discount, halves away from zero: the only place that rounds a line's price. */
export function goodsPrice(unitPrice: Money, amount: Quantity): Money {
  // two wrong signs would give a valid sum
  invariant(unitPrice >= 0 && amount > 0, 'a line sells something, for nothing or more');
  return money(Number(divideRounded(BigInt(unitPrice) * BigInt(amount), 1000n)));
}

/**
 * The lines with the discounts given by hand, in this order: the line's percentage, the receipt's percentage, the line's sum, the
 * receipt's sum. A receipt's discount is spread over the lines in proportion to their price at that point. No discount takes more
 * than is left of a line, and lines that take no discounts stay unchanged.
 */
export function priced(lines: readonly Discounted[], ofReceipt: GivenDiscount): Priced[] {
  const prices = lines.map((line) => {
    const goods = goodsPrice(line.unitPrice, line.quantity);
    const isFixed = !takesDiscounts(line);
    return { goods, rest: goods, isFixed, discounts: [] as DiscountOfLine[] };
  });
  /** What may still be taken off each line. */
  const bases = () => prices.map(({ rest, isFixed }) => (isFixed ? ZERO : rest));
  const take = (
    from: 'line' | 'receipt',
    amounts: readonly Money[],
    basisPointsOf: (place: number) => number | null,
  ) => {
    prices.forEach((price, place) => {
      const amount = amounts[place] ?? ZERO;
      if (amount === ZERO) return;
      price.rest = subtract(price.rest, amount);
      price.discounts.push({ from, rule: null, basisPoints: basisPointsOf(place), amount });
    });
  };
  const percentOf = (place: number) => lines[place]?.discount.basisPoints ?? null;
  take(
    'line',
    bases().map((base, place) => share(base, percentOf(place) ?? 0)),
    percentOf,
  );
  const { basisPoints } = ofReceipt;
  if (basisPoints !== null)
    take('receipt', spread(share(sum(bases()), basisPoints), bases()), () => basisPoints);
  take(
    'line',
    bases().map((base, place) => smallest(base, lines[place]?.discount.sum ?? ZERO)),
    () => null,
  );
  if (ofReceipt.sum !== null)
    take('receipt', spread(smallest(ofReceipt.sum, sum(bases())), bases()), () => null);
  return prices.map(({ goods, rest, discounts }) => ({ goods, discounts, total: rest }));
}

/** What a rule of the policy alone would take off a line, minor units above zero. `adds`: in addition to discounts by hand. */
export type RuleOffer = {
  readonly rule: string;
  readonly name: string;
  readonly basisPoints: number | null;
  readonly amount: Money;
  readonly adds: boolean;
};

/**
 * The line's price with the rule that makes it cheapest; of equal rules the earlier. A rule that does not add replaces the
 * discounts by hand, and counts only if it takes more off than they do.
 */
export const withBestOffer = (byHand: Priced, offers: readonly RuleOffer[]): Priced =>
  offers.reduce<Priced>((best, { rule, basisPoints, amount: off, adds }) => {
    const { goods } = byHand;
    const before = adds ? byHand : { goods, discounts: [], total: goods };
    const amount = smallest(off, before.total);
    const total = subtract(before.total, amount);
    if (total >= best.total) return best;
    const discounts = [...before.discounts, { from: 'rule', rule, basisPoints, amount } as const];
    return { goods, discounts, total };
  }, byHand);

/** A discount as a sale states it; null: none. */
export const givenToWire = ({ basisPoints, sum }: GivenDiscount): GivenByHand | null =>
  basisPoints === null && sum === null ? null : { basisPoints, sum };

export const givenFromWire = (given: GivenByHand | null): GivenDiscount =>
  given === null
    ? NO_DISCOUNT
    : { basisPoints: given.basisPoints, sum: given.sum === null ? null : money(given.sum) };

/** The list price of a sold line's goods, minor units. */
export const listPriceOf = (line: Pick<LineOfSale, 'listPrice' | 'quantity'>): number =>
  exact(Number(divideRounded(BigInt(line.listPrice) * BigInt(line.quantity), 1000n)));

/** Everything that is taken off a line, minor units. */
export const discountOf = ({ discounts }: Pick<Priced, 'discounts'>): number =>
  discounts.reduce((sum, { amount }) => sum + amount, 0);

/** A percentage as typed, `12,5`, in hundredths of a percent: 0 to 10 000. Null: the text is no percentage. */
export function parsePercent(text: string): number | null {
  const typed = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(text.trim());
  if (typed === null) return null;
  const basisPoints = Number(typed[1]) * 100 + Number((typed[2] ?? '').padEnd(2, '0'));
  return basisPoints <= 10_000 ? basisPoints : null;
}

/** The same for a field or a screen, with a point: `12.5`. */
export const percentText = (basisPoints: number): string => String(basisPoints / 100);

/** A line whose price was reduced by hand. */
export type Reduced = Discounted & { readonly listPrice: Money };

export type ReductionRefusal =
  | { readonly kind: 'may-not-sell'; readonly right: Extract<Right, 'discount' | 'free-price'> }
  /** `allowed`: what may be taken off the line. `line`: its place. */
  | { readonly kind: 'discount-over-cap'; readonly line: number; readonly allowed: Money };

/** Why a person may not reduce these lines by hand this much; null: they may. */
export function reductionRefused(
  policy: VerifiedPolicy,
  operatorId: string,
  lines: readonly Reduced[],
  ofReceipt: GivenDiscount,
): ReductionRefusal | null {
  const rights = rightsOf(policy, operatorId);
  const prices = priced(lines, ofReceipt);
  const needed = [
    ...(prices.some(({ discounts }) => discounts.length > 0) ? (['discount'] as const) : []),
    ...(lines.some(({ priceFrom }) => priceFrom === 'free') ? (['free-price'] as const) : []),
  ];
  const missing = needed.find((right) => !rights.includes(right));
  if (missing !== undefined) return { kind: 'may-not-sell', right: missing };
  const cap = discountCapOf(policy, operatorId);
  for (const [place, line] of lines.entries()) {
    // a price from a scale label is not reduced by hand
    if (line.priceFrom === 'scale') continue;
    const list = goodsPrice(line.listPrice, line.quantity);
    const { discounts, total } = prices[place] ?? { discounts: [], total: list };
    const allowed = line.noDiscounts ? ZERO : allowedOff(list, cap, discounts);
    if (list - total > allowed) return { kind: 'discount-over-cap', line: place, allowed };
  }
  return null;
}

/**
 * What the cap allows off a line, rounded up. A discount of the receipt is spread in whole minor units, so one line may get one
 * minor unit more than its percentage.
 */
function allowedOff(list: Money, cap: number, discounts: readonly DiscountOfLine[]): Money {
  if (cap === 0) return ZERO;
  const most = Number((BigInt(list) * BigInt(cap) + 9_999n) / 10_000n);
  const isSpread = discounts.some(({ from }) => from === 'receipt');
  return smallest(list, money(most + (isSpread ? 1 : 0)));
}
