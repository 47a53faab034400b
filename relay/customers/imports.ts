// Approves imports of opening balances, and undoing one, by an owner's code.
import { Hono } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import { importRequest, type ImportReply } from '$lib/contract/customer';
import type { ImportPurpose } from '$lib/contract/grant';
import type { ProtectedChange } from '$lib/domain/messages/protected-change';
import { signImportApproval } from '$lib/proof/grant';
import { needPin, needSession } from '../http/auth';
import { body } from '../http/json-body';
import type { Env } from '../http/request';
import type { OwnerConsent } from '../messaging/services/owner-consent';
import type { Relay } from '../context';
import { GRANT_MS } from '../store/challenges';
import { hasRealService } from '../store/provider';

/** The protected change that an owner consents to. */
const CHANGE = {
  import: 'import-balances',
  'import-untold': 'import-untold',
  'undo-import': 'undo-import',
} as const satisfies Record<ImportPurpose, ProtectedChange['kind']>;

/** `POST /customers/imports`. */
export function importRoutes(relay: Relay, consent: OwnerConsent): Hono<Env> {
  return new Hono<Env>().post(
    '/customers/imports',
    needSession,
    needPin('manage-customers', 'data'),
    body(importRequest),
    async (c) => {
      const { purpose, accounts, sums } = c.req.valid('json');
      const till = c.get('till').id;
      const demo = !(await hasRealService(relay.db));
      await consent.need(c, { kind: CHANGE[purpose], sums });
      const iat = relay.now();
      const { privateKey, kid } = relay.key;
      const id = uuidv7({ msecs: iat });
      const approval = await signImportApproval(
        {
          v: 1,
          purpose,
          id,
          shop: relay.shopId,
          till,
          accounts,
          sums,
          demo,
          iat,
          exp: iat + GRANT_MS,
        },
        privateKey,
        kid,
      );
      relay.log({
        event: 'import-approved',
        purpose,
        till,
        by: c.get('operator'),
        customers: sums.customers,
      });
      return c.json({ kind: 'import-approved', approval } satisfies ImportReply, 200);
    },
  );
}
