// An overpayment paid out, at most what the shop owes: decides it and projects it into rows.
import { withStatedDay, type AgainRules } from '$lib/domain/decide-again';
import type { ActRules } from '$lib/domain/act-rules';
import type { MoneyTender } from '$lib/contract/acts/sale';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import { accountChanges, accountReads, NO_TERMS } from '$lib/domain/customers/account-rows';
import { refusedOwnNumber, type CardNumbers, type OwnNumber } from '$lib/domain/customers/customer';
import { openDebts, type Debts } from '$lib/domain/customers/debts';
import { isPayable } from '$lib/domain/values/cash-rounding';
import { ZERO, type Money, money } from '$lib/domain/values/money';
import { permission } from '$lib/domain/policy/approval';
import { dayOf, type Decided, type DecidingAt, type NoRight } from '$lib/domain/policy/rights';
import type { Before, ProjectedChange, Reads } from '$lib/domain/rows';
import { actId, inSums, readsOfSums, withPayout } from '$lib/domain/shift/shift';

export type PayoutInput = DecidingAt & {
  /** Made before the first attempt. */
  readonly payout: string;
  readonly customer: string;
  /** The numbers on the customer's card; null: the card is not on this device. */
  readonly card: CardNumbers | null;
  readonly debts: Debts;
  readonly amount: Money;
  readonly tender: MoneyTender['kind'];
  /** A colleague with the right, who gave their PIN; null: nobody did. */
  readonly allowedBy: string | null;
};

/** `allowed`: what the shop owes. */
export type PayoutRefusal =
  | NoRight
  | OwnNumber
  | { readonly kind: 'nothing-paid-out' }
  /** Cash that is not in whole steps of the policy's rounding. */
  | { readonly kind: 'cash-not-payable' }
  | { readonly kind: 'more-than-we-owe'; readonly allowed: Money };

/** Needs no consent: the customer owes nothing after it. */
export function decidePayout(
  input: PayoutInput,
): Decided<BodyOf<'overpayment-returned'>, PayoutRefusal> {
  const refused = (because: PayoutRefusal) => ({ kind: 'refused', because }) as const;
  const { policy, payout, customer, debts, amount, tender } = input;
  const permitted = permission(payoutRules, input);
  if (permitted.kind === 'no-right') return refused(permitted);
  const allower = { policy, operator: permitted.by ?? input.operator };
  const ownNumber =
    refusedOwnNumber(input, input.card, ['return']) ??
    refusedOwnNumber(allower, input.card, ['return']);
  if (ownNumber !== null) return refused(ownNumber);
  if (amount <= ZERO) return refused({ kind: 'nothing-paid-out' });
  if (amount > debts.weOwe) return refused({ kind: 'more-than-we-owe', allowed: debts.weOwe });
  if (!isPayable([{ kind: tender, amount }], policy.cashRounding))
    return refused({ kind: 'cash-not-payable' });
  const body: BodyOf<'overpayment-returned'> = {
    payout,
    currency: policy.shop.currency.code,
    day: dayOf(input),
    customer,
    amount,
    tender,
    accounts: [{ customer, account: 'debt', delta: amount }],
    allowedBy: permitted.by,
  };
  return { kind: 'decided', body };
}

function readsOfPayout(entry: EntryOf<'overpayment-returned'>): Reads {
  const { hash, body } = entry;
  return { ...accountReads(hash, body.accounts, []), ...readsOfSums(entry) };
}

/** The step becomes a new debt. It offsets the surplus of overpaid debts, whichever debts those are. */
function projectPayout(entry: EntryOf<'overpayment-returned'>, before: Before): ProjectedChange[] {
  const { body } = entry;
  const moving = {
    steps: body.accounts,
    settles: [],
    earned: [],
    terms: NO_TERMS,
    confirmed: [],
    real: new Set<string>(),
  };
  return [
    actId(entry, body.payout),
    ...accountChanges(entry, moving, before),
    ...inSums(entry, before, (totals) => withPayout(totals, body)),
  ];
}

export const payoutRules = {
  rights: ['return'],
  reads: readsOfPayout,
  project: projectPayout,
  asksAfterFailure: true,
  givesBack: true,
} as const satisfies ActRules<'overpayment-returned'>;

export const payoutAgain = {
  samePaidBack: ({ customer, amount }) => ({ kind: 'overpayment', customer, amount }),
  asks: ({ customer }) => ({ serves: [customer], debtsOf: customer, needsDownload: true }),
  again: ({ body }, { debts, ...by }) => {
    if (debts === null) return null;
    const amount = money(body.amount);
    const decided = decidePayout({ ...by, ...body, debts: openDebts(debts), amount });
    return withStatedDay(decided, body, by);
  },
} as const satisfies AgainRules<'overpayment-returned'>;
