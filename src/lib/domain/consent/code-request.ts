// One request for a code, from sending to confirmed: the transition table of every code dialogue.
// It never sees a code.
import type { AwaitingCode } from '$lib/contract/challenge';
import {
  outcomeOf,
  type NoCodeBecause,
  type ReplyToTill,
  type StoppedBecause,
} from './challenge-outcome';

/** `challenge`: the request's id, generated before it is sent. */
type About = { readonly challenge: string };

export type Sending = About & { readonly kind: 'sending' };
/** `wrong`: set if the last code was wrong. */
export type Awaiting = About & {
  readonly kind: 'awaiting-code';
  readonly view: AwaitingCode;
  readonly wrong: { readonly checksLeft: number } | null;
};
export type Checking = About & { readonly kind: 'checking'; readonly view: AwaitingCode };
/** There is no code now. `view`: of a message that may still arrive, so that its code can be typed. */
export type NoCode = About & {
  readonly kind: 'no-code';
  readonly because: NoCodeBecause;
  readonly view: AwaitingCode | null;
};
export type Stopped = About & { readonly kind: 'stopped'; readonly because: StoppedBecause };
/** The relay has confirmed it. `view`: the message that was answered, if the till has seen it. */
export type Confirmed = About & {
  readonly kind: 'confirmed';
  readonly grant: string;
  /** The grant of the request's other action; null: it had none. */
  readonly also: string | null;
  readonly view: AwaitingCode | null;
};

/** A request that is not confirmed yet. */
export type OpenRequest = Sending | Awaiting | Checking | NoCode | Stopped;
export type CodeRequest = OpenRequest | Confirmed;

/** Events. Replies name their challenge: a late reply about another challenge changes nothing. */
export type CodeEvent =
  | { readonly kind: 'answered'; readonly challenge: string; readonly reply: ReplyToTill }
  | { readonly kind: 'view-changed'; readonly challenge: string; readonly view: ReplyToTill }
  /** A code was submitted; the code itself goes directly to the relay client. */
  | { readonly kind: 'code-typed' }
  | { readonly kind: 'checked'; readonly challenge: string; readonly reply: ReplyToTill }
  /** The relay takes too long to answer the request or the check. */
  | { readonly kind: 'reply-overdue'; readonly challenge: string }
  | { readonly kind: 'resent'; readonly challenge: string; readonly reply: ReplyToTill }
  | { readonly kind: 'did-not-arrive' }
  | { readonly kind: 'phone-not-at-hand' }
  /** The operator returns to the code field, because the code may still be typed. */
  | { readonly kind: 'returned-to-code' }
  /** A code is requested again. `challenge`: a fresh id; a request whose reply was lost keeps its own. */
  | { readonly kind: 'asked-again'; readonly challenge: string };

type ReplyEvent = Extract<CodeEvent, { kind: 'answered' | 'view-changed' | 'checked' | 'resent' }>;
type CodeOpen = NoCode & { readonly view: AwaitingCode };
/** No reply to the request yet, so another way is offered; the reply is still applied when it comes. */
type Unanswered = NoCode & { readonly view: null };

/** Whether the request has ended without a code that could still be typed. */
export function isOver<S extends { readonly kind: string }>(
  state: S | null,
): state is Extract<S, { kind: 'no-code' | 'stopped' }> {
  if (state?.kind === 'no-code') return 'view' in state && state.view === null;
  return state?.kind === 'stopped';
}

/** Whether its code may still arrive and be typed, although another way is offered. */
export const mayStillCome = (state: CodeRequest): state is CodeOpen =>
  state.kind === 'no-code' && state.view !== null;

/** Whether the relay may have received the request, although its reply was overdue or lost. */
export const mayBeAnswered = (state: CodeRequest): state is Unanswered =>
  state.kind === 'no-code' && state.because.kind === 'unreachable' && state.view === null;

/** The state after `event`; the same object if the event changes nothing. */
export function advanceCode(state: CodeRequest, event: CodeEvent): CodeRequest {
  const { challenge } = state;
  switch (event.kind) {
    case 'answered':
      return state.kind === 'sending' || mayBeAnswered(state) ? applyReply(state, event) : state;
    case 'view-changed':
      return state.kind === 'awaiting-code' || state.kind === 'checking' || mayStillCome(state)
        ? applyReply(state, event)
        : state;
    case 'code-typed':
      return state.kind === 'awaiting-code'
        ? { kind: 'checking', challenge, view: state.view }
        : state;
    case 'checked':
      // also after the reply was overdue, when the code may have been typed again meanwhile
      return state.kind === 'checking' || state.kind === 'awaiting-code' || mayStillCome(state)
        ? applyReply(state, event)
        : state;
    case 'reply-overdue':
      if (state.kind !== 'sending' && state.kind !== 'checking') return state;
      return event.challenge === challenge
        ? applyReply(state, { ...event, kind: 'answered', reply: { kind: 'unreachable' } })
        : state;
    case 'resent':
      return state.kind === 'awaiting-code' ? applyReply(state, event) : state;
    case 'did-not-arrive':
    case 'phone-not-at-hand':
      return state.kind === 'awaiting-code'
        ? { kind: 'no-code', challenge, because: { kind: event.kind }, view: state.view }
        : state;
    case 'returned-to-code':
      return mayStillCome(state)
        ? { kind: 'awaiting-code', challenge, view: state.view, wrong: null }
        : state;
    case 'asked-again':
      if (state.kind !== 'no-code' && state.kind !== 'stopped' && state.kind !== 'confirmed')
        return state;
      // the relay may have received the lost request: repeating its id never sends a second message
      return state.kind === 'no-code' && state.because.kind === 'unreachable'
        ? { kind: 'sending', challenge }
        : { kind: 'sending', challenge: event.challenge };
  }
}

function applyReply(
  state: Sending | Awaiting | Checking | CodeOpen | Unanswered,
  event: ReplyEvent,
): CodeRequest {
  const { challenge } = state;
  if (event.challenge !== challenge) return state;
  const view = state.kind === 'sending' ? null : state.view;
  const isWaiting = state.kind === 'sending' || state.kind === 'checking';
  const outcome = outcomeOf(event.kind === 'view-changed' ? event.view : event.reply);
  switch (outcome.kind) {
    case 'view':
      // only a further message clears the notice of a wrong code
      if (state.kind === 'sending' || state.view === null || event.kind === 'resent')
        return { kind: 'awaiting-code', challenge, view: outcome.view, wrong: null };
      return { ...state, view: outcome.view };
    case 'verified':
      return { kind: 'confirmed', challenge, grant: outcome.grant, also: outcome.also, view };
    case 'wrong-code': {
      if (view === null) return state;
      const { checksLeft } = outcome;
      return {
        kind: 'awaiting-code',
        challenge,
        view: { ...view, checksLeft },
        wrong: { checksLeft },
      };
    }
    case 'not-resent':
      return state.kind === 'awaiting-code'
        ? { ...state, view: { ...state.view, ...outcome.change } }
        : state;
    case 'no-code': {
      // after a challenge has ended, no code can be typed; while it is open, its message may still arrive
      const { because } = outcome;
      // the loss of an overdue reply says nothing new
      if (because.kind === 'unreachable' && !isWaiting && event.kind !== 'resent') return state;
      const isOver = because.kind === 'expired' || because.kind === 'too-many-checks';
      return { kind: 'no-code', challenge, because, view: isOver ? null : view };
    }
    case 'stopped':
      return { kind: 'stopped', challenge, because: outcome.because };
  }
}
