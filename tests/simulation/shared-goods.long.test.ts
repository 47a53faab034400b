// Goods over several whole tills and a real relay: added, changed and counted at one, the same at all.
import { USUAL_TAX, singly } from '$lib/domain/goods/product';
import * as fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listOf } from '$lib/domain/goods/catalogue';
import { money } from '$lib/domain/values/money';
import type { Product } from '$lib/domain/goods/product';
import { quantity } from '$lib/domain/values/quantity';
import { openDiscrepancies } from '$lib/storage/customers/discrepancies';
import { applyStaleEdit, staleGoods } from '$lib/storage/customers/settled-discrepancies';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { makeBackup } from '$lib/storage/backup/make-backup';
import { checkBackup, restoreBackup, type CheckedBackup } from '$lib/storage/backup/restore-backup';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import { goodsIn, goodsMarkIn } from '$lib/storage/remote/shown-goods';
import { categoryNames } from '$lib/domain/shop-categories';
import { DAY_MS } from '$lib/domain/values/durations';
import { previewFile, readFile } from '$lib/search/price-list-file';
import { changeGoods } from '$lib/storage/goods/catalogue';
import { cases, limitOf } from '../support/cases';
import { RelayCopy } from '../support/relay-copy';
import { acceptWaiting, TillJournal } from '../support/till-journal';
import { closeWholeShop, openWholeShop, syncTills, type WholeShop } from '../support/whole-shop';
import { asksOrder, BREAD, WholeTill } from '../support/whole-till';

let whole: WholeShop;
let relay: WholeShop['relay'];
let clock: WholeShop['clock'];
let shop: WholeShop['shop'];
let tills: WholeTill[];
let one: WholeTill;
let other: WholeTill;

async function open(): Promise<void> {
  whole = await openWholeShop();
  ({ relay, clock, shop, tills, one, other } = whole);
}

const close = () => closeWholeShop(whole);

beforeEach(open);
afterEach(close);

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
const HONEY = uuidv7();
const milk: Product = { ...bread, id: uuidv7(), name: 'молоко', stock: null };

const at = (price: number): Product => ({ ...bread, price: money(price) });
const priceAt = async (till: WholeTill) => (await till.goods())[0]?.price;

const settle = () => syncTills(tills);

test('what one till adds and changes is sold at the other', async () => {
  await one.changeGoods([bread, milk]);
  expect(await other.goods()).toEqual([]);
  await settle();
  expect(await other.goods()).toEqual([bread, milk]);
  await other.changeGoods([{ ...at(12_000), name: 'батон', barcodes: [singly('4600000000015')] }]);
  await settle();
  for (const till of tills)
    expect((await till.goods())[0]).toEqual({
      ...at(12_000),
      name: 'батон',
      barcodes: [singly('4600000000015')],
    });
});

test('sales at both tills reduce one stock, and a count at one keeps the sales of the other', async () => {
  await one.changeGoods([bread]);
  await settle();
  await one.sell(null, { cash: 10_000 });
  await other.sell(null, { cash: 10_000 });
  await settle();
  for (const till of tills) expect((await till.goods())[0]?.stock).toBe(8_000);
  // one till counts while the other goes on selling
  await one.changeGoods([{ ...bread, stock: quantity(7_000) }], { counted: [BREAD] });
  await other.sell(null, { cash: 10_000 });
  await settle();
  for (const till of tills) expect((await till.goods())[0]?.stock).toBe(6_000);
  expect(await Promise.all(tills.map(({ db }) => checkRemote(db)))).toEqual([false, false]);
});

/** Imports a price list as the screen does. */
async function importList(till: WholeTill, text: string): Promise<void> {
  const list = new Blob([text]);
  const detected = { encoding: null, separator: null, header: null };
  const preview = await previewFile(list, { currency: { code: 'RUB', digits: 2 }, ...detected });
  if (preview.kind === 'refused') throw new Error(preview.because);
  const categories = categoryNames(await till.categories());
  const current = { packed: await goodsIn(till.db), categories };
  const read = await readFile(list, preview, preview.mapping, current, uuidv7, () => undefined);
  if (read.kind !== 'read') throw new Error(read.kind);
  const act = { source: 'file', file: 'list.csv', refused: read.refusedRows } as const;
  const by = { operator: shop.owner.ownerId, at: till.now() };
  const outcome = await changeGoods(till.db, { ...act, ...by, changes: read.changes });
  expect(outcome.kind).toBe('saved');
}

/** How a till sets the price of bread to 110.00, and the name of bread after that. */
const MONDAYS: readonly (readonly [string, string, (till: WholeTill) => Promise<unknown>])[] = [
  ['typed', 'батон', (till) => till.changeGoods([{ ...at(11_000), sku: '77', name: 'батон' }])],
  [
    'imported as a list of one row',
    'хлеб',
    (till) => importList(till, 'SKU;Name;Price\n77;хлеб;110\n'),
  ],
];

test.each(MONDAYS)(
  'a price %s offline on Monday and uploaded on Wednesday does not undo Tuesday’s',
  async (_, name, change) => {
    await one.changeGoods([{ ...bread, sku: '77' }]);
    await settle();
    await change(one);
    expect(await priceAt(one)).toBe(11_000);
    clock.pass(DAY_MS);
    await other.changeGoods([{ ...at(12_000), sku: '77' }]);
    await other.sync();
    clock.pass(DAY_MS);
    await one.upload();
    await settle();
    for (const till of tills)
      expect(await till.goods()).toEqual([{ ...at(12_000), sku: '77', name }]);
    // both tills list it as a discrepancy, with the value that does not count
    const [found] = await openDiscrepancies(other.db);
    expect(await openDiscrepancies(one.db)).toEqual([found]);
    expect(found).toMatchObject({ kind: 'goods-stale', detail: '1' });
    expect(await staleGoods(other.db, found!)).toMatchObject([
      { product: { price: 12_000 }, change: { field: 'price', value: 11_000 } },
    ]);
    const by = { note: 'As agreed', operator: shop.owner.ownerId, at: shop.clock.now() };
    expect(await applyStaleEdit(other.db, found!, by)).toEqual({ kind: 'recorded' });
    await settle();
    for (const till of tills) {
      expect(await priceAt(till)).toBe(11_000);
      expect(await openDiscrepancies(till.db)).toEqual([]);
    }
  },
);

test('several rows of a list imported offline that do not count are one discrepancy, and are applied together', async () => {
  const salt: Product = { ...milk, id: uuidv7(), name: 'соль', sku: '79' };
  await one.changeGoods([{ ...bread, sku: '77' }, { ...milk, sku: '78' }, salt]);
  await settle();
  await importList(one, 'SKU;Name;Price\n77;хлеб;110\n78;молоко;80\n79;соль;30\n');
  await importList(other, 'SKU;Name;Price\n77;хлеб;120\n');
  await importList(other, 'SKU;Name;Price\n78;молоко;90\n');
  await other.sync();
  await settle();
  const prices = async (till: WholeTill) => (await till.goods()).map(({ price }) => price);
  // the row that only this list has counts
  for (const till of tills) expect(await prices(till)).toEqual([12_000, 9_000, 3_000]);
  const [found, ...more] = await openDiscrepancies(other.db);
  expect(more).toEqual([]);
  expect(await openDiscrepancies(one.db)).toEqual([found]);
  const imported = (till: WholeTill) => ({ till: till.id, hash: expect.any(String) as string });
  expect(found).toMatchObject({ kind: 'goods-stale', detail: '2', entry: imported(one) });
  const against = (await other.entries()).filter(({ act }) => act === 'products-changed').slice(-2);
  expect(found?.against.map(({ hash }) => hash)).toEqual(against.map(({ hash }) => hash));
  for (const till of tills)
    expect(await staleGoods(till.db, found!)).toMatchObject([
      { product: { name: 'хлеб', price: 12_000 }, change: { field: 'price', value: 11_000 } },
      { product: { name: 'молоко', price: 9_000 }, change: { field: 'price', value: 8_000 } },
    ]);
  const by = { note: 'As agreed', operator: shop.owner.ownerId, at: shop.clock.now() };
  expect(await applyStaleEdit(other.db, found!, by)).toEqual({ kind: 'recorded' });
  await settle();
  for (const till of tills) {
    expect(await prices(till)).toEqual([11_000, 8_000, 3_000]);
    expect(await openDiscrepancies(till.db)).toEqual([]);
    expect(await checkRemote(till.db)).toBe(false);
  }
});

test('a stale value is no longer offered once the field was changed again', async () => {
  await one.changeGoods([bread]);
  await settle();
  await one.changeGoods([at(11_000)]);
  await other.changeGoods([at(12_000)]);
  await other.sync();
  await settle();
  // a till that knows the other's price changes it again
  await one.changeGoods([at(13_000)]);
  await settle();
  for (const till of tills) expect(await priceAt(till)).toBe(13_000);
  const [found] = await openDiscrepancies(one.db);
  expect(await staleGoods(one.db, found!)).toEqual([]);
});

test('a price from a journal that the relay had lost can be changed by others once it is accepted', async () => {
  const copy = new RelayCopy();
  await one.changeGoods([bread]);
  await settle();
  copy.take(relay);
  await one.reEnrol();
  await one.changeGoods([at(11_000)]);
  await one.sync();
  await copy.putBack(relay);
  copy.remove();
  expect(await one.upload()).toMatchObject({ kind: 'quarantined' });
  await one.reEnrol();
  await one.sync();
  await shop.owner.signIn();
  await shop.owner.elevate();
  expect(await acceptWaiting(shop.owner)).toBeGreaterThan(0);
  await settle();
  await other.changeGoods([at(12_000)]);
  await settle();
  for (const till of tills) expect(await priceAt(till)).toBe(12_000);
  expect(await Promise.all(tills.map(({ db }) => checkRemote(db)))).toEqual([false, false]);
});

test('entries that a restored relay took before the loss was noticed are not known to a till that had a longer order', async () => {
  const copy = new RelayCopy();
  await one.changeGoods([bread]);
  await settle();
  copy.take(relay);
  clock.pass(1_000);
  for (let sold = 0; sold < 3; sold += 1) await other.sell(null, { cash: 10_000 });
  await other.sync();
  clock.pass(1_000);
  await copy.putBack(relay);
  copy.remove();
  await one.changeGoods([at(11_000)]);
  await one.sync();
  await other.changeGoods([at(12_000)]);
  await settle();
  for (const { db } of tills)
    expect(await openDiscrepancies(db)).toMatchObject([{ kind: 'goods-stale' }]);
  for (const till of tills) expect(await priceAt(till)).toBe(11_000);
  for (const { db } of tills) expect(await checkRemote(db)).toBe(false);
});

test('a price from a second copy of a device can be changed by others, at once or once an owner accepts it', async () => {
  const copy = new RelayCopy();
  await one.changeGoods([bread, milk]);
  await settle();
  copy.take(relay);
  await one.reEnrol();
  await one.changeGoods([at(11_000)]);
  await one.sync();
  await copy.putBack(relay);
  copy.remove();
  const clone = await one.cloned();
  tills.push(clone);
  expect(await one.upload()).toMatchObject({ kind: 'quarantined' });
  await one.reEnrol();
  await one.sync();
  expect(await clone.upload()).toMatchObject({ kind: 'quarantined' });
  await clone.reEnrol();
  await clone.sync();
  await shop.owner.signIn();
  await shop.owner.elevate();
  expect(await acceptWaiting(shop.owner)).toBeGreaterThan(0);
  await settle();
  await other.changeGoods([at(12_000)]);
  await settle();
  for (const till of tills) expect(await priceAt(till)).toBe(12_000);
  for (const { db } of tills) expect(await checkRemote(db)).toBe(false);
});

test('an own price counts at once, and a later own price stays when the earlier one is in the order', async () => {
  await one.changeGoods([bread]);
  await settle();
  await other.changeGoods([at(11_000)]);
  await other.upload();
  await other.changeGoods([at(12_000)]);
  await other.download();
  expect(await priceAt(other)).toBe(12_000);
  await settle();
  for (const till of tills) expect(await priceAt(till)).toBe(12_000);
});

test('a device that re-enrols under another id keeps its goods and their changes', async () => {
  await one.changeGoods([bread]);
  await settle();
  await one.changeGoods([at(11_000)]);
  await one.reEnrol();
  await settle();
  await other.changeGoods([at(12_000)]);
  await settle();
  for (const till of tills) expect(await till.goods()).toEqual([at(12_000)]);
});

test('an entry that no till can have written changes no goods, and stops no till', async () => {
  await one.changeGoods([bread]);
  await settle();
  const added = [milk, milk].map((product) => ({ ...product, names: { ...product.names } }));
  const lists = { added, changed: [], counted: [] };
  const body = { source: 'edit', file: null, refused: 0, ...lists };
  const forged = new TillJournal(shop.owner, shop.clock.now);
  await forged.enrolled();
  await forged.add({ act: 'products-changed', body, operator: shop.owner.ownerId });
  const huge = [{ product: BREAD, field: 'stock', value: Number.MAX_SAFE_INTEGER }];
  const more = { ...body, added: [], changed: huge };
  await forged.add({ act: 'products-changed', body: more, operator: shop.owner.ownerId });
  await forged.upload();
  await settle();
  for (const till of tills) {
    expect(await till.goods()).toEqual([bread]);
    expect(await checkRemote(till.db)).toBe(false);
  }
});

describe('a copy of the order', () => {
  beforeEach(async () => {
    await one.changeGoods([bread, milk]);
    await settle();
    await other.changeGoods([at(11_000)]);
    await settle();
    await one.changeGoods([at(12_000)]);
    await settle();
  });

  test('that is damaged is dropped, and its goods can still be sold', async () => {
    const [entry] = await other.db.remoteJournal.toArray();
    await other.db.remoteJournal.put({ ...entry!, receivedAt: entry!.receivedAt + 1 });
    await other.db.remoteBalances.put({ customer: uuidv7(), account: 'debt', sum: 1 });
    expect(await checkRemote(other.db)).toBe(true);
    expect(await other.db.remoteJournal.count()).toBe(0);
    expect((await other.goods()).map(({ price }) => price)).toEqual([12_000, 10_000]);
    expect(await checkRemote(other.db)).toBe(false);
    await settle();
    expect((await other.goods()).map(({ price }) => price)).toEqual([12_000, 10_000]);
    expect(await checkRemote(other.db)).toBe(false);
  });

  test('with altered goods is dropped as a whole, and downloaded again', async () => {
    const row = await other.db.remoteProducts.get(BREAD);
    const change = { product: BREAD, field: 'price', value: 1 } as const;
    await other.db.remoteProducts.put({ ...row!, edits: [{ ...row!.edits[0]!, change }] });
    expect(await priceAt(other)).toBe(1);
    expect(await checkRemote(other.db)).toBe(true);
    await settle();
    expect(await priceAt(other)).toBe(12_000);
    const [added] = await other.db.remoteAddedProducts.toArray();
    const dearer = listOf(added!.goods).map((each) => ({ ...each, price: money(each.price + 1) }));
    await other.db.remoteAddedProducts.put({ ...added!, goods: dearer });
    expect(await checkRemote(other.db)).toBe(true);
    await settle();
    expect((await other.goods()).map(({ price }) => price)).toEqual([12_000, 10_000]);
    expect(await checkRemote(other.db)).toBe(false);
  });

  test('that is dropped as a whole is downloaded again', async () => {
    await forgetRemote(other.db, 'dropped');
    await settle();
    expect((await other.goods()).map(({ price }) => price)).toEqual([12_000, 10_000]);
  });
});

describe('while the order is downloaded again, goods of other tills can still be sold', () => {
  const copy = new RelayCopy();
  let backup: CheckedBackup;

  afterAll(() => copy.remove());
  beforeEach(async () => {
    await one.changeGoods([bread]);
    await settle();
    await other.changeGoods([milk]);
    await other.changeGoods([at(11_000)]);
    await settle();
    await one.sell(null, { cash: 10_000 });
    await other.sell(null, { cash: 10_000 });
    await settle();
    copy.take(relay);
    backup = await backupOf(other);
    await other.changeGoods([at(12_000)]);
    await settle();
    await one.changeGoods([{ ...at(12_000), name: 'батон' }]);
    await settle();
  });

  async function backupOf({ db }: WholeTill): Promise<CheckedBackup> {
    const made = await makeBackup(db, { passphrase: null, at: shop.clock.now() });
    if (typeof made === 'string') expect.fail(made);
    const checked = await checkBackup(db, made.file, null);
    return checked.kind === 'checked' ? checked : expect.fail(checked.because);
  }

  /** Lets the relay answer this many requests for the order, then none. */
  function cutAfter(till: WholeTill, requests: number): void {
    let left = requests;
    till.network = (ask) => (input, init) => {
      if (asksOrder(input)) left -= 1;
      if (left < 0) throw new TypeError('lost');
      return ask(input, init);
    };
  }

  /** Each with the number of requests that download the first part of the order. */
  const losses: [string, number, () => Promise<unknown>][] = [
    ['in a new epoch', 3, () => copy.putBack(relay)],
    ['after a re-enrolment', 1, () => other.reEnrol()],
    [
      'after a backup was restored',
      1,
      async () => {
        const by = { operator: shop.owner.ownerId, at: shop.clock.now() };
        expect(await restoreBackup(other.db, backup, by)).toEqual({ kind: 'restored' });
        await other.reEnrol();
      },
    ],
    ['after damage', 1, () => forgetRemote(other.db, 'kept')],
  ];

  test('after a loss while the relay is about to reply that there is nothing newer', async () => {
    const goods = await other.goods();
    other.network = (ask) => async (input, init) => {
      const answer = await ask(input, init);
      if (asksOrder(input)) {
        await forgetRemote(other.db, 'kept');
        cutAfter(other, 0);
      }
      return answer;
    };
    expect(await other.download()).toEqual({ kind: 'unreachable' });
    expect(await other.goods()).toEqual(goods);
  });

  test.each(losses)('%s', async (_, requests, lose) => {
    const goods = await other.goods();
    expect(goods).toEqual([milk, { ...at(12_000), name: 'батон', stock: quantity(8_000) }]);
    await lose();
    expect(await other.goods()).toEqual(goods);
    cutAfter(other, requests);
    expect(await other.download()).toEqual({ kind: 'unreachable' });
    expect(await other.goods()).toEqual(goods);
    expect(await other.db.remoteJournal.count()).toBeGreaterThan(0);
    expect(await checkRemote(other.db)).toBe(false);
    // changes and counts made meanwhile are judged by what the till had known
    await other.changeGoods([{ ...at(13_000), name: 'батон', stock: quantity(5_000) }], {
      counted: [BREAD],
    });
    await other.changeGoods([{ ...milk, id: HONEY, name: 'мёд' }]);
    const changed = { ...at(13_000), name: 'батон', stock: quantity(5_000) };
    expect((await other.goods())[1]).toEqual(changed);
    expect((await other.goods()).map(({ name }) => name)).toContain('мёд');
    other.network = (ask) => ask;
    await settle();
    for (const till of tills) {
      const all = await till.goods();
      expect(all.find(({ id }) => id === BREAD)).toEqual(changed);
      expect(all.map(({ name }) => name).sort()).toEqual(['батон', 'молоко', 'мёд'].sort());
      expect(await openDiscrepancies(till.db)).toEqual([]);
      expect(await goodsMarkIn(till.db)).not.toBe('kept');
      expect(await checkRemote(till.db)).toBe(false);
    }
  });

  test('once it is downloaded, changes made meanwhile are shown', async () => {
    await forgetRemote(other.db, 'kept');
    await one.changeGoods([at(14_000)]);
    await one.upload();
    cutAfter(other, 1);
    await other.download();
    const price = async () => (await other.goods()).find(({ id }) => id === BREAD)?.price;
    expect(await price()).toBe(12_000);
    other.network = (ask) => ask;
    await other.download();
    expect(await price()).toBe(14_000);
  });
});

/** What a till does: changes a field of the bread, sells one, counts it, uploads, downloads. */
type Act = { readonly till: number } & (
  | { readonly kind: 'price' | 'name' | 'count'; readonly value: number }
  | { readonly kind: 'sell' | 'send' | 'hear' | 'forget' | 'forget-but-goods' }
);

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      till: fc.nat(2),
      kind: fc.constantFrom('price', 'price', 'name', 'count'),
      value: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      till: fc.nat(2),
      kind: fc.constantFrom('sell', 'send', 'send', 'hear'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      till: fc.nat(2),
      kind: fc.constantFrom('forget', 'forget-but-goods'),
    }),
  },
);

async function perform(till: WholeTill, doing: Act): Promise<void> {
  const [held] = await till.goods();
  // the till has dropped its copy, and with it the bread
  if (held === undefined && 'value' in doing) return;
  switch (doing.kind) {
    case 'price':
      await till.changeGoods([{ ...held!, price: money(1_000 * doing.value) }]);
      break;
    case 'name':
      await till.changeGoods([{ ...held!, name: `хлеб ${doing.value}` }]);
      break;
    case 'count':
      await till.changeGoods([{ ...held!, stock: quantity(1_000 * doing.value) }], {
        counted: [BREAD],
      });
      break;
    case 'sell':
      await till.sell(null, { cash: 10_000 });
      break;
    case 'send':
      await till.upload();
      break;
    case 'hear':
      await till.download();
      break;
    case 'forget':
      await forgetRemote(till.db, 'dropped');
      break;
    case 'forget-but-goods':
      await forgetRemote(till.db, 'kept');
  }
}

type Edit = { order: number; seen: number; till: string; value: unknown };

/** Edits that did not count because their authors did not know another. */
let stale = 0;

/** The bread by the order alone, independent of the product's code: the last edit that knew its predecessor, and all steps. */
async function expectedBread(reader: WholeTill): Promise<Partial<Product>> {
  const fields = new Map<string, Edit>();
  let stock = bread.stock as number;
  for (const { order, entry } of await reader.db.remoteJournal.orderBy('order').toArray()) {
    const body = entry?.['body'] as Record<string, { product: string; delta: number }[]>;
    const seen = (entry?.['seen'] as { order: number } | undefined)?.order ?? 0;
    if (entry === null) continue;
    if (entry.act === 'sale') for (const { delta } of body['stock'] ?? []) stock += delta;
    if (entry.act !== 'products-changed') continue;
    for (const { delta } of body['counted'] ?? []) stock += delta;
    for (const change of body['changed'] as unknown as { field: string; value: unknown }[]) {
      const winner = fields.get(change.field);
      const isUnknown = winner !== undefined && winner.order > seen && winner.till !== entry.till;
      if (isUnknown) stale += 1;
      else fields.set(change.field, { order, seen, till: entry.till, value: change.value });
    }
  }
  const value = <T>(field: string, before: T): T => (fields.get(field)?.value as T) ?? before;
  return {
    price: value('price', bread.price),
    name: value('name', bread.name),
    stock: quantity(stock),
  };
}

test(
  'whatever tills do and when they meet, all end with the goods that the order says',
  async () => {
    stale = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { minLength: 10, maxLength: 30, size: 'max' }),
        async (acts) => {
          await close();
          await open();
          tills.push(await WholeTill.enrolled(shop, 'Касса 3'));
          await one.changeGoods([bread]);
          await settle();
          for (const doing of acts) await perform(tills[doing.till]!, doing);
          await settle();
          const reader = await WholeTill.enrolled(shop, 'Касса 4');
          tills.push(reader);
          await reader.sync();
          const expected = await expectedBread(reader);
          for (const till of tills) {
            expect(await till.goods()).toMatchObject([expected]);
            expect(await checkRemote(till.db)).toBe(false);
          }
        },
      ),
      { numRuns: cases(12) },
    );
    expect(stale, 'the schedules met no stale edit').toBeGreaterThan(0);
  },
  limitOf(120_000),
);
