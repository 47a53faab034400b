// Location of the database: a storage bucket only if the default store fails and a file exists.
import { afterEach, expect, test } from 'vitest';
import { DatabaseHome, type StorageBuckets } from '$lib/storage/database/database-home';
import { StorageError, storageErrorKind } from '$lib/storage/storage-error';

const NAME = `home-${crypto.randomUUID()}`;
const hasJournal = () => Promise.resolve(true);
const hasNone = () => Promise.resolve(false);

afterEach(() => {
  indexedDB.deleteDatabase(NAME);
});

const OPTIONS = { persisted: true, durability: 'strict' } as const;

/** A store whose first `times` openings fail as in the browser; by default all of them. */
function failing(name: string, times = Infinity): IDBFactory {
  let failed = 0;
  return {
    open: (database, version) => {
      if (failed === times) return indexedDB.open(database, version);
      failed += 1;
      const request = new EventTarget() as IDBOpenDBRequest;
      Object.defineProperty(request, 'error', { value: new DOMException('failed', name) });
      queueMicrotask(() => {
        request.onerror?.(new Event('error'));
      });
      return request;
    },
    deleteDatabase: () => indexedDB.deleteDatabase(NAME),
    databases: () => Promise.resolve([]),
    cmp: (first: unknown, second: unknown) => indexedDB.cmp(first, second),
  };
}

/** Buckets that use these stores, in the order in which they are created; further ones use the page's store. */
function buckets(made: string[] = [], ...stores: IDBFactory[]): StorageBuckets {
  return {
    keys: () => Promise.resolve(made.toSorted()),
    open: (name) => {
      if (!made.includes(name)) made.push(name);
      return Promise.resolve({ indexedDB: stores[made.indexOf(name)] ?? indexedDB });
    },
    delete: (name) => {
      made.splice(made.indexOf(name), 1);
      return Promise.resolve();
    },
  };
}

function opened(home: DatabaseHome): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = home.factory.open(NAME, 1);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no reason'));
  });
}

test('a store that opens is used, and no bucket is created', async () => {
  const made: string[] = [];
  const home = new DatabaseHome(indexedDB, buckets(made));
  expect(await home.look(NAME, hasJournal)).toBe('new');
  expect(made).toEqual([]);
});

test('a store that cannot be opened is replaced permanently', async () => {
  const made: string[] = [];
  const first = new DatabaseHome(failing('UnknownError'), buckets(made));
  expect(await first.look(NAME, hasJournal)).toBe('lost');
  expect(made).toHaveLength(1);
  (await opened(first)).close();

  // the browser may be able to open the old store again, but its data is out of date
  const next = new DatabaseHome(indexedDB, buckets(made));
  expect(await next.look(NAME, hasJournal)).toBe('there');
});

test('a store whose opening failed once is used, and no bucket is created', async () => {
  const made: string[] = [];
  const home = new DatabaseHome(failing('UnknownError', 1), buckets(made));
  expect(await home.look(NAME, hasJournal)).toBe('new');
  expect(made).toEqual([]);
});

test('a database in a bucket whose opening failed once is used', async () => {
  const made: string[] = [];
  await buckets(made).open('counterfoil-database', OPTIONS);
  const home = new DatabaseHome(indexedDB, buckets(made, failing('UnknownError', 1)));
  expect(await home.look(NAME, hasJournal)).toBe('lost');
});

test('on a full disk a store that cannot be opened is not replaced', async () => {
  const made: string[] = [];
  const full = () => Promise.reject(new StorageError('disk-full'));
  const home = new DatabaseHome(failing('UnknownError'), buckets(made), full);
  const outcome = await home.look(NAME, hasJournal).catch((cause: unknown) => cause);
  expect(storageErrorKind(outcome)).toBe('disk-full');
  expect(made).toEqual([]);
});

test('without a journal file to rebuild it from, or without buckets, the database stays where it is', async () => {
  const made: string[] = [];
  for (const [home, journal] of [
    [new DatabaseHome(failing('UnknownError'), buckets(made)), hasNone],
    [new DatabaseHome(failing('UnknownError'), null), hasJournal],
  ] as const) {
    const outcome = await home.look(NAME, journal).catch((cause: unknown) => cause);
    expect(storageErrorKind(outcome)).toBe('database-unreadable');
  }
  expect(made).toEqual([]);
});

// by name, the newest of ten buckets is not the last one
test.each([1, 2, 9, 10])(
  'bucket %i that cannot be opened is replaced by the next one, permanently, and none is deleted',
  async (count) => {
    const made: string[] = [];
    const own = failing('UnknownError');
    const before = Array.from({ length: count }, () => failing('UnknownError'));
    for (let losses = 1; losses <= count; losses += 1)
      await new DatabaseHome(indexedDB, buckets(made)).leave();
    const home = new DatabaseHome(own, buckets(made, ...before));
    expect(await home.look(NAME, hasJournal)).toBe('lost');
    expect(made).toHaveLength(count + 1);
    (await opened(home)).close();
    expect(await new DatabaseHome(own, buckets(made, ...before)).look(NAME, hasNone)).toBe('there');
    expect(made).toHaveLength(count + 1);
  },
);

test('where a new bucket cannot be opened either, none is left, and the next start looks at the old place', async () => {
  const made: string[] = [];
  const home = new DatabaseHome(failing('UnknownError'), buckets(made, failing('UnknownError')));
  const outcome = await home.look(NAME, hasJournal).catch((cause: unknown) => cause);
  expect(storageErrorKind(outcome)).toBe('database-unreadable');
  expect(made).toEqual([]);
});

test('a database in a bucket on a full disk is not said to be unreadable', async () => {
  const made = ['counterfoil-database'];
  const home = new DatabaseHome(indexedDB, buckets(made, failing('QuotaExceededError')));
  const outcome = await home.look(NAME, hasJournal).catch((cause: unknown) => cause);
  expect(storageErrorKind(outcome)).toBe('disk-full');
  expect(made).toHaveLength(1);
});

test.each<[string, () => Promise<boolean>, 'disk-full' | null, string]>([
  ['without a journal file to rebuild it from', hasNone, null, 'database-unreadable'],
  ['on a full disk', hasJournal, 'disk-full', 'disk-full'],
])('%s a bucket that cannot be opened is not replaced', async (_, journal, full, kind) => {
  const made = ['counterfoil-database'];
  const room = () => (full === null ? Promise.resolve() : Promise.reject(new StorageError(full)));
  const home = new DatabaseHome(indexedDB, buckets(made, failing('UnknownError')), room);
  const outcome = await home.look(NAME, journal).catch((cause: unknown) => cause);
  expect(storageErrorKind(outcome)).toBe(kind);
  expect(made).toHaveLength(1);
});

test('a database that cannot be read is left where it is, and rebuilt in a bucket, as often as that happens', async () => {
  const made: string[] = [];
  for (let losses = 1; losses <= 3; losses += 1) {
    const home = new DatabaseHome(indexedDB, buckets(made));
    await home.look(NAME, hasJournal);
    expect(home.mayLeave).toBe(true);
    await home.leave();
    expect(made).toHaveLength(losses);
    expect(await new DatabaseHome(indexedDB, buckets(made)).look(NAME, hasJournal)).toBe('lost');
  }
});

test.each([
  ['QuotaExceededError', 'disk-full'],
  ['SecurityError', 'unavailable'],
  ['InvalidStateError', 'unavailable'],
])('%s is no reason to move', async (name, kind) => {
  const made: string[] = [];
  const home = new DatabaseHome(failing(name), buckets(made));
  const outcome = await home.look(NAME, hasJournal).catch((cause: unknown) => cause);
  expect(storageErrorKind(outcome)).toBe(kind);
  expect(made).toEqual([]);
});
