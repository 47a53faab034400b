// Keeps the screen on while somebody sells, where the browser can. Best effort: the till works without it.

/** What is used of `navigator.wakeLock`. */
export type WakeLockSource = {
  request(type: 'screen'): Promise<{ release(): Promise<void> }>;
};

/** What is used of `document`. */
export type Visibility = Pick<
  Document,
  'visibilityState' | 'addEventListener' | 'removeEventListener'
>;

/**
 * Holds the lock from now on, and takes it again whenever the page is shown: the browser drops it with every hidden
 * page. Returns how to let go. `source` is null where the browser has none.
 */
export function keepAwake(source: WakeLockSource | null, page: Visibility = document): () => void {
  if (source === null) return () => undefined;
  let wanted = true;
  let held: Promise<{ release(): Promise<void> } | null> | null = null;

  function take(): void {
    if (!wanted || page.visibilityState !== 'visible' || source === null) return;
    // refused on a low battery or by a setting: the screen then dims as it always did
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

/** The browser's own; null where it has none (an insecure page, an older Safari). */
export function screenWakeLock(): WakeLockSource | null {
  return 'wakeLock' in navigator ? navigator.wakeLock : null;
}
