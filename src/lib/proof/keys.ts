// ECDSA P-256 keys of tills and relays: making, naming, signing, verifying.
// A till's private key never leaves WebCrypto.
import type { PublicKey } from '$lib/contract/values';
import { bytesOf, fromBase64Url, hashOf, toBase64Url } from './canonical';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** A till's key pair. The private key cannot be exported; IndexedDB stores the objects themselves. */
export const makeTillKey = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);

/** The relay's key pair: the private half for its store, the public half for tills to pin. */
export async function makeRelayKey(): Promise<{ privateJwk: JsonWebKey; publicKey: PublicKey }> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  return {
    privateJwk: await crypto.subtle.exportKey('jwk', pair.privateKey),
    publicKey: await exportPublic(pair.publicKey),
  };
}

/** Throws if the key is not a private P-256 key. */
export const importPrivate = (jwk: JsonWebKey): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, CURVE, false, ['sign']);

/** Cache: keys that were imported, by `x` and `y`. One key verifies many signatures. */
const imported = new Map<string, Promise<CryptoKey>>();
/** Keys of all tills of some hundred shops. */
const MOST_IMPORTED = 1000;

/** Throws if the point is not on the curve. */
export function importPublic({ kty, crv, x, y }: PublicKey): Promise<CryptoKey> {
  const held = imported.get(`${x}.${y}`);
  if (held !== undefined) return held;
  if (imported.size >= MOST_IMPORTED) imported.clear();
  const key = crypto.subtle.importKey('jwk', { kty, crv, x, y }, CURVE, true, ['verify']);
  imported.set(`${x}.${y}`, key);
  return key;
}

export async function exportPublic(key: CryptoKey): Promise<PublicKey> {
  const { x, y } = await crypto.subtle.exportKey('jwk', key);
  if (x === undefined || y === undefined) throw new TypeError('not a P-256 public key');
  return { kty: 'EC', crv: 'P-256', x, y };
}

/** Name of a key: SHA-256 hex of its canonical public half. */
export function keyId(key: PublicKey): Promise<string> {
  const { kty, crv, x, y } = key;
  return hashOf({ kty, crv, x, y });
}

/** Base64url of the 64-byte P1363 signature over the UTF-8 text. */
export async function signBytes(privateKey: CryptoKey, text: string): Promise<string> {
  const signature = await crypto.subtle.sign(SIGNATURE, privateKey, bytesOf(text));
  return toBase64Url(new Uint8Array(signature));
}

/** False also for a malformed signature. */
export async function verifyBytes(
  publicKey: CryptoKey,
  text: string,
  signature: string,
): Promise<boolean> {
  const bytes = fromBase64Url(signature);
  if (bytes === null || bytes.length !== 64) return false;
  return crypto.subtle.verify(SIGNATURE, publicKey, bytes, bytesOf(text));
}
