// Days of the shop's calendar: from their first moment to that of the next one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { businessDay, rangeOfDay } from '$lib/domain/values/business-day';

const ZONES = ['UTC', 'Europe/Moscow', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/London'];

test('a day has all moments of its date in the time zone, and no others', () => {
  const moments = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2032, 0) });
  fc.assert(
    fc.property(moments, fc.constantFrom(...ZONES), (at, zone) => {
      const day = businessDay(at, zone);
      const { from, to } = rangeOfDay(day, zone) ?? { from: NaN, to: NaN };
      expect(from <= at && at < to).toBe(true);
      expect([from, to - 1].map((each) => businessDay(each, zone))).toEqual([day, day]);
      expect([from - 1, to].map((each) => businessDay(each, zone))).not.toContain(day);
    }),
    { numRuns: 200 },
  );
});

test('a day on which clocks change has 23 or 25 hours', () => {
  const hours = ['2026-03-29', '2026-10-25', '2026-11-30'].map((day) => {
    const range = rangeOfDay(day, 'Europe/London');
    return range && (range.to - range.from) / 3_600_000;
  });
  expect(hours).toEqual([23, 25, 24]);
});

test('a text that is no day has no moments', () => {
  expect(['', 'yesterday', '2026-13-01'].map((day) => rangeOfDay(day, 'UTC'))).toEqual([
    null,
    null,
    null,
  ]);
});
