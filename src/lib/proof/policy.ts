// Signs and verifies policies.
// Only this file makes a `VerifiedPolicy`, which every check of a right, method or cap needs.
import { policy as policySchema, type Policy } from '$lib/contract/policy';
import type { PublicKey } from '$lib/contract/values';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { sha256Hex } from './canonical';
import { signJws, verifySigned, type Sign } from './jws';

export const signPolicy: Sign<Policy> = signJws;

/**
 * Null if not signed by `relayKey` or not a policy of this contract. Does not check shop or version: the caller does.
 */
export const verifyPolicy = async (
  jws: string,
  relayKey: PublicKey,
): Promise<VerifiedPolicy | null> =>
  (await verifySigned(policySchema, jws, relayKey)) as VerifiedPolicy | null;

/** SHA-256 hex of a signed policy: distinguishes two of the same version. */
export const policyMark = (jws: string): Promise<string> => sha256Hex(jws);
