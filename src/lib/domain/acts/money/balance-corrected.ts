// A correction of a customer's debt or points.
// Decides who has to consent and which debts it lowers, and projects it into rows.
import { debtsOr, withDayByClock, type AgainRules } from '$lib/domain/decide-again';
import type { ActRules } from '$lib/domain/act-rules';
import type { AccountEntry, Confirmation } from '$lib/contract/acts/account';
import type { Lowered } from '$lib/contract/acts/correction';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { accountChanges, accountReads, usedBy, NO_TERMS } from '$lib/domain/customers/account-rows';
import type { MovedAction, ProvenConfirmation } from '$lib/domain/consent/confirmation';
import { confirmOne } from '$lib/domain/consent/consent';
import {
  allowedDebt,
  isOwnNumber,
  type Customer,
  type Standing,
} from '$lib/domain/customers/customer';
import { loweredBy, MOST_SETTLED, owedOf, type Debts } from '$lib/domain/customers/debts';
import { leftOf, MAX_AMOUNT, money, type Money } from '$lib/domain/values/money';
import type { OverrideUsage } from '$lib/domain/consent/override';
import { may, type VerifiedPolicy } from '$lib/domain/policy/policy';
import {
  dayOf,
  refusedRight,
  type Decided,
  type Deciding,
  type DecidingAt,
  type NoRight,
  REVIEW_RIGHT,
} from '$lib/domain/policy/rights';
import type { Before, ProjectedChange, Reads } from '$lib/domain/rows';
import type { ConsentRefusal } from '$lib/domain/consent/sale-input';
import { inSums, readsOfSums, withCorrection } from '$lib/domain/shift/shift';

/** The correction as the operator enters it. `delta`: signed, minor units of debt, or points. */
export type Correction = {
  /** Made before the first attempt. */
  readonly correction: string;
  readonly account: AccountEntry['account'];
  readonly delta: number;
  readonly reason: string;
  /** The only debt to lower, by its hash; null: the oldest first. */
  readonly debt: string | null;
};

/** The customer's balances, debts and related acts at all tills, as far as they are known here. */
export type Standings = {
  readonly standing: Standing;
  readonly debts: Debts;
  /** The customer has an open dispute. */
  readonly disputed: boolean;
  /** Overrides of the last 24 hours. */
  readonly usage: OverrideUsage;
  /** Challenges whose grants another act has used. */
  readonly grantsUsed: ReadonlySet<string>;
};

export type CorrectionInput = DecidingAt &
  Correction &
  Standings & {
    readonly till: string;
    readonly customer: Customer;
    /** Sum that corrections in customers' favour moved in the last 24 hours in the whole shop. */
    readonly movedByRight: Money;
    readonly confirmations: readonly ProvenConfirmation[];
    /** Hash, computed again, of what the code was requested for; null: the customer has no phone. */
    readonly dealHash: string | null;
  };

/** Amounts are positive; `allowed` is the largest one that would be accepted. */
export type CorrectionRefusal =
  | NoRight
  | { readonly kind: 'nothing-corrected' | 'no-reason' }
  /** The card has the operator's own number. */
  | { readonly kind: 'own-number' }
  | { readonly kind: 'disputed' | 'no-credit' }
  | { readonly kind: 'over-limit'; readonly allowed: Money }
  | { readonly kind: 'not-enough-points'; readonly held: number }
  | { readonly kind: 'more-than-owed'; readonly allowed: Money }
  | { readonly kind: 'over-correction-cap'; readonly allowed: Money }
  | ConsentRefusal;

/** What a correction takes from the customer, who has to consent to it; null: it is in their favour. */
export function takenBy(
  { account, delta }: Pick<Correction, 'account' | 'delta'>,
  policy: Pick<VerifiedPolicy, 'points'>,
): MovedAction | null {
  const amount = worthOfCorrection({ account, delta }, policy);
  if (account === 'debt')
    return delta > 0 ? { action: 'sell-on-account', amount, points: null } : null;
  return delta < 0 ? { action: 'redeem-points', amount, points: -delta } : null;
}

/** Minor units that a correction moves; points count at their worth. */
export function worthOfCorrection(
  { account, delta }: Pick<Correction, 'account' | 'delta'>,
  { points }: Pick<VerifiedPolicy, 'points'>,
): Money {
  const worth = Math.abs(delta) * (account === 'debt' ? 1 : points.pointValue);
  // a larger sum cannot be entered and exceeds every cap
  return money(Number.isSafeInteger(worth) ? worth : Number.MAX_SAFE_INTEGER);
}

/**
 * More debt or fewer points needs the customer's code or an override, within the same debt limit as a sale. A correction in the
 * customer's favour needs neither; a daily cap of the whole shop limits it.
 */
export function decideCorrection(
  input: CorrectionInput,
): Decided<BodyOf<'balance-corrected'>, CorrectionRefusal> {
  const refused = (because: CorrectionRefusal) => ({ kind: 'refused', because }) as const;
  const { policy, customer, correction, account, delta, debt } = input;
  const noRight = refusedRight(correctionRules, input);
  if (noRight !== null) return refused(noRight);
  if (delta === 0 || Math.abs(delta) > MAX_AMOUNT) return refused({ kind: 'nothing-corrected' });
  const reason = input.reason.trim();
  if (reason === '') return refused({ kind: 'no-reason' });
  if (isOwnNumber(input, customer)) return refused({ kind: 'own-number' });
  const taken = takenBy(input, policy);
  let settles: readonly Lowered[] = [];
  let confirmation: Confirmation;
  if (taken !== null) {
    const wrong = checkTaken(input, taken);
    if (wrong !== null) return refused(wrong);
    const confirmed = confirmOne({ ...input, id: correction, asks: 'correct-balance' }, taken);
    if (confirmed.kind === 'refused') return refused(confirmed.because);
    ({ confirmation } = confirmed);
  } else {
    const amount = worthOfCorrection(input, policy);
    const allowed = leftOf(money(policy.corrections.perDay), input.movedByRight);
    if (account === 'debt') {
      const open = input.debts.open
        .filter((each) => debt === null || each.debt === debt)
        .slice(0, MOST_SETTLED);
      if (owedOf(open) < amount) return refused({ kind: 'more-than-owed', allowed: owedOf(open) });
      settles = loweredBy(open, amount);
    }
    if (amount > allowed) return refused({ kind: 'over-correction-cap', allowed });
    const action = account === 'debt' ? 'sell-on-account' : 'redeem-points';
    confirmation = { kind: 'by-right', action, amount };
  }
  const body: BodyOf<'balance-corrected'> = {
    correction,
    currency: policy.shop.currency.code,
    day: dayOf(input),
    customer: customer.id,
    account,
    delta,
    reason,
    debt: settles.length > 0 ? debt : null,
    settles: [...settles],
    accounts: [{ customer: customer.id, account, delta }],
    confirmations: [confirmation],
  };
  return { kind: 'decided', body };
}

function checkTaken(
  { policy, operator, customer, disputed, standing }: CorrectionInput,
  { amount, points }: MovedAction,
): CorrectionRefusal | null {
  if (disputed) return { kind: 'disputed' };
  if (points !== null)
    return points > standing.points
      ? { kind: 'not-enough-points', held: Math.max(0, standing.points) }
      : null;
  return checkCredit({ policy, operator }, { customer, standing, amount });
}

/** Why the customer may not owe this much more, by the same rules as for a sale; null: they may. */
export function checkCredit(
  { policy, operator }: Deciding,
  of: { readonly customer: Customer; readonly standing: Standing; readonly amount: Money },
):
  { readonly kind: 'no-credit' } | { readonly kind: 'over-limit'; readonly allowed: Money } | null {
  const allowed = allowedDebt(of.customer.credit, policy.credit.debtLimit, of.standing.owed);
  if (allowed.kind === 'refused') return { kind: 'no-credit' };
  if (allowed.kind === 'unlimited' || of.amount <= allowed.left) return null;
  return may(policy, operator, 'sell-over-limit')
    ? null
    : { kind: 'over-limit', allowed: allowed.left };
}

function readsOfCorrection(entry: EntryOf<'balance-corrected'>): Reads {
  const { hash, body } = entry;
  return { ...accountReads(hash, body.accounts, body.settles), ...readsOfSums(entry) };
}

function projectCorrection(
  entry: EntryOf<'balance-corrected'>,
  before: Before,
  real: ReadonlySet<string>,
): ProjectedChange[] {
  const { till, seq, hash, body } = entry;
  const { correction: id, customer, accounts: steps, confirmations } = body;
  const settles = body.settles.map((part) => ({ ...part, tender: null }));
  const confirmed = confirmations.map((confirmation) => ({ confirmation, customer }));
  return [
    { table: 'actIds', op: 'add', rows: [{ id, till, seq, hash }] },
    ...accountChanges(
      entry,
      { steps, settles, earned: [], terms: NO_TERMS, confirmed, real },
      before,
    ),
    { table: 'grantsUsed', op: 'add', rows: usedBy(confirmations, id) },
    ...inSums(entry, before, (totals) => withCorrection(totals, body)),
  ];
}

export const correctionRules = {
  rights: [REVIEW_RIGHT],
  reads: readsOfCorrection,
  project: projectCorrection,
  asksAfterFailure: true,
  consentId: 'correction',
  codeAction: 'correct-balance',
} as const satisfies ActRules<'balance-corrected'>;

export const correctionAgain = {
  deal: ({ correction, account, delta }) => ({ correction, account, delta }),
  refundedOfEarned: () => Infinity,
  asks: ({ customer }) => ({
    serves: [customer],
    consentOf: customer,
    debtsOf: customer,
    movedByRight: true,
  }),
  again: ({ body }, known) => {
    const { consent, debts, datedAt: at } = known;
    if (consent === null) return null;
    const of = { ...known, ...consent, at, debts: debtsOr(debts, body, { isWhole: true }) };
    return withDayByClock(decideCorrection({ ...body, ...of }), known);
  },
} as const satisfies AgainRules<'balance-corrected'>;
