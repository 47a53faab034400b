// Proof of operators' phones by a code: only a proven phone gets codes that open or change anything.
import type { Policy } from '$lib/contract/policy';
import {
  phoneProof,
  phoneProofReply,
  phoneProofRequest,
  type OperatorCodeReply,
  type PhoneProof,
  type PhoneProofReply,
} from '$lib/contract/till';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { operatorOf } from '$lib/domain/policy/policy';
import { elevatedOperator } from '../http/auth';
import { Refused } from '../http/request';
import { MESSAGE_LIMITS, replies, reply, route, SESSION, type Route } from '../http/route';
import { checkOperatorCode, ownCode, type OperatorCodes } from './operator-codes';
import { phoneTag } from '../store/phones';
import type { Relay } from '../context';
import { dropProof, keepProof, provenTag } from '../store/operator-codes';
import { inTransaction } from '../store/transaction';

/** Statuses of everything a code to an operator's phone can end as. */
export const OPERATOR_CODE_STATUS = {
  'code-sent': 202,
  'wrong-code': 401,
  spent: 410,
  'too-early': 425,
  'no-sends-left': 429,
  limited: 429,
  refused: 422,
  'provider-unreachable': 503,
  'token-needed': 403,
} as const satisfies Record<OperatorCodeReply['kind'], number>;

/** Whether an operator's phone is proven, and how it becomes so. */
export const phoneProofRoutes = (relay: Relay, codes: OperatorCodes): Route[] => [
  route('GET /operators/:id/phone-proof', {
    id: 'getPhoneProof',
    summary: 'Whether an operator’s phone is proven',
    access: SESSION,
    replies: [reply(200, phoneProof)],
  }).handle(({ id }) => proofOf(relay, id)),
  route('POST /operators/:id/phone-proof', {
    id: 'provePhone',
    summary: 'Prove one’s own phone: without a code one is sent, with it the phone is proven',
    access: SESSION,
    elevationWhen: 'Always, with any right: only as the operator named in the path.',
    body: phoneProofRequest,
    limits: [MESSAGE_LIMITS],
    replies: replies(phoneProofReply, {
      ...OPERATOR_CODE_STATUS,
      proven: 200,
      unproven: 200,
      'no-phone': 409,
      demo: 409,
    }),
  }).handle(async ({ c, till: { id: till }, id: operator, body }) => {
    // only the operator themselves can prove their phone
    if ((await elevatedOperator(c, 'pin', [])) !== operator)
      throw new Refused(403, { kind: 'no-right' });
    const reply = await prove(relay, codes, { till, operator, ...body });
    relay.log({ event: 'phone-proof', till, by: operator, outcome: reply.kind });
    return reply;
  }),
];

/** The operator's phone where it is proven and unchanged. Null: not proven. */
export async function provenPhone(relay: Relay, operatorId: string): Promise<Phone | null> {
  const phone = phoneOfOperator(relay, operatorId);
  if (phone === null) return null;
  return (await provenTag(relay.db, operatorId)) === phoneTag(relay, phone) ? phone : null;
}

/** Deletes the proofs of all numbers that the change replaces or removes; restoring such a number does not restore its proof. */
export async function dropChangedProofs(
  { db }: Pick<Relay, 'db'>,
  before: Policy,
  after: Policy,
): Promise<void> {
  for (const { id, phone } of before.operators)
    if (operatorOf(after, id)?.phone !== phone) await dropProof(db, id);
}

function phoneOfOperator(relay: Relay, operatorId: string): Phone | null {
  const policy = relay.policy()?.policy;
  const phone = policy && operatorOf(policy, operatorId)?.phone;
  return (phone ?? null) as Phone | null;
}

async function proofOf(relay: Relay, operator: string): Promise<PhoneProof> {
  if (relay.provider.isDemo()) return { kind: 'demo' };
  const phone = phoneOfOperator(relay, operator);
  if (phone === null) return { kind: 'no-phone' };
  const kind = (await provenPhone(relay, operator)) === null ? 'unproven' : 'proven';
  return { kind, phoneMasked: maskPhone(phone) };
}

async function prove(
  relay: Relay,
  codes: OperatorCodes,
  asked: { till: string; operator: string; code?: string | undefined; resend?: true | undefined },
): Promise<PhoneProofReply> {
  const { till, operator, code } = asked;
  const stands = await proofOf(relay, operator);
  const phone = phoneOfOperator(relay, operator);
  if (stands.kind !== 'unproven' || phone === null) return stands;
  const own = ownCode(relay, 'prove-phone', { till, operator, phone });
  if (code === undefined) return codes.send(own, asked.resend ? 'resend' : null);
  const checked = await inTransaction(relay, async (relay) => {
    const checked = await checkOperatorCode(relay, own.key, code);
    if (checked.kind === 'right')
      await keepProof(relay.db, { operator, tag: phoneTag(relay, phone), at: relay.now() });
    return checked;
  });
  return checked.kind === 'right' ? await proofOf(relay, operator) : checked;
}
