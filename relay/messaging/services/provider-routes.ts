// The routes of the messaging settings: services, the chosen one, balance and test message.
import type { Context } from 'hono';
import type { Refusal } from '$lib/contract/challenge';
import {
  balanceReply,
  balanceRequest,
  providerDraft,
  providerReply,
  providerSettings,
  providersReply,
  testMessageReply,
  testMessageRequest,
  type BalanceReply,
  type ProviderDescription,
  type ProviderDraft,
  type ProviderReply,
  type ProviderSettings,
  type TestMessageReply,
  type TestMessageRequest,
} from '$lib/contract/provider';
import { isFromThisMachine } from '../../http/address';
import { QUESTION_PAUSE_MS, roomForMessage, takeQuestion, whyNoMessage } from '../limits/admission';
import { callbackUrlOf } from '../gateway/callbacks';
import { makeCode } from '../codes/codes';
import { demoPhonePath } from '../demo/demo-phone';
import { isElevated } from '../../http/auth';
import type { Env } from '../../http/request';
import {
  byPhone,
  byPin,
  MESSAGE_LIMITS,
  replies,
  reply,
  route,
  SESSION,
  type Route,
} from '../../http/route';
import { textsIn, withCode, wordTrial } from '../codes/code-texts';
import {
  fieldsOf,
  readDraft,
  channelsOf,
  hasDryRun,
  providerWeakenings,
  serviceChange,
} from './provider-settings';
import { queueOwnerNotices } from '../outbox/owner-notices';
import type { Chosen } from '../gateway/gateway-types';
import { DEMO } from '../../providers/demo';
import type { Provider, SendRequest } from '../../providers/provider';
import { providers } from '../../providers/registry';
import type { OwnerConsent, Proof } from './owner-consent';
import type { Relay } from '../../context';
import { cancelDemoChallenges } from '../../store/challenges';
import { forgetDemoPersons } from '../../store/authorised-persons';
import { forgetDemoPhones } from '../../store/phones';
import { keepProof } from '../../store/operator-codes';
import { hasRealService, saveProvider } from '../../store/provider';
import { voidDemoReserveCodes } from '../../store/reserve-codes';
import { inTransaction } from '../../store/transaction';

/** The status of each kind of reply. */
const STATUS = {
  provider: 200,
  balance: 200,
  'no-balance': 200,
  sent: 200,
  'demo-over': 409,
  'unknown-provider': 422,
  'code-missing': 422,
  'field-missing': 422,
  'field-wrong': 422,
  refused: 422,
  limited: 429,
} as const;

const QUESTION_LIMIT = `One in ${QUESTION_PAUSE_MS / 1000} seconds by all tills of the shop together (\`limited\`).`;

/** The messaging services: the list, the chosen one, its balance and a test message. */
export const providerRoutes = (relay: Relay, consent: OwnerConsent): Route[] => [
  route('GET /providers', {
    id: 'listProviders',
    summary: 'The messaging services there are to choose from',
    description: '`callbackUrl` is null unless the operator is elevated with `settings`.',
    access: SESSION,
    replies: [reply(200, providersReply)],
  }).handle(async ({ c }) => {
    const mayKnow = await isElevated(c, 'settings');
    const all = Object.values(providers).map((provider) => {
      const callbackUrl = callbackUrlOf(relay, provider);
      return {
        ...describe(provider),
        hasCallback: callbackUrl !== null,
        // only shown with the right, because anybody who knows the address can report a message as failed
        callbackUrl: mayKnow ? callbackUrl : null,
      };
    });
    const { provider, config } = relay.provider.current();
    const current = { id: provider.id, channels: channelsOf(provider, config) };
    return { kind: 'providers', providers: all, current };
  }),
  route('GET /provider', {
    id: 'getProvider',
    summary: 'The chosen messaging service, without its secrets',
    access: byPhone('settings'),
    replies: [reply(200, providerSettings)],
  }).handle(({ c }) => settingsOf(relay, c)),
  route('PUT /provider', {
    id: 'saveProvider',
    summary: 'Choose and set up the messaging service',
    access: byPin('settings'),
    consentWhen:
      'Once there is a real messaging service. The first one itself sends its first code, to an owner: on the relay’s own machine to an owner who asks, elsewhere with a `token` as well.',
    body: providerDraft,
    replies: replies(providerReply, STATUS),
  }).handle(async ({ c, till, operator: by, body }) => {
    const refusal = await save(relay, c, consent, body);
    const outcome = refusal?.kind ?? 'provider';
    relay.log({ event: 'provider-saved', till: till.id, by, outcome });
    return refusal ?? settingsOf(relay, c);
  }),
  route('POST /provider/balance', {
    id: 'getBalance',
    summary: 'Ask the messaging service for its balance',
    access: byPhone('settings'),
    body: balanceRequest,
    limits: [QUESTION_LIMIT],
    replies: replies(balanceReply, STATUS),
  }).handle(({ body }) => balanceOf(relay, body.draft ?? null)),
  route('POST /provider/test-message', {
    id: 'sendTestMessage',
    summary: 'Send a test message',
    access: byPhone('settings'),
    body: testMessageRequest,
    limits: [MESSAGE_LIMITS, `With \`dryRun\`: ${QUESTION_LIMIT}`],
    replies: replies(testMessageReply, STATUS),
  }).handle(({ till, body }) => sendTrial(relay, till.id, body)),
];

function describe(provider: Provider): Omit<ProviderDescription, 'hasCallback' | 'callbackUrl'> {
  return {
    id: provider.id,
    name: provider.name,
    fields: fieldsOf(provider).map(({ key, kind, required, choices, forChannel }) => ({
      key,
      kind,
      required,
      ...(choices === undefined ? {} : { choices: [...choices] }),
      ...(forChannel === undefined ? {} : { forChannel }),
    })),
    channels: channelsOf(provider, {}),
    hasBalance: provider.balance !== undefined,
  };
}

function settingsOf(relay: Relay, c: Context<Env>): ProviderSettings {
  const { provider, config, texts, lowBalance } = relay.provider.current();
  const policy = relay.policy()?.policy;
  const fields: ProviderSettings['fields'] = {};
  for (const { key, kind } of fieldsOf(provider)) {
    const value = config[key] ?? '';
    if (kind === 'secret') fields[key] = { set: value !== '', tail: tailOf(value) };
    else if (value !== '') fields[key] = value;
  }
  return {
    kind: 'provider',
    id: provider.id,
    fields,
    channels: channelsOf(provider, config),
    texts: textsIn(policy?.shop.messageLanguage ?? 'en', texts),
    lowBalance,
    demo: relay.provider.isDemo(),
    demoPhone: relay.provider.isDemo() ? demoPhonePath(relay, isFromThisMachine(c, relay)) : null,
  };
}

/** The last four characters, to distinguish two keys; none of a short one. */
function tailOf(secret: string): string {
  if (secret === '') return '';
  return secret.length < 12 ? '…' : `…${secret.slice(-4)}`;
}

/** Refusals that only other settings can end. */
const OF_THE_SETTINGS: ReadonlySet<Refusal> = new Set<Refusal>([
  'auth',
  'account-not-ready',
  'account-blocked',
  'bad-request',
]);

/** Saves the settings unless the service refuses them; null: saved. A service that cannot be reached does not stop it. */
async function save(
  relay: Relay,
  c: Context<Env>,
  consent: OwnerConsent,
  draft: ProviderDraft,
): Promise<Exclude<ProviderReply, ProviderSettings> | null> {
  const by = c.get('operator');
  const { db, now, cipher } = relay;
  for (const action of ['sell-on-account', 'redeem-points'] as const)
    if (!draft.texts[action].includes('{code}')) return { kind: 'code-missing', action };
  const read = await readDraft(relay, draft);
  if (read.kind !== 'chosen') return read;
  const real = draft.id !== DEMO;
  const isFirst = real && !(await hasRealService(db));
  if (!real && (await hasRealService(db))) return { kind: 'demo-over' };
  const found = await relay.provider.balance(read.chosen);
  if (found.kind === 'refused' && OF_THE_SETTINGS.has(found.because)) return found;
  let proof: Proof | null = null;
  if (isFirst) proof = await consent.needFirst(c, read.chosen);
  else await consent.need(c, serviceChange(relay.provider.current(), read.chosen));
  const saved = await inTransaction(relay, async (relay): Promise<boolean> => {
    const { db } = relay;
    // another service was saved meanwhile
    if (!(real && !isFirst) && (await hasRealService(db))) return false;
    if (proof !== null) await keepProof(db, { ...proof, at: now() });
    await queueServiceNotice(relay, read.chosen, by);
    await saveProvider(db, {
      id: draft.id,
      settings: cipher.encrypt(JSON.stringify(read.chosen.config)),
      texts: draft.texts,
      lowBalance: read.chosen.lowBalance,
      savedAt: now(),
      real,
      state: null,
    });
    if (!real) return true;
    // numbers and consents given to the demo provider are not real
    await forgetDemoPhones(db);
    await forgetDemoPersons(db);
    await cancelDemoChallenges(db, now());
    await voidDemoReserveCodes(db);
    return true;
  });
  // another service was saved meanwhile, so this is an ordinary change that needs an owner's consent
  if (!saved) return real ? save(relay, c, consent, draft) : { kind: 'demo-over' };
  await relay.provider.reload(found);
  relay.outbox.wake();
  return null;
}

/** Queues the message to owners before the new settings are stored: the service before the change sends it. */
async function queueServiceNotice(relay: Relay, chosen: Chosen, by: string): Promise<void> {
  const policy = relay.policy()?.policy;
  const before = relay.provider.current();
  if (policy === undefined) return;
  const weakenings = providerWeakenings(before, chosen);
  await queueOwnerNotices(relay, { by, weakenings, before: policy, service: before });
}

async function balanceOf(relay: Relay, draft: ProviderDraft | null): Promise<BalanceReply> {
  const read = draft === null ? null : await readDraft(relay, draft);
  if (read !== null && read.kind !== 'chosen') return read;
  const { provider } = read?.chosen ?? relay.provider.current();
  const limited = provider.balance === undefined ? null : await takeQuestion(relay, 'balance');
  return limited ?? relay.provider.balance(read?.chosen);
}

/** Sends a real message with a code that is valid for nothing, under the usual limits. */
async function sendTrial(
  relay: Relay,
  till: string,
  { draft, phone, channel, dryRun = false }: TestMessageRequest,
): Promise<TestMessageReply> {
  const read = draft === undefined ? null : await readDraft(relay, draft);
  if (read !== null && read.kind !== 'chosen') return read;
  const chosen: Chosen = read?.chosen ?? relay.provider.current();
  const policy = relay.policy()?.policy;
  if (policy === undefined) return { kind: 'refused', because: 'not-configured' };
  const can = chosen.provider.capabilities(chosen.config).find((one) => one.channel === channel);
  if (can === undefined || (dryRun && !hasDryRun(chosen.provider, can)))
    return { kind: 'refused', because: 'channel-not-available' };
  const because = whyNoMessage(relay, policy, phone);
  if (because !== null) return { kind: 'refused', because };
  const limited = dryRun ? await takeQuestion(relay, 'dry-test') : null;
  if (limited !== null) return limited;
  const room = await roomForMessage(relay, { phone, till });
  if (room.kind === 'limited') return room;
  const code = can.codeOrigin === 'ours' ? makeCode(can).code : null;
  const message: SendRequest = {
    channel,
    phone,
    ...(code === null ? {} : { code }),
    ...(code === null || can.text !== 'free'
      ? {}
      : { text: withCode(wordTrial(policy, chosen.texts), code) }),
    ...(dryRun ? { test: true } : {}),
  };
  const sent = await relay.provider.send(message, {
    kind: 'test',
    draft: read?.chosen ?? null,
  });
  if (sent.kind === 'refused') {
    if (sent.because === 'not-sent') await room.giveBack(relay.db);
    return sent;
  }
  const { cost, balanceAfter } = sent.receipt;
  return {
    kind: 'sent',
    ...(cost === undefined ? {} : { cost }),
    ...(balanceAfter === undefined ? {} : { balanceAfter }),
  };
}
