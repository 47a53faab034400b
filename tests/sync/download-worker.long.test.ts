// The download worker in a real browser.
// Its own connection, the page's session, and every way in which it can end.
import { liveQuery } from 'dexie';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OrderedEntry } from '$lib/contract/shop-journal';
import { GENESIS, sealEntry, type ChainHead } from '$lib/proof/chain';
import { followLog, signCheckpoint, START_OF_LOG } from '$lib/proof/shop-log';
import { Downloader } from '$lib/state/relay/downloader.svelte';
import { DatabaseHome, type StorageBuckets } from '$lib/storage/database/database-home';
import { TillDb } from '$lib/storage/database/db';
import { forgetRemote, remoteCursorIn } from '$lib/storage/remote/remote-order';
import { DownloadStopped, DownloadWorker } from '$lib/sync/download-worker';
import {
  AT,
  cash,
  discard,
  id,
  openShop,
  receiptOf,
  SHOP,
  type Shop,
} from '../support/storage-shop';

const OTHER = id(900);
const EPOCH = 7;

type Answer = { readonly status: number; readonly json: unknown } | 'cut' | 'die';
type Asked = { readonly path: string; readonly query: URLSearchParams; readonly token: string };

let shop: Shop;
let worker: DownloadWorker;
let relay: (asked: Asked) => Answer | Promise<Answer>;
let asked: Asked[] = [];
let tokens: string[] = [];
let exchanges: string[] = [];
const wire = new BroadcastChannel('fake-relay');

const newWorker = () =>
  new Worker(new URL('../support/fakes/download-worker.js', import.meta.url), { type: 'module' });

/** `patienceOf`: asked at each start, ms. */
const workerOf = (made: () => Worker = newWorker, patienceOf = () => 20_000) =>
  new DownloadWorker({
    db: shop.db,
    origin: 'https://till.test',
    bearer: {
      token: () => Promise.resolve(tokens[0] ?? 'none'),
      drop: (token) => (tokens = tokens.filter((each) => each !== token)),
    },
    onexchange: (outcome, began) => {
      expect(began).toBeLessThanOrEqual(performance.now());
      exchanges.push(outcome);
    },
    newWorker: made,
    get patienceMs() {
      return patienceOf();
    },
  });

beforeEach(async () => {
  shop = await openShop();
  [asked, exchanges, tokens] = [[], [], ['first', 'second']];
  relay = () => ({ status: 404, json: { kind: 'no-snapshot' } });
  wire.onmessage = async ({
    data,
  }: MessageEvent<{ number: number; url: string; token: string }>) => {
    if (data.number === undefined) return;
    const url = new URL(data.url);
    const { pathname: path, searchParams: query } = url;
    const request = { path, query, token: data.token };
    asked.push(request);
    wire.postMessage({ to: data.number, answer: await relay(request) });
  };
  worker = workerOf();
});
afterEach(async () => {
  worker.close();
  wire.onmessage = null;
  await discard(shop.db);
});

/** A relay whose order has so many entries of its own; what follows them is waited for. */
async function relayWith(count: number): Promise<(asked: Asked) => Answer | Promise<Answer>> {
  const entries: OrderedEntry[] = [];
  let [head, log]: [ChainHead, typeof START_OF_LOG] = [GENESIS, START_OF_LOG];
  const joined = { till: OTHER, number: 2, name: 'Касса 2', publicKey: shop.relay.publicKey };
  for (let order = 1; order <= count; order += 1) {
    const [act, body] =
      order === 1
        ? ['epoch-began', { epoch: EPOCH, shared: 0 }]
        : order === 2
          ? ['till-joined', joined]
          : ['policy-published', { version: order }];
    const draft = { till: SHOP, at: AT, operator: null, policy: 0, act, body };
    const entry = await sealEntry(head, draft);
    head = entry;
    entries.push({ order, receivedAt: AT, verdict: 'accepted', entry });
    const next = await followLog(log, [{ order, hash: entry.hash, verdict: 'accepted' }]);
    if (next === null) throw new Error('a gap');
    log = next;
  }
  const point = { v: 1, purpose: 'checkpoint', shop: SHOP, epoch: EPOCH, ...log, at: AT } as const;
  const { privateKey, kid } = shop.relay;
  const checkpoint = await signCheckpoint(point, privateKey, kid);
  return ({ path, query }) => {
    if (path === '/api/v1/snapshot') return { status: 404, json: { kind: 'no-snapshot' } };
    const after = Number(query.get('after')?.split('.')[1] ?? 0);
    const some = entries.slice(after);
    return { status: 200, json: { kind: 'journal', entries: some, head: count, checkpoint } };
  };
}

const orderIn = async (db: TillDb) => (await remoteCursorIn(db))?.order ?? 0;

test('what others wrote is stored; the page sees it, its live queries too, and it sells meanwhile', async () => {
  relay = await relayWith(130);
  const orders: number[] = [];
  const live = liveQuery(() => orderIn(shop.db)).subscribe((order) => orders.push(order));
  await expect.poll(() => orders).toEqual([0]);
  const known: string[][] = [];
  const coming = worker.download(0, async () => {
    known.push((await shop.db.remoteTills.toArray()).map(({ name }) => name));
  });
  const sale = await shop.sell(receiptOf(id(50), { tenders: [cash(110_000)] }), []);
  expect(sale.kind).toBe('saved');
  expect(await coming).toEqual({ kind: 'up-to-date', at: AT, applied: 130 });
  expect(known).toEqual([['Касса 2']]);
  await expect.poll(() => orders.at(-1)).toBe(130);
  live.unsubscribe();
  expect(new Set(exchanges)).toEqual(new Set(['answered']));
  expect(new Set(asked.map(({ token }) => token))).toEqual(new Set(['Bearer first']));
});

test('a token that the relay no longer knows is dropped, and the page’s next one is used', async () => {
  const honest = await relayWith(3);
  relay = (request) =>
    request.token === 'Bearer first'
      ? { status: 401, json: { kind: 'session-unknown' } }
      : honest(request);
  expect(await worker.download(0)).toMatchObject({ kind: 'up-to-date', applied: 3 });
  expect(tokens).toEqual(['second']);
});

test('a cut line is reported as any request of the page', async () => {
  relay = () => 'cut';
  expect(await worker.download(0)).toEqual({ kind: 'unreachable' });
  expect(exchanges).toEqual(['network']);
});

test('a database that is taken away is not held by the worker', async () => {
  relay = () => new Promise(() => undefined);
  void worker.download(0).catch(() => undefined);
  await expect.poll(() => asked.length).toBe(1);
  const { name } = shop.db;
  const other = new TillDb(name);
  const blocked: string[] = [];
  other.on('blocked', () => blocked.push(name));
  await other.delete();
  expect(blocked).toEqual([]);
});

test('a database that had to leave the browser’s own store is found by the worker', async () => {
  const bucket = 'counterfoil-database-77';
  const own = shop;
  shop = await openShop(new TillDb(own.db.name, await DatabaseHome.at(bucket)));
  relay = await relayWith(3);
  const there = workerOf();
  expect(await there.download(0)).toMatchObject({ kind: 'up-to-date', applied: 3 });
  expect([await orderIn(own.db), await orderIn(shop.db)]).toEqual([0, 3]);
  there.close();
  await shop.db.delete();
  const { storageBuckets } = navigator as unknown as { storageBuckets: StorageBuckets };
  await storageBuckets.delete(bucket);
  shop = own;
});

test('a database that later code has written is refused by the worker, as by the page', async () => {
  relay = await relayWith(3);
  await shop.db.meta.put({ key: 'schema', value: { schema: 9, minWriter: 9 } });
  await expect(worker.download(0)).rejects.toMatchObject({ kind: 'newer-schema' });
});

test('a worker that cannot start is an error, and the next download starts another', async () => {
  relay = await relayWith(3);
  const made = [() => new Worker('/no-such-worker.js', { type: 'module' }), newWorker];
  worker = workerOf(() => (made.shift() ?? newWorker)());
  await expect(worker.download(0)).rejects.toBeInstanceOf(DownloadStopped);
  expect(await worker.download(0)).toMatchObject({ kind: 'up-to-date', applied: 3 });
});

test('a worker that never answers is one that cannot start, and the next download starts another', async () => {
  relay = await relayWith(3);
  const silent = () => new Worker(URL.createObjectURL(new Blob(['onmessage = () => {}'])));
  const made = [silent, newWorker];
  // the other one may take as long to start as this machine needs
  const patience = [0];
  worker = workerOf(
    () => (made.shift() ?? newWorker)(),
    () => patience.shift() ?? 20_000,
  );
  await expect(worker.download(0)).rejects.toBeInstanceOf(DownloadStopped);
  expect(await worker.download(0)).toMatchObject({ kind: 'up-to-date', applied: 3 });
});

test('a worker that ends without a word is noticed, and its writer’s lock is free', async () => {
  const honest = await relayWith(3);
  let isDeadly = true;
  relay = (request) => (isDeadly && request.path.endsWith('/journal') ? 'die' : honest(request));
  await expect(worker.download(0)).rejects.toBeInstanceOf(DownloadStopped);
  isDeadly = false;
  expect(await worker.download(0)).toMatchObject({ kind: 'up-to-date', applied: 3 });
});

test('a worker that was closed leaves nothing behind: a later download goes on where it was', async () => {
  relay = await relayWith(130);
  const coming = worker.download(0);
  await expect.poll(() => orderIn(shop.db)).toBeGreaterThan(0);
  worker.close();
  const ended = await coming.catch((error: unknown) => error);
  expect(
    ended instanceof DownloadStopped || (ended as { kind: string }).kind === 'up-to-date',
  ).toBe(true);
  await worker.download(0);
  expect(await orderIn(shop.db)).toBe(130);
});

type Deps = ConstructorParameters<typeof Downloader>[0];
/** The page's part of the download, which asks again by itself. */
const downloaderOf = (deps: Partial<Deps> = {}) =>
  new Downloader({
    db: shop.db,
    worker,
    goods: () => 0,
    isOffline: () => false,
    onapplied: () => undefined,
    check: () => Promise.resolve(false),
    compare: () => Promise.resolve(false),
    ...deps,
  });

/** From now on the database refuses every write of the worker with this error, as long as this worker runs. */
const refuseWrites = (error: string) => wire.postMessage({ refusedWith: error });

/** Answers what a relay waits with once there is nothing newer. */
const isWaiting = ({ query }: Asked) => Number(query.get('wait')) > 0;
const never = () => new Promise<never>(() => undefined);

test('on a disk that fills up while entries come, what came before stays, the till sells, and the rest comes once there is room', async () => {
  const [some, all] = [await relayWith(30), await relayWith(130)];
  relay = some;
  expect(await worker.download(0)).toMatchObject({ applied: 30 });
  const kept = await shop.db.remoteJournal.toArray();
  let isFull = true;
  relay = (request) => {
    if (isFull) refuseWrites('QuotaExceededError');
    return !isFull && isWaiting(request) ? never() : all(request);
  };
  const downloader = downloaderOf();
  await downloader.start();
  await expect.poll(() => downloader.trouble).toBe('disk-full');
  expect(downloader.isCurrent).toBe(false);
  expect([await orderIn(shop.db), await shop.db.remoteJournal.toArray()]).toEqual([30, kept]);
  const sale = await shop.sell(receiptOf(id(50), { tenders: [cash(110_000)] }), []);
  expect(sale.kind).toBe('saved');
  isFull = false;
  await expect.poll(() => downloader.trouble, { timeout: 10_000 }).toBeNull();
  expect(await orderIn(shop.db)).toBe(130);
  expect(downloader.others([])).toBe(1);
  downloader.close();
});

/**
 * A downloader whose worker meets damage this often, each time in a database of which only the worker's connection knows it.
 * `check`: whether the copy was damaged and dropped. Returns how often damage is reported to the page.
 */
async function downloadsDamaged(often: number, check: () => boolean): Promise<number> {
  const honest = await relayWith(3);
  let left = often;
  let met = 0;
  let isOver = false;
  shop.db.ondamage = () => (met += 1);
  relay = (request) => {
    if (isWaiting(request)) return never();
    if (request.path.endsWith('/journal') && left > 0) {
      left -= 1;
      refuseWrites('UnknownError');
    }
    return honest(request);
  };
  const downloader = downloaderOf({
    isOffline: () => isOver,
    check: () => Promise.resolve(check()),
  });
  await downloader.start();
  await expect.poll(() => downloader.isCurrent, { timeout: 20_000 }).toBe(true);
  isOver = true;
  downloader.close();
  return met;
}

test('damage that only the worker meets is reported as the page’s own', async () => {
  expect(await downloadsDamaged(1, () => false)).toBe(1);
});

test.each([
  [1, 0],
  [2, 1],
])(
  'damage met %i times in a copy that is dropped and comes again is reported %i times',
  async (often, reported) => {
    expect(await downloadsDamaged(often, () => true)).toBe(reported);
  },
);

type Page = { readonly entries: readonly OrderedEntry[]; readonly head: number };

const WRONG: readonly (readonly [string, (page: Page) => unknown])[] = [
  ['not-believed', (page) => ({ ...page, entries: page.entries.toSpliced(1, 1) })],
  ['unreadable', (page) => ({ ...page, head: 'x'.repeat(10_000_000) })],
];

test.each(WRONG)(
  'a relay whose answers are %s is said to be, until they are right',
  async (kind, spoil) => {
    const honest = await relayWith(3);
    let isWrong = true;
    relay = async (request) => {
      if (!isWrong && isWaiting(request)) return never();
      const answer = await honest(request);
      if (!isWrong || typeof answer === 'string' || answer.status !== 200) return answer;
      return { ...answer, json: spoil(answer.json as Page) };
    };
    const downloader = downloaderOf();
    await downloader.start();
    await expect.poll(() => downloader.trouble).toBe(kind);
    await expect.poll(() => downloader.lasting).toBe(kind);
    expect([downloader.isCurrent, downloader.asOf]).toEqual([false, null]);
    expect(await shop.db.remoteJournal.count()).toBe(0);
    isWrong = false;
    await expect.poll(() => downloader.trouble, { timeout: 10_000 }).toBeNull();
    expect([downloader.lasting, await orderIn(shop.db)]).toEqual([null, 3]);
    downloader.close();
  },
);

test('a copy that was dropped because its sums differ is downloaded again at once', async () => {
  const honest = await relayWith(3);
  relay = (request) => (isWaiting(request) ? never() : honest(request));
  const dropped: number[] = [];
  const downloader = downloaderOf({
    compare: async () => {
      if (dropped.length > 0) return false;
      dropped.push(await orderIn(shop.db));
      await forgetRemote(shop.db, 'kept');
      return true;
    },
  });
  await downloader.start();
  const fromFirst = () =>
    asked.filter(({ path, query }) => path.endsWith('/journal') && query.get('after') === null);
  await expect.poll(fromFirst).toHaveLength(2);
  await expect.poll(() => orderIn(shop.db)).toBe(3);
  await expect.poll(() => downloader.isCurrent).toBe(true);
  expect(dropped).toEqual([3]);
  downloader.close();
});

test('after a crash others are not known until the worker, started again after a pause, has caught up', async () => {
  const honest = await relayWith(3);
  let isDeadly = true;
  relay = (request) => {
    if (isDeadly) return 'die';
    return isWaiting(request) ? never() : honest(request);
  };
  const downloader = downloaderOf();
  await downloader.start();
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  expect(downloader.isCurrent).toBe(false);
  isDeadly = false;
  await expect.poll(() => downloader.isCurrent).toBe(true);
  expect(downloader.others([])).toBe(1);
  downloader.close();
});
