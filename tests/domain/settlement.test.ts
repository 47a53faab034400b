// Settlement: tenders compared with the total, and a result that says who owes whom.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money, sum, ZERO } from '$lib/domain/values/money';
import { inCash, type CashRounding } from '$lib/domain/values/cash-rounding';
import { settle, type Tender } from '$lib/domain/values/settlement';
import { cash, points, rub } from './fixtures';
import { cases } from '../support/cases';

const amount = fc.integer({ min: 0, max: 1_000_000 }).map(money);
const tender: fc.Arbitrary<Tender> = fc.oneof(
  fc.record({ kind: fc.constantFrom('cash', 'card', 'transfer'), amount }),
  fc.record({ kind: fc.constant('points'), points: fc.nat(1000), amount }),
);

const PAID = { kind: 'paid', changeDue: ZERO, rounding: ZERO };

describe('settling', () => {
  test('the total always equals tenders plus what went on account, minus the change', () => {
    fc.assert(
      fc.property(amount, fc.array(tender, { maxLength: 5 }), (total, tenders) => {
        const given = sum(tenders.map((each) => each.amount));
        const settlement = settle(total, tenders, null);
        switch (settlement.kind) {
          case 'paid':
            expect(total).toBe(given - settlement.changeDue);
            break;
          case 'short':
            expect(settlement.onAccount).toBeGreaterThan(0);
            expect(total).toBe(given + settlement.onAccount);
            break;
          case 'too-much':
            expect(settlement.over).toBeGreaterThan(0);
        }
      }),
      { numRuns: cases(1000) },
    );
  });

  test('change comes only out of cash', () => {
    fc.assert(
      fc.property(amount, fc.array(tender, { maxLength: 5 }), (total, tenders) => {
        const inCash = sum(tenders.filter((t) => t.kind === 'cash').map((t) => t.amount));
        const settlement = settle(total, tenders, null);
        const other = sum(tenders.map((t) => t.amount)) - inCash;
        expect(settlement.kind === 'too-much').toBe(other > total);
        if (settlement.kind === 'paid') {
          expect(settlement.changeDue).toBeGreaterThanOrEqual(0);
          expect(settlement.changeDue).toBeLessThanOrEqual(inCash);
        }
      }),
    );
  });

  test('a short tender leaves the missing amount on account', () => {
    expect(settle(rub(1372.07), [cash(500)], null)).toEqual({
      kind: 'short',
      onAccount: rub(872.07),
    });
    expect(settle(rub(100), [], null)).toEqual({ kind: 'short', onAccount: rub(100) });
  });

  test('the exact sum is paid, and no change is due', () => {
    expect(settle(rub(100), [cash(40), points(60)], null)).toEqual(PAID);
    expect(settle(ZERO, [], null)).toEqual(PAID);
  });

  test('a card charged above the total is too much, even with cash beside it', () => {
    const card: Tender = { kind: 'card', amount: rub(110) };
    expect(settle(rub(100), [card, cash(50)], null)).toEqual({ kind: 'too-much', over: rub(10) });
  });

  test('a negative tender throws', () => {
    expect(() => settle(rub(1), [{ kind: 'cash', amount: money(-1) }], null)).toThrow('Invariant');
  });
});

describe('rounding cash', () => {
  const nearest: CashRounding = { step: 100, way: 'nearest' };
  const down: CashRounding = { step: 100, way: 'down' };

  test.each([
    [100.2, nearest, 100],
    [100.5, nearest, 101],
    [100.5, down, 100],
    [100.99, down, 100],
    [0.3, down, 0],
    [100.02, { step: 5, way: 'nearest' }, 100],
    [104, { step: 500, way: 'nearest' }, 105],
    [104, { step: 500, way: 'down' }, 100],
    [100.2, null, 100.2],
  ] as const)('%f by %o is %f', (exact, rounding, taken) => {
    expect(inCash(rub(exact), rounding)).toBe(rub(taken));
  });

  test('100.20, rounded to 1, is paid with 100; if 50 is given, 50.20 is short', () => {
    for (const way of [nearest, down]) {
      expect(settle(rub(100.2), [cash(100)], way)).toEqual({ ...PAID, rounding: rub(-0.2) });
      expect(settle(rub(100.2), [cash(50)], way)).toEqual({ kind: 'short', onAccount: rub(50.2) });
    }
  });

  test('the rest that cash pays beside a card is rounded, the card payment is not', () => {
    const card: Tender = { kind: 'card', amount: rub(50) };
    expect(settle(rub(100.2), [card, cash(60)], down)).toEqual({
      kind: 'paid',
      changeDue: rub(10),
      rounding: rub(-0.2),
    });
    const whole: Tender = { kind: 'card', amount: rub(100.2) };
    expect(settle(rub(100.2), [whole], down)).toEqual(PAID);
  });

  test('1.94 typed where 1.90 is due counts as 1.90 and gives no change', () => {
    for (const total of [1.9, 1.92, 1.94]) {
      const settlement = settle(rub(total), [cash(1.94)], { step: 10, way: 'down' });
      expect(settlement).toEqual({ ...PAID, rounding: rub(1.9) - rub(total) });
    }
  });

  test('a rest that rounding takes off is paid by cash of zero, and without cash it is short', () => {
    const card: Tender = { kind: 'card', amount: rub(100) };
    expect(settle(rub(100.4), [card, cash(0)], nearest)).toEqual({ ...PAID, rounding: rub(-0.4) });
    expect(settle(rub(100.4), [card], nearest)).toEqual({ kind: 'short', onAccount: rub(0.4) });
    expect(settle(rub(100.6), [card, cash(0)], nearest)).toMatchObject({ kind: 'short' });
  });

  test('a sum that is rounded up is not paid by the exact sum, which no coins make', () => {
    expect(settle(rub(100.6), [cash(100.6)], nearest)).toEqual({
      kind: 'short',
      onAccount: rub(0.6),
    });
    expect(settle(rub(100.6), [cash(101)], nearest)).toEqual({ ...PAID, rounding: rub(0.4) });
  });

  const step = fc.constantFrom(5, 10, 50, 100, 500);
  const rounding = fc.record({ step, way: fc.constantFrom('nearest', 'down') });
  const inSteps = (tenders: readonly Tender[], by: { readonly step: number }): Tender[] =>
    tenders.map((each) =>
      each.kind === 'cash'
        ? { ...each, amount: money(each.amount - (each.amount % by.step)) }
        : each,
    );

  test('law: cash counts in whole steps, and so does the change', () => {
    fc.assert(
      fc.property(amount, fc.array(tender, { maxLength: 4 }), rounding, (total, tenders, by) => {
        const settlement = settle(total, tenders, by);
        expect(settlement).toEqual(settle(total, inSteps(tenders, by), by));
        if (settlement.kind === 'paid') expect(settlement.changeDue % by.step).toBe(0);
      }),
      { numRuns: cases(2000) },
    );
  });

  test('law: rounding is less than a step, never with a part on account, and never twice', () => {
    fc.assert(
      fc.property(amount, fc.array(tender, { maxLength: 4 }), rounding, (total, typed, by) => {
        const tenders = inSteps(typed, by);
        const exact = settle(total, tenders, null);
        const settlement = settle(total, tenders, by);
        if (settlement.kind !== 'paid') {
          expect(settlement).toEqual(exact);
          return;
        }
        const given = sum(tenders.map((each) => each.amount));
        const due = money(total + settlement.rounding);
        expect(due).toBe(given - settlement.changeDue);
        expect(Math.abs(settlement.rounding)).toBeLessThan(by.step);
        if (by.way === 'down') expect(settlement.rounding).toBeLessThanOrEqual(0);
        if (!tenders.some(({ kind }) => kind === 'cash')) expect(settlement.rounding).toBe(0);
        if (settlement.rounding !== 0)
          expect(settle(due, tenders, by)).toEqual({ ...settlement, rounding: ZERO });
        if (exact.kind === 'short') expect(exact.onAccount).toBeLessThan(by.step);
      }),
      { numRuns: cases(2000) },
    );
  });
});
