// Signs and verifies an owner's approval of an import, and hashes the approved account steps.
import { importApproval, type ImportApproval } from '$lib/contract/grant';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { PublicKey } from '$lib/contract/values';
import { hashOf } from './canonical';
import { signJws, verifyJws } from './jws';
import { importPublic } from './keys';

export function accountsHash(accounts: readonly AccountEntry[]): Promise<string> {
  return hashOf({ accounts });
}

/** Compact JWS of the approval. `key` is the relay's private key, `kid` its name. */
export function signImportApproval(
  approval: ImportApproval,
  key: CryptoKey,
  kid: string,
): Promise<string> {
  return signJws(approval, key, kid);
}

/** Null if not signed by `relayKey` or not an approval. The caller checks which import it is for, and whether it was used. */
export async function verifyImportApproval(
  jws: string,
  relayKey: PublicKey,
): Promise<ImportApproval | null> {
  const payload = await verifyJws(jws, await importPublic(relayKey));
  return importApproval.safeParse(payload).data ?? null;
}
