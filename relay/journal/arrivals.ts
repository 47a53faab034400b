// Lets requests wait for the next entry of the shop's order.
import type { Relay } from '../context';
import { logHead } from '../store/journal';

/** How often the order is looked at while somebody waits, ms: another process may have appended. */
const LOOK_MS = 200;

type Waiting = { readonly order: number; readonly go: () => void };

export type Arrivals = {
  /** Resolves once there is an entry beyond `order`, after `ms`, or when `signal` aborts. Never rejects. */
  readonly beyond: (order: number, ms: number, signal: AbortSignal) => Promise<void>;
};

/** The order is looked at only while somebody waits. */
export function openArrivals({ db }: Pick<Relay, 'db'>): Arrivals {
  const waiting = new Set<Waiting>();
  let looking = false;

  async function look(): Promise<void> {
    // what cannot be read now fails in the request itself
    const order = db.open
      ? await logHead(db).then(
          ({ order }) => order,
          () => Infinity,
        )
      : Infinity;
    for (const one of waiting) if (one.order < order) one.go();
    if (waiting.size > 0) setTimeout(() => void look(), LOOK_MS).unref();
    else looking = false;
  }

  return {
    beyond: (order, ms, signal) =>
      new Promise((resolve) => {
        const go = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', go);
          waiting.delete(one);
          resolve();
        };
        const one = { order, go };
        const timer = setTimeout(go, ms);
        signal.addEventListener('abort', go);
        waiting.add(one);
        if (looking) return;
        looking = true;
        void look();
      }),
  };
}
