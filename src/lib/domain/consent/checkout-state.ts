// States and events of a checkout, and what a draft stores of it.
// No state holds a code that the relay is waiting for.
import type { SaleAction } from '$lib/contract/values';
import type { FloatNotCounted } from '$lib/domain/shift/shift';
import type { CodeEvent, OpenRequest } from './code-request';
import type { GivenConfirmation, GivenReserveCode, Need } from './confirmation';
import { usageAfter, type GivenOverride, type OverrideUsage } from './override';
import type { CheckedReserveCode } from './reserve-code';
import type { SaleRefusal } from './sale-input';

/** The edit that voided the code; `policy`: the shop's rules have changed. */
export type VoidedBy = 'lines' | 'tender' | 'customer' | 'phone' | 'policy' | 'operator';

/** The person whose phone gets the code. `undecided`: the customer has authorised persons, and nobody has been chosen yet. */
export type CodeTo =
  | { readonly kind: 'undecided' | 'customer' }
  | { readonly kind: 'person'; readonly person: string };

/** One need, and the id of its challenge, generated before the request. */
export type Ask = {
  readonly need: Need;
  readonly challenge: string;
  readonly to: CodeTo;
  readonly also: Also | null;
};

/** Another need, which the same code confirms. `challenge`: to ask for it by itself, after the first was confirmed without a code. */
export type Also = Pick<Ask, 'need' | 'challenge'>;

/** A need with its confirmation. `challenge`: of the code that confirmed it. */
export type Got = Omit<Ask, 'also'> & { readonly confirmation: GivenConfirmation };

/** Why the storage refused the sale: the domain's reasons, and those only the storage can detect. */
export type SaveRefusal =
  | SaleRefusal
  | FloatNotCounted
  | {
      readonly kind: 'policy-refused';
      readonly because:
        'missing' | 'wrong-signature' | 'older-version' | 'wrong-shop' | 'malformed';
    }
  | { readonly kind: 'grant-forged'; readonly action: SaleAction }
  /** The verifier is not signed by the relay, or the code does not match it. */
  | { readonly kind: 'reserve-code-wrong'; readonly action: SaleAction };

/** The current need, those still to be confirmed, and those confirmed already. */
export type Asking = {
  readonly need: Need;
  readonly to: CodeTo;
  readonly also: Also | null;
  readonly rest: readonly Ask[];
  readonly got: readonly Got[];
};

export type Tendering = {
  readonly kind: 'tendering';
  readonly voided: VoidedBy | null;
  readonly refused: SaveRefusal | null;
};
/** The operator chooses whose phone gets the code; nothing is sent before. */
export type Choosing = Asking & { readonly kind: 'choosing'; readonly challenge: string };
/** The current need with the state of its code request. */
export type Confirming = Asking & OpenRequest;
export type AwaitingCodeState = Extract<Confirming, { kind: 'awaiting-code' }>;
export type Saving = { readonly kind: 'saving'; readonly got: readonly Got[] };
/** `because`: kind of the storage error. */
export type NotSaved = {
  readonly kind: 'not-saved';
  readonly got: readonly Got[];
  readonly because: string;
};
export type Saved = { readonly kind: 'saved'; readonly sale: string };

export type Checkout = Tendering | Choosing | Confirming | Saving | NotSaved | Saved;

export type CheckoutEvent =
  /** What `asksFor` makes of the needs; none: nothing has to be confirmed. */
  | { readonly kind: 'save-asked'; readonly asks: readonly Ask[] }
  /** Applies to the needs after the current one, too. */
  | { readonly kind: 'recipient-chosen'; readonly to: CodeTo }
  /** Somebody else is to get the code. `challenge`: a fresh id. */
  | { readonly kind: 'recipient-changed'; readonly challenge: string }
  | CodeEvent
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
  | { readonly kind: 'retried' };

export const NEW_CHECKOUT: Tendering = { kind: 'tendering', voided: null, refused: null };

export const isConfirming = (state: Checkout): state is Confirming =>
  'need' in state && state.kind !== 'choosing';

/** Whether the code dialogue is open: the operator chooses whose phone gets the code, or a code is requested. */
export const isAsking = (state: Checkout): state is Choosing | Confirming => 'need' in state;

/** One ask per code: points and debt that are asked for the same way share one. `newId`: makes ids of challenges. */
export function asksFor(needs: readonly Need[], to: CodeTo, newId: () => string): Ask[] {
  const [points, debt] = needs;
  if (points === undefined || debt === undefined || points.chain.join() !== debt.chain.join())
    return needs.map((need) => ({ need, challenge: newId(), to, also: null }));
  const also = { need: points, challenge: newId() };
  return [{ need: debt, challenge: newId(), to, also }];
}

/** The state that confirms the next open need; without one, the sale is saved. */
export function askNext(asks: readonly Ask[], got: readonly Got[]): Checkout {
  const [next, ...rest] = asks;
  if (next === undefined) return { kind: 'saving', got };
  return { kind: next.to.kind === 'undecided' ? 'choosing' : 'sending', ...next, rest, got };
}

/** What a draft stores of a checkout: needs, confirmations and challenge ids. */
export type StoredCheckout =
  | { readonly kind: 'tendering'; readonly voided: VoidedBy | null }
  | {
      readonly kind: 'confirming';
      /** Needs that are still open. */
      readonly asks: readonly Ask[];
      readonly got: readonly Got[];
      /** The operator who asked for them; nobody else can save a sale with them. */
      readonly askedBy: string | null;
    };

/**
 * The part of a checkout that a draft stores. A sale that is being saved without confirmations is stored as it was before "Save",
 * because no confirmation can be lost. `askedBy`: the operator who asked for the confirmations; null: nobody did.
 */
export function toStored(state: Checkout, askedBy: string | null): StoredCheckout {
  if (isAsking(state)) {
    const { need, challenge, to, also, rest, got } = state;
    return { kind: 'confirming', asks: [{ need, challenge, to, also }, ...rest], got, askedBy };
  }
  const got = 'got' in state ? state.got : [];
  if (got.length > 0) return { kind: 'confirming', asks: [], got, askedBy };
  return { kind: 'tendering', voided: state.kind === 'tendering' ? state.voided : null };
}

/** The checkout after a reload. It repeats the open request; the reply contains the challenge's state or its grant. */
export function fromStored(stored: StoredCheckout): Checkout {
  if (stored.kind === 'confirming') return askNext(stored.asks, stored.got);
  return { ...NEW_CHECKOUT, voided: stored.voided };
}

/** The caps' usage including this checkout's own earlier overrides. The screen also offers overrides by it. */
export const usageWithin = (got: readonly Got[], usage: OverrideUsage): OverrideUsage =>
  got
    .filter((each) => each.confirmation.kind === 'override')
    .reduce((used, each) => usageAfter(used, each.need.amount), usage);

/** Challenges that the relay may hold for this checkout; they are cancelled if it is voided or abandoned. */
export function challengesOf(state: Checkout): string[] {
  if (!('got' in state)) return [];
  const met = state.got.filter((each) => each.confirmation.kind === 'code');
  // one code may have confirmed two needs
  const ids = [...new Set(met.map((each) => each.challenge))];
  // a request without a reply may have reached the relay; only a stopped one certainly made no challenge
  return isConfirming(state) && state.kind !== 'stopped' ? [...ids, state.challenge] : ids;
}

/** All needs of this checkout. */
export function needsIn({ got, need, also, rest }: Asking): Need[] {
  const asked = also === null ? [need] : [also.need, need];
  return [...got.map((each) => each.need), ...asked, ...rest.map((each) => each.need)];
}

export const confirmationsOf = (got: readonly Got[]): GivenConfirmation[] =>
  got.map((each) => each.confirmation);

/** True if a code may be on its way or was already entered: then an edit voids it, and the till shows that. */
export function codeWasAsked(state: Checkout): boolean {
  if (state.kind === 'sending' || ('view' in state && state.view !== null)) return true;
  return 'got' in state && state.got.some((each) => each.confirmation.kind !== 'override');
}
