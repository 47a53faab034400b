// Customers on the disk: found by name or number, changed by right, only hashed in the journal.
import { NO_DETAILS, enteredOn } from '$lib/domain/customers/customer';
import { liveQuery } from 'dexie';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MOST_IMPORTED } from '$lib/contract/acts/customer';
import type { BodyOf } from '$lib/contract/journal';
import type { Phone } from '$lib/domain/values/phone';
import { sealCard } from '$lib/proof/record';
import {
  customerById,
  customerFacts,
  importCustomers,
  saveCustomer,
} from '$lib/storage/customers/customers';
import { standingIn } from '$lib/storage/customers/accounts';
import { headIn } from '$lib/storage/journal/reader';
import { findCustomers } from '$lib/storage/customers/find-customers';
import type { CustomerAsked } from '$lib/storage/schema/records';
import {
  ANNA,
  AT,
  BORIS,
  CASHIER,
  discard,
  everything,
  HOUR,
  id,
  NO_CREDIT,
  NO_PHONE,
  openShop,
  OWNER,
  receiptOf,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const NEW = id(50);
const dina: CustomerAsked = {
  id: NEW,
  name: 'Дина Новая',
  phone: '+79250000650' as Phone,
  credit: { kind: 'shop-limit' },
  ...NO_DETAILS,
};

const save = (customer: CustomerAsked, operator = CASHIER) =>
  saveCustomer(shop.db, { customer, operator, at: AT });

const found = async (text: string, limit = 10) =>
  (await findCustomers(shop.db, text, limit)).map((customer) => customer.id);

test('any cashier can add a customer during a sale, and the journal has a hash', async () => {
  const outcome = await save(dina);
  if (outcome.kind !== 'saved') expect.fail(outcome.because.kind);
  const { salt, cardSalt } = outcome.customer;
  expect(outcome.customer).toEqual({
    ...dina,
    phoneSince: AT,
    birthdaySince: null,
    persons: [],
    cardSalt,
    salt,
    savedAt: AT,
  });
  const last = await shop.db.journal.orderBy(':id').last();
  expect(last).toMatchObject({ act: 'customer-saved', operator: CASHIER, policy: 1 });
  expect(last?.body).toEqual({
    customer: NEW,
    credit: { kind: 'shop-limit' },
    recordHash: await sealCard(outcome.customer),
  });
});

test('a number is as old as its first day on the card, and an imported one has no age', async () => {
  await save(dina);
  const later = (customer: CustomerAsked, at: number) =>
    saveCustomer(shop.db, { customer, operator: OWNER, at });
  const age = async (customer: string) =>
    (await shop.db.customers.get(customer))?.phoneSince ?? null;
  await later({ ...dina, name: 'Дина Н.' }, AT + HOUR);
  expect(await age(NEW)).toBe(AT);
  await later({ ...dina, phone: '+79250000651' as Phone }, AT + 2 * HOUR);
  expect(await age(NEW)).toBe(AT + 2 * HOUR);
  await later({ ...dina, phone: null }, AT + 3 * HOUR);
  expect(await age(NEW)).toBeNull();
  expect(await age(ANNA)).toBeNull();
});

test('a card keeps its secret for life, and no two cards have the same', async () => {
  const secretOf = async (id: string) => (await shop.db.customers.get(id))?.cardSalt;
  await save(dina);
  const made = await secretOf(NEW);
  await save({ ...dina, name: 'Дина Н.', phone: '+79250000651' as Phone }, OWNER);
  expect(await secretOf(NEW)).toBe(made);
  expect(await secretOf(ANNA)).toMatch(/^[0-9a-f]{64}$/);
  expect(await secretOf(ANNA)).not.toBe(made);
});

test('saving an unchanged card writes nothing', async () => {
  await save(dina);
  const before = await everything(shop.db);
  expect(await save(dina)).toMatchObject({ kind: 'saved' });
  expect(await everything(shop.db)).toEqual(before);
});

test.each<[string, Partial<CustomerAsked>, string]>([
  ['an own limit', { credit: { kind: 'unlimited' } }, 'manage-customers'],
  ['another name', { name: 'Другая' }, 'manage-customers'],
  ['another number', { phone: '+79250000651' as Phone }, 'change-customer-phone'],
  ['no number any more', { phone: null }, 'change-customer-phone'],
])('%s on a card needs its right', async (_, change, right) => {
  await save(dina);
  const before = await everything(shop.db);
  const refused = { kind: 'refused', because: { kind: 'no-right', right } };
  expect(await save({ ...dina, ...change })).toEqual(refused);
  expect(await save({ ...dina, ...change }, SENIOR)).toEqual(refused);
  expect(await everything(shop.db)).toEqual(before);
  expect(await save({ ...dina, ...change }, OWNER)).toMatchObject({ kind: 'saved' });
});

test('a new customer with an own limit needs the right', async () => {
  const generous: CustomerAsked = { ...dina, credit: { kind: 'own-limit', limit: 99_000_000 } };
  expect(await save(generous)).toMatchObject({ because: { right: 'manage-customers' } });
  expect(await customerById(shop.db, NEW)).toBeNull();
});

test('adding a first number to a card needs no right; changing the name as well does', async () => {
  const vera = await customerById(shop.db, NO_PHONE);
  if (vera === null) expect.fail('no Vera');
  const withPhone = { ...enteredOn(vera), phone: '+79250000699' as Phone };
  expect(await save({ ...withPhone, name: 'Не Вера' })).toMatchObject({ kind: 'refused' });
  expect(await save(withPhone)).toMatchObject({ kind: 'saved' });
  expect(await found('0699')).toEqual([NO_PHONE]);
});

test('a birthday and a note come with a new card by any cashier, but not a group, and later changes need the right', async () => {
  const details = { birthday: { day: 29, month: 2, year: null }, note: 'без сахара' };
  expect(await save({ ...dina, group: id(70) })).toMatchObject({
    because: { kind: 'no-right', right: 'manage-customers' },
  });
  expect(await save({ ...dina, ...details })).toMatchObject({ kind: 'saved' });
  for (const change of [{ note: null }, { group: id(70) }, { birthday: null }])
    expect(await save({ ...dina, ...details, ...change })).toMatchObject({
      because: { kind: 'no-right', right: 'manage-customers' },
    });
  const facts = async () => customerFacts(shop.db, NEW);
  const later = (customer: CustomerAsked, at: number) =>
    saveCustomer(shop.db, { customer, operator: OWNER, at });
  expect(await facts()).toEqual({
    group: null,
    birthday: details.birthday,
    birthdaySince: AT,
    purchases: 0,
  });
  await later({ ...dina, ...details, group: id(70) }, AT + 5);
  expect(await facts()).toMatchObject({ group: id(70), birthdaySince: AT });
  await later({ ...dina, birthday: { day: 29, month: 2, year: 2000 } }, AT + 9);
  expect(await facts()).toMatchObject({ group: null, birthdaySince: AT + 9 });
  const entries = JSON.stringify(await shop.db.journal.toArray());
  expect(entries).not.toContain(details.note);
  expect(entries).not.toContain('birthday');
});

test('only who may manage customers switches off their reminders, and no entry says so', async () => {
  const declined = { ...dina, reminders: 'declined' } as const;
  const refused = { because: { kind: 'no-right', right: 'manage-customers' } };
  expect(await save(declined)).toMatchObject(refused);
  expect(await save(dina)).toMatchObject({ kind: 'saved', customer: { reminders: 'agreed' } });
  expect(await save(declined)).toMatchObject(refused);
  await saveCustomer(shop.db, { customer: declined, operator: OWNER, at: AT + 1 });
  expect(await customerById(shop.db, NEW)).toMatchObject({ reminders: 'declined' });
  // enabling reminders is a change like any other
  expect(await save(dina)).toMatchObject(refused);
  expect(JSON.stringify(await shop.db.journal.toArray())).not.toContain('declined');
});

test('customers are found by any word of the name, in any case and order, with е for ё', async () => {
  expect(await found('анна')).toEqual([ANNA]);
  expect(await found('КУЗН')).toEqual([ANNA]);
  expect(await found('кузнецова анна')).toEqual([ANNA]);
  expect(await found('елкин')).toEqual([BORIS]);
  expect(await found('ёлкин')).toEqual([BORIS]);
  expect(await found('анна елкин')).toEqual([]);
  expect(await found('нна')).toEqual([]);
});

test('customers are found by a number with or without its country code, and by its last digits', async () => {
  for (const text of ['+7 925 000-06-02', '89250000602', '9250000602', '79250000602', '0602']) {
    expect(await found(text)).toEqual([ANNA]);
  }
  expect((await found('925')).sort()).toEqual([ANNA, BORIS, NO_CREDIT].sort());
});

test('customers with a phone come first, and the list ends at its limit', async () => {
  expect(await found('')).toEqual([ANNA, BORIS, NO_CREDIT, NO_PHONE]);
  expect(await found('', 2)).toEqual([ANNA, BORIS]);
  await save({ ...dina, name: 'Вера Вторая' });
  expect(await found('вера')).toEqual([NEW, NO_PHONE]);
});

test('a name of 300 letters, of emoji or right to left is stored unchanged', async () => {
  for (const name of ['ы'.repeat(300), '🍞 Хлебный 👩‍👩‍👧', 'عبد الله', "O'Brien <b>"]) {
    expect(await save({ ...dina, id: id(60 + name.length), name }, OWNER)).toMatchObject({
      kind: 'saved',
      customer: { name },
    });
  }
  const half = { ...dina, name: 'пол\ud83c' };
  await expect(async () => save(half)).rejects.toThrow('Invariant');
});

test('a customer whose two names begin alike is listed once, and the list is still full', async () => {
  const alike = { ...dina, name: 'Анна Антонова-Андреева' };
  await save(alike);
  expect(await found('ан', 2)).toEqual([NEW, ANNA]);
  expect(await found('ан анд')).toEqual([NEW]);
});

test('a second import of the same customers adds no duplicates', async () => {
  const before = await everything(shop.db);
  const customers = [
    { ...dina, id: ANNA, owed: 50_000, points: 300 },
    { ...dina, id: BORIS, owed: 0, points: 0 },
  ];
  const again = { source: 'demo', customers, approvals: [], operator: OWNER, at: AT } as const;
  expect(await importCustomers(shop.db, again)).toEqual({ kind: 'saved', added: 0, known: 2 });
  expect(await everything(shop.db)).toEqual(before);
  const more = { ...again, customers: [...customers, { ...dina, owed: 700, points: 5 }] };
  expect(await importCustomers(shop.db, more)).toEqual({ kind: 'saved', added: 1, known: 2 });
  expect(await standingIn(shop.db, NEW)).toEqual({ owed: 700, points: 5 });
  expect(await standingIn(shop.db, ANNA)).toEqual({ owed: 50_000, points: 300 });
});

test('a long import is several acts, each with the approval of its own balances', async () => {
  const { seq } = await headIn(shop.db);
  const count = 2 * MOST_IMPORTED + 1;
  const customers = Array.from({ length: count }, (_, n) => ({
    ...dina,
    id: id(10_000 + n),
    name: `Номер ${n}`,
    owed: 100 + n,
    points: 0,
  }));
  const jws = (n: number) => `approval.${n}.${'a'.repeat(86)}`;
  const attempt = { source: 'file', operator: OWNER, at: AT } as const;
  const first = { ...attempt, customers: customers.slice(0, MOST_IMPORTED), approvals: [jws(1)] };
  // as if the device was switched off after the first act
  expect(await importCustomers(shop.db, first)).toMatchObject({ kind: 'saved' });
  const whole = { ...attempt, customers, approvals: [1, 2, 3].map(jws) };
  const added = MOST_IMPORTED + 1;
  const known = MOST_IMPORTED;
  expect(await importCustomers(shop.db, whole)).toEqual({ kind: 'saved', added, known });
  const acts = (await shop.db.journal.toArray()).filter((entry) => entry.seq > seq);
  expect(acts.map(({ act, body }) => [act, (body['customers'] as []).length])).toEqual([
    ['customers-imported', MOST_IMPORTED],
    ['customers-imported', MOST_IMPORTED],
    ['customers-imported', 1],
  ]);
  expect(acts.map(({ body }) => body['approval'])).toEqual([1, 2, 3].map(jws));
  expect(await standingIn(shop.db, id(10_000 + count - 1))).toEqual({
    owed: 100 + count - 1,
    points: 0,
  });
});

test('importing customers and their debts needs the right', async () => {
  const customers = [{ ...dina, owed: 0, points: 1_000_000 }];
  const attempt = { source: 'file', customers, approvals: [], operator: CASHIER, at: AT } as const;
  expect(await importCustomers(shop.db, attempt)).toMatchObject({ because: { kind: 'no-right' } });
  expect(await standingIn(shop.db, NEW)).toEqual({ owed: 0, points: 0 });
});

test('imported debt is shown without proof', async () => {
  const entry = (await shop.db.journal.toArray()).find((each) => each.act === 'customers-imported');
  const body = entry?.body as BodyOf<'customers-imported'>;
  expect(body.confirmations).toEqual([
    { kind: 'none', action: 'sell-on-account', amount: 50_000, because: 'demo' },
  ]);
  const rows = await shop.db.confirmations.toArray();
  expect(rows).toMatchObject([{ customer: ANNA, shown: 'none', amount: 50_000 }]);
});

test('a live query follows a changed balance', async () => {
  const seen: number[] = [];
  const moved = new Promise<void>((resolve, reject) => {
    const subscription = liveQuery(() => standingIn(shop.db, ANNA)).subscribe({
      next: ({ owed }) => {
        seen.push(owed);
        if (owed === 60_000) {
          subscription.unsubscribe();
          resolve();
        }
      },
      error: reject,
    });
  });
  const receipt = receiptOf(id(9000), { customer: ANNA });
  await shop.sell(receipt, [await shop.code(receipt, 'sell-on-account')]);
  await moved;
  expect(seen.at(-1)).toBe(60_000);
});
