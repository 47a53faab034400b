// A full disk that the browser reports as damage is distinguished from damage by a small write.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Disk } from '$lib/state/device/disk.svelte';
import { DatabaseHome } from '$lib/storage/database/database-home';
import { TillDb } from '$lib/storage/database/db';
import { StorageError } from '$lib/storage/storage-error';
import { discardShop, openShopWithFile, stopTill } from '../support/journal-disk';
import { AT, type Shop } from '../support/storage-shop';

let shop: Shop;
let db: TillDb;
let disk: Disk;
let isFull = false;

beforeEach(async () => {
  shop = await openShopWithFile();
  stopTill(shop.db);
  isFull = false;
  const room = () => (isFull ? Promise.reject(new StorageError('disk-full')) : Promise.resolve());
  db = new TillDb(shop.db.name, new DatabaseHome(undefined, undefined, room));
  disk = new Disk(db);
  await disk.look();
  await disk.compare(AT);
});
afterEach(async () => {
  disk.abortAndClose();
  stopTill(db);
  await discardShop(shop.db);
});

test('a full disk is no damage and is offered no rebuild, whatever the browser estimates; its words go once there is room', async () => {
  isFull = true;
  db.ondamage?.();
  await expect.poll(() => disk.freeSpace).toEqual({ kind: 'none' });
  expect(disk.damage).toBeNull();
  await disk.lookForRoom();
  expect(disk.freeSpace).toEqual({ kind: 'none' });
  isFull = false;
  dispatchEvent(new Event('focus'));
  await expect.poll(() => disk.freeSpace?.kind).not.toBe('none');
  expect(disk.damage).toBeNull();
});

test('damage with room on the disk is damage, also after the disk was full', async () => {
  isFull = true;
  db.ondamage?.();
  await expect.poll(() => disk.freeSpace).toEqual({ kind: 'none' });
  isFull = false;
  dispatchEvent(new Event('focus'));
  await expect.poll(() => disk.freeSpace?.kind).not.toBe('none');
  db.ondamage?.();
  await expect.poll(() => disk.damage).toEqual({ unread: 0 });
});

test('room is proven by writing into one file, which is kept, empty: on a full disk Chromium may end when a file is made or removed', async () => {
  const home = new DatabaseHome();
  expect(await Promise.all([home.hasRoom(), home.hasRoom()])).toEqual([true, true]);
  const root = await navigator.storage.getDirectory();
  const { size } = await (await root.getFileHandle('room')).getFile();
  expect(size).toBe(0);
});
