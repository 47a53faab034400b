// Elevation: an operator shows his PIN to the relay itself and may, for ten minutes, change what the shop runs by.
import { Hono } from 'hono';
import type { Right } from '$lib/contract/policy';
import { elevationRequest, type ElevationReply } from '$lib/contract/till';
import { may, operatorOf } from '$lib/domain/policy';
import { verifyPin } from '$lib/proof/pin';
import { body, needSession, type Env } from './gate';
import type { Relay } from './relay';
import { spendToken, tokenByHash } from './store/tokens';
import { tokenHash } from './tokens';
import { forgetTries, pauseOf, takeTry } from './tries';

const ELEVATION_MS = 10 * 60_000;

/** Without one of these there is nothing an elevation could be used for. */
const RIGHTS: readonly Right[] = ['settings', 'manage-staff', 'manage-customers', 'data'];

const STATUS = {
  elevated: 200,
  'code-sent': 202,
  'wrong-pin': 401,
  'wrong-code': 401,
  locked: 429,
  'no-right': 403,
} as const satisfies Record<ElevationReply['kind'], number>;

/** `POST /sessions/elevation`. */
export function elevationRoutes(relay: Relay): Hono<Env> {
  return new Hono<Env>().post(
    '/sessions/elevation',
    needSession,
    body(elevationRequest),
    async (c) => {
      const { operatorId, pin, token } = c.req.valid('json');
      const till = c.get('till').id;
      const reply = await judge(relay, { till, operatorId, pin, token: token ?? null });
      relay.log({ event: 'elevation', till, by: operatorId, outcome: reply.kind });
      if (reply.kind === 'elevated')
        c.get('session').elevation = { operatorId, until: reply.until };
      return c.json(reply, STATUS[reply.kind]);
    },
  );
}

async function judge(
  relay: Relay,
  asked: { till: string; operatorId: string; pin: string; token: string | null },
): Promise<ElevationReply> {
  const { till, operatorId } = asked;
  const tries = `elevation:${till}:${operatorId}`;
  const policy = relay.policy()?.policy;
  const operator = policy && operatorOf(policy, operatorId);
  if (!operator || !RIGHTS.some((right) => may(policy, operatorId, right)))
    return { kind: 'no-right' };
  if (!takeTry(relay, tries)) return lockedOr(relay, tries, { kind: 'wrong-pin' });
  if (!(await verifyPin(asked.pin, operator.pin)))
    return lockedOr(relay, tries, { kind: 'wrong-pin' });
  if (relay.provenPhone(operatorId) !== null && !spendElevationToken(relay, asked))
    // The code to his phone comes with the proving of phones. Until then nobody's phone is proven.
    return lockedOr(relay, tries, { kind: 'wrong-code', checksLeft: 0 });
  forgetTries(relay, tries);
  return { kind: 'elevated', until: relay.now() + ELEVATION_MS };
}

function lockedOr(relay: Relay, tries: string, reply: ElevationReply): ElevationReply {
  const until = pauseOf(relay, tries);
  return until === null ? reply : { kind: 'locked', until };
}

/** A token from `npm run elevate` takes the code's place, once. */
function spendElevationToken(
  relay: Relay,
  asked: { till: string; operatorId: string; token: string | null },
): boolean {
  if (asked.token === null) return false;
  const hash = tokenHash(relay, 'elevate', asked.token);
  const row = tokenByHash(relay.db, hash, 'elevate');
  if (row === null || row.expiresAt <= relay.now()) return false;
  return spendToken(relay.db, hash, `${asked.till} ${asked.operatorId}`, relay.now());
}
