// Parses phone text into a `Phone`, and decides which numbers the shop may send messages to.
// Loaded on demand: it contains the world's numbering plans, with the kinds of their numbers.
import {
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
  type NumberType,
} from 'libphonenumber-js/max';
import type { Policy } from '$lib/contract/policy';
import { isOfNoCountry, isPhone, SHARED_CODES, type Phone } from './phone';

/** A number as typed, with `country`'s national formats (ISO 3166-1 alpha-2). Null if it is no valid number. */
export function parsePhone(text: string, country: string): Phone | null {
  const number = parsePhoneNumberFromString(text.trim(), {
    defaultCountry: country as CountryCode,
    extract: false,
  });
  if (number === undefined || !number.isValid() || number.ext !== undefined) return null;
  return isPhone(number.number) ? number.number : null;
}

/** Numbers of people. All others cost the caller or the recipient extra, or nobody answers them. */
const OF_PEOPLE: ReadonlySet<NumberType> = new Set<NumberType>([
  'MOBILE',
  'FIXED_LINE',
  'FIXED_LINE_OR_MOBILE',
  'VOIP',
]);

/**
 * Satellite phones inside national plans, which libphonenumber counts as mobile: GlobalTel (Russia), Tiantong and 1349 (China),
 * ByRU (Indonesia), 0145 and 0147 (Australia), 600 (Canada).
 */
const NATIONAL_SATELLITES = /^\+(?:7954|861349|86174[0-5]|62868|6114[57]|1600)/;

/**
 * The kind of a number. `ordinary`: a person's; `costly`: satellite, premium-rate, shared-cost, freephone, personal,
 * company-wide, a pager or a voicemail; `unknown`: in no numbering plan.
 */
export function numberKind(phone: string): 'ordinary' | 'costly' | 'unknown' {
  if (isOfNoCountry(phone) || NATIONAL_SATELLITES.test(phone)) return 'costly';
  const type = parsePhoneNumberFromString(phone)?.getType();
  if (type === undefined) return 'unknown';
  return OF_PEOPLE.has(type) ? 'ordinary' : 'costly';
}

/** Why the shop sends no messages to this number; null: it does. */
export function whyNotWritten(
  phone: string,
  { allowedPrefixes, shop }: Pick<Policy, 'allowedPrefixes' | 'shop'>,
): 'country-not-allowed' | 'costly-number' | 'bad-phone' | null {
  if (!allowedPrefixes.some((prefix) => covers(prefix, phone, shop.phoneCountry)))
    return 'country-not-allowed';
  const kind = numberKind(phone);
  if (kind === 'ordinary') return null;
  return kind === 'costly' ? 'costly-number' : 'bad-phone';
}

/** `country`: the shop's own, ISO 3166-1 alpha-2. */
function covers(prefix: string, phone: string, country: string): boolean {
  if (!phone.startsWith(prefix)) return false;
  const main = SHARED_CODES.get(prefix);
  if (main === undefined || numberKind(phone) !== 'ordinary') return true;
  const own = codeOf(country) === prefix ? country : main;
  return parsePhoneNumberFromString(phone)?.country === own;
}

const codeOf = (country: string): string | null =>
  isSupportedCountry(country) ? `+${getCountryCallingCode(country)}` : null;

/** The prefixes a new shop starts with: its country, and the countries of these numbers (its owner's). */
export function firstPrefixes(country: string, phones: readonly string[]): string[] {
  const prefixes = [codeOf(country)].filter((code) => code !== null);
  for (const phone of phones) {
    if (numberKind(phone) !== 'ordinary' || prefixes.some((it) => covers(it, phone, country)))
      continue;
    const code = codeOf(parsePhoneNumberFromString(phone)?.country ?? '');
    if (code === null) continue;
    // a code that several countries share may stand for another one of them: then only this network is allowed
    prefixes.push(covers(code, phone, country) ? code : phone.slice(0, code.length + 3));
  }
  return prefixes;
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
