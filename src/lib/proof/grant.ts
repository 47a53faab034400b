// Signs and verifies grants; only this file makes a `VerifiedGrant`.
// The domain checks which deal a grant is for, and whether it was used.
import { grant as grantSchema, type Grant } from '$lib/contract/grant';
import type { PublicKey } from '$lib/contract/values';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import { signJws, verifyJws } from './jws';
import { importPublic } from './keys';

/** Compact JWS of the grant. `key` is the relay's private key, `kid` its name. */
export function signGrant(grant: Grant, key: CryptoKey, kid: string): Promise<string> {
  return signJws(grant, key, kid);
}

/** Null if not signed by `relayKey` or not a grant of this contract. */
export async function verifyGrant(jws: string, relayKey: PublicKey): Promise<VerifiedGrant | null> {
  const payload = await verifyJws(jws, await importPublic(relayKey));
  const parsed = grantSchema.safeParse(payload);
  return parsed.success ? (parsed.data as VerifiedGrant) : null;
}
