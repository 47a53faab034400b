// How often each till may ask a question within a minute. In memory: a restart clears it.
import type { Relay } from '../context';

const MINUTE_MS = 60_000;

/** Counts a question of a till. Returns null, or, after more than `most` in this minute, when it may ask again, ms. */
export function minuteLimit(
  relay: Pick<Relay, 'now'>,
  most: number,
): (till: string) => number | null {
  const asked = new Map<string, { readonly minute: number; readonly count: number }>();
  return (till) => {
    const minute = Math.floor(relay.now() / MINUTE_MS);
    const before = asked.get(till);
    const count = before?.minute === minute ? before.count + 1 : 1;
    asked.set(till, { minute, count });
    return count > most ? (minute + 1) * MINUTE_MS : null;
  };
}
