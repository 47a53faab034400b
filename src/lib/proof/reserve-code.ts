// Reserve codes: signs and opens verifiers, and checks a code against one.
// Only this file makes a `CheckedReserveCode`.
import { reserveVerifier, type ReserveVerifier } from '$lib/contract/reserve-code';
import type { PublicKey } from '$lib/contract/values';
import { reservePrefix, type CheckedReserveCode } from '$lib/domain/consent/reserve-code';
import { sameText, toHex } from './canonical';
import { signJws, verifierOf, type Sign } from './jws';
import { reserveHash, type ReserveHash } from './reserve-hash';
import { SLOW_ROUNDS } from './slow-hash';

/** The hash of a fresh code under its own salt, which is stored instead of the code. */
export async function keptOfCode(
  code: string,
  derive: ReserveHash = reserveHash,
): Promise<Pick<ReserveVerifier, 'prefix' | 'salt' | 'hash' | 'rounds'>> {
  const salt = toHex(crypto.getRandomValues(new Uint8Array(16)));
  const hash = await derive(code, { salt, rounds: SLOW_ROUNDS });
  return { prefix: reservePrefix(code), salt, hash, rounds: SLOW_ROUNDS };
}

export const signVerifier: Sign<ReserveVerifier> = signJws;

/** The verifier, if signed by `relayKey`; else null. */
export const openVerifier = verifierOf(reserveVerifier);

/** Null if the signature or the code is wrong. Derives one hash, which takes as long for a wrong code as for the right one. */
export async function checkReserveCode(
  code: string,
  jws: string,
  relayKey: PublicKey,
  derive: ReserveHash = reserveHash,
): Promise<CheckedReserveCode | null> {
  const verifier = await openVerifier(jws, relayKey);
  if (verifier === null) return null;
  const isIts = sameText(await derive(code, verifier), verifier.hash);
  return isIts ? (verifier as CheckedReserveCode) : null;
}
