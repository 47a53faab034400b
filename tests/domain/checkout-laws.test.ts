// Checkout, over any history: no way to "saving" around what the policy asked for.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChallengeReply } from '$lib/contract/challenge';
import type { SaleAction } from '$lib/contract/values';
import { NOTHING_USED } from '$lib/domain/account';
import { outcomeOf } from '$lib/domain/challenge-outcome';
import { advance } from '$lib/domain/checkout';
import {
  codeWasAsked,
  NEW_CHECKOUT,
  type Ask,
  type AwaitingCodeState,
  type Checkout,
  type CheckoutEvent,
  type VoidedBy,
} from '$lib/domain/checkout-state';
import {
  asked,
  debtAsk,
  debtNeed,
  FIRST,
  FRESH,
  pointsNeed,
  run,
  SECOND,
  typed,
  view,
} from './checkout-fixtures';
import { CASHIER, idOf, NOW, OWNER, overrideOf, POLICY, rub, SENIOR } from './fixtures';

// Ids are few, so that stale and mistaken replies are common.
const challengeId = fc.constantFrom(FIRST, SECOND, FRESH);
const checksLeft = fc.integer({ min: 0, max: 5 });
const grant = fc
  .constantFrom('a.b.c', 'd.e.f')
  .map((jws) => ({ kind: 'verified', grant: jws }) as const);
const spent = fc
  .constantFrom('expired', 'too-many-checks', 'cancelled', 'superseded')
  .map((because) => ({ kind: 'spent', because }) as const);
const noReply = fc.constant({ kind: 'unreachable' } as const);
const refusals = fc.constantFrom<ChallengeReply>(
  { kind: 'provider-unreachable' },
  { kind: 'refused', because: 'no-money' },
  { kind: 'limited', scope: 'till', retryAt: NOW },
  { kind: 'challenge-differs' },
  { kind: 'journal-behind' },
  { kind: 'phone-held', phoneMasked: '·', since: NOW },
  { kind: 'phone-too-new', until: NOW, allowed: { minor: 0, currency: 'RUB' } },
);
const views = checksLeft.map((left) => ({ ...view, checksLeft: left }));
const asksFor = fc.constantFrom<readonly Ask[]>(
  [debtAsk],
  [
    { need: pointsNeed, challenge: FIRST },
    { need: debtNeed, challenge: SECOND },
  ],
);
const event: fc.Arbitrary<CheckoutEvent> = fc.oneof(
  asksFor.map((asks) => ({ kind: 'save-asked', asks }) as const),
  fc.record({
    kind: fc.constant('answered'),
    challenge: challengeId,
    reply: fc.oneof(views, grant, spent, refusals, noReply),
  }),
  fc.record({
    kind: fc.constant('view-changed'),
    challenge: challengeId,
    view: fc.oneof(views, grant, spent, fc.constant({ kind: 'unknown-challenge' } as const)),
  }),
  fc.constant(typed),
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
  fc.record({
    kind: fc.constant('edited'),
    what: fc.constantFrom('lines', 'tender', 'customer', 'phone'),
  }),
  challengeId.map((challenge) => ({ kind: 'asked-again', challenge }) as const),
  fc.constantFrom<CheckoutEvent>(
    { kind: 'did-not-arrive' },
    { kind: 'returned-to-code' },
    { kind: 'cancelled' },
    { kind: 'stored', sale: idOf(30) },
    { kind: 'store-failed', because: 'failed' },
    { kind: 'sale-refused', because: { kind: 'empty' } },
    { kind: 'retried' },
    { kind: 'reloaded' },
  ),
);

/** What would most likely happen next; without it a random history hardly ever gets anywhere. */
function likely(state: Checkout, dice: number): CheckoutEvent {
  const challenge = 'challenge' in state ? state.challenge : FIRST;
  const pick = (...events: CheckoutEvent[]): CheckoutEvent => events[dice % events.length] ?? typed;
  const right = { kind: 'verified', grant: 'a.b.c' } as const;
  switch (state.kind) {
    case 'tendering': {
      const both = [
        { need: pointsNeed, challenge: FIRST },
        { need: debtNeed, challenge: SECOND },
      ];
      return pick(asked, { kind: 'save-asked', asks: both });
    }
    case 'sending':
      return pick(
        { kind: 'answered', challenge, reply: view },
        { kind: 'answered', challenge, reply: { kind: 'unreachable' } },
      );
    case 'awaiting-code':
      return pick(typed, typed, { kind: 'did-not-arrive' });
    case 'checking':
      return pick(
        { kind: 'checked', challenge, reply: right },
        { kind: 'checked', challenge, reply: { kind: 'wrong-code', checksLeft: dice % 5 } },
      );
    case 'no-code': {
      const confirmation = overrideOf(state.need.action, { by: dice % 2 ? SENIOR : CASHIER });
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
      return { kind: 'reloaded' };
  }
}

/** A history: each step is either what is likely in the state it meets, or anything at all. */
const step = fc.oneof({ weight: 3, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: event });
const history = fc.array(step, { minLength: 4, maxLength: 40 });

function* steps(over: readonly (number | CheckoutEvent)[]) {
  let state: Checkout = NEW_CHECKOUT;
  for (const each of over) {
    const before = state;
    const happened = typeof each === 'number' ? likely(before, each) : each;
    state = advance(before, happened, POLICY);
    yield { before, happened, after: state };
  }
}

function endOf(over: readonly (number | CheckoutEvent)[]): Checkout {
  return [...steps(over)].at(-1)?.after ?? NEW_CHECKOUT;
}

describe('over any history of events', () => {
  test('"saving" is reached only with a confirmation for each need the policy named since the last edit', () => {
    let reached = 0;
    fc.assert(
      fc.property(history, (over) => {
        let owed: readonly Ask[] = [];
        for (const { before, happened, after } of steps(over)) {
          if (before.kind === 'tendering' && happened.kind === 'save-asked') owed = happened.asks;
          if (after.kind !== 'saving' || before.kind === 'saving') continue;
          reached += 1;
          expect(after.got.map((each) => each.need)).toEqual(owed.map((ask) => ask.need));
          for (const { need, confirmation } of after.got) {
            expect(confirmation.action).toBe(need.action);
            if (confirmation.kind === 'override') {
              expect([SENIOR, OWNER]).toContain(confirmation.by);
              expect(confirmation.because).not.toBe('other');
            }
          }
        }
      }),
      { numRuns: 1000 },
    );
    // the law must not hold only because nothing ever got there
    expect(reached).toBeGreaterThan(500);
  });

  test('a confirmation is only ever added by the relay’s grant or an override, to the need in hand', () => {
    fc.assert(
      fc.property(history, (over) => {
        for (const { before, happened, after } of steps(over)) {
          const had = 'got' in before ? before.got : [];
          const has = 'got' in after ? after.got : [];
          if (has.length <= had.length) continue;
          expect(has.slice(0, -1)).toEqual(had);
          const added = has.at(-1)!;
          expect('need' in before && before.need).toEqual(added.need);
          if (added.confirmation.kind === 'override') {
            expect(before.kind).toBe('no-code');
            expect(happened.kind).toBe('overridden');
          } else {
            const { jws } = added.confirmation;
            expect(JSON.stringify(happened)).toContain(JSON.stringify(jws));
            expect('challenge' in happened && happened.challenge).toBe(added.challenge);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('after an edit nothing of the old consent is left', () => {
    const what = fc.constantFrom<VoidedBy>('lines', 'tender', 'customer', 'phone');
    fc.assert(
      fc.property(history, what, (over, edit) => {
        const before = endOf(over);
        const after = run(before, { kind: 'edited', what: edit });
        if (before.kind === 'saving' || before.kind === 'saved') {
          expect(after).toBe(before);
          return;
        }
        expect(after.kind).toBe('tendering');
        expect(Object.keys(after).sort()).toEqual(['kind', 'refused', 'voided']);
        if (before.kind !== 'tendering') {
          expect(after).toMatchObject({ voided: codeWasAsked(before) ? edit : null });
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a wrong code never leaves the dialogue', () => {
    let wrong = 0;
    fc.assert(
      fc.property(history, (over) => {
        for (const { before, happened, after } of steps(over)) {
          if (before.kind !== 'checking' || happened.kind !== 'checked') continue;
          if (happened.reply.kind !== 'wrong-code' || happened.challenge !== before.challenge) {
            continue;
          }
          wrong += 1;
          const { checksLeft: left } = happened.reply;
          const { need, challenge, rest, got, view: seen } = before;
          const expected: AwaitingCodeState = {
            kind: 'awaiting-code',
            need,
            challenge,
            rest,
            got,
            view: { ...seen, checksLeft: left },
            wrong: { checksLeft: left },
          };
          expect(after).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
    expect(wrong).toBeGreaterThan(100);
  });

  test('every state is plain JSON and goes on the same after a reload', () => {
    fc.assert(
      fc.property(history, event, (over, next) => {
        const state = endOf(over);
        const kept = JSON.parse(JSON.stringify(state)) as Checkout;
        expect(kept).toEqual(state);
        expect(run(kept, next)).toEqual(run(state, next));
      }),
    );
  });

  test('no reply opens the way unless it is one of those that do', () => {
    const opens = ['unreachable', 'provider-unreachable', 'refused', 'limited'];
    fc.assert(
      fc.property(fc.oneof(views, grant, spent, refusals, noReply), (reply) => {
        const outcome = outcomeOf(reply);
        const ranOut =
          reply.kind === 'spent' &&
          (reply.because === 'expired' || reply.because === 'too-many-checks');
        expect(outcome.kind === 'no-code').toBe(opens.includes(reply.kind) || ranOut);
      }),
    );
  });
});
