// Reserve codes as text: tolerant parsing, readable formatting, and the largest sum one confirms.
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { parseCrockford } from '$lib/domain/values/code-alphabet';
import { money, type Money } from '$lib/domain/values/money';

export const RESERVE_CODE_LENGTH = 10;
/** Length of the prefix by which a verifier is found. */
const PREFIX_LENGTH = 2;

declare const checkedReserveCode: unique symbol;
/** A verifier signed by the relay, for which the matching code was typed. Only `proof/reserve-code` makes one. */
export type CheckedReserveCode = ReserveVerifier & { readonly [checkedReserveCode]: true };

/** The code in the text, with typing slips corrected; null if it is none. */
export const parseReserveCode = (text: string): string | null =>
  parseCrockford(text, RESERVE_CODE_LENGTH);

/** `7K3QX-M2P9D`: two halves that are easy to remember. */
export function writeReserveCode(code: string): string {
  const half = RESERVE_CODE_LENGTH / 2;
  return `${code.slice(0, half)}-${code.slice(half)}`;
}

export const reservePrefix = (code: string): string => code.slice(0, PREFIX_LENGTH);

/** The largest sum the code confirms if `amount` exceeds it; null if it does not. */
export function overReserveCap({ cap }: Pick<ReserveVerifier, 'cap'>, amount: Money): Money | null {
  return amount > cap ? money(cap) : null;
}
