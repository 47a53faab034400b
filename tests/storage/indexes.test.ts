// Indexes that cannot be created again.
// The start continues with the existing ones and leaves a mark for the next start.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TillDb } from '$lib/storage/database/db';
import { rebuildIndexes } from '$lib/storage/database/indexes';
import { metaIn, saveMeta } from '$lib/storage/database/meta';
import { storageErrorKind } from '$lib/storage/storage-error';
import { discardShop, openShopWithFile, startTill, stopTill } from '../support/journal-disk';
import { cash, id, receiptOf, type Shop } from '../support/storage-shop';

let shop: Shop;
let open: TillDb[];
beforeEach(async () => {
  shop = await openShopWithFile();
  open = [shop.db];
  await shop.sell(receiptOf(id(1001), { tenders: [cash(10_000)] }));
  await saveMeta(shop.db, 'indexes-damaged', {});
});
afterEach(async () => {
  for (const db of open) stopTill(db);
  await discardShop(shop.db);
});

/** Opens the database without the till; `version`: a native version. */
function openedAt(
  version: number | undefined,
  upgrade: (store: (name: string) => IDBObjectStore) => void = () => {},
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(shop.db.name, version);
    request.onupgradeneeded = () => upgrade((name) => request.transaction!.objectStore(name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error(String(request.error)));
  });
}

/** Expects that the till sells again with a new receipt number, and that its indexes still count as damaged. */
async function expectToSellOn(): Promise<void> {
  const { db, sell } = await startTill(shop.db.name);
  open.push(db);
  expect(await metaIn(db, 'indexes-damaged')).toEqual({});
  expect(await sell(receiptOf(id(1002), { tenders: [cash(10_000)] }))).toMatchObject({
    kind: 'saved',
  });
}

test('a till with two sales of one number goes on selling', async () => {
  const [sale] = await shop.db.sales.toArray();
  stopTill(shop.db);
  const raw = await openedAt(11, (store) => {
    store('sales').deleteIndex('[till+number]');
    store('sales').createIndex('[till+number]', ['till', 'number']);
    store('sales').add({ ...sale, id: id(1009) });
  });
  raw.close();
  await expectToSellOn();
});

test('a till whose indexes were created again nine times goes on selling', async () => {
  stopTill(shop.db);
  (await openedAt(19)).close();
  await expectToSellOn();
});

test('indexes that another page keeps from being created again are reported, not waited for without end', async () => {
  const other = await openedAt(undefined);
  const failed = await rebuildIndexes(shop.db, 50).catch((error: unknown) => error);
  expect(storageErrorKind(failed)).toBe('blocked');
  other.close();
  expect(await shop.db.sales.count()).toBe(1);
});
