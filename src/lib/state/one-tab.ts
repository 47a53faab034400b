// One till per device: whoever holds the lock is the till; another tab says so and waits for its turn.

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
