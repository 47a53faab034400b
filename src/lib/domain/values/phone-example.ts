// An example of a country's phone numbers. Loaded on demand, with the numbering plans.
import { getExampleNumber, isSupportedCountry } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';

/** A mobile number as written abroad, `+44 7400 123456`; null for an unknown country (ISO 3166-1 alpha-2). */
export const examplePhone = (country: string): string | null =>
  isSupportedCountry(country)
    ? (getExampleNumber(country, examples)?.formatInternational() ?? null)
    : null;
