// Sums over a day or 30 days on both sides of an act, compared with a direct calculation.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostInADay, pushedOver } from '../../relay/journal/audit-windows';
import type { ActRow } from '../../relay/store/journal-acts';
import { cases } from '../support/cases';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;

test('the largest day around a use covers both sides of it', () => {
  const own = { at: 10 * HOUR, amount: 1 };
  const uses = [
    { at: -15 * HOUR, amount: 100 },
    { at: -13 * HOUR, amount: 10 },
    { at: 30 * HOUR, amount: 20 },
    { at: 34 * HOUR, amount: 1000 },
  ];
  expect(mostInADay(uses, own)).toBe(21);
  expect(mostInADay(uses.slice(0, 2), own)).toBe(11);
  expect(mostInADay([], own)).toBe(1);
});

const use = fc.record({ at: fc.nat(60).map((h) => h * HOUR), amount: fc.nat(9) });

test('the largest day is the largest of all days that end with a use and include this one', () => {
  fc.assert(
    fc.property(fc.array(use, { maxLength: 30 }), use, (uses, own) => {
      const all = [...uses, own];
      const days = all.map(({ at: end }) => all.filter(({ at }) => at > end - DAY && at <= end));
      const sums = days
        .filter((day) => day.includes(own))
        .map((day) => day.reduce((sum, { amount }) => sum + amount, 0));
      expect(mostInADay(uses, own)).toBe(Math.max(...sums));
    }),
    { numRuns: cases(1000) },
  );
});

test('an act that arrives late takes over the threshold what was just below it, once', () => {
  const row = fc.record<ActRow>({
    hash: fc.uuid(),
    till: fc.constant('till'),
    seq: fc.constant(1),
    at: fc.nat(40).map((days) => days * DAY),
    customer: fc.constant('customer'),
    action: fc.constantFrom('sell-on-account', 'redeem-points'),
    amount: fc.nat(9),
    proof: fc.constantFrom('code', 'reserve-code', 'override', 'not-required'),
    below: fc.option(fc.nat(60)),
    order: fc.constant(null),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), row, (others, act) => {
      const sumUntil = (acts: readonly ActRow[], late: ActRow) =>
        acts
          .filter(({ action }) => action === late.action)
          .filter(({ proof }) => proof === 'override' || proof === 'not-required')
          .filter(({ at }) => at > late.at - MONTH && at <= late.at)
          .reduce((sum, { amount }) => sum + amount, 0);
      const pushed = others.filter(
        (late) =>
          late.below !== null &&
          late.at > act.at &&
          (late.proof === 'override' || late.proof === 'not-required') &&
          sumUntil(others, late) < late.below &&
          sumUntil([...others, act], late) >= late.below,
      );
      const hashes = (rows: readonly ActRow[]) => rows.map(({ hash }) => hash).toSorted();
      expect(hashes(pushedOver(act, others))).toEqual(hashes(pushed));
    }),
    { numRuns: cases(1000) },
  );
});
