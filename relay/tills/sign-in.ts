// Opens a session for a till that signs a fresh claim with its own key.
import { Hono } from 'hono';
import { sessionRequest, type SessionClaim, type SessionReply } from '$lib/contract/till';
import { verifySession } from '$lib/proof/session';
import { ownOrigins } from '../http/address';
import { body } from '../http/json-body';
import type { Env } from '../http/request';
import { CLAIM_AGE_MS } from '../http/request-signature';
import type { Relay } from '../context';
import {
  detectLostOrder,
  detectPutBack,
  nextMark,
  signed,
  verifyAcknowledged,
  verifyDownloaded,
} from './restored';
import { takeSignedHead } from './withheld';
import { takeNonce } from '../store/nonces';
import { noteRemovalKnown, sawTill, tillById } from '../store/tills';
import { inTransaction } from '../store/transaction';

/** `POST /sessions`. */
export function sessionRoutes(relay: Relay): Hono<Env> {
  return new Hono<Env>().post('/sessions', body(sessionRequest), async (c) => {
    const request = c.req.valid('json');
    const { tillId, at, nonce, head, signature, checkpoint } = request;
    const refuse = (reply: SessionReply): Response => c.json(reply, 401);
    const till = await tillById(relay.db, tillId);
    if (till === null) return refuse({ kind: 'unknown-till' });
    const now = relay.now();
    const { shopId: shop } = relay;
    const claim = { purpose: 'session', shop, till: tillId, at, nonce, head } as const;
    if (till.revokedAt !== null) {
      const isFresh = till.removalKnownAt === null && Math.abs(now - at) <= CLAIM_AGE_MS;
      if (isFresh && (await signedByTill(relay, claim, signature)))
        await noteRemovalKnown(relay.db, tillId, now);
      return refuse({ kind: 'revoked' });
    }
    if (Math.abs(now - at) > CLAIM_AGE_MS) return refuse({ kind: 'stale-signature', now });
    if (!(await signedByTill(relay, claim, signature))) return refuse({ kind: 'wrong-signature' });
    const forgetAt = at + 2 * CLAIM_AGE_MS;
    if (!(await takeNonce(relay.db, { till: tillId, nonce, now, forgetAt })))
      return refuse({ kind: 'stale-signature', now });
    const shown = await verifyAcknowledged(relay, request);
    const point = checkpoint === undefined ? null : await verifyDownloaded(relay, checkpoint);
    const mark = await inTransaction(relay, async (relay) => {
      await detectPutBack(relay, tillId, shown);
      if (point !== null) await detectLostOrder(relay, tillId, point);
      await sawTill(relay.db, tillId, now);
      await takeSignedHead(relay, tillId, { ...head, at });
      return nextMark(relay, tillId);
    });
    const { token, session } = relay.sessions.open(tillId, now);
    const { expiresAt } = session;
    const watermark = await signed(relay, mark);
    const reply: SessionReply = { kind: 'session', token, expiresAt, now, ...watermark };
    return c.json(reply, 200);
  });
}

/** Whether the till signed this claim for one of the relay's own addresses. */
async function signedByTill(
  relay: Relay,
  claim: Omit<SessionClaim, 'origin'>,
  signature: string,
): Promise<boolean> {
  const till = await tillById(relay.db, claim.till);
  if (till === null) return false;
  for (const origin of ownOrigins(relay))
    if (await verifySession({ ...claim, origin }, signature, till.publicKey)) return true;
  return false;
}
