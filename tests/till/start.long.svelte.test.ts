// An unreadable row does not stop the start of a till whose journal file is complete.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NEW_CHECKOUT } from '$lib/domain/consent/checkout-state';
import { demoGoods } from '$lib/domain/demo/goods';
import { RelayClock } from '$lib/relay-client/clock';
import { Catalogue } from '$lib/state/catalogue.svelte';
import { Disk, type DiskNews } from '$lib/state/device/disk.svelte';
import { PersistedPreferences } from '$lib/state/device/persisted-preferences.svelte';
import { Connectivity } from '$lib/state/relay/connectivity.svelte';
import { PersistedClock } from '$lib/state/relay/persisted-clock.svelte';
import { mayWrite, TillDb } from '$lib/storage/database/db';
import { formerTillsIn, tillIn } from '$lib/storage/database/meta';
import { sizeOf } from '../support/cases';
import { importGoods } from '../support/goods';
import { currentPolicy } from '$lib/storage/policy/policies';
import { writeAct } from '$lib/storage/journal/writer';
import { openDraft, saveDraft } from '$lib/storage/sales/drafts';
import { saveSale } from '$lib/storage/sales/save-sale';
import { loadReserveVersion } from '$lib/storage/secrets/reserve-verifiers';
import type { Change } from '$lib/storage/schema/change';
import type { MetaRow } from '$lib/storage/schema/records';
import {
  bytesOfFile,
  damageLines,
  discardShop,
  linesOf,
  openShopWithFile,
  putBytes,
  spoilRows,
  spoilRowsToNull,
  stopTill,
} from '../support/journal-disk';
import {
  ANNA,
  AT,
  BORIS,
  CASHIER,
  cash,
  everything,
  id,
  overrideBy,
  receiptOf,
  SENIOR,
  SHOP,
  TILL,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
let disk: Disk | null;
let undo: () => void;
beforeEach(async () => {
  disk = null;
  undo = () => {};
  shop = await openShopWithFile();
  await trade();
  await keepOthers();
});
afterEach(async () => {
  undo();
  disk?.abortAndClose();
  await discardShop(shop.db);
});

/** Goods, receipts 1 to 3 (the last ones by right and for cash), and an open receipt. */
async function trade(): Promise<void> {
  await importGoods(shop.db, { products: demoGoods({ code: 'RUB', digits: 2 }, 'ru') });
  const owing = receiptOf(id(1001), { customer: ANNA });
  await shop.sell(owing, [await shop.code(owing, 'sell-on-account')]);
  await shop.sell(receiptOf(id(1002), { customer: BORIS }), [
    overrideBy(SENIOR, 'sell-on-account'),
  ]);
  await shop.sell(receiptOf(id(1003), { tenders: [cash(10_000)] }));
  const receipt = receiptOf(id(1004), { customer: BORIS });
  await saveDraft(shop.db, {
    receipt,
    place: 'goods',
    checkout: NEW_CHECKOUT,
    askedBy: null,
    begun: false,
  });
}

const TRIES = { failures: 1, locks: 0, lockedUntil: 0, lockMs: 0, seenAt: AT };
const HASH = 'a'.repeat(64);

/** Rows that acts attach to their entries. */
const ATTACHED: Change[] = [
  {
    table: 'reserveVerifiers',
    op: 'put',
    rows: [
      { id: id(41), customer: ANNA, prefix: 'AB', cap: 1, at: AT, signed: `a.b.${'c'.repeat(86)}` },
    ],
  },
  { table: 'reserveTries', op: 'put', rows: [{ customer: ANNA, ...TRIES }] },
  { table: 'pinFailures', op: 'put', rows: [{ operator: CASHIER, ...TRIES }] },
  {
    table: 'meta',
    op: 'put',
    rows: [
      { key: 'removal', value: { till: TILL, since: null } },
      { key: 'numbers-taken', value: [{ till: TILL, after: 3, upTo: 5, seq: 9 }] },
      { key: 'former-tills', value: [] },
      { key: 'refused-policy', value: { mark: HASH } },
    ],
  },
];

/** Values that only the database has. */
const ALONE: MetaRow[] = [
  {
    key: 'preferences',
    value: {
      language: 'ru',
      theme: 'dark',
      paperMm: 58,
      demoExplained: true,
      installDeclined: true,
      checklistClosed: true,
      sound: 'off',
    },
  },
  { key: 'clock', value: { offsetMs: 0, contactAt: AT } },
  { key: 'last-contact', value: { relayAt: AT, providerAt: null, demo: null } },
  { key: 'notices-cursor', value: { till: TILL, cursor: 1 } },
  { key: 'reserve-codes', value: { version: 1 } },
  { key: 'offered', value: { till: TILL, seq: 1 } },
  { key: 'quarantine', value: { because: 'fork', since: AT } },
  { key: 'start-news', value: [] },
  { key: 'watermark', value: { till: TILL, seq: 1, hash: HASH, jws: 'a.b.c' } },
];

async function keepOthers(): Promise<void> {
  const { db } = shop;
  await db.file?.add([{ kind: 'attached', changes: ATTACHED }]);
  for (const change of ATTACHED)
    if (change.op === 'put') await db.table<unknown>(change.table).bulkPut([...change.rows]);
  await db.meta.bulkPut(ALONE);
  await db.notices.put({ entry: HASH, customer: ANNA, state: 'sent' });
}

function locked(failures: number) {
  const body = { operator: CASHIER, failures, until: AT + 60_000 };
  return writeAct(shop.db, { act: 'pin-locked', operator: null, at: AT, policy: 1, body });
}

/** Reads everything the till reads before it can sell; starts again after replacing rows, as the page does. */
async function start(): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(await disk!.replaceUnreadable(AT))) throw error;
    await read();
  }
}

async function read(): Promise<void> {
  disk?.abortAndClose();
  stopTill(shop.db);
  const db = new TillDb(shop.db.name);
  shop = { ...shop, db };
  disk = new Disk(db);
  await disk.look();
  await mayWrite(db);
  await new PersistedClock(db, new RelayClock()).recall();
  await new Connectivity(db, () => AT).recall();
  await new PersistedPreferences(db, () => Promise.resolve()).recall();
  expect(await tillIn(db)).toMatchObject({ id: TILL, shop: SHOP });
  await disk.compare(AT);
  expect(await currentPolicy(db)).toMatchObject({ kind: 'policy' });
  await formerTillsIn(db);
  await new Catalogue(
    db,
    () => undefined,
    () => AT,
  ).load();
  await openDraft(db);
  await db.file?.rebuilt;
}

describe('a database that has lost the row which every write checks', () => {
  const loseFile = async () => {
    stopTill(shop.db);
    const root = await navigator.storage.getDirectory();
    // the worker of the till just stopped closes the file a moment later
    await vi.waitFor(() => root.removeEntry(shop.db.name, { recursive: true }));
  };

  test('gets it back where the till is known, and the till sells', async () => {
    await shop.db.meta.delete('schema');
    await start();
    const receipt = receiptOf(id(1005), { tenders: [cash(10_000)] });
    const outcome = await saveSale(shop.db, {
      receipt,
      confirmations: [],
      operator: CASHIER,
      at: AT,
    });
    expect(outcome).toMatchObject({ kind: 'saved' });
  });

  test('and all others, begins again where there is no file, and says that all is lost', async () => {
    for (const table of shop.db.tables) await table.clear();
    await loseFile();
    await expect(start()).rejects.toThrow();
    expect(await tillIn(shop.db)).toBeNull();
    await mayWrite(shop.db);
    await disk!.compare(AT);
    expect(disk!.news).toEqual([{ kind: 'lost' }]);
  });

  test('and all others, is left as it is beside a file: a person decides', async () => {
    for (const table of shop.db.tables) await table.clear();
    await expect(start()).rejects.toThrow();
    expect(await disk!.unreadForRebuild()).toBe(0);
    expect(await shop.db.meta.count()).toBe(0);
  });
});

/** The key of the last row of every table, and of every row of `meta` except the one with the till's key. */
async function places(): Promise<(readonly [table: string, key: IDBValidKey])[]> {
  const all = await Promise.all(
    shop.db.tables.map(async (table) => {
      const keys = (await table.toCollection().primaryKeys()) as IDBValidKey[];
      if (table.name === 'meta')
        return keys.filter((key) => key !== 'till').map((key) => [table.name, key] as const);
      return keys.slice(-1).map((key) => [table.name, key] as const);
    }),
  );
  return all.flat();
}

/** The message about a lost row of this kind. */
function leftOut(table: string, key: IDBValidKey): DiskNews[] {
  if (table === 'drafts') return [{ kind: 'left-out', receipts: 1, others: 0 }];
  const isNamed = key === 'preferences' || key === 'start-news';
  return isNamed ? [{ kind: 'left-out', receipts: 0, others: 1 }] : [];
}

/** Tables whose rows have no other copy, so that unreadable ones are removed. */
const WITHOUT_COPY = ['drafts', 'notices'];

// each place makes a full start: `npm test` spoils it in one of the two ways, the long run in both
const WAYS = sizeOf({ push: 1, long: 2 });

describe.each([
  ['cannot be read', spoilRows, 0],
  ['reads as null', spoilRowsToNull, 1],
] as const)('one row that %s', (_, spoil, nth) => {
  test('is restored or left out, and the till sells', async () => {
    const all = await places();
    expect(new Set(all.map(([table]) => table)).size).toBeGreaterThan(14);
    const before = await everything(shop.db);
    for (const [table, key] of all.filter((_place, n) => WAYS === 2 || n % 2 === nth)) {
      undo = spoil([table, key]);
      await start().catch((error: unknown) => {
        throw new Error(`${table} ${JSON.stringify(key)}`, { cause: error });
      });
      await disk!.repairLosses(AT);
      const after = await everything(shop.db);
      undo();
      const expected = WITHOUT_COPY.includes(table) ? { ...before, [table]: [] } : before;
      expect(after, `${table} ${JSON.stringify(key)}`).toEqual(expected);
      const named = disk!.news.filter(({ kind }) => kind !== 'repaired');
      expect(named, `${table} ${JSON.stringify(key)}`).toEqual(leftOut(table, key));
      await Promise.all(named.map((each) => disk!.acknowledge(each)));
      await shop.db.drafts.bulkPut(before['drafts'] as never);
      await shop.db.notices.bulkPut(before['notices'] as never);
      await shop.db.meta.bulkPut(ALONE);
    }
    const outcome = await saveSale(shop.db, {
      receipt: receiptOf(id(1005), { tenders: [cash(10_000)] }),
      confirmations: [],
      operator: CASHIER,
      at: AT,
    });
    expect(outcome).toMatchObject({ kind: 'saved', sale: { number: 6 } });
  });

  test('is asked of the relay again where it was a reserve code without a copy', async () => {
    const [row] = await shop.db.reserveVerifiers.toArray();
    await shop.db.reserveVerifiers.clear();
    await shop.db.reserveVerifiers.put({ ...row!, id: id(42) });
    undo = spoil(['reserveVerifiers', id(42)]);
    await start();
    expect(await loadReserveVersion(shop.db)).toBe(1);
    await disk!.repairLosses(AT);
    expect(await shop.db.reserveVerifiers.count()).toBe(0);
    expect(await loadReserveVersion(shop.db)).toBe(0);
  });

  test('is an entry that the file does not have either: the start goes on, and names it', async () => {
    const { name } = shop.db;
    for (const failures of [5, 6, 7]) await locked(failures);
    stopTill(shop.db);
    const whole = await bytesOfFile(name);
    const acts = (await linesOf(name)).flatMap((line) => (line.kind === 'act' ? [line.entry] : []));
    // all but the first entry, which names the shop, and the last, to which the next act is chained
    for (const { seq } of acts.slice(1, -1)) {
      disk?.abortAndClose();
      stopTill(shop.db);
      await putBytes(name, whole);
      await damageLines(name, seq);
      undo = spoil(['journal', [TILL, seq]]);
      await start().catch((error: unknown) => {
        throw new Error(`entry ${seq}`, { cause: error });
      });
      await disk!.repairLosses(AT);
      undo();
      const missing = disk!.news.filter(({ kind }) => kind === 'missing');
      expect(missing, `entry ${seq}`).toMatchObject([{ rows: { entries: [{ till: TILL, seq }] } }]);
    }
  });

  test("is not replaced where it holds the till's key: a person decides", async () => {
    undo = spoil(['meta', 'till'], ['meta', 'preferences']);
    await expect(start()).rejects.toThrow();
    undo();
    expect(await shop.db.meta.get('preferences')).toMatchObject({ value: { theme: 'dark' } });
  });
});
