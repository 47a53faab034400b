// Codes: made by the system's randomness, kept only sealed or hashed, compared in constant time.
import { randomInt, timingSafeEqual } from 'node:crypto';
import { CROCKFORD } from '$lib/domain/crockford';
import type { ChannelCapability } from '../providers/provider';
import type { Seal } from '../store/seal';
import type { AcceptedCode } from '../store/challenges';

/** 19.9 bits; a channel that takes fewer digits gets what it takes. */
const DIGITS = 6;

type Carrying = Pick<ChannelCapability, 'codeDigits' | 'leadingZero'>;

/**
 * A fresh code that this channel can carry, and those of the others that take as many digits: what goes over them next stays
 * the same code. It gets no shorter for the others' sake. A string: a leading zero is part of it.
 */
export function makeCode(by: Carrying, others: readonly Carrying[] = []): string {
  const digits = Math.min(by.codeDigits.max, Math.max(by.codeDigits.min, DIGITS));
  const leadingZero = [by, ...others].every((can) => can.leadingZero || !takes(digits, can));
  // randomInt rejects what would make some codes likelier than others
  return leadingZero
    ? String(randomInt(10 ** digits)).padStart(digits, '0')
    : String(randomInt(10 ** (digits - 1), 10 ** digits));
}

/** A fresh code of letters and digits, to be typed by a person: reserve codes and one-time tokens. */
export function makeCrockford(length: number): string {
  return Array.from({ length }, () => CROCKFORD.charAt(randomInt(CROCKFORD.length))).join('');
}

/** Whether a channel can carry a code that was made for another. */
export function fits(code: string, can: Carrying): boolean {
  return takes(code.length, can) && (can.leadingZero || !code.startsWith('0'));
}

const takes = (digits: number, { codeDigits: { min, max } }: Carrying): boolean =>
  digits >= min && digits <= max;

/** What is kept of a code: a hash under the relay's key, of this deal in this challenge and no other. */
export function hashCode(
  seal: Seal,
  of: { readonly id: string; readonly dealHash: string },
  code: string,
): string {
  return seal.keyedHash('code', `${of.id}:${of.dealHash}:${code}`);
}

/** The accepted code this hash equals, or null. Takes the same time wherever they differ. */
export function matching(accepted: readonly AcceptedCode[], hash: string): AcceptedCode | null {
  const given = Buffer.from(hash, 'hex');
  let found: AcceptedCode | null = null;
  for (const one of accepted) if (timingSafeEqual(Buffer.from(one.hash, 'hex'), given)) found = one;
  return found;
}
