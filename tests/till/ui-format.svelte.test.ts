// Times, durations and names as people write them; in a real browser, which has the words.
import { expect, test } from 'vitest';
import {
  formatCountdown,
  formatDuration,
  formatMoment,
  formatTime,
  formatUntil,
  initials,
} from '$lib/ui/format';

const zone = 'Europe/Moscow';
const now = Date.UTC(2026, 10, 25, 11, 33);
const plain = (text: string) => text.replace(/\s/g, ' ');

test('a time is written as short as possible while it stays clear', () => {
  const ago = (hours: number) => now - hours * 3_600_000;
  expect(formatTime(now, 'ru', zone)).toBe('14:33');
  expect(formatMoment(ago(1), now, 'ru', zone)).toBe('13:33');
  expect(formatMoment(ago(24), now, 'ru', zone)).toBe('вчера, 14:33');
  expect(formatMoment(ago(24), now, 'en', zone)).toBe('yesterday, 14:33');
  expect(plain(formatMoment(ago(24 * 5), now, 'en', zone))).toBe('20 Nov, 14:33');
  expect(plain(formatMoment(ago(24 * 365), now, 'en', zone))).toBe('25 Nov 2025, 14:33');
});

test('a time tomorrow is called tomorrow', () => {
  const hence = (hours: number) => now + hours * 3_600_000;
  expect(formatUntil(hence(1), now, 'ru', zone)).toBe('15:33');
  expect(formatUntil(hence(24), now, 'ru', zone)).toBe('завтра, 14:33');
  expect(formatUntil(hence(24), now, 'en', zone)).toBe('tomorrow, 14:33');
  expect(plain(formatUntil(hence(48), now, 'en', zone))).toBe('27 Nov, 14:33');
});

test('yesterday and tomorrow are calendar days, also where the clock is changed', () => {
  const london = 'Europe/London';
  // 00:30 after the day of 23 hours, 29 March
  const spring = Date.UTC(2026, 2, 29, 23, 30);
  const before = (day: number) => formatMoment(Date.UTC(2026, 2, day, 11), spring, 'en', london);
  expect([before(29), plain(before(28))]).toEqual(['yesterday, 12:00', '28 Mar, 11:00']);
  // 00:30 of the day of 25 hours, 25 October
  const autumn = Date.UTC(2026, 9, 24, 23, 30);
  const after = (day: number) => formatUntil(Date.UTC(2026, 9, day, 12), autumn, 'en', london);
  expect([after(25), after(26)]).toEqual(['12:00', 'tomorrow, 12:00']);
});

test('a duration is one whole unit, never rounded up', () => {
  expect(plain(formatDuration(18_900, 'ru'))).toBe('18 с');
  expect(plain(formatDuration(12 * 60_000 + 59_000, 'ru'))).toBe('12 мин');
  expect(plain(formatDuration(3 * 3_600_000, 'en'))).toMatch(/^3 hrs?$/);
  expect(plain(formatDuration(-5, 'ru'))).toBe('0 с');
});

test('a countdown reaches zero at its end and not before', () => {
  expect([252_000, 18_001, 1, 0, -1].map(formatCountdown)).toEqual([
    '4:12',
    '0:19',
    '0:01',
    '0:00',
    '0:00',
  ]);
});

test('initials take whole characters, and an empty name has none', () => {
  expect(['Мария Соколова', 'анна', '  ', '👩‍🍳 Кафе', 'Jean van Damme'].map(initials)).toEqual([
    'МС',
    'А',
    '',
    '👩‍🍳К',
    'JV',
  ]);
});
