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

/** Grouped as its own country writes it, with the calling code: `+7 925 123 06 02`. */
export function formatPhone(phone: Phone): string {
  return parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;
}
