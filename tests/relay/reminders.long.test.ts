// Reminders of debts: one a month to a customer, even after a crash.
// Also what staff can do to stop them.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Card } from '$lib/contract/journal-upload';
import type { Policy } from '$lib/contract/policy';
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { DAY_MS } from '$lib/domain/values/durations';
import { makeSalt, sealCard } from '$lib/proof/record';
import { addMerge } from '../../relay/store/merges';
import { declarePutBack } from '../../relay/tills/restored';
import { CASHIER } from '../support/cashier';
import { PHONE, type Shop } from '../support/challenges';
import { RelayCopy } from '../support/relay-copy';
import { CARD_SALT, onAccountSale, overrideBy, TillJournal } from '../support/till-journal';
import { look, openTwoTills, publish, SENDS_NOTHING, upload } from '../support/two-tills';

const HOUR = 3_600_000;
const RULES = { day: 5, from: 10_000, fromHour: 10, toHour: 19 };
/** In the hours of the day on which reminders are sent. */
const DUE = Date.parse('2026-10-05T12:00+03:00');

let shop: Shop;
let here: TillJournal;
let there: TillJournal;
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  await publish(shop, (policy) => void (policy.notices.reminders = RULES));
});
afterEach(() => shop.stop());

async function remind(rules: Policy['notices']['reminders']): Promise<void> {
  await shop.till.signIn();
  await shop.till.elevate();
  await publish(shop, (policy) => void (policy.notices.reminders = rules));
}

let numbers = 0;
/** A customer with a number of their own, which is trusted. */
async function somebody(): Promise<{ readonly customer: string; readonly phone: string }> {
  numbers += 1;
  const [customer, phone] = [uuidv7(), `+7925${String(2_000_000 + numbers)}`];
  await shop.trust(customer, phone);
  return { customer, phone };
}

function owes(customer: string, amount: number, journal = here) {
  const given = overrideBy(shop.till.ownerId, amount, { connectivity: SENDS_NOTHING });
  return journal.sale(onAccountSale({ customer, onAccount: amount }, given), { operator: CASHIER });
}

const owner = (): string => shop.till.ownerId;

/** What a correction takes off the debt. */
const forgives = (customer: string, delta: number) =>
  here.add({
    act: 'customers-imported',
    operator: owner(),
    body: {
      source: 'file',
      customers: [],
      accounts: [{ customer, account: 'debt', delta }],
      confirmations: [],
      approval: null,
    },
  });

/** The customer's card, saved with this choice and uploaded. */
async function saved(
  customer: string,
  reminders: Card['reminders'],
  { journal = here, operator = owner(), at = shop.clock.now() } = {},
) {
  const card: Card = {
    salt: makeSalt(),
    name: 'Анна',
    phone: PHONE,
    cardSalt: CARD_SALT,
    ...NO_SEALED_DETAILS,
    reminders,
  };
  const credit = { kind: 'shop-limit' } as const;
  const body = { customer, recordHash: await sealCard(card), credit };
  const entry = await journal.add({ act: 'customer-saved', body, operator, at });
  await upload(journal, { cards: [card] });
  return entry;
}

const passTo = (at: number): void => shop.clock.pass(at - shop.clock.now());

async function rounds(count = 3): Promise<void> {
  for (let round = 0; round < count; round += 1) await shop.relay.relay.outbox.round();
}

/** The reminders that reached this number, or all. */
const reminders = (phone?: string): string[] =>
  shop.smsru.messages.flatMap(({ to, text }) =>
    text?.includes('ваш долг') === true && (phone === undefined || to === phone.slice(1))
      ? [text]
      : [],
  );
const rows = (sql: string): unknown[] => shop.relay.file.prepare(sql).raw().all();

describe('a customer who owes', () => {
  test('gets a message once a month with what they owe then, and not before the day', async () => {
    const { customer, phone } = await somebody();
    await owes(customer, 30_000);
    await upload(here);
    passTo(DUE - DAY_MS);
    await rounds();
    expect(reminders()).toEqual([]);
    await owes(customer, 24_000, there);
    await upload(there);
    passTo(DUE);
    await rounds();
    const first = 'Весна: ваш долг 540,00 ₽ на 05.10. Не так? Спросите в магазине.';
    expect(reminders(phone)).toEqual([first]);
    for (let day = 1; day < 30; day += 1) {
      shop.clock.pass(DAY_MS);
      await rounds(1);
    }
    expect(reminders()).toEqual([first]);
    shop.clock.pass(2 * DAY_MS);
    await rounds();
    expect(reminders(phone)).toHaveLength(2);
    expect(reminders(phone)[1]).toContain('540,00 ₽ на 05.11');
  });

  test('gets it within a week after the day, not later', async () => {
    const { customer } = await somebody();
    await owes(customer, 30_000);
    await upload(here);
    passTo(DUE + 7 * DAY_MS);
    await rounds();
    expect(reminders()).toEqual([]);
    passTo(DUE + 37 * DAY_MS);
    await rounds();
    expect(reminders()).toHaveLength(1);
  });

  test('gets it once, even if the shop moves the day', async () => {
    const { customer } = await somebody();
    await owes(customer, 30_000);
    await upload(here);
    await remind({ ...RULES, day: 28 });
    passTo(DUE - 3 * DAY_MS);
    await rounds();
    expect(reminders()).toHaveLength(1);
    await remind(RULES);
    passTo(DUE);
    await rounds();
    expect(reminders()).toHaveLength(1);
  });

  test('on two cards of one account gets the sum of both, once', async () => {
    const [one, other] = [await somebody(), await somebody()];
    await owes(one.customer, 30_000);
    await owes(other.customer, 20_000);
    await upload(here);
    const { db } = shop.relay.relay;
    await addMerge(db, { from: one.customer, into: other.customer, order: 100 });
    passTo(DUE);
    await rounds();
    expect(reminders()).toEqual(reminders(other.phone));
    expect(reminders()).toMatchObject([expect.stringContaining('500,00 ₽')]);
  });
});

describe('nobody is reminded', () => {
  test('who owes less than the least sum, owes nothing any more, or has no number', async () => {
    const [little, paid] = [await somebody(), await somebody()];
    await owes(little.customer, 9_999);
    await owes(paid.customer, 50_000);
    await forgives(paid.customer, -50_000);
    await owes(uuidv7(), 50_000);
    await upload(here);
    passTo(DUE);
    await rounds();
    expect(reminders()).toEqual([]);
  });

  test('who has an open dispute, or has declined', async () => {
    const [disputing, declining] = [await somebody(), await somebody()];
    const { hash: about } = await owes(disputing.customer, 50_000);
    await owes(declining.customer, 50_000);
    const body = { customer: disputing.customer, about, note: null };
    await here.add({ act: 'dispute', body, operator: owner() });
    await saved(declining.customer, 'declined');
    passTo(DUE);
    await rounds();
    expect(reminders()).toEqual([]);
    await saved(declining.customer, 'agreed');
    passTo(DUE + 31 * DAY_MS);
    await rounds();
    expect(reminders()).toEqual(reminders(declining.phone));
    expect(reminders()).toHaveLength(1);
  });

  test('if the shop sends no reminders', async () => {
    const { customer } = await somebody();
    await owes(customer, 50_000);
    await upload(here);
    await remind(null);
    passTo(DUE);
    await rounds();
    expect(reminders()).toEqual([]);
  });

  test('at night', async () => {
    const { customer } = await somebody();
    await owes(customer, 50_000);
    await upload(here);
    passTo(DUE + 8 * HOUR);
    await rounds();
    expect(reminders()).toEqual([]);
    shop.clock.pass(14 * HOUR + 1);
    await rounds();
    expect(reminders()).toHaveLength(1);
  });
});

/** The service accepts no messages. */
function refuse(times: number): void {
  const noMoney = { kind: 'code', code: 201, where: 'number' } as const;
  shop.smsru.next(...Array.from({ length: times }, () => noMoney));
}

describe('a reminder that cannot be sent', () => {
  let customer: string;
  beforeEach(async () => {
    ({ customer } = await somebody());
    await owes(customer, 50_000);
    await upload(here);
    await rounds();
    passTo(DUE);
    refuse(1);
    await rounds(1);
    expect(reminders()).toEqual([]);
  });

  test('states later what is owed by then, and waits for the hours of reminders', async () => {
    await forgives(customer, -20_000);
    await upload(here);
    shop.clock.pass(9 * HOUR);
    await rounds();
    expect(reminders()).toEqual([]);
    shop.clock.pass(14 * HOUR);
    await rounds();
    expect(reminders()).toMatchObject([expect.stringContaining('300,00 ₽ на 06.10')]);
  });

  test('is not sent once the debt is paid, and not for a debt made since', async () => {
    await forgives(customer, -50_000);
    await upload(here);
    await rounds();
    await owes(customer, 40_000);
    await upload(here);
    shop.clock.pass(HOUR);
    await rounds();
    expect(reminders()).toEqual([]);
  });

  test('is dropped after three days', async () => {
    shop.clock.pass(3 * DAY_MS + HOUR);
    await rounds();
    expect(reminders()).toEqual([]);
  });
});

describe('many who owe', () => {
  const MANY = 45;
  const phones: string[] = [];
  beforeEach(async () => {
    phones.length = 0;
    for (let i = 0; i < MANY; i += 1) {
      const { customer, phone } = await somebody();
      phones.push(phone);
      await owes(customer, 50_000);
    }
    await upload(here);
    // first the messages about these acts are sent, within their limits
    for (let hour = 0; hour < 3; hour += 1) {
      await rounds();
      shop.clock.pass(HOUR);
    }
    passTo(DUE);
  });

  const counts = () => phones.map((phone) => reminders(phone).length);

  test('all get a reminder, each once, over rounds and restarts', async () => {
    for (let round = 0; round < 8; round += 1) {
      await rounds(1);
      await shop.relay.restart();
      // the relay waits for the tills that were in contact before
      await shop.till.signIn();
      await there.till.signIn();
    }
    expect(new Set(counts())).toEqual(new Set([1]));
  });

  test('get it once from a relay that is restored from an older copy', async () => {
    const copy = new RelayCopy();
    copy.take(shop.relay);
    await rounds(8);
    expect(new Set(counts())).toEqual(new Set([1]));
    await copy.putBack(shop.relay);
    copy.remove();
    await declarePutBack(shop.relay.relay);
    for (const journal of [here, there]) {
      await journal.till.signIn();
      await upload(journal);
    }
    for (let hour = 0; hour < 30; hour += 1) {
      await rounds(2);
      shop.clock.pass(HOUR);
    }
    expect(new Set(counts())).toEqual(new Set([1]));
    passTo(DUE + 31 * DAY_MS);
    await rounds(8);
    expect(new Set(counts())).toEqual(new Set([2]));
  });
});

describe('a card that switches reminders off', () => {
  const told = () =>
    rows("SELECT text FROM outbox WHERE purpose = 'act' AND text LIKE '%напомин%'");
  const byRight = () => rows("SELECT text FROM outbox WHERE purpose = 'by-right'").flat();

  test('is reported to the customer and the operator, once, and is in the owners’ summary', async () => {
    const { customer } = await somebody();
    await saved(customer, 'agreed');
    expect(told()).toEqual([]);
    await saved(customer, 'declined');
    await saved(customer, 'declined');
    await upload(here);
    expect(told()).toEqual([
      ['Весна: напоминаний о долге больше не будет. Не просили? Спросите в магазине.'],
    ]);
    expect(byRight()).toMatchObject([expect.stringContaining('выключены напоминания о долге')]);
    const items = rows("SELECT item FROM summary_items WHERE kind = 'act'").flat();
    expect(items.filter((item) => String(item).includes('reminders-declined'))).toHaveLength(1);
  });

  test('is reported only to the owners if the shop sends no reminders', async () => {
    await remind(null);
    const { customer } = await somebody();
    await saved(customer, 'declined');
    expect(told()).toEqual([]);
    expect(byRight()).toHaveLength(1);
  });

  test('without the right is flagged, and the customer is still reminded', async () => {
    const { customer, phone } = await somebody();
    await owes(customer, 50_000);
    await saved(customer, 'agreed');
    await saved(customer, 'declined', { operator: CASHIER });
    expect(rows("SELECT detail FROM flags WHERE kind = 'no-right'")).toEqual([
      ['manage-customers'],
    ]);
    expect(told()).toEqual([]);
    passTo(DUE);
    await rounds();
    expect(reminders(phone)).toHaveLength(1);
  });

  test('does not count if its author did not know another till’s change', async () => {
    const { customer, phone } = await somebody();
    await owes(customer, 50_000);
    await saved(customer, 'declined');
    await look(shop, there);
    await saved(customer, 'agreed', { journal: there });
    // this till has not downloaded that change
    await saved(customer, 'declined');
    passTo(DUE);
    await rounds();
    expect(reminders(phone)).toHaveLength(1);
  });
});
