// Settlement: tenders compared with the total, and a result that says who owes whom.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money, sum, ZERO } from '$lib/domain/money';
import { settle, type Tender } from '$lib/domain/settlement';
import { cash, points, rub } from './fixtures';
import { cases } from '../support/cases';

const amount = fc.integer({ min: 0, max: 1_000_000 }).map(money);
const tender: fc.Arbitrary<Tender> = fc.oneof(
  fc.record({ kind: fc.constantFrom('cash', 'card', 'transfer'), amount }),
  fc.record({ kind: fc.constant('points'), points: fc.nat(1000), amount }),
);

describe('settling', () => {
  test('the total always equals tenders plus what went on account, minus the change', () => {
    fc.assert(
      fc.property(amount, fc.array(tender, { maxLength: 5 }), (total, tenders) => {
        const given = sum(tenders.map((each) => each.amount));
        const settlement = settle(total, tenders);
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
        const settlement = settle(total, tenders);
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
    expect(settle(rub(1372.07), [cash(500)])).toEqual({ kind: 'short', onAccount: rub(872.07) });
    expect(settle(rub(100), [])).toEqual({ kind: 'short', onAccount: rub(100) });
  });

  test('the exact sum is paid, and no change is due', () => {
    expect(settle(rub(100), [cash(40), points(60)])).toEqual({ kind: 'paid', changeDue: ZERO });
    expect(settle(ZERO, [])).toEqual({ kind: 'paid', changeDue: ZERO });
  });

  test('a card charged above the total is too much, even with cash beside it', () => {
    const card: Tender = { kind: 'card', amount: rub(110) };
    expect(settle(rub(100), [card, cash(50)])).toEqual({ kind: 'too-much', over: rub(10) });
  });

  test('a negative tender throws', () => {
    expect(() => settle(rub(1), [{ kind: 'cash', amount: money(-1) }])).toThrow('Invariant');
  });
});
