// The till learns of damage to its database from every read and write that fails because of it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { transact } from '$lib/storage/database/db';
import { spoilRows, spoilRowsToNull } from '../support/journal-disk';
import { ANNA, discard, openShop, TILL, type Shop } from '../support/storage-shop';

let shop: Shop;
let met: number;
const undo: (() => void)[] = [];
beforeEach(async () => {
  shop = await openShop();
  met = 0;
  shop.db.ondamage = () => (met += 1);
});
afterEach(async () => {
  mend();
  await discard(shop.db);
});

const mend = () => undo.splice(0).forEach((each) => each());

/** How often damage was met while `work` ran; its error does not matter. */
async function metBy(work: () => PromiseLike<unknown>): Promise<number> {
  met = 0;
  await Promise.resolve(work()).catch(() => undefined);
  return met;
}

const reads = {
  'by key': () => shop.db.customers.get(ANNA),
  'of several keys': () => shop.db.customers.bulkGet([ANNA]),
  'of a whole table': () => shop.db.customers.toArray(),
  'with a cursor': () => shop.db.customers.toCollection().each(() => undefined),
};

test.each(Object.entries(reads))('a read %s that fails reports it', async (_, read) => {
  expect(await metBy(read)).toBe(0);
  undo.push(spoilRows(['customers', ANNA]));
  expect(await metBy(read)).toBeGreaterThan(0);
  mend();
  undo.push(spoilRowsToNull(['customers', ANNA]));
  expect(await metBy(read)).toBeGreaterThan(0);
  mend();
  expect(await metBy(read)).toBe(0);
});

/** Each request of this method throws the error. */
function failing(method: 'put' | 'delete' | 'count', error: string): void {
  const real = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, method)!;
  undo.push(() => Object.defineProperty(IDBObjectStore.prototype, method, real));
  Object.defineProperty(IDBObjectStore.prototype, method, {
    ...real,
    value: () => {
      throw new DOMException('refused by a test', error);
    },
  });
}

const tries = { operator: TILL, failures: 1, locks: 0, lockedUntil: 0, lockMs: 0, seenAt: 1 };
const write = () => transact(shop.db, [shop.db.pinFailures], () => shop.db.pinFailures.put(tries));

test('a write that fails reports it, also one of many rows', async () => {
  expect(await metBy(write)).toBe(0);
  failing('put', 'UnknownError');
  expect(await metBy(write)).toBeGreaterThan(0);
  const { pinFailures } = shop.db;
  expect(await metBy(() => pinFailures.bulkPut([tries, { ...tries, operator: ANNA }]))).not.toBe(0);
  failing('delete', 'UnknownError');
  expect(await metBy(() => shop.db.pinFailures.delete(TILL))).toBeGreaterThan(0);
  failing('count', 'UnknownError');
  expect(await metBy(() => shop.db.pinFailures.count())).toBeGreaterThan(0);
});

test.each(['QuotaExceededError', 'ConstraintError', 'AbortError', 'InvalidStateError'])(
  'a %s is not damage',
  async (error) => {
    failing('put', error);
    expect(await metBy(write)).toBe(0);
  },
);

test('an act that aborts its transaction on purpose is not damage', async () => {
  const given = new Error('the decision changed');
  expect(await metBy(() => transact(shop.db, [shop.db.meta], () => Promise.reject(given)))).toBe(0);
});

test('rows that are found and replaced do not count, rows that stop the work do', async () => {
  undo.push(spoilRows(['customers', ANNA]));
  const { customers } = shop.db;
  const doWithout = () => customers.get(ANNA).catch(() => null);
  expect(await metBy(() => shop.db.mending(doWithout))).toBe(0);
  expect(await metBy(() => shop.db.mending(() => customers.get(ANNA)))).toBeGreaterThan(0);
  expect(await metBy(() => customers.get(ANNA))).toBeGreaterThan(0);
});
