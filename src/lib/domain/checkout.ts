// Checkout: from "Save" to "saved". The one table of what may follow what; it never sees a code, and its states are plain JSON, so that a reload resumes them.
import type {
  AwaitingCode,
  ChallengeReply,
  ChallengeStatus,
  CheckReply,
  SendReply,
} from '$lib/contract/challenge';
import type { SaleAction } from '$lib/contract/values';
import { usageAfter, type OverrideUsage } from './account';
import {
  outcomeOf,
  type NoCodeBecause,
  type Outcome,
  type StoppedBecause,
  type Unreachable,
} from './challenge-outcome';
import {
  overrideAllowed,
  type GivenConfirmation,
  type GivenOverride,
  type Need,
} from './confirmation';
import type { VerifiedPolicy } from './policy';
import type { SaleRefusal } from './sale';

/** Which edit voided the code. */
export type VoidedBy = 'lines' | 'tender' | 'customer' | 'phone';

/** One need and the id of the challenge that asks for it, made before it is asked. */
export type Ask = { readonly need: Need; readonly challenge: string };

/** A need that is met, and how. */
export type Got = Ask & { readonly confirmation: GivenConfirmation };

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

/** What follows `state` when `event` happens. A pair that is not in the table leaves the state as it is. */
export function advance(state: Checkout, event: CheckoutEvent, policy: VerifiedPolicy): Checkout {
  switch (event.kind) {
    case 'save-asked':
      return state.kind === 'tendering' ? askNext(event.asks, []) : state;
    case 'answered':
      return state.kind === 'sending' ? heard(state, event) : state;
    case 'view-changed':
      return state.kind === 'awaiting-code' || state.kind === 'checking' || mayStillCome(state)
        ? heard(state, event)
        : state;
    case 'code-typed':
      return state.kind === 'awaiting-code'
        ? { ...asking(state), kind: 'checking', view: state.view }
        : state;
    case 'checked':
      return state.kind === 'checking' ? heard(state, event) : state;
    case 'resent':
      return state.kind === 'awaiting-code' ? heard(state, event) : state;
    case 'did-not-arrive':
      return state.kind === 'awaiting-code'
        ? { ...asking(state), kind: 'no-code', because: { kind: event.kind }, view: state.view }
        : state;
    case 'returned-to-code':
      return mayStillCome(state)
        ? { ...asking(state), kind: 'awaiting-code', view: state.view, wrong: null }
        : state;
    case 'asked-again':
      return askedAgain(state, event.challenge);
    case 'overridden':
      return overridden(state, event, policy);
    case 'edited':
      return edited(state, event.what);
    case 'cancelled':
      return state.kind === 'saving' || state.kind === 'saved' ? state : NEW_CHECKOUT;
    case 'stored':
      return state.kind === 'saving' ? { kind: 'saved', sale: event.sale } : state;
    case 'store-failed':
      return state.kind === 'saving'
        ? { kind: 'not-saved', got: state.got, because: event.because }
        : state;
    case 'sale-refused':
      return state.kind === 'saving'
        ? { kind: 'tendering', voided: null, refused: event.because }
        : state;
    case 'retried':
      return state.kind === 'not-saved' ? { kind: 'saving', got: state.got } : state;
    case 'reloaded':
      // the code that was being checked is gone with the page: the same request brings its view, or its grant
      return state.kind === 'checking' ? { ...asking(state), kind: 'sending' } : state;
  }
}

function asking(state: Asking): Asking {
  return { need: state.need, challenge: state.challenge, rest: state.rest, got: state.got };
}

function askNext(asks: readonly Ask[], got: readonly Got[]): Checkout {
  const [next, ...rest] = asks;
  return next === undefined ? { kind: 'saving', got } : { kind: 'sending', ...next, rest, got };
}

function met(state: Asking, confirmation: GivenConfirmation): Checkout {
  const { need, challenge, rest, got } = state;
  return askNext(rest, [...got, { need, challenge, confirmation }]);
}

type CodeOpen = NoCode & { readonly view: AwaitingCode };

function mayStillCome(state: Checkout): state is CodeOpen {
  return state.kind === 'no-code' && state.view !== null;
}

type Heard = Extract<
  CheckoutEvent,
  { challenge: string; kind: 'answered' | 'view-changed' | 'checked' | 'resent' }
>;
type Hearing = Sending | AwaitingCodeState | Checking | CodeOpen;

function heard(state: Hearing, event: Heard): Checkout {
  if (event.challenge !== state.challenge) return state;
  const outcome = outcomeOf(event.kind === 'view-changed' ? event.view : event.reply);
  switch (outcome.kind) {
    case 'view':
      return viewed(state, outcome.view, event.kind);
    case 'verified':
      return met(state, { kind: 'code', action: state.need.action, jws: outcome.grant });
    case 'wrong-code': {
      if (state.kind === 'sending') return state;
      const { checksLeft } = outcome;
      const view = { ...state.view, checksLeft };
      return { ...asking(state), kind: 'awaiting-code', view, wrong: { checksLeft } };
    }
    case 'not-resent':
      return state.kind === 'awaiting-code'
        ? { ...state, view: { ...state.view, ...outcome.change } }
        : state;
    case 'no-code':
      return { ...asking(state), ...outcome, view: liveView(state, outcome) };
    case 'stopped':
      return { ...asking(state), ...outcome };
  }
}

function viewed(state: Hearing, view: AwaitingCode, because: Heard['kind']): Checkout {
  if (state.kind === 'sending') {
    return { ...asking(state), kind: 'awaiting-code', view, wrong: null };
  }
  if (state.kind === 'awaiting-code' && because === 'resent') {
    return { ...state, view, wrong: null };
  }
  return { ...state, view };
}

/** A challenge that ended has nothing left to type; one that lives may still bring its message. */
function liveView(
  state: Hearing,
  { because }: Extract<Outcome, { kind: 'no-code' }>,
): AwaitingCode | null {
  if (state.kind === 'sending') return null;
  return because.kind === 'expired' || because.kind === 'too-many-checks' ? null : state.view;
}

function askedAgain(state: Checkout, fresh: string): Checkout {
  if (state.kind !== 'no-code' && state.kind !== 'stopped') return state;
  // the relay may have the lost request: under its own id it never buys a second message
  const lost = state.kind === 'no-code' && state.because.kind === 'unreachable';
  return { ...asking(state), kind: 'sending', challenge: lost ? state.challenge : fresh };
}

function overridden(
  state: Checkout,
  { confirmation, usage }: Extract<CheckoutEvent, { kind: 'overridden' }>,
  policy: VerifiedPolicy,
): Checkout {
  if (state.kind !== 'no-code' || confirmation.action !== state.need.action) return state;
  if (confirmation.because === 'other' && (confirmation.note ?? '').trim() === '') return state;
  const used = usageWithin(state.got, usage);
  const answer = overrideAllowed(policy, confirmation.by, state.need, used);
  return answer.kind === 'allowed' ? met(state, confirmation) : state;
}

/** The caps' usage once this checkout's own earlier overrides are counted: for what the screen offers, too. */
export function usageWithin(got: readonly Got[], usage: OverrideUsage): OverrideUsage {
  return got
    .filter((each) => each.confirmation.kind === 'override')
    .reduce((used, each) => usageAfter(used, each.need.amount), usage);
}

function edited(state: Checkout, what: VoidedBy): Checkout {
  switch (state.kind) {
    case 'tendering':
      return { ...state, refused: null };
    case 'saving':
    case 'saved':
      return state;
    default:
      return {
        kind: 'tendering',
        voided: challengesOf(state).length > 0 ? what : null,
        refused: null,
      };
  }
}

/** Challenges the relay may hold for this checkout: to be cancelled when it is voided or given up. */
export function challengesOf(state: Checkout): string[] {
  if (!('got' in state)) return [];
  const met = state.got.filter((each) => each.confirmation.kind === 'code');
  const ids = met.map((each) => each.challenge);
  // "not reached" is not "not asked"; only a stopped request is known to have made none
  return 'need' in state && state.kind !== 'stopped' ? [...ids, state.challenge] : ids;
}

export function confirmationsOf(got: readonly Got[]): GivenConfirmation[] {
  return got.map((each) => each.confirmation);
}
