// Types: the input of a sale's decision, and the reasons to refuse it.
import type { Right } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import type { Unconfirmed } from '$lib/domain/customers/account';
import type { ProvenConfirmation } from './confirmation';
import type { Customer, OwnNumber, Standing } from '$lib/domain/customers/customer';
import type { CustomerFacts } from '$lib/domain/receipt/discount-rules';
import type { ReductionRefusal } from '$lib/domain/receipt/discounts';
import type { Money } from '$lib/domain/values/money';
import type { CapScope, OverrideUsage } from './override';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import type { Receipt } from '$lib/domain/receipt/receipt';

export type SaleInput = {
  readonly receipt: Receipt;
  readonly policy: VerifiedPolicy;
  /** This till. */
  readonly till: string;
  /** Gapless per till, from 1. */
  readonly number: number;
  /** Who closes the sale. */
  readonly operator: string;
  /** Corrected by the relay's clock. */
  readonly at: number;
  readonly customer: Customer | null;
  /** What rules ask of the customer; null: nobody is chosen, or it is not known. */
  readonly customerFacts: CustomerFacts | null;
  readonly standing: Standing;
  /** Overrides of the last 24 hours, before this sale. */
  readonly usage: OverrideUsage;
  readonly unconfirmed30d: Unconfirmed;
  /** The customer has an open dispute: nothing goes on account until it is settled. */
  readonly disputed: boolean;
  readonly confirmations: readonly ProvenConfirmation[];
  /** Hashes of this receipt's deals (`dealsOf`), recomputed by the caller. */
  readonly dealHashes: Partial<Readonly<Record<SaleAction, string>>>;
  /** Challenges whose grants, and verifiers whose reserve codes, have already closed a sale. */
  readonly grantsUsed: ReadonlySet<string>;
  /** Salted hash of the receipt's address, recomputed by the caller; null: it has none. */
  readonly addressHash: string | null;
  /** Of the marked pieces of the receipt those that were sold, as far as it is known, and have not come back. */
  readonly piecesSold: ReadonlySet<string>;
};

/** Why a sale was refused. Amounts are positive; `allowed` is the largest sum that would be accepted. */
export type SaleRefusal =
  | { readonly kind: 'empty' }
  | { readonly kind: 'may-not-sell'; readonly right: Right }
  | ReductionRefusal
  /** The automatic discounts of the receipt are not those of the policy now: they have to be settled again. */
  | { readonly kind: 'rules-changed' }
  /** Goods that are sold from an age on, years, which nobody confirmed. */
  | { readonly kind: 'age-not-confirmed'; readonly age: number }
  /** A marking code that is none, is in the receipt twice, or was sold before. */
  | { readonly kind: 'mark-wrong' | 'mark-twice' | 'mark-sold' }
  /** A line at the price of a scale's label that the masks of the policy do not make of that label. */
  | { readonly kind: 'label-wrong' }
  | { readonly kind: 'tender-too-much'; readonly over: Money }
  | { readonly kind: 'no-customer' }
  | OwnNumber
  | { readonly kind: 'no-credit' }
  /** Later than the policy says, which takes the right to sell over the limit. */
  | { readonly kind: 'due-too-late' }
  /** The customer's credit is frozen until a dispute is settled; no right lifts it. */
  | { readonly kind: 'disputed' }
  | { readonly kind: 'over-limit'; readonly allowed: Money }
  | { readonly kind: 'not-enough-points'; readonly held: number }
  | { readonly kind: 'points-over-share'; readonly allowed: number }
  /** The points' value changed since they were tendered. */
  | { readonly kind: 'points-worth-differs'; readonly worth: Money }
  | ConsentRefusal;

/** Why what an act moves is not confirmed. */
export type ConsentRefusal =
  /** A code is required, and there is no number to send it to; going on without one is not offered either. */
  | { readonly kind: 'no-phone'; readonly action: SaleAction }
  | { readonly kind: 'confirmation-missing'; readonly action: SaleAction }
  | { readonly kind: 'grant-not-for-this-deal'; readonly action: SaleAction }
  | { readonly kind: 'grant-expired'; readonly action: SaleAction }
  | { readonly kind: 'grant-used'; readonly action: SaleAction }
  /** Issued for another customer or another till. */
  | { readonly kind: 'reserve-code-not-for-this'; readonly action: SaleAction }
  | { readonly kind: 'reserve-code-used'; readonly action: SaleAction }
  | {
      readonly kind: 'reserve-code-over-cap';
      readonly action: SaleAction;
      readonly allowed: Money;
    }
  | { readonly kind: 'override-no-right'; readonly action: SaleAction }
  | {
      readonly kind: 'override-over-cap';
      readonly action: SaleAction;
      readonly scope: CapScope;
      readonly allowed: Money;
    }
  | { readonly kind: 'reason-missing'; readonly action: SaleAction };
