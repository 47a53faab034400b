// A repayment cancelled in its shift: decides the refund and the consent, and projects its rows.
import type { DebtRow, ShiftRow } from '$lib/contract/rows';
import {
  againstRules,
  differs,
  withDayByClock,
  withStated,
  type AuthorKnew,
  type AgainRules,
} from '$lib/domain/decide-again';
import type { ActRules } from '$lib/domain/act-rules';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { AccountEntry } from '$lib/contract/acts/account';
import { accountChanges, accountReads, NO_TERMS, usedBy } from '$lib/domain/customers/account-rows';
import type { ProvenConfirmation } from '$lib/domain/consent/confirmation';
import { confirmOne } from '$lib/domain/consent/consent';
import { isOwnNumber, type Customer } from '$lib/domain/customers/customer';
import { joinedDebts } from '$lib/domain/customers/debts';
import { earnedByRepaying, pointsIn } from '$lib/domain/customers/loyalty';
import { money, type Money } from '$lib/domain/values/money';
import { inCash, type CashRounding } from '$lib/domain/values/cash-rounding';
import { permission } from '$lib/domain/policy/approval';
import {
  dayOf,
  type Decided,
  type DecidingAt,
  type NoRight,
  REVIEW_RIGHT,
} from '$lib/domain/policy/rights';
import type { Before, ProjectedChange, Reads } from '$lib/domain/rows';
import type { ConsentRefusal } from '$lib/domain/consent/sale-input';
import { actId, inSums, isOpen, readsOfSums, withCancellation } from '$lib/domain/shift/shift';
import { checkCredit, type Standings } from './balance-corrected';
import { earnedSteps, moneyByDebt, partsOf } from './repayment';

/** What happened to a repayment since, at all tills as far as it is known here. */
export type SinceRepayment = {
  readonly isCancelled: boolean;
  /** Goods of a sale whose debt it settled were returned. */
  readonly isReturned: boolean;
};

export type CancellationInput = DecidingAt &
  SinceRepayment &
  Pick<Standings, 'disputed' | 'usage' | 'grantsUsed' | 'standing'> & {
    /** Minor units of debt that the customer took on after the repayment, as far as it is known; without cancelled repayments. */
    readonly owedSince: Money;
    /** Made before the first attempt. */
    readonly cancellation: string;
    readonly till: string;
    readonly repayment: Pick<EntryOf<'repayment'>, 'till' | 'seq' | 'hash' | 'body'>;
    /** The debts that it settled: the rows of this device and of the others. */
    readonly debts: readonly DebtRow[];
    /** Whose repayment it is. */
    readonly customer: Customer;
    /** The till's newest shift; undefined: it has had none. */
    readonly shift: ShiftRow | undefined;
    readonly reason: string;
    /** A colleague with the right, who gave their PIN; null: nobody did. */
    readonly allowedBy: string | null;
    readonly confirmations: readonly ProvenConfirmation[];
    /** Hash, computed again, of what the code was requested for; null: the customer has no phone. */
    readonly dealHash: string | null;
  };

export type CancellationRefusal =
  | NoRight
  | { readonly kind: 'no-reason' | 'own-number' | 'disputed' }
  /** The money is in another till's drawer, or was counted when its shift was closed. */
  | { readonly kind: 'other-shift' }
  | { readonly kind: 'already-cancelled' | 'goods-returned' }
  /** The customer took on new debt after the repayment, and the debt limit does not allow both. */
  | NonNullable<ReturnType<typeof checkCredit>>
  | ConsentRefusal;

/**
 * The debt limit does not apply, because the customer owed this money before. It applies if they have taken on new debt since the
 * repayment.
 */
export function decideCancellation(
  input: CancellationInput,
): Decided<BodyOf<'repayment-cancelled'>, CancellationRefusal> {
  const refused = (because: CancellationRefusal) => ({ kind: 'refused', because }) as const;
  const { cancellation, repayment, till, shift, customer } = input;
  const permitted = permission(repaymentCancelledRules, input);
  if (permitted.kind === 'no-right') return refused(permitted);
  const isOfShift = isOpen(shift) && shift.till === till && repayment.seq > shift.opened.seq;
  if (repayment.till !== till || !isOfShift) return refused({ kind: 'other-shift' });
  if (input.isCancelled) return refused({ kind: 'already-cancelled' });
  // the refund of the returned goods was calculated with this money
  if (input.isReturned) return refused({ kind: 'goods-returned' });
  const allower = { policy: input.policy, operator: permitted.by ?? input.operator };
  if (isOwnNumber(input, customer) || isOwnNumber(allower, customer))
    return refused({ kind: 'own-number' });
  if (input.disputed) return refused({ kind: 'disputed' });
  const overLimit =
    input.owedSince > 0
      ? checkCredit(input, { ...input, amount: money(repayment.body.amount) })
      : null;
  if (overLimit !== null) return refused(overLimit);
  const reason = input.reason.trim();
  if (reason === '') return refused({ kind: 'no-reason' });
  const { amount, currency, settles } = repayment.body;
  const moves = { action: 'sell-on-account', amount: money(amount), points: null } as const;
  const confirmed = confirmOne({ ...input, id: cancellation, asks: 'cancel-repayment' }, moves);
  if (confirmed.kind === 'refused') return refused(confirmed.because);
  const { takenBack, withheld, refunds, rounding } = givenBackBy(input);
  const points = withheld.points - pointsIn(takenBack);
  const { customer: id } = repayment.body;
  const ofPoints: AccountEntry = { customer: id, account: 'points', delta: points };
  const body: BodyOf<'repayment-cancelled'> = {
    cancellation,
    currency,
    day: dayOf(input),
    customer: id,
    amount,
    rounding,
    reason,
    repayment: { till: repayment.till, seq: repayment.seq, hash: repayment.hash },
    refunds,
    settles,
    takenBack,
    withheld,
    accounts: [
      { customer: id, account: 'debt', delta: amount },
      ...(points === 0 ? [] : [ofPoints]),
    ],
    confirmations: [confirmed.confirmation],
    allowedBy: permitted.by,
  };
  return { kind: 'decided', body };
}

type GivenBack = Pick<
  BodyOf<'repayment-cancelled'>,
  'takenBack' | 'withheld' | 'refunds' | 'rounding'
>;

/**
 * Points that the debts would not have earned without this money are taken back from the customer. If the customer has fewer
 * points, the worth of the missing ones is withheld from the refund, from the cash first. Points whose worth exceeds the refund
 * stay recorded as earned by the debt, so that its next repayment earns less.
 */
export function givenBackBy({
  policy: { cashRounding },
  repayment: { body },
  debts,
  standing,
}: Pick<CancellationInput, 'debts' | 'standing'> & {
  readonly policy: Pick<CancellationInput['policy'], 'cashRounding'>;
  readonly repayment: Pick<EntryOf<'repayment'>, 'body'>;
}): GivenBack {
  const rows = new Map(joinedDebts(debts).map((row) => [row.debt, row]));
  const earned = new Map(body.earned.map(({ debt, points }) => [debt, points]));
  let held = Math.max(0, standing.points);
  let left = body.amount + body.rounding;
  const withheld = { points: 0, amount: 0 };
  const takenBack: GivenBack['takenBack'] = [];
  for (const [debt, onMoney] of moneyByDebt(body)) {
    const row = rows.get(debt);
    const earns = row?.made?.earns ?? null;
    // if the debt is not known here, only the points of this repayment are known
    const due =
      row === undefined || row.made === null
        ? (earned.get(debt) ?? 0)
        : row.earned.points - earnedByRepaying(earns, row.earned.onMoney - onMoney);
    const owed = Math.max(0, due);
    const taken = Math.min(held, owed);
    const kept = earns === null ? 0 : Math.min(owed - taken, Math.floor(left / earns.pointValue));
    const worth = kept * (earns?.pointValue ?? 0);
    held -= taken;
    left -= worth;
    withheld.points += kept;
    withheld.amount += worth;
    if (taken + kept > 0) takenBack.push({ debt, points: taken + kept });
  }
  return { takenBack, withheld, ...refundsWithout(body, withheld.amount, cashRounding) };
}

/**
 * The money of a repayment to give back: without the change and without what is withheld, minor units. `rounding`: that of the
 * repayment, and of cash that what is withheld leaves.
 */
export function refundsWithout(
  { tenders, changeDue, ...body }: Pick<BodyOf<'repayment'>, 'tenders' | 'changeDue' | 'rounding'>,
  withheld: number,
  cashRounding: CashRounding,
): Pick<GivenBack, 'refunds' | 'rounding'> {
  let rest = withheld;
  const given = tenders.map(({ kind, amount }) => ({
    kind,
    amount: kind === 'cash' ? amount - changeDue : amount,
  }));
  for (const kind of ['cash', 'transfer', 'card'] as const)
    for (const refund of given) {
      if (refund.kind !== kind) continue;
      const kept = Math.min(rest, refund.amount);
      refund.amount -= kept;
      rest -= kept;
    }
  let { rounding } = body;
  for (const refund of given) {
    if (refund.kind !== 'cash') continue;
    const payable = inCash(money(refund.amount), cashRounding);
    rounding += payable - refund.amount;
    refund.amount = payable;
  }
  return { refunds: given.filter(({ amount }) => amount !== 0), rounding };
}

function readsOfCancellation(entry: EntryOf<'repayment-cancelled'>): Reads {
  const { hash, body } = entry;
  return { ...accountReads(hash, body.accounts, body.settles), ...readsOfSums(entry) };
}

function projectCancellation(
  entry: EntryOf<'repayment-cancelled'>,
  before: Before,
  real: ReadonlySet<string>,
): ProjectedChange[] {
  const { body } = entry;
  const { customer, confirmations } = body;
  // each debt rises again by what the repayment took off it
  const settles = partsOf(body).map((part) => ({ ...part, amount: -part.amount }));
  const earned = earnedSteps({ ...body, earned: body.takenBack }).map((step) => ({
    debt: step.debt,
    onMoney: -step.onMoney,
    points: -step.points,
  }));
  const confirmed = confirmations.map((confirmation) => ({ confirmation, customer }));
  return [
    actId(entry, body.cancellation),
    ...accountChanges(
      entry,
      {
        steps: body.accounts,
        settles,
        earned,
        terms: NO_TERMS,
        confirmed,
        real,
      },
      before,
    ),
    { table: 'grantsUsed', op: 'add', rows: usedBy(confirmations, body.cancellation) },
    ...inSums(entry, before, (totals) => withCancellation(totals, body)),
  ];
}

/** The value of a point, minor units, for each debt whose points are taken back; the policy's value if the relay lacks the debt. */
const pointValuesOf = (
  { takenBack }: BodyOf<'repayment-cancelled'>,
  { earning, policy }: AuthorKnew,
): readonly number[] =>
  takenBack.map(
    ({ debt }) => earning.get(debt)?.made.earns?.pointValue ?? policy.points.pointValue,
  );

/** Whether an amount can be the worth of these points, each with one of these values. */
const isWorthOf = (
  { points, amount }: BodyOf<'repayment-cancelled'>['withheld'],
  values: readonly number[],
): boolean =>
  points === 0 ||
  (amount >= points * Math.min(...values) && amount <= points * Math.max(...values));

export const repaymentCancelledRules = {
  rights: [REVIEW_RIGHT],
  reads: readsOfCancellation,
  project: projectCancellation,
  asksAfterFailure: true,
  consentId: 'cancellation',
  codeAction: 'cancel-repayment',
} as const satisfies ActRules<'repayment-cancelled'>;

export const repaymentCancelledAgain = {
  deal: ({ cancellation, amount, repayment }) => ({
    cancellation,
    amount,
    repayment: repayment.hash,
  }),
  refundedOfEarned: ({ refunds }) => refunds.reduce((sum, { amount }) => sum + amount, 0),
  samePaidBack: ({ repayment }) => ({ kind: 'returns', repayment: repayment.hash }),
  asks: ({ customer, repayment, takenBack }) => ({
    repayment,
    serves: [customer],
    consentOf: customer,
    shift: true,
    earning: { customer, debts: takenBack.map(({ debt }) => debt) },
  }),
  again: ({ body }, known) => {
    const { repayment: of, consent, shift, datedAt: at, policy } = known;
    if (of.kind === 'unknown') return againstRules('unknown-repayment');
    if (of.kind !== 'found' || consent === null || shift === null) return null;
    const by = { ...known, ...consent, ...of, at, shift, debts: of.debts ?? [] };
    const decided = decideCancellation({ ...body, ...by });
    if (decided.kind === 'refused') return decided;
    const { takenBack, withheld, accounts } = body;
    if (!isWorthOf(withheld, pointValuesOf(body, known))) return differs('withheld');
    // The points depend on all repayments of the debts. If the relay lacks some, it accepts the stated points; the message names them.
    const back = refundsWithout(of.repayment.body, withheld.amount, policy.cashRounding);
    const stated = of.debts === null ? { takenBack, withheld, ...back, accounts } : {};
    return withStated(withDayByClock(decided, known), stated);
  },
} as const satisfies AgainRules<'repayment-cancelled'>;
