// The routes of customers' numbers.
import {
  changeNotWaiting,
  numbersAccepted,
  phoneChangeReply,
  phoneChangeRequest,
  phoneFlagsReply,
  trustedReply,
  trustedRequest,
} from '$lib/contract/customer';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { mapInTurn } from '../in-turn';
import { pathTime } from '../http/json-body';
import { byPhone, byPin, CONSENT, replies, reply, route, SESSION, type Route } from '../http/route';
import { phoneFlags } from './phone-flags';
import { cancelChanges, changePhone } from './phone-changes';
import { acceptChanges, trustContacts, undecidedChange, waitingChange } from './phones';
import type { OwnerConsent } from '../messaging/services/owner-consent';
import type { Relay } from '../context';

/** Numbers of customers: registered, changed, accepted, flagged. */
export const phoneRoutes = (relay: Relay, consent: OwnerConsent): Route[] => [
  route('POST /customers/trusted', {
    id: 'trustPhones',
    summary: 'Register numbers of imported customers without a waiting time',
    access: byPin('settings', 'manage-customers', 'data'),
    consentWhen: CONSENT,
    body: trustedRequest,
    replies: [reply(200, trustedReply)],
  }).handle(async ({ c, till: { id: till }, operator: by, body: { contacts } }) => {
    const count = contacts.length;
    await consent.need(c, { kind: 'trust-numbers', count });
    const held = await trustContacts(relay, contacts);
    relay.log({ event: 'phones-trusted', till, by, count, held: held.length });
    return { kind: 'trusted', held };
  }),
  route('PUT /customers/:id/phone', {
    id: 'changePhone',
    summary: 'Change a customer’s number',
    description:
      'With a verified `change-phone` challenge to the old number the change holds at once; with `null` it waits for a day, of which the old number gets a notice.',
    access: SESSION,
    body: phoneChangeRequest,
    replies: replies(phoneChangeReply, {
      changed: 200,
      waiting: 202,
      'not-registered': 409,
      'owner-decides': 409,
      'challenge-not-verified': 409,
      'challenge-differs': 409,
    }),
  }).handle(async ({ till: { id: till }, id: customer, body }) => {
    const reply = await changePhone(relay, { customer, till, ...body });
    relay.log({ event: 'phone-change', till, outcome: reply.kind });
    return reply;
  }),
  route('POST /phones/accepted', {
    id: 'acceptNumbers',
    summary: 'Accept numbers that wait for good',
    description:
      'For numbers that do not take effect by themselves: another one waits for the card, too, or no earlier one could object. One code accepts the whole list, or nothing of it. The first day of each begins then, and the others of its card wait no longer.',
    access: byPin('change-customer-phone', 'manage-customers'),
    consentWhen: CONSENT,
    body: numbersAccepted,
    replies: [reply(204, null), reply(409, changeNotWaiting)],
  }).handle(async ({ c, till: { id: till }, operator: by, body: { numbers } }) => {
    const count = numbers.length;
    const changes = await mapInTurn(numbers, (asked) => undecidedChange(relay, asked));
    const masked = changes.flatMap((change) =>
      change === null ? [] : [maskPhone(relay.cipher.decrypt(change.phone) as Phone)],
    );
    if (masked.length < count) return { kind: 'not-waiting' };
    const [phoneMasked = ''] = masked;
    await consent.need(c, { kind: 'accept-numbers', count, phoneMasked });
    if (!(await acceptChanges(relay, numbers))) return { kind: 'not-waiting' };
    relay.log({ event: 'numbers-accepted', till, by, count });
    return null;
  }),
  route('DELETE /customers/:id/phone-change/:askedAt', {
    id: 'cancelPhoneChange',
    summary: 'Cancel a change of number that is waiting',
    description:
      'The one that was asked for then. If one other remains, its day goes on, or begins with the message that announces it.',
    access: byPin('change-customer-phone', 'manage-customers'),
    consentWhen: CONSENT,
    replies: [reply(204, null)],
  }).handle(async ({ c, till: { id: till }, operator: by, id: customer }) => {
    const asked = { customer, askedAt: pathTime(c, 'askedAt') };
    const change = await waitingChange(relay, asked);
    if (change === null) return null;
    const phoneMasked = maskPhone(relay.cipher.decrypt(change.phone) as Phone);
    await consent.need(c, { kind: 'cancel-number-change', phoneMasked });
    const dropped = await cancelChanges(relay, customer, [asked]);
    relay.outbox.wake();
    relay.log({ event: 'phone-change-called-off', till, by, dropped });
    return null;
  }),
  route('GET /phones/flags', {
    id: 'listPhoneFlags',
    summary: 'Numbers a manager should look at',
    access: byPhone('settings', 'manage-customers'),
    replies: [reply(200, phoneFlagsReply)],
  }).handle(async () => ({ kind: 'phone-flags', flags: await phoneFlags(relay) })),
];
