// Approves by an owner's code that a customer is forgotten, and lets an owner stop it.
import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { forgetRequest, type ForgetReply, type ForgettingNotWaiting } from '$lib/contract/customer';
import { signForgetApproval } from '$lib/proof/grant';
import { isOwner } from '$lib/domain/policy/policy-weakening';
import { maskPhone, type Phone } from '$lib/domain/values/phone';
import { needPin, needSession } from '../http/auth';
import { body, pathId } from '../http/json-body';
import { Refused, type Env } from '../http/request';
import type { OwnerConsent } from '../messaging/services/owner-consent';
import type { Relay } from '../context';
import { stopForgetting } from './delayed-forgettings';
import { GRANT_MS } from '../store/challenges';
import { hasRealService } from '../store/provider';
import { registeredPhone } from '../customers/phones';

/** `POST /customers/forgettings` and `DELETE /customers/:id/forgetting`. */
export function forgetRoutes(relay: Relay, consent: OwnerConsent): Hono<Env> {
  const approving = new Hono<Env>().post(
    '/customers/forgettings',
    needSession,
    needPin('manage-customers'),
    body(forgetRequest),
    async (c) => {
      const { customer } = c.req.valid('json');
      const till = c.get('till').id;
      const demo = !(await hasRealService(relay.db));
      const phone = await registeredPhone(relay, customer);
      const phoneMasked =
        phone === null ? null : maskPhone(relay.cipher.decrypt(phone.phone) as Phone);
      await consent.need(c, { kind: 'forget-customer', phoneMasked });
      const iat = relay.now();
      const { privateKey, kid } = relay.key;
      const approval = await signForgetApproval(
        {
          v: 1,
          purpose: 'forget-customer',
          id: uuidv7({ msecs: iat }),
          customer,
          demo,
          shop: relay.shopId,
          till,
          iat,
          exp: iat + GRANT_MS,
        },
        privateKey,
        kid,
      );
      relay.log({ event: 'forgetting-approved', till, by: c.get('operator') });
      return c.json({ kind: 'forget-approved', approval } satisfies ForgetReply, 200);
    },
  );
  return approving.delete(
    '/customers/:id/forgetting',
    needSession,
    needPin('manage-customers'),
    async (c) => {
      const by = c.get('operator');
      const policy = relay.policy()?.policy;
      if (policy === undefined || !isOwner(policy, by))
        throw new Refused(403, { kind: 'no-right' });
      if (!(await stopForgetting(relay, pathId(c))))
        return c.json({ kind: 'not-waiting' } satisfies ForgettingNotWaiting, 409);
      relay.log({ event: 'forgetting-stopped', till: c.get('till').id, by });
      return c.body(null, 204);
    },
  );
}
