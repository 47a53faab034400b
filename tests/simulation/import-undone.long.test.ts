// An import undone at one till is undone at every till and at the relay, as a whole or not at all.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import type { Phone } from '$lib/domain/values/phone';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { missingRows } from '$lib/storage/recovery/missing-rows';
import { repair } from '$lib/storage/recovery/repair';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import { customersByIds, importCustomers } from '$lib/storage/customers/customers';
import { debtorsOf } from '$lib/storage/customers/debtors';
import { openDiscrepancies } from '$lib/storage/customers/discrepancies';
import { openDispute } from '$lib/storage/customers/disputes';
import { recentImports, undoImport, whatUndoing } from '$lib/storage/customers/undone-imports';
import { openSnapshots } from '../../relay/journal/snapshots';
import { RelayCopy } from '../support/relay-copy';
import { closeWholeShop, openWholeShop, syncTills, type WholeShop } from '../support/whole-shop';
import { WholeTill } from '../support/whole-till';

const [ANNA, BORIS, VERA] = [uuidv7(), uuidv7(), uuidv7()];
const ALL = [ANNA, BORIS, VERA];
const PHONE = '+79250000677' as Phone;

let whole: WholeShop;
let relay: WholeShop['relay'];
let clock: WholeShop['clock'];
let shop: WholeShop['shop'];
let tills: WholeTill[];
let one: WholeTill;
let other: WholeTill;

beforeEach(async () => {
  whole = await openWholeShop();
  ({ relay, clock, shop, tills, one, other } = whole);
  const credit = { kind: 'shop-limit' } as const;
  const card = (id: string, name: string, phone: Phone | null) => ({
    id,
    name,
    phone,
    credit,
    ...NO_DETAILS,
  });
  const customers = [
    { ...card(ANNA, 'Анна', PHONE), owed: 54_000, points: 30 },
    { ...card(BORIS, 'Борис', null), owed: -1_000, points: 0 },
    { ...card(VERA, 'Вера', null), owed: 0, points: 0 },
  ];
  const imported = { source: 'file', customers, approvals: [], ...by() } as const;
  expect(await importCustomers(one.db, imported)).toMatchObject({ added: 3 });
  await syncAll();
});
afterEach(() => closeWholeShop(whole));

const by = () => ({ operator: shop.owner.ownerId, at: clock.now() });

async function enrolled(): Promise<WholeTill> {
  const till = await WholeTill.enrolled(shop, `Касса ${tills.length + 1}`);
  tills.push(till);
  return till;
}

const syncAll = () => syncTills(tills);

async function placeAt({ db }: WholeTill) {
  const [imported] = await recentImports(db, 0);
  return imported!.place;
}
async function preview(till: WholeTill) {
  const seen = await whatUndoing(till.db, { place: await placeAt(till), ...by() });
  if (seen.kind !== 'allowed') throw new Error(seen.because.kind);
  return seen;
}
const undo = async (till: WholeTill, customers: readonly string[]) =>
  undoImport(till.db, { place: await placeAt(till), customers, approval: null, ...by() });
/** Undoes it for all customers for whom the till can. */
const undoAll = async (till: WholeTill) => undo(till, (await preview(till)).customers);

const namesAt = async ({ db }: WholeTill) =>
  (await customersByIds(db, ALL)).map(({ name }) => name).sort();
const owedAt = async (till: WholeTill) =>
  Promise.all(ALL.map(async (id) => (await till.standing(id)).owed));
const flags = (): unknown[] =>
  relay.file.prepare('SELECT kind, detail FROM flags ORDER BY cursor').raw().all();

/** Every till shows this, and finds nothing wrong with it. */
async function expectAll(names: readonly string[], owed: readonly number[]): Promise<void> {
  for (const till of tills) {
    expect(await namesAt(till)).toEqual(names);
    expect(await owedAt(till)).toEqual(owed);
    const debtors = (await debtorsOf(till.db, clock.now(), null)).map(({ customer }) => customer);
    expect(debtors).toEqual(ALL.filter((_, place) => owed[place]! > 0));
    expect(await checkRemote(till.db)).toBe(false);
    expect(await missingRows(till.db)).toMatchObject({ cards: [] });
    expect(await repair(till.db, clock.now())).toEqual([]);
  }
}
const GIVEN = [54_000, -1_000, 0];

test('it hides the cards at once, and everything is gone everywhere once the relay accepts it', async () => {
  expect(await preview(one)).toMatchObject({ customers: ALL, staying: [] });
  expect(await undoAll(one)).toEqual({ kind: 'undone', customers: 3 });
  expect(await namesAt(one)).toEqual([]);
  expect(await owedAt(one)).toEqual(GIVEN);
  expect(await recentImports(one.db, 0)).toMatchObject([{ left: 0, asked: 3 }]);
  await syncAll();
  await expectAll([], [0, 0, 0]);
  expect(flags()).toEqual([]);
  for (const till of tills) expect(await till.standing(ANNA)).toEqual({ owed: 0, points: 0 });
  expect(await recentImports(one.db, 0)).toMatchObject([{ customers: 3, left: 0, asked: 0 }]);
  expect(await undo(one, ALL)).toMatchObject({ because: { kind: 'changed-since' } });
});

test('another till can undo it, too', async () => {
  expect(await undoAll(other)).toEqual({ kind: 'undone', customers: 3 });
  await syncAll();
  await expectAll([], [0, 0, 0]);
  expect(flags()).toEqual([]);
});

test('customers who were changed since stay as they are, each with the reason', async () => {
  await one.sell(ANNA);
  await openDispute(one.db, { customer: BORIS, about: null, note: null, ...by() });
  const { customers, accounts, staying } = await preview(one);
  expect([customers, accounts]).toEqual([[VERA], []]);
  expect(staying).toEqual([
    { customer: ANNA, name: 'Анна', because: 'moved' },
    { customer: BORIS, name: 'Борис', because: 'disputed' },
  ]);
  expect(await undo(one, [VERA, ANNA])).toMatchObject({ because: { kind: 'changed-since' } });
  await undoAll(one);
  await syncAll();
  await expectAll(['Анна', 'Борис'], [64_000, -1_000, 0]);
  expect(flags()).toEqual([]);
});

test('a card that another till changed stays', async () => {
  await other.save(VERA, { name: 'Вера П.', phone: null });
  await syncAll();
  expect((await preview(one)).staying).toEqual([
    { customer: VERA, name: 'Вера П.', because: 'card-saved' },
  ]);
});

test('after an unknown sale at another till all customers stay, and that is listed', async () => {
  expect(await other.sell(ANNA)).toMatchObject({ kind: 'saved' });
  await other.sync();
  await undoAll(one);
  await one.sync();
  await syncAll();
  expect(flags()).toEqual([['undo-refused', 'changed-since']]);
  await expectAll(['Анна', 'Борис', 'Вера'], [64_000, -1_000, 0]);
  expect(await recentImports(one.db, 0)).toMatchObject([{ left: 3, asked: 0 }]);
  for (const { db } of tills)
    expect(await openDiscrepancies(db)).toMatchObject([{ kind: 'undo-refused' }]);
  await undoAll(one);
  await syncAll();
  await expectAll(['Анна'], [64_000, 0, 0]);
});

test('the result is the same after the order is downloaded again', async () => {
  await undoAll(one);
  await syncAll();
  for (const till of tills) await forgetRemote(till.db, 'dropped');
  await syncAll();
  await expectAll([], [0, 0, 0]);
});

test('it is undone at a device that enrolled again in between', async () => {
  await undoAll(one);
  await one.reEnrol();
  await syncAll();
  await expectAll([], [0, 0, 0]);
  expect(flags()).toEqual([]);
});

describe('a relay restored from an older copy', () => {
  let copy: RelayCopy;
  beforeEach(() => (copy = new RelayCopy()));
  afterEach(() => copy.remove());

  test('that lacks the import: it stays undone, even if its till uploads it later', async () => {
    copy.take(relay);
    const credit = { kind: 'shop-limit' } as const;
    const grigory = { ...NO_DETAILS, id: uuidv7(), name: 'Григорий', phone: null, credit };
    const customers = [{ ...grigory, owed: 7_000, points: 5 }];
    await importCustomers(one.db, { source: 'file', customers, approvals: [], ...by() });
    await syncAll();
    await undoAll(other);
    await syncAll();
    await copy.putBack(relay);
    await other.sync();
    await syncAll();
    for (const till of tills) {
      expect(await customersByIds(till.db, [grigory.id])).toEqual([]);
      expect(await till.standing(grigory.id)).toEqual({ owed: 0, points: 0 });
      expect(await checkRemote(till.db)).toBe(false);
    }
    expect(flags()).toEqual([]);
  });

  test('that gets a sale first: the customers are shown again everywhere', async () => {
    const third = await enrolled();
    await third.sync();
    copy.take(relay);
    expect(await third.sell(ANNA)).toMatchObject({ kind: 'saved' });
    await undoAll(other);
    await other.sync();
    await one.sync();
    expect([await namesAt(one), await namesAt(other)]).toEqual([[], []]);
    await copy.putBack(relay);
    await third.sync();
    await syncAll();
    await syncAll();
    expect(flags()).toEqual([['undo-refused', 'changed-since']]);
    await expectAll(['Анна', 'Борис', 'Вера'], [64_000, -1_000, 0]);
    // also after everything is downloaded again
    await forgetRemote(one.db, 'dropped');
    await syncAll();
    await expectAll(['Анна', 'Борис', 'Вера'], [64_000, -1_000, 0]);
  });
});

describe('a new till', () => {
  test('has neither cards nor debts, with every entry or from a snapshot', async () => {
    await undoAll(one);
    await syncAll();
    await enrolled();
    await syncAll();
    await openSnapshots(relay.relay, 1).round();
    await enrolled();
    await syncAll();
    await expectAll([], [0, 0, 0]);
  });
});
