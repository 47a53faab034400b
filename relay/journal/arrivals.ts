// Lets requests wait for the next entry of the shop's order.
import type { Database } from '../store/database';
import { logHead } from '../store/journal';

/** How often the order is read while requests wait, ms: another process may have appended to it. */
const LOOK_MS = 200;

type Wait = {
  readonly till: string;
  readonly order: number;
  /** At most, ms. */
  readonly ms: number;
  readonly signal: AbortSignal;
};

export type Arrivals = {
  /**
   * Resolves once there is an entry beyond `order`, after `ms`, when `signal` aborts, or when the same till waits again. Never
   * rejects.
   */
  readonly beyond: (wait: Wait) => Promise<void>;
  /** Ends every wait: the relay stops. */
  readonly close: () => void;
};

/** Requests of one relay that wait. The order is read only while there are any. */
export function openArrivals({ db }: { readonly db: Database }): Arrivals {
  const waiting = new Map<string, { readonly order: number; readonly go: () => void }>();
  let isLooking = false;

  async function look(): Promise<void> {
    // if the order cannot be read now, the request ends waiting and gets the error when it reads the order itself
    const order = await logHead(db).then(
      (head) => head.order,
      () => Infinity,
    );
    for (const one of waiting.values()) if (one.order < order) one.go();
    isLooking = waiting.size > 0;
    if (isLooking) setTimeout(() => void look(), LOOK_MS).unref();
  }

  return {
    close: () => {
      for (const one of [...waiting.values()]) one.go();
    },
    beyond: ({ till, order, ms, signal }) =>
      new Promise((resolve) => {
        waiting.get(till)?.go();
        const go = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', go);
          if (waiting.get(till) === one) waiting.delete(till);
          resolve();
        };
        const one = { order, go };
        const timer = setTimeout(go, ms);
        if (signal.aborted) return go();
        signal.addEventListener('abort', go);
        waiting.set(till, one);
        if (isLooking) return;
        isLooking = true;
        void look();
      }),
  };
}
