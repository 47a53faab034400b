// The public address for delivery reports of a service, with a secret in its path.
import type { Provider } from '../providers/provider';
import type { Relay } from '../context';

/** Services call it: no session, no contract header, and no page of ours to come from. */
export const CALLBACKS = '/api/v1/callbacks/';

/** Where this service may report to; null where it reports nothing, or nobody outside could reach the relay. */
export function callbackUrlOf(
  relay: Pick<Relay, 'config' | 'seal' | 'shopId'>,
  provider: Provider,
): string | null {
  const { url } = relay.config;
  if (url === null || provider.webhook === undefined) return null;
  return `${url}${CALLBACKS}${provider.id}/${secretOf(relay, provider.id)}`;
}

/** Another secret for every service, so that one that leaks tells nothing of the others; the same after a restart. */
export function secretOf(
  { seal, shopId }: Pick<Relay, 'seal' | 'shopId'>,
  provider: string,
): string {
  return seal.keyedHash('callback', `${shopId}:${provider}`).slice(0, 40);
}
