// Proof of operators' phones by a code: only a proven phone gets codes that open or change anything.
import { Hono } from 'hono';
import type { Policy } from '$lib/contract/policy';
import {
  phoneProofRequest,
  type OperatorCodeReply,
  type PhoneProof,
  type PhoneProofReply,
} from '$lib/contract/till';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { operatorOf } from '$lib/domain/policy/policy';
import { elevatedOperator, needSession } from '../http/auth';
import { body, pathId } from '../http/json-body';
import { Refused, type Env } from '../http/request';
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

export const PHONE_PROOF_STATUS = {
  ...OPERATOR_CODE_STATUS,
  proven: 200,
  unproven: 200,
  'no-phone': 409,
  demo: 409,
} as const satisfies Record<PhoneProofReply['kind'], number>;

/** `GET` and `POST /operators/:id/phone-proof`. */
export function phoneProofRoutes(relay: Relay, codes: OperatorCodes): Hono<Env> {
  return new Hono<Env>()
    .get('/operators/:id/phone-proof', needSession, async (c) =>
      c.json(await proofOf(relay, pathId(c)), 200),
    )
    .post('/operators/:id/phone-proof', needSession, body(phoneProofRequest), async (c) => {
      const operator = pathId(c);
      // only the operator themselves can prove their phone
      if ((await elevatedOperator(c, 'pin', [])) !== operator)
        throw new Refused(403, { kind: 'no-right' });
      const reply = await prove(relay, codes, {
        till: c.get('till').id,
        operator,
        ...c.req.valid('json'),
      });
      relay.log({
        event: 'phone-proof',
        till: c.get('till').id,
        by: operator,
        outcome: reply.kind,
      });
      return c.json(reply, PHONE_PROOF_STATUS[reply.kind]);
    });
}

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
