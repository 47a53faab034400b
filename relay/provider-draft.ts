// Settings as typed, made into something that can be used, or named by the field that is wrong. A held secret goes only where it went before.
import type { ProviderDraft } from '$lib/contract/provider';
import type { Policy } from '$lib/contract/policy';
import type { Chosen } from './provider-settings';
import { DEMO } from './providers/demo';
import { genericHttp } from './providers/generic-http';
import { readSpec } from './providers/generic-spec';
import type { ConfigField, Provider } from './providers/provider';
import { providerOf } from './providers/registry';
import { parseBaseUrl } from './public-address';
import type { Relay } from './relay';
import { savedProvider } from './store/provider';

export type DraftRead =
  | {
      readonly kind: 'chosen';
      readonly chosen: Chosen;
      readonly plain: Readonly<Record<string, string>>;
      readonly secrets: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'unknown-provider' }
  | { readonly kind: 'field-missing'; readonly key: string }
  | { readonly kind: 'field-wrong'; readonly key: string };

/** Fields that decide where secrets are sent. */
const isAddress = (field: ConfigField): boolean =>
  field.kind === 'url' || field.key === 'host' || field.key === 'spec';

// eslint-disable-next-line no-control-regex -- what no setting may contain
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** Every field the service asks for, the overriding address among them. */
export function fieldsOf(provider: Provider): readonly ConfigField[] {
  const has = provider.configFields.some(({ key }) => key === 'baseUrl');
  if (has || provider.id === DEMO) return provider.configFields;
  return [...provider.configFields, { key: 'baseUrl', kind: 'url', required: false }];
}

/** Reads a draft. A secret left out (or empty) is the held one, if the service and its address are still the same. */
export function readDraft(
  { db, seal, policy }: Pick<Relay, 'db' | 'seal' | 'policy'>,
  draft: ProviderDraft,
): DraftRead {
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

  const saved = savedProvider(db);
  const sameAddress =
    saved?.id === provider.id &&
    fields.every((f) => !isAddress(f) || (saved.fields[f.key] ?? '') === (typed[f.key] ?? ''));
  const held =
    saved !== null && sameAddress
      ? (JSON.parse(seal.open(saved.secrets)) as Record<string, string>)
      : {};
  const plain: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const { key, kind } of fields) {
    const text = typed[key] || (kind === 'secret' ? held[key] : undefined);
    if (text) (kind === 'secret' ? secrets : plain)[key] = text;
  }
  const missing = fields.find(
    (field) => isNeeded(field, policy()?.policy) && !plain[field.key] && !secrets[field.key],
  );
  if (missing !== undefined) return { kind: 'field-missing', key: missing.key };
  if (provider === genericHttp && !readSpec(plain['spec'] ?? '').ok)
    return { kind: 'field-wrong', key: 'spec' };
  const config = { ...plain, ...secrets };
  return { kind: 'chosen', chosen: { provider, config, texts: draft.texts }, plain, secrets };
}

function isWrong({ kind, choices }: ConfigField, text: string): boolean {
  if (text === '') return false;
  if (CONTROL.test(text)) return true;
  switch (kind) {
    case 'url':
      return parseBaseUrl(text) === null;
    case 'choice':
      return !(choices ?? []).includes(text);
    case 'secret':
      return /[\n\t]/.test(text);
    case 'flag':
    case 'text':
      return false;
  }
}

/** A field of one channel is needed once somebody wants that channel. */
function isNeeded({ required, forChannel }: ConfigField, policy: Policy | undefined): boolean {
  if (!required || forChannel === undefined) return required;
  const methods = Object.values(policy?.methods ?? {});
  return methods.some(({ chain }) => chain.includes(forChannel));
}
