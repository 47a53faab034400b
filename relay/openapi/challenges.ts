// Operations about codes: challenges and reserve codes.
import {
  challengeReply,
  challengeRequest,
  challengeStatus,
  checkReply,
  checkRequest,
  pageReply,
  sendReply,
  sendRequest,
} from '$lib/contract/challenge';
import {
  reserveCodesNews,
  reserveCodesReply,
  reserveCodesRequest,
} from '$lib/contract/reserve-code';
import { CHALLENGE_STATUS } from '../challenges/routes';
import { PAGE_STATUS } from '../challenges/customer-page';
import { RESERVE_CODES_STATUS } from '../reserve-codes/routes';
import {
  chanceOf,
  GUESS_LIMITS,
  MOST_OF_TILL,
  WEAK_CHECKS,
} from '../messaging/limits/guess-limits';
import { reply, replies, type Operation } from './operation';
import { SESSION, MESSAGE_LIMITS, cursor } from './parts';

const { sure, weak } = GUESS_LIMITS;

const ONE_IN_A_MILLION = chanceOf(6, true);

const ONE_IN_TEN_THOUSAND = chanceOf(4, true);

export const challengesOperations: readonly Operation[] = [
  {
    id: 'requestChallenge',
    method: 'put',
    path: '/challenges/:id',
    tag: 'challenges',
    summary: 'Send a customer a code for one action and amount',
    description:
      'The id is made by the till, so that the request can be repeated: the first `awaiting-code` is 201, later ones 200. No reply contains the code.',
    access: SESSION,
    request: challengeRequest,
    limits: [MESSAGE_LIMITS],
    replies: replies(challengeReply, { ...CHALLENGE_STATUS, 'awaiting-code': [201, 200] }),
  },
  {
    id: 'getChallenge',
    method: 'get',
    path: '/challenges/:id',
    tag: 'challenges',
    summary: 'The state of a challenge and of its messages',
    description: 'Waits up to 1.5 seconds for news of the delivery.',
    access: SESSION,
    replies: replies(challengeStatus, { ...CHALLENGE_STATUS, spent: 200 }),
  },
  {
    id: 'resendChallenge',
    method: 'post',
    path: '/challenges/:id/sends',
    tag: 'challenges',
    summary: 'Send the code again, perhaps over another channel',
    access: SESSION,
    request: sendRequest,
    limits: ['`challenge.sends` of the policy per challenge.', MESSAGE_LIMITS],
    replies: replies(sendReply, CHALLENGE_STATUS),
  },
  {
    id: 'checkChallenge',
    method: 'post',
    path: '/challenges/:id/checks',
    tag: 'challenges',
    summary: 'Check a code; the right one returns a grant',
    description: '`grant` is a compact JWS (ES256) whose payload is the schema `grant`.',
    access: SESSION,
    request: checkRequest,
    limits: [
      `\`challenge.checks\` of the policy per challenge, ${WEAK_CHECKS} once a weak code may confirm it; counted before the comparison.`,
      `Wrong codes in 24 hours, given back once their challenge is verified. Of six digits: ${sure.ofPhone} per number, ${sure.chance / ONE_IN_A_MILLION} per shop; then \`limited\`. At ${MOST_OF_TILL} of a till it gets \`codes-stopped\`. Weak ones: ${weak.ofPhone} per number, ${weak.chance / ONE_IN_TEN_THOUSAND} per shop; then their channels are closed.`,
    ],
    replies: replies(checkReply, CHALLENGE_STATUS),
  },
  {
    id: 'makeChallengePage',
    method: 'post',
    path: '/challenges/:id/page',
    tag: 'challenges',
    summary: 'Make an address where the customer types the code on their own phone',
    description: 'The address made before stops working.',
    access: SESSION,
    replies: replies(pageReply, PAGE_STATUS),
  },
  {
    id: 'cancelChallenge',
    method: 'delete',
    path: '/challenges/:id',
    tag: 'challenges',
    summary: 'Cancel a challenge',
    description: 'Safe to repeat; an unknown challenge is no error.',
    access: SESSION,
    replies: [reply(204, null)],
  },
  {
    id: 'issueReserveCodes',
    method: 'put',
    path: '/reserve-codes/:id',
    tag: 'challenges',
    summary: 'Send a customer reserve codes for days without internet',
    description:
      '`verifiers` are compact JWS (ES256) whose payload is the schema `reserveVerifier`. The first `issued` is 201, a repetition 200.',
    access: SESSION,
    request: reserveCodesRequest,
    limits: [MESSAGE_LIMITS],
    replies: replies(reserveCodesReply, { ...RESERVE_CODES_STATUS, issued: [201, 200] }),
  },
  {
    id: 'listReserveCodes',
    method: 'get',
    path: '/reserve-codes',
    tag: 'challenges',
    summary: 'What changed in this till’s reserve codes',
    access: SESSION,
    query: [cursor('after', '`version` of the last reply.')],
    replies: [reply(200, reserveCodesNews)],
  },
];
