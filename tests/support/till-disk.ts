// A till's disk, read and, for stories of forgery, changed without its screens.
import type { Page } from '@playwright/test';

export type Row = Readonly<Record<string, unknown>>;

/** Every row of one table of the till's database. */
export function rowsOf(page: Page, table: string): Promise<Row[]> {
  return page.evaluate(
    (name) =>
      new Promise<Row[]>((resolve, reject) => {
        const opening = indexedDB.open('counterfoil');
        opening.onerror = () => reject(new Error(String(opening.error)));
        opening.onsuccess = () => {
          const db = opening.result;
          const asked = db.transaction(name).objectStore(name).getAll();
          asked.onerror = () => reject(new Error(String(asked.error)));
          asked.onsuccess = () => {
            db.close();
            // keys and packed columns do not survive serialisation, and no test needs them
            resolve(JSON.parse(JSON.stringify(asked.result)) as Row[]);
          };
        };
      }),
    table,
  );
}

/** Tables whose rows a story of a shared shop reads: those of earlier stories are left out by `newRows`. */
const MARKED = ['sales', 'journal', 'customers', 'drafts'] as const;

const marks = new WeakMap<Page, Readonly<Record<string, ReadonlySet<string>>>>();

const nameOf = (row: Row): string => String(row['seq'] ?? row['id'] ?? row['key']);

/** Remembers the rows that are there when a story begins. */
export async function markRows(page: Page): Promise<void> {
  const rows = await snapshotOf(page, MARKED);
  marks.set(
    page,
    Object.fromEntries(MARKED.map((table) => [table, new Set(rows[table].map(nameOf))])),
  );
}

/** The rows of one table that this story has added, in a shop that other stories of its file have used before. */
export async function newRows(page: Page, table: (typeof MARKED)[number]): Promise<Row[]> {
  const before = marks.get(page)?.[table] ?? new Set();
  return (await rowsOf(page, table)).filter((row) => !before.has(nameOf(row)));
}

/** Every row of several tables at one moment, so that a till that is saving is read consistently. */
export function snapshotOf<N extends string>(
  page: Page,
  tables: readonly N[],
): Promise<Record<N, Row[]>> {
  return page.evaluate(async (names) => {
    // the newest bucket, which the till uses if the store before it cannot be opened
    const { storageBuckets } = navigator as Navigator & {
      storageBuckets?: {
        keys(): Promise<string[]>;
        open(name: string): Promise<{ indexedDB: IDBFactory }>;
      };
    };
    const numberOf = (bucket: string) =>
      Number(/^counterfoil-database-(\d+)$/.exec(bucket)?.[1] ?? 1);
    const [newest] = ((await storageBuckets?.keys()) ?? [])
      .filter((bucket) => bucket.startsWith('counterfoil-database'))
      .sort((a, b) => numberOf(b) - numberOf(a));
    const bucket = newest === undefined ? undefined : await storageBuckets?.open(newest);
    return new Promise<Record<string, Row[]>>((resolve, reject) => {
      const opening = (bucket?.indexedDB ?? indexedDB).open('counterfoil');
      opening.onerror = () => reject(new Error(String(opening.error)));
      opening.onsuccess = () => {
        const db = opening.result;
        const transaction = db.transaction(names);
        const asked = names.map((name) => transaction.objectStore(name).getAll());
        transaction.onerror = () => reject(new Error(String(transaction.error)));
        transaction.oncomplete = () => {
          db.close();
          const rows = asked.map((each) => JSON.parse(JSON.stringify(each.result)) as Row[]);
          resolve(Object.fromEntries(names.map((name, place) => [name, rows[place] ?? []])));
        };
      };
    });
  }, tables);
}

/** Puts rows into one table, and deletes others from another. */
export async function changeRows(
  page: Page,
  change: {
    readonly put: { readonly table: string; readonly rows: readonly Row[] };
    readonly drop: { readonly table: string; readonly keys: readonly string[] };
  },
): Promise<void> {
  await page.evaluate(
    ({ put, drop }) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('counterfoil');
        opening.onerror = () => reject(new Error(String(opening.error)));
        opening.onsuccess = () => {
          const db = opening.result;
          const transaction = db.transaction([put.table, drop.table], 'readwrite');
          for (const row of put.rows) transaction.objectStore(put.table).put(row);
          for (const key of drop.keys) transaction.objectStore(drop.table).delete(key);
          transaction.oncomplete = () => {
            db.close();
            resolve();
          };
          transaction.onerror = () => reject(new Error(String(transaction.error)));
        };
      }),
    change,
  );
}

/** The signed policy as stored. */
export async function policyRow(page: Page): Promise<{ jws: string; version: number }> {
  const [row] = await rowsOf(page, 'policy');
  if (row === undefined) throw new Error('no policy on the disk');
  return { jws: String(row['jws']), version: Number(row['version']) };
}

/** Replaces it by another signed text, as anybody with the device can. */
export async function putPolicyRow(
  page: Page,
  row: { jws: string; version: number },
): Promise<void> {
  await page.evaluate(
    (value) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('counterfoil');
        opening.onerror = () => reject(new Error(String(opening.error)));
        opening.onsuccess = () => {
          const db = opening.result;
          const transaction = db.transaction('policy', 'readwrite');
          transaction.objectStore('policy').put({ key: 'current', ...value });
          transaction.oncomplete = () => {
            db.close();
            resolve();
          };
          transaction.onerror = () => reject(new Error(String(transaction.error)));
        };
      }),
    row,
  );
}

/** All text of this origin in the browser: every table, Cache Storage, private file system, local and session storage. */
export function everythingStored(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: string[] = [
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
    ];
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(new Error(String(opening.error)));
      });
      for (const table of db.objectStoreNames) {
        const rows = await new Promise<unknown[]>((resolve, reject) => {
          const asked = db.transaction(table).objectStore(table).getAll();
          asked.onsuccess = () => resolve(asked.result as unknown[]);
          asked.onerror = () => reject(new Error(String(asked.error)));
        });
        found.push(table, JSON.stringify(rows));
      }
      db.close();
    }
    for (const key of await caches.keys()) {
      const cache = await caches.open(key);
      for (const request of await cache.keys()) {
        const kept = await cache.match(request);
        found.push(request.url, kept ? await kept.text() : '');
      }
    }
    const walk = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const entry of folder.values()) {
        found.push(entry.name);
        if (entry.kind === 'directory') await walk(entry);
        else found.push(await (await entry.getFile()).text());
      }
    };
    await walk(await navigator.storage.getDirectory());
    return found.join('\n');
  });
}

/** Makes the disk refuse writes, like a full disk, or reads, like a failing one, until `mendDisk` or a page load. */
export async function breakDisk(page: Page, act: 'writing' | 'reading'): Promise<void> {
  await page.evaluate((refused) => {
    const name = refused === 'writing' ? 'QuotaExceededError' : 'UnknownError';
    const refuse = () => {
      throw new DOMException('refused by a story', name);
    };
    const broken = refused === 'writing' ? ['add', 'put'] : ['get', 'getAll', 'openCursor'];
    for (const [method, own] of [IDBObjectStore, IDBIndex].flatMap(({ prototype }) =>
      broken.filter((each) => each in prototype).map((each) => [each, prototype] as const),
    )) {
      const whole = Object.getOwnPropertyDescriptor(own, method)!;
      Object.defineProperty(own, method, { ...whole, value: refuse });
      addEventListener('mend-disk', () => Object.defineProperty(own, method, whole), {
        once: true,
      });
    }
  }, act);
}

/** Makes reads or writes of one table fail as on damaged pages, until the page is loaded again. */
export async function damageTable(
  page: Page,
  table: string,
  act: 'writing' | 'reading',
): Promise<void> {
  await page.evaluate(
    ([name, refused]) => {
      const broken = refused === 'writing' ? ['add', 'put'] : ['get', 'getAll', 'openCursor'];
      const tableOf = (asked: IDBObjectStore | IDBIndex) =>
        asked instanceof IDBIndex ? asked.objectStore.name : asked.name;
      for (const own of [IDBObjectStore.prototype, IDBIndex.prototype])
        for (const method of broken.filter((each) => each in own)) {
          const whole = Object.getOwnPropertyDescriptor(own, method)!;
          const call = whole.value as (...asked: unknown[]) => IDBRequest;
          Object.defineProperty(own, method, {
            ...whole,
            value(this: IDBObjectStore | IDBIndex, ...asked: unknown[]) {
              if (tableOf(this) === name)
                throw new DOMException('damaged by a story', 'UnknownError');
              return call.apply(this, asked);
            },
          });
        }
    },
    [table, act] as const,
  );
}

export async function mendDisk(page: Page): Promise<void> {
  await page.evaluate(() => void dispatchEvent(new Event('mend-disk')));
}

/** Changes a table without the till: `change` gets all rows and returns those to put, or all that stay. */
export async function tamper(
  page: Page,
  table: string,
  change: (rows: Record<string, unknown>[]) => readonly Row[],
  how: 'besides' | 'instead' = 'besides',
): Promise<void> {
  const rows = change((await rowsOf(page, table)).map((row) => ({ ...row })));
  await page.evaluate(
    ({ name, wanted, clear }) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('counterfoil');
        opening.onerror = () => reject(new Error(String(opening.error)));
        opening.onsuccess = () => {
          const db = opening.result;
          const transaction = db.transaction(name, 'readwrite');
          const store = transaction.objectStore(name);
          if (clear) store.clear();
          for (const row of wanted) store.put(row);
          transaction.onerror = () => reject(new Error(String(transaction.error)));
          transaction.oncomplete = () => {
            db.close();
            resolve();
          };
        };
      }),
    { name: table, wanted: rows, clear: how === 'instead' },
  );
}

/** A head of the till's journal, signed with the key on its disk, as anybody with the tablet can make it. */
export function signedHeadOn(
  page: Page,
  head: { readonly seq: number; readonly hash: string },
): Promise<{ at: number; signature: string }> {
  return page.evaluate(async ({ seq, hash }) => {
    type Till = { id: string; shop: string; keys: CryptoKeyPair };
    const till = await new Promise<Till>((resolve, reject) => {
      const opening = indexedDB.open('counterfoil');
      opening.onerror = () => reject(new Error(String(opening.error)));
      opening.onsuccess = () => {
        const asked = opening.result.transaction('meta').objectStore('meta').get('till');
        asked.onsuccess = () => {
          opening.result.close();
          resolve((asked.result as { value: Till }).value);
        };
      };
    });
    const at = Date.now();
    // canonical: the keys in alphabetical order
    const claim = { at, hash, purpose: 'journal-head', seq, shop: till.shop, till: till.id };
    const bytes = await crypto.subtle.sign(
      { name: 'ECDSA', hash: 'SHA-256' },
      till.keys.privateKey,
      new TextEncoder().encode(JSON.stringify(claim)),
    );
    const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
    const signature = text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    return { at, signature };
  }, head);
}
