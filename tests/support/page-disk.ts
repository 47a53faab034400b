// Copies all storage of a page's origin (IndexedDB, private files) from one page into another.
import type { Page } from '@playwright/test';

/** Databases and private files of one origin, as JSON. `readDisk` makes it; only `writeDisk` reads it. */
export type PageDisk = {
  readonly databases: readonly {
    readonly name: string;
    readonly version: number;
    readonly stores: readonly {
      readonly name: string;
      readonly keyPath: string | string[] | null;
      readonly autoIncrement: boolean;
      readonly indexes: readonly {
        readonly name: string;
        readonly keyPath: string | string[];
        readonly unique: boolean;
        readonly multiEntry: boolean;
      }[];
      /** `[key, value]`; the key is null if it is inside the value. */
      readonly rows: readonly (readonly [unknown, unknown])[];
    }[];
  }[];
  /** Path below the origin's private root, and the bytes in base64. */
  readonly files: readonly (readonly [path: string, base64: string])[];
};

/**
 * Makes the keys that this page will create or import extractable, so that `readDisk` can copy them. Call it before the page is
 * opened. `writeDisk` makes them non-extractable again, as they are in the till.
 */
export async function makeKeysReadable(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const subtle = SubtleCrypto.prototype;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called on its own `this` below
    const { generateKey } = subtle;
    subtle.generateKey = function (this: SubtleCrypto, ...[algorithm, , usages]: unknown[]) {
      return Reflect.apply(generateKey, this, [algorithm, true, usages]) as Promise<never>;
    } as typeof generateKey;
  });
}

/** Everything that the page's origin stores. The till should be idle. */
export function readDisk(page: Page): Promise<PageDisk> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(String(request.error)));
      });
    const base64 = (bytes: Uint8Array) => {
      let text = '';
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    };
    /** Values that JSON lacks become `{ $: kind, … }`. */
    async function pack(value: unknown): Promise<unknown> {
      if (value === undefined) return { $: 'undefined' };
      if (value === null || typeof value !== 'object') return value;
      if (Array.isArray(value)) return Promise.all(value.map(pack));
      if (value instanceof CryptoKey)
        return {
          $: 'key',
          jwk: await crypto.subtle.exportKey('jwk', value),
          algorithm: value.algorithm,
          // a public key is extractable in the till as well
          extractable: value.type === 'public',
          usages: value.usages,
        };
      if (ArrayBuffer.isView(value))
        return {
          $: value.constructor.name,
          bytes: base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)),
        };
      if (value instanceof ArrayBuffer)
        return { $: 'ArrayBuffer', bytes: base64(new Uint8Array(value)) };
      if (Object.getPrototypeOf(value) !== Object.prototype)
        throw new Error(`a ${value.constructor.name} cannot be copied`);
      const packed: Record<string, unknown> = {};
      for (const [name, each] of Object.entries(value)) packed[name] = await pack(each);
      return packed;
    }

    const databases = [];
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const db = await done(indexedDB.open(name));
      const stores = [];
      for (const storeName of db.objectStoreNames) {
        const store = db.transaction(storeName).objectStore(storeName);
        const [keys, values] = await Promise.all([
          done(store.getAllKeys()),
          done(store.getAll() as IDBRequest<unknown[]>),
        ]);
        const { keyPath, autoIncrement } = store;
        const indexes = [...store.indexNames].map((indexName) => {
          const { keyPath, unique, multiEntry } = store.index(indexName);
          return { name: indexName, keyPath, unique, multiEntry };
        });
        const rows: [unknown, unknown][] = [];
        for (const [place, value] of values.entries())
          rows.push([keyPath === null ? keys[place] : null, await pack(value)]);
        stores.push({ name: storeName, keyPath, autoIncrement, indexes, rows });
      }
      databases.push({ name, version: db.version, stores });
      db.close();
    }

    const files: [string, string][] = [];
    async function readFolder(folder: FileSystemDirectoryHandle, path: string): Promise<void> {
      const entries = folder as unknown as AsyncIterable<[string, FileSystemHandle]>;
      for await (const [name, handle] of entries)
        if (handle instanceof FileSystemDirectoryHandle)
          await readFolder(handle, `${path}${name}/`);
        else if (handle instanceof FileSystemFileHandle)
          files.push([
            path + name,
            base64(new Uint8Array(await (await handle.getFile()).arrayBuffer())),
          ]);
    }
    await readFolder(await navigator.storage.getDirectory(), '');
    return { databases, files };
  });
}

/** Stores what `readDisk` read under this page's origin, which must be empty and must not run the till. */
export async function writeDisk(page: Page, disk: PageDisk): Promise<void> {
  await page.evaluate(async (text) => {
    const { databases, files } = JSON.parse(text) as PageDisk;
    const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    const TYPED = { Uint8Array, Uint16Array, Uint32Array, Int32Array, Float64Array } as const;
    async function unpack(value: unknown): Promise<unknown> {
      if (value === null || typeof value !== 'object') return value;
      if (Array.isArray(value)) return Promise.all(value.map(unpack));
      const record = value as Record<string, unknown>;
      const kind = record['$'];
      if (kind === 'undefined') return undefined;
      if (kind === 'key')
        return crypto.subtle.importKey(
          'jwk',
          record['jwk'] as JsonWebKey,
          record['algorithm'] as EcKeyImportParams,
          record['extractable'] as boolean,
          record['usages'] as KeyUsage[],
        );
      if (typeof kind === 'string') {
        const { buffer } = bytesOf(record['bytes'] as string);
        return kind === 'ArrayBuffer' ? buffer : new TYPED[kind as keyof typeof TYPED](buffer);
      }
      const unpacked: Record<string, unknown> = {};
      for (const [name, each] of Object.entries(record)) unpacked[name] = await unpack(each);
      return unpacked;
    }

    for (const [path, base64] of files) {
      const names = path.split('/');
      const name = names.pop() ?? '';
      let folder = await navigator.storage.getDirectory();
      for (const each of names) folder = await folder.getDirectoryHandle(each, { create: true });
      const file = await folder.getFileHandle(name, { create: true });
      const writable = await file.createWritable();
      await writable.write(bytesOf(base64));
      await writable.close();
    }
    for (const { name, version, stores } of databases) {
      // only IndexedDB is awaited within a transaction
      const rows = await Promise.all(
        stores.map(async (store) => ({
          name: store.name,
          rows: await Promise.all(
            store.rows.map(async ([key, value]) => [key, await unpack(value)] as const),
          ),
        })),
      );
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name, version);
        opening.onerror = () => reject(new Error(String(opening.error)));
        opening.onupgradeneeded = () => {
          for (const { name, keyPath, autoIncrement, indexes } of stores) {
            const store = opening.result.createObjectStore(name, { keyPath, autoIncrement });
            for (const { name, keyPath, ...options } of indexes)
              store.createIndex(name, keyPath, options);
          }
        };
        opening.onsuccess = () => {
          const db = opening.result;
          const transaction = db.transaction(
            stores.map(({ name }) => name),
            'readwrite',
          );
          for (const each of rows) {
            const store = transaction.objectStore(each.name);
            for (const [key, value] of each.rows)
              if (key === null) store.put(value);
              else store.put(value, key as IDBValidKey);
          }
          transaction.onerror = () => reject(new Error(String(transaction.error)));
          transaction.oncomplete = () => {
            db.close();
            resolve();
          };
        };
      });
    }
    // as one text: Playwright packs an object value by value
  }, JSON.stringify(disk));
}
