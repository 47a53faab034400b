// Signs and verifies a till's claims to its relay: opening a session, and single requests.
import {
  requestSignature,
  type RequestClaim,
  type RequestSignature,
  type SessionClaim,
} from '$lib/contract/till';
import type { PublicKey } from '$lib/contract/values';
import { canonical } from './canonical';
import { importPublic, signBytes, verifyBytes } from './keys';

function textOf(claim: SessionClaim): string {
  const { purpose, origin, shop, till, at, nonce, head } = claim;
  const { seq, hash } = head;
  return canonical({ purpose, origin, shop, till, at, nonce, head: { seq, hash } });
}

/** Base64url of the 64-byte signature over the canonical claim. */
export const signSession = (claim: SessionClaim, privateKey: CryptoKey): Promise<string> =>
  signBytes(privateKey, textOf(claim));

/** Checks only the till's signature; the relay checks freshness and nonce. */
export const verifySession = (
  claim: SessionClaim,
  signature: string,
  publicKey: CryptoKey | PublicKey,
): Promise<boolean> => verifyText(textOf(claim), signature, publicKey);

function textOfRequest(claim: RequestClaim): string {
  const { purpose, origin, shop, till, at, nonce, method, path, body } = claim;
  return canonical({ purpose, origin, shop, till, at, nonce, method, path, body });
}

/** The value of `SIGNATURE_HEADER` for this request. */
export const signRequest = async (claim: RequestClaim, privateKey: CryptoKey): Promise<string> =>
  `${claim.at}.${claim.nonce}.${await signBytes(privateKey, textOfRequest(claim))}`;

/** The parts of a `SIGNATURE_HEADER`; null: malformed. */
export function readRequestSignature(header: string): RequestSignature | null {
  const [at = '', nonce, signature, ...more] = header.split('.');
  if (more.length > 0 || !/^\d{1,15}$/.test(at)) return null;
  return requestSignature.safeParse({ at: Number(at), nonce, signature }).data ?? null;
}

/** Checks only the till's signature; the relay checks freshness and nonce. */
export const verifyRequest = (
  claim: RequestClaim,
  signature: string,
  publicKey: CryptoKey | PublicKey,
): Promise<boolean> => verifyText(textOfRequest(claim), signature, publicKey);

async function verifyText(
  text: string,
  signature: string,
  publicKey: CryptoKey | PublicKey,
): Promise<boolean> {
  const key = 'kty' in publicKey ? await importPublic(publicKey) : publicKey;
  return verifyBytes(key, text, signature);
}
