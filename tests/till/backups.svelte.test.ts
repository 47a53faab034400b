// The day's backup on a disk that fails for a moment: said, and tried anew.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Backups } from '$lib/state/device/backups.svelte';
import { saveFolder } from '$lib/storage/backup/folder';
import { AT, discard, openShop, OWNER, type Shop } from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

test('a disk that could not be read one day is said, and does not keep the next backup from being written', async () => {
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
