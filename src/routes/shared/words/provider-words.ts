// Words for messaging services: names, fields, and why one cannot use a channel.
import type {
  ProviderChannel,
  ProviderDescription,
  ProviderSettings,
} from '$lib/contract/provider';
import type { Channel } from '$lib/contract/values';
import { t } from '$lib/ui/text/current.svelte';

/** The service's own name, except for the demo and a service described by hand. */
export function serviceName({ id, name }: Pick<ProviderDescription, 'id' | 'name'>): string {
  if (id === 'demo') return t().settings.messages.demoName;
  return id === 'generic_http' ? t().settings.messages.ownService : name;
}

/** The name inside a sentence. */
function shortName({ id, name }: Pick<ProviderDescription, 'id' | 'name'>): string {
  if (id === 'demo') return t().settings.codesAndLimits.demo;
  return id === 'generic_http' ? t().settings.codesAndLimits.ownService : name;
}

export function fieldLabel(key: string): string {
  return t().settings.messages.fields[key] ?? key;
}

/** Why the service with its settings cannot use this channel; null: it can. */
export function whyNot(
  channel: Channel,
  description: ProviderDescription,
  { channels }: Pick<ProviderSettings, 'channels'>,
): string | null {
  if (channels.some((can) => can.channel === channel)) return null;
  const could = description.channels.find((can) => can.channel === channel);
  if (could === undefined) return t().settings.codesAndLimits.cannot(shortName(description));
  return t().settings.codesAndLimits.needsField(could.needs.map(fieldLabel).join(', '));
}

/** Whether these channels cannot send notices to owners; false while there are none, because it is unknown. */
export function sendsOnlyCodes(channels: readonly ProviderChannel[]): boolean {
  return channels.length > 0 && channels.every(({ text }) => text !== 'free');
}
