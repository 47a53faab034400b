// Words about messaging services: their names, fields, and why one cannot use a channel.
import type {
  ProviderChannel,
  ProviderDescription,
  ProviderSettings,
} from '$lib/contract/provider';
import type { Channel } from '$lib/contract/values';
import { t } from '$lib/ui/text/current.svelte';

/** A proper name, but for the demo and for a service described by hand. */
export function serviceName({ id, name }: Pick<ProviderDescription, 'id' | 'name'>): string {
  if (id === 'demo') return t().settings.messages.demoName;
  return id === 'generic_http' ? t().settings.messages.ownService : name;
}

/** The same inside a sentence. */
function shortName({ id, name }: Pick<ProviderDescription, 'id' | 'name'>): string {
  if (id === 'demo') return t().settings.contacts.demo;
  return id === 'generic_http' ? t().settings.contacts.ownService : name;
}

export function fieldLabel(key: string): string {
  return t().settings.messages.fields[key] ?? key;
}

/** Why the service as it is set up cannot use this channel; null: it can. */
export function whyNot(
  channel: Channel,
  description: ProviderDescription,
  { channels }: Pick<ProviderSettings, 'channels'>,
): string | null {
  if (channels.some((can) => can.channel === channel)) return null;
  const could = description.channels.find((can) => can.channel === channel);
  if (could === undefined) return t().settings.contacts.cannot(shortName(description));
  return t().settings.contacts.needsField(could.needs.map(fieldLabel).join(', '));
}

/** Whether no news for owners can go through a service with these channels; without any it is not known yet. */
export function sendsOnlyCodes(channels: readonly ProviderChannel[]): boolean {
  return channels.length > 0 && channels.every(({ text }) => text !== 'free');
}
