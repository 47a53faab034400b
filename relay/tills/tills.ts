// Lists, enrols, renames and revokes the shop's tills.
import {
  enrolmentOffer,
  tillRename,
  tillRenamed,
  tillsReply,
  type TillOnRelay,
} from '$lib/contract/till';
import { byPhone, byPin, CONSENT, named, replies, reply, route, type Route } from '../http/route';
import type { Relay } from '../context';
import { mapInTurn } from '../in-turn';
import { DAY_MS } from '$lib/domain/values/durations';
import { waitingAt } from '../store/former-journals';
import { headOf, othersAfter } from '../store/journal';
import { allTills, revokeTill, stopAwaiting, tillById, type TillRow } from '../store/tills';
import { statedHead, unclaimedSince } from '../store/withheld';
import { inTransaction } from '../store/transaction';
import type { OwnerConsent } from '../messaging/services/owner-consent';
import { awaitedTills } from './restored';
import { refuseCallable, renameTill } from './till-names';
import { offerEnrolment } from './tokens';

/** For a till that is no longer in use: nothing is left to download. */
const NOTHING = { entries: 0, since: null };

async function onWire(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  till: TillRow,
  isAwaited: boolean,
): Promise<TillOnRelay> {
  const { id, number, name, enrolledAt, seenAt, downloaded, revokedAt, replacedAt } = till;
  const isInUse = revokedAt === null && replacedAt === null;
  const others = isInUse ? await othersAfter(db, { after: downloaded, till: id }) : NOTHING;
  const held = (await headOf(db, id))?.seq ?? 0;
  const stated = await statedHead(db, id);
  return {
    id,
    number,
    name,
    enrolledAt,
    seenAt,
    revokedAt,
    replacedAt,
    held,
    stated: stated?.seq ?? held,
    differSince: stated?.differSince ?? null,
    notDownloaded: others.entries,
    notDownloadedSince: others.since,
    sumsDifferSince: till.sumsDifferSince,
    unclaimed: (await unclaimedSince(db, id, now() - DAY_MS)).length,
    waiting: [...(await waitingAt(db, id))],
    isAwaited,
  };
}

/** The list of tills, and what is done to one. */
export const tillRoutes = (relay: Relay, consent: OwnerConsent): Route[] => [
  route('GET /tills', {
    id: 'listTills',
    summary: 'All tills of the shop, revoked ones included',
    access: byPhone('settings'),
    replies: replies(tillsReply, { tills: 200 }),
  }).handle(async () => {
    const awaited = new Set((await awaitedTills(relay)).map(({ id }) => id));
    const tills = await mapInTurn(await allTills(relay.db), (till) =>
      onWire(relay, till, awaited.has(till.id)),
    );
    return { kind: 'tills', tills };
  }),
  route('POST /tills/enrolments', {
    id: 'offerEnrolment',
    summary: 'Make a one-time token for a new till',
    access: byPin('settings'),
    consentWhen: CONSENT,
    replies: replies(enrolmentOffer, { enrolment: 201 }),
  }).handle(async ({ c, till, operator: by }) => {
    await consent.need(c, { kind: 'enrol-till' });
    relay.log({ event: 'enrolment-offered', till: till.id, by });
    return offerEnrolment(relay);
  }),
  route('DELETE /awaited-tills', {
    id: 'stopAwaiting',
    summary: 'After the relay was restored from an older copy, wait for no till any more',
    access: byPin('settings'),
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  }).handle(async ({ c, till, operator: by }) => {
    const awaited = await awaitedTills(relay);
    if (awaited.length === 0) return null;
    await consent.need(c, { kind: 'stop-waiting', tills: awaited.map(({ name }) => name) });
    await stopAwaiting(relay.db);
    relay.log({ event: 'awaited-tills-waived', till: till.id, by });
    return null;
  }),
  route('PUT /tills/:id/name', {
    id: 'renameTill',
    summary: 'Rename a till',
    access: byPin('settings'),
    body: tillRename,
    replies: replies(tillRenamed, { 'till-renamed': 200, 'name-taken': 409, 'not-found': 404 }),
  }).handle(async ({ id, operator: by, body: { name } }) => {
    refuseCallable(relay, name);
    const reply = await inTransaction(relay, (relay) => renameTill(relay, id, { name, by }));
    if (reply.kind === 'till-renamed') {
      relay.outbox.wake();
      relay.log({ event: 'till-renamed', till: id, by });
    }
    return reply;
  }),
  route('DELETE /tills/:id', {
    id: 'revokeTill',
    summary: 'Revoke a till and end its sessions',
    description: 'Revoking it again is safe. A revoked till still uploads what its journal owes.',
    access: byPin('settings'),
    consentWhen: CONSENT,
    replies: [reply(204, null), named(404, 'not-found')],
  }).handle(async ({ c, id, operator: by }) => {
    const till = await tillById(relay.db, id);
    if (till === null) return { kind: 'not-found' };
    await consent.need(c, { kind: 'revoke-till', till: till.name });
    if (await revokeTill(relay.db, id, relay.now())) {
      relay.sessions.endTill(id);
      relay.log({ event: 'till-revoked', till: id, by });
    }
    return null;
  }),
];
