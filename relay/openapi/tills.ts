// Operations about the relay itself, its tills and their sessions.
import * as z from 'zod/mini';
import { health } from '$lib/contract/health';
import {
  elevationReply,
  ELEVATION_MS,
  elevationRequest,
  enrolmentOffer,
  enrolmentReply,
  enrolmentRequest,
  formerAccepted,
  formerNotWaiting,
  phoneProof,
  phoneProofReply,
  phoneProofRequest,
  sessionReply,
  sessionRequest,
  tillRename,
  tillRenamed,
  tillsReply,
} from '$lib/contract/till';
import { ELEVATION_STATUS } from '../tills/elevation';
import { ENROLMENT_STATUS } from '../tills/enrolment';
import { PHONE_PROOF_STATUS } from '../tills/phone-proof';
import { CLAIM_AGE_MS } from '../http/request-signature';
import { SESSION_MS } from '../http/sessions';
import { RENAME_STATUS } from '../tills/tills';
import { PAUSE_MS, TRIES } from '../http/lockout';
import { reply, replies, type Access, type Operation } from './operation';
import { SESSION, READING, CHANGING, CONSENT, minutes, MESSAGE_LIMITS, named } from './parts';

const OPEN: Access = { kind: 'open' };

const TRY_LIMIT = `${TRIES} failed tries within ${minutes(PAUSE_MS)} are followed by a pause of ${minutes(PAUSE_MS)}`;

export const tillsOperations: readonly Operation[] = [
  {
    id: 'getDocument',
    method: 'get',
    path: '/openapi.json',
    tag: 'relay',
    summary: 'This document',
    description: 'Needs no contract header. Sent with an `ETag`; may be cached.',
    access: OPEN,
    replies: [
      reply(200, z.looseObject({ openapi: z.string() }), 'An OpenAPI 3.1 document.'),
      reply(304, null, 'The document with the `ETag` of `If-None-Match` is still the newest.'),
    ],
  },
  {
    id: 'getHealth',
    method: 'get',
    path: '/health',
    tag: 'relay',
    summary: 'Version, time and, with a session, the state of the messaging service',
    description:
      'Needs no contract header, so that a till of another version learns which one the relay has. Without a session only `contract` and `now` are there.',
    access: { kind: 'optional-session' },
    replies: [reply(200, health, 'The state of the relay.')],
  },
  {
    id: 'enrolTill',
    method: 'post',
    path: '/tills',
    tag: 'tills',
    summary: 'Enrol a device as a till',
    description:
      'Without a token only from the relay’s own machine (loopback), only until there is a policy, and never where the relay has a public address or trusts a proxy; otherwise with a one-time token. Repeating the request is safe for a day.',
    access: OPEN,
    request: enrolmentRequest,
    limits: [`Unknown tokens per client address: ${TRY_LIMIT} (\`locked\`).`],
    replies: replies(enrolmentReply, ENROLMENT_STATUS),
  },
  {
    id: 'listTills',
    method: 'get',
    path: '/tills',
    tag: 'tills',
    summary: 'All tills of the shop, revoked ones included',
    access: READING,
    replies: [reply(200, tillsReply)],
  },
  {
    id: 'offerEnrolment',
    method: 'post',
    path: '/tills/enrolments',
    tag: 'tills',
    summary: 'Make a one-time token for a new till',
    access: CHANGING,
    consentWhen: CONSENT,
    replies: [reply(201, enrolmentOffer)],
  },
  {
    id: 'stopAwaiting',
    method: 'delete',
    path: '/awaited-tills',
    tag: 'tills',
    summary: 'After the relay was put back from an older copy, wait for no till any more',
    access: CHANGING,
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  },
  {
    id: 'renameTill',
    method: 'put',
    path: '/tills/:id/name',
    tag: 'tills',
    summary: 'Rename a till',
    access: CHANGING,
    request: tillRename,
    replies: replies(tillRenamed, RENAME_STATUS),
  },
  {
    id: 'revokeTill',
    method: 'delete',
    path: '/tills/:id',
    tag: 'tills',
    summary: 'Revoke a till and end its sessions',
    description: 'Revoking it again is safe. A revoked till still uploads what its journal owes.',
    access: CHANGING,
    consentWhen: CONSENT,
    replies: [reply(204, null), reply(404, named('not-found'))],
  },
  {
    id: 'acceptFormerJournal',
    method: 'post',
    path: '/tills/:id/former-journal',
    tag: 'tills',
    summary: 'Accept what a till brought of a former till of another relay',
    description:
      'Until then these entries move no balance, limit or dispute. The body is one of `waiting` in `GET /tills`, without `since`: exactly these entries count, once; later ones wait for another acceptance. Their codes prove nothing here, and each customer whose debt rose or points fell gets one message with their balance.',
    access: CHANGING,
    consentWhen: CONSENT,
    request: formerAccepted,
    replies: [reply(204, null), reply(409, formerNotWaiting)],
  },
  {
    id: 'openSession',
    method: 'post',
    path: '/sessions',
    tag: 'sessions',
    summary: 'Open a session by a signature of the till’s key',
    description: `The signature is ECDSA P-256 with SHA-256 over the canonical JSON (RFC 8785) of \`sessionClaim\`, whose \`origin\` is the relay’s own address. \`at\` may differ from the relay’s clock by ${CLAIM_AGE_MS / 1000} seconds; a nonce is good once. \`head\` is the end of the till’s journal: no later entry may be older than \`at\`. The session lasts ${minutes(SESSION_MS)}.`,
    access: OPEN,
    request: sessionRequest,
    replies: replies(sessionReply, {
      session: 200,
      'stale-signature': 401,
      'wrong-signature': 401,
      'unknown-till': 401,
      revoked: 401,
    }),
  },
  {
    id: 'elevateSession',
    method: 'post',
    path: '/sessions/elevation',
    tag: 'sessions',
    summary: 'Elevate the session by an operator’s PIN and, for reading, a code',
    description: `Lasts ${minutes(ELEVATION_MS)}. The level \`pin\` is enough to ask for changes. For the level \`phone\`, which reads lists, the PIN alone sends a code to the operator’s own proven phone (\`code-sent\`); the same request with \`code\`, or with a \`token\` made on the relay’s own machine, elevates. Before the first real messaging service the PIN is enough. Signed by the till.`,
    access: SESSION,
    request: elevationRequest,
    limits: [
      `Wrong PINs per till and operator: ${TRY_LIMIT} (\`locked\`).`,
      `Of the codes it sends: ${MESSAGE_LIMITS}`,
    ],
    replies: replies(elevationReply, ELEVATION_STATUS),
  },
  {
    id: 'getPhoneProof',
    method: 'get',
    path: '/operators/:id/phone-proof',
    tag: 'sessions',
    summary: 'Whether an operator’s phone is proven',
    access: SESSION,
    replies: [reply(200, phoneProof)],
  },
  {
    id: 'provePhone',
    method: 'post',
    path: '/operators/:id/phone-proof',
    tag: 'sessions',
    summary: 'Prove one’s own phone: without a code one is sent, with it the phone is proven',
    access: SESSION,
    elevationWhen: 'Always, with any right: only as the operator named in the path.',
    request: phoneProofRequest,
    limits: [MESSAGE_LIMITS],
    replies: replies(phoneProofReply, PHONE_PROOF_STATUS),
  },
];
