// Code older than the schema on the disk reads but never writes; a newer tab may upgrade.
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { saveMeta } from '$lib/storage/database/meta';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NEW_CHECKOUT } from '$lib/domain/consent/checkout-state';
import { saveCustomer } from '$lib/storage/customers/customers';
import { standingIn } from '$lib/storage/customers/accounts';
import { TillDb } from '$lib/storage/database/db';
import { saveDraft } from '$lib/storage/sales/drafts';
import { StorageError, storageErrorKind } from '$lib/storage/storage-error';
import { DEFAULT_PREFERENCES } from '$lib/storage/till/till';
import {
  ANNA,
  AT,
  cash,
  CASHIER,
  discard,
  emptyDb,
  everything,
  id,
  openShop,
  receiptOf,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const SALE = id(1000);

test('code older than the schema on the disk reads but does not write', async () => {
  await shop.db.meta.put({ key: 'schema', value: { schema: 3, minWriter: 3 } });
  const before = await everything(shop.db);
  const receipt = receiptOf(SALE, { tenders: [cash(10_000)] });
  const draft = {
    receipt,
    place: 'goods',
    checkout: NEW_CHECKOUT,
    askedBy: null,
    begun: false,
  } as const;
  const customer = {
    id: id(55),
    name: 'Дина',
    phone: null,
    credit: { kind: 'shop-limit' },
    ...NO_DETAILS,
  } as const;
  const writes = [
    () => shop.sell(receipt),
    () => saveDraft(shop.db, draft),
    () => saveCustomer(shop.db, { customer, operator: CASHIER, at: AT }),
    () => saveMeta(shop.db, 'preferences', { ...DEFAULT_PREFERENCES, theme: 'dark' }),
  ];
  for (const write of writes) {
    const outcome = await write().catch((error: unknown) => error);
    expect(storageErrorKind(outcome)).toBe('newer-schema');
    expect(outcome).toBeInstanceOf(StorageError);
  }
  expect(await everything(shop.db)).toEqual(before);
  expect(await standingIn(shop.db, ANNA)).toEqual({ owed: 50_000, points: 300 });
});

test('code older than the database itself does not write either', async () => {
  const name = shop.db.name;
  shop.db.close();
  // a newer till with another version and another gate
  const newer = new TillDb(name);
  newer
    .version(3)
    .stores({ later: 'id' })
    .upgrade((transaction) =>
      transaction.table('meta').put({ key: 'schema', value: { schema: 3, minWriter: 3 } }),
    );
  await newer.open();
  newer.close();
  const old = new TillDb(name);
  const outcome = await saveMeta(old, 'preferences', {
    ...DEFAULT_PREFERENCES,
    theme: 'dark',
  }).catch((error: unknown) => error);
  expect(storageErrorKind(outcome)).toBe('newer-schema');
  expect(await old.meta.get('preferences')).toBeUndefined();
  old.close();
});

test('a newer tab may upgrade, and the old one stops permanently', async () => {
  const newer = new TillDb(shop.db.name);
  newer.version(3).stores({ later: 'id' });
  await newer.open();
  const receipt = receiptOf(SALE, { tenders: [cash(10_000)] });
  const outcome = await shop.sell(receipt).catch((error: unknown) => error);
  expect(storageErrorKind(outcome)).toBe('blocked');
  newer.close();
});

test('a till without its gate writes nothing', async () => {
  const db = emptyDb();
  await db.meta.delete('schema');
  const outcome = await saveMeta(db, 'preferences', {
    ...DEFAULT_PREFERENCES,
    theme: 'dark',
  }).catch((error: unknown) => error);
  expect(storageErrorKind(outcome)).toBe('failed');
  await discard(db);
});
