// States and events of a checkout, as plain JSON that survives a reload.
// No state holds a code that the relay is waiting for.
import type {
  AwaitingCode,
  ChallengeReply,
  ChallengeStatus,
  CheckReply,
  SendReply,
} from '$lib/contract/challenge';
import type { SaleAction } from '$lib/contract/values';
import { usageAfter, type OverrideUsage } from './account';
import type { NoCodeBecause, Quarantined, StoppedBecause, Unreachable } from './challenge-outcome';
import type { GivenConfirmation, GivenOverride, GivenReserveCode, Need } from './confirmation';
import type { CheckedReserveCode } from './reserve-code';
import type { SaleRefusal } from './sale-input';

/** Which edit voided the code; `policy`: the shop's rules have changed. */
export type VoidedBy = 'lines' | 'tender' | 'customer' | 'phone' | 'policy';

/** One need, and the id of its challenge, generated before the request. */
export type Ask = { readonly need: Need; readonly challenge: string };

/** A need with its confirmation. */
export type Got = Ask & { readonly confirmation: GivenConfirmation };

/** Why the storage refused the sale: the domain's reasons, and those only the storage can detect. */
export type SaveRefusal =
  | SaleRefusal
  | {
      readonly kind: 'policy-refused';
      readonly because:
        'missing' | 'wrong-signature' | 'older-version' | 'wrong-shop' | 'malformed';
    }
  | { readonly kind: 'grant-forged'; readonly action: SaleAction }
  /** The verifier is not signed by the relay, or the code does not match it. */
  | { readonly kind: 'reserve-code-wrong'; readonly action: SaleAction };

/** Common to all states while a need is still open. */
export type Asking = Ask & { readonly rest: readonly Ask[]; readonly got: readonly Got[] };

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
/** Going on without a code is allowed. `view`: a code that may still arrive and be typed. */
export type NoCode = Asking & {
  readonly kind: 'no-code';
  readonly because: NoCodeBecause;
  readonly view: AwaitingCode | null;
};
export type Stopped = Asking & { readonly kind: 'stopped'; readonly because: StoppedBecause };
export type Saving = { readonly kind: 'saving'; readonly got: readonly Got[] };
/** `because`: kind of the storage error. */
export type NotSaved = {
  readonly kind: 'not-saved';
  readonly got: readonly Got[];
  readonly because: string;
};
export type Saved = { readonly kind: 'saved'; readonly sale: string };

export type Checkout =
  Tendering | Sending | AwaitingCodeState | Checking | NoCode | Stopped | Saving | NotSaved | Saved;

/** Events. Replies name their challenge: a late reply about another challenge changes nothing. */
export type CheckoutEvent =
  /** One ask per need of `confirmationsRequired`, in its order; none: nothing has to be confirmed. */
  | { readonly kind: 'save-asked'; readonly asks: readonly Ask[] }
  | {
      readonly kind: 'answered';
      readonly challenge: string;
      readonly reply: ChallengeReply | Unreachable | Quarantined;
    }
  | {
      readonly kind: 'view-changed';
      readonly challenge: string;
      readonly view: ChallengeStatus;
    }
  /** A code was submitted; the code itself goes directly to the relay client. */
  | { readonly kind: 'code-typed' }
  | {
      readonly kind: 'checked';
      readonly challenge: string;
      readonly reply: CheckReply | Unreachable;
    }
  | { readonly kind: 'resent'; readonly challenge: string; readonly reply: SendReply | Unreachable }
  | { readonly kind: 'did-not-arrive' }
  | { readonly kind: 'phone-not-at-hand' }
  /** Back to the code that may still be typed. */
  | { readonly kind: 'returned-to-code' }
  /** Ask again. `challenge` is a fresh id; a request whose reply was lost keeps its own. */
  | { readonly kind: 'asked-again'; readonly challenge: string }
  | {
      readonly kind: 'overridden';
      readonly confirmation: GivenOverride;
      readonly usage: OverrideUsage;
    }
  /** One of the customer's reserve codes, checked on this till. */
  | {
      readonly kind: 'reserve-code-given';
      readonly confirmation: GivenReserveCode;
      readonly verifier: CheckedReserveCode;
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

/** The caps' usage including this checkout's own earlier overrides; also for what the screen offers. */
export function usageWithin(got: readonly Got[], usage: OverrideUsage): OverrideUsage {
  return got
    .filter((each) => each.confirmation.kind === 'override')
    .reduce((used, each) => usageAfter(used, each.need.amount), usage);
}

/** Challenges the relay may hold for this checkout: to be cancelled if it is voided or abandoned. */
export function challengesOf(state: Checkout): string[] {
  if (!('got' in state)) return [];
  const met = state.got.filter((each) => each.confirmation.kind === 'code');
  const ids = met.map((each) => each.challenge);
  // a request without reply may have reached the relay; only a stopped one surely made no challenge
  return 'need' in state && state.kind !== 'stopped' ? [...ids, state.challenge] : ids;
}

/** All needs of this checkout, in order. */
export function needsIn({ got, need, rest }: Asking): Need[] {
  return [...got.map((each) => each.need), need, ...rest.map((each) => each.need)];
}

export function confirmationsOf(got: readonly Got[]): GivenConfirmation[] {
  return got.map((each) => each.confirmation);
}

/** True if a code may be on its way or was already given: an edit then voids it, and the till says so. */
export function codeWasAsked(state: Checkout): boolean {
  if (state.kind === 'sending' || ('view' in state && state.view !== null)) return true;
  return 'got' in state && state.got.some((each) => each.confirmation.kind !== 'override');
}
