// A repayment of debt: decides which debts it settles with which money, and projects it into rows.
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { PointsOfDebt, Settled } from '$lib/contract/acts/repayment';
import type { MoneyTender } from '$lib/contract/acts/sale';
import type { AccountEntry } from '$lib/contract/acts/account';
import {
  accountChanges,
  accountReads,
  NO_TERMS,
  type EarnedStep,
} from '$lib/domain/customers/account-rows';
import {
  MOST_SETTLED,
  owedOf,
  paidByDebt,
  type Debts,
  type OpenDebt,
  type PartOfDebt,
} from '$lib/domain/customers/debts';
import { refusedOwnNumber, type CardNumbers, type OwnNumber } from '$lib/domain/customers/customer';
import { earnedByRepaying, pointsIn } from '$lib/domain/customers/loyalty';
import { exact, money, subtract, sum, ZERO, type Money } from '$lib/domain/values/money';
import {
  dayOf,
  refusedRight,
  type Decided,
  type DecidingAt,
  type NoRight,
} from '$lib/domain/policy/rights';
import type { Before, ProjectedChange, Reads } from '$lib/domain/rows';
import { settle, type MoneyTenderKind } from '$lib/domain/values/settlement';
import { inSums, readsOfSums, withRepayment } from '$lib/domain/shift/shift';

/** What the customer gives; at most one of each kind. */
export type RepaymentTender = { readonly kind: MoneyTenderKind; readonly amount: Money };

export type RepaymentInput = DecidingAt & {
  /** Made before the first attempt. */
  readonly repayment: string;
  readonly customer: string;
  /** The customer's; null: it is not here. */
  readonly card: CardNumbers | null;
  readonly debts: Debts;
  readonly tenders: readonly RepaymentTender[];
};

export type RepaymentRefusal =
  | NoRight
  | OwnNumber
  | { readonly kind: 'nothing-owed' }
  | { readonly kind: 'nothing-given' }
  /** Card and transfer are more than is owed: change comes only from cash. */
  | { readonly kind: 'tender-too-much'; readonly over: Money };

/** In this order money settles debts, so that what a return gives back in cash stays as little as it can. */
const ORDER: readonly MoneyTenderKind[] = ['card', 'transfer', 'cash'];

/**
 * The oldest debt first; cash above what is owed is change. What the customer gives may be less than they owe.
 */
export function decideRepayment(
  input: RepaymentInput,
): Decided<BodyOf<'repayment'>, RepaymentRefusal> {
  const refused = (because: RepaymentRefusal) => ({ kind: 'refused', because }) as const;
  const { policy, repayment, customer, debts, tenders } = input;
  const noRight = refusedRight('repayment', input);
  if (noRight !== null) return refused(noRight);
  const ownNumber = refusedOwnNumber(input, input.card, ['take-repayment']);
  if (ownNumber !== null) return refused(ownNumber);
  // of more debts than fit into an act the oldest
  const settled = debts.open.slice(0, MOST_SETTLED);
  const owed = owedOf(settled);
  if (owed === ZERO) return refused({ kind: 'nothing-owed' });
  const given = sum(tenders.map(({ amount }) => amount));
  if (given === ZERO) return refused({ kind: 'nothing-given' });
  // only what closes the whole debt is rounded
  const isWhole = settled.length === debts.open.length;
  const settlement = settle(owed, tenders, isWhole ? policy.cashRounding : null);
  if (settlement.kind === 'too-much')
    return refused({ kind: 'tender-too-much', over: settlement.over });
  const { changeDue, rounding } =
    settlement.kind === 'paid' ? settlement : { changeDue: ZERO, rounding: ZERO };
  const amount = money(given - changeDue - rounding);
  const currency = policy.shop.currency.code;
  const settles = settledBy(settled, tenders, { amount, rounding });
  const earned = earnedBy(settled, moneyByDebt({ settles, rounding }));
  const points: AccountEntry = { customer, account: 'points', delta: pointsIn(earned) };
  const body: BodyOf<'repayment'> = {
    ...{ repayment, currency, day: dayOf(input), customer, amount, changeDue, rounding },
    tenders: tenders.map(({ kind, amount }): MoneyTender => ({ kind, amount })),
    ...{ settles, earned },
    accounts: [
      { customer, account: 'debt', delta: subtract(ZERO, amount) },
      ...(earned.length === 0 ? [] : [points]),
    ],
  };
  return { kind: 'decided', body };
}

/** Points for what is repaid of these debts now: what all their repayments have earned, less what was given before. */
function earnedBy(open: readonly OpenDebt[], given: ReadonlyMap<string, number>): PointsOfDebt[] {
  return open.flatMap(({ debt, made, earned }) => {
    const repaid = exact(earned.onMoney + (given.get(debt) ?? 0));
    const points = earnedByRepaying(made.earns, repaid) - earned.points;
    return given.has(debt) && points > 0 ? [{ debt, points }] : [];
  });
}

/** The money that each settled debt was repaid with, minor units, as it was handed over. */
export function moneyByDebt(
  body: Pick<BodyOf<'repayment'>, 'settles' | 'rounding'>,
): ReadonlyMap<string, number> {
  return paidByDebt(partsOf(body).filter(({ tender }) => tender !== null));
}

/** What a repayment adds to what was earned on each debt. */
export function earnedSteps(
  body: Pick<BodyOf<'repayment'>, 'settles' | 'rounding' | 'earned'>,
): EarnedStep[] {
  const points = new Map(body.earned.map((each) => [each.debt, each.points]));
  return [...moneyByDebt(body)].map(([debt, onMoney]) => ({
    ...{ debt, onMoney, points: points.get(debt) ?? 0 },
  }));
}

/**
 * Which debts `amount` settles with which of the tenders: the debts in their order, the tenders in `ORDER`. What rounding took
 * off the sum counts as given in cash.
 */
function settledBy(
  open: readonly OpenDebt[],
  tenders: readonly RepaymentTender[],
  { amount, rounding }: { readonly amount: Money; readonly rounding: Money },
): Settled[] {
  const settles: Settled[] = [];
  const purse = ORDER.flatMap((kind) => tenders.filter((tender) => tender.kind === kind)).map(
    ({ kind, amount }) => ({ kind, left: kind === 'cash' ? amount - rounding : amount }),
  );
  let rest: number = amount;
  for (const { debt, left } of open) {
    let due = Math.min(left, rest);
    rest -= due;
    for (const tender of purse) {
      const paid = Math.min(due, tender.left);
      if (paid === 0) continue;
      settles.push({ debt, tender: tender.kind, amount: money(paid) });
      tender.left -= paid;
      due -= paid;
    }
  }
  return settles;
}

export function readsOfRepayment(entry: EntryOf<'repayment'>): Reads {
  const { hash, body } = entry;
  return { ...accountReads(hash, body.accounts, body.settles), ...readsOfSums(entry) };
}

/**
 * What it takes off debts; what rounding took off the sum, or added to it, is no money that was given. It is of the last part in
 * cash, and of those before where that is less than what was taken off.
 */
export function partsOf({
  settles,
  rounding,
}: Pick<BodyOf<'repayment'>, 'settles' | 'rounding'>): PartOfDebt[] {
  const parts: PartOfDebt[] = [];
  const rounded: PartOfDebt[] = [];
  let left: number = rounding;
  for (const { debt, tender, amount } of settles.toReversed()) {
    const by = tender === 'cash' ? Math.max(left, -amount) : 0;
    left -= by;
    parts.unshift({ debt, tender, amount: amount + by });
    if (by !== 0) rounded.push({ debt, tender: null, amount: -by });
  }
  return [...parts, ...rounded];
}

export function projectRepayment(entry: EntryOf<'repayment'>, before: Before): ProjectedChange[] {
  const { till, seq, hash } = entry;
  const { repayment: id, accounts: steps } = entry.body;
  const settles = partsOf(entry.body);
  return [
    { table: 'actIds', op: 'add', rows: [{ id, till, seq, hash }] },
    ...accountChanges(
      entry,
      {
        ...{ steps, settles, earned: earnedSteps(entry.body), terms: NO_TERMS },
        ...{ confirmed: [], real: new Set<string>() },
      },
      before,
    ),
    ...inSums(entry, before, (totals) => withRepayment(totals, entry)),
  ];
}
