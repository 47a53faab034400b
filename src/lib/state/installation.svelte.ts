// The installed app: its service worker, a waiting update, and whether the browser promised to keep our storage.
import type { Workbox } from 'workbox-window';

class Installation {
  #offlineReady = $state(false);
  #updateWaiting = $state(false);
  #persisted = $state<boolean | null>(null);
  #workbox: Workbox | null = null;
  /** Set by `applyUpdate`; the event's own `isUpdate` is false in a page open since the very first visit. */
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
      // not needed to sell, so it does not stand in the way of the first screen
      const { Workbox } = await import('workbox-window');
      await this.#follow(new Workbox('/sw.js', { scope: '/', updateViaCache: 'none' }));
    } catch {
      // no worker (private window, blocked by policy): the till works while the relay answers, and Settings says so
    }
  }

  async #follow(workbox: Workbox): Promise<void> {
    this.#workbox = workbox;
    workbox.addEventListener('activated', (event) => {
      if (!event.isUpdate) this.#offlineReady = true;
    });
    workbox.addEventListener('waiting', () => (this.#updateWaiting = true));
    // reached only after `applyUpdate`: the new worker took over, so load the new shell
    workbox.addEventListener('controlling', (event) => {
      if (event.isUpdate || this.#updating) location.reload();
    });
    await workbox.register();
    if (navigator.serviceWorker.controller) this.#offlineReady = true;
    const look = () => void workbox.update().catch(() => undefined); // rejects while offline
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') look();
    });
  }

  /** Lets the waiting till in and reloads. The caller has made sure no receipt is open. */
  applyUpdate(): void {
    this.#updating = true;
    this.#workbox?.messageSkipWaiting();
  }

  /** Asks the browser to keep our storage under pressure; safe to repeat. */
  async askToPersist(): Promise<void> {
    if (!navigator.storage?.persist) return;
    this.#persisted = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  }
}

export const installation = new Installation();
