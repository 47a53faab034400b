// Allows one tab per device to be the till; other tabs wait for the lock.

const LOCK = 'counterfoil-tab';

/** Resolves with true if this tab is the till. Otherwise `onturn` is called once the other tab is gone. */
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
        // never resolves: the lock is held until the page ends
        return new Promise<never>(() => undefined);
      })
      // a browser that denies storage also denies locks; opening the database then shows the error
      .catch(() => resolve(true));
  });
}

/**
 * WebKit freezes a page that is navigated away from. The page loses its locks but keeps its open transactions, which block
 * every later page. `onleft` must close the database; `onback` is called when this page is shown again.
 */
export function leaveCleanly(onleft: () => void, onback: () => void): void {
  addEventListener('pagehide', ({ persisted }) => {
    if (persisted) onleft();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) onback();
  });
}
