// Acts of a later version: an older relay keeps them, and judges them again once it knows them.
import { v7 as uuidv7 } from 'uuid';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Verdict } from '$lib/contract/shop-journal';
import type { Phone } from '$lib/domain/values/phone';
import { money } from '$lib/domain/values/money';
import { USUAL_TAX, type Product } from '$lib/domain/goods/product';
import { quantity } from '$lib/domain/values/quantity';
import { saveRepayment } from '$lib/storage/customers/debts';
import { customerById } from '$lib/storage/customers/customers';
import { openDiscrepancies } from '$lib/storage/customers/discrepancies';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import type { Understood } from '../../relay/context';
import { THIS_VERSION } from '../../relay/journal/stored-entries';
import { remoteTables } from '$lib/storage/remote/remote-order';
import { cases, limitOf } from '../support/cases';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';
import { passForgetDay } from '../support/two-tills';
import { syncTills } from '../support/whole-shop';
import { BREAD, WholeTill, type Shop } from '../support/whole-till';

const ANNA = uuidv7();

let relay: RunningRelay;
let shop: Shop;
let clock: ReturnType<typeof makeClock>;
let tills: WholeTill[];
let one: WholeTill;
let other: WholeTill;
/** What the relay understands after its next start. */
const overrides: { understood: Understood; snapshotEvery?: number } = { understood: THIS_VERSION };

const without = (...acts: string[]): Understood => ({
  ...THIS_VERSION,
  acts: new Set([...THIS_VERSION.acts].filter((act) => !acts.includes(act))),
});
/** A version from before the current rules. */
const OLDER_RULES: Understood = { ...THIS_VERSION, rules: 0 };

async function restartAs(understood: Understood): Promise<void> {
  overrides.understood = understood;
  await relay.restart();
}

const verdicts = (act: string): unknown[] =>
  relay.file
    .prepare('SELECT verdict FROM journal WHERE act = ? ORDER BY shop_order')
    .pluck()
    .all(act);
const judgedAgain = (): Verdict[] =>
  relay.file
    .prepare("SELECT entry FROM journal WHERE act = 'judged-again' ORDER BY shop_order")
    .pluck()
    .all()
    .map((entry) => (JSON.parse(String(entry)) as { body: { verdict: Verdict } }).body.verdict);
const flags = (): unknown[] =>
  relay.file.prepare('SELECT kind FROM flags ORDER BY cursor').pluck().all();
const messages = (): unknown[] =>
  relay.file.prepare('SELECT purpose FROM outbox ORDER BY id').pluck().all();

const repay = (till: WholeTill, amount: number) =>
  saveRepayment(till.db, {
    repayment: uuidv7(),
    customer: ANNA,
    operator: shop.owner.ownerId,
    at: till.now(),
    tenders: [{ kind: 'cash', amount: money(amount) }],
  });
const owed = (of = tills) => Promise.all(of.map(async (till) => (await till.standing(ANNA)).owed));
const sums = () => Promise.all(tills.map((till) => till.sums()));
const settle = () => syncTills(tills);
const areChecked = () => Promise.all(tills.map(({ db }) => checkRemote(db)));

const bread = (price: number): Product => ({
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
  price: money(price),
  unit: 'piece',
  category: 'Еда',
  stock: quantity(10_000),
});
const prices = () => Promise.all(tills.map(async (till) => (await till.goods())[0]?.price));
const events = () => relay.log.map(({ event }) => event);

/** The rows that other tills' entries have left at a till. */
const rowsOf = (till: WholeTill) =>
  Promise.all(
    remoteTables(till.db)
      .filter(({ name }) => name !== 'remoteJournal')
      .map(async (table) => [table.name, await table.toArray()] as const),
  );
const names = () => Promise.all(tills.map(async ({ db }) => (await customerById(db, ANNA))?.name));

beforeEach(async () => {
  overrides.understood = THIS_VERSION;
  delete overrides.snapshotEvery;
  clock = makeClock(Date.parse('2026-11-20T10:00:00Z'));
  relay = await startRelay({ now: clock.now, overrides });
  shop = { relay, clock, owner: await TillClient.ready(relay.url, clock.now) };
  one = await WholeTill.enrolled(shop, 'Касса 1');
  other = await WholeTill.enrolled(shop, 'Касса 2');
  tills = [one, other];
  await one.save(ANNA);
  await one.sell(ANNA, { price: 30_000 });
  await settle();
});
afterEach(async () => {
  await Promise.all(tills.map((till) => till.close()));
  await relay.stop();
});

test('an act that an older relay does not know counts at every till after its update', async () => {
  await restartAs(without('repayment'));
  expect(await repay(one, 10_000)).toMatchObject({ kind: 'saved' });
  await one.sell(ANNA, { price: 5_000 });
  await settle();
  expect(verdicts('repayment')).toEqual(['not-understood']);
  const told = messages();
  // only its author counts it
  expect(await owed()).toEqual([25_000, 35_000]);
  expect(await sums()).toEqual(['not-compared', 'agree']);
  // nothing new is understood, so the entry continues to wait
  await relay.restart();
  expect(judgedAgain()).toEqual([]);

  await restartAs(THIS_VERSION);
  expect(judgedAgain()).toEqual(['accepted']);
  await settle();
  expect(await owed()).toEqual([25_000, 25_000]);
  const late = await WholeTill.enrolled(shop, 'Касса 3');
  tills.push(late);
  await late.sync();
  expect(await owed()).toEqual([25_000, 25_000, 25_000]);
  expect(await sums()).toEqual(['agree', 'agree', 'agree']);
  for (const { db } of tills) expect(await checkRemote(db)).toBe(false);
  // judged only once
  await relay.restart();
  expect(judgedAgain()).toEqual(['accepted']);
  expect(flags()).toEqual(['act-unknown']);
  // its operator got a message about the sums at once, an owner one about the third till; the customer gets the one about the act
  // only now
  expect(messages().toSorted()).toEqual([...told, 'repayment', 'policy-weakened'].toSorted());
});

test('under rules that the relay does not have, everything waits, and later counts in its order', async () => {
  await one.changeGoods([bread(10_000)]);
  await settle();
  await restartAs(OLDER_RULES);
  await one.changeGoods([bread(11_000)]);
  await one.changeGoods([bread(12_000)]);
  await one.save(ANNA, { name: 'Анна Иванова' });
  await one.sell(ANNA, { price: 5_000 });
  await repay(other, 7_000);
  await settle();
  expect(await prices()).toEqual([12_000, 10_000]);
  expect(await owed()).toEqual([35_000, 23_000]);
  await restartAs(THIS_VERSION);
  expect(new Set(judgedAgain())).toEqual(new Set(['accepted']));
  await settle();
  expect(await prices()).toEqual([12_000, 12_000]);
  expect(await owed()).toEqual([28_000, 28_000]);
  expect(await names()).toEqual(['Анна Иванова', 'Анна Иванова']);
  expect(await areChecked()).toEqual([false, false]);
});

test('later changes of its own till stay, and a change of another till is a discrepancy', async () => {
  const milk = { ...bread(8_000), id: uuidv7(), name: 'молоко' };
  await one.changeGoods([bread(10_000), milk]);
  await settle();
  const live = { ...OLDER_RULES };
  await restartAs(live);
  await one.changeGoods([bread(11_000), { ...milk, price: money(9_000) }]);
  await one.save(ANNA, { name: 'Анна Старая' });
  await one.upload();
  // the newer till was withdrawn, too, so its new entries are understood
  live.rules = THIS_VERSION.rules;
  await one.changeGoods([bread(12_000)]);
  await one.save(ANNA, { name: 'Анна Новая' });
  await other.changeGoods([{ ...milk, price: money(7_000) }]);
  await settle();
  await restartAs(THIS_VERSION);
  await settle();
  expect(await prices()).toEqual([12_000, 12_000]);
  expect(await names()).toEqual(['Анна Новая', 'Анна Новая']);
  for (const { db } of tills)
    expect(await openDiscrepancies(db)).toMatchObject([{ kind: 'goods-stale' }]);
  expect(await areChecked()).toEqual([false, false]);
});

test('an act that breaks the rules is refused then, and its till shows the customer again', async () => {
  await restartAs(without('customer-forgotten'));
  const nobody = uuidv7();
  await one.save(nobody, { name: 'Борис', phone: '+79250000602' as Phone });
  await one.sync();
  await other.sync();
  expect(await one.forget(nobody)).toMatchObject({ kind: 'forgotten' });
  // the customer buys on account at a till that does not know of it
  expect(await other.sell(nobody, { price: 3_000 })).toMatchObject({ kind: 'saved' });
  await settle();
  expect(verdicts('customer-forgotten')).toEqual(['not-understood']);
  expect(await customerById(one.db, nobody)).toBeNull();
  await restartAs(THIS_VERSION);
  expect(judgedAgain()).toEqual(['refused']);
  await settle();
  for (const { db } of tills)
    expect(await customerById(db, nobody)).toMatchObject({ name: 'Борис' });
  expect(await areChecked()).toEqual([false, false]);
});

test('a customer is forgotten everywhere once the relay understands the act', async () => {
  await restartAs(without('customer-forgotten'));
  const nobody = uuidv7();
  await one.save(nobody, { name: 'Борис', phone: null });
  await settle();
  await one.forget(nobody);
  await settle();
  expect(await customerById(other.db, nobody)).toMatchObject({ name: 'Борис' });
  await restartAs(THIS_VERSION);
  expect(judgedAgain()).toEqual([]);
  await settle();
  await passForgetDay({ relay, clock });
  expect(judgedAgain()).toEqual(['accepted']);
  await settle();
  for (const till of tills) {
    expect(await customerById(till.db, nobody)).toBeNull();
    expect((await till.everything()).includes('Борис')).toBe(false);
  }
  expect(await areChecked()).toEqual([false, false]);
});

test('a new till gets waiting entries from a snapshot, and counts them once they are judged', async () => {
  overrides.snapshotEvery = 1;
  await restartAs(without('repayment'));
  await repay(one, 10_000);
  await one.sync();
  await relay.relay.snapshots.round();
  expect(events()).toContain('snapshot-made');
  const late = await WholeTill.enrolled(shop, 'Касса 3');
  tills.push(late);
  await settle();
  expect(await owed()).toEqual([20_000, 30_000, 30_000]);
  await restartAs(THIS_VERSION);
  await settle();
  expect(await owed()).toEqual([20_000, 20_000, 20_000]);
  expect(await areChecked()).toEqual([false, false, false]);
});

test('a relay of an older version makes no snapshot that lacks entries a later version accepted', async () => {
  overrides.snapshotEvery = 1;
  await relay.restart(() => {
    const file = new Sqlite(join(relay.dataDir, 'relay.db'));
    // it is the newest entry, so no later log hash depends on it
    const sql =
      'UPDATE journal SET entry = replace(entry, \'"act":"sale"\', \'"act":"sale-of-later"\')';
    file.prepare(sql).run();
    file.close();
  });
  await relay.relay.snapshots.round();
  expect(events()).toContain('snapshot-needs-update');
  expect(events()).not.toContain('snapshot-made');
});

test('after its update a till counts acts that it did not know when they arrived', async () => {
  const before = await rowsOf(other);
  await one.sell(ANNA, { price: 5_000 });
  await settle();
  const [sold] = await other.db.remoteJournal.where('order').above(0).reverse().limit(1).toArray();
  expect(await owed()).toEqual([35_000, 35_000]);
  // the copy as the previous version left it
  for (const [name, rows] of before) {
    await other.db.table(name).clear();
    await other.db.table(name).bulkPut(rows);
  }
  await other.db.remoteJournal.put({ ...sold!, effect: 'later-version' });
  expect(await owed()).toEqual([35_000, 30_000]);
  expect(await checkRemote(other.db)).toBe(true);
  await settle();
  expect(await owed()).toEqual([35_000, 35_000]);
  expect(await areChecked()).toEqual([false, false]);
});

const step = fc.oneof(
  fc.record({
    kind: fc.constant('sell' as const),
    at: fc.nat(1),
    price: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({
    kind: fc.constant('repay' as const),
    at: fc.nat(1),
    price: fc.integer({ min: 1, max: 20 }),
  }),
  fc.record({
    kind: fc.constant('price' as const),
    at: fc.nat(1),
    price: fc.integer({ min: 1, max: 99 }),
  }),
  fc.record({
    kind: fc.constant('save' as const),
    at: fc.nat(1),
    price: fc.integer({ min: 1, max: 99 }),
  }),
  fc.record({ kind: fc.constant('sync' as const), at: fc.nat(1) }),
  fc.record({
    kind: fc.constant('relay' as const),
    as: fc.constantFrom(
      THIS_VERSION,
      OLDER_RULES,
      without('sale'),
      without('repayment'),
      without('products-changed', 'customer-saved'),
    ),
  }),
);

test(
  'whatever versions the relay ran, all tills have the same data in the end',
  async () => {
    await one.changeGoods([bread(10_000)]);
    await settle();
    let expected = 30_000;
    let [serial, moved] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        for (const one of steps) {
          serial += 1;
          if (one.kind === 'relay') {
            await restartAs(one.as);
            continue;
          }
          const till = tills[one.at]!;
          if (one.kind === 'sync') await till.sync();
          if (one.kind === 'price') await till.changeGoods([bread(one.price * 100)]);
          if (one.kind === 'save') await till.save(ANNA, { name: `Анна ${serial}` });
          if (one.kind === 'sell') {
            const { kind } = await till.sell(ANNA, { price: one.price * 10 });
            if (kind === 'saved') expected += one.price * 10;
          }
          if (one.kind === 'repay') {
            const { kind } = await repay(till, one.price * 10);
            if (kind === 'saved') expected -= one.price * 10;
          }
        }
        await settle();
        await restartAs(THIS_VERSION);
        await settle();
        await settle();
        expect(
          relay.file
            .prepare(
              "SELECT COUNT(*) FROM journal WHERE verdict = 'not-understood' AND not_understood > 0",
            )
            .pluck()
            .get(),
        ).toBe(0);
        expect(await owed()).toEqual([expected, expected]);
        expect(new Set(await prices()).size).toBe(1);
        expect(new Set(await names()).size).toBe(1);
        expect(await areChecked()).toEqual([false, false]);
        moved += judgedAgain().length;
      }),
      { numRuns: cases(6) },
    );
    expect(moved).toBeGreaterThan(0);
  },
  limitOf(120_000),
);
