// What a start found and repaired stays on the screen until somebody has read it,
// also after a reload.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Disk, type DiskNews } from '$lib/state/device/disk.svelte';
import { roomAgain } from '$lib/state/device/room-again';
import { TillDb } from '$lib/storage/database/db';
import type { Line } from '$lib/storage/wal/line';
import { JournalFile } from '$lib/storage/wal/journal-file';
import { startUp } from '$lib/storage/recovery/start';
import { saveSale } from '$lib/storage/sales/save-sale';
import { storageErrorKind } from '$lib/storage/storage-error';
import {
  discardShop,
  linesOf,
  loseDatabase,
  openShopWithFile,
  putLines,
  spoilRows,
  stopAtWrite,
  stopTill,
} from '../support/journal-disk';
import { ANNA, AT, CASHIER, cash, id, receiptOf, TILL, type Shop } from '../support/storage-shop';

let shop: Shop;
let disk: Disk | null;
let sold: number;
const undo: (() => void)[] = [];
beforeEach(async () => {
  disk = null;
  sold = 0;
  shop = await openShopWithFile();
  await sellNext();
});
afterEach(async () => {
  mend();
  stop();
  await discardShop(shop.db);
});

const mend = () => undo.splice(0).forEach((each) => each());

function sellNext() {
  sold += 1;
  return saveSale(shop.db, {
    receipt: receiptOf(id(1000 + sold), { tenders: [cash(10_000)] }),
    confirmations: [],
    operator: CASHIER,
    at: AT,
  });
}

function stop(): void {
  disk?.abortAndClose();
  stopTill(shop.db);
}

/** Opens the till again, as a reload does, and checks all its rows. */
async function reload(): Promise<readonly DiskNews[]> {
  stop();
  const db = new TillDb(shop.db.name);
  disk = new Disk(db);
  await disk.look();
  await disk.compare(AT);
  await db.file?.rebuilt;
  await disk.repairLosses(AT);
  shop = { ...shop, db };
  return disk.news;
}

const readAll = () => Promise.all(disk!.news.map((each) => disk!.acknowledge(each)));

/** Puts the database back to before `acts`, so that only the file has them. The till is stopped. */
async function onlyInFile(acts: () => Promise<unknown>): Promise<void> {
  const { db } = shop;
  const before = await Promise.all(db.tables.map((table) => table.toArray()));
  await acts();
  for (const [place, table] of db.tables.entries()) {
    await table.clear();
    await table.bulkAdd(before[place] ?? []);
  }
  stop();
}

/** A policy that the relay never signed. */
const UNSIGNED: Line = { kind: 'policy', jws: 'a.b.c', version: 9 };

/** An event at the till, which is stopped after it, and the message of the next start. */
const HAPPENS: [string, () => Promise<unknown>, Partial<DiskNews>][] = [
  [
    'a lost database',
    () => {
      stop();
      return loseDatabase(shop.db.name);
    },
    { kind: 'rebuilt', entries: 3, skipped: { till: TILL, from: 2, to: 1001 } },
  ],
  [
    'a sale that only the file had',
    () => onlyInFile(sellNext),
    { kind: 'replayed', entries: [{ till: TILL, seq: 4, number: 2 }], isVerified: true },
  ],
  [
    'a line that does not count',
    async () => {
      stop();
      const lines = await linesOf(shop.db.name);
      await putLines(shop.db.name, [...lines, UNSIGNED]);
    },
    { kind: 'set-aside', lines: 1, seqs: [] },
  ],
  [
    'a line removed from the middle',
    async () => {
      await sellNext();
      await sellNext();
      stop();
      await putLines(shop.db.name, (await linesOf(shop.db.name)).toSpliced(-2, 1));
    },
    { kind: 'differ', seq: 5 },
  ],
  [
    'a lost row',
    async () => {
      await shop.db.stock.clear();
      stop();
    },
    { kind: 'repaired', rows: 1 },
  ],
];

test.each(HAPPENS)('%s is reported until somebody has read it', async (_, happens, found) => {
  await happens();
  expect(await reload()).toMatchObject([found]);
  expect(await reload()).toMatchObject([found]);
  await readAll();
  expect(disk!.news).toEqual([]);
  expect(await reload()).toEqual([]);
});

test.each(HAPPENS.slice(0, 2))(
  '%s is reported by the next start, wherever the one before was stopped',
  async (_, happens, { kind }) => {
    for (let nth = 1; ; nth += 1) {
      await happens();
      const stopped = await stoppedStart(nth);
      expect(await reload(), `stopped at ${nth}`).toMatchObject([{ kind }]);
      if (!stopped) break;
      await readAll();
    }
  },
);

/** Stops a start at its nth writing transaction; returns whether it was stopped. */
async function stoppedStart(nth: number): Promise<boolean> {
  stop();
  const db = new TillDb(shop.db.name);
  undo.push(stopAtWrite(nth));
  const outcome = await startUp(db, new JournalFile(db.name), AT).catch(storageErrorKind);
  await db.file?.rebuilt;
  mend();
  stopTill(db);
  return !Array.isArray(outcome);
}

test('what several starts have replayed and repaired is one message each', async () => {
  await onlyInFile(sellNext);
  await reload();
  await shop.db.stock.clear();
  await reload();
  await onlyInFile(sellNext);
  await reload();
  await shop.db.stock.clear();
  expect(await reload()).toMatchObject([
    { kind: 'replayed', entries: [{ number: 2 }, { number: 3 }] },
    { kind: 'repaired', rows: 2 },
  ]);
});

test('what cannot be dismissed on a failing disk is there again after the next start', async () => {
  await onlyInFile(sellNext);
  await reload();
  undo.push(spoilRows(['meta', 'start-news']));
  await readAll();
  mend();
  expect(disk!.news).toEqual([]);
  expect(await reload()).toMatchObject([{ kind: 'replayed' }]);
});

/** Another page that has not closed yet still holds the till's file. */
async function holdFile(): Promise<JournalFile> {
  const other = new JournalFile(shop.db.name);
  undo.push(() => other.close());
  await vi.waitFor(async () => expect(await other.open(TILL)).toBe(true));
  return other;
}

const kindOf = (start: Promise<unknown>) => start.then(() => null, storageErrorKind);

test('a journal file that cannot be opened beside a lost database is reported, and no new till begins over it', async () => {
  stop();
  await loseDatabase(shop.db.name);
  const other = await holdFile();
  expect(await kindOf(reload())).toBe('journal-unreadable');
  expect(disk!.news).toEqual([]);
  other.close();
  expect(await reload()).toMatchObject([{ kind: 'rebuilt', entries: 3 }]);
});

/** Lets the browser report that it dropped the database, until `mend`. */
function reportLoss(): void {
  const own = IDBVersionChangeEvent.prototype;
  const real = Object.getOwnPropertyDescriptor(own, 'dataLoss') ?? {};
  undo.push(() => Object.defineProperty(own, 'dataLoss', real));
  Object.defineProperty(own, 'dataLoss', { ...real, get: () => 'total' });
}

/** Lets the file's worker refuse every `order`, until `mend`. */
function failOrders(order: string): void {
  const own = Worker.prototype;
  const real = Object.getOwnPropertyDescriptor(own, 'postMessage')!;
  undo.push(() => Object.defineProperty(own, 'postMessage', real));
  Object.defineProperty(own, 'postMessage', {
    ...real,
    value(this: Worker, asked: { number: number; name: string }) {
      if (asked.name !== order) return (real.value as Worker['postMessage']).call(this, asked);
      const data = { kind: 'failed', number: asked.number, name: 'NotReadableError' };
      this.onmessage?.(new MessageEvent('message', { data }));
    },
  });
}

test('"no copy" is reported only if the files could be read', async () => {
  stop();
  await loseDatabase(shop.db.name);
  reportLoss();
  failOrders('tills');
  expect(await kindOf(reload())).toBe('journal-unreadable');
  mend();
  failOrders('tills');
  // the browser reports a loss only once
  expect(await kindOf(reload())).toBe('journal-unreadable');
  mend();
  expect(await reload()).toMatchObject([{ kind: 'rebuilt' }]);
});

test('a lost database without a journal file is reported as having no copy', async () => {
  await discardShop(shop.db);
  reportLoss();
  expect(await reload()).toEqual([{ kind: 'lost' }]);
});

test('a till that has its database goes on without a file that cannot be read', async () => {
  failOrders('read');
  expect(await reload()).toEqual([]);
  expect(disk!.file).toBe('away');
  mend();
  expect(await sellNext()).toMatchObject({ kind: 'saved', sale: { number: 2 } });
  expect(await reload()).toEqual([]);
});

/** Number of lines that a rebuild from the file would lack, without a start, which would repair the file first. */
async function unreadForRebuild(): Promise<number | null> {
  stop();
  disk = new Disk(new TillDb(shop.db.name));
  await disk.look();
  const unread = await disk.unreadForRebuild();
  stop();
  return unread;
}

test('a rebuild is offered with what the file would not give, and not where nothing can be read from it', async () => {
  await sellNext();
  expect(await unreadForRebuild()).toBe(0);
  const lines = await linesOf(shop.db.name);
  const rebuilt: Line = { ...lines[0]!, upTo: 4 } as Line;
  const cases: [Line[], number | null][] = [
    [lines.toSpliced(-2, 1), 1],
    [[rebuilt, ...lines.slice(1, -1)], 1],
    [lines.slice(1), null],
  ];
  for (const [kept, unread] of cases) {
    await putLines(shop.db.name, kept);
    expect(await unreadForRebuild()).toBe(unread);
  }
  await putLines(shop.db.name, lines);
  await holdFile();
  expect(await unreadForRebuild()).toBeNull();
});

/** Each read of these customers fails, as on damaged pages. Returns what the till then says of its database. */
async function damageMet() {
  undo.push(spoilRows(['customers', ANNA]));
  await shop.db.customers.get(ANNA).catch(() => undefined);
  await vi.waitFor(() => expect(disk!.damage).not.toBeNull());
  return disk!.damage;
}

test('damage met in use is reported with what a rebuild from the file would lack, and the file goes on', async () => {
  await reload();
  expect(disk!.damage).toBeNull();
  expect(await damageMet()).toEqual({ unread: 0 });
  expect(await sellNext()).toMatchObject({ kind: 'saved', sale: { number: 2 } });
  const lines = await linesOf(shop.db.name);
  expect(lines.flatMap((line) => (line.kind === 'act' ? [line.entry.seq] : []))).toEqual([
    1, 2, 3, 4,
  ]);
});

test('damage met in use is reported without a rebuild where the till has no readable file', async () => {
  failOrders('open');
  await reload();
  expect(await damageMet()).toEqual({ unread: null });
  mend();
  stop();
  await reload();
  failOrders('read');
  expect(await damageMet()).toEqual({ unread: null });
});

test('a rebuild after damage met in use brings back every sale', async () => {
  await reload();
  await damageMet();
  await sellNext();
  mend();
  stop();
  await loseDatabase(shop.db.name);
  expect(await reload()).toMatchObject([{ kind: 'rebuilt', entries: 4 }]);
});

test('a row that a start finds unreadable and restores is no damage', async () => {
  undo.push(spoilRows(['stock', (await shop.db.stock.toCollection().primaryKeys())[0]!]));
  expect(await reload()).toMatchObject([{ kind: 'repaired' }]);
  // a report is examined before this act is done
  expect(await shop.db.home.hasRoom()).toBe(true);
  await sellNext();
  expect(disk!.damage).toBeNull();
});

test('what is still missing is reported by every start', async () => {
  await sellNext();
  stop();
  const lines = await linesOf(shop.db.name);
  await putLines(shop.db.name, lines.toSpliced(-2, 1));
  await shop.db.open();
  await shop.db.journal.delete([TILL, 3]);
  expect(await reload()).toMatchObject([{ kind: 'missing' }]);
  await readAll();
  expect(await reload()).toMatchObject([{ kind: 'missing', rows: { entries: [{ seq: 3 }] } }]);
});

test('free space on a full disk is checked at growing intervals, and at once when somebody returns to the page', async () => {
  vi.useFakeTimers();
  try {
    let looks = 0;
    let free = false;
    const again = roomAgain(() => {
      looks += 1;
      return Promise.resolve(free);
    });
    const after = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      return looks;
    };
    expect([await after(4_999), await after(1), await after(9_999), await after(1)]).toEqual([
      0, 1, 1, 2,
    ]);
    dispatchEvent(new Event('online'));
    expect(await after(0)).toBe(3);
    expect([await after(39_999), await after(1)]).toEqual([3, 4]);
    expect(await after(10 * 60_000)).toBe(14);
    free = true;
    dispatchEvent(new Event('focus'));
    await again;
    expect(await after(10 * 60_000)).toBe(15);
  } finally {
    vi.useRealTimers();
  }
});
