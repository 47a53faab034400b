// What a start has found and repaired stays on the screen until somebody has read it, also after a reload.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Disk, type DiskNews } from '$lib/state/device/disk.svelte';
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
import { AT, CASHIER, cash, id, receiptOf, TILL, type Shop } from '../support/storage-shop';

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
    ...{ receipt: receiptOf(id(1000 + sold), { tenders: [cash(10_000)] }), confirmations: [] },
    ...{ operator: CASHIER, at: AT },
  });
}

function stop(): void {
  disk?.abortAndClose();
  stopTill(shop.db);
}

/** Opens the till anew, as a reload does, and checks all its rows. */
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

/** The database as it was before `acts`, while the file has them; the till is stopped. */
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

/** What happens to the till, which is stopped after it, and what the next start says. */
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

/** A start that is stopped at its nth writing transaction; returns whether it was. */
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
