// A Chromium with its own profile that is killed as a power cut would, on either of its two stores.
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumLaunch } from '../../browser.config';

/** Chromium keeps IndexedDB in LevelDB; newer versions create new databases in SQLite. Tills will have either. */
export const STORES = ['LevelDB', 'SQLite'] as const;
export type Store = (typeof STORES)[number];

const SWITCHES: Record<Store, readonly string[]> = {
  LevelDB: ['--disable-features=IdbSqliteBackingStore'],
  SQLite: ['--enable-features=IdbSqliteBackingStore'],
};

export type Browser = {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Sends SIGKILL to every process of the browser; resolves when they are gone. */
  readonly kill: () => Promise<void>;
};

/**
 * How the till writes and recovers. `careful`: as built. For controls: `careless`: without flushes; `hasty`: shows an act as saved
 * before it is; `unrepaired`: reads nothing back from its journal file; `belated`: later writes an act into that file for which
 * there was no room.
 */
export type Care = 'careful' | 'careless' | 'hasty' | 'unrepaired' | 'belated';

export async function openBrowser(
  profile: string,
  store: Store,
  care: Care = 'careful',
): Promise<Browser> {
  const context = await chromium.launchPersistentContext(profile, {
    ...chromiumLaunch,
    args: [...chromiumLaunch.args, ...SWITCHES[store]],
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
  });
  context.setDefaultTimeout(30_000);
  const page = context.pages()[0] ?? (await context.newPage());
  if (care === 'careless') await makeCareless(context, page);
  if (care === 'hasty') await makeHasty(context, page);
  if (care === 'unrepaired')
    await changeFileWorker(
      context,
      page,
      'FileSystemSyncAccessHandle.prototype.getSize = () => 0;',
    );
  if (care === 'belated') await changeFileWorker(context, page, WRITE_LATE);
  const gone = new Promise<void>((resolve) => context.once('close', () => resolve()));
  return {
    context,
    page,
    kill: async () => {
      killFamily(mainProcess(profile));
      await gone;
    },
  };
}

/** Makes every transaction relaxed, as by Chromium's default, and the journal file never flushed. */
async function makeCareless(context: BrowserContext, page: Page): Promise<void> {
  await context.addInitScript(() => {
    const own = Object.getOwnPropertyDescriptor(IDBDatabase.prototype, 'transaction')
      ?.value as IDBDatabase['transaction'];
    IDBDatabase.prototype.transaction = function (stores, mode) {
      return own.call(this, stores, mode, { durability: 'relaxed' });
    };
  });
  await changeFileWorker(context, page, 'FileSystemSyncAccessHandle.prototype.flush = () => {};');
}

/** How long a hasty till leaves an act uncommitted that it has reported as stored, ms. */
const HELD_MS = 2000;

/**
 * Reports a transaction as complete once its requests have succeeded, which for an act is long before it is complete. A commit that
 * fails is not reported. The journal file gets nothing.
 */
async function makeHasty(context: BrowserContext, page: Page): Promise<void> {
  await context.addInitScript((heldMs) => {
    type Method = (this: IDBObjectStore | IDBIndex, ...args: unknown[]) => unknown;
    const requests = new WeakMap<IDBTransaction, number>();
    for (const prototype of [IDBObjectStore.prototype, IDBIndex.prototype]) {
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
        if (!/^(add|put|delete|clear|get|count|open)/.test(name)) continue;
        const own = value as Method;
        const counted: Method = function (...args) {
          const { transaction } = 'objectStore' in this ? this.objectStore : this;
          requests.set(transaction, (requests.get(transaction) ?? 0) + 1);
          return own.apply(this, args);
        };
        Object.assign(prototype, { [name]: counted });
      }
    }
    const own = Object.getOwnPropertyDescriptor(IDBDatabase.prototype, 'transaction')
      ?.value as IDBDatabase['transaction'];
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      const transaction = own.call(this, stores, mode, options);
      if (mode === 'readwrite') hold(transaction);
      return transaction;
    };

    /** Keeps the transaction open by one request after another. When only these are left, all others have succeeded. */
    function hold(transaction: IDBTransaction): void {
      const [store = ''] = transaction.objectStoreNames;
      const isAct = transaction.objectStoreNames.contains('journal');
      const until = performance.now() + (isAct ? heldMs : 0);
      let others = 0;
      let idle = 0;
      const again = () => {
        const before = requests.get(transaction) ?? 0;
        const request = transaction.objectStore(store).count('none');
        requests.set(transaction, before);
        request.onsuccess = () => {
          idle = before === others ? idle + 1 : 0;
          others = before;
          if (others > 0 && idle === 3) transaction.oncomplete?.(new Event('complete'));
          if (idle < 3 || performance.now() < until) again();
        };
        request.onerror = (event) => event.stopPropagation();
      };
      again();
    }
  }, HELD_MS);
  await changeFileWorker(
    context,
    page,
    'FileSystemSyncAccessHandle.prototype.write = (bytes) => bytes.length; FileSystemSyncAccessHandle.prototype.truncate = () => {};',
  );
}

/** Lets the worker write what it had no room for as soon as there is room, without the till knowing. */
const WRITE_LATE = `{
  const file = FileSystemSyncAccessHandle.prototype;
  const { write } = file;
  let late = null;
  file.write = function (bytes, { at }) {
    late = { handle: this, bytes: bytes.slice(), at };
    const wrote = write.call(this, bytes, { at });
    if (wrote === bytes.length) late = null;
    return wrote;
  };
  setInterval(() => {
    if (late === null) return;
    const { handle, bytes, at } = late;
    try {
      if (write.call(handle, bytes, { at }) !== bytes.length) return;
      handle.flush();
      late = null;
    } catch {
      /* the disk is still full: tried again */
    }
  }, 5);
}`.replaceAll('\n', ' ');

/** Closes the page's connection to its database as the browser does after a failure: open transactions are aborted. */
export async function loseConnection({ context }: Browser): Promise<void> {
  const internals = await context.newPage();
  await internals.goto('chrome://indexeddb-internals');
  await internals.getByText('Force close').first().click();
  await internals.close();
}

/** Init scripts do not run in workers, so the script of the journal file's worker gets an extra first line. */
async function changeFileWorker(context: BrowserContext, page: Page, line: string): Promise<void> {
  // the service worker must not answer from its cache
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setBypassServiceWorker', { bypass: true });
  await context.route('**/journal-file.worker*', async (route) => {
    const response = await route.fetch();
    const body = `${line}${await response.text()}`;
    await route.fulfill({ response, body });
  });
}

/** Throws if the till's database is not in that store, so that no store is left out of the runs unnoticed. */
export function expectStore(profile: string, store: Store): void {
  const files = readdirSync(join(profile, 'Default'), { recursive: true }).map(String);
  const levelDb = files.some((name) => /IndexedDB\/.*\.leveldb\/CURRENT$/.test(name));
  const found: Store = levelDb ? 'LevelDB' : 'SQLite';
  if (found !== store)
    throw new Error(`the database lies in ${found}: ${files.filter(isOfIndexedDb).join(', ')}`);
}

const isOfIndexedDb = (name: string): boolean => /IndexedDB/i.test(name);

/** The main browser process of a profile: the one with the profile on its command line and without `--type`. */
function mainProcess(profile: string): number {
  for (const pid of allProcesses().map(([each]) => each)) {
    const words = commandOf(pid);
    if (
      words.includes(`--user-data-dir=${profile}`) &&
      !words.some((word) => word.startsWith('--type='))
    )
      return pid;
  }
  throw new Error(`no browser runs on ${profile}`);
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it ended after it was listed
  }
}

/** Every process with its parent, from the system's own list. */
function allProcesses(): [pid: number, parent: number][] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().trim().split('\n');
  return rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
}

function killFamily(root: number): void {
  const family = [root];
  const all = allProcesses();
  for (const pid of family)
    for (const [child, parent] of all)
      if (parent === pid && !family.includes(child)) family.push(child);
  for (const pid of family) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended with its parent
    }
  }
}
