// The part of a checkout that a draft stores fits its schema and is read back unchanged.
import { expect, test } from 'vitest';
import { advance } from '$lib/domain/consent/checkout';
import {
  NEW_CHECKOUT,
  toStored,
  type Checkout,
  type CheckoutEvent,
} from '$lib/domain/consent/checkout-state';
import type { Unreachable } from '$lib/relay-client/exchange';
import { draftRow } from '$lib/storage/schema/records';
import {
  answered,
  asked,
  checked,
  CUSTOMER,
  debtNeed,
  FIRST,
  FRESH,
  overridden,
  pointsNeed,
  resent,
  SECOND,
  typed,
  verified,
  view,
} from '../domain/checkout-fixtures';
import { NOW, POLICY } from '../domain/fixtures';
import { receiptOf, id } from '../support/storage-shop';

/** As received from the wire, with more fields than the record has. */
const unanswered: Unreachable = { kind: 'unreachable', because: 'network' };

const person = { kind: 'person', person: FRESH } as const;
const both = [
  { need: pointsNeed, challenge: FIRST, to: CUSTOMER, also: null },
  { need: debtNeed, challenge: SECOND, to: person, also: { need: pointsNeed, challenge: FRESH } },
];

const events: CheckoutEvent[] = [
  asked,
  { kind: 'save-asked', asks: both },
  { kind: 'save-asked', asks: [] },
  ...[FIRST, SECOND].flatMap((challenge) => [
    answered(view, challenge),
    answered(verified, challenge),
    answered(unanswered, challenge),
    checked({ kind: 'wrong-code', checksLeft: 2 }, challenge),
    checked(verified, challenge),
  ]),
  answered({ kind: 'provider-unreachable' }),
  answered({ kind: 'refused', because: 'no-money' }),
  answered({ kind: 'limited', scope: 'till', retryAt: NOW }),
  answered({ kind: 'phone-held', phoneMasked: '+7', since: NOW }),
  answered({ kind: 'phone-held', phoneMasked: '+7', since: NOW, until: NOW + 1 }),
  answered({
    kind: 'phone-too-new',
    until: NOW,
    allowed: { minor: 5, currency: 'RUB' },
  }),
  answered({ kind: 'customer-disputed', since: NOW }),
  answered({ kind: 'challenge-differs' }),
  answered({ kind: 'journal-behind' }),
  checked({ kind: 'spent', because: 'expired' }),
  checked({ kind: 'spent', because: 'too-many-checks' }),
  checked({ kind: 'spent', because: 'superseded' }),
  checked({ kind: 'unknown-challenge' }),
  checked(unanswered),
  resent(unanswered),
  resent({ kind: 'too-early', resendAt: NOW }),
  resent({ kind: 'no-sends-left' }),
  { kind: 'view-changed', challenge: FIRST, view: { ...view, delivery: 'delivered' } },
  typed,
  { kind: 'did-not-arrive' },
  { kind: 'phone-not-at-hand' },
  { kind: 'returned-to-code' },
  { kind: 'asked-again', challenge: FRESH },
  overridden(),
  overridden({}, 'redeem-points'),
  { kind: 'edited', what: 'tender' },
  { kind: 'cancelled' },
  { kind: 'stored', sale: id(1000) },
  { kind: 'store-failed', because: 'disk-full' },
  { kind: 'sale-refused', because: { kind: 'empty' } },
  { kind: 'retried' },
];

/** All states that can be reached within this many events. */
function reachable(steps: number): Checkout[] {
  const seen = new Map<string, Checkout>([[JSON.stringify(NEW_CHECKOUT), NEW_CHECKOUT]]);
  let edge: Checkout[] = [NEW_CHECKOUT];
  for (let step = 0; step < steps; step += 1) {
    const next: Checkout[] = [];
    for (const state of edge) {
      for (const event of events) {
        const after = advance(state, event, POLICY);
        const name = JSON.stringify(after);
        if (!seen.has(name)) next.push(after);
        seen.set(name, after);
      }
    }
    edge = next;
  }
  return [...seen.values()];
}

test('every state that a checkout can reach is stored in its record, and nothing of it is lost', () => {
  const states = reachable(6);
  for (const state of states) {
    const checkout = toStored(state, null);
    const row = {
      slot: 'open',
      id: id(1),
      receipt: receiptOf(id(1), {}),
      place: 'tender',
      checkout,
      begun: true,
      heldAt: null,
    };
    expect(draftRow.parse(row).checkout).toEqual(checkout);
  }
  const kinds = new Set(states.map((state) => state.kind));
  expect([...kinds].sort()).toEqual([
    'awaiting-code',
    'checking',
    'no-code',
    'not-saved',
    'saved',
    'saving',
    'sending',
    'stopped',
    'tendering',
  ]);
});
