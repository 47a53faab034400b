// The business day: the calendar day of the shop's time zone.

const formats = new Map<string, Intl.DateTimeFormat>();

/** `at`, ms, as `2026-11-28` in the time zone, an IANA name. Throws for a zone that this device does not know. */
export function businessDay(at: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    // creating a format costs far more than using it
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    formats.set(timeZone, format);
  }
  return format.format(at);
}

const DAY_MS = 24 * 60 * 60_000;

/** The calendar days that `at`, ms, can fall on in any time zone: no zone differs from UTC by a whole day. */
export const possibleDays = (at: number): string[] =>
  [at - DAY_MS, at, at + DAY_MS].map((each) => businessDay(each, 'UTC'));

const hours = new Map<string, Intl.DateTimeFormat>();

/** The hour of the day, 0 to 23, in the time zone. */
export function hourOfDay(at: number, timeZone: string): number {
  let format = hours.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', hourCycle: 'h23' });
    hours.set(timeZone, format);
  }
  return Number(format.format(at));
}

/** More than any time zone differs from UTC, in either direction. */
const FURTHEST_MS = 26 * 60 * 60_000;

/** A calendar day, `2026-11-28`, of the time zone: its first moment and that of the next day, ms. Null: there is no such day. */
export function rangeOfDay(day: string, timeZone: string): { from: number; to: number } | null {
  const utc = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(utc)) return null;
  const next = businessDay(utc + 24 * 60 * 60_000, 'UTC');
  return { from: firstMoment(utc, day, timeZone), to: firstMoment(utc, next, timeZone) };
}

/** The first moment at which the zone's calendar shows this day, or a later one. `near`: at most two days from it. */
function firstMoment(near: number, day: string, timeZone: string): number {
  let [before, since] = [near - FURTHEST_MS, near + 2 * FURTHEST_MS];
  while (since - before > 1) {
    const middle = Math.floor((before + since) / 2);
    if (businessDay(middle, timeZone) < day) before = middle;
    else since = middle;
  }
  return since;
}
