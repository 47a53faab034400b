// A till that lost what it had downloaded of other tills says so until it is here again.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Downloader } from '$lib/state/relay/downloader.svelte';
import { TillDb } from '$lib/storage/database/db';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import type { DownloadOutcome } from '$lib/sync/download';
import { language, setLanguage } from '$lib/ui/text/current.svelte';
import { missingCopy } from '../../src/routes/shared/words/others-words';
import {
  discardShop,
  loseDatabase,
  openShopWithFile,
  startTill,
  stopTill,
} from '../support/journal-disk';
import { AT, type Shop } from '../support/storage-shop';

const before = language.current;
let shop: Shop;
let open: TillDb[];
beforeEach(async () => {
  shop = await openShopWithFile();
  open = [shop.db];
});
afterEach(async () => {
  await setLanguage(before);
  localStorage.removeItem(`${shop.db.name}-copy`);
  for (const db of open) stopTill(db);
  await discardShop(shop.db);
});

const UP_TO_DATE: DownloadOutcome = { kind: 'up-to-date', at: AT, applied: 0 };
const never = () => new Promise<never>(() => undefined);

/** A downloader that the relay answers once with this; null: offline. `goods`: how many the catalogue has. */
async function downloads(db: TillDb, goods: number, answer: DownloadOutcome | null) {
  let isAnswered = false;
  const downloader = new Downloader({
    db,
    goods: () => goods,
    worker: {
      download: () => {
        if (isAnswered || answer === null) return never();
        isAnswered = true;
        return Promise.resolve(answer);
      },
      close: () => undefined,
    },
    isOffline: () => answer === null,
    onapplied: () => undefined,
    check: () => Promise.resolve(false),
    compare: () => Promise.resolve(false),
  });
  await downloader.start();
  await expect.poll(() => downloader.isCurrent).toBe(answer !== null);
  return downloader;
}

async function afterLoss(): Promise<TillDb> {
  for (const db of open) stopTill(db);
  await loseDatabase(shop.db.name);
  const { db } = await startTill(shop.db.name);
  open.push(db);
  return db;
}

test('a second till without its database says how much is missing until it has downloaded again', async () => {
  expect((await downloads(shop.db, 1_200, UP_TO_DATE)).missing).toBeNull();
  const db = await afterLoss();
  const offline = await downloads(db, 0, null);
  expect(offline.missing).toEqual({ goods: 1_200, customers: await db.customers.count() });
  const again = await downloads(db, 0, UP_TO_DATE);
  expect(again.missing).toBeNull();
});

test('nothing is missing where the journal file has it all, after a copy was dropped, and on a new till', async () => {
  expect((await downloads(shop.db, 1_200, null)).missing).toBeNull();
  await downloads(shop.db, 1_200, UP_TO_DATE);
  await forgetRemote(shop.db, 'kept');
  expect((await downloads(shop.db, 1_200, null)).missing).toBeNull();
  const db = await afterLoss();
  expect((await downloads(db, 1_200, null)).missing).toBeNull();
});

test.each([
  [
    'en',
    'The browser lost what came from the other tills. Before, this device had 1,200 goods and 300 customers; not all of them are here now, nor are the debts, points and stock of the other tills. It comes back from the shop server by itself as soon as the till reaches it; with so much that usually takes less than a minute. Until then sell what is in the list.',
  ],
  [
    'ru',
    'Браузер потерял то, что пришло с других касс. Раньше на устройстве было: 1 200 товаров и 300 покупателей; сейчас здесь не все, и нет долгов, баллов и остатков других касс. Всё вернётся с сервера магазина само, как только касса его увидит; при таком объёме это обычно меньше минуты. До тех пор продавайте то, что есть в списке.',
  ],
] as const)('it says how it comes back, and how long that takes: %s', async (code, sentence) => {
  await setLanguage(code);
  const plain = (text: string) => text.replaceAll(/\s/g, ' ');
  const size = { goods: 1_200, customers: 300 };
  expect(plain(missingCopy(size, 'in-reach'))).toBe(sentence);
  const later = plain(missingCopy({ goods: 100_000, customers: 100_001 }, 'connected-again'));
  expect(later).toContain(code === 'en' ? 'about 3 minutes' : 'около 3 минут');
  expect(later).toContain(code === 'en' ? 'Settings → This till' : 'Настройки → Эта касса');
});
