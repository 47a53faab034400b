// The checkout step by step: the code, the edit that voids it, going on without one, and saving.
import { describe, expect, test } from 'vitest';
import type { ChallengeReply } from '$lib/contract/challenge';
import type { SaleAction } from '$lib/contract/values';
import { noCodeFact, type NoCodeBecause } from '$lib/domain/consent/challenge-outcome';
import {
  asksFor,
  challengesOf,
  codeWasAsked,
  confirmationsOf,
  fromStored,
  isAsking,
  needsIn,
  NEW_CHECKOUT,
  toStored,
  usageWithin,
  type Checkout,
  type CheckoutEvent,
  type VoidedBy,
} from '$lib/domain/consent/checkout-state';
import {
  answered,
  asked,
  awaiting,
  checked,
  debtAsk,
  debtNeed,
  CUSTOMER,
  FIRST,
  FRESH,
  jointAsk,
  overridden,
  pointsNeed,
  resent,
  run,
  SECOND,
  typed,
  unreachable,
  verified,
  view,
} from './checkout-fixtures';
import { CASHIER, checkedReserve, idOf, NOW, OWNER, reserveOf, rub } from './fixtures';

describe('with a code', () => {
  test('whose request takes too long, other ways are offered, and a reply that comes later is still applied', () => {
    const sending = run(NEW_CHECKOUT, asked);
    const overdue = run(sending, { kind: 'reply-overdue', challenge: FIRST });
    expect(overdue).toEqual(unreachable);
    expect(run(overdue, overridden()).kind).toBe('saving');
    expect(run(overdue, answered(view))).toEqual(awaiting);
    expect(run(overdue, answered(verified)).kind).toBe('saving');
    expect(run(overdue, answered({ kind: 'codes-stopped' }))).toMatchObject({ kind: 'stopped' });
    // the lost reply says nothing new, and that of another request says nothing about this one
    expect(run(overdue, answered({ kind: 'unreachable' }))).toBe(overdue);
    expect(run(overdue, answered(view, SECOND))).toBe(overdue);
    expect(run(sending, { kind: 'reply-overdue', challenge: SECOND })).toBe(sending);
    expect(run(awaiting, { kind: 'reply-overdue', challenge: FIRST })).toBe(awaiting);
  });

  test('whose check takes too long, other ways are offered, and its result is still applied, typed again or not', () => {
    const overdue = run(awaiting, typed, { kind: 'reply-overdue', challenge: FIRST });
    expect(overdue).toEqual(run(awaiting, typed, checked({ kind: 'unreachable' })));
    const again = run(overdue, { kind: 'returned-to-code' });
    for (const state of [overdue, again, run(again, typed)]) {
      expect(run(state, checked(verified)).kind).toBe('saving');
      expect(run(state, checked({ kind: 'wrong-code', checksLeft: 4 }))).toMatchObject({
        kind: 'awaiting-code',
        wrong: { checksLeft: 4 },
      });
    }
    expect(run(again, checked({ kind: 'unreachable' }))).toBe(again);
  });

  test('that is requested, sent, typed and right, the grant is stored and the sale is saved', () => {
    expect(run(NEW_CHECKOUT, asked)).toEqual({
      kind: 'sending',
      need: debtNeed,
      challenge: FIRST,
      to: CUSTOMER,
      also: null,
      rest: [],
      got: [],
    });
    expect(awaiting).toEqual({
      kind: 'awaiting-code',
      need: debtNeed,
      challenge: FIRST,
      to: CUSTOMER,
      also: null,
      rest: [],
      got: [],
      view,
      wrong: null,
    });
    const saving = run(awaiting, typed, checked(verified));
    expect(saving).toEqual({
      kind: 'saving',
      got: [
        {
          need: debtNeed,
          challenge: FIRST,
          to: CUSTOMER,
          confirmation: { kind: 'code', action: 'sell-on-account', jws: 'a.b.c' },
        },
      ],
    });
    expect(run(saving, { kind: 'stored', sale: idOf(30) })).toEqual({
      kind: 'saved',
      sale: idOf(30),
    });
  });

  test('a wrong code keeps the dialogue open, shows how many tries are left, and another can be typed', () => {
    const wrong = run(awaiting, typed, checked({ kind: 'wrong-code', checksLeft: 4 }));
    expect(wrong).toEqual({
      ...awaiting,
      view: { ...view, checksLeft: 4 },
      wrong: { checksLeft: 4 },
    });
    expect(run(wrong, typed, checked(verified)).kind).toBe('saving');
  });

  test('a later delivery state keeps the message about a wrong code; a resend clears it', () => {
    const wrong = run(awaiting, typed, checked({ kind: 'wrong-code', checksLeft: 4 }));
    const delivered = { ...view, checksLeft: 4, delivery: 'delivered' } as const;
    const later = run(wrong, { kind: 'view-changed', challenge: FIRST, view: delivered });
    expect(later).toEqual({ ...wrong, view: delivered });
    expect(run(later, resent(view))).toEqual(awaiting);
  });

  test('two needs are requested one after the other, each with its own challenge', () => {
    const asks = [
      { need: pointsNeed, challenge: FIRST, to: CUSTOMER, also: null },
      { need: debtNeed, challenge: SECOND, to: CUSTOMER, also: null },
    ];
    const first = run(NEW_CHECKOUT, { kind: 'save-asked', asks }, answered(view));
    expect(first).toMatchObject({ need: pointsNeed, challenge: FIRST });
    const second = run(first, typed, checked(verified));
    expect(second).toMatchObject({ kind: 'sending', need: debtNeed, challenge: SECOND, rest: [] });
    const saving = run(second, answered(view, SECOND), typed, checked(verified, SECOND));
    expect(saving.kind === 'saving' && confirmationsOf(saving.got)).toEqual([
      { kind: 'code', action: 'redeem-points', jws: 'a.b.c' },
      { kind: 'code', action: 'sell-on-account', jws: 'a.b.c' },
    ]);
  });

  test('points and debt that are asked for the same way share one code, and others do not', () => {
    const ids = [SECOND, FIRST];
    const [ask, ...others] = asksFor([pointsNeed, debtNeed], CUSTOMER, () => ids.shift() ?? FRESH);
    expect([ask, others]).toEqual([jointAsk, []]);
    const byCall = { ...pointsNeed, chain: ['call'] as const };
    expect(asksFor([byCall, debtNeed], CUSTOMER, () => FIRST)).toEqual([
      { need: byCall, challenge: FIRST, to: CUSTOMER, also: null },
      { need: debtNeed, challenge: FIRST, to: CUSTOMER, also: null },
    ]);
    expect(asksFor([debtNeed], CUSTOMER, () => FIRST)).toEqual([debtAsk]);
  });

  test('one code confirms points and debt, each by a grant of its own', () => {
    const sent = run(NEW_CHECKOUT, { kind: 'save-asked', asks: [jointAsk] }, answered(view));
    expect(isAsking(sent) && needsIn(sent)).toEqual([pointsNeed, debtNeed]);
    const saving = run(sent, typed, checked({ ...verified, also: 'd.e.f' }));
    expect(saving.kind === 'saving' && confirmationsOf(saving.got)).toEqual([
      { kind: 'code', action: 'redeem-points', jws: 'd.e.f' },
      { kind: 'code', action: 'sell-on-account', jws: 'a.b.c' },
    ]);
    // given up, the one challenge is cancelled, and with it both grants
    expect(challengesOf(saving)).toEqual([FIRST]);
  });

  test('where the debt goes on without that code, the points are asked for by themselves', () => {
    const joint: CheckoutEvent = { kind: 'save-asked', asks: [jointAsk] };
    const apart = run(NEW_CHECKOUT, joint, answered({ kind: 'unreachable' }), overridden());
    expect(apart).toMatchObject({
      kind: 'sending',
      need: pointsNeed,
      challenge: SECOND,
      also: null,
    });
    expect(challengesOf(apart)).toEqual([SECOND]);
    expect(run(apart, answered(view, SECOND), typed, checked(verified, SECOND)).kind).toBe(
      'saving',
    );
  });

  test('a receipt that needs no confirmation is saved at once', () => {
    expect(run(NEW_CHECKOUT, { kind: 'save-asked', asks: [] })).toEqual({
      kind: 'saving',
      got: [],
    });
  });

  test('after a lost reply the poll delivers the grant', () => {
    const seen = run(awaiting, { kind: 'view-changed', challenge: FIRST, view: verified });
    expect(seen.kind).toBe('saving');
    expect(run(NEW_CHECKOUT, asked, answered(verified)).kind).toBe('saving');
  });

  test('a reply for another challenge changes nothing', () => {
    const sending = run(NEW_CHECKOUT, asked);
    expect(run(sending, answered(verified, SECOND))).toBe(sending);
    const checking = run(awaiting, typed);
    expect(run(checking, checked(verified, SECOND))).toBe(checking);
  });

  test('a resend that is too early, or one too many, is shown in the dialogue', () => {
    expect(run(awaiting, resent({ kind: 'too-early', resendAt: NOW + 5 }))).toEqual({
      ...awaiting,
      view: { ...view, resendAt: NOW + 5 },
    });
    expect(run(awaiting, resent({ kind: 'no-sends-left' }))).toEqual({
      ...awaiting,
      view: { ...view, sendsLeft: 0 },
    });
  });
});

describe('an edit', () => {
  const edits: VoidedBy[] = ['lines', 'tender', 'customer', 'phone', 'policy'];

  test.each(edits)('of the %s after sending voids the code and is named as the reason', (what) => {
    const voided = { kind: 'tendering', voided: what, refused: null };
    const failed: Checkout = run(awaiting, typed, checked(verified), {
      kind: 'store-failed',
      because: 'disk-full',
    });
    for (const state of [
      run(NEW_CHECKOUT, asked),
      awaiting,
      run(awaiting, typed),
      run(awaiting, { kind: 'did-not-arrive' }),
      failed,
    ]) {
      expect(run(state, { kind: 'edited', what })).toEqual(voided);
    }
  });

  test('a new policy is named as the reason even without a code under way: it closes the dialogue', () => {
    const edited = { kind: 'edited', what: 'policy' } as const;
    expect(run(unreachable, edited)).toMatchObject({ kind: 'tendering', voided: 'policy' });
    expect(run(NEW_CHECKOUT, edited)).toEqual(NEW_CHECKOUT);
  });

  test('a reply that arrives after an edit changes nothing', () => {
    const voided = run(awaiting, typed, { kind: 'edited', what: 'lines' });
    expect(run(voided, checked(verified))).toBe(voided);
    expect(run(voided, answered(verified))).toBe(voided);
    const again = run(voided, { kind: 'save-asked', asks: [{ ...debtAsk, challenge: SECOND }] });
    expect(run(again, answered(verified, FIRST))).toBe(again);
  });

  test('the first edit stays the named reason through later ones, until a code is requested again', () => {
    const voided = run(
      awaiting,
      { kind: 'edited', what: 'lines' },
      { kind: 'edited', what: 'tender' },
    );
    expect(voided).toMatchObject({ voided: 'lines' });
    expect(run(voided, asked, { kind: 'cancelled' })).toEqual(NEW_CHECKOUT);
  });

  test('without a requested code names no reason', () => {
    expect(run(unreachable, { kind: 'edited', what: 'lines' })).toEqual(NEW_CHECKOUT);
    expect(run(NEW_CHECKOUT, { kind: 'edited', what: 'lines' })).toEqual(NEW_CHECKOUT);
  });

  test('a sale that is being saved, or is saved, cannot be edited or cancelled', () => {
    const saving = run(awaiting, typed, checked(verified));
    const saved = run(saving, { kind: 'stored', sale: idOf(30) });
    for (const state of [saving, saved]) {
      expect(run(state, { kind: 'edited', what: 'lines' })).toBe(state);
      expect(run(state, { kind: 'cancelled' })).toBe(state);
    }
  });
});

describe('going on without a code', () => {
  test.each<[ChallengeReply | { kind: 'unreachable' }, NoCodeBecause, string]>([
    [{ kind: 'unreachable' }, { kind: 'unreachable' }, 'unreachable'],
    [{ kind: 'quarantined' }, { kind: 'quarantined' }, 'quarantined'],
    [{ kind: 'provider-unreachable' }, { kind: 'provider-unreachable' }, 'provider-unreachable'],
    [
      { kind: 'refused', because: 'no-money' },
      { kind: 'refused', because: 'no-money' },
      'refused:no-money',
    ],
    [
      { kind: 'limited', scope: 'phone', retryAt: NOW },
      { kind: 'limited', scope: 'phone', retryAt: NOW },
      'limited:phone',
    ],
    [{ kind: 'spent', because: 'expired' }, { kind: 'expired' }, 'expired'],
    [{ kind: 'spent', because: 'too-many-checks' }, { kind: 'too-many-checks' }, 'too-many-checks'],
  ])('is offered after %o', (reply, because, fact) => {
    const state = run(NEW_CHECKOUT, asked, answered(reply));
    expect(state).toMatchObject({ kind: 'no-code', because, view: null });
    expect(noCodeFact(because)).toBe(fact);
    expect(run(state, overridden()).kind).toBe('saving');
  });

  test.each<ChallengeReply>([
    { kind: 'phone-held', phoneMasked: '+7 ··· 11', since: NOW },
    { kind: 'phone-too-new', until: NOW, allowed: { minor: 0, currency: 'RUB' } },
    { kind: 'customer-disputed', since: NOW },
    { kind: 'challenge-differs' },
    { kind: 'journal-behind' },
    { kind: 'spent', because: 'superseded' },
    { kind: 'spent', because: 'cancelled' },
  ])('is not offered after %o, even to the owner', (reply) => {
    const state = run(NEW_CHECKOUT, asked, answered(reply));
    expect(state.kind).toBe('stopped');
    expect(run(state, overridden({ by: OWNER }))).toBe(state);
    expect(run(state, { kind: 'asked-again', challenge: FRESH })).toMatchObject({
      kind: 'sending',
      challenge: FRESH,
    });
  });

  test('a challenge that the relay does not know is requested again', () => {
    const state = run(awaiting, typed, checked({ kind: 'unknown-challenge' }));
    expect(state).toMatchObject({ kind: 'stopped', because: { kind: 'unknown-challenge' } });
  });

  test('is not offered while a code is on its way, and is offered when it did not arrive', () => {
    for (const state of [run(NEW_CHECKOUT, asked), awaiting, run(awaiting, typed), NEW_CHECKOUT]) {
      expect(run(state, overridden({ by: OWNER }))).toBe(state);
    }
    const missing = run(awaiting, { kind: 'did-not-arrive' });
    expect(missing).toMatchObject({ kind: 'no-code', because: { kind: 'did-not-arrive' }, view });
    expect(run(missing, { kind: 'returned-to-code' })).toEqual(awaiting);
    expect(run(missing, overridden()).kind).toBe('saving');
  });

  test('a code that arrives late is still accepted', () => {
    const missing = run(awaiting, { kind: 'did-not-arrive' });
    expect(run(missing, { kind: 'view-changed', challenge: FIRST, view: verified }).kind).toBe(
      'saving',
    );
  });

  test('the last check ends the code; a connection lost during a check does not', () => {
    const out = run(awaiting, typed, checked({ kind: 'spent', because: 'too-many-checks' }));
    expect(out).toMatchObject({ kind: 'no-code', view: null });
    expect(run(out, { kind: 'returned-to-code' })).toBe(out);
    const lost = run(awaiting, typed, checked({ kind: 'unreachable' }));
    expect(run(lost, { kind: 'returned-to-code' })).toEqual(awaiting);
    const noResend = run(awaiting, resent({ kind: 'provider-unreachable' }));
    expect(noResend).toMatchObject({ kind: 'no-code', view });
  });

  test('needs the right to this action and a reason, and stays within the caps', () => {
    const refused = [
      overridden({ by: CASHIER }),
      overridden({ because: 'other', note: ' ' }),
      overridden({}, 'redeem-points'),
      { ...overridden(), usage: { customer: rub(2500), till: rub(2500) } } as CheckoutEvent,
    ];
    for (const event of refused) expect(run(unreachable, event)).toBe(unreachable);
    expect(run(unreachable, overridden({ because: 'other', note: 'потерял' })).kind).toBe('saving');
  });

  test('points redeemed without a code count against the caps of the debt that follows', () => {
    const asks = [
      { need: pointsNeed, challenge: FIRST, to: CUSTOMER, also: null },
      { need: debtNeed, challenge: SECOND, to: CUSTOMER, also: null },
    ];
    const usage = { customer: rub(3000 - 50 - 872.06), till: rub(2100) };
    const first = { ...overridden({}, 'redeem-points'), usage } as CheckoutEvent;
    const second = { ...overridden(), usage } as CheckoutEvent;
    const debt = run(
      NEW_CHECKOUT,
      { kind: 'save-asked', asks },
      answered({ kind: 'unreachable' }),
      first,
      answered({ kind: 'unreachable' }, SECOND),
    );
    expect(debt).toMatchObject({ kind: 'no-code', need: debtNeed });
    expect(run(debt, second)).toBe(debt);
    expect('got' in debt && usageWithin(debt.got, usage)).toEqual({
      customer: usage.customer + 5000,
      till: rub(2150),
    });
  });

  test('a reserve code confirms the current need for any cashier, but not above its cap', () => {
    const given = (cap: number) =>
      ({
        kind: 'reserve-code-given',
        confirmation: reserveOf('sell-on-account'),
        verifier: checkedReserve({ cap }),
      }) as const;
    expect(run(unreachable, given(debtNeed.amount - 1))).toBe(unreachable);
    expect(run(unreachable, given(debtNeed.amount))).toEqual({
      kind: 'saving',
      got: [
        {
          need: debtNeed,
          challenge: FIRST,
          to: CUSTOMER,
          confirmation: reserveOf('sell-on-account'),
        },
      ],
    });
  });

  test('one reserve code confirms one need: the debt after the points needs another one', () => {
    const both = [
      { need: pointsNeed, challenge: FIRST, to: CUSTOMER, also: null },
      { need: debtNeed, challenge: SECOND, to: CUSTOMER, also: null },
    ];
    const reserve = (action: SaleAction, code?: string) =>
      ({
        kind: 'reserve-code-given',
        confirmation: reserveOf(action, code === undefined ? {} : { code }),
        verifier: checkedReserve(),
      }) as const;
    const second = run(
      NEW_CHECKOUT,
      { kind: 'save-asked', asks: both },
      answered({ kind: 'unreachable' }),
      reserve('redeem-points'),
      answered({ kind: 'unreachable' }, SECOND),
    );
    expect(run(second, reserve('sell-on-account'))).toBe(second);
    expect(run(second, reserve('sell-on-account', '0123456789')).kind).toBe('saving');
  });

  test('a repeated request keeps its id if it may have arrived, and gets a new one if it was answered', () => {
    const again: CheckoutEvent = { kind: 'asked-again', challenge: FRESH };
    expect(run(unreachable, again)).toMatchObject({ kind: 'sending', challenge: FIRST });
    const refusedByProvider = run(NEW_CHECKOUT, asked, answered({ kind: 'provider-unreachable' }));
    expect(run(refusedByProvider, again)).toMatchObject({ kind: 'sending', challenge: FRESH });
    expect(run(awaiting, again)).toBe(awaiting);
  });
});

describe('saving', () => {
  const saving = run(awaiting, typed, checked(verified));

  test('a disk failure is shown, and Retry saves with the same confirmations', () => {
    const failed = run(saving, { kind: 'store-failed', because: 'disk-full' });
    expect(failed).toMatchObject({ kind: 'not-saved', because: 'disk-full' });
    expect(run(failed, { kind: 'retried' })).toEqual(saving);
  });

  test('a sale refused by the rules returns to the tender with the reason', () => {
    const because = { kind: 'grant-expired', action: 'sell-on-account' } as const;
    const back = run(saving, { kind: 'sale-refused', because });
    expect(back).toEqual({ kind: 'tendering', voided: null, refused: because });
    expect(run(back, { kind: 'edited', what: 'tender' })).toEqual(NEW_CHECKOUT);
  });

  test('a reload requests the same challenge again and loses nothing', () => {
    const reloaded = (state: Checkout) =>
      fromStored(JSON.parse(JSON.stringify(toStored(state, null))) as ReturnType<typeof toStored>);
    for (const state of [awaiting, run(awaiting, typed), unreachable])
      expect(reloaded(state)).toEqual(run(NEW_CHECKOUT, asked));
    const voided = run(awaiting, { kind: 'edited', what: 'lines' });
    for (const state of [saving, voided, NEW_CHECKOUT]) expect(reloaded(state)).toEqual(state);
    expect(reloaded(run(saving, { kind: 'store-failed', because: 'disk-full' }))).toEqual(saving);
    // nothing was confirmed, so nothing is lost: the cashier presses Save again
    expect(reloaded(run(NEW_CHECKOUT, { kind: 'save-asked', asks: [] }))).toEqual(NEW_CHECKOUT);
  });

  test('the challenges to cancel are those that the relay may hold', () => {
    expect(challengesOf(NEW_CHECKOUT)).toEqual([]);
    expect(challengesOf(awaiting)).toEqual([FIRST]);
    expect(challengesOf(unreachable)).toEqual([FIRST]);
    expect(challengesOf(saving)).toEqual([FIRST]);
    expect(challengesOf(run(unreachable, overridden()))).toEqual([]);
    expect(challengesOf(run(NEW_CHECKOUT, asked, answered({ kind: 'journal-behind' })))).toEqual(
      [],
    );
    expect(codeWasAsked(awaiting)).toBe(true);
    expect(codeWasAsked(unreachable)).toBe(false);
  });
});
