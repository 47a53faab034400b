// Approves by an owner's code that a customer is forgotten, and lets an owner stop it.
import { forgetReply, forgetRequest, forgettingNotWaiting } from '$lib/contract/customer';
import { signForgetApproval } from '$lib/proof/grant';
import { isOwner } from '$lib/domain/policy/policy-weakening';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { MOST_BY_RIGHT } from '$lib/domain/acts/customers/customer-forgotten';
import { Refused } from '../http/request';
import { byPin, CONSENT, minutes, reply, route, type Route } from '../http/route';
import type { OwnerConsent } from '../messaging/services/owner-consent';
import type { Relay } from '../context';
import { stopForgetting } from './delayed-forgettings';
import { GRANT_MS } from '../store/challenges';
import { hasRealService } from '../store/provider';
import { newApproval } from '../customers/imports';
import { registeredPhone } from '../customers/phones';

/** Approving that a customer is forgotten, and stopping it. */
export const forgetRoutes = (relay: Relay, consent: OwnerConsent): Route[] => [
  route('POST /customers/forgettings', {
    id: 'approveForgetting',
    summary: 'Approve that a customer is forgotten',
    description: `The approval goes into the entry \`customer-forgotten\` of this till, made within ${minutes(GRANT_MS)}. It counts once, for this customer. Without it, or a code of the customer, the shop may forget ${MOST_BY_RIGHT} a day.`,
    access: byPin('manage-customers'),
    consentWhen: CONSENT,
    body: forgetRequest,
    replies: [reply(200, forgetReply)],
  }).handle(async ({ c, till: { id: till }, operator: by, body: { customer } }) => {
    const demo = !(await hasRealService(relay.db));
    const phone = await registeredPhone(relay, customer);
    const phoneMasked =
      phone === null ? null : maskPhone(relay.cipher.decrypt(phone.phone) as Phone);
    await consent.need(c, { kind: 'forget-customer', phoneMasked });
    const of = { purpose: 'forget-customer', customer, demo } as const;
    const { privateKey, kid } = relay.key;
    const approval = await signForgetApproval(
      { ...newApproval(relay, till), ...of },
      privateKey,
      kid,
    );
    relay.log({ event: 'forgetting-approved', till, by });
    return { kind: 'forget-approved', approval };
  }),
  route('DELETE /customers/:id/forgetting', {
    id: 'stopForgetting',
    summary: 'Stop that a customer is forgotten',
    description:
      'Within the day after the entry came, by an owner: an operator with every right that anybody has. The entry then gets the verdict `refused`.',
    access: byPin('manage-customers'),
    replies: [reply(204, null), reply(409, forgettingNotWaiting)],
  }).handle(async ({ till, operator: by, id }) => {
    const policy = relay.policy()?.policy;
    if (policy === undefined || !isOwner(policy, by)) throw new Refused(403, { kind: 'no-right' });
    if (!(await stopForgetting(relay, id))) return { kind: 'not-waiting' };
    relay.log({ event: 'forgetting-stopped', till: till.id, by });
    return null;
  }),
];
