// Sessions: a till signs a claim and gets a bearer for 15 minutes. They live in memory alone; a restart forgets them.
import { createHash, randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { sessionRequest, type SessionClaim, type SessionReply } from '$lib/contract/till';
import { verifySession } from '$lib/proof/session';
import { ownOrigins } from '../http/address';
import { body, type Env } from '../http/gate';
import type { Relay } from '../relay';
import { takeNonce } from '../store/nonces';
import { sawTill, tillById } from '../store/tills';

export const SESSION_MS = 15 * 60_000;
/** How far a claim's time may lie from the relay's, either way. */
export const CLAIM_AGE_MS = 60_000;

/** An operator has shown his PIN to the relay. */
export type Elevation = { readonly operatorId: string; readonly until: number };

export type Session = {
  readonly till: string;
  readonly expiresAt: number;
  elevation: Elevation | null;
  /** The minute in which it was last heard of; null before its first call. */
  heardIn: number | null;
};

export type Sessions = {
  /** Makes a session and its bearer. */
  open(till: string, now: number): { token: string; session: Session };
  /** The session of this bearer while it lives. */
  find(token: string, now: number): Session | null;
  /** Ends all sessions of a till. */
  endTill(till: string): void;
};

/** An empty set of sessions. */
export function openSessions(): Sessions {
  // by hash: the time a look-up takes then says nothing about the bearer
  const byHash = new Map<string, Session>();
  const hashOfToken = (token: string): string =>
    createHash('sha256').update(token).digest('base64url');
  const forget = (unwanted: (session: Session) => boolean): void => {
    for (const [hash, session] of byHash) if (unwanted(session)) byHash.delete(hash);
  };
  return {
    open: (till, now) => {
      forget((session) => session.expiresAt <= now);
      const token = randomBytes(32).toString('base64url');
      const session: Session = {
        till,
        expiresAt: now + SESSION_MS,
        elevation: null,
        heardIn: null,
      };
      byHash.set(hashOfToken(token), session);
      return { token, session };
    },
    find: (token, now) => {
      const session = byHash.get(hashOfToken(token));
      return session && session.expiresAt > now ? session : null;
    },
    endTill: (till) => forget((session) => session.till === till),
  };
}

/** `POST /sessions`. */
export function sessionRoutes(relay: Relay): Hono<Env> {
  return new Hono<Env>().post('/sessions', body(sessionRequest), async (c) => {
    const { tillId, at, nonce, signature } = c.req.valid('json');
    const refuse = (reply: SessionReply): Response => c.json(reply, 401);
    const till = tillById(relay.db, tillId);
    if (till === null) return refuse({ kind: 'unknown-till' });
    if (till.revokedAt !== null) return refuse({ kind: 'revoked' });
    const now = relay.now();
    if (Math.abs(now - at) > CLAIM_AGE_MS) return refuse({ kind: 'stale-signature', now });
    const claim = { purpose: 'session', shop: relay.shopId, till: tillId, at, nonce } as const;
    if (!(await signedByTill(relay, claim, signature))) return refuse({ kind: 'wrong-signature' });
    const forgetAt = at + 2 * CLAIM_AGE_MS;
    if (!takeNonce(relay.db, { till: tillId, nonce, now, forgetAt }))
      return refuse({ kind: 'stale-signature', now });
    sawTill(relay.db, tillId, now);
    const { token, session } = relay.sessions.open(tillId, now);
    const reply: SessionReply = { kind: 'session', token, expiresAt: session.expiresAt, now };
    return c.json(reply, 200);
  });
}

/** Whether the till signed this claim for one of the relay's own addresses. */
async function signedByTill(
  relay: Relay,
  claim: Omit<SessionClaim, 'origin'>,
  signature: string,
): Promise<boolean> {
  const till = tillById(relay.db, claim.till);
  if (till === null) return false;
  for (const origin of ownOrigins(relay))
    if (await verifySession({ ...claim, origin }, signature, till.publicKey)) return true;
  return false;
}
