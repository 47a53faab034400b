// An open screen reads again after an own act at once, and after acts of others once a second.
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OrderedEntry } from '$lib/contract/shop-journal';
import { GENESIS, sealEntry } from '$lib/proof/chain';
import { followLog } from '$lib/proof/shop-log';
import { LiveRead } from '$lib/state/live-read.svelte';
import { applyDownloaded } from '$lib/storage/remote/apply-downloaded';
import { remoteCursorIn, START_OF_ORDER } from '$lib/storage/remote/remote-order';
import { headIn } from '$lib/storage/journal/reader';
import { writeAct } from '$lib/storage/journal/writer';
import { discardShop, loseDatabase, openShopWithFile } from '../support/journal-disk';
import { AT, CASHIER, discard, openShop, SHOP, TILL, type Shop } from '../support/storage-shop';

let shop: Shop;
let close = () => {};
/** What the screen has read: how far the order was downloaded, and the last own act. */
let seen: { order: number; seq: number }[] = [];

beforeEach(async () => {
  shop = await openShop();
  seen = [];
  close = $effect.root(() => {
    new LiveRead(shop.db, async () => {
      const [cursor, { seq }] = await Promise.all([remoteCursorIn(shop.db), headIn(shop.db)]);
      seen.push({ order: cursor?.order ?? 0, seq });
    });
  });
  flushSync();
  await expect.poll(() => seen.length).toBeGreaterThan(0);
});
afterEach(async () => {
  close();
  await discard(shop.db);
});

/** Downloads this many entries of the relay, one by one. */
async function comeDown(count: number): Promise<void> {
  let [from, head] = [START_OF_ORDER, GENESIS];
  for (let order = 1; order <= count; order += 1) {
    const [act, body] =
      order === 1
        ? ['epoch-began', { epoch: 1, shared: 0 }]
        : ['policy-published', { version: order }];
    const draft = { till: SHOP, at: AT, operator: null, policy: 0, act, body };
    const entry = await sealEntry(head, draft);
    head = entry;
    const { hash } = entry;
    const entries: OrderedEntry[] = [{ order, receivedAt: AT, verdict: 'accepted', entry }];
    const log = await followLog(from, [{ order, hash, verdict: 'accepted' }]);
    if (log === null) throw new Error('a gap');
    const to = { ...log, epoch: 1 };
    const parts = [{ entries, to: { ...to, at: AT }, checkpoint: null }];
    const downloaded = { till: TILL, from, parts, records: new Map() };
    expect(await applyDownloaded(shop.db, downloaded)).toBe('applied');
    from = to;
  }
}

test('while many entries of others come down, a screen is read again once a second and at the end', async () => {
  const since = performance.now();
  await comeDown(60);
  await expect.poll(() => seen.at(-1)?.order).toBe(60);
  const seconds = (performance.now() - since) / 1_000;
  // at its start, after the first of them, and then every second
  expect(seen.length).toBeLessThanOrEqual(3 + Math.ceil(seconds));
});

test('a screen is read once when it opens, and once after an own act', async () => {
  const body = { operator: CASHIER, failures: 5, until: AT };
  const act = { act: 'pin-locked', body, operator: null, at: AT, policy: 1 } as const;
  const { seq } = await writeAct(shop.db, act);
  await expect.poll(() => seen.at(-1)?.seq).toBe(seq);
  expect(seen).toHaveLength(2);
});

test('an own act is read at once, also while entries of others come down', async () => {
  const coming = comeDown(60);
  const body = { operator: CASHIER, failures: 5, until: AT };
  const act = { act: 'pin-locked', body, operator: null, at: AT, policy: 1 } as const;
  const { seq } = await writeAct(shop.db, act);
  await coming;
  await expect.poll(() => seen.at(-1)).toEqual({ order: 60, seq });
  expect(seen.find((each) => each.seq === seq)?.order).toBeLessThan(60);
});

/** The browser drops the database of the till in use; the next read creates it again, empty. */
async function lose(lost: Shop): Promise<void> {
  lost.db.close({ disableAutoOpen: false });
  await loseDatabase(lost.db.name);
}

test('a database that the browser loses in use is never read as an empty one', async () => {
  const own = await openShopWithFile();
  const customers = await own.db.customers.count();
  expect(customers).toBeGreaterThan(0);
  const counted: number[] = [];
  const screens: LiveRead<number>[] = [];
  const end = $effect.root(() => {
    const reading = new LiveRead(own.db, () => own.db.customers.count());
    $effect(() => {
      if (reading.current !== null) counted.push(reading.current);
    });
    screens.push(reading);
  });
  const reading = () => screens[0];
  flushSync();
  await expect.poll(() => counted).toEqual([customers]);

  await lose(own);
  reading()?.retry();
  await expect.poll(() => reading()?.failed).toBe('failed');
  // the next act restores it
  const body = { operator: CASHIER, failures: 5, until: AT };
  await writeAct(own.db, { act: 'pin-locked', body, operator: null, at: AT, policy: 1 });
  await expect.poll(() => reading()?.failed).toBeNull();
  expect(new Set(counted)).toEqual(new Set([customers]));
  end();
  await discardShop(own.db);
});
