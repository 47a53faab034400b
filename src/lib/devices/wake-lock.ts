// Keeps the screen on during selling, if the browser can.
// Best effort: the till works without it.

/** The part of `navigator.wakeLock` in use. */
export type WakeLockSource = {
  request(type: 'screen'): Promise<{ release(): Promise<void> }>;
};

/** The part of `document` in use. */
export type Visibility = Pick<
  Document,
  'visibilityState' | 'addEventListener' | 'removeEventListener'
>;

/**
 * Holds the lock from now on, and requests it again whenever the page is shown: the browser releases it when a page is
 * hidden. Returns the function that releases it. `source` is null if the browser has none.
 */
export function keepAwake(source: WakeLockSource | null, page: Visibility = document): () => void {
  if (source === null) return () => undefined;
  let wanted = true;
  let held: Promise<{ release(): Promise<void> } | null> | null = null;

  function take(): void {
    if (!wanted || page.visibilityState !== 'visible' || source === null) return;
    // refused on low battery or by a setting: the screen then dims as usual
    held = source.request('screen').catch(() => null);
  }

  function release(lock: typeof held): void {
    void lock?.then((each) => each?.release()).catch(() => undefined);
  }

  function shown(): void {
    const before = held;
    take();
    if (before !== held) release(before);
  }

  page.addEventListener('visibilitychange', shown);
  take();
  return () => {
    wanted = false;
    page.removeEventListener('visibilitychange', shown);
    release(held);
    held = null;
  };
}

/** The browser's wake lock; null if it has none (an insecure page, an older Safari). */
export function screenWakeLock(): WakeLockSource | null {
  return 'wakeLock' in navigator ? navigator.wakeLock : null;
}
