// The routes of challenges, and the HTTP status of each outcome.
import { Hono } from 'hono';
import {
  CHALLENGE_BYTES,
  challengeRequest,
  checkRequest,
  sendRequest,
  type ChallengeReply,
  type ChallengeRequest,
  type ChallengeStatus,
  type CheckReply,
  type SendReply,
} from '$lib/contract/challenge';
import { verifyHead } from '$lib/proof/journal-head';
import { checkCode } from './verify';
import { statusOf } from './view';
import type { Challenges } from './challenges';
import { refreshDelivery } from './rounds';
import { needSession } from '../http/auth';
import { body, DEPTH_LIMIT, pathId } from '../http/json-body';
import { Refused, type Env } from '../http/request';
import type { Relay } from '../context';
import { challengeById } from '../store/challenges';
import type { TillRow } from '../store/tills';

type Kind = (ChallengeReply | ChallengeStatus | CheckReply | SendReply)['kind'];

export const CHALLENGE_STATUS = {
  'awaiting-code': 200,
  verified: 200,
  'wrong-code': 200,
  'unknown-challenge': 404,
  'challenge-differs': 409,
  'policy-changed': 409,
  'operator-unknown': 409,
  'phone-held': 409,
  'phone-too-new': 409,
  'phone-unaccepted': 409,
  'customer-disputed': 409,
  'over-limit': 409,
  'points-short': 409,
  'card-differs': 409,
  'person-refused': 409,
  'codes-stopped': 409,
  quarantined: 409,
  'journal-behind': 409,
  'tills-awaited': 409,
  spent: 410,
  refused: 422,
  'channel-not-available': 422,
  'too-early': 425,
  'no-sends-left': 429,
  limited: 429,
  'provider-unreachable': 503,
} as const satisfies Record<Kind, number>;

const CHALLENGE_BOUNDS = { bytes: CHALLENGE_BYTES, depth: DEPTH_LIMIT };

/** How long a status request waits for the delivery state; a later round brings it otherwise. */
const DELIVERY_WAIT_MS = 1500;

/** `/challenges/:id` and below. */
export function challengeRoutes(relay: Relay, challenges: Challenges): Hono<Env> {
  return new Hono<Env>()
    .put(
      '/challenges/:id',
      needSession,
      body(challengeRequest, () => CHALLENGE_BOUNDS),
      async (c) => {
        const request = c.req.valid('json');
        await needSignedHead(relay, c.get('till'), request);
        const { reply, first } = await challenges.issue(c.get('till').id, pathId(c), request);
        const made = first && reply.kind === 'awaiting-code';
        return c.json(reply, made ? 201 : CHALLENGE_STATUS[reply.kind]);
      },
    )
    .get('/challenges/:id', needSession, async (c) => {
      const row = await challenges.settled(c.get('till').id, pathId(c));
      if (row === null) return c.json({ kind: 'unknown-challenge' }, 404);
      await Promise.race([refreshDelivery(relay, row.id), pause(DELIVERY_WAIT_MS)]);
      const reply = await statusOf(relay, (await challengeById(relay.db, row.id)) ?? row);
      return c.json(reply, reply.kind === 'spent' ? 200 : CHALLENGE_STATUS[reply.kind]);
    })
    .post('/challenges/:id/sends', needSession, body(sendRequest), async (c) => {
      const { channel } = c.req.valid('json');
      const reply = await challenges.resend(c.get('till').id, pathId(c), channel ?? null);
      return c.json(reply, CHALLENGE_STATUS[reply.kind]);
    })
    .post('/challenges/:id/checks', needSession, body(checkRequest), async (c) => {
      const row = await challenges.settled(c.get('till').id, pathId(c));
      const reply: CheckReply =
        row === null
          ? { kind: 'unknown-challenge' }
          : await checkCode(relay, row, c.req.valid('json').code);
      return c.json(reply, CHALLENGE_STATUS[reply.kind]);
    })
    .delete('/challenges/:id', needSession, async (c) => {
      await challenges.cancel(c.get('till').id, pathId(c));
      return c.body(null, 204);
    });
}

/** Throws `Refused` where the till did not sign the head that its request states. */
async function needSignedHead(
  { shopId: shop }: Relay,
  { id: till, publicKey }: TillRow,
  { journalHead: { seq, hash }, headSigned: { at, signature } }: ChallengeRequest,
): Promise<void> {
  const claim = { purpose: 'journal-head', shop, till, seq, hash, at } as const;
  if (!(await verifyHead(claim, signature, publicKey)))
    throw new Refused(401, { kind: 'wrong-signature' });
}

function pause(ms: number): Promise<void> {
  return new Promise((resume) => void setTimeout(resume, ms).unref());
}
