// Caches WebCrypto's PBKDF2 results and imported keys in this process.
// Tests check the same few PINs hundreds of times, and thousands of signatures with the same few keys.
// A derivation takes a tenth of a second; importing a key takes longer than checking a signature.
import { toHex } from '$lib/proof/canonical';

/** From now on a derivation with the same secret, salt and rounds is computed once, and the same JWK imported once. */
export function rememberWebCrypto(): void {
  const { subtle } = crypto;
  const importKey = subtle.importKey.bind(subtle) as (...args: unknown[]) => Promise<CryptoKey>;
  const deriveBits = subtle.deriveBits.bind(subtle);
  const secrets = new WeakMap<CryptoKey, string>();
  const derived = new Map<string, Promise<ArrayBuffer>>();
  const imported = new Map<string, Promise<CryptoKey>>();

  const importOnce = async (...args: unknown[]): Promise<CryptoKey> => {
    const [format, secret, algorithm] = args;
    if (format === 'jwk') {
      const name = JSON.stringify(args);
      const known = imported.get(name) ?? importKey(...args);
      imported.set(name, known);
      return known;
    }
    const key = await importKey(...args);
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
  Object.assign(subtle, { importKey: importOnce, deriveBits: deriveOnce });
}
