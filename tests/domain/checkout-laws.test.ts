// Properties of the checkout over any history: "saving" is reached only with all confirmations.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomeOf } from '$lib/domain/consent/challenge-outcome';
import {
  challengesOf,
  codeWasAsked,
  confirmationsOf,
  fromStored,
  isAsking,
  needsIn,
  toStored,
  type Ask,
  type AwaitingCodeState,
  type Checkout,
} from '$lib/domain/consent/checkout-state';
import { run } from './checkout-fixtures';
import {
  edit,
  endOf,
  event,
  grant,
  history,
  noReply,
  refusals,
  spent,
  steps,
  views,
} from './checkout-histories';
import { OWNER, SENIOR } from './fixtures';
import { cases } from '../support/cases';

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
          const needs = owed.flatMap(({ need, also }) =>
            also === null ? [need] : [need, also.need],
          );
          const got = after.got.map((each) => each.need);
          expect(got).toHaveLength(needs.length);
          expect(got).toEqual(expect.arrayContaining(needs));
          for (const { need, confirmation } of after.got) {
            expect(confirmation.action).toBe(need.action);
            if (confirmation.kind === 'override') {
              expect([SENIOR, OWNER]).toContain(confirmation.by);
              expect(confirmation.because).not.toBe('other');
            }
          }
        }
      }),
      { numRuns: cases(1000) },
    );
    // some history has to reach "saving", so that the property is really tested
    expect(reached).toBeGreaterThan(500);
  });

  test('only a grant, an unused reserve code within its cap or an override adds a confirmation, to the current need', () => {
    fc.assert(
      fc.property(history, (over) => {
        for (const { before, happened, after } of steps(over)) {
          const had = 'got' in before ? before.got : [];
          const has = 'got' in after ? after.got : [];
          if (has.length <= had.length) continue;
          expect(has.slice(0, had.length)).toEqual(had);
          const [second, ...others] = has.slice(had.length, -1);
          expect(others).toEqual([]);
          if (second !== undefined) {
            // one code confirms both
            if (second.confirmation.kind !== 'code') expect.fail(second.confirmation.kind);
            expect('also' in before && before.also?.need).toEqual(second.need);
            expect(JSON.stringify(happened)).toContain(`"also":"${second.confirmation.jws}"`);
          }
          const added = has.at(-1)!;
          expect('need' in before && before.need).toEqual(added.need);
          if (added.confirmation.kind === 'override') {
            expect(before.kind).toBe('no-code');
            expect(happened.kind).toBe('overridden');
          } else if (added.confirmation.kind === 'reserve-code') {
            const { code } = added.confirmation;
            expect(before.kind).toBe('no-code');
            if (happened.kind !== 'reserve-code-given') expect.fail(happened.kind);
            expect(added.need.amount).toBeLessThanOrEqual(happened.verifier.cap);
            expect(JSON.stringify(had)).not.toContain(code);
          } else {
            const { jws } = added.confirmation;
            expect(JSON.stringify(happened)).toContain(JSON.stringify(jws));
            expect('challenge' in happened && happened.challenge).toBe(added.challenge);
          }
        }
      }),
      { numRuns: cases(1000) },
    );
  });

  test('after an edit no earlier confirmation is left', () => {
    fc.assert(
      fc.property(history, edit, (over, what) => {
        const before = endOf(over);
        const after = run(before, { kind: 'edited', what });
        if (before.kind === 'saving' || before.kind === 'saved') {
          expect(after).toBe(before);
          return;
        }
        expect(after.kind).toBe('tendering');
        expect(Object.keys(after).sort()).toEqual(['kind', 'refused', 'voided']);
        if (before.kind !== 'tendering') {
          expect(after).toMatchObject({
            voided: codeWasAsked(before) || what === 'policy' ? what : null,
          });
        }
      }),
      { numRuns: cases(1000) },
    );
  });

  test('a wrong code never closes the dialogue', () => {
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
          const { need, challenge, to, also, rest, got, view: seen } = before;
          const expected: AwaitingCodeState = {
            kind: 'awaiting-code',
            need,
            challenge,
            to,
            also,
            rest,
            got,
            view: { ...seen, checksLeft: left },
            wrong: { checksLeft: left },
          };
          expect(after).toEqual(expected);
        }
      }),
      // with fewer histories too few wrong codes come up by chance
      { numRuns: cases(3000) },
    );
    expect(wrong).toBeGreaterThan(100);
  });

  test('every state is plain JSON and continues the same way after a reload', () => {
    fc.assert(
      fc.property(history, event, (over, next) => {
        const state = endOf(over);
        const kept = JSON.parse(JSON.stringify(state)) as Checkout;
        expect(kept).toEqual(state);
        expect(run(kept, next)).toEqual(run(state, next));
      }),
    );
  });

  test('a stored draft has every need, confirmation and challenge, and nothing else about the code', () => {
    fc.assert(
      fc.property(history, (over) => {
        const state = endOf(over);
        const stored = toStored(state, null);
        expect(JSON.stringify(stored)).not.toContain('phoneMasked');
        const again = fromStored(stored);
        if (isAsking(state)) {
          if (!isAsking(again)) expect.fail(again.kind);
          expect(needsIn(again)).toEqual(needsIn(state));
          expect(again.challenge).toBe(state.challenge);
          expect(again.to).toEqual(state.to);
        }
        if (!('got' in state) || (!isAsking(state) && state.got.length === 0)) {
          expect(again.kind).toBe('tendering');
          return;
        }
        if (!('got' in again)) expect.fail(again.kind);
        expect(confirmationsOf(again.got)).toEqual(confirmationsOf(state.got));
        // a stopped request is repeated with its id, so the relay may have that challenge
        expect(challengesOf(again)).toEqual(expect.arrayContaining(challengesOf(state)));
      }),
      { numRuns: cases(500) },
    );
  });

  test('no reply allows going on without a code unless it is one of those that do', () => {
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
