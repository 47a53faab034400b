// Checkout: the transition table between "Save" and "saved".
// It never sees a code.
import type { AwaitingCode } from '$lib/contract/challenge';
import { outcomeOf, type Outcome } from './challenge-outcome';
import {
  codeWasAsked,
  NEW_CHECKOUT,
  usageWithin,
  type Ask,
  type Asking,
  type AwaitingCodeState,
  type Checking,
  type Checkout,
  type CheckoutEvent,
  type Got,
  type NoCode,
  type Sending,
  type VoidedBy,
} from './checkout-state';
import { overrideAllowed, type GivenConfirmation } from './confirmation';
import type { VerifiedPolicy } from './policy';
import { overReserveCap } from './reserve-code';

/** The state after `event`. A pair that is not in the table leaves the state unchanged. */
export function advance(state: Checkout, event: CheckoutEvent, policy: VerifiedPolicy): Checkout {
  switch (event.kind) {
    case 'save-asked':
      return state.kind === 'tendering' ? askNext(event.asks, []) : state;
    case 'answered':
      return state.kind === 'sending' ? applyReply(state, event) : state;
    case 'view-changed':
      return state.kind === 'awaiting-code' || state.kind === 'checking' || mayStillCome(state)
        ? applyReply(state, event)
        : state;
    case 'code-typed':
      return state.kind === 'awaiting-code'
        ? { ...asking(state), kind: 'checking', view: state.view }
        : state;
    case 'checked':
      return state.kind === 'checking' ? applyReply(state, event) : state;
    case 'resent':
      return state.kind === 'awaiting-code' ? applyReply(state, event) : state;
    case 'did-not-arrive':
    case 'phone-not-at-hand':
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
    case 'reserve-code-given':
      return reserveCodeGiven(state, event);
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
      // the typed code is lost with the page: repeating the request returns the challenge's state, or its grant
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

type ReplyEvent = Extract<
  CheckoutEvent,
  { challenge: string; kind: 'answered' | 'view-changed' | 'checked' | 'resent' }
>;
type AwaitingReply = Sending | AwaitingCodeState | Checking | CodeOpen;

function applyReply(state: AwaitingReply, event: ReplyEvent): Checkout {
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

function viewed(state: AwaitingReply, view: AwaitingCode, because: ReplyEvent['kind']): Checkout {
  if (state.kind === 'sending') {
    return { ...asking(state), kind: 'awaiting-code', view, wrong: null };
  }
  if (state.kind === 'awaiting-code' && because === 'resent') {
    return { ...state, view, wrong: null };
  }
  return { ...state, view };
}

/** After a challenge has ended no code can be typed; while it is open, its message may still arrive. */
function liveView(
  state: AwaitingReply,
  { because }: Extract<Outcome, { kind: 'no-code' }>,
): AwaitingCode | null {
  if (state.kind === 'sending') return null;
  return because.kind === 'expired' || because.kind === 'too-many-checks' ? null : state.view;
}

function askedAgain(state: Checkout, fresh: string): Checkout {
  if (state.kind !== 'no-code' && state.kind !== 'stopped') return state;
  // the relay may have received the lost request: repeating its id never sends a second message
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

/** The customer's own consent: any operator who may sell may accept it. One code for one need. */
function reserveCodeGiven(
  state: Checkout,
  { confirmation, verifier }: Extract<CheckoutEvent, { kind: 'reserve-code-given' }>,
): Checkout {
  if (state.kind !== 'no-code' || confirmation.action !== state.need.action) return state;
  if (overReserveCap(verifier, state.need.amount) !== null) return state;
  const isGiven = state.got.some(
    ({ confirmation: had }) => had.kind === 'reserve-code' && had.code === confirmation.code,
  );
  return isGiven ? state : met(state, confirmation);
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
        // a dialogue closed by a new policy shows why, even if no code was requested
        voided: what === 'policy' || codeWasAsked(state) ? what : null,
        refused: null,
      };
  }
}
