// A customer forgotten at one till is erased at every till and the relay, however they learn of it.
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { v7 as uuidv7 } from 'uuid';
import type { Phone } from '$lib/domain/values/phone';
import { customerById, saveCustomer } from '$lib/storage/customers/customers';
import { findCustomers } from '$lib/storage/customers/find-customers';
import { openDiscrepancies } from '$lib/storage/customers/discrepancies';
import { openDispute } from '$lib/storage/customers/disputes';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { missingRows } from '$lib/storage/recovery/missing-rows';
import { repair } from '$lib/storage/recovery/repair';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stopForgetting } from '../../relay/journal/delayed-forgettings';
import { openSnapshots } from '../../relay/journal/snapshots';
import { closeWholeShop, openWholeShop, syncTills, type WholeShop } from '../support/whole-shop';
import { passForgetDay } from '../support/two-tills';
import { WholeTill } from '../support/whole-till';

const ANNA = uuidv7();
const NAME = 'Анна Кузнецова';
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
  await one.save(ANNA, { name: NAME, phone: PHONE });
  await syncAll();
});
afterEach(() => closeWholeShop(whole));

async function enrolled(): Promise<WholeTill> {
  const till = await WholeTill.enrolled(shop, `Касса ${tills.length + 1}`);
  tills.push(till);
  return till;
}

const syncAll = () => syncTills(tills);
/** Lets all tills sync, the day pass after which the card is erased, and all sync again. */
async function eraseAll(): Promise<void> {
  await syncAll();
  await passForgetDay(whole);
  await syncAll();
}

const shownAt = async (till: WholeTill) => (await findCustomers(till.db, 'кузнец', 5)).length;
const cardsAtRelay = (): unknown =>
  relay.file.prepare('SELECT COUNT(*) FROM cards WHERE customer = ?').pluck().get(ANNA);
const flags = (): unknown[] =>
  relay.file.prepare('SELECT kind, detail FROM flags ORDER BY cursor').raw().all();

/** Nothing of the card is left anywhere, and no till reports that as damage. */
async function expectGone(): Promise<void> {
  expect(cardsAtRelay()).toBe(0);
  for (const till of tills) {
    expect(await shownAt(till)).toBe(0);
    expect(await customerById(till.db, ANNA)).toBeNull();
    const everything = await till.everything();
    expect(everything.includes(NAME)).toBe(false);
    expect(everything.includes(PHONE)).toBe(false);
    expect(await checkRemote(till.db)).toBe(false);
    expect(await missingRows(till.db)).toMatchObject({ cards: [] });
    expect(await repair(till.db, clock.now())).toEqual([]);
  }
}

test('is hidden at once, and erased everywhere when the relay has accepted it', async () => {
  await one.sell(ANNA, { cash: 10_000 });
  expect(await one.forget(ANNA)).toEqual({ kind: 'forgotten' });
  expect(await shownAt(one)).toBe(0);
  expect(await shownAt(other)).toBe(1);
  expect((await one.everything()).includes(NAME)).toBe(true);
  await syncAll();
  // hidden at every till, and still stored
  for (const till of tills) {
    expect(await shownAt(till)).toBe(0);
    expect((await till.everything()).includes(NAME)).toBe(true);
    expect(await checkRemote(till.db)).toBe(false);
    expect(await repair(till.db, clock.now())).toEqual([]);
  }
  await eraseAll();
  await expectGone();
  expect(flags()).toEqual([]);
  expect(await one.forget(ANNA)).toEqual({ kind: 'forgotten' });
  const acts = (await one.entries()).map(({ act }) => act);
  expect(acts.filter((act) => act === 'customer-forgotten')).toHaveLength(1);
});

test('the sales and the sums stay', async () => {
  await one.sell(ANNA, { price: 50_000, cash: 50_000 });
  await syncAll();
  const before = await other.standing(ANNA);
  expect(before.points).toBeGreaterThan(0);
  await one.forget(ANNA);
  const [entry] = (await one.entries()).slice(-1);
  expect(entry?.body).toEqual({
    customer: ANNA,
    merged: [],
    lapsed: before.points,
    consent: { kind: 'by-right' },
  });
  await syncAll();
  for (const till of tills) expect(await till.standing(ANNA)).toEqual(before);
  expect(await one.db.sales.count()).toBe(1);
});

test('no till sells to them or saves their card afterwards', async () => {
  await one.forget(ANNA);
  expect(await one.sell(ANNA)).toMatchObject({ because: { kind: 'no-customer' } });
  await syncAll();
  for (const { db, sell } of tills.map((till) => ({ db: till.db, sell: till.sell.bind(till) }))) {
    expect(await sell(ANNA)).toMatchObject({ because: { kind: 'no-customer' } });
    const customer = {
      id: ANNA,
      name: NAME,
      phone: PHONE,
      credit: { kind: 'shop-limit' },
      ...NO_DETAILS,
    } as const;
    const attempt = { customer, operator: shop.owner.ownerId, at: clock.now() };
    expect(await saveCustomer(db, attempt)).toEqual({
      kind: 'refused',
      because: { kind: 'customer-forgotten' },
    });
  }
});

describe('is refused', () => {
  test('by the till itself while it knows of a debt or dispute', async () => {
    await one.sell(ANNA);
    expect(await one.forget(ANNA)).toMatchObject({ because: { kind: 'owes', amount: 10_000 } });
    const by = { operator: shop.owner.ownerId, at: clock.now() };
    await openDispute(other.db, { customer: ANNA, about: null, note: null, ...by });
    expect(await other.forget(ANNA)).toMatchObject({ because: { kind: 'disputed' } });
  });

  test('by the relay for a debt at another till: the card is shown again and erased nowhere', async () => {
    await other.sell(ANNA);
    await one.forget(ANNA);
    await other.sync();
    await syncAll();
    expect(flags()).toEqual([['forget-refused', 'owes']]);
    for (const till of tills) expect(await shownAt(till)).toBe(1);
    expect(cardsAtRelay()).toBe(1);
    for (const { db } of tills)
      expect(await openDiscrepancies(db)).toMatchObject([
        { kind: 'forget-refused', detail: 'owes' },
      ]);
    expect(await one.forget(ANNA)).toMatchObject({ because: { kind: 'owes' } });
  });
});

describe('stopped by an owner,', () => {
  test('the card is shown again at every till, and can be sold to and forgotten', async () => {
    await one.forget(ANNA);
    await syncAll();
    const late = await enrolled();
    await syncAll();
    for (const till of tills) expect(await shownAt(till)).toBe(0);
    expect(await stopForgetting(relay.relay, ANNA)).toBe(true);
    await syncAll();
    for (const till of tills) {
      expect(await shownAt(till)).toBe(1);
      expect(await till.db.forgotten.count()).toBe(0);
      expect(await checkRemote(till.db)).toBe(false);
      expect(await repair(till.db, clock.now())).toEqual([]);
    }
    expect(await late.sell(ANNA, { cash: 10_000 })).toMatchObject({ kind: 'saved' });
    await one.forget(ANNA);
    await eraseAll();
    await expectGone();
  });
});

describe('a till that was away', () => {
  test('erases the card, too; its own acts with the card are listed and do not restore it', async () => {
    await other.save(ANNA, { name: `${NAME}-Петрова`, phone: PHONE });
    await other.sell(ANNA);
    await one.forget(ANNA);
    await one.sync();
    await passForgetDay(whole);
    await eraseAll();
    await expectGone();
    for (const till of tills) {
      const found = await openDiscrepancies(till.db);
      expect(found.map(({ kind }) => kind)).toEqual(['customer-forgotten', 'customer-forgotten']);
      expect(await till.standing(ANNA)).toEqual({ owed: 10_000, points: 0 });
    }
  });

  test('that downloads this before it uploads its own entries no longer has the card to send', async () => {
    await other.save(ANNA, { name: `${NAME}-Петрова`, phone: PHONE });
    await one.forget(ANNA);
    await one.sync();
    await passForgetDay(whole);
    await other.download();
    expect((await other.everything()).includes(NAME)).toBe(false);
    await syncAll();
    await expectGone();
  });

  test('removes them from receipts that are not closed yet', async () => {
    const receipt = { id: uuidv7(), lines: [], customer: ANNA, tenders: [] };
    const draft = {
      receipt,
      place: 'tender',
      checkout: { kind: 'tendering', voided: null },
    } as const;
    await other.db.drafts.bulkPut([
      { slot: 'open', ...draft, id: receipt.id },
      { slot: 'held:2', ...draft, id: receipt.id },
    ] as never);
    await one.forget(ANNA);
    await eraseAll();
    const drafts = await other.db.drafts.toArray();
    expect(drafts.map(({ receipt: { customer } }) => customer)).toEqual([null, null]);
  });
});

test('loses nothing but the card if the copy of the order is downloaded again', async () => {
  await one.forget(ANNA);
  await eraseAll();
  for (const till of tills) await forgetRemote(till.db, 'dropped');
  for (const till of tills) expect(await missingRows(till.db)).toMatchObject({ cards: [] });
  await syncAll();
  await expectGone();
});

test('it is erased at a device that enrolled again in between', async () => {
  await one.forget(ANNA);
  await one.reEnrol();
  await eraseAll();
  await expectGone();
  expect(flags()).toEqual([]);
});

describe('at a second copy of the device that forgot them,', () => {
  const copied = async (): Promise<WholeTill> => {
    const copy = await one.cloned();
    tills.push(copy);
    return copy;
  };

  test('it is erased if the first copy carries the act over under a new id', async () => {
    await one.forget(ANNA);
    const copy = await copied();
    await one.reEnrol();
    await one.sync();
    await copy.reEnrol();
    await eraseAll();
    await expectGone();
  });

  test('the card is shown again if the relay refused the act of the first copy', async () => {
    await other.sell(ANNA);
    await other.sync();
    await one.forget(ANNA);
    const copy = await copied();
    await one.reEnrol();
    await one.sync();
    await copy.reEnrol();
    await syncAll();
    for (const till of tills) expect(await shownAt(till)).toBe(1);
  });
});

describe('a new till', () => {
  const snapshots = () => openSnapshots(relay.relay, 1);

  test('never gets the card, with every entry or from a snapshot', async () => {
    await one.forget(ANNA);
    await syncAll();
    await enrolled();
    await syncAll();
    await snapshots().round();
    await enrolled();
    await syncAll();
    // hidden there, too, from the snapshot on
    for (const till of tills) expect(await shownAt(till)).toBe(0);
    await eraseAll();
    await expectGone();
    expect(await tills.at(-1)?.db.remoteCards.get(ANNA)).toMatchObject({ isForgotten: true });
  });

  test('that began with a snapshot before it erases the card as well', async () => {
    await snapshots().round();
    const late = await enrolled();
    await late.sync();
    expect(await shownAt(late)).toBe(1);
    await one.forget(ANNA);
    await eraseAll();
    await expectGone();
    expect(relay.file.prepare('SELECT COUNT(*) FROM snapshots').pluck().get()).toBe(0);
  });
});
