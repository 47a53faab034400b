// Snapshots: signed, made as the order grows, in chunks by their hashes.
// Only tills of the shop get them.
import { USUAL_TAX } from '$lib/domain/goods/product';
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Card } from '$lib/contract/journal-upload';
import {
  snapshotReply,
  snapshotRows,
  snapshotTables,
  SNAPSHOT_CHUNK_BYTES,
  type SnapshotManifest,
  type SnapshotRow,
  type SnapshotTable,
} from '$lib/contract/snapshot';
import { CONTRACT_HEADER, CONTRACT_VERSION } from '$lib/contract/version';
import { MONTH_MS } from '$lib/domain/values/durations';
import { makeCardSalt, makeSalt, sealCard } from '$lib/proof/record';
import { verifySnapshot } from '$lib/proof/snapshot';
import { offerEnrolment } from '../../relay/tills/tokens';
import { PHONE, START } from '../support/challenges';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

const EVERY = 5;

let clock: ReturnType<typeof makeClock>;
let relay: RunningRelay;
let journal: TillJournal;
beforeEach(async () => {
  clock = makeClock(START);
  relay = await startRelay({ now: clock.now, overrides: { snapshotEvery: EVERY } });
  journal = new TillJournal(await TillClient.ready(relay.url, clock.now), clock.now);
  await journal.enrolled();
});
afterEach(() => relay.stop());

const ANNA = uuidv7();
let sent = 0;

/** Uploads what was made since the last time. */
async function upload(cards: readonly Card[] = []): Promise<void> {
  const { status } = await journal.upload(journal.entries.slice(sent), { cards: [...cards] });
  expect(status).toBe(200);
  sent = journal.entries.length;
}
beforeEach(() => void (sent = 0));

const sell = (onAccount: number, customer = ANNA) =>
  journal.sale(onAccountSale({ customer, onAccount }, overrideBy(journal.till.ownerId, onAccount)));

/** Saves a card with this name; the next upload includes it. */
async function saveCard(name: string, customer = ANNA): Promise<Card> {
  const card = {
    salt: makeSalt(),
    name,
    phone: PHONE,
    cardSalt: makeCardSalt(),
    ...NO_SEALED_DETAILS,
  };
  const body = {
    customer,
    recordHash: await sealCard(card),
    credit: { kind: 'own-limit', limit: 90_000 },
  };
  await journal.add({ act: 'customer-saved', body });
  return card;
}

/** Adds enough entries without an effect to make a snapshot due. */
async function grow(): Promise<void> {
  for (let n = 0; n < EVERY; n += 1) await journal.idle();
  await upload();
}

async function manifest(till = journal.till): Promise<SnapshotManifest | null> {
  const { status, json } = await till.call('GET', '/snapshot');
  const reply = snapshotReply.parse(json);
  expect(status).toBe(reply.kind === 'snapshot' ? 200 : 404);
  if (reply.kind === 'no-snapshot') return null;
  if (till.relayKey === null) throw new Error('not enrolled');
  const verified = await verifySnapshot(reply.manifest, till.relayKey);
  if (verified === null) throw new Error('not signed');
  return verified;
}

const ask = (hash: string, bearer = journal.till.bearer): Promise<Response> =>
  fetch(`${relay.url}/api/v1/snapshot/${hash}`, {
    headers: {
      [CONTRACT_HEADER]: String(CONTRACT_VERSION),
      ...(bearer !== null && { Authorization: `Bearer ${bearer}` }),
    },
  });

/** The rows of a table, each as the contract says. */
async function rowsOf<T extends SnapshotTable>(
  { tables }: SnapshotManifest,
  name: T,
): Promise<SnapshotRow<T>[]> {
  const table = tables.find((each) => each.name === name);
  const rows: SnapshotRow<T>[] = [];
  for (const hash of table?.chunks ?? []) {
    const response = await ask(hash);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/gzip',
    ]);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(hash);
    const text = gunzipSync(bytes).toString('utf8');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SNAPSHOT_CHUNK_BYTES);
    for (const line of text.split('\n').slice(0, -1))
      rows.push(snapshotRows[name].parse(JSON.parse(line)) as SnapshotRow<T>);
  }
  expect(rows).toHaveLength(table?.rows ?? -1);
  return rows;
}

async function made(): Promise<SnapshotManifest> {
  await relay.relay.snapshots.round();
  const found = await manifest();
  if (found === null) throw new Error('no snapshot');
  return found;
}

const headOrder = (): number =>
  relay.file.prepare('SELECT MAX(shop_order) FROM journal').pluck().get() as number;

test('there is none before the order has grown enough, and then one of all entries', async () => {
  await upload();
  expect(headOrder()).toBeLessThan(EVERY);
  await relay.relay.snapshots.round();
  expect(await manifest()).toBeNull();
  const card = await saveCard('Анна');
  await sell(30_000);
  await sell(5_000);
  await journal.add({ act: 'dispute', body: { customer: ANNA, about: null, note: 'Not me' } });
  await upload([card]);
  const found = await made();
  const order = headOrder();
  const log = relay.file.prepare('SELECT log_hash FROM journal WHERE shop_order = ?').pluck();
  expect(found).toMatchObject({ shop: journal.till.shopId, order, logHash: log.get(order) });
  expect(found.epochs).toEqual([{ epoch: found.epoch, shared: 0 }]);
  expect(found.at).toBe(clock.now());
  const { id } = journal.till;
  expect(await rowsOf(found, 'tills')).toMatchObject([{ till: id, replacedBy: null }]);
  expect(await rowsOf(found, 'balances')).toEqual([
    { customer: ANNA, account: 'debt', sum: 35_000 },
    { customer: ANNA, account: 'purchases', sum: 35_000 },
  ]);
  expect(await rowsOf(found, 'disputes')).toMatchObject([{ customer: ANNA, closed: null }]);
  const [own] = await rowsOf(found, 'cards');
  expect(own).toMatchObject({ customer: ANNA, card, till: id, credit: { kind: 'own-limit' } });
  expect(own?.creditOrder).toBe(own?.order);
  const given = await rowsOf(found, 'confirmations');
  expect(given.map(({ amount, shown }) => [amount, shown])).toEqual([
    [30_000, 'override'],
    [5_000, 'override'],
  ]);
});

test('the next one is built on the last, and equals one built from the first entry', async () => {
  await upload([await saveCard('Анна')]);
  await sell(30_000);
  await grow();
  const first = await made();
  clock.pass(1_000);
  const late = await saveCard('Борис', uuidv7());
  const card = await saveCard('Анна Кузнецова');
  await sell(5_000);
  await upload([card, late]);
  // not due yet
  expect((await made()).order).toBe(first.order);
  await grow();
  const second = await made();
  expect(second.order).toBe(headOrder());
  const all = async (of: SnapshotManifest) =>
    Promise.all(snapshotTables.map(async (name) => [name, await rowsOf(of, name)]));
  const onTop = await all(second);
  const { db } = relay.relay;
  await db.run('DELETE FROM snapshots WHERE shop = @shop');
  expect(await all(await made())).toEqual(onTop);
});

test('a till that was downloading the last one can finish; older ones are gone', async () => {
  const chunkOf = ({ tables }: SnapshotManifest): string => tables[2]?.chunks[0] ?? '';
  const found: string[] = [];
  for (const amount of [1_000, 2_000, 3_000]) {
    await sell(amount);
    await grow();
    found.push(chunkOf(await made()));
  }
  const statuses = await Promise.all(found.map(async (hash) => (await ask(hash)).status));
  expect(statuses).toEqual([404, 200, 200]);
  const { db } = relay.relay;
  const orders = await db.column(
    'SELECT DISTINCT shop_order FROM snapshot_chunks WHERE shop = @shop',
  );
  expect(orders).toHaveLength(2);
});

test('confirmations that no cap or threshold counts any more are left out', async () => {
  await sell(30_000);
  await grow();
  expect(await rowsOf(await made(), 'confirmations')).toHaveLength(1);
  clock.pass(MONTH_MS - 1_000);
  await journal.till.signIn();
  await grow();
  expect(await rowsOf(await made(), 'confirmations')).toHaveLength(1);
  clock.pass(2 * 24 * 3_600_000);
  await journal.till.signIn();
  await grow();
  expect(await rowsOf(await made(), 'confirmations')).toHaveLength(0);
});

test('many customers are several chunks', async () => {
  const customers: object[] = [];
  const name = 'Ж'.repeat(300);
  const cards: Card[] = [];
  for (let n = 0; n < 500; n += 1) {
    const card = {
      salt: makeSalt(),
      name,
      phone: null,
      cardSalt: makeCardSalt(),
      ...NO_SEALED_DETAILS,
    };
    const credit = { kind: 'shop-limit' };
    customers.push({ customer: uuidv7(), recordHash: await sealCard(card), credit });
    cards.push(card);
  }
  const none = { accounts: [], confirmations: [], approval: null };
  await journal.add({ act: 'customers-imported', body: { source: 'file', customers, ...none } });
  await upload(cards);
  for (let n = 0; n < 4; n += 1) {
    const again = customers.map((each) => ({ ...each, customer: uuidv7() }));
    const body = { source: 'file', customers: again, ...none };
    await journal.add({ act: 'customers-imported', body });
  }
  await upload();
  const found = await made();
  const table = found.tables.find((each) => each.name === 'cards');
  expect(table?.rows).toBe(2_500);
  expect(table?.chunks.length).toBeGreaterThan(1);
  expect(await rowsOf(found, 'cards')).toHaveLength(2_500);
});

test('only a till of the shop gets manifest and chunks', async () => {
  await sell(30_000);
  await grow();
  const [hash = ''] = (await made()).tables[0]?.chunks ?? [];
  const stranger = await TillClient.make(relay.url, clock.now);
  const elsewhere = await startRelay({ now: clock.now });
  const there = await TillClient.ready(elsewhere.url, clock.now);
  for (const bearer of [stranger.bearer, there.bearer]) {
    expect((await ask(hash, bearer)).status).toBe(401);
    stranger.bearer = bearer;
    expect((await stranger.call('GET', '/snapshot')).status).toBe(401);
  }
  const other = await TillClient.make(relay.url, clock.now);
  await other.enrol((await offerEnrolment(relay.relay)).token);
  await other.signIn();
  expect((await ask(hash, other.bearer)).status).toBe(200);
  expect(await manifest(other)).not.toBeNull();
  expect((await ask('a'.repeat(64))).status).toBe(404);
  expect((await ask('snapshot')).status).toBe(400);
  await elsewhere.stop();
});

test('nothing of a card can be read in the file', async () => {
  await upload([await saveCard('Анна')]);
  await grow();
  await made();
  const chunks = relay.file.prepare('SELECT chunk FROM snapshot_chunks').pluck().all();
  expect(chunks.length).toBeGreaterThan(0);
  for (const chunk of chunks as Buffer[]) expect(() => gunzipSync(chunk)).toThrow();
});

test('it is kept over a restart; an unfinished one is dropped', async () => {
  await sell(30_000);
  await grow();
  const found = await made();
  const { db } = relay.relay;
  await db.run(
    `INSERT INTO snapshot_chunks (shop, hash, shop_order, chunk)
       SELECT shop, 'a', 99, chunk FROM snapshot_chunks WHERE shop = @shop LIMIT 1`,
  );
  await relay.restart();
  await journal.till.signIn();
  expect(await manifest()).toEqual(found);
  await grow();
  await made();
  const left = relay.file.prepare("SELECT COUNT(*) FROM snapshot_chunks WHERE hash = 'a'").pluck();
  expect(left.get()).toBe(0);
});

test('one of another order than this relay’s is not served, and made again', async () => {
  await sell(30_000);
  await grow();
  const found = await made();
  const { db } = relay.relay;
  await db.run('UPDATE snapshots SET log_hash = ? WHERE shop = @shop', 'b'.repeat(64));
  expect(await manifest()).toBeNull();
  const again = await made();
  expect(again).toEqual(found);
  expect(await rowsOf(again, 'balances')).toHaveLength(2);
});

test('one that cannot be made stops nothing; the next round tries again', async () => {
  await upload([await saveCard('Анна')]);
  await grow();
  const { db } = relay.relay;
  await db.run("UPDATE cards SET card = CAST('?' AS BLOB) WHERE shop = @shop");
  await relay.relay.snapshots.round();
  expect(await manifest()).toBeNull();
  expect(relay.log.map(({ event }) => event)).toContain('snapshot-failed');
  await db.run('DELETE FROM cards WHERE shop = @shop');
  expect(await rowsOf(await made(), 'cards')).toMatchObject([{ customer: ANNA, card: null }]);
});

test('it has goods as they were added, the edits that count, and how sales changed their stock', async () => {
  const product = uuidv7();
  const added = {
    id: product,
    name: 'хлеб',
    names: { ru: null, en: null },
    noDiscounts: false,
    askAge: null,
    marked: false,
    usualMost: null,
    tax: USUAL_TAX,
    sku: null,
    barcodes: [],
    price: 10_000,
    unit: 'piece',
    category: null,
    stock: 5_000,
  };
  const lists = { added: [], changed: [], counted: [] };
  const body = { source: 'file', file: null, refused: 0, ...lists };
  await journal.add({ act: 'products-changed', body: { ...body, added: [added] } });
  const change = { product, field: 'price', value: 12_000 } as const;
  const counted = [{ product, delta: -2_000 }];
  const named = { category: 'Хлеб', field: 'name', value: 'Выпечка' };
  await journal.add({ act: 'categories-changed', body: { changed: [named] } });
  await journal.add({ act: 'products-changed', body: { ...body, changed: [change], counted } });
  await grow();
  const found = await made();
  expect(await rowsOf(found, 'categoryEdits')).toMatchObject([
    { category: 'Хлеб', edits: [{ change: named, own: null }] },
  ]);
  expect(await rowsOf(found, 'goods')).toEqual([added]);
  expect(await rowsOf(found, 'edits')).toMatchObject([{ product, edits: [{ change, own: null }] }]);
  expect(await rowsOf(found, 'stock')).toContainEqual({ product, delta: -2_000 });
});
