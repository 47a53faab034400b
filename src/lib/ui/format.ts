// Formats times, durations, counts and names.
// Every function gets the language; none reads the clock.
import type { Language } from './text/plural';

/** English as in shops outside the United States: day first, 24 hours. */
const locales = { ru: 'ru-RU', en: 'en-GB' } as const satisfies Record<Language, string>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function localeOf(language: Language): string {
  return locales[language];
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `timeZone` undefined: the device's own. Cached, because creating a format costs far more than using it. */
function dateFormat(
  language: Language,
  options: Intl.DateTimeFormatOptions,
  timeZone: string | undefined,
): Intl.DateTimeFormat {
  const key = `${language} ${timeZone ?? ''} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locales[language], {
      ...options,
      ...(timeZone === undefined ? {} : { timeZone }),
    });
    formats.set(key, found);
  }
  return found;
}

/** `14:32`. */
export function formatTime(at: number, language: Language, timeZone?: string): string {
  return dateFormat(language, { hour: '2-digit', minute: '2-digit' }, timeZone).format(at);
}

/** `25 нояб. 2026 г.`, `25 Nov 2026`. */
export function formatDate(at: number, language: Language, timeZone?: string): string {
  return dateFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }, timeZone).format(
    at,
  );
}

export function formatDateTime(at: number, language: Language, timeZone?: string): string {
  return `${formatDate(at, language, timeZone)}, ${formatTime(at, language, timeZone)}`;
}

function dayKey(at: number, timeZone: string | undefined): string {
  return dateFormat('en', { year: 'numeric', month: '2-digit', day: '2-digit' }, timeZone).format(
    at,
  );
}

/** How many calendar days `at` is after `now`. Not computed from hours, because a day with a clock change has 23 or 25. */
function daysFrom(now: number, at: number, timeZone: string | undefined): number {
  const [today, that] = [now, at].map((each) => {
    const [day, month, year] = dayKey(each, timeZone).split('/').map(Number);
    return Date.UTC(year ?? 0, (month ?? 1) - 1, day) / DAY_MS;
  });
  return (that ?? 0) - (today ?? 0);
}

/** The shortest clear form: `14:32` today, `вчера, 14:32`, `12 нояб., 14:32`, with the year if it is another one. */
export function formatMoment(
  at: number,
  now: number,
  language: Language,
  timeZone?: string,
): string {
  const time = formatTime(at, language, timeZone);
  const days = daysFrom(now, at, timeZone);
  if (days === 0) return time;
  if (days === -1) {
    const yesterday = new Intl.RelativeTimeFormat(locales[language], { numeric: 'auto' });
    return `${yesterday.format(-1, 'day')}, ${time}`;
  }
  return `${formatDay(at, now, language, timeZone)}, ${time}`;
}

/** `12 нояб.`, with the year if it is not this one. */
export function formatDay(at: number, now: number, language: Language, timeZone?: string): string {
  const sameYear = dayKey(at, timeZone).slice(-4) === dayKey(now, timeZone).slice(-4);
  return sameYear
    ? dateFormat(language, { day: 'numeric', month: 'short' }, timeZone).format(at)
    : formatDate(at, language, timeZone);
}

/** A future time: `14:32` today, `завтра, 14:32` on the next day, then as `formatMoment`. */
export function formatUntil(
  at: number,
  now: number,
  language: Language,
  timeZone?: string,
): string {
  if (daysFrom(now, at, timeZone) !== 1) return formatMoment(at, now, language, timeZone);
  const tomorrow = new Intl.RelativeTimeFormat(locales[language], { numeric: 'auto' });
  return `${tomorrow.format(1, 'day')}, ${formatTime(at, language, timeZone)}`;
}

const units = new Map<string, Intl.NumberFormat>();

function unitFormat(language: Language, unit: string): Intl.NumberFormat {
  const key = `${language} ${unit}`;
  let found = units.get(key);
  if (!found) {
    found = new Intl.NumberFormat(locales[language], { style: 'unit', unit, unitDisplay: 'short' });
    units.set(key, found);
  }
  return found;
}

/** The largest whole unit: `18 с`, `12 мин`, `3 ч`, `2 дн.`. For "without a connection since". */
export function formatDuration(ms: number, language: Language): string {
  const whole = Math.max(0, ms);
  if (whole < MINUTE_MS) return unitFormat(language, 'second').format(Math.floor(whole / 1000));
  if (whole < HOUR_MS) return unitFormat(language, 'minute').format(Math.floor(whole / MINUTE_MS));
  if (whole < DAY_MS) return unitFormat(language, 'hour').format(Math.floor(whole / HOUR_MS));
  return unitFormat(language, 'day').format(Math.floor(whole / DAY_MS));
}

/** Whole days that have passed: `сегодня`, `вчера`, `29 дней назад`. */
export function formatAge(days: number, language: Language): string {
  return new Intl.RelativeTimeFormat(locales[language], { numeric: 'auto' }).format(-days, 'day');
}

/** Time left as a clock: `4:12`. Rounded up, so that zero means over. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `1 284`. */
export function formatCount(count: number, language: Language): string {
  return new Intl.NumberFormat(locales[language]).format(count);
}

/** First letters of the first two words; whole characters, so that an emoji is not split. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => firstCharacter(word).toUpperCase())
    .join('');
}

function firstCharacter(word: string): string {
  const [first] = new Intl.Segmenter().segment(word);
  return first?.segment ?? '';
}

/** A masked number without line breaks inside it. */
export function inOnePiece(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}
