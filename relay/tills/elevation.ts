// Elevation for ten minutes: by an operator's PIN, and for reading by a code to their own phone.
import type { Right } from '$lib/contract/policy';
import {
  ELEVATION_MS,
  elevationReply,
  elevationRequest,
  type ElevationReply,
  type ElevationRequest,
} from '$lib/contract/till';
import { may, operatorOf } from '$lib/domain/policy/policy';
import { verifyPin } from '$lib/proof/pin';
import { Refused } from '../http/request';
import { MESSAGE_LIMITS, minutes, replies, route, SESSION, type Route } from '../http/route';
import { checkOperatorCode, ownCode, type OperatorCodes } from './operator-codes';
import { OPERATOR_CODE_STATUS, provenPhone } from './phone-proof';
import type { Relay } from '../context';
import type { Elevation } from '../http/sessions';
import { hasRealService } from '../store/provider';
import { addSummaryItem } from '../store/summaries';
import { inTransaction } from '../store/transaction';
import { spendElevationToken } from './tokens';
import { forgetTries, triesLockedUntil, takeTry, TRY_LIMIT } from '../http/lockout';

/** The rights that need elevation; an operator without any of them gets none. */
const RIGHTS: readonly Right[] = ['settings', 'manage-staff', 'manage-customers', 'data'];

/** Elevation of a session. */
export const elevationRoutes = (relay: Relay, codes: OperatorCodes): Route[] => [
  route('POST /sessions/elevation', {
    id: 'elevateSession',
    summary: 'Elevate the session by an operator’s PIN and, for reading, a code',
    description: `Lasts ${minutes(ELEVATION_MS)}. The level \`pin\` is enough to ask for changes. For the level \`phone\`, which reads lists, the PIN alone sends a code to the operator’s own proven phone (\`code-sent\`); the same request with \`code\`, or with a \`token\` made on the relay’s own machine, elevates. Before the first real messaging service the PIN is enough. Signed by the till.`,
    access: SESSION,
    body: elevationRequest,
    limits: [
      `Wrong PINs per till and operator: ${TRY_LIMIT} (\`locked\`).`,
      `Of the codes it sends: ${MESSAGE_LIMITS}`,
    ],
    replies: replies(elevationReply, {
      ...OPERATOR_CODE_STATUS,
      elevated: 200,
      'wrong-pin': 401,
      'wrong-token': 401,
      locked: 429,
      'no-right': 403,
      'no-proven-phone': 403,
    }),
  }).handle(async ({ c, till: { id: till }, body: asked }) => {
    const session = c.get('session');
    if (!c.get('signed')) throw new Refused(401, { kind: 'wrong-signature' });
    const last = session.elevation;
    const isHeld = last?.operatorId === asked.operatorId && last.until > relay.now();
    const given = await judge(relay, codes, { ...asked, till, held: isHeld ? last : null });
    const isGiven = 'by' in given;
    if (isGiven) session.elevation = given;
    const reply: ElevationReply = isGiven ? { kind: 'elevated', until: given.until } : given;
    relay.log({ event: 'elevation', till, by: asked.operatorId, outcome: reply.kind });
    const item = { kind: 'opening', operator: asked.operatorId } as const;
    if (isGiven) await addSummaryItem(relay.db, item, relay.now());
    return reply;
  }),
];

type Asked = ElevationRequest & {
  readonly till: string;
  /** The operator's elevation in this session, which may be renewed; null: none. */
  readonly held: Elevation | null;
};

async function judge(
  relay: Relay,
  codes: OperatorCodes,
  asked: Asked,
): Promise<Elevation | Exclude<ElevationReply, { kind: 'elevated' }>> {
  const { till, operatorId, level, held } = asked;
  const tries = `elevation:${till}:${operatorId}`;
  const policy = relay.policy()?.policy;
  const operator = policy && operatorOf(policy, operatorId);
  if (!operator || !RIGHTS.some((right) => may(policy, operatorId, right)))
    return { kind: 'no-right' };
  if (
    !(await takeTry(relay, tries)) ||
    !(await relay.slowHashes.ofPin(() => verifyPin(asked.pin, operator.pin)))
  ) {
    const until = await triesLockedUntil(relay, tries);
    return until === null ? { kind: 'wrong-pin' } : { kind: 'locked', until };
  }
  await forgetTries(relay, tries);
  // a code or token of this session still counts; the reply to it may have been lost
  if (held !== null && held.by !== 'pin') return held;
  const until = relay.now() + ELEVATION_MS;
  if (level === 'pin' || !(await hasRealService(relay.db))) return { operatorId, until, by: 'pin' };
  return secondFactor(relay, codes, { ...asked, until });
}

/** After the right PIN: a code to the operator's own proven phone, or a token. */
async function secondFactor(
  relay: Relay,
  codes: OperatorCodes,
  asked: Asked & { readonly until: number },
): ReturnType<typeof judge> {
  const { till, operatorId, code, token, until } = asked;
  if (token !== undefined)
    return (await spendElevationToken(relay, { till, operatorId, token }))
      ? { operatorId, until, by: 'token' }
      : { kind: 'wrong-token' };
  const phone = await provenPhone(relay, operatorId);
  if (phone === null) return { kind: 'no-proven-phone' };
  const own = ownCode(relay, 'elevate', { till, operator: operatorId, phone });
  if (code === undefined) return codes.send(own, asked.resend ? 'resend' : null);
  const checked = await inTransaction(relay, (relay) => checkOperatorCode(relay, own.key, code));
  return checked.kind === 'right' ? { operatorId, until, by: 'phone' } : checked;
}
