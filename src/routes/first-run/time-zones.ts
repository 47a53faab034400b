// The time zones of a country, their names with the present time, and the country of a zone.
import { formatTime, localeOf } from '$lib/ui/format';
import type { Language } from '$lib/ui/text/current.svelte';
import { COUNTRIES } from '../shared/form/countries';

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
