// Compact JWS, ES256 only, over canonical JSON: the envelope of policies, grants and watermarks.
// Each payload has its own schema.
import { CompactSign, compactVerify } from 'jose';
import type { PublicKey } from '$lib/contract/values';
import { bytesOf, canonical, fromBase64Url } from './canonical';
import { importPublic } from './keys';

/** Makes the compact JWS of a payload. `key` is the relay's private key, `kid` its name. */
export type Sign<Payload> = (payload: Payload, key: CryptoKey, kid: string) => Promise<string>;

/** A schema of `contract`. */
type Schema<Payload> = { safeParse(value: unknown): { readonly data?: Payload | undefined } };

/** Signs the canonical form of `payload`; `kid` names the key (`keyId`). */
export const signJws = (payload: object, privateKey: CryptoKey, kid: string): Promise<string> =>
  new CompactSign(bytesOf(canonical(payload)))
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(privateKey);

/** The payload, or null if it is malformed, signed by another key, or not in canonical form. */
export async function verifyJws(jws: string, key: CryptoKey): Promise<unknown> {
  try {
    const { payload } = await compactVerify(jws, key, { algorithms: ['ES256'] });
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    const value: unknown = JSON.parse(text);
    return canonical(value) === text ? value : null;
  } catch {
    return null; // any fault means that the relay did not sign it
  }
}

/** The payload; null if `relayKey` did not sign it or `schema` refuses it. */
export const verifySigned = async <Payload>(
  schema: Schema<Payload>,
  jws: string,
  relayKey: PublicKey,
): Promise<Payload | null> =>
  schema.safeParse(await verifyJws(jws, await importPublic(relayKey))).data ?? null;

/** Verifies payloads of this schema, as `verifySigned`. */
export const verifierOf =
  <Payload>(schema: Schema<Payload>) =>
  (jws: string, relayKey: PublicKey): Promise<Payload | null> =>
    verifySigned(schema, jws, relayKey);

/** The payload, unverified; null if it is malformed. Only for what was verified before, as what it proves is not checked again. */
export function payloadOf(jws: string): unknown {
  const bytes = fromBase64Url(jws.split('.')[1] ?? '');
  if (bytes === null) return null;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null; // not JSON, so no claim
  }
}
