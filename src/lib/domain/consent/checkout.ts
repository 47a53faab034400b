// Checkout: the transition table between "Save" and "saved".
// It never sees a code.
import {
  askNext,
  codeWasAsked,
  isConfirming,
  NEW_CHECKOUT,
  usageWithin,
  type Ask,
  type Checkout,
  type CheckoutEvent,
  type Choosing,
  type CodeTo,
  type Confirming,
  type Got,
  type VoidedBy,
} from './checkout-state';
import { advanceCode, type CodeEvent } from './code-request';
import type { GivenConfirmation } from './confirmation';
import { overrideAllowed } from './override';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { overReserveCap } from './reserve-code';

/** The state after `event`. A pair that is not in the table leaves the state unchanged. */
export function advance(state: Checkout, event: CheckoutEvent, policy: VerifiedPolicy): Checkout {
  switch (event.kind) {
    case 'save-asked':
      return state.kind === 'tendering' ? askNext(event.asks, []) : state;
    case 'recipient-chosen':
      return state.kind === 'choosing' ? chosen(state, event.to) : state;
    case 'recipient-changed':
      return recipientChanged(state, event.challenge);
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
      // cancelling a sale that was not saved can fail on the disk, too
      return state.kind === 'saving' || state.kind === 'not-saved'
        ? { kind: 'not-saved', got: state.got, because: event.because }
        : state;
    case 'sale-refused':
      if (state.kind === 'saving')
        return { kind: 'tendering', voided: null, refused: event.because };
      // refused before a code was requested or anything was stored
      return state.kind === 'tendering' ? { ...state, refused: event.because } : state;
    case 'retried':
      return state.kind === 'not-saved' ? { kind: 'saving', got: state.got } : state;
    default:
      return isConfirming(state) ? codeAdvanced(state, event) : state;
  }
}

/** Applies the event to the code request; once that is confirmed, the next need follows. */
function codeAdvanced(state: Confirming, event: CodeEvent): Checkout {
  const { need, to, also, rest, got, ...code } = state;
  const next = advanceCode(code, event);
  if (next === code) return state;
  if (next.kind !== 'confirmed') return { ...next, need, to, also, rest, got };
  const confirmation = { kind: 'code', action: need.action, jws: next.grant } as const;
  if (also === null || next.also === null) return met(state, confirmation);
  const { challenge } = state;
  const second = { kind: 'code', action: also.need.action, jws: next.also } as const;
  const had: Got = { need: also.need, challenge, to, confirmation: second };
  return met({ ...state, also: null, got: [...got, had] }, confirmation);
}

/** The current need is confirmed. Another one that its code did not confirm is asked for by itself. */
function met(state: Confirming, confirmation: GivenConfirmation): Checkout {
  const { need, challenge, to, also, rest, got } = state;
  const apart: Ask[] = also === null ? [] : [{ ...also, to, also: null }];
  return askNext([...apart, ...rest], [...got, { need, challenge, to, confirmation }]);
}

/** The chosen person gets the codes for all further needs, too. */
const chosen = ({ need, challenge, also, rest, got }: Choosing, to: CodeTo): Checkout =>
  askNext([{ need, challenge, to, also }, ...rest.map((ask) => ({ ...ask, to }))], got);

/** Returns to the choice of the person; the requested code is cancelled. */
function recipientChanged(state: Checkout, challenge: string): Checkout {
  if (!isConfirming(state) || state.kind === 'sending' || state.kind === 'checking') return state;
  const { need, also, rest, got } = state;
  return askNext([{ need, challenge, to: { kind: 'undecided' }, also }, ...rest], got);
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

/** Any operator who may sell may accept a reserve code, because it is the customer's own consent. One code confirms one need. */
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
        // if a new policy closes the dialogue, the till shows the reason even if no code was requested
        voided: what === 'policy' || codeWasAsked(state) ? what : null,
        refused: null,
      };
  }
}
