// Signs and verifies grants, and an owner's approvals; only this file makes a `VerifiedGrant`.
// The domain checks which deal a grant is for; callers check what an approval is for. Both check whether it was used.
import type { AccountEntry } from '$lib/contract/acts/account';
import {
  forgetApproval,
  grant,
  importApproval,
  type ForgetApproval,
  type Grant,
  type ImportApproval,
} from '$lib/contract/grant';
import type { PublicKey } from '$lib/contract/values';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import { hashOf } from './canonical';
import { signJws, verifierOf, verifySigned, type Sign } from './jws';

export const signGrant: Sign<Grant> = signJws;

/** Null if not signed by `relayKey` or not a grant of this contract. */
export async function verifyGrant(jws: string, relayKey: PublicKey): Promise<VerifiedGrant | null> {
  return (await verifySigned(grant, jws, relayKey)) as VerifiedGrant | null;
}

export const signForgetApproval: Sign<ForgetApproval> = signJws;

/** Null if not signed by `relayKey` or not an approval. */
export const verifyForgetApproval = verifierOf(forgetApproval);

export const signImportApproval: Sign<ImportApproval> = signJws;

/** Null if not signed by `relayKey` or not an approval. */
export const verifyImportApproval = verifierOf(importApproval);

/** The hash of the account steps of an approved import. */
export const accountsHash = (accounts: readonly AccountEntry[]): Promise<string> =>
  hashOf({ accounts });
