// Opens a session for a till that signs a fresh claim with its own key.
import { sessionReply, sessionRequest, type SessionClaim } from '$lib/contract/till';
import { verifySession } from '$lib/proof/session';
import { ownOrigins } from '../http/address';
import { CLAIM_AGE_MS } from '../http/request-signature';
import { minutes, OPEN, replies, route, type Route } from '../http/route';
import { SESSION_MS } from '../http/sessions';
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

/** Signing in. */
export const sessionRoutes = (relay: Relay): Route[] => [
  route('POST /sessions', {
    id: 'openSession',
    summary: 'Open a session by a signature of the till’s key',
    description: `The signature is ECDSA P-256 with SHA-256 over the canonical JSON (RFC 8785) of \`sessionClaim\`, whose \`origin\` is the relay’s own address. \`at\` may differ from the relay’s clock by ${CLAIM_AGE_MS / 1000} seconds; a nonce is good once. \`head\` is the end of the till’s journal: no later entry may be older than \`at\`. The session lasts ${minutes(SESSION_MS)}.`,
    access: OPEN,
    body: sessionRequest,
    replies: replies(sessionReply, {
      session: 200,
      'stale-signature': 401,
      'wrong-signature': 401,
      'unknown-till': 401,
      revoked: 401,
    }),
  }).handle(async ({ body }) => {
    const { tillId, at, nonce, head, signature, checkpoint } = body;
    const till = await tillById(relay.db, tillId);
    if (till === null) return { kind: 'unknown-till' };
    const now = relay.now();
    const { shopId: shop } = relay;
    const claim = { purpose: 'session', shop, till: tillId, at, nonce, head } as const;
    if (till.revokedAt !== null) {
      const isFresh = till.removalKnownAt === null && Math.abs(now - at) <= CLAIM_AGE_MS;
      if (isFresh && (await signedByTill(relay, claim, signature)))
        await noteRemovalKnown(relay.db, tillId, now);
      return { kind: 'revoked' };
    }
    if (Math.abs(now - at) > CLAIM_AGE_MS) return { kind: 'stale-signature', now };
    if (!(await signedByTill(relay, claim, signature))) return { kind: 'wrong-signature' };
    const forgetAt = at + 2 * CLAIM_AGE_MS;
    if (!(await takeNonce(relay.db, { till: tillId, nonce, now, forgetAt })))
      return { kind: 'stale-signature', now };
    const shown = await verifyAcknowledged(relay, body);
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
    return { kind: 'session', token, expiresAt, now, ...(await signed(relay, mark)) };
  }),
];

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
