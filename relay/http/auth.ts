// Authentication of a request: the till's session, and the elevation of its operator.
import type { Context, MiddlewareHandler, Next } from 'hono';
import type { Right } from '$lib/contract/policy';
import { may } from '$lib/domain/policy';
import { minuteOf } from '../store/presence';
import { tillById } from '../store/tills';
import { Refused, requiring, type Env } from './request';
import type { Session } from './sessions';

/** Requires the live session of an enrolled till; sets `till` and `session`. */
export const needSession: MiddlewareHandler<Env> = requiring(
  { kind: 'session' },
  async (c: Context<Env>, next: Next) => {
    const found = await findSession(c);
    if (found === null) throw new Refused(401, { kind: 'session-unknown' });
    await next();
  },
);

/** Sets `till` and `session` where the request carries a bearer token; refuses an unknown one. */
export const mayHaveSession: MiddlewareHandler<Env> = requiring(
  { kind: 'optional-session' },
  async (c: Context<Env>, next: Next) => {
    if (c.req.header('authorization') !== undefined && (await findSession(c)) === null)
      throw new Refused(401, { kind: 'session-unknown' });
    await next();
  },
);

async function findSession(c: Context<Env>): Promise<Session | null> {
  const relay = c.get('relay');
  const bearer = /^Bearer ([\w-]{43})$/.exec(c.req.header('authorization') ?? '');
  const session = bearer?.[1] ? relay.sessions.find(bearer[1], relay.now()) : null;
  if (!session) return null;
  // read for each request, so that a revocation takes effect with the next one
  const till = await tillById(relay.db, session.till);
  if (till === null) throw new Refused(401, { kind: 'unknown-till' });
  if (till.revokedAt !== null) throw new Refused(401, { kind: 'revoked' });
  const minute = minuteOf(relay.now());
  if (session.contactMinute !== minute) {
    // set first: parallel requests record one contact
    session.contactMinute = minute;
    await relay.recordContact(till.id);
  }
  c.set('till', till);
  c.set('session', session);
  return session;
}

/**
 * The elevated operator of this session, if the newest policy gives them one of the rights (`[]`: any operator).
 * Otherwise throws `Refused`.
 */
export function elevatedOperator(c: Context<Env>, anyOf: readonly Right[]): string {
  const relay = c.get('relay');
  const { elevation } = c.get('session');
  const kept = relay.policy();
  if (elevation === null || elevation.until <= relay.now() || kept === null)
    throw new Refused(403, { kind: 'elevation-needed' });
  const { operatorId } = elevation;
  if (anyOf.length > 0 && !anyOf.some((right) => may(kept.policy, operatorId, right)))
    throw new Refused(403, { kind: 'no-right' });
  return operatorId;
}

/** Whether the session's operator is elevated and has the right; for replies that leave fields out instead of refusing. */
export function isElevated(c: Context<Env>, right: Right): boolean {
  const relay = c.get('relay');
  const { elevation } = c.get('session');
  const kept = relay.policy();
  if (elevation === null || elevation.until <= relay.now() || kept === null) return false;
  return may(kept.policy, elevation.operatorId, right);
}

/** After `needSession`: requires an elevated operator with one of the rights; sets `operator`. */
export function needElevation(...anyOf: readonly [Right, ...Right[]]): MiddlewareHandler<Env> {
  return requiring({ kind: 'elevation', anyOf }, async (c: Context<Env>, next: Next) => {
    c.set('operator', elevatedOperator(c, anyOf));
    await next();
  });
}
