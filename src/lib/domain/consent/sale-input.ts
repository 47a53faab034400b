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
  /** Facts about the customer that discount rules depend on; null: no customer is chosen, or the facts are not known. */
  readonly customerFacts: CustomerFacts | null;
  readonly standing: Standing;
  /** Overrides of the last 24 hours, before this sale. */
  readonly usage: OverrideUsage;
  readonly unconfirmed30d: Unconfirmed;
  /** Points that the customer's sales of the last 24 hours earn, before this one. */
  readonly earnedToday: number;
  /** The customer has an open dispute: nothing goes on account until it is settled. */
  readonly disputed: boolean;
  readonly confirmations: readonly ProvenConfirmation[];
  /** Hashes of this receipt's deals (`dealsOf`), computed again by the caller. */
  readonly dealHashes: Partial<Readonly<Record<SaleAction, string>>>;
  /** Challenges and reserve-code verifiers that an act has already used up. */
  readonly grantsUsed: ReadonlySet<string>;
  /** Marked pieces of the receipt that were sold already and not returned, as far as it is known. */
  readonly piecesSold: ReadonlySet<string>;
};

/** Why a sale was refused. Amounts are positive; `allowed` is the largest sum that would be accepted. */
export type SaleRefusal =
  | { readonly kind: 'empty' }
  | { readonly kind: 'may-not-sell'; readonly right: Right }
  | ReductionRefusal
  /** The receipt's automatic discounts differ from those of the present policy: they have to be applied again. */
  | { readonly kind: 'rules-changed' }
  /** Goods with a minimum age, years, which nobody confirmed. */
  | { readonly kind: 'age-not-confirmed'; readonly age: number }
  /** A marking code that is malformed, in the receipt twice, or sold before. */
  | { readonly kind: 'mark-wrong' | 'mark-twice' | 'mark-sold' }
  /** A line whose price is not the one that the policy's label masks give for its scale label. */
  | { readonly kind: 'label-wrong' }
  | { readonly kind: 'tender-too-much'; readonly over: Money }
  /** Cash that is not in whole steps of the policy's rounding. */
  | { readonly kind: 'cash-not-payable' }
  | { readonly kind: 'no-customer' }
  | OwnNumber
  | { readonly kind: 'no-credit' }
  /** The debt would be due later than the policy says; this needs the right `sell-over-limit`. */
  | { readonly kind: 'due-too-late' }
  /** The customer gets no credit until a dispute is settled; no right changes that. */
  | { readonly kind: 'disputed' }
  | { readonly kind: 'over-limit'; readonly allowed: Money }
  | { readonly kind: 'not-enough-points'; readonly held: number }
  | { readonly kind: 'points-over-share'; readonly allowed: number }
  /** The points' value changed since they were tendered. */
  | { readonly kind: 'points-worth-differs'; readonly worth: Money }
  | ConsentRefusal;

/** Why the movement of an act is not confirmed. */
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
