// The currencies that a new shop can choose.
import type { Currency } from '$lib/contract/values';

/** With their ISO 4217 decimals and the country of their phone numbers. */
export const CURRENCIES: readonly (Currency & { country: string })[] = [
  { code: 'RUB', digits: 2, country: 'RU' },
  { code: 'KZT', digits: 2, country: 'KZ' },
  { code: 'BYN', digits: 2, country: 'BY' },
  { code: 'UAH', digits: 2, country: 'UA' },
  { code: 'UZS', digits: 2, country: 'UZ' },
  { code: 'AMD', digits: 2, country: 'AM' },
  { code: 'GEL', digits: 2, country: 'GE' },
  { code: 'KGS', digits: 2, country: 'KG' },
  { code: 'EUR', digits: 2, country: 'DE' },
  { code: 'GBP', digits: 2, country: 'GB' },
  { code: 'USD', digits: 2, country: 'US' },
  { code: 'JPY', digits: 0, country: 'JP' },
  { code: 'KWD', digits: 3, country: 'KW' },
];
