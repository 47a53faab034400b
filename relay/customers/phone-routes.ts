// The routes of customers' numbers.
import { Hono } from 'hono';
import {
  numbersAccepted,
  phoneChangeRequest,
  trustedRequest,
  type ChangeNotWaiting,
  type PhoneChangeReply,
  type PhoneFlagsReply,
  type TrustedReply,
} from '$lib/contract/customer';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { mapInTurn } from '../in-turn';
import { needElevation, needPin, needSession } from '../http/auth';
import { body, pathId, pathTime } from '../http/json-body';
import type { Env } from '../http/request';
import { phoneFlags } from './phone-flags';
import { cancelChanges, changePhone } from './phone-changes';
import { acceptChanges, trustContacts, undecidedChange, waitingChange } from './phones';
import type { OwnerConsent } from '../messaging/services/owner-consent';
import type { Relay } from '../context';

export const PHONE_CHANGE_STATUS = {
  changed: 200,
  waiting: 202,
  'not-registered': 409,
  'owner-decides': 409,
  'challenge-not-verified': 409,
  'challenge-differs': 409,
} as const satisfies Record<PhoneChangeReply['kind'], number>;

/**
 * `PUT /customers/:id/phone`; with an elevation: `POST /phones/accepted`,
 * `DELETE /customers/:id/phone-change/:askedAt`, `POST /customers/trusted`, `GET /phones/flags`.
 */
export function phoneRoutes(relay: Relay, consent: OwnerConsent): Hono<Env> {
  const importer = needPin('settings', 'manage-customers', 'data');
  return new Hono<Env>()
    .post('/customers/trusted', needSession, importer, body(trustedRequest), async (c) => {
      const { contacts } = c.req.valid('json');
      await consent.need(c, { kind: 'trust-numbers', count: contacts.length });
      const held = await trustContacts(relay, contacts);
      relay.log({
        event: 'phones-trusted',
        till: c.get('till').id,
        by: c.get('operator'),
        count: contacts.length,
        held: held.length,
      });
      return c.json({ kind: 'trusted', held } satisfies TrustedReply, 200);
    })
    .get('/phones/flags', needSession, needElevation('settings', 'manage-customers'), async (c) =>
      c.json(
        { kind: 'phone-flags', flags: await phoneFlags(relay) } satisfies PhoneFlagsReply,
        200,
      ),
    )
    .post(
      '/phones/accepted',
      needSession,
      needPin('change-customer-phone', 'manage-customers'),
      body(numbersAccepted),
      async (c) => {
        const { numbers } = c.req.valid('json');
        const notWaiting = { kind: 'not-waiting' } satisfies ChangeNotWaiting;
        const changes = await mapInTurn(numbers, (asked) => undecidedChange(relay, asked));
        const masked = changes.flatMap((change) =>
          change === null ? [] : [maskPhone(relay.cipher.decrypt(change.phone) as Phone)],
        );
        if (masked.length < numbers.length) return c.json(notWaiting, 409);
        const [phoneMasked = ''] = masked;
        await consent.need(c, { kind: 'accept-numbers', count: numbers.length, phoneMasked });
        if (!(await acceptChanges(relay, numbers))) return c.json(notWaiting, 409);
        const [till, by] = [c.get('till').id, c.get('operator')];
        relay.log({ event: 'numbers-accepted', till, by, count: numbers.length });
        return c.body(null, 204);
      },
    )
    .delete(
      '/customers/:id/phone-change/:askedAt',
      needSession,
      needPin('change-customer-phone', 'manage-customers'),
      async (c) => {
        const asked = { customer: pathId(c), askedAt: pathTime(c, 'askedAt') };
        const change = await waitingChange(relay, asked);
        if (change === null) return c.body(null, 204);
        const phoneMasked = maskPhone(relay.cipher.decrypt(change.phone) as Phone);
        await consent.need(c, { kind: 'cancel-number-change', phoneMasked });
        const dropped = await cancelChanges(relay, asked.customer, [asked]);
        relay.outbox.wake();
        const [till, by] = [c.get('till').id, c.get('operator')];
        relay.log({ event: 'phone-change-called-off', till, by, dropped });
        return c.body(null, 204);
      },
    )
    .put('/customers/:id/phone', needSession, body(phoneChangeRequest), async (c) => {
      const till = c.get('till').id;
      const asked = { customer: pathId(c), till, ...c.req.valid('json') };
      const reply = await changePhone(relay, asked);
      relay.log({ event: 'phone-change', till, outcome: reply.kind });
      return c.json(reply, PHONE_CHANGE_STATUS[reply.kind]);
    });
}
