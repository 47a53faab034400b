// Parses phone text into a `Phone`.
// Loaded on demand: it contains the world's numbering plans.
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';
import { isPhone, type Phone } from './phone';

/** A number as typed, with `country`'s national formats (ISO 3166-1 alpha-2). Null if it is no valid number. */
export function parsePhone(text: string, country: string): Phone | null {
  const number = parsePhoneNumberFromString(text.trim(), {
    defaultCountry: country as CountryCode,
    extract: false,
  });
  if (number === undefined || !number.isValid() || number.ext !== undefined) return null;
  return isPhone(number.number) ? number.number : null;
}

/** Grouped as in its own country, with calling code: `+7 925 123 06 02`. Unknown plans are grouped generically. */
export function formatPhone(phone: Phone): string {
  const number = parsePhoneNumberFromString(phone);
  const written = number?.formatInternational() ?? phone;
  if (number === undefined || written.split(' ').length > 2) return written;
  return `+${number.countryCallingCode} ${inGroups(number.nationalNumber)}`;
}

/** `000 000 01 02`: groups of three, with pairs at the end. */
function inGroups(digits: string): string {
  const pairs = /(\d{2})(\d{2})$/.exec(digits);
  if (pairs === null) return digits;
  const [, ...last] = pairs;
  const first = digits.slice(0, -4).match(/\d{1,3}(?=(?:\d{3})*$)/g) ?? [];
  return [...first, ...last].join(' ');
}
