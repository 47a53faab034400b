// A repayment of debt: decides which debts it settles with which money, and projects it into rows.
import {
  debtsOr,
  differs,
  withStated,
  type AuthorKnew,
  type AgainRules,
} from '$lib/domain/decide-again';
import type { ActRules } from '$lib/domain/act-rules';
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
import {
  add,
  exact,
  leftOf,
  money,
  subtract,
  sum,
  ZERO,
  type Money,
} from '$lib/domain/values/money';
import {
  dayOf,
  refusedRight,
  type Decided,
  type DecidingAt,
  type NoRight,
} from '$lib/domain/policy/rights';
import type { Before, ProjectedChange, Reads } from '$lib/domain/rows';
import { isPayable, payableInCash } from '$lib/domain/values/cash-rounding';
import { settle, type MoneyTenderKind } from '$lib/domain/values/settlement';
import { inSums, readsOfSums, withRepayment } from '$lib/domain/shift/shift';

/** What the customer gives; at most one of each kind. */
export type RepaymentTender = { readonly kind: MoneyTenderKind; readonly amount: Money };

export type RepaymentInput = DecidingAt & {
  /** Made before the first attempt. */
  readonly repayment: string;
  readonly customer: string;
  /** The numbers on the customer's card; null: the card is not on this device. */
  readonly card: CardNumbers | null;
  readonly debts: Debts;
  readonly tenders: readonly RepaymentTender[];
};

export type RepaymentRefusal =
  | NoRight
  | OwnNumber
  | { readonly kind: 'nothing-owed' }
  | { readonly kind: 'nothing-given' }
  /** Cash that is not in whole steps of the policy's rounding. */
  | { readonly kind: 'cash-not-payable' }
  /** Card and transfer are more than is owed: change comes only from cash. */
  | { readonly kind: 'tender-too-much'; readonly over: Money };

/** The order in which tenders settle debts; cash comes last, so that a later return gives back as little cash as possible. */
const ORDER: readonly MoneyTenderKind[] = ['card', 'transfer', 'cash'];

/**
 * Settles the oldest debt first. Cash above what is owed is change; the customer may also give less than they owe.
 */
export function decideRepayment(
  input: RepaymentInput,
): Decided<BodyOf<'repayment'>, RepaymentRefusal> {
  const refused = (because: RepaymentRefusal) => ({ kind: 'refused', because }) as const;
  const { policy, repayment, customer, debts, tenders } = input;
  const noRight = refusedRight(repaymentRules, input);
  if (noRight !== null) return refused(noRight);
  const ownNumber = refusedOwnNumber(input, input.card, ['take-repayment']);
  if (ownNumber !== null) return refused(ownNumber);
  // an act has room for MOST_SETTLED debts: the oldest ones
  const settled = debts.open.slice(0, MOST_SETTLED);
  const owed = owedOf(settled);
  if (owed === ZERO) return refused({ kind: 'nothing-owed' });
  const given = sum(tenders.map(({ amount }) => amount));
  if (given === ZERO) return refused({ kind: 'nothing-given' });
  if (!isPayable(tenders, policy.cashRounding)) return refused({ kind: 'cash-not-payable' });
  // the sum is rounded only if it can close all debts; otherwise cash takes off whole steps, so that the change can be paid
  const isWhole = settled.length === debts.open.length;
  const other = sum(tenders.filter(({ kind }) => kind !== 'cash').map(({ amount }) => amount));
  const most = add(other, payableInCash(leftOf(owed, other), policy.cashRounding));
  const settlement = settle(isWhole || other > owed ? owed : most, tenders, policy.cashRounding);
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
    repayment,
    currency,
    day: dayOf(input),
    customer,
    amount,
    changeDue,
    rounding,
    tenders: tenders.map(({ kind, amount }): MoneyTender => ({ kind, amount })),
    settles,
    earned,
    accounts: [
      { customer, account: 'debt', delta: subtract(ZERO, amount) },
      ...(earned.length === 0 ? [] : [points]),
    ],
  };
  return { kind: 'decided', body };
}

/** Points that this money earns, by debt: the points for all repayments of the debt, less those given before. */
const earnedBy = (open: readonly OpenDebt[], given: ReadonlyMap<string, number>): PointsOfDebt[] =>
  open.flatMap(({ debt, made, earned }) => {
    const repaid = exact(earned.onMoney + (given.get(debt) ?? 0));
    const points = earnedByRepaying(made.earns, repaid) - earned.points;
    return given.has(debt) && points > 0 ? [{ debt, points }] : [];
  });

/** The money that was handed over for each settled debt, minor units; cash is counted after rounding. */
export const moneyByDebt = (
  body: Pick<BodyOf<'repayment'>, 'settles' | 'rounding'>,
): ReadonlyMap<string, number> => paidByDebt(partsOf(body).filter(({ tender }) => tender !== null));

/** The money and points that a repayment adds to `earned` of each debt. */
export function earnedSteps(
  body: Pick<BodyOf<'repayment'>, 'settles' | 'rounding' | 'earned'>,
): EarnedStep[] {
  const points = new Map(body.earned.map((each) => [each.debt, each.points]));
  return [...moneyByDebt(body)].map(([debt, onMoney]) => ({
    debt,
    onMoney,
    points: points.get(debt) ?? 0,
  }));
}

/**
 * Divides `amount` between debts and tenders: debts in the order given, tenders in `ORDER`. A sum that rounding took off counts
 * as given in cash.
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

function readsOfRepayment(entry: EntryOf<'repayment'>): Reads {
  const { hash, body } = entry;
  return { ...accountReads(hash, body.accounts, body.settles), ...readsOfSums(entry) };
}

/**
 * What a repayment takes off debts. Rounding changes the debt without money, so it is a part of its own with `tender` null. It is
 * taken from the last part in cash, and from earlier ones if that part is smaller than the rounding.
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

function projectRepayment(entry: EntryOf<'repayment'>, before: Before): ProjectedChange[] {
  const { till, seq, hash } = entry;
  const { repayment: id, accounts: steps } = entry.body;
  const settles = partsOf(entry.body);
  return [
    { table: 'actIds', op: 'add', rows: [{ id, till, seq, hash }] },
    ...accountChanges(
      entry,
      {
        steps,
        settles,
        earned: earnedSteps(entry.body),
        terms: NO_TERMS,
        confirmed: [],
        real: new Set<string>(),
      },
      before,
    ),
    ...inSums(entry, before, (totals) => withRepayment(totals, entry)),
  ];
}

/**
 * Whether a repayment, together with earlier ones of its device, gives more points than its debts can ever earn. For repayments
 * whose debts the relay does not know in full. A missing debt may earn nothing, unless the relay may have lost it.
 */
const earnsBeyond = (
  { earned }: BodyOf<'repayment'>,
  { earning, mayKnowMore, policy: { cashRounding } }: AuthorKnew,
): boolean =>
  earned.some(({ debt, points }) => {
    const known = earning.get(debt);
    if (known === undefined) return !mayKnowMore;
    const { made, points: before } = known;
    return before + points > earnedByRepaying(made.earns, made.amount + (cashRounding?.step ?? 0));
  });

export const repaymentRules = {
  rights: ['take-repayment'],
  reads: readsOfRepayment,
  project: projectRepayment,
  asksAfterFailure: true,
} as const satisfies ActRules<'repayment'>;

export const repaymentAgain = {
  refundedOfEarned: () => Infinity,
  asks: ({ customer, earned }) => ({
    serves: [customer],
    debtsOf: customer,
    earning: { customer, debts: earned.map(({ debt }) => debt) },
  }),
  again: ({ body }, known) => {
    // change or rounding shows that the customer paid everything they owed
    const isWhole = body.changeDue !== 0 || body.rounding !== 0;
    const debts = debtsOr(known.debts, body, { isWhole });
    const tenders = body.tenders.map(({ kind, amount }) => ({ kind, amount: money(amount) }));
    const decided = decideRepayment({ ...known, ...body, debts, tenders });
    if (known.debts !== null || decided.kind === 'refused') return decided;
    if (earnsBeyond(body, known)) return differs('earned');
    return withStated(decided, { earned: body.earned, accounts: body.accounts });
  },
} as const satisfies AgainRules<'repayment'>;
