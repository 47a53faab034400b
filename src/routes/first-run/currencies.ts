// The currencies that a new shop can choose, with the countries that have them.
import type { Currency } from '$lib/contract/values';

/** With their ISO 4217 decimals; `countries`: ISO 3166-1 alpha-2. */
export const CURRENCIES: readonly (Currency & { countries: readonly string[] })[] = [
  { code: 'RUB', digits: 2, countries: ['RU'] },
  { code: 'KZT', digits: 2, countries: ['KZ'] },
  { code: 'BYN', digits: 2, countries: ['BY'] },
  { code: 'UAH', digits: 2, countries: ['UA'] },
  { code: 'UZS', digits: 2, countries: ['UZ'] },
  { code: 'AMD', digits: 2, countries: ['AM'] },
  { code: 'GEL', digits: 2, countries: ['GE'] },
  { code: 'KGS', digits: 2, countries: ['KG'] },
  {
    code: 'EUR',
    digits: 2,
    countries: 'DE AT FR BE NL LU IT ES PT IE FI GR CY SK SI EE LV LT HR BG'.split(' '),
  },
  { code: 'GBP', digits: 2, countries: ['GB'] },
  { code: 'USD', digits: 2, countries: ['US'] },
  { code: 'JPY', digits: 0, countries: ['JP'] },
  { code: 'KWD', digits: 3, countries: ['KW'] },
];

/** The code of a country's currency; null if it is not among ours. */
export const currencyOf = (country: string): string | null =>
  CURRENCIES.find(({ countries }) => countries.includes(country))?.code ?? null;
