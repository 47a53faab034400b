// A slow salted hash of a short secret, stored in place of a PIN or a reserve code.
import { bytesOf, toHex } from './canonical';

/** Rounds for new hashes; a verifier names its own. */
export const SLOW_ROUNDS = 600_000;

/** PBKDF2-SHA256 over the UTF-8 text, 32 bytes, lower-case hex. */
export async function slowHash(
  text: string,
  salt: Uint8Array<ArrayBuffer>,
  rounds: number,
): Promise<string> {
  const key = await crypto.subtle.importKey('raw', bytesOf(text), 'PBKDF2', false, ['deriveBits']);
  const bits = await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds },
    key,
    256,
  );
  return toHex(new Uint8Array(bits));
}
