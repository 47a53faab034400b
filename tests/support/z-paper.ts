// The figures of a Z report as they should be printed in English, without the product's own report.
import type { ShiftTotals } from '$lib/contract/acts/shift';
import type { EntryOf } from '$lib/contract/journal';

const written = (minor: number): string =>
  `${minor < 0 ? '−' : ''}${(Math.abs(minor) / 100).toLocaleString('en-GB', { minimumFractionDigits: 2 })}`;

/** `float`: minor units at the beginning. `sign`: the currency's. `nameOf`: who allowed an act without a code. */
export type Paper = {
  readonly float: number;
  readonly sign: string;
  readonly nameOf: (operator: string) => string;
};

/**
 * The expected content of the paper in English, from `expectedShift` totals alone: each text with its figure. Overrides are said to be
 * for want of a connection; figures that are zero are in it, too.
 */
export function paperOf(
  totals: ShiftTotals,
  close: EntryOf<'shift-closed'>['body'],
  { float, sign, nameOf }: Paper,
): readonly (readonly [text: string, figure: string])[] {
  const { sales, repayments, repaymentsCancelled, overpayments, returns, corrections } = totals;
  const { confirmed, withoutCode } = totals;
  const moved = (direction: 'in' | 'out') =>
    totals.moved.find((each) => each.direction === direction)?.amount ?? 0;
  const reasonOf = (direction: 'in' | 'out') => {
    const words = { 'small-change': 'small change', 'cash-drop': 'cash drop', expense: 'expenses' };
    const reason = totals.moved.find((each) => each.direction === direction)?.reason ?? 'other';
    return reason === 'other' ? reason : words[reason];
  };
  const pair = (text: string, minor: number) => [text, written(minor)] as const;
  const counted = (text: string, count: number) => [text, String(count).replace('-', '−')] as const;
  const sum = (text: string, minor: number) =>
    [text, `${minor < 0 ? '−' : ''}${sign}${written(Math.abs(minor))}`] as const;
  const kinds = ['card', 'transfer'] as const;
  const byKind = (kind: 'card' | 'transfer') => ({
    sales: sales[kind],
    'debt payments': repayments[kind],
    'payments cancelled': -repaymentsCancelled[kind],
    'overpayments returned': -overpayments[kind],
    returns: -returns[kind],
  });
  const sumOf = (lines: readonly (readonly [string, number])[]) =>
    lines.reduce((all, [, each]) => all + each, 0);
  const ofReturns = [
    ['Cash', -returns.cash],
    ['Card', -returns.card],
    ['Transfer', -returns.transfer],
    ['Rounding', returns.rounding],
    ['Taken off debts by returns', -returns.debt],
    ['Points given back', -returns.points],
    ['Kept back for spent points', -returns.withheld],
  ] as const;
  const ofDebts = [
    ['Sold on account', sales.onAccount],
    [`Paid back · ${repayments.count}`, -repayments.total],
    [`Debt payments cancelled · ${repaymentsCancelled.count}`, repaymentsCancelled.total],
    [`Overpayments paid back · ${overpayments.count}`, overpayments.total],
    ['Debt raised by correction', corrections.debtUp],
    ['Debt lowered by correction', -corrections.debtDown],
    ['Taken off debts by returns', -returns.debt],
  ] as const;
  const repaidRounding = repayments.rounding - repaymentsCancelled.rounding;
  const takenBack = returns.pointsTakenBack + repaymentsCancelled.pointsTakenBack;
  const ofPoints = [
    ['Points earned', totals.pointsEarned],
    ['Points redeemed', -totals.pointsRedeemed],
    ['Points given back', returns.pointsGivenBack],
    ['Points taken back', -takenBack],
    ['Points given by correction', corrections.pointsUp],
    ['Points taken by correction', -corrections.pointsDown],
  ] as const;
  return [
    sum('Sales', sales.total),
    counted('Receipts', sales.count),
    pair('Cash', sales.cash),
    pair('Card', sales.card),
    pair('Transfer', sales.transfer),
    pair('Points', sales.points),
    pair('On account', sales.onAccount),
    pair('Rounding', -sales.rounding),
    pair('Line discounts', -sales.discounts.line),
    pair('Receipt discounts', -sales.discounts.receipt),
    pair('Automatic discounts', -sales.discounts.rule),
    pair('Custom prices', -sales.discounts.freePrice),
    sum(`Returns · ${returns.count}`, -returns.total),
    ...ofReturns.map(([text, minor]) => pair(text, minor)),
    pair('Rounding and write-offs of the sales', -returns.total - sumOf(ofReturns)),
    ...(returns.count === 0 ? [] : [sum('Sales less returns', sales.total - returns.total)]),
    ...ofDebts.map(([text, minor]) => pair(text, minor)),
    sum('Change of debt', sumOf(ofDebts)),
    ...ofPoints.map(([text, many]) => counted(text, many)),
    counted('Change of points', sumOf(ofPoints)),
    pair('Change given', sales.change + repayments.change),
    ...(repaidRounding === 0 ? [] : [pair('Rounding of debt payments', repaidRounding)]),
    pair(`Customer’s code · ${confirmed.code.count}`, confirmed.code.amount),
    pair(
      `By right, in the customer’s favour · ${confirmed['by-right'].count}`,
      confirmed['by-right'].amount,
    ),
    ...withoutCode.map(({ operator, count, amount }) =>
      pair(`Without a code · ${nameOf(operator)} · no internet · ${count}`, amount),
    ),
    pair(`Receipts cancelled · ${totals.receiptsCancelled.count}`, totals.receiptsCancelled.total),
    counted('Of these opened again', totals.receiptsCancelled.resumed),
    pair(`Taken out of receipts · ${totals.goodsRemoved.count}`, totals.goodsRemoved.total),
    ...(close.onHold.count === 0
      ? []
      : [pair(`Receipts on hold · ${close.onHold.count}`, close.onHold.amount)]),
    counted('Drawer opened without a sale', totals.drawerOpened),
    counted('Copies printed', totals.reprints),
    ...totals.byPerson.flatMap((one) => [
      ...(one.sales.count === 0 ? [] : [pair(`Sales · ${one.sales.count}`, one.sales.amount)]),
      ...(one.discounts.count === 0
        ? []
        : [
            pair(
              `Discounts, ${Math.round((100 * one.discounts.amount) / (one.discounts.amount + one.sales.amount))} % of the list price · ${one.discounts.count}`,
              -one.discounts.amount,
            ),
          ]),
      ...(one.repayments.count === 0
        ? []
        : [pair(`Debt payments · ${one.repayments.count}`, one.repayments.amount)]),
      ...(one.returns.count === 0
        ? []
        : [pair(`Returns · ${one.returns.count}`, -one.returns.amount)]),
      ...(one.refunded.count === 0
        ? []
        : [pair(`Refunded in cash · ${one.refunded.count}`, -one.refunded.amount)]),
      ...(one.takenOut.count === 0
        ? []
        : [pair(`Cash out · ${one.takenOut.count}`, -one.takenOut.amount)]),
      ...(one.removed.count === 0
        ? []
        : [pair(`Taken out of receipts · ${one.removed.count}`, one.removed.amount)]),
      ...(one.held.count === 0
        ? []
        : [pair(`Receipts held often or long · ${one.held.count}`, one.held.amount)]),
    ]),
    ...kinds.flatMap((kind) => {
      const parts = Object.entries(byKind(kind)).filter(([, minor]) => minor !== 0);
      const name = kind === 'card' ? 'Card' : 'Transfer';
      const all = parts.reduce((so, [, minor]) => so + minor, 0);
      return [
        ...parts.map(([text, minor]) => pair(`${name} · ${text}`, minor)),
        sum(`By ${kind} in this shift`, all),
      ];
    }),
    pair('Opening float', float),
    pair('Cash sales', sales.cash),
    pair('Debts paid in cash', repayments.cash),
    pair('Given back for cancelled debt payments', -repaymentsCancelled.cash),
    pair('Overpayments paid back in cash', -overpayments.cash),
    pair('Refunded in cash', -returns.cash),
    pair(`Cash in · ${reasonOf('in')}`, moved('in')),
    pair(`Cash out · ${reasonOf('out')}`, -moved('out')),
    sum('The drawer should hold', close.expected),
    sum('Counted', close.counted),
    counted('Counts', totals.counts),
    ...(totals.recounted.count === 0
      ? []
      : [
          pair(
            `Counted again after the sums were shown, changed by · ${totals.recounted.count}`,
            totals.recounted.amount,
          ),
        ]),
    pair(close.counted < close.expected ? 'Short' : 'Over', close.counted - close.expected),
    ...close.terminal.flatMap(({ kind, counted: typed, expected }) => {
      const name = kind === 'card' ? 'Card' : 'Transfer';
      const off = typed - expected;
      const what = off === 0 ? 'Difference' : off < 0 ? 'Short' : 'Over';
      return [pair(`${name} · Counted`, typed), pair(`${name} · ${what}`, off)];
    }),
    pair('Taken out', close.counted - close.left),
    pair('Left as float', close.left),
  ];
}
