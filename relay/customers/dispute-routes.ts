// The disputes' part of the wire: what a till that did not write them down would not know of.
import { Hono } from 'hono';
import type { DisputesReply } from '$lib/contract/customer';
import { needSession, type Env } from '../http/gate';
import type { Relay } from '../relay';
import { disputesElsewhere } from '../store/disputes';
import { namesOfDevice } from '../store/former-names';

/** `GET /disputes`. */
export function disputeRoutes({ db }: Relay): Hono<Env> {
  return new Hono<Env>().get('/disputes', needSession, (c) => {
    const disputes = disputesElsewhere(db, namesOfDevice(db, c.get('till').id));
    return c.json({ kind: 'disputes', disputes } satisfies DisputesReply, 200);
  });
}
