// An owner's consent to protected changes: one code or token, one change.
import type { Context } from 'hono';
import { consent as consentParts, type Consent, type ConsentState } from '$lib/contract/till';
import { CONSENT_HEADER } from '$lib/contract/version';
import { wordConsent, type ProtectedChange } from '$lib/domain/messages/protected-change';
import type { Phone } from '$lib/domain/values/phone';
import { ownersOf } from '$lib/domain/policy/policy-weakening';
import { hashOf } from '$lib/proof/canonical';
import { mapInTurn } from '../in-turn';
import { isFromThisMachine } from '../http/address';
import { malformed } from '../http/json-body';
import { Refused, type Env } from '../http/request';
import type { Chosen } from '../messaging/gateway/gateway-types';
import type { OwnerConsent } from '../messaging/services/owner-consent';
import type { Relay } from '../context';
import { dropCodesOfChange, keepOperatorCode, type OperatorCodeKey } from '../store/operator-codes';
import { phoneTag } from '../store/phones';
import { hasRealService } from '../store/provider';
import { inTransaction } from '../store/transaction';
import { checkOperatorCode, liveCode, type OperatorCodes } from './operator-codes';
import { provenPhone } from './phone-proof';
import { isLiveToken, spendElevationToken } from './tokens';

/** An owner with the number that gets the code. */
type Recipient = { readonly operator: string; readonly phone: Phone };

/** The request that asks for the change. */
type Asked = {
  readonly till: string;
  readonly by: string;
  readonly subject: string;
  readonly given: Consent;
  readonly words: string;
};

export function openOwnerConsent(relay: Relay, codes: OperatorCodes): OwnerConsent {
  return {
    need: async (c, change, alsoTo = []) => {
      if (!(await hasRealService(relay.db))) return;
      const asked = await askedIn(relay, c, change);
      const { till, by, given } = asked;
      if (given.token !== undefined) {
        if (await spendElevationToken(relay, { till, operatorId: by, token: given.token })) return;
        throw needed({ kind: 'wrong-token' });
      }
      const owner = await provenOwner(relay, by);
      if (owner === null) throw needed({ kind: 'token-needed', because: 'no-proven-owner' });
      const phones = [owner.phone, ...alsoTo.filter((phone) => phone !== owner.phone)];
      const next = await inTransaction(relay, (relay) =>
        answer(relay, asked, { purpose: 'consent', phones }),
      );
      if (next.kind === 'consented') return;
      const state = next.kind === 'awaiting' ? await sendTo(codes, next, asked, null) : next;
      throw needed(state, owner.operator);
    },
    needFirst: async (c, service) => {
      const change = { kind: 'service', what: 'first', name: service.provider.name } as const;
      const asked = await askedIn(relay, c, change);
      const { till, by, given } = asked;
      const { token } = given;
      const policy = relay.policy()?.policy;
      const owners = policy === undefined ? [] : ownersOf(policy);
      const isHere = isFromThisMachine(c, relay) && owners.some(({ id }) => id === by);
      if (token !== undefined && !(await isLiveToken(relay, token)))
        throw needed({ kind: 'wrong-token' });
      if (token === undefined && !isHere)
        throw needed({ kind: 'token-needed', because: 'not-this-machine' });
      // their own number first
      const owner = [...owners]
        .sort((a, b) => Number(b.id === by) - Number(a.id === by))
        .find(({ phone }) => phone !== null);
      if (!owner?.phone) throw needed({ kind: 'owner-phone-needed' });
      const phones = [owner.phone as Phone];
      const next = await inTransaction(relay, async (relay) => {
        const next = await answer(relay, asked, { purpose: 'first-service', phones });
        if (next.kind !== 'consented' || isHere || token === undefined) return next;
        const spent = await spendElevationToken(relay, { till, operatorId: by, token });
        return spent ? next : ({ kind: 'wrong-token' } as const);
      });
      // Only the asker's own answer proves a number: they could read codes sent through their own messaging account to somebody else.
      if (next.kind === 'consented')
        return owner.id === by ? { operator: by, tag: phoneTag(relay, owner.phone) } : null;
      const state = next.kind === 'awaiting' ? await sendTo(codes, next, asked, service) : next;
      throw needed(state, owner.id);
    },
  };
}

async function askedIn(relay: Relay, c: Context<Env>, change: ProtectedChange): Promise<Asked> {
  const policy = relay.policy()?.policy;
  if (policy === undefined) throw new Error('a protected change without a policy');
  const { id: till, name } = c.get('till');
  const by = c.get('operator');
  const text: string = c.get('bodyText') ?? '';
  const body: unknown = text === '' ? null : JSON.parse(text);
  return {
    till,
    by,
    given: consentOf(c),
    subject: await hashOf({ method: c.req.method, path: c.req.path, body }),
    words: wordConsent(change, policy, { by, till: name }),
  };
}

/** The consent in the request's header, empty where there is none; throws `malformed`. */
function consentOf(c: Context<Env>): Consent {
  const header = c.req.header(CONSENT_HEADER);
  if (header === undefined) return {};
  const parts = header.split(' ').map((part): [string, unknown] => {
    const [name = '', ...value] = part.split(':');
    return [name, name === 'resend' ? true : value.join(':')];
  });
  const parsed = consentParts.safeParse(Object.fromEntries(parts)).data;
  if (parsed === undefined) throw malformed(CONSENT_HEADER);
  return parsed;
}

/** The asker where they are an owner with a proven phone; otherwise the first owner with one. */
async function provenOwner(relay: Relay, by: string): Promise<Recipient | null> {
  const policy = relay.policy()?.policy;
  const owners = policy === undefined ? [] : ownersOf(policy).map(({ id }) => id);
  const proven = await mapInTurn(owners, async (operator) => {
    const phone = await provenPhone(relay, operator);
    return phone === null ? [] : [{ operator, phone }];
  });
  const all = proven.flat();
  return all.find(({ operator }) => operator === by) ?? all[0] ?? null;
}

type Next =
  | { readonly kind: 'consented' }
  /** A code has to come from this number. */
  | { readonly kind: 'awaiting'; readonly key: OperatorCodeKey; readonly phone: Phone }
  | Exclude<Awaited<ReturnType<typeof checkOperatorCode>>, { kind: 'right' }>
  | { readonly kind: 'wrong-token' };

/** Checks the given code against the next number; the last right one spends all of them. Runs inside one transaction. */
async function answer(
  relay: Relay,
  { till, by, subject, given }: Asked,
  of: { readonly purpose: 'consent' | 'first-service'; readonly phones: readonly Phone[] },
): Promise<Next> {
  const change = { purpose: of.purpose, till, operator: by, subject } as const;
  const { code } = given;
  let isChecked = code === undefined;
  for (const phone of of.phones) {
    const key = { ...change, phoneTag: phoneTag(relay, phone) };
    if ((await liveCode(relay, key))?.answered === 1) continue;
    if (isChecked || code === undefined) return { kind: 'awaiting', key, phone };
    const checked = await checkOperatorCode(relay, key, code);
    if (checked.kind !== 'right') return checked;
    isChecked = true;
    const lifetimeMs = relay.policy()?.policy.challenge.lifetimeMs ?? 0;
    const expiresAt = relay.now() + lifetimeMs;
    await keepOperatorCode(relay.db, { ...checked.row, answered: 1, expiresAt }, relay.now());
  }
  await dropCodesOfChange(relay.db, change);
  return { kind: 'consented' };
}

const sendTo = async (
  codes: OperatorCodes,
  { key, phone }: { readonly key: OperatorCodeKey; readonly phone: Phone },
  { words, given }: Asked,
  draft: Chosen | null,
): Promise<ConsentState> =>
  codes.send({ key, phone, words, draft }, given.resend ? 'resend' : null);

const needed = (state: ConsentState, operator: string | null = null): Refused =>
  new Refused(403, { kind: 'consent-needed', state, operator });
