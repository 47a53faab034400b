// Locates the database in the browser's default store, or in a storage bucket.
// If the default store had to be abandoned, the newest bucket is used.
import { StorageError } from '$lib/storage/storage-error';
import { proveRoom } from './room';

// The only sign is a property of the browser's own event, which Dexie hides.

/** `there`: it existed; `new`: it did not exist; `lost`: the browser could not read the old one and dropped it. */
export type DatabaseState = 'there' | 'new' | 'lost';

type UpgradeEvent = IDBVersionChangeEvent & {
  /** Chromium only. */
  readonly dataLoss?: 'none' | 'total';
};

/** Does not create or change the database. Throws StorageError. */
export function probeDatabase(name: string, store: IDBFactory): Promise<DatabaseState> {
  return new Promise<DatabaseState>((resolve, reject) => {
    let state: DatabaseState = 'there';
    const request = store.open(name);
    request.onupgradeneeded = (event: UpgradeEvent) => {
      state = event.dataLoss === 'total' ? 'lost' : 'new';
      request.transaction?.abort();
    };
    request.onsuccess = () => {
      request.result.close();
      resolve(state);
    };
    request.onerror = (event) => {
      event.preventDefault();
      if (state === 'there') reject(request.error ?? new DOMException('no reason', 'UnknownError'));
      else resolve(state);
    };
  });
}

/** The used part of the Storage Buckets API (https://wicg.github.io/storage-buckets/); Chromium only. */
export type StorageBucket = { readonly indexedDB: IDBFactory };
export type StorageBuckets = {
  keys(): Promise<string[]>;
  open(
    name: string,
    options: { readonly persisted: boolean; readonly durability: 'strict' },
  ): Promise<StorageBucket>;
  delete(name: string): Promise<void>;
};

/**
 * Chromium keeps all databases of an origin in one LevelDB. If its `MANIFEST` is missing or its `CURRENT` damaged, no database
 * of that origin can be opened, created or deleted. A bucket has a LevelDB of its own. If that one fails too, the next bucket
 * is used: `counterfoil-database`, `counterfoil-database-2`. Abandoned stores are not deleted.
 */
const BUCKET = /^counterfoil-database(?:-(\d+))?$/;
const bucketName = (number: number) =>
  number === 1 ? 'counterfoil-database' : `counterfoil-database-${number}`;
const OPTIONS = { persisted: true, durability: 'strict' } as const;

export class DatabaseHome {
  #factory: IDBFactory | null;
  #bucket: string | null = null;
  readonly #buckets: StorageBuckets | null;
  readonly #proveRoom: (bytes: number) => Promise<void>;

  /** `room`: throws StorageError `disk-full` if there is no room for a database. */
  constructor(own = ownStore(), buckets = bucketsOf(navigator), room = proveRoom) {
    this.#factory = own;
    this.#buckets = buckets;
    this.#proveRoom = room;
  }

  /** The location that another context of this origin has determined. Throws StorageError. */
  static async at(bucket: string | null): Promise<DatabaseHome> {
    const home = new DatabaseHome();
    if (bucket === null) return home;
    if (home.#buckets === null) throw new StorageError('database-unreadable');
    home.#factory = await storeIn(home.#buckets, bucket);
    home.#bucket = bucket;
    return home;
  }

  /** The bucket in use; null: the browser's own store. */
  get bucket(): string | null {
    return this.#bucket;
  }

  /** For Dexie: opens and deletes databases in the current location. */
  readonly factory = {
    open: (name: string, version?: number) => this.#store().open(name, version),
    deleteDatabase: (name: string) => this.#store().deleteDatabase(name),
    databases: () => this.#store().databases(),
    cmp: (first: unknown, second: unknown) => this.#store().cmp(first, second),
  } satisfies IDBFactory;

  /**
   * Probes the database before it is opened. Moves to the next bucket permanently if the present store cannot be opened and
   * `hasJournal` reports a journal file to rebuild the database from. Throws StorageError: `database-unreadable` if it cannot
   * move; `disk-full` if there is no room. A full disk alone can make a store fail, and moving would cost the till its key.
   */
  async look(name: string, hasJournal: () => Promise<boolean>): Promise<DatabaseState> {
    const buckets = this.#buckets;
    const newest = buckets === null ? 0 : await newestBucket(buckets);
    try {
      if (buckets === null || newest === 0) return await probe(name, this.#store());
      this.#bucket = bucketName(newest);
      this.#factory = await storeIn(buckets, this.#bucket);
      const state = await probe(name, this.#factory);
      // a bucket is used only after a loss
      return state === 'new' ? 'lost' : state;
    } catch (cause) {
      if (isRefused(cause)) throw new StorageError('unavailable', cause);
      if (!isUnreadable(cause)) throw cause;
      if (buckets === null || !(await hasJournal())) {
        throw new StorageError('database-unreadable', cause);
      }
      await this.#proveRoom(ROOM);
      const next = bucketName(newest + 1);
      this.#factory = await nextStore(buckets, next, name);
      this.#bucket = next;
      return 'lost';
    }
  }

  /** Whether `leave` has somewhere to move to. */
  get mayLeave(): boolean {
    return this.#buckets !== null;
  }

  /**
   * Abandons a database that opens but cannot be read. The old database is not deleted; from the next start on the next bucket
   * is used and rebuilt from the journal file. Throws StorageError: nothing has changed; `disk-full`: there is no room to
   * rebuild it.
   */
  async leave(): Promise<void> {
    const buckets = this.#buckets;
    if (buckets === null) throw new StorageError('database-unreadable');
    // a full disk also makes a database unreadable, and moving would cost the till its key
    await this.#proveRoom(ROOM);
    await storeIn(buckets, bucketName((await newestBucket(buckets)) + 1));
  }

  /** Whether there is room for this many bytes, by default for a database. */
  async hasRoom(bytes = ROOM): Promise<boolean> {
    return this.#proveRoom(bytes).then(
      () => true,
      () => false,
    );
  }

  #store(): IDBFactory {
    if (this.#factory === null) throw new StorageError('unavailable');
    return this.#factory;
  }
}

/** Number of attempts: a store that fails once may open a moment later. Only one that fails each time counts as unreadable. */
const TRIES = 4;
const PAUSE_MS = 250;

/** Does not create or change the database. Throws the browser's exception or StorageError. */
async function probe(name: string, store: IDBFactory): Promise<DatabaseState> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await probeDatabase(name, store);
    } catch (cause) {
      if (!isUnreadable(cause) || attempt === TRIES) throw cause;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** Bytes that must be writable before a database is rebuilt. */
const ROOM = 4 << 20;

/** The error with which browsers refuse the first opening in a private window; a later InvalidStateError is a lost connection. */
function isRefused(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'InvalidStateError';
}

/** Chromium's error for a store that it cannot open; a full disk is a QuotaExceededError. */
function isUnreadable(error: unknown): boolean {
  const cause = error instanceof StorageError ? error.cause : error;
  return cause instanceof DOMException && cause.name === 'UnknownError';
}

/** The number of the newest bucket; 0 if there is none, or the browser refuses to list them. */
async function newestBucket(buckets: StorageBuckets): Promise<number> {
  const names = await buckets.keys().catch((): string[] => []);
  const numbers = names.flatMap((name) => {
    const match = BUCKET.exec(name);
    return match === null ? [] : [Number(match[1] ?? 1)];
  });
  return Math.max(0, ...numbers);
}

/** The store of this bucket, created if needed. Throws the browser's exception for an unreadable one, or StorageError. */
async function storeIn(buckets: StorageBuckets, bucket: string): Promise<IDBFactory> {
  try {
    return (await buckets.open(bucket, OPTIONS)).indexedDB;
  } catch (cause) {
    throw isUnreadable(cause) ? cause : new StorageError('database-unreadable', cause);
  }
}

/** The store of a new bucket, which is deleted again if it cannot be opened. Throws StorageError. */
async function nextStore(
  buckets: StorageBuckets,
  bucket: string,
  name: string,
): Promise<IDBFactory> {
  try {
    const store = await storeIn(buckets, bucket);
    await probe(name, store);
    return store;
  } catch (cause) {
    // the fault is not in the abandoned store: the next start tries that one again
    await buckets.delete(bucket).catch(() => undefined);
    throw isUnreadable(cause) ? new StorageError('database-unreadable', cause) : cause;
  }
}

function ownStore(): IDBFactory | null {
  return 'indexedDB' in globalThis ? globalThis.indexedDB : null;
}

function bucketsOf(from: object): StorageBuckets | null {
  return (from as { readonly storageBuckets?: StorageBuckets }).storageBuckets ?? null;
}
