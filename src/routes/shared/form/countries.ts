// The countries a shop can be in, named in the language of the screen, and their time zones.
import { formatTime, localeOf } from '$lib/ui/format';
import type { Language } from '$lib/ui/text/current.svelte';

/** ISO 3166-1 alpha-2. */
export const COUNTRIES =
  'RU KZ BY UA UZ AM GE KG AZ MD TJ TM MN LT LV EE PL CZ SK HU RO BG RS HR SI GR CY TR DE AT CH FR BE NL LU IT ES PT GB IE DK SE NO FI IS IL AE SA QA KW EG MA TN ZA NG KE GH IN PK BD LK NP CN HK TW JP KR VN TH MY SG ID PH AU NZ US CA MX BR AR CL CO PE'.split(
    ' ',
  );

/** The options of a field for a country, by name. `own`: offered too, if it is in no list. */
export function countryOptions(
  language: Language,
  own: string | null = null,
): { value: string; text: string }[] {
  const locale = localeOf(language);
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  const all = own === null ? COUNTRIES : [...new Set([own, ...COUNTRIES])];
  return all
    .map((value) => ({ value, text: names.of(value) ?? value }))
    .sort((a, b) => a.text.localeCompare(b.text, locale));
}

/** IANA names; null if this browser does not know which zones a country has. */
export function zonesOf(country: string): readonly string[] | null {
  // not in all browsers yet, nor in the types of our target
  const region: { getTimeZones?: () => string[] | undefined } = new Intl.Locale(`und-${country}`);
  return region.getTimeZones?.() ?? null;
}

/** The country that has this zone; null if none of ours has it. */
export const countryOf = (zone: string): string | null =>
  COUNTRIES.find((country) => zonesOf(country)?.includes(zone)) ?? null;

/** The browser's zone if the country has it; otherwise the country's only one; null: it must be asked. */
export function guessedZone(country: string, browserZone: string): string | null {
  const zones = zonesOf(country) ?? [browserZone];
  if (zones.includes(browserZone)) return browserZone;
  return zones.length === 1 ? (zones[0] ?? null) : null;
}

/** `18:20 · Moscow Standard Time (Moscow)`; the city, because several zones have the same name. */
export function zoneWords(zone: string, at: number, language: Language): string {
  const name = new Intl.DateTimeFormat(localeOf(language), {
    timeZone: zone,
    timeZoneName: 'longGeneric',
  })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const city = zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
  return `${formatTime(at, language, zone)} · ${name ?? zone} (${city})`;
}
