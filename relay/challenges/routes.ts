// The routes of challenges, and the HTTP status of each outcome.
import {
  CHALLENGE_BYTES,
  challengeReply,
  challengeRequest,
  challengeStatus,
  checkReply,
  checkRequest,
  sendReply,
  sendRequest,
  type ChallengeRequest,
} from '$lib/contract/challenge';
import { verifyHead } from '$lib/proof/journal-head';
import { checkCode } from './verify';
import { statusOf } from './view';
import type { Challenges } from './challenges';
import { refreshDelivery } from './rounds';
import { DEPTH_LIMIT } from '../http/json-body';
import { Refused } from '../http/request';
import { MESSAGE_LIMITS, replies, reply, route, SESSION, type Route } from '../http/route';
import {
  chanceOf,
  GUESS_LIMITS,
  MOST_OF_TILL,
  WEAK_CHECKS,
} from '../messaging/limits/guess-limits';
import type { Relay } from '../context';
import { challengeById } from '../store/challenges';
import type { TillRow } from '../store/tills';

/** The status of each kind of reply; where an operation differs it says so. */
const STATUS = {
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
} as const;

const CHALLENGE_BOUNDS = { bytes: CHALLENGE_BYTES, depth: DEPTH_LIMIT };

/** How long a status request waits for the delivery state; a later round brings it otherwise. */
const DELIVERY_WAIT_MS = 1500;

const { sure, weak } = GUESS_LIMITS;
const ONE_IN_A_MILLION = chanceOf(6, true);
const ONE_IN_TEN_THOUSAND = chanceOf(4, true);

/** A challenge, from its request to its end. */
export const challengeRoutes = (relay: Relay, challenges: Challenges): Route[] => [
  route('PUT /challenges/:id', {
    id: 'requestChallenge',
    summary: 'Send a customer a code for one action and amount',
    description:
      'The id is made by the till, so that the request can be repeated: the first `awaiting-code` is 201, later ones 200. No reply contains the code.',
    access: SESSION,
    body: challengeRequest,
    bounds: () => CHALLENGE_BOUNDS,
    limits: [MESSAGE_LIMITS],
    replies: replies(challengeReply, { ...STATUS, 'awaiting-code': [200, 201] }),
  }).handle(async ({ c, till, id, body }) => {
    await needSignedHead(relay, till, body);
    const { reply, first } = await challenges.issue(till.id, id, body);
    return first && reply.kind === 'awaiting-code' ? c.json(reply, 201) : reply;
  }),
  route('GET /challenges/:id', {
    id: 'getChallenge',
    summary: 'The state of a challenge and of its messages',
    description: 'Waits up to 1.5 seconds for news of the delivery.',
    access: SESSION,
    replies: replies(challengeStatus, { ...STATUS, spent: 200 }),
  }).handle(async ({ till, id }) => {
    const row = await challenges.settled(till.id, id);
    if (row === null) return { kind: 'unknown-challenge' };
    await Promise.race([refreshDelivery(relay, row.id), pause(DELIVERY_WAIT_MS)]);
    return statusOf(relay, (await challengeById(relay.db, row.id)) ?? row);
  }),
  route('POST /challenges/:id/sends', {
    id: 'resendChallenge',
    summary: 'Send the code again, perhaps over another channel',
    access: SESSION,
    body: sendRequest,
    limits: ['`challenge.sends` of the policy per challenge.', MESSAGE_LIMITS],
    replies: replies(sendReply, STATUS),
  }).handle(({ till, id, body }) => challenges.resend(till.id, id, body.channel ?? null)),
  route('POST /challenges/:id/checks', {
    id: 'checkChallenge',
    summary: 'Check a code; the right one returns a grant',
    description: '`grant` is a compact JWS (ES256) whose payload is the schema `grant`.',
    access: SESSION,
    body: checkRequest,
    limits: [
      `\`challenge.checks\` of the policy per challenge, ${WEAK_CHECKS} once a weak code may confirm it; counted before the comparison.`,
      `Wrong codes in 24 hours, given back once their challenge is verified. Of six digits: ${sure.ofPhone} per number, ${sure.chance / ONE_IN_A_MILLION} per shop; then \`limited\`. At ${MOST_OF_TILL} of a till it gets \`codes-stopped\`. Weak ones: ${weak.ofPhone} per number, ${weak.chance / ONE_IN_TEN_THOUSAND} per shop; then their channels are closed.`,
    ],
    replies: replies(checkReply, STATUS),
  }).handle(async ({ till, id, body }) => {
    const row = await challenges.settled(till.id, id);
    return row === null ? { kind: 'unknown-challenge' } : checkCode(relay, row, body.code);
  }),
  route('DELETE /challenges/:id', {
    id: 'cancelChallenge',
    summary: 'Cancel a challenge',
    description: 'Safe to repeat; an unknown challenge is no error.',
    access: SESSION,
    replies: [reply(204, null)],
  }).handle(async ({ till, id }) => {
    await challenges.cancel(till.id, id);
    return null;
  }),
];

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

const pause = (ms: number): Promise<void> =>
  new Promise((resume) => void setTimeout(resume, ms).unref());
