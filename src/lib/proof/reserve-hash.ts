// The slow hash of a reserve code, derived on the page, in a worker or at the relay.
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { fromHex } from './canonical';
import { slowHash } from './slow-hash';

/** Derives the hash that a verifier stores for a code. */
export type ReserveHash = (
  code: string,
  of: Pick<ReserveVerifier, 'salt' | 'rounds'>,
) => Promise<string>;

/** Input of the derivation, as sent to another thread. */
export type HashOrder = { readonly code: string } & Pick<ReserveVerifier, 'salt' | 'rounds'>;

/** Derives in the calling thread; throws if the salt is invalid. */
export const reserveHash: ReserveHash = (code, { salt, rounds }) => {
  const bytes = fromHex(salt);
  if (bytes === null) throw new TypeError('a salt is hex');
  return slowHash(code, bytes, rounds);
};
