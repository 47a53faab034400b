// Authentication of a request: the till's session, and the elevation of its operator.
import type { Context } from 'hono';
import type { Right } from '$lib/contract/policy';
import type { ElevationLevel } from '$lib/contract/till';
import { may } from '$lib/domain/policy/policy';
import { minuteOf } from '../store/presence';
import { hasRealService } from '../store/provider';
import { quarantinedFrom } from '../store/quarantine';
import { tillById } from '../store/tills';
import { Refused, type Env } from './request';
import { isSigned } from './request-signature';
import type { Access } from './route';
import type { Session } from './sessions';

/** Lets a request in as its route demands, or throws `Refused`; sets `till`, `session`, `signed` and `operator`. */
export async function admit(c: Context<Env>, access: Access): Promise<void> {
  if (access.kind === 'open' || access.kind === 'callback') return;
  if (access.kind === 'optional-session' && c.req.header('authorization') === undefined) return;
  if ((await findSession(c)) === null) throw new Refused(401, { kind: 'session-unknown' });
  if (access.kind === 'elevation')
    c.set('operator', await elevatedOperator(c, access.level, access.anyOf));
  if (access.kind !== 'session' || !access.ownJournal) return;
  if ((await quarantinedFrom(c.get('relay').db, c.get('till').id)) !== null)
    throw new Refused(409, { kind: 'journal-set-aside' });
}

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

/** Whether an elevation to read would let this request pass; for replies that leave fields out instead of refusing. */
export async function isElevated(c: Context<Env>, right: Right): Promise<boolean> {
  try {
    await elevatedOperator(c, 'phone', [right]);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
