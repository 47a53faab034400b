// Forgetting a customer at a till.
// Refusals by what the till knows, and the card in the journal file and in backups.
import type { Grant } from '$lib/contract/grant';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TillDb, transact } from '$lib/storage/database/db';
import { makeBackup } from '$lib/storage/backup/make-backup';
import { checkBackup, restoreBackup } from '$lib/storage/backup/restore-backup';
import { customerById, importCustomers } from '$lib/storage/customers/customers';
import { findCustomers } from '$lib/storage/customers/find-customers';
import {
  forgetCustomer,
  whatForgetting,
  type GivenForgetConsent,
} from '$lib/storage/customers/forgotten';
import { forgetHash, phoneHash } from '$lib/proof/deal';
import { signForgetApproval, signGrant } from '$lib/proof/grant';
import { openDispute } from '$lib/storage/customers/disputes';
import { saveDraft } from '$lib/storage/sales/drafts';
import { NEW_CHECKOUT } from '$lib/domain/consent/checkout-state';
import { eraseFromFile } from '$lib/storage/recovery/erased-cards';
import { repair } from '$lib/storage/recovery/repair';
import { delayIn, erasedTables, eraseIn } from '$lib/storage/remote/forgotten-customers';
import {
  bytesNamed,
  discardShop,
  loseDatabase,
  namesIn,
  openShopWithFile,
  startTill,
  stopTill,
} from '../support/journal-disk';
import {
  ANNA,
  AT,
  BORIS,
  CASHIER,
  HOUR,
  id,
  NO_CREDIT,
  NO_PHONE,
  overrideBy,
  OWNER,
  owingOf,
  receiptOf,
  SENIOR,
  SHOP,
  TILL,
  type Shop,
} from '../support/storage-shop';

const MONTH = 30 * 24 * HOUR;
const BY_RIGHT = { kind: 'by-right' } as const;

let shop: Shop;
let open: TillDb[];
beforeEach(async () => {
  shop = await openShopWithFile();
  open = [shop.db];
});
afterEach(async () => {
  for (const db of open) stopTill(db);
  await discardShop(shop.db);
});

const by = (at = AT, operator = OWNER) => ({ operator, at });
const forget = (customer: string, at = AT, operator = OWNER) =>
  forgetCustomer(shop.db, { customer, ...by(at, operator), consent: BY_RIGHT });
/** Erases the customer, as the shop's order does. */
const erase = (customer: string) =>
  transact(shop.db, erasedTables(shop.db), () => eraseIn(shop.db, [customer]));
const lastAct = async () => (await shop.db.journal.orderBy(':id').last())?.act;

describe('the till refuses it, each for its own reason, and writes nothing:', () => {
  async function refused(customer: string, because: object, at = AT, operator = OWNER) {
    const before = await shop.db.journal.count();
    expect(await forget(customer, at, operator)).toEqual({ kind: 'refused', because });
    const asked = { customer, ...by(at, operator) };
    expect(await whatForgetting(shop.db, asked)).toEqual({ kind: 'refused', because });
    expect(await shop.db.journal.count()).toBe(before);
    expect(await customerById(shop.db, customer)).not.toBeNull();
    expect(await shop.db.forgotten.count()).toBe(0);
  }

  test('without the right', () =>
    refused(BORIS, { kind: 'no-right', right: 'manage-customers' }, AT, CASHIER));

  test('while something is owed', () => refused(ANNA, { kind: 'owes', amount: 50_000 }));

  test('while the shop owes them', async () => {
    await shop.db.balances.put({ customer: BORIS, account: 'debt', sum: -700 });
    await refused(BORIS, { kind: 'paid-ahead', amount: 700 });
  });

  test('while they dispute something', async () => {
    await openDispute(shop.db, { customer: BORIS, about: null, note: null, ...by() });
    await refused(BORIS, { kind: 'disputed' });
  });

  test('while a receipt of theirs is being confirmed', async () => {
    const receipt = owingOf(id(3001), BORIS);
    const checkout = { kind: 'confirming', asks: [], got: [] } as never;
    await shop.db.drafts.put({
      slot: 'held:1',
      id: receipt.id,
      receipt,
      place: 'tender',
      checkout,
      begun: true,
      heldAt: null,
    });
    await refused(BORIS, { kind: 'code-open' });
  });

  test('while a message to them is not out', async () => {
    await shop.db.notices.put({ entry: 'a'.repeat(64), customer: BORIS, state: 'waiting' });
    await refused(BORIS, { kind: 'notices-waiting' });
    await shop.db.notices.put({ entry: 'a'.repeat(64), customer: BORIS, state: 'sent' });
    expect(await forget(BORIS)).toEqual({ kind: 'forgotten' });
  });

  test('for thirty days after the last act without a code', async () => {
    const sale = owingOf(id(3002), BORIS);
    await shop.sell(sale, [overrideBy(SENIOR, 'sell-on-account')]);
    await shop.db.balances.put({ customer: BORIS, account: 'debt', sum: 0 });
    const recent = { kind: 'without-code', until: AT + MONTH };
    await refused(BORIS, recent, AT + MONTH - 1);
    expect(await forget(BORIS, AT + MONTH)).toEqual({ kind: 'forgotten' });
  });
});

test('says which points lapse, hides the card at once and keeps it until the order says so', async () => {
  const asked = { customer: NO_PHONE, ...by() };
  expect(await whatForgetting(shop.db, asked)).toEqual({
    kind: 'allowed',
    lapsed: 50,
    leftByRight: 5,
  });
  expect(await forget(NO_PHONE)).toEqual({ kind: 'forgotten' });
  const last = await shop.db.journal.orderBy(':id').last();
  expect(last).toMatchObject({ act: 'customer-forgotten', operator: OWNER });
  expect(last?.body).toEqual({ customer: NO_PHONE, merged: [], lapsed: 50, consent: BY_RIGHT });
  expect(await customerById(shop.db, NO_PHONE)).toBeNull();
  expect(await findCustomers(shop.db, 'вера', 5)).toEqual([]);
  expect(await findCustomers(shop.db, '', 9)).toHaveLength(3);
  expect(await shop.db.customers.get(NO_PHONE)).toBeDefined();
  expect(await shop.db.forgotten.toArray()).toEqual([
    { customer: NO_PHONE, state: 'asked', byRightAt: AT, until: null },
  ]);
  expect(await shop.sell(receiptOf(id(3003), { customer: NO_PHONE }))).toMatchObject({
    because: { kind: 'no-customer' },
  });
});

describe('five by right in a day, at any till', () => {
  const ELSEWHERE = [1, 2, 3, 4, 5].map((place) => id(3100 + place));
  beforeEach(() =>
    transact(shop.db, erasedTables(shop.db), () =>
      delayIn(
        shop.db,
        ELSEWHERE.map((customer) => ({ customer, until: AT, byRightAt: AT - HOUR })),
      ).then(() => eraseIn(shop.db, ELSEWHERE.slice(2))),
    ),
  );
  const forgetWith = (customer: string, consent: GivenForgetConsent) =>
    forgetCustomer(shop.db, { customer, ...by(), consent });
  const manyToday = { kind: 'refused', because: { kind: 'many-today' } };

  async function approval(customer: string): Promise<GivenForgetConsent> {
    const jws = await signForgetApproval(
      {
        v: 1,
        purpose: 'forget-customer',
        id: id(3200),
        shop: SHOP,
        till: TILL,
        customer,
        demo: false,
        iat: AT,
        exp: AT + HOUR,
      },
      shop.relay.privateKey,
      shop.relay.kid,
    );
    return { kind: 'owner', jws };
  }

  test('stop the sixth, whom a day later nothing stops', async () => {
    expect(await forget(BORIS)).toEqual(manyToday);
    expect(await whatForgetting(shop.db, { customer: BORIS, ...by() })).toMatchObject({
      leftByRight: 0,
    });
    expect(await forget(BORIS, AT + 23 * HOUR)).toEqual({ kind: 'forgotten' });
  });

  test('and the sixth is forgotten with an owner’s code for them', async () => {
    const consent = await approval(BORIS);
    expect(await forgetWith(NO_CREDIT, consent)).toEqual({
      kind: 'refused',
      because: { kind: 'consent-not-for-this' },
    });
    expect(await forgetWith(BORIS, consent)).toEqual({ kind: 'forgotten' });
    expect(await shop.db.forgotten.get(BORIS)).toMatchObject({ byRightAt: null });
  });

  test('or with their own, which went to the number of the card', async () => {
    const card = await customerById(shop.db, BORIS);
    if (card === null || card.phone === null) expect.fail('nobody to ask');
    const { cardSalt, phone } = card;
    const codeTo = async (to: string): Promise<GivenForgetConsent> => {
      const grant: Grant = {
        v: 1,
        shop: SHOP,
        till: TILL,
        challenge: id(3300),
        action: 'forget-customer',
        operator: OWNER,
        receipt: BORIS,
        customer: BORIS,
        person: null,
        amount: null,
        channel: 'sms',
        provider: 'smsru',
        broughtIn: null,
        weak: false,
        demo: false,
        iat: AT,
        exp: AT + HOUR,
        phoneSince: AT - 100 * HOUR,
        phoneHash: await phoneHash(cardSalt, to),
        dealHash: await forgetHash({ customerId: BORIS, cardSalt, phone }),
      };
      const { privateKey, kid } = shop.relay;
      return { kind: 'code', jws: await signGrant(grant, privateKey, kid) };
    };
    expect(await forgetWith(BORIS, await codeTo('+79260009999'))).toEqual({
      kind: 'refused',
      because: { kind: 'consent-not-for-this' },
    });
    expect(await forgetWith(BORIS, await codeTo(phone))).toEqual({ kind: 'forgotten' });
  });
});

test('an import brings no forgotten customer back', async () => {
  await forget(BORIS);
  const boris = { id: BORIS, name: 'Борис', phone: null, credit: { kind: 'shop-limit' } } as const;
  const customers = [{ ...boris, ...NO_DETAILS, owed: 100, points: 0 }];
  const asked = { source: 'demo', approvals: [], customers, ...by() } as const;
  expect(await importCustomers(shop.db, asked)).toEqual({ kind: 'saved', added: 0, known: 1 });
  expect(await lastAct()).toBe('customer-forgotten');
});

/** Paths of the files in the till's folder that contain this text. */
async function filesWith(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await namesIn(shop.db.name)) {
    const content = new TextDecoder().decode(await bytesNamed(shop.db.name, name));
    if (content.includes(text)) found.push(name);
  }
  return found;
}

async function restart() {
  for (const db of open) stopTill(db);
  const started = await startTill(shop.db.name);
  open.push(started.db);
  return started;
}

test('the journal’s file is written again without the card, and nothing beside it has it', async () => {
  await shop.db.file?.open('0190a000-0000-7000-8000-0000000000ff');
  await shop.db.file?.add([
    {
      kind: 'attached',
      changes: [{ table: 'customers', op: 'put', rows: await shop.db.customers.toArray() }],
    },
  ]);
  await restart();
  const { db } = await restart();
  await forgetCustomer(db, { customer: BORIS, ...by(), consent: BY_RIGHT });
  shop = { ...shop, db };
  await erase(BORIS);
  expect((await filesWith('Борис Ёлкин')).length).toBeGreaterThan(1);
  expect(await eraseFromFile(db, 'selling')).toBe(true);
  expect(await db.forgotten.get(BORIS)).toEqual({
    customer: BORIS,
    state: 'erased',
    byRightAt: AT,
    until: null,
  });
  expect(await eraseFromFile(db, 'selling')).toBe(false);
  expect(db.file?.state).toBe('in-use');
  for (const each of open) stopTill(each);
  expect(await filesWith('Борис Ёлкин')).toEqual([]);
  expect(await filesWith('Анна Кузнецова')).toHaveLength(1);
});

test('an open receipt stays, without the customer who is forgotten', async () => {
  await saveDraft(shop.db, {
    receipt: owingOf(id(3007), BORIS),
    place: 'tender',
    checkout: NEW_CHECKOUT,
    askedBy: null,
    begun: false,
  });
  await erase(BORIS);
  const [draft] = await shop.db.drafts.toArray();
  expect(draft?.receipt).toMatchObject({ id: id(3007), customer: null });
});

test('a database that is lost is rebuilt without the card, and does not miss it', async () => {
  await shop.sell(receiptOf(id(3004), { customer: BORIS }));
  await forget(BORIS);
  await erase(BORIS);
  await eraseFromFile(shop.db, 'idle');
  const [, before] = [await repair(shop.db, AT), await shop.db.journal.count()];
  expect(await repair(shop.db, AT)).toEqual([]);
  for (const db of open) stopTill(db);
  await loseDatabase(shop.db.name);
  const { db } = await restart();
  expect(await db.customers.get(BORIS)).toBeUndefined();
  expect(await db.customers.count()).toBe(3);
  expect(await db.journal.count()).toBeGreaterThanOrEqual(before);
  expect((await repair(db, AT)).filter(({ kind }) => kind === 'missing')).toEqual([]);
});

test('a database lost after the request asks for it again', async () => {
  await forget(NO_CREDIT);
  for (const db of open) stopTill(db);
  await loseDatabase(shop.db.name);
  const { db } = await restart();
  expect(await db.forgotten.toArray()).toEqual([
    { customer: NO_CREDIT, state: 'asked', byRightAt: AT, until: null },
  ]);
  expect(await customerById(db, NO_CREDIT)).toBeNull();
});

test('a later backup has no card, and restores none', async () => {
  await forget(BORIS);
  await erase(BORIS);
  const made = await makeBackup(shop.db, { passphrase: null, at: AT });
  if (typeof made === 'string') expect.fail(made);
  expect(made.missing).toMatchObject({ cards: 0 });
  const checked = await checkBackup(shop.db, made.file, null);
  if (checked.kind !== 'checked') expect.fail(checked.because);
  expect(JSON.stringify(checked.rows)).not.toContain('Борис Ёлкин');
  expect(checked.header.shop).toBe(SHOP);
  expect(await restoreBackup(shop.db, checked, by())).toEqual({ kind: 'restored' });
  expect(await customerById(shop.db, BORIS)).toBeNull();
  expect(await shop.db.forgotten.count()).toBe(1);
});
