// Authentication of a request: the till's session, and the elevation of its operator.
import type { Context, MiddlewareHandler, Next } from 'hono';
import type { Right } from '$lib/contract/policy';
import type { ElevationLevel } from '$lib/contract/till';
import { may } from '$lib/domain/policy/policy';
import { minuteOf } from '../store/presence';
import { hasRealService } from '../store/provider';
import { quarantinedFrom } from '../store/quarantine';
import { tillById } from '../store/tills';
import { Refused, requiring, type Env } from './request';
import { isSigned } from './request-signature';
import type { Session } from './sessions';

/** Requires the live session of an enrolled till; sets `till`, `session` and `signed`. */
export const needSession: MiddlewareHandler<Env> = requiring(
  { kind: 'session' },
  async (c: Context<Env>, next: Next) => {
    const found = await findSession(c);
    if (found === null) throw new Refused(401, { kind: 'session-unknown' });
    await next();
  },
);

/** After `needSession`: refuses a till whose journal is kept apart from the shop's. */
export const needOwnJournal: MiddlewareHandler<Env> = async (c, next) => {
  if ((await quarantinedFrom(c.get('relay').db, c.get('till').id)) !== null)
    throw new Refused(409, { kind: 'journal-set-aside' });
  await next();
};

/** Sets `till`, `session` and `signed` where the request carries a bearer token; refuses an unknown one. */
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
  c.set('signed', await isSigned(c, till));
  return session;
}

/**
 * The elevated operator of this session, at this level, if the newest policy gives them one of the rights (`[]`: any
 * operator). Otherwise throws `Refused`; also where the till did not sign the request.
 */
export async function elevatedOperator(
  c: Context<Env>,
  level: ElevationLevel,
  anyOf: readonly Right[],
): Promise<string> {
  const relay = c.get('relay');
  const { elevation } = c.get('session');
  const kept = relay.policy();
  if (elevation === null || elevation.until <= relay.now() || kept === null)
    throw new Refused(403, { kind: 'elevation-needed', level });
  if (!c.get('signed')) throw new Refused(401, { kind: 'wrong-signature' });
  const { operatorId, by } = elevation;
  if (anyOf.length > 0 && !anyOf.some((right) => may(kept.policy, operatorId, right)))
    throw new Refused(403, { kind: 'no-right' });
  if (level === 'phone' && by === 'pin' && (await hasRealService(relay.db)))
    throw new Refused(403, { kind: 'elevation-needed', level });
  return operatorId;
}

/** Whether `needElevation` would let this request pass; for replies that leave fields out instead of refusing. */
export async function isElevated(c: Context<Env>, right: Right): Promise<boolean> {
  try {
    await elevatedOperator(c, 'phone', [right]);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

/**
 * After `needSession`: requires an operator with one of the rights, elevated by a code to their own phone or by a token,
 * to read what only they may see; sets `operator`.
 */
export const needElevation = (...anyOf: readonly [Right, ...Right[]]): MiddlewareHandler<Env> =>
  elevationAt('phone', anyOf);

/** After `needSession`: requires an operator with one of the rights who gave their PIN, to change something; sets `operator`. */
export const needPin = (...anyOf: readonly [Right, ...Right[]]): MiddlewareHandler<Env> =>
  elevationAt('pin', anyOf);

function elevationAt(level: ElevationLevel, anyOf: readonly Right[]): MiddlewareHandler<Env> {
  return requiring({ kind: 'elevation', level, anyOf }, async (c: Context<Env>, next: Next) => {
    c.set('operator', await elevatedOperator(c, level, anyOf));
    await next();
  });
}
