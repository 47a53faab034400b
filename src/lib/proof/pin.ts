// PINs: a slow salted verifier, and a check for PINs that are too easy to guess.
// A PIN identifies the operator; it unlocks no key.
import type { PinVerifier } from '$lib/contract/policy';
import { fromHex, sameText, toHex } from './canonical';
import { SLOW_ROUNDS, slowHash } from './slow-hash';

/** PBKDF2-SHA256, 600 000 rounds, fresh 16-byte salt. Throws unless the PIN is 4 to 12 digits; the form checks that. */
export async function makePinVerifier(pin: string): Promise<PinVerifier> {
  if (!/^\d{4,12}$/.test(pin)) throw new TypeError('a PIN is 4 to 12 digits');
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return {
    salt: toHex(salt),
    hash: await slowHash(pin, salt, SLOW_ROUNDS),
    rounds: SLOW_ROUNDS,
    digits: pin.length,
  };
}

/** Takes as long for a wrong PIN as for the right one. */
export async function verifyPin(pin: string, verifier: PinVerifier): Promise<boolean> {
  const salt = fromHex(verifier.salt);
  if (salt === null) return false;
  return sameText(await slowHash(pin, salt, verifier.rounds), verifier.hash);
}

/** Popular PINs not covered by the rules below (keypad figures, dates, jokes). */
export const WEAK_PINS: ReadonlySet<string> = new Set(
  (
    '1004 1007 1010 1020 1022 1024 1029 1102 1103 1104 1110 1112 1113 1114 1115 1119 1122 1123 1124 ' +
    '1130 1133 1147 1166 1177 1188 1199 1200 1201 1215 1221 1223 1224 1225 1228 1230 1233 1235 1236 1244 1245 1314 ' +
    '1331 1357 1379 1412 1441 1470 1478 1515 1551 1590 1596 2233 2244 2255 2277 2288 2299 2356 ' +
    '2468 2512 2525 2552 2580 2589 3112 3123 3141 3142 3214 3344 3366 3691 3698 4455 4477 4565 4568 4711 ' +
    '5150 5225 5566 5577 5588 5658 5678 5683 6677 6688 6699 6789 7410 7412 7531 7788 7799 7854 ' +
    '7895 7896 7946 8008 8055 8520 8642 8675 8855 8899 9510 9517 9630 9632 9753 9876 9899 9966 9977 9988 ' +
    '112233 123123 123321 142536 147258 147852 159357 159753 159951 246810 258456 314159 321123 321321 ' +
    '332211 456123 456456 456789 520520 521521 555666 654123 741852 753159 753951 789456 852456 951753 963852 999666'
  ).split(/\s+/),
);

/** True for repeats, runs up or down, years, and the popular PINs above. */
export function isWeakPin(pin: string): boolean {
  if (WEAK_PINS.has(pin)) return true;
  for (let size = 1; size <= pin.length / 2; size += 1) {
    if (pin.length % size === 0 && pin === pin.slice(0, size).repeat(pin.length / size))
      return true;
  }
  const digits = [...pin].map(Number);
  const steps = new Set(digits.slice(1).map((digit, i) => (digit - (digits[i] ?? 0) + 10) % 10));
  if (steps.size === 1 && (steps.has(1) || steps.has(9))) return true;
  return /^(?:19[3-9]\d|20[0-3]\d)$/.test(pin);
}
