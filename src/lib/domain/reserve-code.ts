// Reserve codes as people write them: read with every usual slip forgiven, written so that they can be read out. What a checked one may confirm.
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { money, type Money } from './money';

export const RESERVE_CODE_LENGTH = 10;
/** Characters by which a verifier is found. */
const PREFIX_LENGTH = 2;
/** Crockford's base 32. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

declare const checkedReserveCode: unique symbol;
/** A verifier the relay has signed, and the code that was typed is its own. Only `proof/reserve-code` makes one. */
export type CheckedReserveCode = ReserveVerifier & { readonly [checkedReserveCode]: true };

/** Letters Crockford left out, and Cyrillic ones that look like Latin: a till's keyboard may stand on either. */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  ...{ O: '0', I: '1', L: '1' },
  ...{
    А: 'A',
    В: 'B',
    Е: 'E',
    К: 'K',
    М: 'M',
    Н: 'H',
    О: '0',
    Р: 'P',
    С: 'C',
    Т: 'T',
    У: 'Y',
    Х: 'X',
  },
};

/** What was meant, as far as it has been typed: spaces, dashes and case do not matter, look-alikes are read as what they look like. */
export function readReserveCode(text: string): string {
  return [...text.toUpperCase().replace(/[\s\p{Dash}]/gu, '')]
    .map((letter) => LOOKS_LIKE[letter] ?? letter)
    .join('');
}

/** The code a text can only mean; null where it is none. */
export function parseReserveCode(text: string): string | null {
  const code = readReserveCode(text);
  const isWhole = code.length === RESERVE_CODE_LENGTH;
  return isWhole && [...code].every((letter) => CROCKFORD.includes(letter)) ? code : null;
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
