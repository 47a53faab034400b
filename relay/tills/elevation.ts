// Elevation for ten minutes: by an operator's PIN, and a code to their proven phone.
import { Hono } from 'hono';
import type { Right } from '$lib/contract/policy';
import { elevationRequest, type ElevationReply, type ElevationRequest } from '$lib/contract/till';
import { may, operatorOf } from '$lib/domain/policy';
import { verifyPin } from '$lib/proof/pin';
import { needSession } from '../http/auth';
import { body } from '../http/json-body';
import type { Env } from '../http/request';
import { checkOperatorCode, type OperatorCodes } from './operator-codes';
import { OPERATOR_CODE_STATUS, provenPhone } from './phone-proof';
import type { Relay } from '../context';
import type { Elevation } from '../http/sessions';
import { spendToken, tokenByHash } from '../store/tokens';
import { inTransaction } from '../store/transaction';
import { tokenHash } from './tokens';
import { forgetTries, triesLockedUntil, takeTry } from '../http/lockout';

export const ELEVATION_MS = 10 * 60_000;

/** The rights that need elevation; an operator without any of them gets none. */
const RIGHTS: readonly Right[] = ['settings', 'manage-staff', 'manage-customers', 'data'];

export const ELEVATION_STATUS = {
  ...OPERATOR_CODE_STATUS,
  elevated: 200,
  'wrong-pin': 401,
  'wrong-token': 401,
  locked: 429,
  'no-right': 403,
} as const satisfies Record<ElevationReply['kind'], number>;

/** `POST /sessions/elevation`. */
export function elevationRoutes(relay: Relay, codes: OperatorCodes): Hono<Env> {
  return new Hono<Env>().post(
    '/sessions/elevation',
    needSession,
    body(elevationRequest),
    async (c) => {
      const asked = c.req.valid('json');
      const session = c.get('session');
      const till = c.get('till').id;
      const reply = await judge(relay, codes, { ...asked, till, held: session.elevation });
      relay.log({ event: 'elevation', till, by: asked.operatorId, outcome: reply.kind });
      if (reply.kind === 'elevated')
        session.elevation = { operatorId: asked.operatorId, until: reply.until };
      return c.json(reply, ELEVATION_STATUS[reply.kind]);
    },
  );
}

type Asked = ElevationRequest & {
  readonly till: string;
  /** The session's elevation before; null: none. */
  readonly held: Elevation | null;
};

async function judge(relay: Relay, codes: OperatorCodes, asked: Asked): Promise<ElevationReply> {
  const { till, operatorId } = asked;
  const tries = `elevation:${till}:${operatorId}`;
  const policy = relay.policy()?.policy;
  const operator = policy && operatorOf(policy, operatorId);
  if (!operator || !RIGHTS.some((right) => may(policy, operatorId, right)))
    return { kind: 'no-right' };
  if (!(await takeTry(relay, tries)) || !(await verifyPin(asked.pin, operator.pin))) {
    const until = await triesLockedUntil(relay, tries);
    return until === null ? { kind: 'wrong-pin' } : { kind: 'locked', until };
  }
  await forgetTries(relay, tries);
  return secondFactor(relay, codes, asked);
}

/** After the right PIN: requires a code or a token where the operator's phone is proven; otherwise nothing more. */
async function secondFactor(
  relay: Relay,
  codes: OperatorCodes,
  asked: Asked,
): Promise<ElevationReply> {
  const { till, operatorId, code, token, held } = asked;
  const elevated = { kind: 'elevated', until: relay.now() + ELEVATION_MS } as const;
  const phone = await provenPhone(relay, operatorId);
  if (phone === null) return elevated;
  if (token !== undefined)
    return (await spendElevationToken(relay, { till, operatorId, token }))
      ? elevated
      : { kind: 'wrong-token' };
  // the reply to the right code may have been lost: keep the elevation, without a second message
  if (held?.operatorId === operatorId && held.until > relay.now())
    return { kind: 'elevated', until: held.until };
  const key = { purpose: 'elevate', till, operator: operatorId } as const;
  if (code === undefined) return codes.send(key, phone, asked.resend ? 'resend' : null);
  const checked = await inTransaction(relay, (relay) => checkOperatorCode(relay, key, phone, code));
  return checked.kind === 'right' ? elevated : checked;
}

/** A token from `npm run elevate` replaces the code, once. */
async function spendElevationToken(
  relay: Relay,
  asked: { till: string; operatorId: string; token: string },
): Promise<boolean> {
  const hash = tokenHash(relay, 'elevate', asked.token);
  const row = await tokenByHash(relay.db, hash, 'elevate');
  if (row === null || row.expiresAt <= relay.now()) return false;
  return spendToken(relay.db, hash, `${asked.till} ${asked.operatorId}`, relay.now());
}
