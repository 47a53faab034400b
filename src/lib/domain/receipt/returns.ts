// What a return takes off a debt and gives back in money and points.
// Partial returns come to one whole.
// Every sum is reckoned over all returns of a sale so far; what was given before is subtracted.
import { divideRounded, exact, MAX_AMOUNT, money, type Money } from '$lib/domain/values/money';
import type { ReturnRow } from '$lib/domain/rows';
import {
  inCash as roundedInCash,
  NO_MONEY,
  sumOfParts,
  type CashRounding,
  type MoneyParts,
  type MoneyTenderKind,
} from '$lib/domain/values/settlement';

/** A sale, and what became of its debt. Amounts are minor units. */
export type Sold = {
  /** `quantity`: thousandths. */
  readonly lines: readonly { readonly total: number; readonly quantity: number }[];
  /** Tenders without change, and the repayments of its debt. */
  readonly paid: MoneyParts;
  /** Points it was paid with, and what one was worth. */
  readonly redeemed: number;
  readonly pointValue: number;
  readonly earned: number;
  /** As it was added to the total: negative where the customer paid less. */
  readonly rounding: number;
  /** What is still owed of it. */
  readonly owed: number;
  /** What was taken off its debt without money and without a return. */
  readonly writtenOff: number;
};

/** What all returns of a sale have come to. */
export type Returned = {
  /** Thousandths by line; none at the place of a line of which nothing came back. */
  readonly quantities: readonly number[];
  readonly debtReduced: number;
  /** As it was handed out, `rounding` in the cash. */
  readonly refunds: MoneyParts;
  /** Signed, as it was added to the cash. */
  readonly rounding: number;
  readonly pointsGivenBack: number;
  readonly pointsTakenBack: number;
  /** Earned points that the customer no longer had: their worth was withheld from the money. */
  readonly pointsWithheld: number;
};

export type Returning = {
  /** Thousandths by line, of this return alone. */
  readonly quantities: readonly number[];
  /** Points of the customer before this return. */
  readonly points: number;
  /** What card and transfer paid is given back in cash, too. */
  readonly inCash: boolean;
  readonly cashRounding: CashRounding;
};

/** What one return gives and takes; nothing of it is negative but `rounding`. */
export type Refund = {
  /** Of each line, minor units. */
  readonly amounts: readonly Money[];
  readonly debtReduced: Money;
  readonly refunds: Readonly<Record<MoneyTenderKind, Money>>;
  readonly rounding: Money;
  readonly pointsGivenBack: number;
  readonly pointsTakenBack: number;
  readonly pointsWithheld: number;
  /** Worth of `pointsWithheld`. */
  readonly withheld: Money;
};

/** Thousandths of a line that can still be returned; none where tills apart took back more than was sold. */
export const leftToReturn = ({ lines }: Sold, { quantities }: Returned, line: number): number =>
  Math.max(0, (lines[line]?.quantity ?? 0) - (quantities[line] ?? 0));

/** Part of a line's total that so many thousandths of it have, at most the whole. */
function partOfLine({ total, quantity }: Sold['lines'][number], returned: number): number {
  const part = Math.min(returned, quantity);
  return Number(divideRounded(BigInt(total) * BigInt(part), BigInt(quantity)));
}

const sumOfAll = (parts: readonly number[]): number =>
  parts.reduce((sum, part) => exact(sum + part), 0);

/**
 * First what is still owed of the sale, then what of its debt was written off (nothing is given for it); the rest in the
 * proportion in which money and points paid. `before`: all earlier returns that are known.
 */
export function refundOf(sold: Sold, before: Returned, returning: Returning): Refund {
  const partsOf = (quantityOf: (line: number) => number): number[] =>
    sold.lines.map((line, index) => partOfLine(line, quantityOf(index)));
  const earlier = (line: number): number => before.quantities[line] ?? 0;
  const was = partsOf(earlier);
  const are = partsOf((line) => earlier(line) + (returning.quantities[line] ?? 0));
  const amounts = are.map((part, line) => money(part - (was[line] ?? 0)));
  const debtReduced = Math.min(sumOfAll(amounts), sold.owed);
  const rest = sumOfAll(are) - before.debtReduced - debtReduced - sold.writtenOff;
  const due = dueFor(sold, Math.max(0, rest));

  const pointsGivenBack = Math.max(0, due.points - before.pointsGivenBack);
  const withheldBefore = exact(before.pointsWithheld * sold.pointValue);
  const givenBefore = exact(sumOfParts(before.refunds) - before.rounding + withheldBefore);
  const moneyNow = Math.max(0, exact(due.money - givenBefore));

  const takenBefore = before.pointsTakenBack + before.pointsWithheld;
  const toTake = Math.max(0, due.earned - takenBefore);
  const held = Math.max(0, returning.points + pointsGivenBack);
  const pointsTakenBack = Math.min(held, toTake);
  const pointsWithheld = Math.min(toTake - pointsTakenBack, Math.floor(moneyNow / sold.pointValue));
  const withheld = pointsWithheld * sold.pointValue;
  const split = splitRefund(sold, before, returning, {
    amount: moneyNow - withheld,
    withheld: withheldBefore + withheld,
    isWhole: due.isWhole,
  });
  return {
    ...{ amounts, debtReduced: money(debtReduced), ...split },
    ...{ pointsGivenBack, pointsTakenBack, pointsWithheld, withheld: money(withheld) },
  };
}

type Due = {
  readonly money: number;
  readonly points: number;
  readonly earned: number;
  readonly isWhole: boolean;
};

/** What all returns together have to give back for `rest` of the goods, and how many of the earned points they take. */
function dueFor(sold: Sold, rest: number): Due {
  const { redeemed, pointValue, earned, rounding } = sold;
  const paid = BigInt(sumOfParts(sold.paid));
  const given = paid + BigInt(redeemed) * BigInt(pointValue);
  const whole = given - BigInt(rounding);
  if (given === 0n || whole <= 0n) return { money: 0, points: 0, earned: 0, isWhole: false };
  const part = BigInt(rest) < whole ? BigInt(rest) : whole;
  const back = divideRounded(paid * part, whole);
  // of the whole all of it: what the total was rounded by is in neither money nor points
  const points = (given * part - back * whole) / (whole * BigInt(pointValue));
  const kept = paid === 0n ? BigInt(earned) : (BigInt(earned) * (paid - back)) / paid;
  return {
    money: exact(Number(back)),
    points: Math.max(0, Math.min(redeemed, Number(points))),
    earned: earned - Number(kept),
    isWhole: part === whole,
  };
}

/**
 * With which tenders `amount` is given back. Cash is rounded over all returns; the one that completes the whole gives the exact
 * rest. `withheld`: by all returns.
 */
function splitRefund(
  { paid }: Sold,
  before: Returned,
  { inCash, cashRounding }: Returning,
  { amount, withheld, isWhole }: { amount: number; withheld: number; isWhole: boolean },
): Pick<Refund, 'refunds' | 'rounding'> {
  const leftOf = (kind: MoneyTenderKind): number => Math.max(0, paid[kind] - before.refunds[kind]);
  const card = inCash ? 0 : Math.min(amount, leftOf('card'));
  const transfer = inCash ? 0 : Math.min(amount - card, leftOf('transfer'));
  const rest = amount - card - transfer;
  const whole = exact(before.refunds.cash - before.rounding + rest);
  const isExact = isWhole || Math.abs(whole) > MAX_AMOUNT;
  const rounded = isExact ? whole : roundedInCash(money(whole), cashRounding);
  // rounding gives no more than was paid
  const most = sumOfParts(paid) - sumOfParts(before.refunds) - withheld - card - transfer;
  const cash = Math.max(0, Math.min(most, rounded - before.refunds.cash));
  return {
    refunds: { cash: money(cash), card: money(card), transfer: money(transfer) },
    rounding: money(cash - rest),
  };
}

/** All these returns of one sale together. */
export function returnedBy(rows: readonly ReturnRow[]): Returned {
  const quantities: number[] = [];
  const refunds = { ...NO_MONEY };
  const sum = (key: Counter): number => rows.reduce((total, row) => exact(total + row[key]), 0);
  for (const row of rows) {
    for (const { line, quantity } of row.quantities)
      quantities[line] = exact((quantities[line] ?? 0) + quantity);
    for (const kind of ['cash', 'card', 'transfer'] as const)
      refunds[kind] = exact(refunds[kind] + row.refunds[kind]);
  }
  return {
    ...{ quantities, refunds },
    ...{ debtReduced: sum('debtReduced'), rounding: sum('rounding') },
    pointsGivenBack: sum('pointsGivenBack'),
    pointsTakenBack: sum('pointsTakenBack'),
    pointsWithheld: sum('pointsWithheld'),
  };
}

type Counter = Exclude<keyof Returned, 'quantities' | 'refunds'>;
