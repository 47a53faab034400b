// A new till fills its database from a snapshot, once, over any interruption.
// It does so in steps, between which it sells.
import { NO_DETAILS, NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Phone } from '$lib/domain/values/phone';
import { snapshotTables, type SnapshotManifest, type SnapshotTable } from '$lib/contract/snapshot';
import { bytesOf, toHex } from '$lib/proof/canonical';
import { makeCardSalt, makeSalt, sealCard } from '$lib/proof/record';
import { signCheckpoint } from '$lib/proof/shop-log';
import { signSnapshot } from '$lib/proof/snapshot';
import { standingIn } from '$lib/storage/customers/accounts';
import { customerById, saveCustomer } from '$lib/storage/customers/customers';
import { findCustomers, sharingNumber } from '$lib/storage/customers/find-customers';
import { transact, TillDb } from '$lib/storage/database/db';
import { metaIn } from '$lib/storage/database/meta';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { eraseIn, erasedTables } from '$lib/storage/remote/forgotten-customers';
import { balanceTables } from '$lib/storage/remote/packed-balances';
import { packedCustomers } from '$lib/storage/remote/packed-cards';
import { remoteCursorIn } from '$lib/storage/remote/remote-order';
import { download, type DownloadClient } from '$lib/sync/download';
import {
  ANNA,
  AT,
  cash,
  discard,
  id,
  openShop,
  OWNER,
  receiptOf,
  SHOP,
  type Shop,
} from '../support/storage-shop';

const CUSTOMERS = 1_500;
const OTHER = id(900);
const EPOCH = 7;
const ORDER = 40_000;
const LOG_HASH = 'b'.repeat(64);

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const customerOf = (n: number): string => id(100_000 + n);

async function gzip(lines: readonly object[]): Promise<Uint8Array<ArrayBuffer>> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

async function cardOf(n: number, customer = customerOf(n)): Promise<object> {
  const card = {
    salt: makeSalt(),
    name: `Покупатель ${n}`,
    cardSalt: makeCardSalt(),
    ...NO_SEALED_DETAILS,
    phone: `+7925${String(1_000_000 + n)}` as Phone,
  };
  const credit = { kind: 'shop-limit' };
  return {
    customer,
    recordHash: await sealCard(card),
    till: OTHER,
    order: n + 2,
    at: AT,
    phoneSince: null,
    card,
    credit,
    creditTill: OTHER,
    creditOrder: 0,
    ownHash: null,
    isForgotten: false,
    mergedInto: null,
    persons: [],
    gone: [],
    kept: [],
  };
}

/** A relay with a snapshot of so many customers, and nothing after it. */
async function relayWith(
  count: number,
  change: (cards: object[]) => object[] = (cards) => cards,
): Promise<DownloadClient & { asked: string[] }> {
  const cards = change(await Promise.all(Array.from({ length: count }, (_, n) => cardOf(n))));
  const balances = cards.map((_, n) => ({
    customer: customerOf(n),
    account: 'debt',
    sum: n * 100,
  }));
  const tills = [{ till: OTHER, number: 2, name: 'Касса 2', replacedBy: null, revokedAt: null }];
  const rows: Record<SnapshotTable, readonly object[]> = {
    tills,
    entries: [],
    goods: [],
    edits: [],
    categoryEdits: [],
    stock: [],
    balances,
    debts: [],
    disputes: [],
    returns: [],
    confirmations: [],
    cards,
  };
  const chunks = new Map<string, Uint8Array<ArrayBuffer>>();
  const tables: SnapshotManifest['tables'] = [];
  for (const name of snapshotTables) {
    const hashes: string[] = [];
    for (let from = 0; from < rows[name].length; from += 700) {
      const bytes = await gzip(rows[name].slice(from, from + 700));
      const hash = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
      chunks.set(hash, bytes);
      hashes.push(hash);
    }
    tables.push({ name, rows: rows[name].length, chunks: hashes });
  }
  const { privateKey, kid } = shop.relay;
  const point = { shop: SHOP, epoch: EPOCH, order: ORDER, logHash: LOG_HASH, at: AT };
  const manifest = await signSnapshot(
    {
      ...({ v: 1, purpose: 'snapshot', ...point, rules: 1 } as const),
      epochs: [{ epoch: EPOCH, shared: 0 }],
      tables,
    },
    privateKey,
    kid,
  );
  const checkpoint = await signCheckpoint(
    { v: 1, purpose: 'checkpoint', ...point },
    privateKey,
    kid,
  );
  const asked: string[] = [];
  return {
    asked,
    snapshot: () => Promise.resolve({ kind: 'snapshot', manifest }),
    snapshotChunk: (hash) => {
      asked.push(hash);
      const bytes = chunks.get(hash);
      return Promise.resolve(bytes ? { kind: 'bytes', bytes } : { kind: 'no-chunk' });
    },
    journal: () => Promise.resolve({ kind: 'journal', entries: [], head: ORDER, checkpoint }),
    cards: () => Promise.resolve({ kind: 'cards', cards: [] }),
  };
}

const owedBy = async (db: TillDb, customer: string): Promise<number> =>
  Number(
    (
      await db.transaction('r', [...balanceTables(db), db.remoteCards, db.meta], () =>
        standingIn(db, customer),
      )
    ).owed,
  );

test('its customers are found with their debts, and what was sold meanwhile is saved', async () => {
  const relay = await relayWith(CUSTOMERS);
  const { db } = shop;
  const [outcome, sale] = await Promise.all([
    download(db, relay, 0),
    shop.sell(receiptOf(id(50), { customer: ANNA, tenders: [cash(10_000)] }), []),
  ]);
  expect(outcome).toMatchObject({ kind: 'up-to-date', applied: ORDER });
  expect(sale).toMatchObject({ kind: 'saved' });
  expect(await remoteCursorIn(db)).toMatchObject({ order: ORDER, epoch: EPOCH });
  const last = CUSTOMERS - 1;
  const [found] = await findCustomers(db, `покупатель ${last}`, 5);
  expect(found?.id).toBe(customerOf(last));
  expect(await owedBy(db, customerOf(last))).toBe(last * 100);
  expect(await packedCustomers(db)).toHaveLength(CUSTOMERS);
  expect(await checkRemote(db)).toBe(false);
});

const nameOf = (n: number): string => `Покупатель ${n}`;
const idsFor = async (text: string, limit = 30): Promise<string[]> =>
  (await findCustomers(shop.db, text, limit)).map((each) => each.id);

test('they are found by every word, by the beginning and the end of their number, and listed by name', async () => {
  await download(shop.db, await relayWith(CUSTOMERS), 0);
  expect(await idsFor('1499 ПОКУПАТЕЛЬ')).toEqual([customerOf(1_499)]);
  expect(await idsFor('купатель')).toEqual([]);
  expect(await idsFor('+7 925 100-12-34')).toEqual([customerOf(234 + 1_000)]);
  expect(await idsFor('8 925 100 0077')).toEqual([customerOf(77)]);
  expect(await idsFor('1234')).toEqual([customerOf(1_234)]);
  expect(await idsFor('11234')).toEqual([]);
  const listed = await findCustomers(shop.db, 'покуп', 5);
  expect(listed.map(({ name }) => name)).toEqual([0, 1, 10, 100, 1_000].map(nameOf));
  const all = await findCustomers(shop.db, '', 10);
  expect(all.map(({ name }) => name)).toContain(nameOf(0));
  expect(await sharingNumber(shop.db, customerOf(3))).toEqual([customerOf(3)]);
});

test('one whose card is changed here is shown and found by what it says now', async () => {
  await download(shop.db, await relayWith(100), 0);
  const card = { name: 'Вера Новая', phone: '+79251000003' as Phone, ...NO_DETAILS };
  const customer = { id: customerOf(3), credit: { kind: 'shop-limit' } as const, ...card };
  const attempt = { customer, operator: OWNER, at: AT };
  expect(await saveCustomer(shop.db, attempt)).toMatchObject({ kind: 'saved' });
  expect(await customerById(shop.db, customerOf(3))).toMatchObject({ name: 'Вера Новая' });
  expect(await idsFor('вера новая')).toEqual([customerOf(3)]);
  expect(await idsFor('покупатель 3', 1)).not.toContain(customerOf(3));
  expect(await checkRemote(shop.db)).toBe(false);
});

test('one who is forgotten is nowhere any more', async () => {
  await download(shop.db, await relayWith(200), 0);
  const { db } = shop;
  const gone = [customerOf(3), customerOf(150)];
  await transact(db, erasedTables(db), () => eraseIn(db, gone));
  expect(await idsFor('покупатель 3', 200)).not.toContain(customerOf(3));
  expect(await idsFor('9251000150')).toEqual([]);
  expect(await packedCustomers(db)).toHaveLength(198);
  const packs = JSON.stringify(await db.remoteCardPacks.toArray());
  const lines = JSON.stringify(await db.remoteCardLines.toArray());
  for (const phone of ['+79251000003', '+79251000150'])
    expect([packs.includes(phone), lines.includes(phone)]).toEqual([false, false]);
  expect(await checkRemote(db)).toBe(false);
});

test('what they are found by is made again where it is damaged; a lost card comes again with all of them', async () => {
  await download(shop.db, await relayWith(CUSTOMERS), 0);
  const { db } = shop;
  await db.remoteCardLines.toCollection().modify({ lines: '' });
  await db.remoteCardLines
    .where('[part+first]')
    .equals(['words', customerOf(0)])
    .delete();
  expect(await idsFor('покупатель 77')).toEqual([]);
  expect(await checkRemote(db)).toBe(false);
  expect(await idsFor('покупатель 77')).toHaveLength(11);
  expect(await sharingNumber(db, customerOf(7))).toEqual([customerOf(7)]);
  const second = await db.remoteCardPacks.orderBy('first').offset(1).first();
  await db.remoteCardPacks.delete(second?.first ?? '');
  expect(await checkRemote(db)).toBe(true);
  expect(await db.remoteCardPacks.count()).toBe(0);
});

test('cards that are not in the order of their customers are not taken', async () => {
  await download(shop.db, await relayWith(5, (cards) => cards.reverse()), 0);
  expect(await shop.db.meta.get('remote-snapshot')).toBeUndefined();
  expect(await packedCustomers(shop.db)).toEqual([]);
});

test('a till that is closed while it fills its tables goes on with the chunks that it has', async () => {
  const relay = await relayWith(CUSTOMERS);
  const { db } = shop;
  // between two chunks of cards
  let left = 150;
  const fail = (): void => {
    left -= 1;
    if (left < 0) throw new Error('closed');
  };
  db.remoteCardLines.hook('creating', fail);
  await expect(download(db, relay, 0)).rejects.toThrow();
  db.remoteCardLines.hook('creating').unsubscribe(fail);
  expect(await remoteCursorIn(db)).toBeNull();
  expect((await packedCustomers(db)).length).toBeLessThan(CUSTOMERS);
  db.close();
  const again = new TillDb(db.name);
  const asked = relay.asked.length;
  expect(await checkRemote(again)).toBe(false);
  expect(await download(again, relay, 0)).toMatchObject({ kind: 'up-to-date' });
  expect(relay.asked).toHaveLength(asked);
  expect(await packedCustomers(again)).toHaveLength(CUSTOMERS);
  expect(await customerById(again, customerOf(3))).toMatchObject({ name: 'Покупатель 3' });
  expect(await checkRemote(again)).toBe(false);
  again.close();
});

test('goods are sold before any sum or card of a customer is downloaded', async () => {
  const relay = await relayWith(3);
  const { db } = shop;
  // the first chunk is that of the tills; beside it, only sums and cards have any
  const lost: DownloadClient = {
    ...relay,
    snapshotChunk: (hash) =>
      relay.asked.length === 0
        ? relay.snapshotChunk(hash)
        : Promise.resolve({ kind: 'unreachable', because: 'network' }),
  };
  expect(await download(db, lost, 0)).toMatchObject({ kind: 'unreachable' });
  expect(await metaIn(db, 'remote-goods')).toBe(ORDER);
  expect(await download(db, relay, 0)).toMatchObject({ kind: 'up-to-date' });
  expect(await owedBy(db, customerOf(2))).toBe(200);
});

test('an own card is shown as it is here where the snapshot has none', async () => {
  const relay = await relayWith(10);
  const before = await customerById(shop.db, ANNA);
  await download(shop.db, relay, 0);
  expect(await customerById(shop.db, ANNA)).toEqual(before);
  expect(await packedCustomers(shop.db)).toHaveLength(10);
});

test('bytes that are not what their hash says are never stored', async () => {
  const relay = await relayWith(10);
  const wrong = {
    ...relay,
    snapshotChunk: () => Promise.resolve({ kind: 'bytes', bytes: bytesOf('x') } as const),
  };
  await download(shop.db, wrong, 0);
  expect(await shop.db.remoteChunks.count()).toBe(0);
  expect(await shop.db.meta.get('remote-snapshot')).toBeUndefined();
});
