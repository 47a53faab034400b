// The rows of an X or Z report, for screen, paper and text.
import type { ShiftRow } from '$lib/contract/rows';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { HeldReceipts, ShiftOpening, ShiftTotals } from '$lib/contract/acts/shift';
import { operatorOf, type VerifiedPolicy } from '$lib/domain/policy/policy';
import { formatAmount, formatMoney, money } from '$lib/domain/values/money';
import {
  expectedCash,
  moneyMoved,
  notGivenBack,
  sumOfMoved,
  type Moved,
} from '$lib/domain/shift/shift';
import { till } from '$lib/state/till.svelte';
import { formatCount, formatDateTime, localeOf } from '$lib/ui/format';
import type { Edition } from '$lib/domain/values/receipt-number';
import { sharePercent } from '$lib/domain/shift/shift';
import { language, t } from '$lib/ui/text/current.svelte';
import type { SlipRow } from '../shared/receipt/slip';

/** One line of a list of sums: minor units. */
export type SumLine = { readonly text: string; readonly amount: number };

/**
 * Lines that add up to `sum`; minor units. `isCounted`: has money that is counted at the close, and cannot be shown before a blind
 * count.
 */
export type Column = {
  readonly lines: readonly (SumLine & { readonly isCounted: boolean })[];
  readonly sum: SumLine;
};

/** The name of an operator, even one who has left. */
export function nameOf(id: string | null): string {
  const policy = till.policy.current;
  if (id === null) return t().journal.nobody;
  return (policy && operatorOf(policy, id)?.name) ?? t().proof.unknownOperator;
}

/** What the last shift left, and how the counted float differs from it; empty if it does not. */
export function floatLines({ left, difference }: ShiftRow['opened']): SumLine[] {
  const words = t().shift;
  if (difference === 0) return [];
  return [
    { text: words.leftBefore, amount: left },
    { text: difference < 0 ? words.floatShort : words.floatOver, amount: difference },
  ];
}

/** The components of the cash in the drawer. */
export function cashLines({ opened, totals }: Pick<ShiftRow, 'opened' | 'totals'>): SumLine[] {
  const words = t().shift;
  const start = opened.counted ? words.float : words.floatUncounted;
  return [
    { text: start, amount: opened.float },
    ...moneyMoved(totals, 'cash').map(({ by, amount }) => ({
      text: typeof by === 'object' ? movedWords(by) : words.cashBy[by],
      amount,
    })),
  ];
}

/** Money that is of no sale and no debt: cash in or out with its reason, otherwise the act. */
function movedWords({ act, direction, reason }: Moved): string {
  const words = t().shift;
  const acts: Partial<Record<string, string>> = t().journal.acts;
  if (reason === null) return acts[act] ?? act;
  const why = words.cashReasons[reason];
  return direction === 'in' ? words.movedIn(why) : words.movedOut(why);
}

/** Income and refunds by card and by transfer, each with its sum, to compare with the terminal and the bank. */
export function terminalLines(
  totals: ShiftTotals,
): readonly { readonly lines: readonly SumLine[]; readonly sum: SumLine }[] {
  const words = t().shift;
  return (['card', 'transfer'] as const).flatMap((kind) => {
    const moved = moneyMoved(totals, kind);
    if (moved.length === 0) return [];
    const lines = moved.map(({ by, amount }) => ({
      text: `${words[kind]} · ${typeof by === 'object' ? movedWords(by).toLocaleLowerCase() : words.moneyBy[by]}`,
      amount,
    }));
    return [{ lines, sum: { text: words.moneySum[kind], amount: sumOfMoved(moved) } }];
  });
}

/**
 * By person: sales, discounts with their share, repayments, returns, cash given back and taken out, removed goods, held receipts,
 * and acts with money of their own.
 */
export function personLines({ byPerson, moved }: ShiftTotals): readonly {
  readonly name: string;
  readonly lines: readonly SumLine[];
}[] {
  const own = moved.filter(({ reason }) => reason === null);
  const people = new Set([...byPerson, ...own].map(({ operator }) => operator));
  return [...people].map((operator) => ({
    name: nameOf(operator),
    lines: [
      ...byPerson.filter((row) => row.operator === operator).flatMap(linesOfPerson),
      ...ownLines(own.filter((row) => row.operator === operator)),
    ],
  }));
}

function linesOfPerson(row: ShiftTotals['byPerson'][number]): readonly SumLine[] {
  const words = t().shift;
  const share = sharePercent(row.discounts.amount, row.sales.amount);
  return [
    { text: words.sales, of: row.sales, sign: 1 },
    { text: words.discountsBy(share), of: row.discounts, sign: -1 },
    { text: words.repayments, of: row.repayments, sign: 1 },
    { text: words.returns, of: row.returns, sign: -1 },
    { text: words.refundedBy, of: row.refunded, sign: -1 },
    { text: words.takenOutBy, of: row.takenOut, sign: -1 },
    { text: words.goodsRemoved, of: row.removed, sign: 1 },
    { text: words.muchHeld, of: row.held, sign: 1 },
  ].flatMap(({ text, of, sign }) =>
    of.count === 0 ? [] : [{ text: withCount(text, of.count), amount: sign * of.amount }],
  );
}

/** One line for each act, over all ways to pay. */
function ownLines(rows: readonly Moved[]): readonly SumLine[] {
  const sumBy = (act: string, part: 'count' | 'amount') =>
    rows.reduce((sum, row) => (row.act === act ? sum + row[part] : sum), 0);
  const first = rows.filter((row, place) => rows.findIndex(({ act }) => act === row.act) === place);
  return first.map((row) => ({
    text: withCount(movedWords(row), sumBy(row.act, 'count')),
    amount: sumBy(row.act, 'amount'),
  }));
}

/** Money of sales that was corrected from one way to another, by person. */
export const tenderCorrectedLines = ({ tendersCorrected }: ShiftTotals): SumLine[] =>
  tendersCorrected.map(({ operator, from, to, count, amount }) => {
    const words = t().shift;
    return {
      text: withCount(words.tenderCorrected(nameOf(operator), words[from], words[to]), count),
      amount,
    };
  });

/** Money that explains the drawer or a refund but is in no column, without zero sums: it depends on the cash. */
export function controlLines(totals: ShiftTotals): readonly SumLine[] {
  const words = t().shift;
  return [
    { text: words.change, amount: changeGiven(totals) },
    { text: words.repaidRounding, amount: repaidRounding(totals) },
    { text: words.repaidWithheld, amount: totals.repaymentsCancelled.withheld },
  ].filter(({ amount }) => amount !== 0);
}

const withCount = (text: string, count: number): string =>
  `${text} · ${formatCount(count, language.current)}`;

const open = (text: string, amount: number) => ({ text, amount, isCounted: false });
const compared = (text: string, amount: number) => ({ text, amount, isCounted: true });
const withoutZeros = (lines: Column['lines']): Column['lines'] =>
  lines.filter(({ amount }) => amount !== 0);

/** Sales by way to pay; less what rounding added to the money, it is the price of the goods. */
export function salesColumn({ sales }: ShiftTotals): Column {
  const words = t().shift;
  return {
    lines: [
      compared(words.cash, sales.cash),
      compared(words.card, sales.card),
      compared(words.transfer, sales.transfer),
      open(words.points, sales.points),
      open(words.onAccount, sales.onAccount),
      ...withoutZeros([compared(words.rounding, 0 - sales.rounding)]),
    ],
    sum: { text: words.total, amount: sales.total },
  };
}

/** Change from cash, given at sales and at debt payments, minor units. */
const changeGiven = ({ sales, repayments }: ShiftTotals): number =>
  sales.change + repayments.change;

/** Sales less the returned goods, minor units. */
export const netSales = ({ sales, returns }: ShiftTotals): number => sales.total - returns.total;

/** Rounding of debt payments, less that of cancelled ones, minor units. */
const repaidRounding = ({ repayments, repaymentsCancelled }: ShiftTotals): number =>
  repayments.rounding - repaymentsCancelled.rounding;

/** What the returned goods were given back as, with what nobody got for them; null if nothing was returned. */
export function returnsColumn(totals: ShiftTotals): Column | null {
  const words = t().shift;
  const { returns } = totals;
  if (returns.count === 0) return null;
  return {
    lines: withoutZeros([
      compared(words.cash, 0 - returns.cash),
      compared(words.card, 0 - returns.card),
      compared(words.transfer, 0 - returns.transfer),
      compared(words.rounding, returns.rounding),
      open(words.returnedDebt, 0 - returns.debt),
      open(words.pointsGivenBack, 0 - returns.points),
      open(words.withheld, 0 - returns.withheld),
      open(words.notGivenBack, 0 - notGivenBack(totals)),
    ]),
    sum: { text: withCount(words.returns, returns.count), amount: 0 - returns.total },
  };
}

/** What customers owe more, and less, than before. */
export function debtsColumn(totals: ShiftTotals): Column {
  const words = t().shift;
  const { sales, repayments, returns } = totals;
  const { debtUp, debtDown } = totals.corrections;
  const lines = [
    open(words.lent, sales.onAccount),
    compared(withCount(words.repaid, repayments.count), 0 - repayments.total),
    ...givenBackLines(totals).map(({ text, amount }) => compared(text, amount)),
    ...withoutZeros([
      open(words.corrected.debtUp, debtUp),
      open(words.corrected.debtDown, 0 - debtDown),
      open(words.returnedDebt, 0 - returns.debt),
    ]),
  ];
  return { lines, sum: { text: words.debtChange, amount: sumOfMoved(lines) } };
}

/** How many points customers have more, and less, than before. */
export function pointsColumn(totals: ShiftTotals): {
  readonly lines: readonly { readonly text: string; readonly count: number }[];
  readonly sum: { readonly text: string; readonly count: number };
} {
  const words = t().shift;
  const { returns, repaymentsCancelled, corrections } = totals;
  const takenBack = returns.pointsTakenBack + repaymentsCancelled.pointsTakenBack;
  const lines = [
    { text: words.earned, count: totals.pointsEarned },
    { text: words.redeemed, count: 0 - totals.pointsRedeemed },
    ...[
      { text: words.pointsGivenBack, count: returns.pointsGivenBack },
      { text: words.pointsTakenBack, count: 0 - takenBack },
      { text: words.corrected.pointsUp, count: corrections.pointsUp },
      { text: words.corrected.pointsDown, count: 0 - corrections.pointsDown },
    ].filter(({ count }) => count !== 0),
  ];
  const count = lines.reduce((all, line) => all + line.count, 0);
  return { lines, sum: { text: words.pointsChange, count } };
}

/** Debt that rose again through cancelled repayments and paid-out overpayments, without zero sums. */
function givenBackLines({ repaymentsCancelled, overpayments }: ShiftTotals): readonly SumLine[] {
  const words = t().shift;
  const line = (text: string, { count, total }: ShiftTotals['overpayments']): SumLine[] =>
    count === 0 ? [] : [{ text: withCount(text, count), amount: total }];
  return [
    ...line(words.repaymentsCancelled, repaymentsCancelled),
    ...line(words.overpayments, overpayments),
  ];
}

/** Price reductions by kind, without zero sums. */
export function discountLines({ sales: { discounts } }: ShiftTotals): SumLine[] {
  const words = t().shift.discountKinds;
  return (['line', 'receipt', 'rule', 'freePrice'] as const)
    .map((kind) => ({ text: words[kind], amount: -discounts[kind] }))
    .filter(({ amount }) => amount !== 0);
}

/** Confirmations by kind, and overrides by person and reason: number and sum of each. */
export function confirmationLines({ confirmed, withoutCode }: ShiftTotals): readonly SumLine[] {
  const words = t().shift;
  const kinds = (['code', 'reserve-code', 'not-required', 'none', 'by-right'] as const).map(
    (kind) => ({ text: words.confirmed[kind], ...confirmed[kind] }),
  );
  const overrides = withoutCode.map(({ operator, because, count, amount }) => ({
    text: words.withoutCode(nameOf(operator), t().proof.because[because]),
    count,
    amount,
  }));
  return [...kinds.filter(({ count }) => count > 0), ...overrides].map(
    ({ text, count, amount }) => ({ text: withCount(text, count), amount }),
  );
}

/** Receipts on hold, if there are any. */
export const heldLines = ({ count, amount }: HeldReceipts): readonly SumLine[] =>
  count === 0 ? [] : [{ text: withCount(t().shift.held, count), amount }];

/** The content of the paper: the shift as it is now, or the entry that closed it. */
export type Report =
  | {
      readonly kind: 'x';
      readonly shift: ShiftRow;
      readonly onHold: HeldReceipts;
      readonly at: number;
    }
  | {
      readonly kind: 'z';
      readonly entry: EntryOf<'shift-closed'>;
      readonly edition: Edition;
    };

export function reportRows(report: Report, { shop }: VerifiedPolicy): SlipRow[] {
  const words = t().shift;
  const locale = localeOf(language.current);
  const amount = (minor: number) =>
    formatAmount(money(minor), shop.currency, locale).replace('-', '−');
  const sum = (minor: number) => formatMoney(money(minor), shop.currency, locale).replace('-', '−');
  const moment = (at: number) => formatDateTime(at, language.current);
  const pair = (text: string, figure: string): SlipRow => ({ kind: 'pair', text, figure });
  const rule: SlipRow = { kind: 'rule' };
  const { opened, totals, number } = partsOf(report);
  const { onHold } = report.kind === 'z' ? report.entry.body : report;
  const tillId = report.kind === 'z' ? report.entry.till : report.shift.till;
  const title =
    report.kind === 'z' ? words.zNumber(till.printedNumber(tillId, number)) : words.xReport;
  const count = (n: number) => formatCount(n, language.current);
  const signedCount = (n: number) => count(n).replace('-', '−');
  const column = ({ lines }: Pick<Column, 'lines'>): SlipRow[] =>
    withoutZeros(lines).map((line) => pair(line.text, amount(line.amount)));
  const sumRow = (of: SumLine): SlipRow => ({ kind: 'sum', text: of.text, figure: sum(of.amount) });
  const returned = returnsColumn(totals);
  const debts = debtsColumn(totals);
  const points = pointsColumn(totals);
  return [
    { kind: 'heading', text: shop.name },
    ...(report.kind === 'z' && report.edition === 'copy'
      ? [{ kind: 'loud', text: t().receipt.copy } as const]
      : []),
    { kind: 'centred', text: title },
    ...(report.kind === 'x' ? [{ kind: 'centred', text: words.report.notClosed } as const] : []),
    { kind: 'note', text: t().receipt.till(till.identity?.name ?? '') },
    { kind: 'note', text: words.report.openedAt(moment(opened.at)) },
    { kind: 'note', text: words.report.openedBy(nameOf(opened.operator)) },
    ...(report.kind === 'z'
      ? ([
          { kind: 'note', text: words.report.closedAt(moment(report.entry.at)) },
          { kind: 'note', text: words.report.operator(nameOf(report.entry.operator)) },
        ] as const)
      : [{ kind: 'note', text: words.report.now(moment(report.at)) } as const]),
    rule,
    { kind: 'sum', text: words.sales, figure: sum(totals.sales.total) },
    pair(words.report.receipts, count(totals.sales.count)),
    ...column(salesColumn(totals)),
    ...discountLines(totals).map((line) => pair(line.text, amount(line.amount))),
    ...(returned === null
      ? []
      : [
          rule,
          sumRow(returned.sum),
          ...column(returned),
          sumRow({ text: words.net, amount: netSales(totals) }),
        ]),
    rule,
    { kind: 'note', text: words.debts },
    ...column(debts),
    sumRow(debts.sum),
    rule,
    { kind: 'note', text: words.points },
    ...points.lines.map((line) => pair(line.text, signedCount(line.count))),
    { kind: 'sum', text: points.sum.text, figure: signedCount(points.sum.count) },
    rule,
    ...controlLines(totals).map((line) => pair(line.text, amount(line.amount))),
    ...confirmationLines(totals).map((line) => pair(line.text, amount(line.amount))),
    ...(totals.receiptsCancelled.count === 0
      ? []
      : [
          pair(
            `${words.receiptsCancelled} · ${count(totals.receiptsCancelled.count)}`,
            amount(totals.receiptsCancelled.total),
          ),
          pair(words.receiptsResumed, count(totals.receiptsCancelled.resumed)),
        ]),
    ...(totals.goodsRemoved.count === 0
      ? []
      : [
          pair(
            `${words.goodsRemoved} · ${count(totals.goodsRemoved.count)}`,
            amount(totals.goodsRemoved.total),
          ),
        ]),
    ...heldLines(onHold).map((line) => pair(line.text, amount(line.amount))),
    ...tenderCorrectedLines(totals).map((line) => pair(line.text, amount(line.amount))),
    pair(words.drawerOpened, count(totals.drawerOpened)),
    ...(totals.reprints === 0 ? [] : [pair(words.reprints, count(totals.reprints))]),
    ...personLines(totals).flatMap(({ name, lines }): SlipRow[] => [
      rule,
      { kind: 'note', text: name },
      ...lines.map((line) => pair(line.text, amount(line.amount))),
    ]),
    ...terminalLines(totals).flatMap(({ lines, sum: of }): SlipRow[] => [
      rule,
      ...lines.map((line) => pair(line.text, amount(line.amount))),
      { kind: 'sum', text: of.text, figure: sum(of.amount) },
    ]),
    rule,
    ...floatLines(opened).map((line) => pair(line.text, amount(line.amount))),
    ...cashLines({ opened, totals }).map((line) => pair(line.text, amount(line.amount))),
    {
      kind: 'sum',
      text: words.expected,
      figure: sum(report.kind === 'z' ? report.entry.body.expected : expectedCash(report.shift)),
    },
    ...(report.kind === 'z' ? closeRows(report.entry.body, { amount, sum, count }) : []),
    ...(report.kind === 'z'
      ? [
          rule,
          {
            kind: 'centred',
            text: t().receipt.tag(report.entry.hash.slice(0, TAG), String(report.entry.seq)),
          } as const,
        ]
      : []),
  ];
}

/** Number of printed hash characters, the same as on receipts. */
const TAG = 8;

function partsOf(report: Report): {
  readonly opened: ShiftOpening;
  readonly totals: ShiftTotals;
  readonly number: number;
} {
  return report.kind === 'z' ? report.entry.body : report.shift;
}

type Write = Record<'amount' | 'sum' | 'count', (value: number) => string>;

/** That something that differed was counted again; empty if not. */
export const recountedLines = ({ recounted }: ShiftTotals): readonly SumLine[] =>
  recounted.count === 0
    ? []
    : [{ text: withCount(t().shift.recounted, recounted.count), amount: recounted.amount }];

const differenceWords = (difference: number): string => {
  const words = t().shift;
  return difference === 0 ? words.report.difference : difference > 0 ? words.over : words.short;
};

function closeRows(body: BodyOf<'shift-closed'>, { amount, sum, count }: Write): SlipRow[] {
  const words = t().shift;
  const pair = (text: string, figure: string): SlipRow => ({ kind: 'pair', text, figure });
  const { counted, difference, terminal, reason, note, takenOut, left, totals } = body;
  return [
    { kind: 'sum', text: words.counted, figure: sum(counted) },
    pair(words.counts, count(totals.counts)),
    ...recountedLines(totals).map((line) => pair(line.text, amount(line.amount))),
    pair(differenceWords(difference), amount(difference)),
    ...(reason === null
      ? []
      : [{ kind: 'note', text: words.report.reason(reasonWords(reason, note)) } as const]),
    ...terminal.flatMap(({ kind, counted: typed, expected }) => [
      pair(`${words[kind]} · ${words.counted}`, amount(typed)),
      pair(`${words[kind]} · ${differenceWords(typed - expected)}`, amount(typed - expected)),
    ]),
    pair(words.report.takenOut, amount(takenOut)),
    pair(words.report.left, amount(left)),
  ];
}

function reasonWords(
  reason: NonNullable<BodyOf<'shift-closed'>['reason']>,
  note: string | null,
): string {
  const why = t().shift.differenceReasons[reason];
  return note === null ? why : `${why} (${note})`;
}
