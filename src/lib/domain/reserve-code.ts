// Reserve codes as people write them: read with every usual slip forgiven, written so that they can be read out. What a checked one may confirm.
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { parseCrockford } from './crockford';
import { money, type Money } from './money';

export const RESERVE_CODE_LENGTH = 10;
/** Characters by which a verifier is found. */
const PREFIX_LENGTH = 2;

declare const checkedReserveCode: unique symbol;
/** A verifier the relay has signed, and the code that was typed is its own. Only `proof/reserve-code` makes one. */
export type CheckedReserveCode = ReserveVerifier & { readonly [checkedReserveCode]: true };

/** The code a text can only mean; null where it is none. */
export function parseReserveCode(text: string): string | null {
  return parseCrockford(text, RESERVE_CODE_LENGTH);
}

/** `7K3QX-M2P9D`: two halves a person can keep in mind. */
export function writeReserveCode(code: string): string {
  const half = RESERVE_CODE_LENGTH / 2;
  return `${code.slice(0, half)}-${code.slice(half)}`;
}

export function reservePrefix(code: string): string {
  return code.slice(0, PREFIX_LENGTH);
}

/** The largest sum the code confirms, where `amount` is more; null where it is not. */
export function overReserveCap({ cap }: Pick<ReserveVerifier, 'cap'>, amount: Money): Money | null {
  return amount > cap ? money(cap) : null;
}
