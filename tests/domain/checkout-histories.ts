// Generators of checkout histories: any event in any order, and the likely next event by state.
import * as fc from 'fast-check';
import type { ChallengeReply } from '$lib/contract/challenge';
import type { SaleAction } from '$lib/contract/values';
import { NOTHING_USED, type OverrideUsage } from '$lib/domain/consent/override';
import { advance } from '$lib/domain/consent/checkout';
import {
  NEW_CHECKOUT,
  type Ask,
  type Checkout,
  type CheckoutEvent,
  type VoidedBy,
} from '$lib/domain/consent/checkout-state';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import {
  asked,
  debtAsk,
  jointAsk,
  debtNeed,
  CUSTOMER,
  FIRST,
  FRESH,
  pointsNeed,
  SECOND,
  typed,
  view,
} from './checkout-fixtures';
import {
  CASHIER,
  checkedReserve,
  idOf,
  NOW,
  OWNER,
  overrideOf,
  POLICY,
  reserveOf,
  rub,
  SENIOR,
} from './fixtures';

// Ids are few, so that stale and mistaken replies are common.
const challengeId = fc.constantFrom(FIRST, SECOND, FRESH);
const checksLeft = fc.integer({ min: 0, max: 5 });
export const grant = fc
  .constantFrom('a.b.c', 'd.e.f')
  .map((jws) => ({ kind: 'verified', grant: jws, also: `${jws}.also` }) as const);
export const spent = fc
  .constantFrom('expired', 'too-many-checks', 'cancelled', 'superseded')
  .map((because) => ({ kind: 'spent', because }) as const);
export const noReply = fc.constant({ kind: 'unreachable' } as const);
export const refusals = fc.constantFrom<ChallengeReply>(
  { kind: 'provider-unreachable' },
  { kind: 'refused', because: 'no-money' },
  { kind: 'limited', scope: 'till', retryAt: NOW },
  { kind: 'challenge-differs' },
  { kind: 'journal-behind' },
  { kind: 'customer-disputed', since: NOW },
  { kind: 'phone-held', phoneMasked: '·', since: NOW },
  { kind: 'phone-too-new', until: NOW, allowed: { minor: 0, currency: 'RUB' } },
);
export const views = checksLeft.map((left) => ({ ...view, checksLeft: left }));
const asksFor = fc.constantFrom<readonly Ask[]>(
  [debtAsk],
  [jointAsk],
  [
    { need: pointsNeed, challenge: FIRST, to: CUSTOMER, also: null },
    { need: debtNeed, challenge: SECOND, to: CUSTOMER, also: null },
  ],
);
/** The kinds of edits. */
export const edit = fc.constantFrom<VoidedBy>('lines', 'tender', 'customer', 'phone', 'policy');

/** Two reserve codes of the customer, one with a low cap. */
const RESERVE_CAPS: Readonly<Record<string, number>> = { '7K3QXM2P9D': 3000, '0123456789': 100 };
/** The verifier of one of these codes. */
export const reserveVerifierOf = (code: string) =>
  checkedReserve({
    id: idOf(70 + Object.keys(RESERVE_CAPS).indexOf(code)),
    cap: rub(RESERVE_CAPS[code] ?? 0),
  });
const reserveGiven = (action: SaleAction, code: string): CheckoutEvent => ({
  kind: 'reserve-code-given',
  confirmation: reserveOf(action, { code }),
  verifier: reserveVerifierOf(code),
});

export const event: fc.Arbitrary<CheckoutEvent> = fc.oneof(
  asksFor.map((asks) => ({ kind: 'save-asked', asks }) as const),
  fc.record({
    kind: fc.constant('answered'),
    challenge: challengeId,
    reply: fc.oneof(
      views,
      grant,
      spent,
      refusals,
      noReply,
      fc.constant({ kind: 'quarantined' } as const),
    ),
  }),
  fc.record({
    kind: fc.constant('view-changed'),
    challenge: challengeId,
    view: fc.oneof(views, grant, spent, fc.constant({ kind: 'unknown-challenge' } as const)),
  }),
  fc.constant(typed),
  fc.record({ kind: fc.constant('reply-overdue'), challenge: challengeId }),
  fc.record({
    kind: fc.constant('checked'),
    challenge: challengeId,
    reply: fc.oneof(
      grant,
      spent,
      noReply,
      checksLeft.map((left) => ({ kind: 'wrong-code', checksLeft: left }) as const),
    ),
  }),
  fc.record({
    kind: fc.constant('resent'),
    challenge: challengeId,
    reply: fc.oneof(views, spent, noReply, fc.constant({ kind: 'no-sends-left' } as const)),
  }),
  fc.record({
    kind: fc.constant('overridden'),
    confirmation: fc
      .tuple(
        fc.constantFrom<SaleAction>('redeem-points', 'sell-on-account'),
        fc.constantFrom(CASHIER, SENIOR, OWNER, idOf(99)),
        fc.constantFrom('no-internet' as const, 'other' as const),
      )
      .map(([action, by, because]) => overrideOf(action, { by, because })),
    usage: fc.record({
      customer: fc.constantFrom(rub(0), rub(2500)),
      till: fc.constantFrom(rub(0), rub(14_900)),
    }),
  }),
  fc
    .tuple(
      fc.constantFrom<SaleAction>('redeem-points', 'sell-on-account'),
      fc.constantFrom(...Object.keys(RESERVE_CAPS)),
    )
    .map(([action, code]) => reserveGiven(action, code)),
  fc.record({
    kind: fc.constant('edited'),
    what: edit,
  }),
  challengeId.map((challenge) => ({ kind: 'asked-again', challenge }) as const),
  fc.constantFrom<CheckoutEvent>(
    { kind: 'did-not-arrive' },
    { kind: 'phone-not-at-hand' },
    { kind: 'returned-to-code' },
    { kind: 'recipient-chosen', to: CUSTOMER },
    { kind: 'recipient-changed', challenge: FRESH },
    { kind: 'cancelled' },
    { kind: 'stored', sale: idOf(30) },
    { kind: 'store-failed', because: 'failed' },
    { kind: 'sale-refused', because: { kind: 'empty' } },
    { kind: 'retried' },
  ),
);

/** The likely next event; without it a random history rarely gets past the first states. */
function likely(state: Checkout, dice: number, asks: readonly Ask[] | null): CheckoutEvent {
  const challenge = 'challenge' in state ? state.challenge : FIRST;
  const pick = (...events: CheckoutEvent[]): CheckoutEvent => events[dice % events.length] ?? typed;
  const right = { kind: 'verified', grant: 'a.b.c' } as const;
  switch (state.kind) {
    case 'tendering': {
      if (asks !== null) return { kind: 'save-asked', asks };
      const both = [
        { need: pointsNeed, challenge: FIRST, to: CUSTOMER, also: null },
        { need: debtNeed, challenge: SECOND, to: CUSTOMER, also: null },
      ];
      return pick(
        asked,
        { kind: 'save-asked', asks: both },
        { kind: 'save-asked', asks: [jointAsk] },
      );
    }
    case 'choosing':
      return { kind: 'recipient-chosen', to: CUSTOMER };
    case 'sending':
      return pick(
        { kind: 'answered', challenge, reply: view },
        { kind: 'answered', challenge, reply: { kind: 'unreachable' } },
        { kind: 'reply-overdue', challenge },
      );
    case 'awaiting-code':
      return pick(typed, typed, { kind: 'did-not-arrive' });
    case 'checking':
      return pick(
        { kind: 'checked', challenge, reply: right },
        { kind: 'checked', challenge, reply: { kind: 'wrong-code', checksLeft: dice % 5 } },
      );
    case 'no-code': {
      const { action } = state.need;
      if (dice % 3 === 0) return reserveGiven(action, dice % 2 ? '7K3QXM2P9D' : '0123456789');
      const confirmation = overrideOf(action, { by: dice % 2 ? SENIOR : CASHIER });
      return { kind: 'overridden', confirmation, usage: NOTHING_USED };
    }
    case 'stopped':
      return { kind: 'asked-again', challenge: FRESH };
    case 'saving':
      return pick(
        { kind: 'sale-refused', because: { kind: 'empty' } },
        { kind: 'store-failed', because: 'failed' },
      );
    case 'not-saved':
      return pick({ kind: 'retried' }, { kind: 'cancelled' });
    case 'saved':
      return { kind: 'cancelled' };
  }
}

/** A history: each step is either the likely event in its state or any event at all. */
const step = fc.oneof({ weight: 3, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: event });
export const history = fc.array(step, { minLength: 4, maxLength: 40 });

export type History = readonly (number | CheckoutEvent)[];

/** The conditions of a history: a policy, the usage of its caps, and the needs of one receipt by it. */
export type Shop = {
  readonly policy: VerifiedPolicy;
  readonly usage: OverrideUsage;
  readonly asks: readonly Ask[];
};

/** Runs a history. In a `shop` every "Save" asks for the needs of its policy, and every override counts as usage. */
export function* steps(over: History, shop: Shop | null = null) {
  let state: Checkout = NEW_CHECKOUT;
  for (const each of over) {
    const before = state;
    const drawn = typeof each === 'number' ? likely(before, each, shop?.asks ?? null) : each;
    const happened = shop === null ? drawn : within(shop, drawn);
    state = advance(before, happened, shop?.policy ?? POLICY);
    yield { before, happened, after: state };
  }
}

function within({ asks, usage }: Shop, event: CheckoutEvent): CheckoutEvent {
  if (event.kind === 'save-asked') return { ...event, asks };
  return event.kind === 'overridden' ? { ...event, usage } : event;
}

export function endOf(over: History): Checkout {
  return [...steps(over)].at(-1)?.after ?? NEW_CHECKOUT;
}
