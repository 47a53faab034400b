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
