// IndexedDB and Web Locks under Node, for tests that run many tills and a relay in one process.
// The guarantees of the disk itself are tested in real browsers.
import 'fake-indexeddb/auto';

/** Exclusive locks, first come first served; the part of the API that the product uses. */
class Locks {
  readonly #tails = new Map<string, Promise<unknown>>();

  request<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#tails.get(name) ?? Promise.resolve()).then(work);
    this.#tails.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  }
}

Object.defineProperty(globalThis, 'navigator', {
  configurable: true,
  value: { locks: new Locks() },
});
