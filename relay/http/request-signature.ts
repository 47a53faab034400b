// The till's signature over one request: each opens one request, at this relay, within a minute.
import type { Context } from 'hono';
import { requestClaim } from '$lib/contract/till';
import { SIGNATURE_HEADER } from '$lib/contract/version';
import { sha256Hex } from '$lib/proof/canonical';
import { readRequestSignature, verifyRequest } from '$lib/proof/session';
import { takeNonce } from '../store/nonces';
import type { TillRow } from '../store/tills';
import { ownOrigins } from './address';
import { BODY_LIMIT, malformed, readText } from './json-body';
import { Refused, type Env } from './request';

/** Largest difference between a claim's time and the relay's, either way. */
export const CLAIM_AGE_MS = 60_000;

const BASE = '/api/v1';

/** Whether the request carries a signature of the till; throws `Refused` where it is wrong, too old, or was used before. */
export async function isSigned(c: Context<Env>, till: TillRow): Promise<boolean> {
  const header = c.req.header(SIGNATURE_HEADER);
  if (header === undefined) return false;
  const relay = c.get('relay');
  const parts = readRequestSignature(header);
  if (parts === null) throw new Refused(401, { kind: 'wrong-signature' });
  const { at, nonce, signature } = parts;
  const now = relay.now();
  if (Math.abs(now - at) > CLAIM_AGE_MS) throw new Refused(401, { kind: 'stale-signature', now });
  const { pathname, search } = new URL(c.req.url);
  const claim = requestClaim.safeParse({
    purpose: 'request',
    origin: '',
    shop: relay.shopId,
    till: till.id,
    at,
    nonce,
    method: c.req.method,
    path: pathname.slice(BASE.length) + search,
    body: await sha256Hex(await textOf(c)),
  }).data;
  if (claim === undefined) throw new Refused(401, { kind: 'wrong-signature' });
  let verified = false;
  for (const origin of ownOrigins(relay))
    verified ||= await verifyRequest({ ...claim, origin }, signature, till.publicKey);
  if (!verified) throw new Refused(401, { kind: 'wrong-signature' });
  const forgetAt = at + 2 * CLAIM_AGE_MS;
  if (!(await takeNonce(relay.db, { till: till.id, nonce, now, forgetAt })))
    throw new Refused(401, { kind: 'stale-signature', now });
  return true;
}

async function textOf(c: Context<Env>): Promise<string> {
  try {
    return await readText(c, BODY_LIMIT);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw malformed('');
  }
}
