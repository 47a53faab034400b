// Signs and verifies an owner's approval of forgetting a customer.
import { forgetApproval, type ForgetApproval } from '$lib/contract/grant';
import type { PublicKey } from '$lib/contract/values';
import { signJws, verifyJws } from './jws';
import { importPublic } from './keys';

/** Compact JWS of the approval. `key` is the relay's private key, `kid` its name. */
export function signForgetApproval(
  approval: ForgetApproval,
  key: CryptoKey,
  kid: string,
): Promise<string> {
  return signJws(approval, key, kid);
}

/** Null if not signed by `relayKey` or not an approval. The caller checks for whom it is, and whether it was used. */
export async function verifyForgetApproval(
  jws: string,
  relayKey: PublicKey,
): Promise<ForgetApproval | null> {
  const payload = await verifyJws(jws, await importPublic(relayKey));
  return forgetApproval.safeParse(payload).data ?? null;
}
