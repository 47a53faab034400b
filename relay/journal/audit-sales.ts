// Whether a sale in a journal is consistent: totals, movements, points. Pure; knows no policy.
import type { SaleBody } from '$lib/contract/acts/sale';

/** Points a sale says were earned, and on how much money, minor units. */
export type Earning = { readonly points: number; readonly moneyPaid: number };

/** Whether lines, tenders and debt add up to the total. */
export function addsUp(sale: SaleBody): boolean {
  const { lines, total, rounding, tenders, onAccount, changeDue } = sale;
  const given = sumOf(tenders.map(({ amount }) => amount));
  return (
    sumOf(lines.map((line) => line.total)) === total &&
    given + onAccount - changeDue === total + rounding &&
    sumOf(lines.map((line) => line.pointsPart)) === byPoints(sale)
  );
}

/** Whether the steps are exactly the sale's debt, points paid and points earned, for its own customer. */
export function movesWhatItSays({
  customer,
  onAccount,
  tenders,
  pointsEarned,
  accounts,
}: SaleBody): boolean {
  const redeemed = sumOf(tenders.map((each) => (each.kind === 'points' ? each.points : 0)));
  const said = [`debt ${onAccount}`, `points ${-redeemed}`, `points ${pointsEarned}`];
  const moved = accounts.map(({ account, delta }) => `${account} ${delta}`);
  return (
    accounts.every((step) => step.customer === customer) &&
    moved.toSorted().join() ===
      said
        .filter((step) => !step.endsWith(' 0'))
        .toSorted()
        .join()
  );
}

export function earningOf(sale: SaleBody): Earning {
  const { total, rounding, onAccount, pointsEarned: points } = sale;
  // a damaged sale may state a debt above its total
  return { points, moneyPaid: Math.max(0, total + rounding - onAccount - byPoints(sale)) };
}

const byPoints = ({ tenders }: SaleBody): number =>
  sumOf(tenders.map((each) => (each.kind === 'points' ? each.amount : 0)));

const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, n) => sum + n, 0);
