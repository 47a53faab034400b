// A removed till stays removed until the relay or an enrolment changes it.
// Neither an offline start nor a lost database nor its own backup changes it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Health } from '$lib/contract/health';
import type { RelayClient } from '$lib/relay-client/relay-client';
import { Connectivity } from '$lib/state/relay/connectivity.svelte';
import { makeBackup } from '$lib/storage/backup/make-backup';
import { checkBackup, restoreBackup } from '$lib/storage/backup/restore-backup';
import { TillDb } from '$lib/storage/database/db';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import { isRemoved } from '$lib/storage/till/till';
import {
  discardShop,
  loseDatabase,
  openShopWithFile,
  startTill,
  stopTill,
} from '../support/journal-disk';
import { AT, id, OWNER, SHOP, type Shop } from '../support/storage-shop';

type Answer = Health | { readonly kind: 'revoked' | 'unknown-till' | 'unreachable' };

const TAKEN_IN: Health = {
  contract: 1,
  now: AT,
  provider: { state: 'ready', low: false, checkedAt: null, demo: true },
};

let shop: Shop;
let open: TillDb[];
beforeEach(async () => {
  shop = await openShopWithFile();
  open = [shop.db];
});
afterEach(async () => {
  for (const db of open) stopTill(db);
  await discardShop(shop.db);
});

/** Starts the till from its disk; then the relay answers one request. */
async function startHearing(db: TillDb, answer: Answer): Promise<Connectivity> {
  const connectivity = new Connectivity(db, () => AT);
  await connectivity.recall();
  connectivity.start({ health: () => Promise.resolve(answer) } as unknown as RelayClient);
  await connectivity.ask();
  return connectivity;
}

const isKept = (removed: boolean) => expect.poll(() => isRemoved(shop.db)).toBe(removed);

test('the relay’s removal is known at an offline start, and only the relay’s own answer ends it', async () => {
  await startHearing(shop.db, { kind: 'revoked' });
  await isKept(true);
  const offline = await startHearing(shop.db, { kind: 'unreachable' });
  expect(offline.shutOut).toBe('revoked');
  const strange = await startHearing(shop.db, { kind: 'unknown-till' });
  expect(strange.shutOut).toBe('revoked');
  await isKept(true);
  const again = await startHearing(shop.db, TAKEN_IN);
  expect(again.shutOut).toBeNull();
  await isKept(false);
  expect((await startHearing(shop.db, { kind: 'unreachable' })).shutOut).toBeNull();
});

test('a lost database does not end the removal, nor does a restored backup', async () => {
  const made = await makeBackup(shop.db, { passphrase: null, at: AT });
  if (typeof made === 'string') expect.fail(made);
  await startHearing(shop.db, { kind: 'revoked' });
  await isKept(true);
  stopTill(shop.db);
  await loseDatabase(shop.db.name);
  const { db } = await startTill(shop.db.name);
  open.push(db);
  expect(await isRemoved(db)).toBe(true);
  const checked = await checkBackup(db, made.file, null);
  if (checked.kind !== 'checked') expect.fail(checked.because);
  expect(await restoreBackup(db, checked, { operator: OWNER, at: AT })).toEqual({
    kind: 'restored',
  });
  expect(await isRemoved(db)).toBe(true);
});

test('a till that is enrolled again is in the shop', async () => {
  const connectivity = await startHearing(shop.db, { kind: 'revoked' });
  await isKept(true);
  await beginReEnrolment(shop.db, { id: id(3) });
  const policy = await shop.policyJws(2);
  const named = { shop: SHOP, relayKey: shop.relay.publicKey, contract: 1, number: 2, policy };
  await completeReEnrolment(shop.db, named, { operator: OWNER, at: AT });
  await shop.db.file?.rebuilt;
  connectivity.enrolled();
  expect(connectivity.shutOut).toBeNull();
  expect(await isRemoved(shop.db)).toBe(false);
});
