// Signs and verifies the claim by which a till opens a session with its relay.
import type { SessionClaim } from '$lib/contract/till';
import type { PublicKey } from '$lib/contract/values';
import { canonical } from './canonical';
import { importPublic, signBytes, verifyBytes } from './keys';

function textOf(claim: SessionClaim): string {
  const { purpose, origin, shop, till, at, nonce } = claim;
  return canonical({ purpose, origin, shop, till, at, nonce });
}

/** Base64url of the 64-byte signature over the canonical claim. */
export function signSession(claim: SessionClaim, privateKey: CryptoKey): Promise<string> {
  return signBytes(privateKey, textOf(claim));
}

/** Checks only the till's signature; the relay checks freshness and nonce. */
export async function verifySession(
  claim: SessionClaim,
  signature: string,
  publicKey: CryptoKey | PublicKey,
): Promise<boolean> {
  const key = 'kty' in publicKey ? await importPublic(publicKey) : publicKey;
  return verifyBytes(key, textOf(claim), signature);
}
