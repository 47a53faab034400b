// Allows one tab per device to be the till; other tabs wait for the lock.

const LOCK = 'counterfoil-tab';

/** Resolves true when this tab is the till. Where it is not, `onturn` is called once the other tab is gone. */
export async function becomeTheTill(onturn: () => void): Promise<boolean> {
  if (!('locks' in navigator)) return true;
  return new Promise((resolve) => {
    navigator.locks
      .request(LOCK, { ifAvailable: true }, (lock) => {
        if (!lock) {
          resolve(false);
          void navigator.locks.request(LOCK, () => onturn());
          return undefined;
        }
        resolve(true);
        // held until the page goes
        return new Promise<never>(() => undefined);
      })
      // a browser that grants no storage grants no locks: the disk will say it in words
      .catch(() => resolve(true));
  });
}

/**
 * WebKit keeps a page that was left asleep, for the way back to it: without its locks, but with its transactions under
 * way, and every later page would wait for them. `onleft` must let go of the disk; `onback`: this page is shown again.
 */
export function leaveCleanly(onleft: () => void, onback: () => void): void {
  addEventListener('pagehide', ({ persisted }) => {
    if (persisted) onleft();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) onback();
  });
}
