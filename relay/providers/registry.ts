// Every messaging service the relay can speak to, by id.
import { demo } from './demo';
import type { Provider } from './provider';
import { smsru } from './smsru';

/** In the order the settings show them. A service that is not here does not exist for the relay. */
export const providers: Readonly<Record<string, Provider>> = { smsru, demo };

/** The adapter of this id, or null; names every object has (`constructor`) are none. */
export function providerOf(id: string): Provider | null {
  return Object.hasOwn(providers, id) ? (providers[id] ?? null) : null;
}
