// The public address for delivery reports of a service, with a secret in its path.
import type { Provider } from '../../providers/provider';
import type { Relay } from '../../context';

/** Called by services: without session, contract header or origin check. */
export const CALLBACKS = '/api/v1/callbacks/';

/** The address for reports of this service; null where it sends none, or the relay has no public address. */
export function callbackUrlOf(
  relay: Pick<Relay, 'config' | 'cipher' | 'shopId'>,
  provider: Provider,
): string | null {
  const { url } = relay.config;
  if (url === null || provider.webhook === undefined) return null;
  return `${url}${CALLBACKS}${provider.id}/${secretOf(relay, provider.id)}`;
}

/** A separate secret for every service; the same after a restart. */
export function secretOf(
  { cipher, shopId }: Pick<Relay, 'cipher' | 'shopId'>,
  provider: string,
): string {
  return cipher.keyedHash('callback', `${shopId}:${provider}`).slice(0, 40);
}
