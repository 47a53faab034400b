// Approves imports of opening balances, and undoing one, by an owner's code.
import { v7 as uuidv7 } from 'uuid';
import { importReply, importRequest } from '$lib/contract/customer';
import type { ImportPurpose } from '$lib/contract/grant';
import type { ProtectedChange } from '$lib/domain/messages/protected-change';
import { signImportApproval } from '$lib/proof/grant';
import { byPin, CONSENT, minutes, reply, route, type Route } from '../http/route';
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

/** What every approval of an act at a till says. */
export function newApproval({ now, shopId: shop }: Relay, till: string) {
  const iat = now();
  return { v: 1, id: uuidv7({ msecs: iat }), shop, till, iat, exp: iat + GRANT_MS } as const;
}

/** Approving an import. */
export const importRoutes = (relay: Relay, consent: OwnerConsent): Route[] => [
  route('POST /customers/imports', {
    id: 'approveImport',
    summary: 'Approve the opening balances of an import',
    description: `The approval goes into the entry \`customers-imported\` of this till, made within ${minutes(GRANT_MS)}. It counts once, for exactly these account steps: others are flagged \`import-unapproved\`. With \`import-untold\` debtors get no message: the first code sent to them names the imported debt, and the grant states it (\`broughtIn\`).`,
    access: byPin('manage-customers', 'data'),
    consentWhen: CONSENT,
    body: importRequest,
    replies: [reply(200, importReply)],
  }).handle(async ({ c, till: { id: till }, operator: by, body }) => {
    const { purpose, accounts, sums } = body;
    const demo = !(await hasRealService(relay.db));
    await consent.need(c, { kind: CHANGE[purpose], sums });
    const approved = { ...newApproval(relay, till), purpose, accounts, sums, demo };
    const { privateKey, kid } = relay.key;
    const approval = await signImportApproval(approved, privateKey, kid);
    relay.log({ event: 'import-approved', purpose, till, by, customers: sums.customers });
    return { kind: 'import-approved', approval };
  }),
];
