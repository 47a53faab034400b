// The phone registry's part of the wire.
import { Hono } from 'hono';
import {
  phoneChangeRequest,
  trustedRequest,
  type PhoneChangeReply,
  type PhoneFlagsReply,
  type TrustedReply,
} from '$lib/contract/customer';
import { body, needElevation, needSession, pathId, type Env } from './gate';
import { phoneFlags } from './phone-flags';
import { changePhone, trustContacts } from './phones';
import type { Relay } from './relay';

const STATUS = {
  changed: 200,
  waiting: 202,
  'not-registered': 409,
  'challenge-not-verified': 409,
  'challenge-differs': 409,
} as const satisfies Record<PhoneChangeReply['kind'], number>;

/** `POST /customers/trusted` and `GET /phones/flags` (elevated), `PUT /customers/:id/phone`. */
export function phoneRoutes(relay: Relay): Hono<Env> {
  const elevated = needElevation('settings', 'manage-customers', 'data');
  return new Hono<Env>()
    .post('/customers/trusted', needSession, elevated, body(trustedRequest), (c) => {
      const { contacts } = c.req.valid('json');
      const held = trustContacts(relay, contacts);
      relay.log({
        event: 'phones-trusted',
        till: c.get('till').id,
        by: c.get('operator'),
        count: contacts.length,
        held: held.length,
      });
      return c.json({ kind: 'trusted', held } satisfies TrustedReply, 200);
    })
    .get('/phones/flags', needSession, needElevation('settings', 'manage-customers'), (c) =>
      c.json({ kind: 'phone-flags', flags: phoneFlags(relay) } satisfies PhoneFlagsReply, 200),
    )
    .put('/customers/:id/phone', needSession, body(phoneChangeRequest), async (c) => {
      const till = c.get('till').id;
      const asked = { customer: pathId(c), till, ...c.req.valid('json') };
      const reply = await changePhone(relay, asked);
      relay.log({ event: 'phone-change', till, outcome: reply.kind });
      return c.json(reply, STATUS[reply.kind]);
    });
}
