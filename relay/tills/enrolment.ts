// Enrols a device as a till: over loopback before there is a policy, otherwise by a one-time token.
import type { Context } from 'hono';
import {
  enrolmentReply,
  enrolmentRequest,
  type EnrolmentReply,
  type EnrolmentRequest,
} from '$lib/contract/till';
import type { PublicKey } from '$lib/contract/values';
import { CONTRACT_VERSION } from '$lib/contract/version';
import { importPublic } from '$lib/proof/keys';
import { clientAddress, isFromThisMachine } from '../http/address';
import { malformed } from '../http/json-body';
import { tellOwners } from '../messaging/outbox/owner-notices';
import type { Env } from '../http/request';
import { OPEN, replies, route, type Route } from '../http/route';
import type { Relay } from '../context';
import { newestPolicy } from '../store/policies';
import { noteProgress } from '../store/journal-progress';
import { addTill, tillById, type TillRow } from '../store/tills';
import { spendToken, tokenByHash } from '../store/tokens';
import { inTransaction } from '../store/transaction';
import { nameForNewcomer, nameOnceMore, refuseCallable } from './till-names';
import { ENROLMENT_TRIES, tokenHash } from './tokens';
import { forgetTries, triesLockedUntil, takeTry, TRY_LIMIT } from '../http/lockout';

/** How long after the token was spent a till may repeat its request, because the reply was lost. */
const REPEAT_MS = 24 * 3_600_000;

/** Enrolment. */
export const enrolmentRoutes = (relay: Relay): Route[] => [
  route('POST /tills', {
    id: 'enrolTill',
    summary: 'Enrol a device as a till',
    description:
      'Without a token only from the relay’s own machine (loopback), only until there is a policy, and never where the relay has a public address or trusts a proxy; otherwise with a one-time token. Repeating the request is safe for a day.',
    access: OPEN,
    body: enrolmentRequest,
    limits: [`Unknown tokens per client address: ${TRY_LIMIT} (\`locked\`).`],
    replies: replies(enrolmentReply, {
      enrolled: 201,
      'token-needed': 401,
      'token-unknown': 401,
      'token-spent': 410,
      'token-expired': 410,
      locked: 429,
      'till-differs': 409,
    }),
  }).handle(async ({ c, body }) => {
    if (!(await isKey(body.publicKey))) throw malformed('publicKey');
    refuseCallable(relay, body.name);
    const reply = await inTransaction(relay, (relay) => enrol(relay, c, body));
    relay.outbox.wake();
    if (reply.kind === 'enrolled') relay.log({ event: 'till-enrolled', till: body.tillId });
    return reply;
  }),
];

async function isKey(key: PublicKey): Promise<boolean> {
  try {
    await importPublic(key);
    return true;
  } catch {
    return false;
  }
}

/** To be run in one transaction: of two tablets with the same token one is enrolled. */
async function enrol(
  relay: Relay,
  c: Context<Env>,
  request: EnrolmentRequest,
): Promise<EnrolmentReply> {
  const token = request.enrolment;
  if (token === undefined) {
    const open = relay.policy() === null && isFromThisMachine(c, relay);
    return open ? await admit(relay, request, 'loopback') : { kind: 'token-needed' };
  }
  const door = ENROLMENT_TRIES + clientAddress(c, relay);
  const until = await triesLockedUntil(relay, door);
  if (until !== null) return { kind: 'locked', until };
  const hash = tokenHash(relay, 'enrol', token);
  const row = await tokenByHash(relay.db, hash, 'enrol');
  if (row === null) {
    await takeTry(relay, door);
    const locked = await triesLockedUntil(relay, door);
    return locked === null ? { kind: 'token-unknown' } : { kind: 'locked', until: locked };
  }
  const now = relay.now();
  if (row.spentAt !== null) {
    const again = row.spentBy === request.tillId && row.spentAt + REPEAT_MS > now;
    const till = again ? await tillById(relay.db, request.tillId) : null;
    if (till === null || !isSame(till, request)) return { kind: 'token-spent' };
    await nameOnceMore(relay, { id: till.id, former: request.former ?? null });
    return enrolled(relay, till.number);
  }
  if (row.expiresAt <= now) return { kind: 'token-expired' };
  const reply = await admit(relay, request, 'token');
  if (reply.kind !== 'enrolled') return reply;
  await spendToken(relay.db, hash, request.tillId, now);
  await forgetTries(relay, door);
  return reply;
}

async function admit(
  relay: Relay,
  request: EnrolmentRequest,
  enrolledBy: TillRow['enrolledBy'],
): Promise<EnrolmentReply> {
  const { tillId: id, publicKey, former = null, above } = request;
  // the shop's id is the till id of the relay's own chain
  if (id === relay.shopId) return { kind: 'till-differs' };
  const till = await tillById(relay.db, id);
  if (till !== null) {
    if (!isSame(till, request)) return { kind: 'till-differs' };
    await nameOnceMore(relay, { id, former });
    return enrolled(relay, till.number);
  }
  const name = await nameForNewcomer(relay, { id, name: request.name, former });
  const added = { id, name, publicKey, enrolledAt: relay.now(), enrolledBy };
  const number = await addTill(relay.db, added, above);
  // the till never acts under an older policy than the one in this reply
  await noteProgress(relay.db, id, { policy: (await newestPolicy(relay.db))?.version ?? 0, at: 0 });
  const isKept = former !== null && (await tillById(relay.db, former))?.name === name;
  // the person who set the device up chose its name, which is before each of its codes
  if (!isKept) await tellOwners(relay, null, { kind: 'till-named', to: name });
  return enrolled(relay, number);
}

/** A revoked till has to enrol under a new id: its journal has ended. */
function isSame(till: TillRow, request: EnrolmentRequest): boolean {
  const { x, y } = request.publicKey;
  return till.revokedAt === null && till.publicKey.x === x && till.publicKey.y === y;
}

const enrolled = (relay: Relay, number: number): EnrolmentReply => ({
  kind: 'enrolled',
  shop: { id: relay.shopId },
  relayKey: relay.key.publicJwk,
  policy: relay.policy()?.jws ?? null,
  contract: CONTRACT_VERSION,
  number,
});
