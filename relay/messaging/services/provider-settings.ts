// Messaging settings: reads drafts, describes channels, finds what a change weakens.
// A stored secret is used only with the address it was stored with.
import type { ProviderDraft, ProviderChannel } from '$lib/contract/provider';
import type { Policy } from '$lib/contract/policy';
import type { ProtectedChange } from '$lib/domain/messages/protected-change';
import type { Chosen } from '../gateway/gateway-types';
import { DEMO } from '../../providers/demo';
import { genericHttp } from '../../providers/generic-http';
import { readSpec, type SpecProblem } from '../../providers/generic-spec';
import type {
  Config as ProviderConfig,
  ConfigField,
  Provider,
  ChannelCapability,
  Config,
} from '../../providers/provider';
import { providerOf } from '../../providers/registry';
import { isLoopbackHost, parseBaseUrl } from '../gateway/public-address';
import type { Relay } from '../../context';
import { savedProvider } from '../../store/provider';
import type { Weakening } from '$lib/contract/owner-notice';

type DraftRead =
  | { readonly kind: 'chosen'; readonly chosen: Chosen }
  | { readonly kind: 'unknown-provider' }
  | { readonly kind: 'field-missing'; readonly key: string }
  | { readonly kind: 'field-wrong'; readonly key: string; readonly detail?: SpecProblem };

/** Whether a field decides where secrets are sent. */
const isAddress = (field: ConfigField): boolean =>
  field.kind === 'url' || field.key === 'host' || field.key === 'spec';

/** Whether a field keeps its value if a draft leaves it out. That includes descriptions, which may contain a key. */
const isWithheld = (field: ConfigField): boolean => field.kind === 'secret' || field.key === 'spec';

// eslint-disable-next-line no-control-regex -- what no setting may contain; a description alone has lines
const CONTROL = { line: /[\u0000-\u001f\u007f]/, lines: /[\u0000-\u0008\u000b-\u001f\u007f]/ };

/** All fields of the service, including the overriding address. */
export function fieldsOf(provider: Provider): readonly ConfigField[] {
  const has = provider.configFields.some(({ key }) => key === 'baseUrl');
  if (has || provider.id === DEMO) return provider.configFields;
  return [...provider.configFields, { key: 'baseUrl', kind: 'url', required: false }];
}

/** Reads a draft. A withheld field that is left out or empty keeps its stored value, if service and address are the same. */
export async function readDraft(
  { db, cipher, policy }: Pick<Relay, 'db' | 'cipher' | 'policy'>,
  draft: ProviderDraft,
): Promise<DraftRead> {
  const provider = providerOf(draft.id);
  if (provider === null) return { kind: 'unknown-provider' };
  const fields = fieldsOf(provider);
  const typed = Object.fromEntries(
    Object.entries(draft.fields).map(([key, text]) => [key, text.trim()]),
  );
  for (const key of Object.keys(typed))
    if (!fields.some((field) => field.key === key)) return { kind: 'field-wrong', key };
  const wrong = fields.find((field) => isWrong(field, typed[field.key] ?? ''));
  if (wrong !== undefined) return { kind: 'field-wrong', key: wrong.key };

  const saved = await savedProvider(db);
  const held =
    saved?.id === provider.id ? (JSON.parse(cipher.decrypt(saved.settings)) as ProviderConfig) : {};
  const sameAddress = fields.every(
    (field) =>
      !isAddress(field) ||
      (isWithheld(field) && !typed[field.key]) ||
      (held[field.key] ?? '') === (typed[field.key] ?? ''),
  );
  const config: Record<string, string> = {};
  for (const field of fields) {
    const { key } = field;
    const text = typed[key] || (sameAddress && isWithheld(field) ? held[key] : undefined);
    if (text) config[key] = text;
  }
  const missing = fields.find((field) => isNeeded(field, policy()?.policy) && !config[field.key]);
  if (missing !== undefined) return { kind: 'field-missing', key: missing.key };
  const detail = provider === genericHttp ? problemOf(config['spec'] ?? '') : null;
  if (detail !== null) return { kind: 'field-wrong', key: 'spec', detail };
  const { texts, lowBalance = null } = draft;
  return { kind: 'chosen', chosen: { provider, config, texts, lowBalance } };
}

function isWrong({ key, kind, choices }: ConfigField, text: string): boolean {
  if (text === '') return false;
  if (CONTROL[key === 'spec' ? 'lines' : 'line'].test(text)) return true;
  switch (kind) {
    case 'url':
      return parseBaseUrl(text) === null;
    case 'choice':
      return !(choices ?? []).includes(text);
    case 'secret':
      // passwords are chosen by people; tokens contain neither spaces nor letters outside ASCII
      return !WORDS_OF_PEOPLE.includes(key) && /[^!-~]/.test(text);
    case 'flag':
      return false;
    case 'text':
      return key === 'host' && parseBaseUrl(`https://${text.replace(/^https?:\/\//, '')}`) === null;
  }
}

const WORDS_OF_PEOPLE: readonly string[] = ['password', 'secret'];

/** The problem in a description, whose addresses must be public; null: none. */
function problemOf(text: string): SpecProblem | null {
  const read = readSpec(text);
  if (!read.ok) return { at: read.at, because: read.because };
  const { send, balance } = read.spec;
  const closed = Object.entries({ send, balance }).find(
    ([, call]) => call !== null && !callsOut(call.url),
  );
  return closed === undefined ? null : { at: `${closed[0]}.url`, because: 'address-not-public' };
}

function callsOut(url: string): boolean {
  const origin = parseBaseUrl(/^https:\/\/[^/?#]*/i.exec(url)?.[0] ?? '');
  return origin !== null && !isLoopbackHost(origin.hostname);
}

/** A field of one channel is required once that channel is used. */
function isNeeded({ required, forChannel }: ConfigField, policy: Policy | undefined): boolean {
  if (!required || forChannel === undefined) return required;
  const methods = Object.values(policy?.methods ?? {});
  return methods.some(({ chain }) => chain.includes(forChannel));
}

/** The channels of a service. Without any settings: all that it could offer. */
export function channelsOf(provider: Provider, config: Config): ProviderChannel[] {
  const always = provider.capabilities({ baseUrl: '' }).map(({ channel }) => channel);
  return provider.capabilities(config).map((can) => ({
    channel: can.channel,
    needs: always.includes(can.channel)
      ? []
      : provider.configFields.filter((it) => it.forChannel === can.channel).map(({ key }) => key),
    codeOrigin: can.codeOrigin,
    codeDigits: can.codeDigits,
    text: can.text,
    sender: can.sender,
    testMode: hasDryRun(provider, can),
    delivery: can.statusPull || can.statusPush,
  }));
}

/** Whether a message can be tried without sending: the service has a test mode, or names the price of a text in advance. */
export const hasDryRun = (provider: Provider, { testMode, text }: ChannelCapability): boolean =>
  testMode || (provider.estimate !== undefined && text === 'free');

/** What the new settings weaken; nothing where the demo was in use. */
export function providerWeakenings(before: Chosen, after: Chosen): readonly Weakening[] {
  if (before.provider.id === DEMO) return [];
  return [...ofService(before, after), ...ofTexts(before, after)];
}

function ofService(before: Chosen, after: Chosen): readonly Weakening[] {
  const { id, name } = after.provider;
  if (before.provider.id !== id) return [{ kind: 'provider', what: 'service', name }];
  const changed = fieldsOf(after.provider).filter(
    ({ key }) => (before.config[key] ?? '') !== (after.config[key] ?? ''),
  );
  if (changed.length === 0) return [];
  const what = changed.some(isAddress) ? 'address' : 'account';
  return [{ kind: 'provider', what, name }];
}

/** The change as an owner is asked to consent to it. */
export function serviceChange(before: Chosen, after: Chosen): ProtectedChange {
  const [changed] = ofService(before, after);
  const { name } = after.provider;
  if (changed?.kind === 'provider') return { kind: 'service', what: changed.what, name };
  const texts = JSON.stringify(before.texts) !== JSON.stringify(after.texts);
  return { kind: 'service', what: texts ? 'texts' : 'settings', name };
}

/** Texts that no longer name the shop or the amount. */
const ofTexts = (before: Chosen, after: Chosen): readonly Weakening[] =>
  (['sell-on-account', 'redeem-points'] as const).flatMap((action) => {
    const [was, is] = [before.texts?.[action], after.texts?.[action]];
    if (was === undefined || is === undefined) return [];
    const lost = ['{amount}', '{shop}'].some((name) => was.includes(name) && !is.includes(name));
    return lost ? [{ kind: 'text', action } as const] : [];
  });
