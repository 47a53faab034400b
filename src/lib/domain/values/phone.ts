// Phone: a number in E.164, and its masked form.
// Parsing is in `phone-parser`, loaded on demand.

declare const phoneBrand: unique symbol;

/** E.164 with the plus, `+79251230602`. */
export type Phone = string & { readonly [phoneBrand]: true };

/** True for text already in E.164; does not say whether the number exists. */
export const isPhone = (text: string): text is Phone => /^\+[1-9]\d{6,14}$/.test(text);

/**
 * Satellites and networks without a country: freephone and shared cost (800, 808), Inmarsat (870), personal (878), satellites
 * (881), international networks (882, 883), disaster relief (888), premium rate (979), trials (991). ITU-T E.164, annex.
 */
const INTERNATIONAL_NETWORKS = /^\+(?:80[08]|87[08]|88[1238]|979|991)/;

/** Whether a number, or all numbers with this prefix, belong to a network without a country. No messages are sent there. */
export const isOfNoCountry = (phone: string): boolean => INTERNATIONAL_NETWORKS.test(phone);

/**
 * Calling codes that several countries share, with the main one of them (ITU-T E.164, annex). As an allowed prefix, such a code
 * covers the shop's own country if it is one of them, otherwise the main one.
 */
export const SHARED_CODES: ReadonlyMap<string, string> = new Map([
  ['+1', 'US'],
  ['+7', 'RU'],
  ['+39', 'IT'],
  ['+44', 'GB'],
  ['+47', 'NO'],
  ['+61', 'AU'],
  ['+212', 'MA'],
  ['+262', 'RE'],
  ['+290', 'SH'],
  ['+358', 'FI'],
  ['+590', 'GP'],
  ['+599', 'CW'],
]);

/** Two-digit calling codes (ITU-T E.164, annex); 1 and 7 have one digit, all others three. */
const TWO_DIGIT_CODES = /^(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

function callingCodeLength(digits: string): 1 | 2 | 3 {
  if (/^[17]/.test(digits)) return 1;
  return TWO_DIGIT_CODES.test(digits) ? 2 : 3;
}

/** `+7 925 ··· 06 02`: enough for the customer to recognise it, not enough to call it. */
export function maskPhone(phone: Phone): string {
  const digits = phone.slice(1);
  const code = callingCodeLength(digits);
  const national = digits.length - code;
  const parts = [`+${digits.slice(0, code)}`];
  if (national >= 10) parts.push(digits.slice(code, code + 3));
  parts.push('···');
  if (national >= 8) parts.push(digits.slice(-4, -2));
  parts.push(digits.slice(-2));
  return parts.join(' ');
}
