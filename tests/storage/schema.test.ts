// The stores and indexes of each database version: a change needs a new version.
import { expect, test } from 'vitest';
import { SCHEMA, TillDb } from '$lib/storage/database/db';
import { discard, emptyDb } from '../support/storage-shop';

/** One for every version ever shipped. Only add to it; never edit an element. */
const VERSIONS: Record<string, string>[] = [
  {
    accountEntries: '[hash+index]: customer',
    actIds: 'id',
    balances: '[customer+account]',
    debts: '[customer+debt]: left',
    confirmations: '[at+hash+index]: customer+at, shown+at',
    customers: 'id: *keys, order, phone',
    disputes: 'entry: about, customer',
    drafts: 'slot: id',
    forgotten: 'customer: byRightAt, state',
    grantsUsed: 'challenge',
    journal: '[till+seq]: till+policy',
    meta: 'key',
    notices: '[entry+customer]: entry',
    pinFailures: 'operator',
    policy: 'key',
    remoteAccountEntries: '[hash+index]: customer',
    remoteBalances: '[customer+account]',
    remoteBalancePacks: 'first',
    remoteDebts: '[customer+debt]: left',
    remoteCards: 'customer: mergedInto',
    remoteCardPacks: 'first',
    remoteCardLines: '[part+first]',
    remoteConfirmations: '[at+hash+index]: customer+at, shown+at',
    remoteCustomers: 'id: *keys, order, phone',
    remoteDisputes: 'entry: about, customer',
    remoteChunks: 'hash',
    remoteJournal: 'order: effect, original',
    remoteTills: 'till',
    reserveTries: 'customer',
    reserveVerifiers: 'id: customer',
    unconfirmed: 'entry: at',
    shifts: 'till',
    closedShifts: '[till+seq]',
    days: '[till+day]',
    sales: 'id: &till+number, *pieces, *sold, at, customer+at, roundedTotal+at, total+at',
    returns: 'hash: at, sale',
    remoteReturns: 'hash: sale',
    remoteSales: 'hash: *pieces, *sold, at, customer+at, roundedTotal+at, till+number, total+at',
    stock: 'product',
    products: 'product',
    categories: 'category',
    remoteStock: 'product',
    remoteAddedProducts: '[order+till+seq]',
    addedProducts: '[till+seq]',
    keptGoods: 'key',
    remoteProducts: 'product',
    remoteCategories: 'category',
  },
];

async function shapeOf(db: TillDb): Promise<Record<string, string>> {
  await db.open();
  const idb = db.backendDB();
  const names = [...idb.objectStoreNames];
  const transaction = idb.transaction(names);
  return Object.fromEntries(
    names.map((name) => {
      const store = transaction.objectStore(name);
      const path = (keys: string | string[] | null) =>
        Array.isArray(keys) ? keys.join('+') : keys;
      const key = Array.isArray(store.keyPath) ? `[${path(store.keyPath)}]` : path(store.keyPath);
      const indexes = [...store.indexNames]
        .map((index) => store.index(index))
        .map(
          (each) => `${each.unique ? '&' : ''}${each.multiEntry ? '*' : ''}${path(each.keyPath)}`,
        )
        .sort();
      return [name, indexes.length === 0 ? key : `${key}: ${indexes.join(', ')}`];
    }),
  ) as Record<string, string>;
}

test('the database has the shape of its version, and every version is listed here', async () => {
  const db = emptyDb();
  expect(VERSIONS).toHaveLength(SCHEMA);
  expect(await shapeOf(db)).toEqual(VERSIONS.at(-1));
  expect(await db.meta.get('schema')).toEqual({
    key: 'schema',
    value: { schema: SCHEMA, minWriter: 1 },
  });
  await discard(db);
});

test('the till stores everything in one database of its own name', () => {
  const db = new TillDb();
  expect(db.name).toBe('counterfoil');
  db.close();
});
