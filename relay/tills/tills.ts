// Lists, enrols, renames and revokes the shop's tills.
import { Hono } from 'hono';
import type * as z from 'zod/mini';
import { tillRename, type TillRenamed, type tillsReply } from '$lib/contract/till';
import { needElevation, needSession } from '../http/auth';
import { body, pathId } from '../http/json-body';
import { Refused, type Env } from '../http/request';
import type { Relay } from '../context';
import { allTills, revokeTill, tillById } from '../store/tills';
import { inTransaction } from '../store/transaction';
import { renameTill } from './till-names';
import { offerEnrolment } from './tokens';

export const RENAME_STATUS = {
  'till-renamed': 200,
  'name-taken': 409,
  'not-found': 404,
} as const satisfies Record<TillRenamed['kind'], number>;

/** `GET /tills`, `POST /tills/enrolments`, `PUT /tills/:id/name`, `DELETE /tills/:id`; all elevated. */
export function tillRoutes(relay: Relay): Hono<Env> {
  const elevated = needElevation('settings');
  return new Hono<Env>()
    .get('/tills', needSession, elevated, async (c) => {
      const tills = (await allTills(relay.db)).map(
        ({ id, name, enrolledAt, seenAt, revokedAt, replacedAt }) => {
          return { id, name, enrolledAt, seenAt, revokedAt, replacedAt };
        },
      );
      return c.json({ kind: 'tills', tills } satisfies z.infer<typeof tillsReply>, 200);
    })
    .post('/tills/enrolments', needSession, elevated, async (c) => {
      relay.log({ event: 'enrolment-offered', till: c.get('till').id, by: c.get('operator') });
      return c.json(await offerEnrolment(relay), 201);
    })
    .put('/tills/:id/name', needSession, elevated, body(tillRename), async (c) => {
      const id = pathId(c);
      const { name } = c.req.valid('json');
      const reply = await inTransaction(relay, (relay) => renameTill(relay, id, name));
      if (reply.kind === 'till-renamed')
        relay.log({ event: 'till-renamed', till: id, by: c.get('operator') });
      return c.json(reply, RENAME_STATUS[reply.kind]);
    })
    .delete('/tills/:id', needSession, elevated, async (c) => {
      const id = pathId(c);
      if ((await tillById(relay.db, id)) === null) throw new Refused(404, { kind: 'not-found' });
      if (await revokeTill(relay.db, id, relay.now())) {
        relay.sessions.endTill(id);
        relay.log({ event: 'till-revoked', till: id, by: c.get('operator') });
      }
      return c.body(null, 204);
    });
}
