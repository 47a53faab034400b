// The policy: changes are judged by the domain's rule, numbered, signed and never overwritten.
import {
  policyChange,
  policyReply,
  policyReturned,
  type Policy,
  type PolicyRefusal,
  type PolicyReply,
} from '$lib/contract/policy';
import type { Phone } from '$lib/domain/values/phone';
import { firstPrefixes } from '$lib/domain/values/phone-parser';
import { operatorOf } from '$lib/domain/policy/policy';
import { ownersOf, policyWeakenings } from '$lib/domain/policy/policy-weakening';
import { checkPolicyChange, protectedParts } from '$lib/domain/policy/policy-change';
import { policyMark, signPolicy, verifyPolicy } from '$lib/proof/policy';
import { elevatedOperator } from '../http/auth';
import { replies, route, SESSION, type Route } from '../http/route';
import { isCallable } from './sign-names';
import type { OwnerConsent } from '../messaging/services/owner-consent';
import { dropChangedProofs } from './phone-proof';
import { withoutSending } from './restored';
import type { KeptPolicy, Relay } from '../context';
import { queueOwnerNotices } from '../messaging/outbox/owner-notices';
import { addPolicy, newestPolicy } from '../store/policies';
import { inTransaction } from '../store/transaction';

/** The shop's policy. */
export const policyRoutes = (relay: Relay, consent: OwnerConsent): Route[] => [
  route('GET /policy', {
    id: 'getPolicy',
    summary: 'The newest signed policy',
    description: '`policy` is a compact JWS (ES256) whose payload is the schema `policy`.',
    access: SESSION,
    replies: replies(policyReply, { policy: 200, 'no-policy': 404 }),
  }).handle(() => {
    const kept = relay.policy();
    return kept ? { kind: 'policy', policy: kept.jws } : { kind: 'no-policy' };
  }),
  route('PUT /policy', {
    id: 'changePolicy',
    summary: 'Change the policy',
    description:
      'The relay judges the change by its own rules, numbers and signs it. `policy-differs`: the change was made from a version that is not the newest.',
    access: SESSION,
    consentWhen:
      'Once there is a real messaging service, for everything but the shop’s name and the language of its messages. An owner’s number that is replaced sends a code, too.',
    elevationWhen:
      'Once there is a policy. Which right it takes depends on what is changed; a right that is missing is `policy-refused`.',
    body: policyChange,
    replies: replies(policyReply, CHANGE_STATUS),
  }).handle(async ({ c, till, body: { base, baseMark, policy: asked } }) => {
    const kept = relay.policy();
    const before = kept?.policy ?? null;
    const policy = before === null ? withFirstPrefixes(asked) : asked;
    // the first policy comes from the first run, before there is any operator
    const by = before === null ? null : await elevatedOperator(c, 'pin', []);
    if (base !== (before?.version ?? null) || !(await isMarked(kept, baseMark)))
      return { kind: 'policy-differs', version: before?.version ?? null };
    const refusal =
      policy.shop.id === relay.shopId
        ? (checkPolicyChange(before, policy, by) ?? wrongName(policy))
        : ({ path: 'shop.id', because: 'wrong-shop' } as const);
    if (refusal !== null)
      return { kind: 'policy-refused', path: refusal.path, because: refusal.because };
    if (before !== null && by !== null && protectedParts(before, policy).length > 0) {
      c.set('operator', by);
      await consent.need(c, { kind: 'policy', after: policy }, formerNumbers(before, policy));
    }
    const jws = await store(relay, base, policy, by, till.id);
    return jws === null ? differs(relay) : { kind: 'policy', policy: jws };
  }),
  route('POST /policy/returned', {
    id: 'returnPolicy',
    summary: 'Give a relay restored from an old copy its own newer policy back',
    access: SESSION,
    body: policyReturned,
    replies: replies(policyReply, CHANGE_STATUS),
  }).handle(({ till, body }) => takeBack(relay, body.policy, till.id)),
];

const CHANGE_STATUS = { policy: 200, 'policy-differs': 409, 'policy-refused': 422 } as const;

type Changed = Extract<PolicyReply, { readonly kind: keyof typeof CHANGE_STATUS }>;

const wrongName = ({
  shop,
}: Policy): { readonly path: string; readonly because: PolicyRefusal } | null =>
  isCallable(shop.name, shop) ? { path: 'shop.name', because: 'malformed' } : null;

/** Numbers of owners that the change replaces or removes: their codes are needed, too. */
const formerNumbers = (before: Policy, after: Policy): readonly Phone[] =>
  ownersOf(before).flatMap(({ id, phone }) =>
    phone === null || operatorOf(after, id)?.phone === phone ? [] : [phone as Phone],
  );

/**
 * Takes back a newer policy of its own from a till, after the relay was restored from an old copy. Needs no right: the relay
 * itself signed it, and tills that have it follow no older one.
 */
async function takeBack(relay: Relay, jws: string, byTill: string): Promise<Changed> {
  const policy = await verifyPolicy(jws, relay.key.publicJwk);
  if (policy === null) return { kind: 'policy-refused', path: 'policy', because: 'malformed' };
  if (policy.shop.id !== relay.shopId)
    return { kind: 'policy-refused', path: 'policy.shop.id', because: 'wrong-shop' };
  const { version } = policy;
  const base = relay.policy()?.policy.version ?? null;
  const isNewer = version > (base ?? 0);
  const by = { byOperator: null, byTill };
  if (!isNewer || !(await keep(relay, base, { policy, jws }, by, 'returned')))
    return differs(relay);
  relay.log({ event: 'policy-taken-back', version, before: base, till: byTill });
  return { kind: 'policy', policy: jws };
}

/** A new shop writes to numbers of its own country and its owner's, unless the first run says which. */
function withFirstPrefixes(policy: Policy): Policy {
  if (policy.allowedPrefixes.length > 0) return policy;
  const phones = policy.operators.flatMap(({ phone }) => (phone === null ? [] : [phone]));
  return { ...policy, allowedPrefixes: firstPrefixes(policy.shop.phoneCountry, phones) };
}

/** Compares marks: after a restore from an old copy one version number can name two policies. */
const isMarked = async (kept: KeptPolicy | null, mark: string | undefined): Promise<boolean> =>
  mark === undefined || (kept !== null && (await policyMark(kept.jws)) === mark);

async function differs({ db }: Relay): Promise<Changed> {
  return { kind: 'policy-differs', version: (await newestPolicy(db))?.version ?? null };
}

/** Signs and stores the version after `base`; null: another change came first. */
async function store(
  relay: Relay,
  base: number | null,
  asked: Policy,
  byOperator: string | null,
  byTill: string,
): Promise<string | null> {
  const version = (base ?? 0) + 1;
  const at = relay.now();
  const { privateKey, publicJwk, kid } = relay.key;
  const jws = await signPolicy({ ...asked, version, at }, privateKey, kid);
  // verified as a till verifies it, before it is published
  const policy = await verifyPolicy(jws, publicJwk);
  if (policy === null) throw new Error('the policy just signed does not verify');
  const by = { byOperator, byTill };
  if (!(await keep(relay, base, { policy, jws }, by, 'changed'))) return null;
  relay.log({ event: 'policy-changed', version, till: byTill, by: byOperator });
  return jws;
}

/** Stores the version after `base` with its effects; false: another change came first. */
async function keep(
  relay: Relay,
  base: number | null,
  kept: KeptPolicy,
  by: { readonly byOperator: string | null; readonly byTill: string },
  origin: 'changed' | 'returned',
): Promise<boolean> {
  const { policy, jws } = kept;
  const before = relay.policy()?.policy ?? null;
  const stored = await inTransaction(relay, async (relay) => {
    const version = { version: policy.version, jws, at: policy.at, ...by };
    if (!(await addPolicy(relay.db, base, version, relay.now()))) return false;
    if (before === null) return true;
    await dropChangedProofs(relay, before, policy);
    const weakenings = policyWeakenings(before, policy);
    const queue = () =>
      queueOwnerNotices(relay, { by: by.byOperator, weakenings, before, service: null });
    // the relay queued the message about a returned policy when it signed it
    await (origin === 'returned' ? withoutSending(relay, queue) : queue());
    return true;
  });
  if (!stored) return false;
  relay.setPolicy(kept);
  relay.outbox.wake();
  return true;
}
