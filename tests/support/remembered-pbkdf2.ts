// Caches WebCrypto's PBKDF2 results in this process.
// Tests check the same few PINs hundreds of times, and each result takes a tenth of a second.
import { toHex } from '$lib/proof/canonical';

/** From now on a derivation with the same secret, salt and rounds is computed once. */
export function rememberPbkdf2(): void {
  const { subtle } = crypto;
  const importKey = subtle.importKey.bind(subtle) as (...args: unknown[]) => Promise<CryptoKey>;
  const deriveBits = subtle.deriveBits.bind(subtle);
  const secrets = new WeakMap<CryptoKey, string>();
  const derived = new Map<string, Promise<ArrayBuffer>>();

  const importNoted = async (...args: unknown[]): Promise<CryptoKey> => {
    const key = await importKey(...args);
    const [format, secret, algorithm] = args;
    if (format === 'raw' && algorithm === 'PBKDF2') secrets.set(key, toHex(secret as Uint8Array));
    return key;
  };
  const deriveOnce: SubtleCrypto['deriveBits'] = async (how, key, length) => {
    const secret = secrets.get(key);
    if (secret === undefined) return deriveBits(how, key, length);
    const { hash, salt, iterations } = how as Pbkdf2Params;
    const name = JSON.stringify([secret, hash, toHex(salt as Uint8Array), iterations, length]);
    const known = derived.get(name) ?? deriveBits(how, key, length);
    derived.set(name, known);
    return (await known).slice(0);
  };
  Object.assign(subtle, { importKey: importNoted, deriveBits: deriveOnce });
}
