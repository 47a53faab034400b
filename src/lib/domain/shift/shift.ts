// A till's shift: the sums of its entries, and the cash that its drawer should hold.
import type { ShiftRow } from '$lib/contract/rows';
import type { Confirmation } from '$lib/contract/acts/account';
import type { Act, BodyOf, Entry, EntryOf } from '$lib/contract/journal';
import type { MoneyTender, ReceiptHeld } from '$lib/contract/acts/sale';
import type { ShiftTotals } from '$lib/contract/acts/shift';
import { pointsIn } from '$lib/domain/customers/loyalty';
import { discountOf, listPriceOf } from '$lib/domain/receipt/discounts';
import { exact } from '$lib/domain/values/money';
import { movedBetween } from '$lib/domain/values/settlement';
import { NO_READS, type Before, type ProjectedChange, type Reads } from '$lib/domain/rows';

type Group = ShiftTotals['confirmed']['code'];

const NONE: Group = { count: 0, amount: 0 };

export const NO_TOTALS: ShiftTotals = {
  sales: {
    count: 0,
    total: 0,
    cash: 0,
    change: 0,
    discounts: { line: 0, receipt: 0, rule: 0, freePrice: 0 },
    card: 0,
    transfer: 0,
    points: 0,
    onAccount: 0,
    rounding: 0,
  },
  repayments: { count: 0, total: 0, cash: 0, change: 0, card: 0, transfer: 0, rounding: 0 },
  repaymentsCancelled: {
    count: 0,
    total: 0,
    cash: 0,
    card: 0,
    transfer: 0,
    rounding: 0,
    pointsTakenBack: 0,
    withheld: 0,
  },
  overpayments: { count: 0, total: 0, cash: 0, card: 0, transfer: 0 },
  corrections: { count: 0, debtUp: 0, debtDown: 0, pointsUp: 0, pointsDown: 0 },
  returns: {
    count: 0,
    total: 0,
    debt: 0,
    cash: 0,
    card: 0,
    transfer: 0,
    points: 0,
    pointsGivenBack: 0,
    pointsTakenBack: 0,
    withheld: 0,
    rounding: 0,
  },
  pointsEarned: 0,
  pointsRedeemed: 0,
  moved: [],
  confirmed: {
    code: NONE,
    'reserve-code': NONE,
    override: NONE,
    'not-required': NONE,
    none: NONE,
    'by-right': NONE,
  },
  withoutCode: [],
  byPerson: [],
  goodsRemoved: { count: 0, total: 0 },
  receiptsCancelled: { count: 0, total: 0, resumed: 0 },
  tendersCorrected: [],
  drawerOpened: 0,
  counts: 0,
  recounted: NONE,
  reprints: 0,
};

/** The policy requires that the float is counted before a shift opens. */
export type FloatNotCounted = { readonly kind: 'float-not-counted' };

/** How long a shift may be open before the till shows a reminder, ms. */
export const LONG_SHIFT_MS = 24 * 3_600_000;

/** A shift that is open. */
export type OpenShift = ShiftRow & { closed: null };

export const isOpen = (shift: ShiftRow | undefined): shift is OpenShift =>
  shift !== undefined && shift.closed === null;

export type CashDirection = BodyOf<'cash-moved'>['direction'];

/** Acts that bring one kind of money in, and those that give it back. */
const BRINGING = ['sales', 'repayments'] as const;
const GIVING_BACK = ['repaymentsCancelled', 'overpayments', 'returns'] as const;
/** A sum of one kind of money. `by`: the acts that moved it; a row of `moved` stands for all of its act, direction and reason. */
export type MoneyMoved = {
  readonly by: (typeof BRINGING | typeof GIVING_BACK)[number] | 'tendersCorrected' | Moved;
  readonly amount: number;
};
export type Moved = ShiftTotals['moved'][number];

/**
 * Sums of one kind of money by act, minor units, without change: received positive, given back negative. Zero sums are left out.
 */
export const moneyMoved = (
  totals: ShiftTotals,
  kind: MoneyTender['kind'],
): readonly MoneyMoved[] => {
  const own = totals.moved.filter((row) => row.kind === kind);
  const isFirst = (row: Moved, place: number) =>
    own.findIndex((each) => isAlike(each, row)) === place;
  return [
    ...BRINGING.map((by) => ({ by, amount: totals[by][kind] })),
    { by: 'tendersCorrected' as const, amount: correctedTo(totals, kind) },
    ...GIVING_BACK.map((by) => ({ by, amount: 0 - totals[by][kind] })),
    ...own.filter(isFirst).map((by) => ({
      by,
      amount: own.reduce((sum, each) => (isAlike(each, by) ? sum + signedOf(each) : sum), 0),
    })),
  ].filter(({ amount }) => amount !== 0);
};

const signedOf = ({ direction, amount }: Moved): number =>
  direction === 'in' ? amount : 0 - amount;

const isAlike = (a: Moved, b: Moved): boolean =>
  a.act === b.act && a.direction === b.direction && a.reason === b.reason;

/** What came by card and by transfer, less what was given back, minor units; only of the ways by which money moved. */
export const expectedTerminal = (
  totals: ShiftTotals,
): readonly { readonly kind: 'card' | 'transfer'; readonly expected: number }[] =>
  (['card', 'transfer'] as const).flatMap((kind) => {
    const moved = moneyMoved(totals, kind);
    return moved.length === 0 ? [] : [{ kind, expected: sumOfMoved(moved) }];
  });

/** What corrections of tenders added to one kind of money, minor units; negative: they took it away. */
const correctedTo = ({ tendersCorrected }: ShiftTotals, kind: MoneyTender['kind']): number =>
  tendersCorrected.reduce(
    (sum, { from, to, amount }) => sum + (to === kind ? amount : 0) - (from === kind ? amount : 0),
    0,
  );

export const sumOfMoved = (moved: readonly Pick<MoneyMoved, 'amount'>[]): number =>
  moved.reduce((sum, { amount }) => sum + amount, 0);

/**
 * The part of the returned goods for which nobody got anything, minor units: what rounding took off at their sales, and debt
 * written off. Negative if rounding added to the sales.
 */
export const notGivenBack = ({ returns }: Pick<ShiftTotals, 'returns'>): number => {
  const { total, debt, cash, card, transfer, rounding, points, withheld } = returns;
  return total - debt - (cash + card + transfer - rounding) - points - withheld;
};

/**
 * The cash that the drawer should hold, minor units: float, cash of sales and repayments without change, as corrected, and cash
 * put in, less cash given back and taken out. Negative if more was taken out than the till knows of.
 */
export const expectedCash = ({ opened, totals }: Pick<ShiftRow, 'opened' | 'totals'>): number =>
  opened.float + sumOfMoved(moneyMoved(totals, 'cash'));

/**
 * The cash with which the next shift begins unless somebody counts it, minor units: what the last shift left. `former`: the
 * newest shift under this device's former till id, which may still be open; it is used until the new till id has a shift.
 */
export function floatLeft(shift: ShiftRow | undefined, former: ShiftRow | undefined): number {
  const last = shift ?? former;
  if (last === undefined) return 0;
  return Math.max(0, last.closed === null ? expectedCash(last) : last.closed.left);
}

type Given = { readonly kind: string; readonly amount: number };

const given = (tenders: readonly Given[], kind: string): number =>
  tenders.reduce((sum, tender) => (tender.kind === kind ? sum + tender.amount : sum), 0);

const plus = ({ count, amount }: Group, more: number): Group => ({
  count: count + 1,
  amount: amount + more,
});

/** The share of discounts in the list price of what a person sold, whole percent. `sold`: after the discounts. */
export const sharePercent = (discounts: number, sold: number): number =>
  discounts + sold <= 0 ? 0 : Math.round((discounts * 100) / (discounts + sold));

type OfPerson = ShiftTotals['byPerson'][number];

const NO_ACTS: Omit<OfPerson, 'operator'> = {
  sales: NONE,
  discounts: NONE,
  repayments: NONE,
  returns: NONE,
  refunded: NONE,
  takenOut: NONE,
  removed: NONE,
  held: NONE,
};

/** The sums by person after one more act of this person; an act without any of these parts adds no row. */
function withPerson(
  { byPerson }: ShiftTotals,
  operator: string | null,
  parts: Partial<Omit<OfPerson, 'operator'>>,
): ShiftTotals['byPerson'] {
  const known = byPerson.find((row) => row.operator === operator);
  const row: OfPerson = { ...(known ?? { operator, ...NO_ACTS }) };
  for (const of of Object.keys(parts) as (keyof typeof NO_ACTS)[]) {
    const { count, amount } = parts[of] ?? NONE;
    row[of] = { count: row[of].count + count, amount: row[of].amount + amount };
  }
  if (known !== undefined) return byPerson.map((each) => (each === known ? row : each));
  return Object.values(parts).some(({ count, amount }) => count + amount > 0)
    ? [...byPerson, row]
    : byPerson;
}

const one = (amount: number): Group => ({ count: 1, amount });
/** A part that not each act of its kind has. */
const oneIfAny = (amount: number): Group => (amount === 0 ? NONE : one(amount));

/** What an operator took off list prices by hand, minor units: discounts, and custom prices below the list. */
export function takenOffBy(lines: BodyOf<'sale'>['lines']): number {
  const { line, receipt, freePrice } = withDiscounts(NO_TOTALS.sales.discounts, lines);
  return exact(line + receipt + Math.max(0, freePrice));
}

/** The operator and the body of an act. */
type Of<A extends Act> = Pick<EntryOf<A>, 'operator' | 'body'>;

/** The totals after a sale. */
export function withSale(totals: ShiftTotals, { operator, body }: Of<'sale'>): ShiftTotals {
  const { sales } = totals;
  const { total, rounding, changeDue, onAccount, pointsEarned, confirmations } = body;
  const tenders = body.tenders;
  const redeemed = tenders.reduce(
    (sum, tender) => (tender.kind === 'points' ? sum + tender.points : sum),
    0,
  );
  return {
    ...totals,
    sales: {
      count: sales.count + 1,
      total: sales.total + total,
      discounts: withDiscounts(sales.discounts, body.lines),
      cash: sales.cash + given(tenders, 'cash') - changeDue,
      change: sales.change + changeDue,
      card: sales.card + given(tenders, 'card'),
      transfer: sales.transfer + given(tenders, 'transfer'),
      points: sales.points + given(tenders, 'points'),
      onAccount: sales.onAccount + onAccount,
      rounding: sales.rounding + rounding,
    },
    pointsEarned: totals.pointsEarned + pointsEarned,
    pointsRedeemed: totals.pointsRedeemed + redeemed,
    goodsRemoved: withRemoved(totals, body),
    byPerson: withPerson(totals, operator, {
      sales: one(total),
      discounts: oneIfAny(takenOffBy(body.lines)),
      ...fromReceipt(body),
    }),
    ...withConfirmations(totals, confirmations),
  };
}

/** The totals after a receipt was cancelled. */
export function withReceiptCancelled(
  totals: ShiftTotals,
  { operator, body }: Of<'receipt-cancelled'>,
): ShiftTotals {
  const { receiptsCancelled } = totals;
  return {
    ...totals,
    goodsRemoved: withRemoved(totals, body),
    receiptsCancelled: {
      ...receiptsCancelled,
      count: receiptsCancelled.count + 1,
      total: receiptsCancelled.total + body.total,
    },
    byPerson: withPerson(totals, operator, fromReceipt(body)),
  };
}

type WithRemoved = Pick<BodyOf<'sale'>, 'removed'>;

/** The sums of removed goods after one more receipt. */
const withRemoved = (
  { goodsRemoved }: ShiftTotals,
  { removed }: WithRemoved,
): ShiftTotals['goodsRemoved'] => ({
  count: goodsRemoved.count + removed.lines,
  total: goodsRemoved.total + removed.sum,
});

/** Parts of a person's sums that sold and cancelled receipts have alike. */
const fromReceipt = ({
  total,
  removed,
  held,
}: Pick<BodyOf<'sale'>, 'total' | 'removed' | 'held'>): Partial<OfPerson> => ({
  removed: { count: removed.lines, amount: removed.sum },
  held: isMuchHeld(held) ? one(total) : NONE,
});

/** From how many times on a receipt was held often, and from how long on it was held long, ms. */
export const HELD_OFTEN = 2;
export const HELD_LONG_MS = 3_600_000;

/** Whether a receipt was held often or long: it may have been used again for the next customer's goods. */
export const isMuchHeld = ({ times, longestMs }: ReceiptHeld): boolean =>
  times >= HELD_OFTEN || longestMs >= HELD_LONG_MS;

function withDiscounts(
  before: ShiftTotals['sales']['discounts'],
  lines: BodyOf<'sale'>['lines'],
): ShiftTotals['sales']['discounts'] {
  const after = { ...before };
  for (const line of lines) {
    for (const { from, amount } of line.discounts) after[from] += amount;
    if (line.priceFrom !== 'free') continue;
    after.freePrice = exact(after.freePrice + listPriceOf(line) - line.total - discountOf(line));
  }
  return after;
}

function withConfirmations(
  { confirmed, withoutCode }: ShiftTotals,
  confirmations: readonly Confirmation[],
): Pick<ShiftTotals, 'confirmed' | 'withoutCode'> {
  const after = { confirmed: { ...confirmed }, withoutCode };
  for (const confirmation of confirmations) {
    after.confirmed[confirmation.kind] = plus(
      after.confirmed[confirmation.kind],
      confirmation.amount,
    );
    if (confirmation.kind !== 'override') continue;
    const { by: operator, because, amount } = confirmation;
    after.withoutCode = counted(
      after.withoutCode,
      (row) => row.operator === operator && row.because === because,
      { operator, because, count: 1, amount },
    );
  }
  return after;
}

/** Adds `one` to the row that fits, or as a new row. */
function counted<Row extends { readonly count: number; readonly amount: number }>(
  rows: readonly Row[],
  fits: (row: Row) => boolean,
  one: Row,
): Row[] {
  const held = rows.find(fits);
  if (held === undefined) return [...rows, one];
  const next = { ...held, count: held.count + 1, amount: held.amount + one.amount };
  return rows.map((row) => (row === held ? next : row));
}

/** The totals after a repayment. */
export function withRepayment(
  totals: ShiftTotals,
  { operator, body }: Of<'repayment'>,
): ShiftTotals {
  const { repayments } = totals;
  const { tenders, amount, rounding, changeDue, earned } = body;
  return {
    ...totals,
    pointsEarned: totals.pointsEarned + pointsIn(earned),
    byPerson: withPerson(totals, operator, { repayments: one(amount) }),
    repayments: {
      count: repayments.count + 1,
      total: repayments.total + amount,
      cash: repayments.cash + given(tenders, 'cash') - changeDue,
      change: repayments.change + changeDue,
      card: repayments.card + given(tenders, 'card'),
      transfer: repayments.transfer + given(tenders, 'transfer'),
      rounding: repayments.rounding + rounding,
    },
  };
}

/** The totals after a repayment was cancelled. */
export function withCancellation(
  totals: ShiftTotals,
  body: BodyOf<'repayment-cancelled'>,
): ShiftTotals {
  const { amount, refunds, rounding, takenBack, withheld, confirmations } = body;
  const { repaymentsCancelled: before } = totals;
  return {
    ...totals,
    repaymentsCancelled: {
      ...givenBack(before, amount, refunds),
      rounding: before.rounding + rounding,
      pointsTakenBack: before.pointsTakenBack + pointsIn(takenBack) - withheld.points,
      withheld: before.withheld + withheld.amount,
    },
    ...withConfirmations(totals, confirmations),
  };
}

/** The totals after an overpayment was paid out. */
export function withPayout(
  totals: ShiftTotals,
  { amount, tender: kind }: BodyOf<'overpayment-returned'>,
): ShiftTotals {
  const overpayments = givenBack(totals.overpayments, amount, [{ kind, amount }]);
  return { ...totals, overpayments };
}

const givenBack = (
  { count, total, cash, card, transfer }: ShiftTotals['overpayments'],
  amount: number,
  refunds: readonly Given[],
): ShiftTotals['overpayments'] => ({
  count: count + 1,
  total: total + amount,
  cash: cash + given(refunds, 'cash'),
  card: card + given(refunds, 'card'),
  transfer: transfer + given(refunds, 'transfer'),
});

/** The totals after a correction. */
export function withCorrection(
  totals: ShiftTotals,
  { account, delta, confirmations }: BodyOf<'balance-corrected'>,
): ShiftTotals {
  const { corrections } = totals;
  const added = (of: typeof account, direction: 1 | -1) =>
    of === account ? Math.max(0, direction * delta) : 0;
  return {
    ...totals,
    corrections: {
      count: corrections.count + 1,
      debtUp: corrections.debtUp + added('debt', 1),
      debtDown: corrections.debtDown + added('debt', -1),
      pointsUp: corrections.pointsUp + added('points', 1),
      pointsDown: corrections.pointsDown + added('points', -1),
    },
    ...withConfirmations(totals, confirmations),
  };
}

/** The totals after a return. */
export function withReturn(totals: ShiftTotals, { operator, body }: Of<'return'>): ShiftTotals {
  const { returns } = totals;
  const { total, debtReduced, refunds, pointsGivenBack, pointsTakenBack, withheld } = body;
  return {
    ...totals,
    returns: {
      count: returns.count + 1,
      total: returns.total + total,
      debt: returns.debt + debtReduced,
      cash: returns.cash + given(refunds, 'cash'),
      card: returns.card + given(refunds, 'card'),
      transfer: returns.transfer + given(refunds, 'transfer'),
      points: returns.points + exact(pointsGivenBack * body.pointValue),
      pointsGivenBack: returns.pointsGivenBack + pointsGivenBack,
      pointsTakenBack: returns.pointsTakenBack + pointsTakenBack,
      withheld: returns.withheld + withheld.amount,
      rounding: returns.rounding + body.rounding,
    },
    byPerson: withPerson(totals, operator, {
      returns: one(total),
      refunded: oneIfAny(given(refunds, 'cash')),
    }),
    ...withConfirmations(totals, body.confirmations),
  };
}

/** The totals after the tender of a sale was corrected. */
export function withTenderCorrected(
  totals: ShiftTotals,
  { operator, body }: Of<'tender-corrected'>,
): ShiftTotals {
  const parts = (tenders: readonly Given[]) => ({
    cash: given(tenders, 'cash'),
    card: given(tenders, 'card'),
    transfer: given(tenders, 'transfer'),
  });
  return {
    ...totals,
    tendersCorrected: movedBetween(parts(body.was), parts(body.tenders)).reduce(
      (rows, { from, to, amount }) =>
        counted(rows, (row) => row.operator === operator && row.from === from && row.to === to, {
          operator,
          from,
          to,
          count: 1,
          amount,
        }),
      totals.tendersCorrected,
    ),
  };
}

/** The totals after money moved that is of no sale and no debt. */
export function withMoved(
  totals: ShiftTotals,
  { act, operator }: Pick<Entry, 'act' | 'operator'>,
  { amount, ...way }: Pick<Moved, 'kind' | 'direction' | 'reason' | 'amount'>,
): ShiftTotals {
  const { kind, direction } = way;
  const row = { act, operator, ...way, count: 1, amount };
  const isTakenOut = kind === 'cash' && direction === 'out';
  return {
    ...totals,
    byPerson: isTakenOut
      ? withPerson(totals, operator, { takenOut: one(amount) })
      : totals.byPerson,
    moved: counted(
      totals.moved,
      (held) => held.kind === kind && held.operator === operator && isAlike(held, row),
      row,
    ),
  };
}

type InTill = Pick<Entry, 'till' | 'seq' | 'hash'>;
type OfDay = InTill & { readonly body: { readonly day: string } };

/** The reads of an act that opens or closes a shift. */
export const readsOnlyShift = ({ till }: InTill): Reads => ({ ...NO_READS, shifts: [till] });

/** The keys of all sums that an entry is counted in. */
export const readsOfSums = (entry: OfDay): Pick<Reads, 'shifts' | 'days'> => ({
  shifts: [entry.till],
  days: [[entry.till, entry.body.day]],
});

/** The reads of an act that changes nothing but sums. */
export const readsOnlySums = (entry: OfDay): Reads => ({ ...NO_READS, ...readsOfSums(entry) });

/** Changes the totals of the till's shift, if one is open, and of the entry's business day. */
export function inSums(
  entry: OfDay,
  before: Before,
  change: (totals: ShiftTotals) => ShiftTotals,
): ProjectedChange[] {
  const shift = before.shifts(entry.till);
  return [
    ...(isOpen(shift) ? putShift({ ...shift, totals: change(shift.totals) }) : []),
    ...inDay(entry, before, change),
  ];
}

/** Changes the totals of the entry's business day. */
export function inDay(
  { till, body: { day } }: OfDay,
  before: Before,
  change: (totals: ShiftTotals) => ShiftTotals,
): ProjectedChange[] {
  const changed = change(before.days([till, day])?.totals ?? NO_TOTALS);
  // the limits are copied in only where they are needed: every entry of the order passes here
  const totals = isExact(changed) ? changed : exactSums(changed);
  return [{ table: 'days', op: 'put', rows: [{ till, day, totals }] }];
}

const isExact = (sums: unknown): boolean =>
  typeof sums === 'number'
    ? Number.isSafeInteger(sums)
    : typeof sums !== 'object' || sums === null || Object.values(sums).every(isExact);

/** Limits each sum to the safe integers, so that other tills can still read the row after a dishonest till's entry. */
function exactSums<T>(sums: T): T {
  if (typeof sums === 'number') return exact(sums) as T;
  if (Array.isArray(sums)) return sums.map(exactSums) as T;
  if (typeof sums !== 'object' || sums === null) return sums;
  return Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => [name, exactSums(sum as unknown)]),
  ) as T;
}

/** The row by which a second attempt finds the entry. */
export const actId = ({ till, seq, hash }: InTill, id: string): ProjectedChange => ({
  table: 'actIds',
  op: 'add',
  rows: [{ id, till, seq, hash }],
});

export const putShift = (row: ShiftRow): ProjectedChange[] => [
  { table: 'shifts', op: 'put', rows: [row] },
];
