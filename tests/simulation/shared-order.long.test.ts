// Several whole tills and a real relay: acts of one till are known at the others.
import { v7 as uuidv7 } from 'uuid';
import type { Policy } from '$lib/contract/policy';
import type { FlagKind } from '$lib/contract/journal-upload';
import type { JournalPage, OrderedEntry } from '$lib/contract/shop-journal';
import { isDiscrepancy } from '$lib/domain/customers/discrepancy';
import { money } from '$lib/domain/values/money';
import { verifyCheckpoint } from '$lib/proof/shop-log';
import { enteredOn, type CardEntered } from '$lib/domain/customers/customer';
import { changeCustomer, customerById } from '$lib/storage/customers/customers';
import { closedDiscrepancies, openDiscrepancies } from '$lib/storage/customers/discrepancies';
import { applyStaleEdit, closeDiscrepancy } from '$lib/storage/customers/settled-discrepancies';
import { findCustomers, sharingNumber } from '$lib/storage/customers/find-customers';
import { closeDispute, disputeOf, openDispute } from '$lib/storage/customers/disputes';
import { withWriterLock, type TillDb } from '$lib/storage/database/db';
import { entryOf } from '$lib/storage/journal/reader';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { missingRows } from '$lib/storage/recovery/missing-rows';
import { applyDownloaded } from '$lib/storage/remote/apply-downloaded';
import { forgetRemote, remoteCursorIn, START_OF_ORDER } from '$lib/storage/remote/remote-order';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { declarePutBack } from '../../relay/tills/restored';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { RelayCopy } from '../support/relay-copy';
import { TillClient } from '../support/till-client';
import { acceptWaiting, onAccountSale, overrideBy, TillJournal } from '../support/till-journal';
import { asksOrder, WholeTill, type Shop } from '../support/whole-till';

let relay: RunningRelay;
let shop: Shop;
let one: WholeTill;
let other: WholeTill;
const ANNA = uuidv7();
const CASHIER = uuidv7();

const withCashier = (policy: Policy): Policy => {
  const [owner] = policy.operators;
  if (owner === undefined) throw new Error('no owner');
  const cashier = { ...owner, id: CASHIER, name: 'Кирилл', group: 'cashier' };
  return { ...policy, operators: [owner, cashier] };
};

/** The relay's flags. */
const flagsOf = (): unknown[] =>
  relay.file.prepare('SELECT kind, detail FROM flags ORDER BY cursor').all();

beforeEach(async () => {
  const clock = makeClock(Date.parse('2026-11-20T10:00:00Z'));
  relay = await startRelay({ now: clock.now });
  const owner = await TillClient.ready(relay.url, clock.now, withCashier);
  shop = { relay, clock, owner };
  one = await WholeTill.enrolled(shop, 'Касса 1');
  other = await WholeTill.enrolled(shop, 'Касса 2');
});
afterEach(async () => {
  await Promise.all([one, other].map((till) => till.close()));
  await relay.stop();
});

test('a debt at one till is the customer’s debt at the other', async () => {
  await one.save(ANNA);
  await other.save(ANNA);
  expect(await one.sell(ANNA, { price: 30_000 })).toMatchObject({ kind: 'saved' });
  await one.sync();
  expect(await other.standing(ANNA)).toEqual({ owed: 0, points: 0 });
  await other.sync();
  expect(await other.standing(ANNA)).toEqual({ owed: 30_000, points: 0 });
  expect(await other.sell(ANNA, { price: 5_000 })).toMatchObject({ kind: 'saved' });
  await other.sync();
  await one.sync();
  expect(await one.standing(ANNA)).toEqual({ owed: 35_000, points: 0 });
  expect(await other.standing(ANNA)).toEqual({ owed: 35_000, points: 0 });
  const seen = await other.entries();
  expect(seen.at(-1)?.seen.order).toBeGreaterThan(0);
});

test('a dispute at one till freezes the credit at the other, until somebody closes it at either', async () => {
  for (const till of [one, other]) await till.save(ANNA);
  const sale = await one.sell(ANNA);
  const about = sale.kind === 'saved' ? sale.entry.hash : '';
  await one.sync();
  await other.sync();
  const operator = shop.owner.ownerId;
  const at = shop.clock.now();
  await openDispute(other.db, { customer: ANNA, about, note: 'Not me', operator, at });
  await other.sync();
  expect(await disputeOf(one.db, ANNA)).toBeNull();
  await one.sync();
  const opened = await disputeOf(one.db, ANNA);
  expect(opened).toMatchObject({ customer: ANNA, about, opened: { note: 'Not me' } });
  expect(await one.sell(ANNA)).toMatchObject({ kind: 'refused' });
  const closing = { customer: ANNA, outcome: 'stands', note: 'Asked them', operator, at } as const;
  await closeDispute(one.db, { entry: opened?.entry ?? '', ...closing });
  await one.sync();
  expect(await disputeOf(other.db, ANNA)).not.toBeNull();
  await other.sync();
  expect(await disputeOf(other.db, ANNA)).toBeNull();
  expect(flagsOf()).toEqual([]);
});

describe('a customer’s card', () => {
  const found = async (till: WholeTill, text: string) =>
    (await findCustomers(till.db, text, 10)).map(({ name, phone }) => [name, phone]);
  const PHONE = '+79250000601';

  test('saved at one till is found at the other, with the same secret', async () => {
    await one.save(ANNA, { name: 'Анна Кузнецова' });
    await one.sync();
    await other.sync();
    expect(await found(other, 'кузнец')).toEqual([['Анна Кузнецова', PHONE]]);
    expect(await found(other, '0601')).toEqual([['Анна Кузнецова', PHONE]]);
    const [here, there] = await Promise.all([one, other].map(({ db }) => customerById(db, ANNA)));
    expect(there).toEqual({ ...here, phoneSince: here?.phoneSince });
    expect(await other.sell(ANNA, { price: 7_000 })).toMatchObject({ kind: 'saved' });
    expect(await missingRows(other.db)).toMatchObject({ cards: [] });
    await other.sync();
    expect(flagsOf()).toEqual([]);
  });

  test('changed at the other is changed here, and found only by its new words', async () => {
    await one.save(ANNA, { name: 'Анна' });
    await one.sync();
    await other.sync();
    await other.save(ANNA, { name: 'Анна Петрова' });
    expect(await found(other, '')).toEqual([['Анна Петрова', PHONE]]);
    await other.sync();
    await one.sync();
    expect(await found(one, 'петрова')).toEqual([['Анна Петрова', PHONE]]);
    expect(await found(one, '')).toEqual([['Анна Петрова', PHONE]]);
    expect(flagsOf()).toEqual([]);
  });

  test('changed at both without contact: the first change in the order stays at both', async () => {
    await one.save(ANNA, { name: 'Анна' });
    await one.sync();
    await other.sync();
    await one.save(ANNA, { name: 'Анна Первая' });
    await other.save(ANNA, { name: 'Анна Вторая' });
    await one.sync();
    await other.download();
    // not uploaded yet, so its own change is the newest that it knows
    expect(await found(other, '')).toEqual([['Анна Вторая', PHONE]]);
    for (const till of [other, one]) await till.sync();
    for (const till of [one, other])
      expect(await found(till, '')).toEqual([['Анна Первая', PHONE]]);
    await other.save(ANNA, { name: 'Анна Третья' });
    for (const till of [other, one]) await till.sync();
    for (const till of [one, other])
      expect(await found(till, '')).toEqual([['Анна Третья', PHONE]]);
    for (const { db } of [one, other]) expect(await checkRemote(db)).toBe(false);
  });

  test('changed here while a later part of the download has a change of it: the own change stays', async () => {
    await one.save(ANNA, { name: 'Анна' });
    for (const till of [one, other]) await till.sync();
    for (let sale = 0; sale < 12; sale += 1) await one.sell(null, { cash: 10_000 });
    await one.save(ANNA, { name: 'Анна Первая' });
    await one.sync();
    let saving: Promise<unknown> = Promise.resolve();
    // the lock is given in turn: the card is saved before the second part is written
    const save = () => void (saving = other.save(ANNA, { name: 'Анна Вторая' }));
    expect(await other.whileApplying(1, save)).toBe(true);
    await saving;
    expect(await found(other, '')).toEqual([['Анна Вторая', PHONE]]);
    expect(await checkRemote(other.db)).toBe(false);
    for (const till of [other, one]) await till.sync();
    for (const till of [one, other])
      expect(await found(till, '')).toEqual([['Анна Первая', PHONE]]);
  });

  test('a changed limit stays, even if another till saved the card without knowing it', async () => {
    await one.save(ANNA, { name: 'Анна' });
    for (const till of [one, other]) await till.sync();
    const limit = { kind: 'own-limit', limit: money(100) } as const;
    await one.save(ANNA, { name: 'Анна', credit: limit });
    await one.sync();
    await other.save(ANNA, { name: 'Анна Другая' });
    for (const till of [other, one]) await till.sync();
    const cards = await Promise.all([one, other].map(({ db }) => customerById(db, ANNA)));
    for (const card of cards) expect(card).toMatchObject({ credit: limit });
    expect(cards[0]?.name).toEqual(cards[1]?.name);
  });

  test('that the relay does not have does not delay debts', async () => {
    await one.save(ANNA, { name: 'Анна' });
    await one.sell(ANNA, { price: 8_000 });
    await one.db.customers.clear();
    await one.sync();
    await other.sync();
    expect(await found(other, '')).toEqual([]);
    expect(await other.standing(ANNA)).toEqual({ owed: 8_000, points: 0 });
    await one.save(ANNA, { name: 'Анна' });
    await one.sync();
    await other.sync();
    expect(await found(other, '')).toEqual([['Анна', PHONE]]);
  });

  test('of a till that has re-enrolled twice since can be changed by others', async () => {
    await one.save(ANNA, { name: 'Анна' });
    await one.sync();
    await other.sync();
    await one.save(ANNA, { name: 'Анна Первая' });
    for (let n = 0; n < 2; n += 1) {
      await one.reEnrol();
      await one.sync();
    }
    await other.sync();
    await other.save(ANNA, { name: 'Анна Вторая' });
    await other.sync();
    await one.sync();
    for (const till of [one, other])
      expect(await found(till, '')).toEqual([['Анна Вторая', PHONE]]);
    expect(await checkRemote(one.db)).toBe(false);
  });

  test('from a journal that the relay had lost can be changed by others once it is accepted', async () => {
    const copy = new RelayCopy();
    await one.save(ANNA, { name: 'Анна' });
    for (const till of [one, other]) await till.sync();
    copy.take(shop.relay);
    await one.reEnrol();
    await one.save(ANNA, { name: 'Анна Первая' });
    await one.sync();
    await copy.putBack(shop.relay);
    copy.remove();
    expect(await one.upload()).toMatchObject({ kind: 'quarantined' });
    await one.reEnrol();
    await one.sync();
    await shop.owner.signIn();
    await shop.owner.elevate();
    await acceptWaiting(shop.owner);
    for (const till of [one, other]) await till.sync();
    await other.save(ANNA, { name: 'Анна Вторая' });
    for (const till of [other, one]) await till.sync();
    for (const till of [one, other])
      expect(await found(till, '')).toEqual([['Анна Вторая', PHONE]]);
    expect(await checkRemote(one.db)).toBe(false);
  });

  test('from a second copy of a device can be changed by others', async () => {
    await one.save(ANNA, { name: 'Анна' });
    await one.sync();
    await other.sync();
    await one.save(ANNA, { name: 'Анна Первая' });
    const clone = await one.cloned();
    await one.reEnrol();
    await one.sync();
    await other.sync();
    await other.save(ANNA, { name: 'Анна Вторая' });
    await other.sync();
    await clone.reEnrol();
    for (const till of [clone, one]) await till.sync();
    for (const till of [one, other, clone]) {
      expect(await found(till, '')).toEqual([['Анна Вторая', PHONE]]);
      expect(await checkRemote(till.db)).toBe(false);
    }
    await clone.close();
  });

  test('whose content does not match its hash is not shown', async () => {
    await one.save(ANNA, { name: 'Анна' });
    await one.sync();
    other.network = (ask) => async (input, init) => {
      const response = await ask(input, init);
      if (typeof input !== 'string' || !input.endsWith('/cards')) return response;
      const text = await response.text();
      return new Response(text.replace('Анна', 'Хана'), response);
    };
    await other.sync();
    expect(await found(other, '')).toEqual([]);
  });
});

describe('the limit of a debt', () => {
  const LIMIT = 500_000;
  beforeEach(async () => {
    for (const till of [one, other])
      await till.save(ANNA, { credit: { kind: 'own-limit', limit: money(LIMIT) } });
    await one.sync();
    expect(await one.sell(ANNA, { price: 300_000 })).toMatchObject({ kind: 'saved' });
  });
  const more = { price: 250_000, operator: CASHIER };

  test('applies at the other till', async () => {
    await one.sync();
    await other.sync();
    expect(await other.sell(ANNA, more)).toMatchObject({
      kind: 'refused',
      because: { kind: 'over-limit' },
    });
    expect(flagsOf()).toEqual([]);
  });

  test('exceeded by two tills without contact is a discrepancy, and no broken rule', async () => {
    expect(await other.sell(ANNA, more)).toMatchObject({ kind: 'saved' });
    await one.sync();
    await other.sync();
    await one.sync();
    for (const till of [one, other]) expect((await till.standing(ANNA)).owed).toBe(550_000);
    expect(flagsOf()).toEqual([
      { kind: 'limit-elsewhere', detail: 'sell-on-account' },
      { kind: 'cap-elsewhere', detail: 'sell-on-account' },
    ]);
  });
});

describe('a discrepancy between two tills without contact', () => {
  const settle = (till: WholeTill, id: string, operator = shop.owner.ownerId) =>
    closeDiscrepancy(till.db, {
      id,
      outcome: 'dealt-with',
      note: 'They pay on Friday',
      operator,
      at: shop.clock.now(),
    });
  const openAt = async (till: WholeTill) =>
    (await openDiscrepancies(till.db)).map(({ kind }) => kind);
  const brokenRules = () =>
    (flagsOf() as { kind: FlagKind }[]).filter(({ kind }) => !isDiscrepancy(kind));

  /** Both tills let the customer owe by right, together more than the cap; returns the id of the discrepancy. */
  async function capExceeded(): Promise<string> {
    for (const till of [one, other]) await till.save(ANNA);
    await one.sell(ANNA, { price: 200_000 });
    await other.sell(ANNA, { price: 200_000 });
    for (const till of [one, other, one]) await till.sync();
    const [found] = await openDiscrepancies(one.db);
    return found?.id ?? '';
  }

  test('is listed at both with both sides, settled at one and gone at the other', async () => {
    const id = await capExceeded();
    for (const till of [one, other]) {
      const [found, ...others] = await openDiscrepancies(till.db);
      expect(others).toEqual([]);
      if (found === undefined) expect.fail('nothing to settle');
      expect(found).toMatchObject({ kind: 'cap-elsewhere', closed: null });
      const sides = [found.entry, ...found.against].map((place) => entryOf(till.db, place));
      expect((await Promise.all(sides)).map((entry) => [entry?.till, entry?.act])).toEqual([
        [other.id, 'sale'],
        [one.id, 'sale'],
      ]);
    }
    expect(await settle(other, id, CASHIER)).toMatchObject({ because: { kind: 'no-right' } });
    expect(await settle(other, id)).toEqual({ kind: 'recorded' });
    expect(await openAt(other)).toEqual([]);
    expect(await openAt(one)).toEqual(['cap-elsewhere']);
    for (const till of [other, one]) await till.sync();
    expect(await openAt(one)).toEqual([]);
    const [closed] = await closedDiscrepancies(one.db, 5);
    expect(closed).toMatchObject({
      id,
      closed: { outcome: 'dealt-with', note: 'They pay on Friday' },
    });
    // settling it again writes nothing
    const before = (await one.entries()).length;
    expect(await settle(one, id)).toEqual({ kind: 'recorded' });
    expect(await one.entries()).toHaveLength(before);
    expect(await settle(one, 'e'.repeat(64))).toMatchObject({
      because: { kind: 'unknown-discrepancy' },
    });
    expect(brokenRules()).toEqual([]);
    for (const { db } of [one, other]) {
      expect(await checkRemote(db)).toBe(false);
      expect(await disputeOf(db, ANNA)).toBeNull();
    }
  });

  test('stays settled at a till that has lost its copy, and at one that joins later', async () => {
    await settle(one, await capExceeded());
    await one.sync();
    await forgetRemote(one.db, 'dropped');
    await one.sync();
    expect(await openAt(one)).toEqual([]);
    const third = await WholeTill.enrolled(shop, 'Касса 3');
    await third.sync();
    expect([await openAt(third), await closedDiscrepancies(third.db, 5)]).toMatchObject([
      [],
      [{ kind: 'cap-elsewhere' }],
    ]);
    await third.close();
  });

  test('settled at both without contact has one outcome, and no flag', async () => {
    const id = await capExceeded();
    for (const till of [one, other]) await settle(till, id);
    for (const till of [one, other, one]) await till.sync();
    for (const till of [one, other]) expect(await openAt(till)).toEqual([]);
    expect(brokenRules()).toEqual([]);
  });

  test('stays settled if the relay is restored and finds it again', async () => {
    const copy = new RelayCopy();
    for (const till of [one, other]) await till.sync();
    copy.take(relay);
    await settle(other, await capExceeded());
    for (const till of [other, one]) await till.sync();
    await copy.putBack(relay);
    await declarePutBack(relay.relay);
    // in another order the other sale would be the one over the cap
    for (const till of [one, other, one]) await till.sync();
    for (const till of [one, other]) expect(await openAt(till)).toEqual([]);
    expect((await closedDiscrepancies(one.db, 5)).map(({ kind }) => kind)).toEqual([
      'cap-elsewhere',
    ]);
    expect(brokenRules()).toEqual([]);
    copy.remove();
  });

  test('stays settled if the author had seen an epoch of the relay that is lost completely', async () => {
    const copy = new RelayCopy();
    const id = await capExceeded();
    copy.take(relay);
    await declarePutBack(relay.relay);
    await other.sync();
    await copy.putBack(relay);
    await settle(other, id);
    for (const till of [other, one]) await till.sync();
    for (const till of [one, other]) expect(await openAt(till)).toEqual([]);
    expect(brokenRules()).toEqual([]);
    copy.remove();
  });

  test('names the cards that share a number', async () => {
    const cards = [ANNA, uuidv7(), uuidv7()].sort();
    for (const customer of cards) {
      await one.save(customer);
      await one.sell(customer, { price: 100 });
    }
    for (const till of [one, other]) await till.sync();
    const [found] = await openDiscrepancies(other.db);
    expect(found).toMatchObject({ kind: 'number-shared', detail: expect.any(String) as unknown });
    expect([...(await sharingNumber(other.db, found?.detail ?? ''))].sort()).toEqual(cards);
  });

  test('about one card’s limit keeps the first change, and the second can be applied by a tap', async () => {
    await one.save(ANNA);
    for (const till of [one, other]) await till.sync();
    const limitOf = (limit: number) => ({ kind: 'own-limit', limit: money(limit) }) as const;
    await one.save(ANNA, { credit: limitOf(300_000) });
    await other.save(ANNA, { credit: limitOf(700_000) });
    for (const till of [one, other, one]) await till.sync();
    const credits = async () =>
      (await Promise.all([one, other].map(({ db }) => customerById(db, ANNA)))).map(
        (card) => card?.credit,
      );
    expect(await credits()).toEqual([limitOf(300_000), limitOf(300_000)]);
    const [found] = await openDiscrepancies(one.db);
    if (found === undefined) expect.fail('nothing to settle');
    const by = { note: 'The second one', operator: shop.owner.ownerId, at: shop.clock.now() };
    expect(await applyStaleEdit(one.db, found, by)).toEqual({ kind: 'recorded' });
    for (const till of [one, other]) await till.sync();
    expect(await credits()).toEqual([limitOf(700_000), limitOf(700_000)]);
    for (const till of [one, other]) expect(await openAt(till)).toEqual([]);
    expect(flagsOf()).toEqual([{ kind: 'edit-stale', detail: 'credit' }]);
  });
});

describe('points', () => {
  beforeEach(async () => {
    for (const till of [one, other]) await till.save(ANNA);
    await one.sell(ANNA, { price: 1_000_000, cash: 1_000_000 });
    await one.sync();
    await other.sync();
    expect(await other.standing(ANNA)).toEqual({ owed: 0, points: 100 });
  });
  const half = { price: 20_000, cash: 10_000, points: 100 };

  test('earned at one till can be spent at the other', async () => {
    expect(await other.sell(ANNA, half)).toMatchObject({ kind: 'saved' });
    await other.sync();
    await one.sync();
    expect((await one.standing(ANNA)).points).toBe(1);
    expect(await one.sell(ANNA, half)).toMatchObject({ kind: 'refused' });
    expect(flagsOf()).toEqual([]);
  });

  test('spent at both without contact are one discrepancy; both sales count', async () => {
    for (const till of [one, other])
      expect(await till.sell(ANNA, half)).toMatchObject({ kind: 'saved' });
    for (const till of [one, other, one]) await till.sync();
    for (const till of [one, other]) expect((await till.standing(ANNA)).points).toBe(-98);
    expect(flagsOf()).toEqual([{ kind: 'points-elsewhere', detail: 'redeem-points' }]);
  });
});

test('a sale against a debt that its till had seen breaks a rule', async () => {
  for (const till of [one, other])
    await till.save(ANNA, { credit: { kind: 'own-limit', limit: money(100_000) } });
  await one.sell(ANNA, { price: 90_000 });
  await one.sync();
  await other.sync();
  // somebody deletes the other till's debts from the database, and the till sells
  await other.db.remoteBalances.clear();
  expect(await other.sell(ANNA, { price: 20_000, operator: CASHIER })).toMatchObject({
    kind: 'saved',
  });
  await other.sync();
  expect(flagsOf()).toEqual([{ kind: 'no-right', detail: 'sell-over-limit' }]);
});

test('a customer’s cap without a code includes acts at other tills', async () => {
  for (const till of [one, other]) await till.save(ANNA);
  expect(await one.sell(ANNA, { price: 250_000 })).toMatchObject({ kind: 'saved' });
  await one.sync();
  await other.sync();
  expect(await other.sell(ANNA, { price: 100_000 })).toMatchObject({
    kind: 'refused',
    because: { kind: 'override-over-cap', scope: 'customer' },
  });
  expect(await other.sell(ANNA, { price: 40_000 })).toMatchObject({ kind: 'saved' });
});

describe('a till’s own entries', () => {
  test('are downloaded as marks, and count once, also after it has a new id', async () => {
    await one.save(ANNA);
    await one.sell(ANNA, { price: 20_000 });
    await one.sync();
    await one.sync();
    expect(await one.standing(ANNA)).toEqual({ owed: 20_000, points: 0 });
    await one.reEnrol();
    await one.sync();
    expect(await one.standing(ANNA)).toEqual({ owed: 20_000, points: 0 });
    expect(await one.sums()).toBe('agree');
    await forgetRemote(one.db, 'dropped');
    await one.sync();
    expect(await one.standing(ANNA)).toEqual({ owed: 20_000, points: 0 });
    expect(await one.sums()).toBe('agree');
  });

  test('of a lost tablet are downloaded by the one that replaces it', async () => {
    await one.save(ANNA);
    await one.sell(ANNA, { price: 20_000 });
    await one.sync();
    const next = await WholeTill.enrolled(shop, 'Касса 1');
    await next.sync();
    expect(await next.standing(ANNA)).toEqual({ owed: 20_000, points: 0 });
    await next.close();
  });
});

test('entries of one of two devices that the relay lost are uploaded again, even if the other uploaded first', async () => {
  const copy = new RelayCopy();
  await one.save(ANNA);
  for (const till of [one, other]) await till.sync();
  copy.take(shop.relay);
  const clone = await one.cloned();
  expect(await clone.sell(ANNA, { price: 30_000 })).toMatchObject({ kind: 'saved' });
  await clone.sync();
  await copy.putBack(shop.relay);
  copy.remove();
  expect(await one.sell(ANNA, { price: 5_000 })).toMatchObject({ kind: 'saved' });
  await one.sync();
  expect(await clone.upload()).toMatchObject({ kind: 'quarantined', because: 'fork' });
  await clone.reEnrol();
  for (const till of [clone, one, other]) await till.sync();
  for (const till of [clone, one, other]) expect((await till.standing(ANNA)).owed).toBe(35_000);
  await clone.close();
});

describe('a damaged copy is dropped and downloaded again:', () => {
  beforeEach(async () => {
    await one.save(ANNA);
    await one.sell(ANNA, { price: 30_000 });
    await one.sell(ANNA, { price: 5_000, cash: 1_000 });
    const [about] = (await one.entries()).flatMap(({ act, hash }) =>
      act === 'sale' ? [hash] : [],
    );
    const by = { operator: shop.owner.ownerId, at: shop.clock.now() };
    await openDispute(one.db, { customer: ANNA, about: about ?? null, note: null, ...by });
    await one.sync();
    await other.sync();
  });

  const damages: [string, (db: TillDb) => Promise<unknown>][] = [
    ['a sum', (db) => db.remoteBalances.toCollection().modify({ sum: 1 })],
    ['a lost sum', (db) => db.remoteBalances.clear()],
    ['a step', (db) => db.remoteAccountEntries.toCollection().modify({ delta: 1 })],
    [
      'a sealed card',
      (db) =>
        db.remoteCards.toCollection().modify((row) => {
          if (row.card !== null) row.card = { ...row.card, name: 'Хана' };
        }),
    ],
    [
      'a step too many',
      async (db) => {
        const step = await db.remoteAccountEntries.toCollection().first();
        if (step !== undefined) await db.remoteAccountEntries.put({ ...step, index: 9 });
      },
    ],
    ['a confirmation', (db) => db.remoteConfirmations.toCollection().modify({ amount: 1 })],
    ['a lost confirmation', (db) => db.remoteConfirmations.clear()],
    ['a dispute', (db) => db.remoteDisputes.toCollection().modify({ customer: uuidv7() })],
    [
      'an entry',
      (db) =>
        db.remoteJournal.toCollection().modify((row) => {
          if (row.entry !== null) row.entry = { ...row.entry, at: row.entry.at + 1 };
        }),
    ],
    ['a lost entry', (db) => db.remoteJournal.delete(3)],
    ['a verdict', (db) => db.remoteJournal.toCollection().modify({ verdict: 'refused' })],
    [
      'the cursor',
      async (db) => {
        const cursor = await db.meta.get('remote-cursor');
        if (cursor?.key === 'remote-cursor')
          await db.meta.put({
            ...cursor,
            value: { ...cursor.value, order: cursor.value.order - 1 },
          });
      },
    ],
  ];

  test.each(damages)('%s', async (_, damage) => {
    expect(await checkRemote(other.db)).toBe(false);
    await damage(other.db);
    expect(await checkRemote(other.db)).toBe(true);
    expect(await other.standing(ANNA)).toEqual({ owed: 0, points: 0 });
    await other.sync();
    expect(await other.standing(ANNA)).toEqual({ owed: 34_000, points: 0 });
    expect(await checkRemote(other.db)).toBe(false);
    expect(await disputeOf(other.db, ANNA)).not.toBeNull();
  });
});

test('a card that is not shown as it should be is shown again, and nothing else is dropped', async () => {
  await one.save(ANNA, { name: 'Анна' });
  await one.sell(ANNA, { price: 30_000 });
  await one.sync();
  await other.sync();
  const damages: ((db: TillDb) => Promise<unknown>)[] = [
    (db) => db.remoteCustomers.toCollection().modify({ name: 'Хана' }),
    (db) => db.remoteCustomers.clear(),
  ];
  for (const damage of damages) {
    await damage(other.db);
    expect(await checkRemote(other.db)).toBe(false);
    expect((await customerById(other.db, ANNA))?.name).toBe('Анна');
    expect(await other.standing(ANNA)).toEqual({ owed: 30_000, points: 0 });
  }
});

test('a restored own entry counts once, although the copy has it as another till’s', async () => {
  await one.save(ANNA);
  await one.sell(ANNA, { price: 30_000 });
  await one.sync();
  await one.reEnrol();
  const [lost] = (await one.db.journal.toArray()).filter(({ act }) => act === 'sale');
  if (lost === undefined) throw new Error('no sale');
  await one.db.journal.delete([lost.till, lost.seq]);
  await one.sync();
  await one.db.journal.add(lost);
  expect(await checkRemote(one.db)).toBe(true);
  await one.sync();
  expect(await one.standing(ANNA)).toEqual({ owed: 30_000, points: 0 });
});

test('an entry that waits for an owner counts once it is accepted, however many entries came in between', async () => {
  const gone = await startRelay({ now: shop.clock.now });
  const former = new TillJournal(await TillClient.ready(gone.url, shop.clock.now), shop.clock.now);
  await former.enrolled();
  await former.sale(
    onAccountSale({ customer: ANNA, onAccount: 54_000 }, overrideBy(former.till.ownerId, 54_000)),
  );
  const { owner } = shop;
  const bringing = new TillJournal(owner, shop.clock.now);
  const { seq, hash } = former.head;
  await bringing.enrolled({ till: former.till.id, seq, hash });
  for (const entry of former.entries) await bringing.add({ act: 'carried-over', body: { entry } });
  await bringing.upload();
  await other.sync();
  expect(await other.standing(ANNA)).toEqual({ owed: 0, points: 0 });
  for (let n = 0; n < 120; n += 1) await bringing.idle();
  await bringing.upload(bringing.entries.slice(-120));
  await other.sync();
  await owner.elevate();
  expect(await acceptWaiting(owner)).toBe(1);
  expect(await other.sums()).toBe('agree');
  await other.sync();
  expect(await other.standing(ANNA)).toEqual({ owed: 54_000, points: 0 });
  expect(await other.sums()).toBe('agree');
  expect(await checkRemote(other.db)).toBe(false);
  await gone.stop();
});

test('a limit set at one till applies at another that renamed the card meanwhile, without a flag', async () => {
  const none = { kind: 'no-credit' } as const;
  const some = { kind: 'own-limit', limit: money(90_000) } as const;
  await one.save(ANNA, { name: 'Анна', credit: none });
  for (const till of [one, other]) await till.sync();
  await other.save(ANNA, { name: 'Анна', credit: some });
  await other.sync();
  await one.save(ANNA, { name: 'Анна Кузнецова', credit: none });
  for (const till of [one, other, one]) await till.sync();
  for (const { db } of [one, other])
    expect(await customerById(db, ANNA)).toMatchObject({ credit: some });
  const outcome = await one.sell(ANNA, { price: 20_000, operator: CASHIER });
  expect(outcome).toMatchObject({ kind: 'saved' });
  await one.sync();
  const broken = (flagsOf() as { kind: FlagKind }[]).filter(({ kind }) => !isDiscrepancy(kind));
  expect(broken).toEqual([]);
});

test('an entry that cannot be counted stops no till, and each till reports it', async () => {
  const huge = Number.MAX_SAFE_INTEGER;
  const forged = new TillJournal(shop.owner, shop.clock.now);
  await forged.enrolled();
  for (let n = 0; n < 2; n += 1)
    await forged.sale(
      onAccountSale({ customer: ANNA, onAccount: huge }, overrideBy(shop.owner.ownerId, huge)),
    );
  await forged.upload();
  await one.save(ANNA);
  await one.sync();
  await other.sync();
  for (const { db } of [one, other]) {
    const uncounted = await db.remoteJournal.where('effect').equals('uncounted').toArray();
    expect(uncounted.map(({ till, seq }) => [till, seq])).toEqual([[forged.till.id, 3]]);
    expect(await checkRemote(db)).toBe(false);
  }
  expect(await Promise.all([one, other].map((till) => till.sums()))).toEqual([
    ...['not-compared', 'not-compared'],
  ]);
});

test('of two downloads that have the same part ready, the second writes nothing', async () => {
  await one.save(ANNA);
  await one.sell(ANNA, { price: 30_000 });
  await one.sync();
  const page = (await (await other.rawPage()).json()) as Extract<JournalPage, { kind: 'journal' }>;
  const { relayKey } = shop.owner;
  const point = relayKey && (await verifyCheckpoint(page.checkpoint, relayKey));
  if (point === null) throw new Error('not signed');
  const { epoch, order, logHash, at } = point;
  const { id: till, db } = other;
  const to = { epoch, order, logHash, at };
  const parts = [{ entries: page.entries, to, checkpoint: null }];
  const downloaded = { till, from: START_OF_ORDER, parts, records: new Map() };
  const requests = vi.spyOn(navigator.locks, 'request');
  let release = (): void => undefined;
  const held = withWriterLock(db, () => new Promise<void>((resolve) => (release = resolve)));
  const both = Promise.all([applyDownloaded(db, downloaded), applyDownloaded(db, downloaded)]);
  await expect.poll(() => requests.mock.calls.length).toBe(3);
  requests.mockRestore();
  release();
  await held;
  expect(await both).toEqual(['applied', 'moved']);
});

describe('a card’s form that is saved while another till’s new limit waits to be stored', () => {
  const limitOf = (limit: number) => ({ kind: 'own-limit', limit: money(limit) }) as const;

  /** Saves the form of a card at the other till just after that till has downloaded a limit of 900, but not stored it yet. */
  async function saving(typed: Partial<CardEntered>) {
    await one.save(ANNA);
    await one.sync();
    await other.sync();
    const card = await customerById(other.db, ANNA);
    if (card === null) throw new Error('no card');
    const opened = enteredOn(card);
    await one.save(ANNA, { credit: limitOf(90_000) });
    await one.sync();
    const requests = vi.spyOn(navigator.locks, 'request');
    let release = (): void => undefined;
    const held = withWriterLock(
      other.db,
      () => new Promise<void>((resolve) => (release = resolve)),
    );
    const download = other.sync();
    await expect.poll(() => requests.mock.calls.length).toBe(2);
    const by = { operator: shop.owner.ownerId, at: shop.clock.now() };
    const outcome = changeCustomer(other.db, { customer: { ...opened, ...typed }, opened, ...by });
    await expect.poll(() => requests.mock.calls.length).toBe(3);
    requests.mockRestore();
    expect(await customerById(other.db, ANNA)).toMatchObject({ credit: { kind: 'shop-limit' } });
    release();
    await Promise.all([held, download]);
    return outcome;
  }

  test('is refused if it changes the limit, too', async () => {
    expect(await saving({ credit: limitOf(50_000), note: 'Пятница' })).toEqual({
      kind: 'refused',
      because: { kind: 'changed-meanwhile' },
    });
    expect(await customerById(other.db, ANNA)).toMatchObject({
      credit: limitOf(90_000),
      note: null,
    });
  });

  test('keeps that limit if it changes something else', async () => {
    expect(await saving({ note: 'Пятница' })).toMatchObject({ kind: 'saved' });
    for (const till of [other, one]) {
      await till.sync();
      const card = await customerById(till.db, ANNA);
      expect(card).toMatchObject({ credit: limitOf(90_000), note: 'Пятница' });
    }
    expect(await openDiscrepancies(one.db)).toEqual([]);
  });
});

describe('a till believes no wrong reply of the relay, and goes on selling:', () => {
  /** Changes the pages of entries that the relay sends. */
  const spoilt =
    (change: (page: Page) => unknown) =>
    (ask: typeof fetch): typeof fetch =>
    async (input, init) => {
      const response = await ask(input, init);
      if (!asksOrder(input)) return response;
      const page = (await response.json()) as Page;
      return Response.json(change(page), { status: response.status });
    };
  type Page = { kind: string; entries: OrderedEntry[]; head: number; checkpoint: string };
  const swapped = ([first, second, ...rest]: OrderedEntry[]) =>
    first && second ? [second, first, ...rest] : [];

  const faults: [string, (page: Page) => unknown, 'no-shape'?][] = [
    ['out of order', (page) => ({ ...page, entries: swapped(page.entries) })],
    ['twice', (page) => ({ ...page, entries: page.entries.flatMap((each) => [each, each]) })],
    ['with a hole', (page) => ({ ...page, entries: page.entries.toSpliced(1, 1) })],
    ['without the last', (page) => ({ ...page, entries: page.entries.slice(0, -1) })],
    ['none of them', (page) => ({ ...page, entries: [] })],
    [
      'with another verdict',
      (page) => ({
        ...page,
        entries: page.entries.map((each) => ({ ...each, verdict: 'refused' })),
      }),
    ],
    [
      'with another sum',
      (page) => JSON.parse(JSON.stringify(page).replace('"delta":30000', '"delta":3')) as unknown,
    ],
    [
      'of no shape',
      () => ({ kind: 'journal', entries: 'all', head: 1, checkpoint: '' }),
      'no-shape',
    ],
    ['half of it', (page) => JSON.stringify(page).slice(0, 100), 'no-shape'],
    [
      'ten megabytes in one line',
      (page) => ({ ...page, head: 'x'.repeat(10_000_000) }),
      'no-shape',
    ],
  ];

  test.each(faults)('%s', async (_, change, shape) => {
    for (const till of [one, other]) await till.save(ANNA);
    await one.sell(ANNA, { price: 30_000 });
    await one.sync();
    other.network = spoilt(change);
    expect(await other.download()).toEqual({
      kind: shape === undefined ? 'not-believed' : 'unreadable',
    });
    expect(await other.db.remoteJournal.count()).toBe(0);
    expect(await other.sell(ANNA, { price: 5_000 })).toMatchObject({ kind: 'saved' });
    other.network = (ask) => ask;
    await other.sync();
    expect(await other.standing(ANNA)).toEqual({ owed: 35_000, points: 0 });
  });

  test.each([
    ['without a signature', 'unreadable', () => ({})],
    ['with another signature of it', 'not-believed', (lostPoint: string) => ({ lostPoint })],
  ] as const)('that it lost the order, %s', async (_, kind, signed) => {
    for (const till of [one, other]) await till.save(ANNA);
    await one.sell(ANNA, { price: 30_000 });
    await one.sync();
    await other.sync();
    const { checkpoint } = (await (await other.rawPage()).json()) as Page;
    const lost = { kind: 'other-epoch', epoch: 9, common: 0, ...signed(checkpoint) };
    other.network = (ask) => async (input, init) =>
      asksOrder(input) ? Response.json(lost, { status: 409 }) : ask(input, init);
    const { kind: outcome } = await other.download();
    expect(await other.standing(ANNA)).toEqual({ owed: 30_000, points: 0 });
    expect(outcome).toBe(kind);
  });

  test('that it lost another point of the order', async () => {
    for (const till of [one, other]) await till.sync();
    const never = { epoch: 9, order: 1, logHash: 'a'.repeat(64) };
    let lost: string | null = null;
    other.network = (ask) => async (input, init) => {
      const response = await ask(input, init);
      lost ??= await response.clone().text();
      return response;
    };
    expect(await other.client.order.journal(never, 0)).toMatchObject({ kind: 'other-epoch' });
    other.network = (ask) => async (input, init) =>
      asksOrder(input) ? new Response(lost, { status: 409 }) : ask(input, init);
    expect(await other.download()).toEqual({ kind: 'not-believed' });
    expect(await remoteCursorIn(other.db)).not.toBeNull();
  });

  test('of another shop', async () => {
    const elsewhere = await startRelay({ now: shop.clock.now });
    const owner = await TillClient.ready(elsewhere.url, shop.clock.now);
    const there = await WholeTill.enrolled({ ...shop, relay: elsewhere, owner });
    await there.save(ANNA);
    await there.sync();
    const page = await (await there.rawPage()).text();
    other.network = (ask) => async (input, init) =>
      asksOrder(input) ? new Response(page) : ask(input, init);
    expect(await other.download()).toEqual({ kind: 'not-believed' });
    await there.close();
    await elsewhere.stop();
  });
});
