// Types: what of a customer who is to be forgotten is open, and whose consent there is.
import type { ForgetApproval } from '$lib/contract/grant';
import type { VerifiedGrant } from './confirmation';

/** Whose consent the act has. A proof is null unless the relay signed it. */
export type ForgetConsent =
  | {
      readonly kind: 'code';
      readonly jws: string;
      readonly grant: VerifiedGrant | null;
      /** Hash, computed again, of what the code was requested for; null: the customer has no number. */
      readonly dealHash: string | null;
    }
  | { readonly kind: 'owner'; readonly jws: string; readonly approval: ForgetApproval | null }
  | { readonly kind: 'by-right' };

/** What of a customer who has a card is still open. */
export type OpenOfCustomer = {
  /** Debt in minor units, negative if the shop owes the customer; and points. */
  readonly standing: { readonly owed: number; readonly points: number };
  readonly disputed: boolean;
  /** Whether a message to them has not been sent yet. */
  readonly hasUnsent: boolean;
  /** Whether a code was requested or entered whose act is not in a journal yet. */
  readonly isConfirming: boolean;
  /** When the last act without their code was made, ms; null: there was none. */
  readonly withoutCodeAt: number | null;
  /** ms. */
  readonly at: number;
};
