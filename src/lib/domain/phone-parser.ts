// Phone text → `Phone`. Carries the numbering plans of the world, so screens load it only when a number is typed.
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';
import { isPhone, type Phone } from './phone';

/** A number as typed, read by the habits of `country` (ISO 3166-1 alpha-2). Null for what is no number there or anywhere. */
export function parsePhone(text: string, country: string): Phone | null {
  const number = parsePhoneNumberFromString(text.trim(), {
    defaultCountry: country as CountryCode,
    extract: false,
  });
  if (number === undefined || !number.isValid() || number.ext !== undefined) return null;
  return isPhone(number.number) ? number.number : null;
}

/** Grouped as its own country writes it, with the calling code: `+7 925 123 06 02`. One that no plan knows is grouped all the same. */
export function formatPhone(phone: Phone): string {
  const number = parsePhoneNumberFromString(phone);
  const written = number?.formatInternational() ?? phone;
  if (number === undefined || written.split(' ').length > 2) return written;
  return `+${number.countryCallingCode} ${inGroups(number.nationalNumber)}`;
}

/** `000 000 01 02`: threes, and pairs at the end. */
function inGroups(digits: string): string {
  const pairs = /(\d{2})(\d{2})$/.exec(digits);
  if (pairs === null) return digits;
  const [, ...last] = pairs;
  const first = digits.slice(0, -4).match(/\d{1,3}(?=(?:\d{3})*$)/g) ?? [];
  return [...first, ...last].join(' ');
}
