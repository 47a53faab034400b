// What a messaging service can do with some settings, as the settings screens are told it.
import type { ProviderChannel } from '$lib/contract/provider';
import type { ChannelCapability, Config, Provider } from '../providers/provider';

/** Without any settings: everything the service could do. */
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

/** Whether a message can be tried without being sent: the service has a mode for that, or tells the price of a text beforehand. */
export const hasDryRun = (provider: Provider, { testMode, text }: ChannelCapability): boolean =>
  testMode || (provider.estimate !== undefined && text === 'free');
