// The daily backup on a disk that fails once: the failure is reported, and the backup is retried.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Backups } from '$lib/state/device/backups.svelte';
import { saveFolder } from '$lib/storage/backup/folder';
import { spoilRows } from '../support/journal-disk';
import {
  AT,
  cash,
  discard,
  id,
  openShop,
  OWNER,
  receiptOf,
  TILL,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

async function newFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(`backups-${crypto.randomUUID()}`, { create: true });
}

const backupsAt = (at: number) =>
  new Backups(
    shop.db,
    () => OWNER,
    () => at,
  );

test('a daily backup without an entry that cannot be read is written, and says which one', async () => {
  const sold = await shop.sell(receiptOf(id(1001), { tenders: [cash(10_000)] }));
  if (sold.kind !== 'saved') throw new Error(sold.kind);
  await shop.sell(receiptOf(id(1002), { tenders: [cash(10_000)] }));
  const { seq } = sold.sale;
  const handle = await newFolder();
  await saveFolder(shop.db, { handle, lastAt: null });
  const undo = spoilRows(['journal', [TILL, seq]]);
  const backups = backupsAt(AT);
  await backups.daily();
  undo();
  expect(backups.last).toMatchObject({
    kind: 'incomplete',
    missing: { entries: [{ till: TILL, seq }], receipts: [{ till: TILL, number: 1 }] },
  });
  expect(backups.folder?.lastAt).toBe(AT);
});

test('a disk that could not be read one day is reported, and the next backup is written all the same', async () => {
  const handle = await newFolder();
  await saveFolder(shop.db, { handle, lastAt: null });
  const backups = backupsAt(AT);
  shop.db.close();
  await backups.daily();
  expect(backups.last).toBe('failed');
  await shop.db.open();
  await backups.daily();
  expect([backups.last, backups.folder?.lastAt]).toEqual(['written', AT]);
});
