// Checkout: from "Save" to "saved". The one table of what may follow what; it never sees a code, and its states are plain JSON, so that a reload resumes them.
import type {
  AwaitingCode,
  ChallengeReply,
  ChallengeStatus,
  CheckReply,
  Refusal,
  SendReply,
  SpentBecause,
} from '$lib/contract/challenge';
import type { MoneyOnWire, SaleAction } from '$lib/contract/values';
import type { OverrideUsage } from './account';
import type { GivenConfirmation, GivenOverride, Need } from './confirmation';
import type { SaleRefusal } from './sale';

/** Which edit voided the code. */
export type VoidedBy = 'lines' | 'tender' | 'customer' | 'phone';

/** Outcomes that open the way without a code (relay-api, "Which refusals open the way"). */
export type NoCodeBecause =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'provider-unreachable' }
  | { readonly kind: 'refused'; readonly because: Refusal }
  | {
      readonly kind: 'limited';
      readonly scope: 'phone' | 'till' | 'shop';
      readonly retryAt: number;
    }
  | { readonly kind: 'did-not-arrive' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'too-many-checks' };

/** Outcomes that do not: the receipt has to change, or the code has to be asked for again. */
export type StoppedBecause =
  | { readonly kind: 'phone-held'; readonly phoneMasked: string; readonly since: number }
  | { readonly kind: 'phone-too-new'; readonly until: number; readonly allowed: MoneyOnWire }
  | { readonly kind: 'challenge-differs' }
  | { readonly kind: 'journal-behind' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'unknown-challenge' };

/** One need and the id of the challenge that asks for it, made before it is asked. */
export type Ask = { readonly need: Need; readonly challenge: string };

/** A need that is met, and how. */
export type Got = { readonly need: Need; readonly confirmation: GivenConfirmation };

/** Why the storage act refused the sale; beyond the domain's own reasons, what only it can see. */
export type SaveRefusal =
  | SaleRefusal
  | {
      readonly kind: 'policy-refused';
      readonly because:
        'missing' | 'wrong-signature' | 'older-version' | 'wrong-shop' | 'malformed';
    }
  | { readonly kind: 'grant-forged'; readonly action: SaleAction };

type Asking = Ask & { readonly rest: readonly Ask[]; readonly got: readonly Got[] };

export type Tendering = {
  readonly kind: 'tendering';
  readonly voided: VoidedBy | null;
  readonly refused: SaveRefusal | null;
};
export type Sending = Asking & { readonly kind: 'sending' };
export type AwaitingCodeState = Asking & {
  readonly kind: 'awaiting-code';
  readonly view: AwaitingCode;
  readonly wrong: { readonly checksLeft: number } | null;
};
export type Checking = Asking & { readonly kind: 'checking'; readonly view: AwaitingCode };
/** The way without a code is open. `view`: a code that may still come and be typed. */
export type NoCode = Asking & {
  readonly kind: 'no-code';
  readonly because: NoCodeBecause;
  readonly view: AwaitingCode | null;
};
export type Stopped = Asking & { readonly kind: 'stopped'; readonly because: StoppedBecause };
export type Saving = { readonly kind: 'saving'; readonly got: readonly Got[] };
/** `because`: the storage error's kind. */
export type NotSaved = {
  readonly kind: 'not-saved';
  readonly got: readonly Got[];
  readonly because: string;
};
export type Saved = { readonly kind: 'saved'; readonly sale: string };

export type Checkout =
  Tendering | Sending | AwaitingCodeState | Checking | NoCode | Stopped | Saving | NotSaved | Saved;

type Unreachable = { readonly kind: 'unreachable' };

/** What happened. Replies name their challenge: one that comes late, for another, changes nothing. */
export type CheckoutEvent =
  /** One ask per need of `confirmationsRequired`, in its order; none: nothing has to be confirmed. */
  | { readonly kind: 'save-asked'; readonly asks: readonly Ask[] }
  | {
      readonly kind: 'answered';
      readonly challenge: string;
      readonly reply: ChallengeReply | Unreachable;
    }
  | {
      readonly kind: 'view-changed';
      readonly challenge: string;
      readonly view: ChallengeStatus;
    }
  /** A code was submitted; the code itself goes straight to the relay client. */
  | { readonly kind: 'code-typed' }
  | {
      readonly kind: 'checked';
      readonly challenge: string;
      readonly reply: CheckReply | Unreachable;
    }
  | { readonly kind: 'resent'; readonly challenge: string; readonly reply: SendReply | Unreachable }
  | { readonly kind: 'did-not-arrive' }
  /** Back to the code that may still be typed. */
  | { readonly kind: 'returned-to-code' }
  /** Ask anew. `challenge` is a fresh id; a request whose reply was lost keeps its own. */
  | { readonly kind: 'asked-again'; readonly challenge: string }
  | {
      readonly kind: 'overridden';
      readonly confirmation: GivenOverride;
      readonly usage: OverrideUsage;
    }
  | { readonly kind: 'edited'; readonly what: VoidedBy }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'stored'; readonly sale: string }
  | { readonly kind: 'store-failed'; readonly because: string }
  | { readonly kind: 'sale-refused'; readonly because: SaveRefusal }
  | { readonly kind: 'retried' }
  /** The page was loaded with this state on disk. */
  | { readonly kind: 'reloaded' };

export const NEW_CHECKOUT: Tendering = { kind: 'tendering', voided: null, refused: null };
