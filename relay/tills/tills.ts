// Lists, enrols, renames and revokes the shop's tills.
import { Hono } from 'hono';
import type * as z from 'zod/mini';
import {
  tillRename,
  type TillOnRelay,
  type TillRenamed,
  type tillsReply,
} from '$lib/contract/till';
import { needElevation, needPin, needSession } from '../http/auth';
import { body, pathId } from '../http/json-body';
import { Refused, type Env } from '../http/request';
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

export const RENAME_STATUS = {
  'till-renamed': 200,
  'name-taken': 409,
  'not-found': 404,
} as const satisfies Record<TillRenamed['kind'], number>;

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

/** `GET /tills`, `DELETE /awaited-tills`, `POST /tills/enrolments`, `PUT /tills/:id/name`, `DELETE /tills/:id`; all elevated. */
export function tillRoutes(relay: Relay, consent: OwnerConsent): Hono<Env> {
  const manager = needPin('settings');
  return new Hono<Env>()
    .get('/tills', needSession, needElevation('settings'), async (c) => {
      const awaited = new Set((await awaitedTills(relay)).map(({ id }) => id));
      const tills = await mapInTurn(await allTills(relay.db), (till) =>
        onWire(relay, till, awaited.has(till.id)),
      );
      return c.json({ kind: 'tills', tills } satisfies z.infer<typeof tillsReply>, 200);
    })
    .post('/tills/enrolments', needSession, manager, async (c) => {
      await consent.need(c, { kind: 'enrol-till' });
      relay.log({ event: 'enrolment-offered', till: c.get('till').id, by: c.get('operator') });
      return c.json(await offerEnrolment(relay), 201);
    })
    .delete('/awaited-tills', needSession, manager, async (c) => {
      const awaited = await awaitedTills(relay);
      if (awaited.length === 0) return c.body(null, 204);
      await consent.need(c, { kind: 'stop-waiting', tills: awaited.map(({ name }) => name) });
      await stopAwaiting(relay.db);
      relay.log({ event: 'awaited-tills-waived', till: c.get('till').id, by: c.get('operator') });
      return c.body(null, 204);
    })
    .put('/tills/:id/name', needSession, manager, body(tillRename), async (c) => {
      const id = pathId(c);
      const { name } = c.req.valid('json');
      refuseCallable(relay, name);
      const by = c.get('operator');
      const reply = await inTransaction(relay, (relay) => renameTill(relay, id, { name, by }));
      if (reply.kind === 'till-renamed') {
        relay.outbox.wake();
        relay.log({ event: 'till-renamed', till: id, by });
      }
      return c.json(reply, RENAME_STATUS[reply.kind]);
    })
    .delete('/tills/:id', needSession, manager, async (c) => {
      const id = pathId(c);
      const till = await tillById(relay.db, id);
      if (till === null) throw new Refused(404, { kind: 'not-found' });
      await consent.need(c, { kind: 'revoke-till', till: till.name });
      if (await revokeTill(relay.db, id, relay.now())) {
        relay.sessions.endTill(id);
        relay.log({ event: 'till-revoked', till: id, by: c.get('operator') });
      }
      return c.body(null, 204);
    });
}
