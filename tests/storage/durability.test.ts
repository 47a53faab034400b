// An act is one strictly durable transaction: all of it is stored or nothing, and a retry is safe.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Dexie } from 'dexie';
import { TillDb, transact } from '$lib/storage/database/db';
import { saveDraft, openDraft } from '$lib/storage/sales/drafts';
import { StorageError, storageErrorKind } from '$lib/storage/storage-error';
import { NEW_CHECKOUT } from '$lib/domain/consent/checkout-state';
import { writeAct } from '$lib/storage/journal/writer';
import {
  ANNA,
  AT,
  cash,
  CASHIER,
  discard,
  everything,
  id,
  openShop,
  receiptOf,
  type Shop,
  wholeJournal,
} from '../support/storage-shop';
import { verifyChain } from '../support/verify-chain';

let shop: Shop;
const undo: (() => void)[] = [];
/** Unhandled rejections, any of which would stop the whole till. */
const uncaught: unknown[] = [];
const catchUncaught = (event: PromiseRejectionEvent) => uncaught.push(event.reason);
beforeAll(() => addEventListener('unhandledrejection', catchUncaught));
afterAll(() => removeEventListener('unhandledrejection', catchUncaught));
beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  for (const step of undo.splice(0)) step();
  await discard(shop.db);
  expect(uncaught.splice(0)).toEqual([]);
});

const SALE = id(1000);

/** A sale that writes to every table that a sale can write to. */
async function fullSale() {
  const receipt = receiptOf(SALE, { customer: ANNA, cheese: 1, tenders: [cash(20_000)] });
  const code = await shop.code(receipt, 'sell-on-account');
  await saveDraft(shop.db, {
    receipt,
    place: 'tender',
    checkout: NEW_CHECKOUT,
    askedBy: null,
    begun: true,
  });
  return { receipt, codes: [code] };
}

type Write = 'put' | 'add' | 'delete';

/** Counts the browser's own write requests; request number `failing` throws as on a full disk. */
function watchWrites(failing: number | null, error: () => DOMException = diskFull) {
  const seen = { writes: 0 };
  for (const name of ['put', 'add', 'delete'] satisfies Write[]) {
    const real = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, name);
    const call = real?.value as (...args: unknown[]) => IDBRequest;
    undo.push(() => Object.defineProperty(IDBObjectStore.prototype, name, real ?? {}));
    Object.defineProperty(IDBObjectStore.prototype, name, {
      ...real,
      value(this: IDBObjectStore, ...args: unknown[]) {
        seen.writes += 1;
        if (seen.writes === failing) throw error();
        return call.apply(this, args);
      },
    });
  }
  return seen;
}

const diskFull = () => new DOMException('full', 'QuotaExceededError');

function stopWatching(): void {
  for (const step of undo.splice(0)) step();
}

test('a sale that fails at any of its writes leaves nothing, and can be repeated', async () => {
  const { receipt, codes } = await fullSale();
  const before = await everything(shop.db);
  let failing = 1;
  for (; ; failing += 1) {
    const seen = watchWrites(failing);
    const outcome = await shop.sell(receipt, codes).catch((error: unknown) => error);
    stopWatching();
    if (seen.writes < failing) {
      expect(outcome).toMatchObject({ kind: 'saved' });
      break;
    }
    expect(outcome).toBeInstanceOf(StorageError);
    expect(storageErrorKind(outcome)).toBe('disk-full');
    expect(await everything(shop.db)).toEqual(before);
  }
  // journal, sale, two steps, two sums, a confirmation, stock of two products, a grant, a draft
  expect(failing - 1).toBeGreaterThanOrEqual(9);
  expect(await shop.db.sales.get(SALE)).toMatchObject({ number: 1 });
  expect(await openDraft(shop.db)).toBeNull();
  expect(await verifyChain(wholeJournal(shop.db))).toMatchObject({ kind: 'whole', count: 3 });
});

test('an abort of the whole transaction is "not saved", whatever error the browser gives', async () => {
  const { receipt, codes } = await fullSale();
  const before = await everything(shop.db);
  watchWrites(3, () => new DOMException('Maximum key generator value reached', 'ConstraintError'));
  const outcome = await shop.sell(receipt, codes).catch((error: unknown) => error);
  stopWatching();
  expect(storageErrorKind(outcome)).toBe('failed');
  expect(await everything(shop.db)).toEqual(before);
});

/** This many commits are stored, but their results are lost. */
function loseAnswers(times: number): void {
  const { db } = shop;
  const real = db.transaction.bind(db) as (...args: unknown[]) => Promise<unknown>;
  let lost = 0;
  db.transaction = (async (mode: string, ...rest: unknown[]) => {
    const result = await real(mode, ...rest);
    if (mode !== 'rw!' || lost === times) return result;
    lost += 1;
    throw new Dexie.DexieError('AbortError', 'the answer was lost');
  }) as unknown as typeof db.transaction;
}

test('a stored commit that was reported as lost is shown as saved', async () => {
  const { receipt, codes } = await fullSale();
  loseAnswers(1);
  const outcome = await shop.sell(receipt, codes);
  expect(outcome).toMatchObject({ kind: 'saved', sale: { id: SALE } });
  expect(await shop.db.sales.count()).toBe(1);
});

test('an act whose result was lost is not written a second time', async () => {
  loseAnswers(1);
  const body = { operator: CASHIER, failures: 5, until: AT };
  const entry = await writeAct(shop.db, {
    act: 'pin-locked',
    body,
    operator: null,
    at: AT,
    policy: 1,
  } as const);
  expect((await shop.db.journal.toArray()).slice(2)).toEqual([entry]);
});

test('a sale is one transaction, strictly durable', async () => {
  const { receipt, codes } = await fullSale();
  const modes: string[] = [];
  const real = Object.getOwnPropertyDescriptor(IDBDatabase.prototype, 'transaction');
  const call = real?.value as (...args: unknown[]) => IDBTransaction;
  undo.push(() => Object.defineProperty(IDBDatabase.prototype, 'transaction', real ?? {}));
  Object.defineProperty(IDBDatabase.prototype, 'transaction', {
    ...real,
    value(this: IDBDatabase, ...args: unknown[]) {
      const transaction = call.apply(this, args);
      if (transaction.mode === 'readwrite') modes.push(transaction.durability);
      return transaction;
    },
  });
  // a new connection, because an open one would still use the browser's own function
  const db = new TillDb(shop.db.name);
  const outcome = await (await openShopOn(db)).sell(receipt, codes);
  db.close();
  expect(outcome.kind).toBe('saved');
  expect(modes).toEqual(['strict']);
});

test('several tabs number their sales without gaps and duplicates', async () => {
  const other = new TillDb(shop.db.name);
  const { sell } = shop;
  const elsewhere: Shop = { ...(await openShopOn(other)), code: shop.code };
  const sales = Array.from({ length: 40 }, (_, n) =>
    receiptOf(id(2000 + n), { tenders: [cash(10_000)] }),
  );
  const outcomes = await Promise.all(
    sales.map((receipt, n) => (n % 2 === 0 ? sell(receipt) : elsewhere.sell(receipt))),
  );
  expect(outcomes.every((outcome) => outcome.kind === 'saved')).toBe(true);
  const numbers = (await shop.db.sales.toArray()).map((sale) => sale.number).sort((a, b) => a - b);
  expect(numbers).toEqual(sales.map((_, n) => n + 1));
  expect(await verifyChain(wholeJournal(shop.db))).toMatchObject({ kind: 'whole', count: 42 });
  other.close();
});

/** The same disk through another connection, as in a second tab. */
async function openShopOn(db: TillDb): Promise<Pick<Shop, 'db' | 'relay' | 'policyJws' | 'sell'>> {
  const { saveSale } = await import('$lib/storage/sales/save-sale');
  return {
    db,
    relay: shop.relay,
    policyJws: shop.policyJws,
    sell: (receipt, confirmations = []) =>
      saveSale(db, { receipt, operator: CASHIER, at: AT, confirmations }),
  };
}

test('a writer that lost its lock does not fork the journal', async () => {
  undo.push(() => Reflect.deleteProperty(navigator.locks, 'request'));
  Object.defineProperty(navigator.locks, 'request', {
    configurable: true,
    value: (_: string, work: () => unknown) => Promise.resolve().then(work),
  });
  const sales = [1, 2, 3].map((n) => receiptOf(id(3000 + n), { tenders: [cash(10_000)] }));
  const outcomes = await Promise.allSettled(sales.map((receipt) => shop.sell(receipt)));
  const saved = outcomes.filter((each) => each.status === 'fulfilled');
  expect(saved.length).toBeGreaterThanOrEqual(1);
  expect(await shop.db.sales.count()).toBe(saved.length);
  expect(await verifyChain(wholeJournal(shop.db))).toMatchObject({
    kind: 'whole',
    count: 2 + saved.length,
  });
});

test('a till that closes its database blocks no other tab, and leaves nothing half-done', async () => {
  const other = new TillDb(shop.db.name);
  const { drafts } = shop.db;
  const receipt = receiptOf(SALE, { tenders: [cash(10_000)] });
  const opened = { slot: 'open', id: SALE, place: 'goods', heldAt: null } as const;
  const row = { ...opened, receipt, checkout: NEW_CHECKOUT, askedBy: null, begun: false };
  let written = () => {};
  const begun = new Promise<void>((resolve) => (written = resolve));
  // like a page that is frozen in the middle: nothing ends this transaction
  const endless = transact(shop.db, [drafts], async () => {
    await drafts.put(row);
    for (;;) {
      await drafts.count();
      written();
    }
  });
  const ended = expect(endless).rejects.toBeInstanceOf(StorageError);
  await begun;
  const sold = (await openShopOn(other)).sell(receiptOf(id(1001), { tenders: [cash(10_000)] }));
  shop.db.abortAndClose();
  await ended;
  expect((await sold).kind).toBe('saved');
  expect(await other.drafts.count()).toBe(0);
  other.close();
});

test('a programming error is not reported as a disk failure', () => {
  expect(storageErrorKind(new DOMException('full', 'QuotaExceededError'))).toBe('disk-full');
  const hidden = new Dexie.DexieError('AbortError', 'aborted');
  Object.assign(hidden, { inner: new DOMException('full', 'QuotaExceededError') });
  expect(storageErrorKind(hidden)).toBe('disk-full');
  expect(storageErrorKind(new TypeError('x is undefined'))).toBe('failed');
});
