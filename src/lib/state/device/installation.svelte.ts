// The service worker, a waiting update, and whether the browser persists our storage.

/** Interval of update checks while the till is open. */
const LOOK_MS = 60 * 60_000;
const TAKEOVER_MS = 3_000;

class Installation {
  #offlineReady = $state(false);
  #updateWaiting = $state(false);
  #persisted = $state<boolean | null>(null);
  #registration: ServiceWorkerRegistration | null = null;
  #updating = false;

  /** The till can now start without a network. */
  get offlineReady(): boolean {
    return this.#offlineReady;
  }
  /** A newer version is downloaded and waits for activation. */
  get updateWaiting(): boolean {
    return this.#updateWaiting;
  }
  /** Whether the browser granted persistent storage; null if it cannot be asked. */
  get persisted(): boolean | null {
    return this.#persisted;
  }

  async register(): Promise<void> {
    if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
    try {
      await this.#follow(navigator.serviceWorker);
    } catch {
      // no worker (private window, or blocked by a policy): the till works online, and Settings report it
    }
  }

  async #follow(container: ServiceWorkerContainer): Promise<void> {
    let controlled = container.controller !== null;
    container.addEventListener('controllerchange', () => {
      // not for the first worker of a new device: reload only after `applyUpdate`, or if the relay has withdrawn this version
      if (controlled || this.#updating) location.reload();
      controlled = true;
      void this.#lookForShell();
    });
    const registration = await container.register('/sw.js', { scope: '/', updateViaCache: 'none' });
    this.#registration = registration;
    const see = () => {
      // the first worker of a device also passes through `waiting`
      this.#updateWaiting = registration.waiting !== null && registration.active !== null;
    };
    // on every update, because one that failed to install is followed by another
    registration.addEventListener('updatefound', () =>
      registration.installing?.addEventListener('statechange', see),
    );
    see();
    await this.#lookForShell();
    const look = () => void registration.update().catch(() => undefined); // rejects while offline
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') look();
    });
    // a tablet on the counter stays open for weeks
    setInterval(look, LOOK_MS);
  }

  /** Checks the cache itself: a worker alone proves nothing, because one that replaces a withdrawn version caches no page. */
  async #lookForShell(): Promise<void> {
    const page = await caches.match('/index.html', { ignoreSearch: true });
    this.#offlineReady = navigator.serviceWorker.controller !== null && page !== undefined;
  }

  /** Activates the waiting version and reloads. The caller ensures that nothing is in progress. */
  applyUpdate(): void {
    this.#updating = true;
    this.#registration?.waiting?.postMessage({ type: 'SKIP_WAITING' });
  }

  /** For a till with a fatal error: reloads with the waiting version, if any, because it may contain the fix. */
  reload(): void {
    if (!this.#updateWaiting) return location.reload();
    this.applyUpdate();
    // reload even if the new worker does not take control
    setTimeout(() => location.reload(), TAKEOVER_MS);
  }

  /** Requests persistent storage; safe to repeat. */
  async askToPersist(): Promise<void> {
    if (!navigator.storage?.persist) return;
    this.#persisted = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  }
}

export const installation = new Installation();
