// A sale's rows written with the platform alone: a flushed file and one strict transaction.
// The least that durable storage of a sale costs on this disk.

const NAME = 'bench-raw';
let raw: IDBDatabase;
let number = 0;

type Rows = Record<string, readonly object[]>;
let sale: Rows = {};

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('request failed'));
  });
}

/** A worker that appends to a private file and flushes it. As text, so that no build has to include it. */
const RAW_FILE = `
  let handle;
  onmessage = async ({ data }) => {
    if (!handle) {
      const folder = await navigator.storage.getDirectory();
      const file = await folder.getFileHandle('bench-raw', { create: true });
      handle = await file.createSyncAccessHandle();
    }
    handle.write(data, { at: handle.getSize() });
    handle.flush();
    postMessage(null);
  };`;
let file: Worker;

/** Resolves once the text is flushed. */
function flushRaw(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    file.onmessage = () => resolve();
    file.onerror = ({ message }) => reject(new Error(message));
    file.postMessage(bytes);
  });
}

/** An empty file, and an empty database with the till's stores and indexes. The page must allow scripts from blobs. */
export async function prepareRaw(): Promise<void> {
  file = new Worker(URL.createObjectURL(new Blob([RAW_FILE])));
  await flushRaw(new Uint8Array());
  const till = await done(indexedDB.open('counterfoil'));
  const stores = [...till.objectStoreNames].map((name) => {
    const store = till.transaction(name).objectStore(name);
    const indexes = [...store.indexNames].map((index) => store.index(index));
    return { name, keyPath: store.keyPath, indexes };
  });
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    for (const { name, keyPath, indexes } of stores) {
      const made = opening.result.createObjectStore(name, { keyPath });
      for (const { name: index, keyPath: path, unique, multiEntry } of indexes)
        made.createIndex(index, path, { unique, multiEntry });
    }
  };
  raw = await done(opening);
  till.close();
}

/** Remembers the rows of the newest sale, one of each kind it wrote. */
export async function keepSale(): Promise<void> {
  const till = await done(indexedDB.open('counterfoil'));
  const all = async (store: string): Promise<Record<string, unknown>[]> =>
    (await done(till.transaction(store).objectStore(store).getAll())) as never;
  const entry = (await all('journal')).at(-1);
  const { customer, stock = [] } = entry!['body'] as {
    customer: string;
    stock?: { product: string }[];
  };
  const sold = new Set(stock.map(({ product }) => product));
  const ofEntry = async (store: string) =>
    (await all(store)).filter((row) => row['hash'] === entry?.['hash']);
  sale = {
    journal: entry ? [entry] : [],
    sales: await ofEntry('sales'),
    accountEntries: await ofEntry('accountEntries'),
    balances: (await all('balances')).filter((row) => row['customer'] === customer),
    stock: (await all('stock')).filter((row) => sold.has(String(row['product']))),
  };
  till.close();
}

/** Stores these rows again: flushed to the file, then in the database, like the till; ms until both were durable. */
export async function storeRawTwice(): Promise<number> {
  const since = performance.now();
  await flushRaw(new TextEncoder().encode(JSON.stringify(sale)));
  await storeRaw();
  return performance.now() - since;
}

/** Stores these rows again, under new keys, in one strict transaction; ms until it was durable. */
export function storeRaw(): Promise<number> {
  number += 1;
  const unique = { hash: `${number}`, seq: number, number, id: `${number}` };
  const since = performance.now();
  return new Promise((resolve, reject) => {
    const stores = [...Object.keys(sale), 'drafts'];
    const transaction = raw.transaction(stores, 'readwrite', { durability: 'strict' });
    for (const [store, rows] of Object.entries(sale)) {
      for (const row of rows) {
        const keys = Object.entries(unique).filter(([key]) => key in row);
        transaction.objectStore(store).put({ ...row, ...Object.fromEntries(keys) });
      }
    }
    transaction.objectStore('drafts').delete('open');
    transaction.oncomplete = () => resolve(performance.now() - since);
    transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
  });
}
