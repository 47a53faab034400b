// The service worker, a waiting update, and whether the browser persists our storage.

/** How often an open till asks whether there is a newer one. */
const LOOK_MS = 60 * 60_000;
const TAKEOVER_MS = 3_000;

class Installation {
  #offlineReady = $state(false);
  #updateWaiting = $state(false);
  #persisted = $state<boolean | null>(null);
  #registration: ServiceWorkerRegistration | null = null;
  #updating = false;

  /** The till starts without a network from now on. */
  get offlineReady(): boolean {
    return this.#offlineReady;
  }
  /** A newer till is downloaded and waits to be let in. */
  get updateWaiting(): boolean {
    return this.#updateWaiting;
  }
  /** The browser's answer to being asked for persistent storage; null where it cannot be asked. */
  get persisted(): boolean | null {
    return this.#persisted;
  }

  async register(): Promise<void> {
    if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
    try {
      await this.#follow(navigator.serviceWorker);
    } catch {
      // no worker (private window, blocked by policy): the till works while the relay answers, and Settings says so
    }
  }

  async #follow(container: ServiceWorkerContainer): Promise<void> {
    let controlled = container.controller !== null;
    container.addEventListener('controllerchange', () => {
      // not the first one of a new device: after `applyUpdate`, or where the relay has withdrawn this till
      if (controlled || this.#updating) location.reload();
      controlled = true;
      void this.#lookForShell();
    });
    const registration = await container.register('/sw.js', { scope: '/', updateViaCache: 'none' });
    this.#registration = registration;
    const see = () => {
      // the first worker of a device passes through waiting, too
      this.#updateWaiting = registration.waiting !== null && registration.active !== null;
    };
    // each that comes: one that arrived damaged is followed by another
    registration.addEventListener('updatefound', () =>
      registration.installing?.addEventListener('statechange', see),
    );
    see();
    await this.#lookForShell();
    const look = () => void registration.update().catch(() => undefined); // rejects while offline
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') look();
    });
    // a tablet on the counter is looked at for weeks
    setInterval(look, LOOK_MS);
  }

  /** A worker alone says nothing: one that replaces a withdrawn till keeps no page. */
  async #lookForShell(): Promise<void> {
    const page = await caches.match('/index.html', { ignoreSearch: true });
    this.#offlineReady = navigator.serviceWorker.controller !== null && page !== undefined;
  }

  /** Lets the waiting till in and reloads. The caller has made sure that nothing is under way. */
  applyUpdate(): void {
    this.#updating = true;
    this.#registration?.waiting?.postMessage({ type: 'SKIP_WAITING' });
  }

  /** For a till that cannot go on: reloads the page, the waiting one where there is one, because it may be mended there. */
  reload(): void {
    if (!this.#updateWaiting) return location.reload();
    this.applyUpdate();
    // a worker that does not take over must not keep the person here
    setTimeout(() => location.reload(), TAKEOVER_MS);
  }

  /** Asks the browser to keep our storage under pressure; safe to repeat. */
  async askToPersist(): Promise<void> {
    if (!navigator.storage?.persist) return;
    this.#persisted = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  }
}

export const installation = new Installation();
