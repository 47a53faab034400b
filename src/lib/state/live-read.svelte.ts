// A value read from the database, read again after acts of any till; keeps a failed read's error.
import { liveQuery } from 'dexie';
import { createSubscriber } from 'svelte/reactivity';
import type { TillDb } from '$lib/storage/database/db';
import { headSeqIn } from '$lib/storage/journal/reader';
import { remoteCursorIn } from '$lib/storage/remote/remote-order';
import { StorageError, storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';

/** The shortest interval between reads caused by other tills' acts, ms, because thousands of them may arrive at once. */
const PAUSE_MS = 1_000;

/**
 * Calls `update` after every act of this till at once, and after acts of others at most once per `PAUSE_MS`. Returns a stop
 * function.
 */
function followActs(db: TillDb, update: () => void): () => void {
  let head: number | null = null;
  let last = -Infinity;
  let alarm: ReturnType<typeof setTimeout> | undefined;
  const fire = () => {
    clearTimeout(alarm);
    alarm = undefined;
    last = performance.now();
    update();
  };
  // every act adds a journal entry, and every act of another till moves the cursor
  const news = () => Promise.all([headSeqIn(db), remoteCursorIn(db)]);
  const acts = liveQuery(news).subscribe({
    next: ([seq]) => {
      const wait = last + PAUSE_MS - performance.now();
      if (seq !== head || wait <= 0) fire();
      else alarm ??= setTimeout(fire, wait);
      head = seq;
    },
    error: update,
  });
  return () => {
    clearTimeout(alarm);
    acts.unsubscribe();
  };
}

/**
 * Create it during component initialisation. It reads again after every act of this till, after acts of others at most once a
 * second, and when state that `read` accessed before its first `await` changes. Of a database that the browser has lost
 * and created again, nothing is shown: that read has failed.
 */
export class LiveRead<T> {
  readonly #db: TillDb;
  #current = $state.raw<T | null>(null);
  #failed = $state.raw<StorageErrorKind | null>(null);
  #busy = $state(true);
  #retries = $state(0);
  #asked = 0;

  constructor(db: TillDb, read: () => Promise<T>) {
    this.#db = db;
    // what is read after the head lacks no act that the head has, so it need not be read a second time
    let isFollowing = false;
    const afterActs = createSubscriber((update) =>
      followActs(db, () => {
        isFollowing = true;
        update();
      }),
    );
    $effect(() => {
      afterActs();
      void this.#retries;
      if (isFollowing) void this.#take(read());
    });
  }

  /** Null: nothing has been read yet. */
  get current(): T | null {
    return this.#current;
  }
  /** Error of the latest read; the previous value stays. */
  get failed(): StorageErrorKind | null {
    return this.#failed;
  }
  get busy(): boolean {
    return this.#busy;
  }

  retry(): void {
    this.#retries += 1;
  }

  /** Clears the value, because it would refer to something else now. */
  forget(): void {
    this.#current = null;
  }

  async #take(answer: Promise<T>): Promise<void> {
    const number = ++this.#asked;
    this.#busy = true;
    try {
      const read = await answer;
      if (number !== this.#asked) return;
      // it would look empty until the next act restores it
      if (this.#db.isLost) throw new StorageError('failed');
      this.#current = read;
      this.#failed = null;
    } catch (error) {
      if (number === this.#asked) this.#failed = storageErrorKind(error);
    } finally {
      if (number === this.#asked) this.#busy = false;
    }
  }
}
