// A value read from the database, read again after every act, with its error if it failed.
import { liveQuery } from 'dexie';
import { createSubscriber } from 'svelte/reactivity';
import type { TillDb } from '$lib/storage/database/db';
import { head } from '$lib/storage/journal/reader';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';

/** Made where a component begins. Reads again after every act of the till, and when something `read` looked at before its first `await` changes. */
export class LiveRead<T> {
  #current = $state.raw<T | null>(null);
  #failed = $state.raw<StorageErrorKind | null>(null);
  #busy = $state(true);
  #retries = $state(0);
  #asked = 0;

  constructor(db: TillDb, read: () => Promise<T>) {
    // every act is an entry of the journal
    const followActs = createSubscriber((update) => {
      const acts = liveQuery(() => head(db)).subscribe({ next: update, error: update });
      return () => acts.unsubscribe();
    });
    $effect(() => {
      followActs();
      void this.#retries;
      void this.#take(read());
    });
  }

  /** Null: nothing was read yet. */
  get current(): T | null {
    return this.#current;
  }
  /** Why the newest reading failed; what was read before stays. */
  get failed(): StorageErrorKind | null {
    return this.#failed;
  }
  get busy(): boolean {
    return this.#busy;
  }

  retry(): void {
    this.#retries += 1;
  }

  /** What was read is about something else now: shown no longer. */
  forget(): void {
    this.#current = null;
  }

  async #take(answer: Promise<T>): Promise<void> {
    const number = ++this.#asked;
    this.#busy = true;
    try {
      const read = await answer;
      if (number !== this.#asked) return;
      this.#current = read;
      this.#failed = null;
    } catch (error) {
      if (number === this.#asked) this.#failed = storageErrorKind(error);
    } finally {
      if (number === this.#asked) this.#busy = false;
    }
  }
}
