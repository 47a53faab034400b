// A shop whose till keeps a journal file, and changes of that file by somebody with the device.
import { vi } from 'vitest';
import { JournalFile } from '$lib/storage/wal/journal-file';
import { lineBytes, readLines, type Line } from '$lib/storage/wal/line';
import type { DecideAct } from '$lib/storage/recovery/undecided-act';
import { startUp } from '$lib/storage/recovery/start';
import type { StartNews } from '$lib/storage/schema/start-news';
import { TillDb } from '$lib/storage/database/db';
import { saveSale } from '$lib/storage/sales/save-sale';
import { AT, CASHIER, discard, emptyDb, openShop, TILL, type Shop } from './storage-shop';

const file = async (folder: string, name: string) =>
  (
    await (await navigator.storage.getDirectory()).getDirectoryHandle(folder, { create: true })
  ).getFileHandle(name, { create: true });

/** The till's file on the disk. The till must not have it open. */
export function bytesOfFile(folder: string, till = TILL): Promise<Uint8Array> {
  return bytesNamed(folder, `${till}.journal`);
}

export async function bytesNamed(folder: string, name: string): Promise<Uint8Array> {
  const handle = await file(folder, name);
  return new Uint8Array(await (await handle.getFile()).arrayBuffer());
}

export async function putBytes(folder: string, bytes: Uint8Array, till = TILL): Promise<void> {
  const handle = await file(folder, `${till}.journal`);
  // the worker of a till that was just stopped closes the file a little later
  const writable = await vi.waitFor(() => handle.createWritable());
  await writable.write(bytes as Uint8Array<ArrayBuffer>);
  await writable.close();
}

/** Turns a bit in the lines of these entries. The till must not have the file open. */
export async function damageLines(folder: string, ...seqs: readonly number[]): Promise<void> {
  const bytes = await bytesOfFile(folder);
  let from = 0;
  for (const line of await linesOf(folder)) {
    if (line.kind === 'act' && seqs.includes(line.entry.seq)) bytes[from + 40]! ^= 1;
    from += lineBytes(line).length;
  }
  await putBytes(folder, bytes);
}

/** The bytes of a line with any text and the matching checksum. */
export function lineOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  const sum = ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
  return new TextEncoder().encode(`${sum} ${text}\n`);
}

export async function linesOf(folder: string, till = TILL): Promise<Line[]> {
  const { lines } = readLines(await bytesOfFile(folder, till));
  return lines.filter((line) => line.kind !== 'unreadable');
}

/** Changes lines and writes matching checksums, as somebody who knows the algorithm can. */
export async function putLines(folder: string, lines: readonly Line[]): Promise<void> {
  await putBytes(folder, new Uint8Array(await new Blob(lines.map(lineBytes)).arrayBuffer()));
}

export async function namesIn(folder: string): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const inside = await root.getDirectoryHandle(folder, { create: true });
  const names: string[] = [];
  for await (const { name } of inside.values()) names.push(name);
  return names.sort();
}

/** A shop as `openShop` makes it, with a journal file from the first act on. */
export async function openShopWithFile(): Promise<Shop> {
  const db = emptyDb();
  await startUp(db, new JournalFile(db.name), AT);
  return openShop(db);
}

/** Stops the till: closes what it has open and writes nothing more. */
export function stopTill(db: TillDb): void {
  db.file?.close();
  db.close();
}

/** Makes the disk look as if the till had not stored the acts that a test removes. */
export const forgetNotedHead = (folder: string): void => localStorage.removeItem(`${folder}-head`);

export type Started = {
  readonly db: TillDb;
  readonly news: StartNews[];
  readonly sell: Shop['sell'];
};

/** Starts the till again with the data on the disk. */
export async function startTill(name: string, decide?: DecideAct): Promise<Started> {
  const db = new TillDb(name);
  const journal = new JournalFile(name);
  const news = await startUp(db, journal, AT, decide);
  await journal.rebuilt;
  return {
    db,
    news,
    sell: (receipt, confirmations = [], { operator = CASHIER, at = AT } = {}) =>
      saveSale(db, { receipt, operator, at, confirmations }),
  };
}

/** Deletes the browser's database and leaves the files. */
export async function loseDatabase(name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error(String(request.error)));
  });
}

export async function discardShop(db: TillDb): Promise<void> {
  stopTill(db);
  await discard(db);
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(db.name, { recursive: true }).catch(() => undefined);
}

/** The database refuses new entries, or with `put` changed rows, as on a full disk. Returns a function that undoes it. */
export function refuseEntries(method: 'add' | 'put' = 'add'): () => void {
  const real = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, method) ?? {};
  Object.defineProperty(IDBObjectStore.prototype, method, {
    ...real,
    value: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  });
  return () => Object.defineProperty(IDBObjectStore.prototype, method, real);
}

/** Stops the till at its `nth` writing transaction from now on; returns a function that undoes it. */
export function stopAtWrite(nth: number): () => void {
  const real = Object.getOwnPropertyDescriptor(IDBDatabase.prototype, 'transaction') ?? {};
  const transaction = real.value as IDBDatabase['transaction'];
  let writes = 0;
  Object.defineProperty(IDBDatabase.prototype, 'transaction', {
    ...real,
    value(this: IDBDatabase, ...asked: Parameters<IDBDatabase['transaction']>) {
      if (asked[1] === 'readwrite') writes += 1;
      const begun = transaction.apply(this, asked);
      if (writes >= nth && asked[1] === 'readwrite') begun.abort();
      return begun;
    },
  });
  return () => Object.defineProperty(IDBDatabase.prototype, 'transaction', real);
}

/** Makes the index empty until it is created again. Returns a function that undoes it. */
export function emptyIndex(table: string, index: string): () => void {
  const undo: (() => void)[] = [];
  const replace = (
    own: object,
    method: string,
    by: (whole: Method, self: never, asked: unknown[]) => unknown,
  ) => {
    const real = Object.getOwnPropertyDescriptor(own, method)!;
    const whole = real.value as Method;
    Object.defineProperty(own, method, {
      ...real,
      value(this: never, ...asked: unknown[]) {
        return by(whole, this, asked);
      },
    });
    undo.push(() => Object.defineProperty(own, method, real));
  };
  const restore = () => undo.splice(0).forEach((each) => each());
  for (const method of ['count', 'get', 'getAll', 'getAllKeys', 'openCursor', 'openKeyCursor'])
    replace(IDBIndex.prototype, method, (whole, self: IDBIndex, [asked, ...rest]) => {
      const isEmpty = self.name === index && self.objectStore.name === table;
      return whole.call(self, isEmpty ? 'no key of any row' : asked, ...rest);
    });
  replace(IDBObjectStore.prototype, 'createIndex', (whole, self: IDBObjectStore, asked) => {
    if (self.name === table && asked[0] === index) restore();
    return whole.apply(self, asked);
  });
  return restore;
}

type Method = (this: unknown, ...asked: unknown[]) => unknown;

type Spoilt = readonly [table: string, key: IDBValidKey];

/** The database can no longer read these rows, until they are written again; returns a function that undoes it. */
export function spoilRows(...spoilt: readonly Spoilt[]): () => void {
  return spoil('fails', spoilt);
}

/** The same without an error: Chromium returns `null` for a row whose bytes it cannot parse. */
export function spoilRowsToNull(...spoilt: readonly Spoilt[]): () => void {
  return spoil('null', spoilt);
}

/** Every read of these rows fails or returns null: by key, by index, with a cursor. */
function spoil(reading: 'fails' | 'null', spoilt: readonly Spoilt[]): () => void {
  const spoiled = [...spoilt];
  const undo: (() => void)[] = [];
  const replace = <Own extends IDBObjectStore | IDBIndex>(
    own: Own,
    method: string,
    by: (self: Own, whole: () => IDBRequest, asked: unknown[]) => IDBRequest,
  ) => {
    const real = Object.getOwnPropertyDescriptor(own, method)!;
    const whole = real.value as (this: Own, ...asked: unknown[]) => IDBRequest;
    Object.defineProperty(own, method, {
      ...real,
      value(this: Own, ...asked: unknown[]) {
        return by(this, () => whole.apply(this, asked), asked);
      },
    });
    undo.push(() => Object.defineProperty(own, method, real));
  };
  const placeOf = (store: IDBObjectStore, key: unknown) =>
    spoiled.findIndex(([table, own]) => table === store.name && indexedDB.cmp(own, key) === 0);
  const isSpoilt = (store: IDBObjectStore, row: unknown) =>
    typeof row === 'object' && row !== null && placeOf(store, keyIn(store, row)) >= 0;
  const read = (store: IDBObjectStore, request: IDBRequest): IDBRequest => {
    if (!spoiled.some(([table]) => table === store.name)) return request;
    const answered = new Answered(request);
    request.onsuccess = () => {
      const result: unknown = request.result;
      const isCursor = result instanceof IDBCursorWithValue;
      const row: unknown = isCursor ? (wholeValue.get as Method).call(result) : result;
      const all: unknown[] = Array.isArray(row) ? row : [row];
      const hit = all.some((each) => isSpoilt(store, each));
      if (hit && reading === 'fails') return answered.fail();
      if (isCursor)
        Object.defineProperty(result, 'value', { value: hit ? null : row, configurable: true });
      else if (hit) {
        const left = all.map((each) => (isSpoilt(store, each) ? null : each));
        return answered.succeed(Array.isArray(row) ? left : null);
      }
      answered.succeed(result);
    };
    request.onerror = (event) => answered.onerror?.(event);
    return answered as unknown as IDBRequest;
  };
  for (const method of ['get', 'getAll', 'openCursor']) {
    replace(IDBObjectStore.prototype, method, (store, whole) => read(store, whole()));
    replace(IDBIndex.prototype, method, (index, whole) => read(index.objectStore, whole()));
  }
  for (const method of ['put', 'add', 'delete'])
    replace(IDBObjectStore.prototype, method, (store, whole, [first, second]) => {
      if (method === 'delete') heal(store, first);
      else heal(store, second ?? keyIn(store, first));
      return whole();
    });
  const heal = (store: IDBObjectStore, asked: unknown) => {
    if (asked instanceof IDBKeyRange) {
      const kept = spoiled.filter(([table, key]) => table !== store.name || !asked.includes(key));
      spoiled.splice(0, spoiled.length, ...kept);
      return;
    }
    const at = placeOf(store, asked);
    if (at >= 0) spoiled.splice(at, 1);
  };
  return () => undo.forEach((each) => each());
}

const wholeValue = Object.getOwnPropertyDescriptor(IDBCursorWithValue.prototype, 'value')!;

/** A request whose result is replaced after the browser's own. */
class Answered {
  readonly transaction: IDBTransaction | null;
  readonly source: unknown;
  result: unknown;
  error: DOMException | null = null;
  onsuccess: ((event: unknown) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;

  constructor({ transaction, source }: IDBRequest) {
    this.transaction = transaction;
    this.source = source;
  }

  succeed(result: unknown): void {
    this.result = result;
    this.onsuccess?.({ target: this });
  }

  fail(): void {
    this.error = new DOMException('the row cannot be read', 'UnknownError');
    this.onerror?.({ target: this, preventDefault: () => {}, stopPropagation: () => {} });
  }
}

/** The key of a row in a table whose key is inside the row. */
function keyIn({ keyPath }: IDBObjectStore, row: unknown): IDBValidKey {
  const of = (path: string) => (row as Record<string, IDBValidKey>)[path]!;
  return Array.isArray(keyPath) ? keyPath.map(of) : of(keyPath as string);
}
