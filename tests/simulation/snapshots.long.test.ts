// A till that begins with a snapshot ends with the same data as one that downloaded every entry.
import { ACCOUNTS, type Account } from '$lib/contract/rows';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { snapshotReply, type SnapshotManifest } from '$lib/contract/snapshot';
import { tillsReply } from '$lib/contract/till';
import { MONTH_MS } from '$lib/domain/values/durations';
import { money } from '$lib/domain/values/money';
import type { Product } from '$lib/domain/goods/product';
import { quantity } from '$lib/domain/values/quantity';
import { makeRelayKey, importPrivate, keyId } from '$lib/proof/keys';
import { signSnapshot, verifySnapshot } from '$lib/proof/snapshot';
import { balanceAt } from '$lib/storage/customers/balance-at';
import { openDiscrepancies } from '$lib/storage/customers/discrepancies';
import { closeDispute, disputeOf, openDispute } from '$lib/storage/customers/disputes';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { remoteBalancesIn } from '$lib/storage/remote/packed-balances';
import { cardStatesIn, packedCustomers } from '$lib/storage/remote/packed-cards';
import { customersIn } from '$lib/storage/remote/remote-cards';
import { snapshotIn } from '$lib/storage/remote/remote-snapshot';
import { forgetRemote, remoteCursorIn } from '$lib/storage/remote/remote-order';
import { cases, limitOf } from '../support/cases';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';
import { acceptanceOf, onAccountSale, overrideBy, TillJournal } from '../support/till-journal';
import { BREAD, WholeTill, type Shop } from '../support/whole-till';

let relay: RunningRelay;
let shop: Shop;
let clock: ReturnType<typeof makeClock>;
let one: WholeTill;
let other: WholeTill;
let tills: WholeTill[];
const ANNA = uuidv7();

beforeEach(async () => {
  // snapshots are made when a test says so: one made on the minute could have a new till in it, which then does not use it
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  clock = makeClock(Date.parse('2026-11-20T10:00:00Z'));
  relay = await startRelay({ now: clock.now, overrides: { snapshotEvery: 1 } });
  shop = { relay, clock, owner: await TillClient.ready(relay.url, clock.now) };
  tills = [];
  one = await joined('Касса 1');
  other = await joined('Касса 2');
});
afterEach(async () => {
  await Promise.all(tills.map((till) => till.close()));
  await relay.stop();
  vi.useRealTimers();
});

type Network = WholeTill['network'];
const pathOf = (input: Parameters<typeof fetch>[0]): string =>
  new URL(input instanceof Request ? input.url : input).pathname;
const asksManifest = (path: string): boolean => path.endsWith('/snapshot');
const asksChunk = (path: string): boolean => path.includes('/snapshot/');

/** A relay without snapshots. */
const entriesOnly: Network = (ask) => (input, init) =>
  asksManifest(pathOf(input))
    ? Promise.resolve(Response.json({ kind: 'no-snapshot' }, { status: 404 }))
    : ask(input, init);

async function joined(name: string): Promise<WholeTill> {
  const till = await WholeTill.enrolled(shop, name);
  tills.push(till);
  return till;
}

/** Everything a till knows of the others, on which its later acts depend. */
async function known(till: WholeTill): Promise<unknown> {
  const { db } = till;
  const tables = [
    ...[db.remoteTills, db.remoteDisputes],
    ...[db.remoteProducts, db.remoteCategories, db.remoteStock],
  ];
  const held = await db.remoteCards.toCollection().primaryKeys();
  const customers = [...new Set([...held, ...(await packedCustomers(db))])].sort();
  const cards = [await cardStatesIn(db, customers), await customersIn(db, customers)];
  const sums = await remoteBalancesIn(
    db,
    customers.flatMap((id) => ACCOUNTS.map((account): [string, Account] => [id, account])),
  );
  const confirmations = await db.remoteConfirmations
    .filter(({ at }) => at > clock.now() - MONTH_MS)
    .toArray();
  const cursor = await db.meta.get('remote-cursor');
  const waiting = await db.remoteJournal.where('effect').equals('waiting').toArray();
  const rows = await Promise.all(tables.map((table) => table.toArray()));
  const [goods, open] = [await till.goods(), await openDiscrepancies(db)];
  const categories = await till.categories();
  return { rows, cards, sums, confirmations, cursor, waiting, goods, categories, open };
}

/** A new till that begins with the snapshot, another that downloads all entries; both know the same. */
async function expectSame(late: WholeTill): Promise<void> {
  const slow = await joined('По записям');
  slow.network = entriesOnly;
  // its enrolment is the last entry for both
  for (const till of [late, slow]) expect((await till.download()).kind).toBe('up-to-date');
  expect(await snapshotIn(slow.db)).toBeNull();
  expect(await known(late)).toEqual(await known(slow));
  for (const { db } of [late, slow]) expect(await checkRemote(db)).toBe(false);
}

const by = () => ({ operator: shop.owner.ownerId, at: clock.now() });
const pass = (): void => clock.pass(1_000);

const bread: Product = {
  id: BREAD,
  name: 'хлеб',
  names: { ru: null, en: null },
  noDiscounts: false,
  askAge: null,
  marked: false,
  usualMost: null,
  tax: USUAL_TAX,
  sku: null,
  barcodes: [],
  price: money(10_000),
  unit: 'piece',
  category: 'Еда',
  stock: quantity(10_000),
};
const milk: Product = { ...bread, id: uuidv7(), name: 'молоко', stock: null };
const at = (price: number): Product => ({ ...bread, price: money(price) });

/** Makes some acts of every kind at both tills. */
async function trade(): Promise<void> {
  await one.changeGoods([bread, milk]);
  for (const till of [one, other]) await till.sync();
  await other.changeGoods([at(12_000)]);
  await other.changeCategories([{ category: 'Еда', field: 'name', value: 'Продукты' }]);
  for (const till of [one, other]) await till.save(ANNA, { name: 'Анна' });
  await one.sell(ANNA, { price: 30_000, cash: 20_000 });
  await one.sync();
  pass();
  await other.sell(ANNA, { price: 7_000 });
  await openDispute(other.db, { customer: ANNA, about: null, note: null, ...by() });
  await other.sync();
  await one.sync();
  const open = await disputeOf(one.db, ANNA);
  const closing = { customer: ANNA, outcome: 'stands', note: 'Asked them', ...by() } as const;
  await closeDispute(one.db, { entry: open?.entry ?? '', ...closing });
  await one.save(uuidv7(), { name: 'Борис', phone: null });
  await one.sync();
  await openDispute(one.db, { customer: ANNA, about: null, note: 'Again', ...by() });
  await one.sync();
  await other.sync();
  // two limits set without contact are a discrepancy
  for (const [till, limit] of [
    [one, 90_000],
    [other, 80_000],
  ] as const)
    await till.save(ANNA, { name: 'Анна', credit: { kind: 'own-limit', limit: money(limit) } });
  for (const till of [one, other, one]) await till.sync();
  expect(await openDiscrepancies(one.db)).toHaveLength(1);
}

/** The relay's snapshot as it is now. */
async function signed(): Promise<SnapshotManifest> {
  await relay.relay.snapshots.round();
  await shop.owner.signIn();
  const { json } = await shop.owner.call('GET', '/snapshot');
  const reply = snapshotReply.parse(json);
  const { relayKey } = shop.owner;
  if (reply.kind !== 'snapshot' || relayKey === null) throw new Error('no snapshot');
  const manifest = await verifySnapshot(reply.manifest, relayKey);
  if (manifest === null) throw new Error('not signed');
  return manifest;
}

test('sums, cards, disputes and tills are the same, and so are later entries', async () => {
  await trade();
  await other.reEnrol();
  await other.sync();
  const { order } = await signed();
  const late = await joined('Новая');
  expect((await late.download()).kind).toBe('up-to-date');
  expect((await snapshotIn(late.db))?.order).toBe(order);
  expect(await late.standing(ANNA)).toEqual(await one.standing(ANNA));
  expect(await late.goods()).toEqual(await one.goods());
  expect(await openDiscrepancies(late.db)).toEqual(await openDiscrepancies(one.db));
  expect(await disputeOf(late.db, ANNA)).toEqual(await disputeOf(one.db, ANNA));
  const before = await late.db.remoteJournal.where('order').belowOrEqual(order).toArray();
  expect(before.map(({ effect }) => effect)).toEqual(['discrepancy']);
  await expectSame(late);
  // the entries after the snapshot: a changed card and a moved debt
  pass();
  await one.save(ANNA, { name: 'Анна Кузнецова' });
  await one.sell(ANNA, { price: 1_000, cash: 1_000 });
  await one.sync();
  await expectSame(late);
  // the new till sells, and the others download it
  const open = await disputeOf(late.db, ANNA);
  const closing = { customer: ANNA, outcome: 'stands', note: 'Asked them', ...by() } as const;
  await closeDispute(late.db, { entry: open?.entry ?? '', ...closing });
  expect(await late.sell(ANNA, { price: 9_000 })).toMatchObject({ kind: 'saved' });
  await late.sync();
  await one.sync();
  expect(await one.standing(ANNA)).toEqual(await late.standing(ANNA));
  expect(await checkRemote(late.db)).toBe(false);
});

test('an entry that waits for an owner is in it, and counts once it is accepted', async () => {
  const gone = await startRelay({ now: clock.now });
  const former = new TillJournal(await TillClient.ready(gone.url, clock.now), clock.now);
  await former.enrolled();
  const { owner } = shop;
  const given = overrideBy(former.till.ownerId, 54_000);
  await former.sale(onAccountSale({ customer: ANNA, onAccount: 54_000 }, given));
  const bringing = new TillJournal(owner, clock.now);
  const { seq, hash } = former.head;
  await bringing.enrolled({ till: former.till.id, seq, hash });
  for (const entry of former.entries) await bringing.add({ act: 'carried-over', body: { entry } });
  await bringing.upload();
  await signed();
  const late = await joined('Новая');
  await expectSame(late);
  await owner.elevate();
  const { tills: listed } = tillsReply.parse((await owner.call('GET', '/tills')).json);
  const [waiting] = listed.flatMap((each) => each.waiting);
  if (waiting === undefined) throw new Error('nothing waits');
  const path = `/tills/${owner.id}/former-journal`;
  expect((await owner.call('POST', path, acceptanceOf(waiting))).status).toBe(204);
  await late.download();
  expect(await late.standing(ANNA)).toEqual({ owed: 54_000, points: 0 });
  await expectSame(late);
  await gone.stop();
});

test('the control sums of a till that began with a snapshot are the relay’s, unless a sum is damaged', async () => {
  await trade();
  await signed();
  const late = await joined('Новая');
  await late.sync();
  expect(await late.db.remoteBalancePacks.count()).toBe(1);
  expect(await late.sums()).toBe('agree');
  // a sum that has changed since replaces the one in the snapshot
  const paid = { price: 100_000, cash: 100_000 };
  expect(await one.sell(ANNA, paid)).toMatchObject({ kind: 'saved' });
  await one.sync();
  await late.sync();
  expect(await late.sums()).toBe('agree');
  await late.db.remoteBalances.where('[customer+account]').equals([ANNA, 'points']).delete();
  expect(await late.sums()).toBe('differ');
  await forgetRemote(late.db, 'kept');
  await late.sync();
  expect(await late.sums()).toBe('agree');
});

test('the balance before an own act is the one in the snapshot', async () => {
  await trade();
  await signed();
  const late = await joined('Новая');
  await late.download();
  const { owed } = await late.standing(ANNA);
  const outcome = await late.sell(ANNA, { price: 1_000, cash: 1_000 });
  if (outcome.kind !== 'saved') throw new Error(JSON.stringify(outcome));
  const found = await balanceAt(late.db, outcome.entry, ANNA);
  expect(Number(found.before.owed)).toBe(owed);
});

test('a device that had another name at this relay downloads every entry, because its journal has its own', async () => {
  await trade();
  await signed();
  await one.reEnrol();
  await one.sync();
  expect(await snapshotIn(one.db)).toBeNull();
  await other.sync();
  expect(await one.standing(ANNA)).toEqual(await other.standing(ANNA));
});

test('a till that joined before the snapshot was made downloads every entry', async () => {
  const late = await joined('Новая');
  await late.sell(null, { cash: 10_000 });
  await late.upload();
  await trade();
  await signed();
  await late.sync();
  expect(await snapshotIn(late.db)).toBeNull();
  expect(await late.db.remoteChunks.count()).toBe(0);
  expect(await late.standing(ANNA)).toEqual(await one.standing(ANNA));
});

test('goods kept while the copy is downloaded again can be sold, and no snapshot is used', async () => {
  await trade();
  const late = await joined('Новая');
  await late.sync();
  // later sales of them are not known meanwhile
  const prices = async () => (await late.goods()).map(({ name, price }) => [name, price]);
  const before = await prices();
  expect(before).toHaveLength(2);
  await late.db.remoteBalances.clear();
  expect(await checkRemote(late.db)).toBe(true);
  await signed();
  late.network = (ask) => (input, init) => {
    if (pathOf(input).endsWith('/journal')) throw new TypeError('lost');
    return ask(input, init);
  };
  expect((await late.download()).kind).toBe('unreachable');
  expect(await snapshotIn(late.db)).toBeNull();
  expect(await prices()).toEqual(before);
  late.network = (ask) => ask;
  await late.sync();
  expect(await late.standing(ANNA)).toEqual(await one.standing(ANNA));
});

describe('cut off', () => {
  test('at each request, the till continues where it was, and requests no chunk twice', async () => {
    await trade();
    const { tables } = await signed();
    const chunks = tables.flatMap((table) => table.chunks);
    expect(chunks.length).toBeGreaterThan(3);
    const asked: string[] = [];
    const late = await joined('Новая');
    // manifest, entries after it, then the chunks
    for (let cut = 0; cut <= chunks.length; cut += 1) {
      let left = cut < 2 ? cut : 2;
      late.network = (ask) => async (input, init) => {
        const path = pathOf(input);
        if (asksManifest(path) || path.endsWith('/journal')) {
          if (left <= 0) throw new TypeError('lost');
          left -= 1;
        }
        if (asksChunk(path)) {
          if (asked.length >= cut - 1) throw new TypeError('lost');
          asked.push(path.slice(path.lastIndexOf('/') + 1));
        }
        return ask(input, init);
      };
      expect((await late.download()).kind).toBe('unreachable');
      expect(await remoteCursorIn(late.db)).toBeNull();
      expect(await checkRemote(late.db)).toBe(false);
    }
    late.network = (ask) => async (input, init) => {
      const path = pathOf(input);
      if (asksChunk(path)) asked.push(path.slice(path.lastIndexOf('/') + 1));
      return ask(input, init);
    };
    await expectSame(late);
    expect(asked).toEqual(chunks);
  });

  test('while its rows are written, it is written again from the downloaded chunks', async () => {
    await trade();
    await signed();
    const late = await joined('Новая');
    const { db } = late;
    for (const table of [db.remoteTills, db.remoteBalancePacks, db.remoteCardPacks]) {
      const fail = (): void => {
        throw new Error('lost');
      };
      table.hook('creating', fail);
      await expect(late.download()).rejects.toThrow();
      table.hook('creating').unsubscribe(fail);
      expect(await db.meta.get('remote-cursor')).toBeUndefined();
      expect(await checkRemote(db)).toBe(false);
    }
    late.network = (ask) => (input, init) => {
      if (asksChunk(pathOf(input))) throw new Error('asked again');
      return ask(input, init);
    };
    await expectSame(late);
  });

  test('until the relay has made newer ones, the till begins again', async () => {
    await trade();
    await signed();
    const late = await joined('Новая');
    late.network = (ask) => async (input, init) => {
      if (asksChunk(pathOf(input))) throw new TypeError('lost');
      return ask(input, init);
    };
    await late.download();
    late.network = (ask) => ask;
    for (let n = 0; n < 3; n += 1) {
      await one.sell(null, { cash: 10_000 });
      await one.sync();
      await signed();
    }
    await expectSame(late);
  });
});

describe('a wrong snapshot leaves nothing behind, and the till downloads every entry:', () => {
  type Sent = { manifest: SnapshotManifest; readonly chunks: Map<string, Buffer> };

  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

  /** Replaces the first chunk of a table by another text, with the correct hash. */
  function rewrite({ manifest, chunks }: Sent, name: string, change: (text: string) => string) {
    const table = manifest.tables.find((each) => each.name === name);
    const [hash = ''] = table?.chunks ?? [];
    const bytes = gzipSync(change(gunzipSync(chunks.get(hash) ?? '').toString()));
    table?.chunks.splice(0, 1, sha256(bytes));
    chunks.set(sha256(bytes), bytes);
  }

  const faults: [string, (sent: Sent) => void][] = [
    ['of another shop', ({ manifest }) => (manifest.shop = uuidv7())],
    ['by other rules', ({ manifest }) => (manifest.rules += 1)],
    ['beyond the head', ({ manifest }) => (manifest.order += 100)],
    ['with the hash of another order', ({ manifest }) => (manifest.logHash = 'a'.repeat(64))],
    ['of another epoch', ({ manifest }) => (manifest.epoch += 1)],
    ['without a table', ({ manifest }) => manifest.tables.pop()],
    ['without a chunk', ({ manifest }) => manifest.tables.at(-1)?.chunks.pop()],
    [
      'with one row fewer',
      (sent) => rewrite(sent, 'balances', (text) => text.slice(text.indexOf('\n') + 1)),
    ],
    [
      'with half a row',
      (sent) => rewrite(sent, 'balances', (text) => text.slice(0, text.length / 2)),
    ],
    ['with a row that is none', (sent) => rewrite(sent, 'cards', () => '{}\n{}\n')],
    [
      'with a sum that is none',
      (sent) => rewrite(sent, 'balances', (t) => t.replace(/\d+}/, '1.5}')),
    ],
    ['with no JSON', (sent) => rewrite(sent, 'disputes', () => 'ten\nmore\n')],
    ['with far too much', (sent) => rewrite(sent, 'cards', () => 'x'.repeat(50_000_000))],
    [
      'with another chunk than it says',
      ({ chunks }) => [...chunks.keys()].forEach((hash) => chunks.set(hash, gzipSync('{}\n'))),
    ],
    [
      'with half of each chunk',
      ({ chunks }) =>
        [...chunks].forEach(([hash, bytes]) => chunks.set(hash, bytes.subarray(0, 20))),
    ],
    [
      'with chunks that are too long',
      ({ chunks }) => [...chunks.keys()].forEach((hash) => chunks.set(hash, Buffer.alloc(2e7))),
    ],
    ['with chunks that it does not have', ({ chunks }) => chunks.clear()],
    [
      'with chunks that are not gzip',
      (sent) => {
        const bytes = Buffer.from('{}\n');
        sent.chunks.set(sha256(bytes), bytes);
        sent.manifest.tables[2]?.chunks.splice(0, 1, sha256(bytes));
      },
    ],
  ];

  async function sentBy(): Promise<Sent> {
    const manifest = await signed();
    const chunks = new Map<string, Buffer>();
    const late = await joined('Другая');
    for (const hash of manifest.tables.flatMap((table) => table.chunks)) {
      const reply = await late.client.order.snapshotChunk(hash);
      if (reply.kind !== 'bytes') throw new Error(JSON.stringify(reply));
      chunks.set(hash, Buffer.from(reply.bytes));
    }
    return { manifest, chunks };
  }

  /** A relay that sends this in place of its snapshot. */
  async function sending(
    { manifest, chunks }: Sent,
    { privateKey, kid }: { privateKey: CryptoKey; kid: string } = relay.relay.key,
  ): Promise<Network> {
    const jws = await signSnapshot(manifest, privateKey, kid);
    return (ask) => (input, init) => {
      const path = pathOf(input);
      const bytes = chunks.get(path.slice(path.lastIndexOf('/') + 1));
      if (asksManifest(path))
        return Promise.resolve(Response.json({ kind: 'snapshot', manifest: jws }));
      if (!asksChunk(path)) return ask(input, init);
      if (bytes === undefined)
        return Promise.resolve(Response.json({ kind: 'no-chunk' }, { status: 404 }));
      const headers = { 'content-type': 'application/gzip' };
      return Promise.resolve(new Response(new Uint8Array(bytes), { headers }));
    };
  }

  async function expectUnused(network: Network): Promise<void> {
    const late = await joined('Новая');
    late.network = network;
    expect((await late.download()).kind).toBe('up-to-date');
    expect(await snapshotIn(late.db)).toBeNull();
    expect(await late.db.remoteChunks.count()).toBe(0);
    const first = await late.db.remoteJournal.orderBy('order').first();
    expect(first?.order).toBe(1);
    await expectSame(late);
  }

  test('control: a correct snapshot is used', async () => {
    await trade();
    const sent = await sentBy();
    const late = await joined('Новая');
    late.network = await sending(sent);
    await late.download();
    expect(await snapshotIn(late.db)).not.toBeNull();
    await expectSame(late);
  });

  test.each(faults)('%s', async (_, spoil) => {
    await trade();
    const sent = await sentBy();
    spoil(sent);
    await expectUnused(await sending(sent));
  });

  test.each([
    ['of no shape', '{"kind":"snapshot","manifest":7}'],
    ['half of it', '{"kind":"snap'],
  ])('a manifest %s', async (_, text) => {
    await trade();
    await signed();
    await expectUnused(
      (ask) => (input, init) =>
        asksManifest(pathOf(input)) ? Promise.resolve(new Response(text)) : ask(input, init),
    );
  });

  test('signed by another key', async () => {
    await trade();
    const sent = await sentBy();
    const { privateJwk, publicKey } = await makeRelayKey();
    const forged = { privateKey: await importPrivate(privateJwk), kid: await keyId(publicKey) };
    await expectUnused(await sending(sent, forged));
  });

  test('with the till itself in it', async () => {
    await trade();
    const late = await joined('Новая');
    const sent = await sentBy();
    late.network = await sending(sent);
    await late.download();
    expect(await snapshotIn(late.db)).toBeNull();
    expect(await late.db.remoteChunks.count()).toBe(0);
    await expectSame(late);
  });
});

const NEVER_MOVED = { customer: uuidv7(), account: 'debt', sum: 1 } as const;

describe('damaged rows at the till are dropped, and downloaded again:', () => {
  const damages: [string, (till: WholeTill) => Promise<unknown>][] = [
    ['a sum', ({ db }) => db.remoteBalancePacks.toCollection().modify({ balances: [] })],
    ['sums that are gone', ({ db }) => db.remoteBalancePacks.clear()],
    ['a sum that was never moved', ({ db }) => db.remoteBalances.put(NEVER_MOVED)],
    ['a step', ({ db }) => db.remoteBalancePacks.toCollection().modify({ 'step.order': 1 })],
    ['a confirmation', ({ db }) => db.remoteConfirmations.clear()],
    ['a dispute', ({ db }) => db.remoteDisputes.clear()],
    ['a discrepancy', ({ db }) => db.remoteJournal.where('effect').equals('discrepancy').delete()],
    ['stock', ({ db }) => db.remoteStock.toCollection().modify({ delta: 1 })],
    ['an edit of goods', ({ db }) => db.remoteProducts.clear()],
    ['an edit of categories', ({ db }) => db.remoteCategories.clear()],
    ['goods', ({ db }) => db.remoteAddedProducts.clear()],
    ['a chunk', ({ db }) => db.remoteChunks.toCollection().modify({ bytes: new Uint8Array(3) })],
    ['chunks that are gone', ({ db }) => db.remoteChunks.clear()],
    ['the manifest', ({ db }) => db.meta.delete('remote-snapshot')],
    ['an entry after it', ({ db }) => db.remoteJournal.clear()],
  ];

  test.each(damages)('%s', async (_, damage) => {
    await trade();
    await signed();
    const late = await joined('Новая');
    await late.download();
    await one.sell(null, { cash: 10_000 });
    await one.sync();
    await late.download();
    expect(await checkRemote(late.db)).toBe(false);
    await damage(late);
    expect(await checkRemote(late.db)).toBe(true);
    expect([await remoteCursorIn(late.db), await snapshotIn(late.db)]).toEqual([null, null]);
    for (const table of [late.db.remoteChunks, late.db.remoteBalancePacks, late.db.remoteCardPacks])
      expect(await table.count()).toBe(0);
    await expectSame(late);
  });
});

const act = fc.record({
  kind: fc.constantFrom(
    ...(['sell', 'pay', 'save', 'price', 'count', 'category', 'dispute', 'close'] as const),
    ...(['sync', 're-enrol', 'snapshot'] as const),
  ),
  till: fc.nat(1),
  customer: fc.nat(1),
  amount: fc.integer({ min: 1, max: 50 }),
});

test(
  'after any acts, and wherever among them it was made, a late till knows the same',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
        clock.pass(MONTH_MS + 1);
        const ids = [uuidv7(), uuidv7()];
        for (const id of ids) await one.save(id);
        if ((await one.goods()).length === 0) await one.changeGoods([bread, milk]);
        for (const till of [one, other, one]) await till.sync();
        const late: WholeTill[] = [];
        for (const { kind, till: n, customer, amount } of acts) {
          pass();
          const till = n === 0 ? one : other;
          const id = ids[customer] ?? '';
          if (kind === 'sell') await till.sell(id, { price: amount * 1_000 });
          if (kind === 'pay') await till.sell(id, { price: amount * 1_000, cash: amount * 1_000 });
          if (kind === 'save') await till.save(id, { name: `Анна ${amount}` });
          if (kind === 'price') await till.changeGoods([at(amount * 1_000)]);
          if (kind === 'category')
            await till.changeCategories([{ category: 'Еда', field: 'order', value: amount }]);
          if (kind === 'count') {
            const stock = quantity(amount * 1_000);
            await till.changeGoods([{ ...bread, stock }], { counted: [BREAD] });
          }
          if (kind === 'sync') await till.sync();
          if (kind === 're-enrol') await till.reEnrol();
          if (kind === 'dispute')
            await openDispute(till.db, { customer: id, about: null, note: null, ...by() });
          if (kind === 'close') {
            const open = await disputeOf(till.db, id);
            const closing = { customer: id, outcome: 'stands', note: 'Asked', ...by() } as const;
            if (open !== null) await closeDispute(till.db, { entry: open.entry, ...closing });
          }
          if (kind === 'snapshot') {
            await signed();
            late.push(await joined('Поздняя'));
            await late.at(-1)?.download();
          }
        }
        await signed();
        const last = await joined('Последняя');
        for (const till of [one, other, one]) await till.sync();
        for (const till of [...late, last]) {
          await till.download();
          expect(await snapshotIn(till.db)).not.toBeNull();
          for (const id of ids) expect(await till.standing(id)).toEqual(await one.standing(id));
          await expectSame(till);
        }
        for (const till of tills.splice(2)) await till.close();
      }),
      { numRuns: cases(6) },
    );
  },
  limitOf(240_000),
);
