// A Dexie live query as a value that runes can read.
import { liveQuery } from 'dexie';
import { createSubscriber } from 'svelte/reactivity';

/**
 * Read `.current` in markup, `$derived` or `$effect`. The query runs while somebody reads and stops with the last reader.
 * Reactive inputs must be read before the `Live` is made: the querier runs async, untracked.
 */
export class Live<T> {
  #value: T;
  #error: unknown = null;
  readonly #subscribe: () => void;

  constructor(querier: () => T | Promise<T>, initial: T) {
    this.#value = initial;
    const observable = liveQuery(querier);
    this.#subscribe = createSubscriber((update) => {
      const subscription = observable.subscribe({
        next: (value) => {
          this.#value = value;
          this.#error = null;
          update();
        },
        error: (error: unknown) => {
          this.#error = error;
          update();
        },
      });
      return () => subscription.unsubscribe();
    });
  }

  get current(): T {
    this.#subscribe();
    return this.#value;
  }

  get error(): unknown {
    this.#subscribe();
    return this.#error;
  }
}
