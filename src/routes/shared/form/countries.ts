// The countries a shop can be in, named in the screen's language.
import { localeOf } from '$lib/ui/format';
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
