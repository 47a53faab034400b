// The daily backup on a disk that fails once: the failure is reported, and the backup repeated.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Backups } from '$lib/state/device/backups.svelte';
import { saveFolder } from '$lib/storage/backup/folder';
import { AT, discard, openShop, OWNER, type Shop } from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

test('a disk that could not be read one day is reported, and the next backup is written all the same', async () => {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getDirectoryHandle(`backups-${crypto.randomUUID()}`, { create: true });
  await saveFolder(shop.db, { handle, lastAt: null });
  const backups = new Backups(
    shop.db,
    () => OWNER,
    () => AT,
  );
  shop.db.close();
  await backups.daily();
  expect(backups.last).toBe('failed');
  await shop.db.open();
  await backups.daily();
  expect([backups.last, backups.folder?.lastAt]).toEqual(['written', AT]);
});
