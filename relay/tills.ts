// The shop's tills as a manager sees them: who is enrolled, let one more in, throw one out.
import { Hono } from 'hono';
import type * as z from 'zod/mini';
import type { tillsReply } from '$lib/contract/till';
import { needElevation, needSession, pathId, Refused, type Env } from './gate';
import type { Relay } from './relay';
import { allTills, revokeTill, tillById } from './store/tills';
import { offerEnrolment } from './tokens';

/** `GET /tills`, `POST /tills/enrolments`, `DELETE /tills/:id`; all elevated. */
export function tillRoutes(relay: Relay): Hono<Env> {
  const elevated = needElevation('settings');
  return new Hono<Env>()
    .get('/tills', needSession, elevated, (c) => {
      const tills = allTills(relay.db).map(({ id, name, enrolledAt, seenAt, revokedAt }) => {
        return { id, name, enrolledAt, seenAt, revokedAt };
      });
      return c.json({ kind: 'tills', tills } satisfies z.infer<typeof tillsReply>, 200);
    })
    .post('/tills/enrolments', needSession, elevated, (c) => {
      relay.log({ event: 'enrolment-offered', till: c.get('till').id, by: c.get('operator') });
      return c.json(offerEnrolment(relay), 201);
    })
    .delete('/tills/:id', needSession, elevated, (c) => {
      const id = pathId(c);
      if (tillById(relay.db, id) === null) throw new Refused(404, { kind: 'not-found' });
      if (revokeTill(relay.db, id, relay.now())) {
        relay.sessions.endTill(id);
        relay.log({ event: 'till-revoked', till: id, by: c.get('operator') });
      }
      return c.body(null, 204);
    });
}
