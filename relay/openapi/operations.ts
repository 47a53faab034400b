// The table of all operations under /api/v1; tests compare it with the routes.
import * as z from 'zod/mini';
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
  allowanceReply,
  allowanceRequest,
  cardsReply,
  cardsRequest,
  changeAccepted,
  changeNotWaiting,
  importReply,
  importRequest,
  phoneChangeReply,
  phoneChangeRequest,
  phoneFlagsReply,
  trustedReply,
  trustedRequest,
} from '$lib/contract/customer';
import { health } from '$lib/contract/health';
import {
  flagsReply,
  journalUpload,
  journalUploadReply,
  MOST_CARDS,
  noticesReply,
  UPLOAD_BYTES,
  UPLOAD_ENTRIES,
} from '$lib/contract/journal-upload';
import {
  DOWNLOAD_BYTES,
  DOWNLOAD_ENTRIES,
  DOWNLOAD_WAIT_MS,
  journalPage,
  sumsReply,
  sumsStated,
} from '$lib/contract/shop-journal';
import { noChunk, snapshotReply, SNAPSHOT_CHUNK_BYTES } from '$lib/contract/snapshot';
import { ownerNoticesReply } from '$lib/contract/owner-notice';
import { policyChange, policyReply, policyReturned } from '$lib/contract/policy';
import {
  balanceReply,
  balanceRequest,
  costsReply,
  historyReply,
  MOST_COST_DAYS,
  providerDraft,
  providerReply,
  providerSettings,
  providersReply,
  testMessageReply,
  testMessageRequest,
} from '$lib/contract/provider';
import {
  reserveCodesNews,
  reserveCodesReply,
  reserveCodesRequest,
} from '$lib/contract/reserve-code';
import {
  elevationReply,
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
import { SALES_A_MINUTE, SALES_PAGE, salesReply } from '$lib/contract/sale';
import { ALLOWANCE_STATUS, MOST_A_MINUTE, MOST_WRONG_A_DAY } from '../customers/allowances';
import { CHALLENGE_STATUS } from '../challenges/routes';
import { PAGE_STATUS } from '../challenges/customer-page';
import { ELEVATION_MS, ELEVATION_STATUS } from '../tills/elevation';
import { ENROLMENT_STATUS } from '../tills/enrolment';
import { PHONE_PROOF_STATUS } from '../tills/phone-proof';
import { PHONE_CHANGE_STATUS } from '../customers/phone-routes';
import { RETURNED_STATUS } from '../tills/policies';
import { QUESTION_PAUSE_MS } from '../messaging/admission';
import { PROVIDER_STATUS } from '../messaging/provider-routes';
import { RESERVE_CODES_STATUS } from '../reserve-codes/routes';
import { CLAIM_AGE_MS } from '../http/request-signature';
import { SESSION_MS } from '../http/sessions';
import { GRANT_MS } from '../store/challenges';
import { RENAME_STATUS } from '../tills/tills';
import { PAUSE_MS, TRIES } from '../http/lockout';
import { chanceOf, GUESS_LIMITS, WEAK_CHECKS } from '../messaging/guess-limits';
import { reply, replies, someReplies, type Access, type Operation, type Query } from './operation';

const OPEN: Access = { kind: 'open' };
const SESSION: Access = { kind: 'session' };
/** Reading, by an operator who gave a code of their own phone. */
const READING: Access = { kind: 'elevation', level: 'phone', anyOf: ['settings'] };
/** Changing, by an operator who gave their PIN. */
const CHANGING: Access = { kind: 'elevation', level: 'pin', anyOf: ['settings'] };
const CONSENT = 'Always, once there is a real messaging service.';

const minutes = (ms: number): string => `${ms / 60_000} minutes`;

const MESSAGE_LIMITS =
  'Messages per phone (hour, day), per till (hour) and per shop (day): `limits` of the policy. Beyond them: `limited`.';
const QUESTION_LIMIT = `One in ${QUESTION_PAUSE_MS / 1000} seconds by all tills of the shop together (\`limited\`).`;
const TRY_LIMIT = `${TRIES} failed tries within ${minutes(PAUSE_MS)} are followed by a pause of ${minutes(PAUSE_MS)}`;

const { ordinary, weak } = GUESS_LIMITS;
const ONE_IN_A_MILLION = chanceOf(6, true);
const ONE_IN_TEN_THOUSAND = chanceOf(4, true);

const cursor = (name: string, description: string): Query => ({
  ...{ name, description: `${description} Without it: from the beginning.`, required: false },
  schema: { type: 'integer', minimum: 0, maximum: 999_999_999_999_999, default: 0 },
});

const text = (name: string, description: string): Query => ({
  ...{ name, description, required: false },
  schema: { type: 'string' },
});

/** A larger number counts as `most`. */
const atMost = (name: string, most: number, description: string): Query => ({
  ...{ name, description: `${description} More than ${most} is ${most}.`, required: false },
  schema: { type: 'integer', minimum: 0, maximum: 999_999_999_999_999, default: 0 },
});

const calendarDay = (name: string, description: string): Query => ({
  ...{ name, description, required: true },
  schema: { type: 'string', format: 'date' },
});

const named = <K extends string>(kind: K) => z.strictObject({ kind: z.literal(kind) });

export const operations: readonly Operation[] = [
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
  {
    id: 'getPolicy',
    method: 'get',
    path: '/policy',
    tag: 'policy',
    summary: 'The newest signed policy',
    description: '`policy` is a compact JWS (ES256) whose payload is the schema `policy`.',
    access: SESSION,
    replies: someReplies(policyReply, { policy: 200, 'no-policy': 404 }),
  },
  {
    id: 'changePolicy',
    method: 'put',
    path: '/policy',
    tag: 'policy',
    summary: 'Change the policy',
    description:
      'The relay judges the change by its own rules, numbers and signs it. `policy-differs`: the change was made from a version that is not the newest.',
    access: SESSION,
    consentWhen:
      'Once there is a real messaging service, for everything but the shop’s name and the language of its messages. An owner’s number that is replaced sends a code, too.',
    elevationWhen:
      'Once there is a policy. Which right it takes depends on what is changed; a right that is missing is `policy-refused`.',
    request: policyChange,
    replies: someReplies(policyReply, {
      policy: 200,
      'policy-differs': 409,
      'policy-refused': 422,
    }),
  },
  {
    id: 'returnPolicy',
    method: 'post',
    path: '/policy/returned',
    tag: 'policy',
    summary: 'Give a relay restored from an old copy its own newer policy back',
    access: SESSION,
    request: policyReturned,
    replies: someReplies(policyReply, RETURNED_STATUS),
  },
  {
    id: 'listOwnerNotices',
    method: 'get',
    path: '/owner-notices',
    tag: 'policy',
    summary: 'Changes that weaken the rules, and the notices to owners',
    access: { kind: 'elevation', level: 'phone', anyOf: ['settings', 'manage-staff'] },
    replies: [reply(200, ownerNoticesReply)],
  },
  {
    id: 'trustPhones',
    method: 'post',
    path: '/customers/trusted',
    tag: 'customers',
    summary: 'Register numbers of imported customers without a waiting time',
    access: { kind: 'elevation', level: 'pin', anyOf: ['settings', 'manage-customers', 'data'] },
    consentWhen: CONSENT,
    request: trustedRequest,
    replies: [reply(200, trustedReply)],
  },
  {
    id: 'approveImport',
    method: 'post',
    path: '/customers/imports',
    tag: 'customers',
    summary: 'Approve the opening balances of an import',
    description: `The approval goes into the entry \`customers-imported\` of this till, made within ${minutes(GRANT_MS)}. It counts once, for exactly these account steps: others are flagged \`import-unapproved\`.`,
    access: { kind: 'elevation', level: 'pin', anyOf: ['manage-customers', 'data'] },
    consentWhen: CONSENT,
    request: importRequest,
    replies: [reply(200, importReply)],
  },
  {
    id: 'changePhone',
    method: 'put',
    path: '/customers/:id/phone',
    tag: 'customers',
    summary: 'Change a customer’s number',
    description:
      'With a verified `change-phone` challenge to the old number the change holds at once; with `null` it waits for a day, of which the old number gets a notice.',
    access: SESSION,
    request: phoneChangeRequest,
    replies: replies(phoneChangeReply, PHONE_CHANGE_STATUS),
  },
  {
    id: 'acceptPhoneChange',
    method: 'post',
    path: '/customers/:id/phone-change',
    tag: 'customers',
    summary: 'Accept a change of number that waits for good',
    description:
      'For a number that does not take effect by itself: another one waits for the card, too, or no earlier one can be written to. Its first day begins then, and the others wait no longer.',
    access: {
      kind: 'elevation',
      level: 'pin',
      anyOf: ['change-customer-phone', 'manage-customers'],
    },
    consentWhen: CONSENT,
    request: changeAccepted,
    replies: [reply(204, null), reply(409, changeNotWaiting)],
  },
  {
    id: 'cancelPhoneChange',
    method: 'delete',
    path: '/customers/:id/phone-change/:askedAt',
    tag: 'customers',
    summary: 'Cancel a change of number that is waiting',
    description:
      'The one that was asked for then. If one other remains, its day goes on, or begins with the message that announces it.',
    access: {
      kind: 'elevation',
      level: 'pin',
      anyOf: ['change-customer-phone', 'manage-customers'],
    },
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  },
  {
    id: 'getAllowance',
    method: 'post',
    path: '/customers/:id/allowance',
    tag: 'customers',
    summary: 'What the relay would let this customer confirm now',
    description: 'Sends no message and registers no number. `null`: no limit by the relay’s rules.',
    access: SESSION,
    request: allowanceRequest,
    limits: [
      `${MOST_A_MINUTE} per minute and till (\`limited\`).`,
      `${MOST_WRONG_A_DAY} different wrong numbers per customer, till and day (\`limited\`).`,
    ],
    replies: replies(allowanceReply, ALLOWANCE_STATUS),
  },
  {
    id: 'listPhoneFlags',
    method: 'get',
    path: '/phones/flags',
    tag: 'customers',
    summary: 'Numbers a manager should look at',
    access: { kind: 'elevation', level: 'phone', anyOf: ['settings', 'manage-customers'] },
    replies: [reply(200, phoneFlagsReply)],
  },
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
      `Wrong codes in 24 hours, given back once their challenge is verified. Of six digits: ${ordinary.ofPhone} per number, ${ordinary.ofTill} per till, ${ordinary.chance / ONE_IN_A_MILLION} per shop; then new codes have eight. Weak ones: ${weak.ofPhone} per number, ${weak.chance / ONE_IN_TEN_THOUSAND} per shop; then their channels are closed.`,
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
  {
    id: 'uploadJournal',
    method: 'post',
    path: '/journal',
    tag: 'journal',
    summary: 'Upload journal entries',
    description: `At most ${UPLOAD_ENTRIES} entries; several together below ${UPLOAD_BYTES} bytes. \`headSigned\` holds the signature over the canonical JSON of \`journalHeadClaim\` for the last entry, and its \`at\`, null where the till has later entries; \`watermark\` is a compact JWS (ES256) whose payload is the schema \`watermark\`. \`cards\` are kept where an entry of this upload names them by \`recordHash\`. Uploading again is safe. Without a session only a revoked till is let in, by its signature.`,
    access: { kind: 'optional-session' },
    request: journalUpload,
    replies: replies(journalUploadReply, {
      kept: 200,
      gap: 409,
      fork: 409,
      quarantined: 409,
      'wrong-signature': 403,
      'other-till': 403,
      'too-large': 413,
    }),
  },
  {
    id: 'downloadJournal',
    method: 'get',
    path: '/journal',
    tag: 'journal',
    summary: 'Download the shop’s order: the entries of all tills and of the relay',
    description: `At most ${DOWNLOAD_ENTRIES} entries; several together below ${DOWNLOAD_BYTES} bytes. The till’s own come as marks. \`checkpoint\` is a compact JWS (ES256) whose payload is the schema \`checkpoint\`, at the last of the entries.`,
    access: SESSION,
    query: [
      text('after', '`<epoch>.<order>` of the last checkpoint, with its `hash`. Without: all.'),
      text('hash', '`logHash` of the last checkpoint.'),
      atMost('limit', DOWNLOAD_ENTRIES, 'Entries of one page; 0: as many as there may be.'),
      atMost('wait', DOWNLOAD_WAIT_MS, 'How long to wait where there is no entry yet, ms.'),
    ],
    replies: replies(journalPage, { journal: 200, 'other-epoch': 409 }),
  },
  {
    id: 'compareSums',
    method: 'post',
    path: '/journal/sums',
    tag: 'journal',
    summary: 'Compare the control sums of a till with those of the shop’s order',
    description:
      'Debt and points over all customers, of what counts up to `point`. That a till counts otherwise is in `GET /tills` until it says that it counts the same.',
    access: SESSION,
    request: sumsStated,
    replies: replies(sumsReply, { 'sums-agree': 200, 'sums-differ': 200, 'sums-unknown': 409 }),
  },
  {
    id: 'getCards',
    method: 'post',
    path: '/cards',
    tag: 'journal',
    summary: 'Get the cards of customers and their authorised persons that entries name',
    description: `At most ${MOST_CARDS} hashes, each the \`recordHash\` or \`personRecordHash\` of an entry of any till. What the relay does not have is left out.`,
    access: SESSION,
    request: cardsRequest,
    replies: [reply(200, cardsReply)],
  },
  {
    id: 'listSales',
    method: 'get',
    path: '/sales',
    tag: 'journal',
    summary: 'Find past sales of the shop, the newest first',
    description: `At most ${SALES_PAGE} entries, all that fit every filter. The entry of a sale that was carried over is the one that carries it.`,
    access: SESSION,
    elevationWhen: 'Without `number` and `hash`, with the right `view-reports`.',
    query: [
      text('number', 'As printed: `3-000123`.'),
      text('hash', 'Of the entry, or of the one that it carries over.'),
      text('customer', 'Id of the customer.'),
      text('product', 'Id of a product in it.'),
      text('total', 'Its sum, minor units: exactly, or as it was rounded for cash.'),
      cursor('from', 'Made then or later, ms.'),
      cursor('to', 'Made before, ms; 0: no bound.'),
      text('before', '`next` of the page before.'),
      atMost('limit', SALES_PAGE, 'Sales of one page; 0: as many as there may be.'),
    ],
    limits: [`${SALES_A_MINUTE} questions a minute per till (\`limited\`).`],
    replies: replies(salesReply, { sales: 200, limited: 429 }),
  },
  {
    id: 'getSnapshot',
    method: 'get',
    path: '/snapshot',
    tag: 'journal',
    summary: 'Get the manifest of the newest snapshot of the shop’s order',
    description:
      'For a till that has downloaded nothing: it takes the chunks, and then the entries after `order`. `manifest` is a compact JWS (ES256) whose payload is the schema `snapshotManifest`. Without a snapshot a till downloads all entries.',
    access: SESSION,
    replies: replies(snapshotReply, { snapshot: 200, 'no-snapshot': 404 }),
  },
  {
    id: 'getSnapshotChunk',
    method: 'get',
    path: '/snapshot/:hash',
    tag: 'journal',
    summary: 'Get a chunk of a snapshot by the SHA-256 of its bytes',
    description: `Gzip of a line of JSON for each row, at most ${SNAPSHOT_CHUNK_BYTES} bytes before compression unless one row is larger. The rows of each table: \`remoteTillRow\` (\`tills\`), \`remoteEntryRow\` (\`entries\`), \`balanceRow\` (\`balances\`), \`disputeRow\` (\`disputes\`), \`confirmationRow\` (\`confirmations\`), \`remoteAddedRow\` (\`goods\`), \`remoteProductRow\` (\`edits\`), \`stockRow\` (\`stock\`), \`remoteCardRow\` (\`cards\`).`,
    access: SESSION,
    replies: [reply(200, 'gzip'), reply(404, noChunk)],
  },
  {
    id: 'listJournalFlags',
    method: 'get',
    path: '/journal/flags',
    tag: 'journal',
    summary: 'What the relay found in the journals of all tills',
    access: { kind: 'elevation', level: 'phone', anyOf: ['settings', 'view-reports'] },
    query: [cursor('after', '`cursor` of the last flag that is known.')],
    replies: [reply(200, flagsReply)],
  },
  {
    id: 'listNotices',
    method: 'get',
    path: '/notices',
    tag: 'journal',
    summary: 'What became of the messages about acts without a code',
    access: SESSION,
    query: [cursor('since', '`cursor` of the last reply.')],
    replies: [reply(200, noticesReply)],
  },
  {
    id: 'listProviders',
    method: 'get',
    path: '/providers',
    tag: 'messaging',
    summary: 'The messaging services there are to choose from',
    description: '`callbackUrl` is null unless the operator is elevated with `settings`.',
    access: SESSION,
    replies: [reply(200, providersReply)],
  },
  {
    id: 'getProvider',
    method: 'get',
    path: '/provider',
    tag: 'messaging',
    summary: 'The chosen messaging service, without its secrets',
    access: READING,
    replies: [reply(200, providerSettings)],
  },
  {
    id: 'saveProvider',
    method: 'put',
    path: '/provider',
    tag: 'messaging',
    summary: 'Choose and set up the messaging service',
    access: CHANGING,
    consentWhen:
      'Once there is a real messaging service. The first one itself sends its first code, to an owner: on the relay’s own machine to an owner who asks, elsewhere with a `token` as well.',
    request: providerDraft,
    replies: replies(providerReply, PROVIDER_STATUS),
  },
  {
    id: 'getBalance',
    method: 'post',
    path: '/provider/balance',
    tag: 'messaging',
    summary: 'Ask the messaging service for its balance',
    access: READING,
    request: balanceRequest,
    limits: [QUESTION_LIMIT],
    replies: replies(balanceReply, PROVIDER_STATUS),
  },
  {
    id: 'sendTestMessage',
    method: 'post',
    path: '/provider/test-message',
    tag: 'messaging',
    summary: 'Send a test message',
    access: READING,
    request: testMessageRequest,
    limits: [MESSAGE_LIMITS, `With \`dryRun\`: ${QUESTION_LIMIT}`],
    replies: replies(testMessageReply, PROVIDER_STATUS),
  },
  {
    id: 'getCosts',
    method: 'get',
    path: '/provider/costs',
    tag: 'messaging',
    summary: 'Costs of messages by day, service, channel and currency',
    access: { kind: 'elevation', level: 'phone', anyOf: ['view-reports', 'settings'] },
    query: [
      calendarDay('from', 'First day.'),
      calendarDay('to', `Last day, itself included; at most ${MOST_COST_DAYS} days together.`),
      {
        name: 'zone',
        description: 'IANA time zone of the days.',
        required: false,
        schema: { type: 'string', default: 'UTC' },
      },
    ],
    replies: [reply(200, costsReply)],
  },
  {
    id: 'getMessageHistory',
    method: 'get',
    path: '/provider/history',
    tag: 'messaging',
    summary: 'The latest test messages and what was refused lately',
    access: READING,
    replies: [reply(200, historyReply)],
  },
  {
    id: 'liftOwnStop',
    method: 'delete',
    path: '/provider/stop',
    tag: 'messaging',
    summary: 'Lift the relay’s stop of this till’s codes',
    access: CHANGING,
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  },
  {
    id: 'liftStop',
    method: 'delete',
    path: '/provider/stops/:id',
    tag: 'messaging',
    summary: 'Lift the relay’s stops of a till’s codes',
    access: CHANGING,
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  },
  ...callbackOperations(),
];

/** Both methods of the address for delivery reports. */
function callbackOperations(): Operation[] {
  const common = {
    path: '/callbacks/:provider/:secret',
    tag: 'callbacks',
    description:
      'Called by the messaging service, in the form it prescribes. `secret` is in the address the relay shows to the manager (`callbackUrl`); a service that signs its reports must sign here, too.',
    access: { kind: 'callback' },
    replies: [
      reply(200, 'text'),
      reply(204, null, 'Taken; the service expects no body.'),
      reply(403, named('signature-wrong')),
      reply(404, named('unknown-callback')),
      reply(404, named('unknown-message')),
    ],
  } as const satisfies Partial<Operation>;
  return [
    {
      ...common,
      id: 'verifyCallback',
      method: 'get',
      summary: 'Confirm the address to the messaging service, or take a report from the query',
    },
    { ...common, id: 'reportDelivery', method: 'post', summary: 'Report the delivery of messages' },
  ];
}
