// Calculates what a return takes off a debt and gives back in money and points.
// Sums are calculated over all returns of a sale so far, less what was given before.
// So several partial returns give back exactly as much as one whole return.
import type { ReturnRow } from '$lib/contract/rows';
import { divideRounded, exact, MAX_AMOUNT, money, type Money } from '$lib/domain/values/money';
import {
  inCash as roundedInCash,
  payableInCash,
  type CashRounding,
} from '$lib/domain/values/cash-rounding';
import {
  MONEY_KINDS,
  NO_MONEY,
  sumOfParts,
  type MoneyParts,
  type MoneyTenderKind,
} from '$lib/domain/values/settlement';

/** A sale, and the present state of its debt. Amounts are minor units. */
export type Sold = {
  /** `quantity`: thousandths. */
  readonly lines: readonly { readonly total: number; readonly quantity: number }[];
  /** Tenders without change, and the repayments of its debt. */
  readonly paid: MoneyParts;
  /** Points that it was paid with, and the worth of one. */
  readonly redeemed: number;
  readonly pointValue: number;
  readonly earned: number;
  /** As it was added to the total: negative if the customer paid less. */
  readonly rounding: number;
  /** What is still owed of the sale. */
  readonly owed: number;
  /** What was taken off its debt by neither money nor a return. */
  readonly writtenOff: number;
};

/** The sums of all returns of a sale. */
export type Returned = {
  /** Thousandths by line; the place of a line without a return may be empty. */
  readonly quantities: readonly number[];
  readonly debtReduced: number;
  /** As handed out; the cash includes `rounding`. */
  readonly refunds: MoneyParts;
  /** Signed, as it was added to the cash. */
  readonly rounding: number;
  readonly pointsGivenBack: number;
  readonly pointsTakenBack: number;
  /** Points to take back that the customer had spent already: their worth was withheld from the money. */
  readonly pointsWithheld: number;
};

export type Returning = {
  /** Thousandths by line, of this return alone. */
  readonly quantities: readonly number[];
  /** Points of the customer before this return. */
  readonly points: number;
  /** Money paid by card or transfer is given back in cash. */
  readonly inCash: boolean;
  readonly cashRounding: CashRounding;
};

/** What one return gives and takes. Only `rounding` can be negative. */
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

/** Thousandths of a line that can still be returned; 0 if tills that did not know of each other took back more than was sold. */
export const leftToReturn = ({ lines }: Sold, { quantities }: Returned, line: number): number =>
  Math.max(0, (lines[line]?.quantity ?? 0) - (quantities[line] ?? 0));

/** The part of a line's total for this many returned thousandths, at most the whole. */
function partOfLine({ total, quantity }: Sold['lines'][number], returned: number): number {
  const part = Math.min(returned, quantity);
  return Number(divideRounded(BigInt(total) * BigInt(part), BigInt(quantity)));
}

const sumOfAll = (parts: readonly number[]): number =>
  parts.reduce((sum, part) => exact(sum + part), 0);

/**
 * A return first lowers what is still owed of the sale. Then it covers the part of the debt that was written off, for which
 * nothing is given. The rest is given back in the proportion in which money and points paid. `before`: all earlier returns that
 * are known.
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
  });
  return {
    amounts,
    debtReduced: money(debtReduced),
    ...split,
    pointsGivenBack,
    pointsTakenBack,
    pointsWithheld,
    withheld: money(withheld),
  };
}

type Due = {
  readonly money: number;
  readonly points: number;
  readonly earned: number;
};

/** What all returns together give back for goods worth `rest`, and how many of the earned points they take back. */
function dueFor(sold: Sold, rest: number): Due {
  const { redeemed, pointValue, earned, rounding } = sold;
  const paid = BigInt(sumOfParts(sold.paid));
  const given = paid + BigInt(redeemed) * BigInt(pointValue);
  const whole = given - BigInt(rounding);
  if (given === 0n || whole <= 0n) return { money: 0, points: 0, earned: 0 };
  const part = BigInt(rest) < whole ? BigInt(rest) : whole;
  const back = divideRounded(paid * part, whole);
  // divided by the price of the goods without rounding, so that a whole return gives back all that was paid
  const points = (given * part - back * whole) / (whole * BigInt(pointValue));
  const kept = paid === 0n ? BigInt(earned) : (BigInt(earned) * (paid - back)) / paid;
  return {
    money: exact(Number(back)),
    points: Math.max(0, Math.min(redeemed, Number(points))),
    earned: earned - Number(kept),
  };
}

/**
 * Divides `amount` between tenders. Cash is rounded over all returns together, and never above what was paid. `withheld`: by all
 * returns.
 */
function splitRefund(
  { paid }: Sold,
  before: Returned,
  { inCash, cashRounding }: Returning,
  { amount, withheld }: { amount: number; withheld: number },
): Pick<Refund, 'refunds' | 'rounding'> {
  const leftOf = (kind: MoneyTenderKind): number => Math.max(0, paid[kind] - before.refunds[kind]);
  // rounding up must not give back more than was paid, neither now nor together with earlier cash
  const most = Math.max(0, sumOfParts(paid) - sumOfParts(before.refunds) - withheld);
  const card = inCash ? 0 : Math.min(amount, leftOf('card'), most);
  const transfer = inCash ? 0 : Math.min(amount - card, leftOf('transfer'), most - card);
  const rest = amount - card - transfer;
  const whole = exact(before.refunds.cash - before.rounding + rest);
  // such sums only a dishonest till can make
  const isBeyond = Math.abs(whole) > MAX_AMOUNT;
  const rounded = isBeyond ? whole : roundedInCash(money(whole), cashRounding);
  const due = Math.max(0, Math.min(most - card - transfer, rounded - before.refunds.cash));
  const cash = payableInCash(money(due), cashRounding);
  return {
    refunds: { cash: money(cash), card: money(card), transfer: money(transfer) },
    rounding: money(cash - rest),
  };
}

/** Whether the row is of returned goods, and not of a corrected tender. */
export const isOfGoods = ({ quantities }: Pick<ReturnRow, 'quantities'>): boolean =>
  quantities.length > 0;

/** Adds up the returns of one sale. */
export function returnedBy(rows: readonly ReturnRow[]): Returned {
  const quantities: number[] = [];
  const refunds = { ...NO_MONEY };
  const sum = (key: Counter): number => rows.reduce((total, row) => exact(total + row[key]), 0);
  for (const row of rows) {
    for (const { line, quantity } of row.quantities)
      quantities[line] = exact((quantities[line] ?? 0) + quantity);
    for (const kind of MONEY_KINDS) refunds[kind] = exact(refunds[kind] + row.refunds[kind]);
  }
  return {
    quantities,
    refunds,
    debtReduced: sum('debtReduced'),
    rounding: sum('rounding'),
    pointsGivenBack: sum('pointsGivenBack'),
    pointsTakenBack: sum('pointsTakenBack'),
    pointsWithheld: sum('pointsWithheld'),
  };
}

type Counter = Exclude<keyof Returned, 'quantities' | 'refunds'>;
