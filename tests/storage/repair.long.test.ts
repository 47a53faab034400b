// Rows lost from the middle of the database: noticed in use, restored from the file, or reported.
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { metaIn } from '$lib/storage/database/meta';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signWatermark } from '$lib/proof/journal-head';
import { TillDb } from '$lib/storage/database/db';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import { JournalFile } from '$lib/storage/wal/journal-file';
import { lineBytes, type ActLine } from '$lib/storage/wal/line';
import { saveCustomer } from '$lib/storage/customers/customers';
import { giveUpPending } from '$lib/storage/journal/writer';
import { missingRows } from '$lib/storage/recovery/missing-rows';
import { restoreEntries } from '$lib/storage/recovery/repair';
import { repairLosses } from '$lib/storage/recovery/start';
import { startNewsIn } from '$lib/storage/recovery/start-news';
import {
  bytesOfFile,
  discardShop,
  emptyIndex,
  linesOf,
  openShopWithFile,
  putBytes,
  putLines,
  refuseEntries,
  spoilRows,
  spoilRowsToNull,
  startTill,
  stopTill,
  type Started,
} from '../support/journal-disk';
import {
  ANNA,
  AT,
  BORIS,
  cash,
  everything,
  id,
  overrideBy,
  OWNER,
  receiptOf,
  SENIOR,
  SHOP,
  TILL,
  type Shop,
  wholeJournal,
} from '../support/storage-shop';
import { verifyChain } from '../support/verify-chain';

let shop: Shop;
let open: TillDb[];
let undo: () => void;
beforeEach(async () => {
  undo = () => {};
  shop = await openShopWithFile();
  open = [shop.db];
  await trade();
});
afterEach(async () => {
  undo();
  for (const db of open) stopTill(db);
  await discardShop(shop.db);
});

/** Makes entries 3 to 6, receipts 1 to 4: cash, a debt with a code, a debt by right, cash. */
async function trade(): Promise<void> {
  await shop.sell(receiptOf(id(1001), { tenders: [cash(10_000)] }));
  const owing = receiptOf(id(1002), { customer: ANNA });
  await shop.sell(owing, [await shop.code(owing, 'sell-on-account')]);
  await shop.sell(receiptOf(id(1003), { customer: BORIS }), [
    overrideBy(SENIOR, 'sell-on-account'),
  ]);
  await shop.sell(receiptOf(id(1004), { tenders: [cash(10_000)] }));
}

async function restart(): Promise<Started> {
  for (const db of open) stopTill(db);
  const started = await startTill(shop.db.name);
  open.push(started.db);
  return started;
}

const losses = (db: TillDb) => repairLosses(db, AT);

/** Removes an entry and the rows that it made. */
async function loseAct(db: TillDb, seq: number): Promise<void> {
  await db.journal.delete([TILL, seq]);
  await db.sales.filter((row) => row.seq === seq).delete();
  await db.accountEntries.filter((row) => row.seq === seq).delete();
  await db.confirmations.filter((row) => row.seq === seq).delete();
  await db.grantsUsed.clear();
}

test('a till that has lost nothing gets no report, also while it sells', async () => {
  const selling = shop.sell(receiptOf(id(1005), { tenders: [cash(10_000)] }));
  expect(await losses(shop.db)).toEqual([]);
  await selling;
  expect(await losses(shop.db)).toEqual([]);
});

test.each<[string, (db: TillDb) => Promise<unknown>]>([
  ['a whole act', (db) => loseAct(db, 4)],
  ['two acts in a row', (db) => loseAct(db, 4).then(() => loseAct(db, 5))],
  ['an entry', (db) => db.journal.delete([TILL, 4])],
  ['a sale', (db) => db.sales.delete(id(1002))],
  ['a step of an account', (db) => db.accountEntries.where('customer').equals(ANNA).delete()],
  ['a sum', (db) => db.balances.delete([BORIS, 'debt'])],
  ['a card', (db) => db.customers.delete(BORIS)],
])('%s lost from the middle is restored from the file', async (_, lose) => {
  const before = await everything(shop.db);
  await lose(shop.db);
  const { db, news } = await restart();
  expect(news).toEqual([]);
  expect(await losses(db)).toMatchObject([{ kind: 'repaired' }]);
  expect(await everything(db)).toEqual(before);
  expect(await verifyChain(wholeJournal(db))).toMatchObject({ kind: 'whole', count: 6 });
  expect(await losses(db)).toEqual([]);
  expect(await metaIn(db, 'quarantine')).toBeNull();
});

/** Does the work once, after the next read of several entries. */
function afterEntriesRead(db: TillDb, work: () => Promise<unknown>): void {
  const { journal } = db;
  const whole = Object.getPrototypeOf(journal) as typeof journal;
  Object.defineProperty(journal, 'bulkGet', {
    configurable: true,
    value: async (...asked: Parameters<typeof journal.bulkGet>) => {
      Reflect.deleteProperty(journal, 'bulkGet');
      const rows = await whole.bulkGet.apply(journal, asked);
      await work();
      return rows;
    },
  });
}

test('an entry that an upload restores during the check, after its place was read, gets its rows', async () => {
  const before = await everything(shop.db);
  await loseAct(shop.db, 4);
  await shop.db.balances.update([ANNA, 'debt'], { sum: 1 });
  const { db } = await restart();
  let restored = 0;
  afterEntriesRead(db, async () => {
    restored = await restoreEntries(db, [{ till: TILL, seq: 4 }]);
  });
  expect(await losses(db)).toMatchObject([{ kind: 'repaired' }]);
  expect(restored).toBe(1);
  expect(await everything(db)).toEqual(before);
  expect(await losses(db)).toEqual([]);
});

const INDEXES = [
  ['accountEntries', 'customer'],
  ['sales', '[till+number]'],
] as const;
const countsIn = (db: TillDb) =>
  Promise.all(INDEXES.map(([table, index]) => db.table(table).orderBy(index).count()));

test.each(INDEXES)(
  'an index of %s that has lost its entries is rebuilt by the next start, and no row counts as lost',
  async (table, index) => {
    const before = await everything(shop.db);
    const counts = await countsIn(shop.db);
    undo = emptyIndex(table, index);
    const misled = await restart();
    expect(await countsIn(misled.db)).not.toEqual(counts);
    for (const { kind } of await losses(misled.db)) expect(kind).toBe('repaired');
    const { db, news } = await restart();
    expect(news).toEqual([]);
    expect(await countsIn(db)).toEqual(counts);
    expect(await everything(db)).toEqual(before);
    expect(await metaIn(db, 'indexes-damaged')).toBeNull();
  },
);

test.each(INDEXES)(
  'a database that has lost its last acts and an index of %s has all of it after the start',
  async (table, index) => {
    const before = await everything(shop.db);
    const counts = await countsIn(shop.db);
    await loseAct(shop.db, 6);
    await loseAct(shop.db, 5);
    undo = emptyIndex(table, index);
    const { db, news, sell } = await restart();
    expect(news).toMatchObject([{ kind: 'replayed' }]);
    await losses(db);
    expect(await countsIn(db)).toEqual(counts);
    expect(await everything(db)).toEqual(before);
    const outcome = await sell(receiptOf(id(1005), { tenders: [cash(10_000)] }));
    expect(outcome).toMatchObject({ kind: 'saved', entry: { body: { number: 5 } } });
  },
);

test('entries lost from the end whose rows are still there come back, and none is called doubtful', async () => {
  const before = await everything(shop.db);
  await shop.db.journal.bulkDelete([4, 5, 6].map((seq): [string, number] => [TILL, seq]));
  const { db, news } = await restart();
  const entries = [4, 5, 6].map((seq) => ({ till: TILL, seq, number: seq - 2 }));
  expect(news).toEqual([{ kind: 'replayed', entries, isVerified: true }]);
  await losses(db);
  expect(await everything(db)).toEqual(before);
});

test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
  ['is gone', (bytes) => bytes.subarray(0, 0)],
  ['ends early', (bytes) => bytes.subarray(0, bytes.indexOf(10, bytes.length / 2) + 1)],
  ['ends within a line', (bytes) => bytes.subarray(0, -100)],
])(
  'a database that has lost its last acts beside a file that %s says so, and gives no number again',
  async (_, cut) => {
    for (const seq of [6, 5, 4]) await loseAct(shop.db, seq);
    undo = emptyIndex('accountEntries', 'customer');
    stopTill(shop.db);
    await putBytes(shop.db.name, cut(await bytesOfFile(shop.db.name)));
    const first = await restart();
    const skipped = { till: TILL, to: expect.any(Number) as number };
    expect(first.news.at(-1)).toMatchObject({ kind: 'end-lost', skipped });
    const outcome = await first.sell(receiptOf(id(1005), { tenders: [cash(10_000)] }));
    if (outcome.kind !== 'saved') expect.fail('not saved');
    expect(outcome.sale.number).toBeGreaterThan(1_000);
    expect(await verifyChain(wholeJournal(first.db))).toMatchObject({ kind: 'whole' });
    expect(await missingRows(first.db)).toMatchObject({ entries: [], receipts: [] });
    const { db, news } = await restart();
    expect(news).toEqual([]);
    expect(await startNewsIn(db)).toContainEqual(first.news.at(-1));
    const acts = (await linesOf(db.name)).filter(({ kind }) => kind === 'act');
    expect(acts).toMatchObject((await db.journal.toArray()).map((entry) => ({ entry })));
  },
);

test('a database set back to an earlier state, without a journal file, is reported, and no number is given again', async () => {
  for (const seq of [6, 5]) await loseAct(shop.db, seq);
  stopTill(shop.db);
  await putBytes(shop.db.name, new Uint8Array());
  const first = await restart();
  const skipped = { till: TILL, from: 3, to: 1_002 };
  expect(first.news).toEqual([{ kind: 'end-lost', skipped }]);
  const outcome = await first.sell(receiptOf(id(1005), { tenders: [cash(10_000)] }));
  expect(outcome).toMatchObject({ kind: 'saved', sale: { number: 1_003 } });
  expect((await restart()).news).toEqual([]);
});

test('a missing file is rebuilt from a complete database without a message', async () => {
  stopTill(shop.db);
  await putBytes(shop.db.name, new Uint8Array());
  const { db, news } = await restart();
  expect(news).toEqual([]);
  const acts = (await linesOf(db.name)).filter(({ kind }) => kind === 'act');
  expect(acts).toMatchObject((await db.journal.toArray()).map((entry) => ({ entry })));
});

/** Changes a stored row directly, without the till. */
const alter = (db: TillDb, table: string, key: unknown, change: object) =>
  db.table(table).update(key, change);
const entryOf = async (db: TillDb, seq: number) => (await db.journal.get([TILL, seq]))!;

test.each<[string, (db: TillDb) => Promise<unknown>]>([
  ['an entry', (db) => alter(db, 'journal', [TILL, 4], { 'body.onAccount': 1 })],
  [
    'two entries in a row',
    async (db) => {
      await alter(db, 'journal', [TILL, 4], { at: AT - 1 });
      await alter(db, 'journal', [TILL, 5], { operator: OWNER });
    },
  ],
  [
    'the last two entries',
    async (db) => {
      await alter(db, 'journal', [TILL, 5], { at: AT - 1 });
      await alter(db, 'journal', [TILL, 6], { policy: 7 });
    },
  ],
  ['a sale', (db) => alter(db, 'sales', id(1002), { total: 1 })],
  ['the entry named by a sale', (db) => alter(db, 'sales', id(1002), { hash: 'f'.repeat(64) })],
  ['a sum', (db) => alter(db, 'balances', [ANNA, 'debt'], { sum: 1 })],
  [
    'a step of an account',
    async (db) => alter(db, 'accountEntries', [(await entryOf(db, 4)).hash, 0], { delta: 1 }),
  ],
  [
    'a confirmation',
    async (db) =>
      alter(db, 'confirmations', [AT, (await entryOf(db, 5)).hash, 0], { kind: 'code' }),
  ],
  ['an act that waits for review', (db) => db.unconfirmed.clear()],
  ['a used code', (db) => db.grantsUsed.toCollection().modify({ sale: id(9) })],
  ['the stock', (db) => db.stock.toCollection().modify({ delta: -1 })],
  ['the number of a card', (db) => alter(db, 'customers', BORIS, { phone: '+79990000000' })],
  ['the limit of a card', (db) => alter(db, 'customers', ANNA, { credit: { kind: 'unlimited' } })],
])('%s altered on the disk is put back', async (_, spoil) => {
  const before = await everything(shop.db);
  await spoil(shop.db);
  expect(await everything(shop.db)).not.toEqual(before);
  const { db } = await restart();
  expect(await losses(db)).toMatchObject([{ kind: 'repaired' }]);
  expect(await everything(db)).toEqual(before);
  expect(await losses(db)).toEqual([]);
  expect(await metaIn(db, 'quarantine')).toBeNull();
});

const UNREADABLE: [string, string, (db: TillDb) => Promise<IDBValidKey>][] = [
  ['an entry', 'journal', () => Promise.resolve([TILL, 4])],
  ['the last entry', 'journal', () => Promise.resolve([TILL, 6])],
  ['a sale', 'sales', () => Promise.resolve(id(1002))],
  ['a sum', 'balances', () => Promise.resolve([BORIS, 'debt'])],
  ['a card', 'customers', () => Promise.resolve(BORIS)],
  ['a step of an account', 'accountEntries', async (db) => [(await entryOf(db, 4)).hash, 0]],
];

describe.each([
  ['that the database cannot read', spoilRows],
  ['that the database reads as null', spoilRowsToNull],
])('a row %s', (_, spoil) => {
  test.each(UNREADABLE)('is put back: %s', async (_, table, keyOf) => {
    const before = await everything(shop.db);
    undo = spoil([table, await keyOf(shop.db)]);
    const { db } = await restart();
    await losses(db);
    expect(await everything(db)).toEqual(before);
    expect(await losses(db)).toEqual([]);
  });

  test('is restored from what is left, or removed and reported, if an entry is lost for good', async () => {
    const { hash } = await entryOf(shop.db, 4);
    await shop.db.journal.delete([TILL, 4]);
    undo = spoil(['balances', [BORIS, 'debt']], ['accountEntries', [hash, 0]], ['sales', id(1002)]);
    const { db, sell } = await withoutLine(4);
    const places = { entries: [{ till: TILL, seq: 4 }], receipts: [{ till: TILL, number: 2 }] };
    expect(await losses(db)).toMatchObject([
      { kind: 'repaired' },
      { kind: 'missing', rows: { ...places, sums: [ANNA], cards: [] } },
    ]);
    expect(await db.balances.get([BORIS, 'debt'])).toMatchObject({ sum: 10_000 });
    const receipt = receiptOf(id(1005), { customer: BORIS });
    const outcome = await sell(receipt, [overrideBy(SENIOR, 'sell-on-account')]);
    expect(outcome).toMatchObject({ kind: 'saved' });
    expect(await db.balances.get([BORIS, 'debt'])).toMatchObject({ sum: 20_000 });
  });
});

test.each<[string, (db: TillDb) => Promise<unknown>]>([
  ['hash of the last entry', (db) => alter(db, 'journal', [TILL, 6], { hash: 'f'.repeat(64) })],
  ['link of the last entry', (db) => alter(db, 'journal', [TILL, 6], { prevHash: 'f'.repeat(64) })],
])(
  'the %s altered on the disk is put back by the start, which suspects no file',
  async (_, spoil) => {
    const before = await everything(shop.db);
    await spoil(shop.db);
    const { db, news, sell } = await restart();
    expect(news).toEqual([]);
    await losses(db);
    expect(await everything(db)).toEqual(before);
    expect(await metaIn(db, 'quarantine')).toBeNull();
    const outcome = await sell(receiptOf(id(1005), { tenders: [cash(10_000)] }));
    expect(outcome).toMatchObject({ kind: 'saved', entry: { seq: 7, body: { number: 5 } } });
  },
);

test('an altered entry that the file does not have either is named, and only its own sums stay', async () => {
  await alter(shop.db, 'journal', [TILL, 4], { at: AT - 1 });
  const { db } = await withoutLine(4);
  await alter(db, 'balances', [ANNA, 'debt'], { sum: 1 });
  expect(await losses(db)).toMatchObject([
    { kind: 'missing', rows: { entries: [{ till: TILL, seq: 4 }] } },
  ]);
  expect(await metaIn(db, 'quarantine')).toEqual({ because: 'entries-lost', since: AT });
});

const rename = (name: string) =>
  saveCustomer(shop.db, {
    customer: { id: BORIS, name, phone: null, credit: { kind: 'unlimited' }, ...NO_DETAILS },
    operator: OWNER,
    at: AT,
  });

test('the version of a card that the journal names last is restored', async () => {
  await rename('Другое имя');
  await rename('Третье имя');
  const before = await everything(shop.db);
  await alter(shop.db, 'customers', BORIS, { name: 'Четвёртое имя' });
  const { db } = await restart();
  expect(await losses(db)).toEqual([{ kind: 'repaired', rows: 1 }]);
  expect(await everything(db)).toEqual(before);
});

test('an altered card that the file does not have either is named, and so is one that cannot be read', async () => {
  shop.db.file?.close();
  shop.db.file = null;
  await alter(shop.db, 'customers', ANNA, { phone: '+79990000000' });
  undo = spoilRows(['customers', BORIS]);
  const [missing, ...others] = await losses(shop.db);
  expect(others).toEqual([]);
  expect(missing).toMatchObject({ kind: 'missing', rows: { entries: [], sums: [] } });
  expect(missing).toHaveProperty('rows.cards', [ANNA, BORIS].toSorted());
});

test('if the entry that named a card last is lost, the card stays as it is', async () => {
  await rename('Другое имя');
  await shop.sell(receiptOf(id(1005), { tenders: [cash(10_000)] }));
  const card = await shop.db.customers.get(BORIS);
  await shop.db.journal.delete([TILL, 7]);
  const { db } = await withoutLine(7);
  await losses(db);
  expect(await db.customers.get(BORIS)).toEqual(card);
});

test('a card altered on the disk is not written into a file that is rewritten', async () => {
  const before = await everything(shop.db);
  await alter(shop.db, 'customers', BORIS, { phone: '+79990000000' });
  // the newest line is damaged, so the file is rebuilt from the database
  const { db } = await withoutLine(6);
  await db.file?.rebuilt;
  expect(await everything(db)).toEqual(before);
});

test('a card lost after a change of it was given up is restored as it was before that change', async () => {
  const before = await everything(shop.db);
  const customer = {
    id: BORIS,
    name: 'Другое имя',
    phone: null,
    credit: { kind: 'unlimited' },
    ...NO_DETAILS,
  } as const;
  const undo = refuseEntries();
  await expect(saveCustomer(shop.db, { customer, operator: OWNER, at: AT })).rejects.toThrow();
  undo();
  await giveUpPending(shop.db);
  await shop.db.customers.delete(BORIS);
  expect(await losses(shop.db)).toEqual([{ kind: 'repaired', rows: 1 }]);
  expect(await everything(shop.db)).toEqual(before);
});

test('lost rows of the newest sales are restored before the next number is given', async () => {
  const before = await everything(shop.db);
  await shop.db.sales.bulkDelete([id(1003), id(1004)]);
  const { db, sell } = await restart();
  expect(await everything(db)).toEqual(before);
  expect(await sell(receiptOf(id(1005), { tenders: [cash(10_000)] }))).toMatchObject({
    kind: 'saved',
    sale: { number: 5 },
  });
});

test('an entry that neither copy has is reported, and the till has to be connected again: the relay would wait for it', async () => {
  await loseAct(shop.db, 4);
  const { db } = await withoutLine(4);
  expect(await losses(db)).toMatchObject([
    {
      kind: 'missing',
      rows: {
        entries: [{ till: TILL, seq: 4 }],
        receipts: [{ till: TILL, number: 2 }],
        sums: [ANNA],
      },
    },
  ]);
  expect(await metaIn(db, 'quarantine')).toEqual({ because: 'entries-lost', since: AT });
  // the sum is unchanged, because the remaining steps are incomplete
  expect(await db.balances.get([ANNA, 'debt'])).toMatchObject({ sum: 60_000 });
});

test('an entry that the relay has is reported, and does not quarantine the till', async () => {
  const { hash } = (await shop.db.journal.get([TILL, 6]))!;
  const mark = {
    v: 1,
    purpose: 'watermark',
    shop: SHOP,
    till: TILL,
    seq: 6,
    hash,
    at: AT,
  } as const;
  const jws = await signWatermark(mark, shop.relay.privateKey, shop.relay.kid);
  await shop.db.meta.put({ key: 'watermark', value: { till: TILL, seq: 6, hash, jws } });
  await loseAct(shop.db, 4);
  const { db } = await withoutLine(4);
  expect(await losses(db)).toMatchObject([{ kind: 'missing' }]);
  expect(await metaIn(db, 'quarantine')).toBeNull();
});

/** Starts the till with a file that has an unreadable line for this entry. */
async function withoutLine(seq: number): Promise<Started> {
  for (const db of open) stopTill(db);
  const lines = await linesOf(shop.db.name);
  const at = lines.findIndex((line) => line.kind === 'act' && line.entry.seq === seq);
  const before = lines.slice(0, at).reduce((sum, line) => sum + lineBytes(line).length, 0);
  const bytes = await bytesOfFile(shop.db.name);
  bytes[before + 40] = (bytes[before + 40] ?? 0) ^ 1;
  await putBytes(shop.db.name, bytes);
  return restart();
}

test("an entry that is edited in the file, or another till's, is not restored", async () => {
  await loseAct(shop.db, 4);
  for (const db of open) stopTill(db);
  const lines = await linesOf(shop.db.name);
  const at = lines.findIndex((line) => line.kind === 'act' && line.entry.seq === 4);
  const act = lines[at] as ActLine;
  await putLines(shop.db.name, lines.with(at, { ...act, entry: { ...act.entry, at: 1 } }));
  const db = await lookedAt();
  expect(await losses(db)).toMatchObject([{ kind: 'missing', rows: { entries: [{ seq: 4 }] } }]);
});

/** Opens the till without a start, which would set such a file aside. */
async function lookedAt(): Promise<TillDb> {
  const db = new TillDb(shop.db.name);
  open.push(db);
  db.file = new JournalFile(db.name);
  await db.file.open(TILL);
  return db;
}

/** The entries after the file was rebuilt; nothing else has restored entries yet. */
async function wholeEntries(db: TillDb): Promise<number> {
  await db.file?.rebuilt;
  return db.journal.count();
}

test('entries that only the file has are restored before it is rebuilt', async () => {
  const before = await everything(shop.db);
  await loseAct(shop.db, 4);
  // the newest line is damaged, so the file is rebuilt from the database
  const { db } = await withoutLine(6);
  expect(await wholeEntries(db)).toBe(6);
  await losses(db);
  expect(await everything(db)).toEqual(before);
  stopTill(db);
  const lines = await linesOf(shop.db.name);
  expect(lines[0]).toMatchObject({ kind: 'head', upTo: 6 });
  expect(lines.findLast(({ kind }) => kind === 'act')).toMatchObject({ entry: { seq: 6 } });
});

test('without a file nothing is restored', async () => {
  await loseAct(shop.db, 4);
  shop.db.file?.close();
  shop.db.file = null;
  expect(await losses(shop.db)).toMatchObject([
    { kind: 'missing', rows: { receipts: [{ number: 2 }] } },
  ]);
});

test('missing entries of a former name are noticed and restored, too', async () => {
  await beginReEnrolment(shop.db, { id: id(3) });
  const policy = await shop.policyJws(2);
  const named = { shop: SHOP, relayKey: shop.relay.publicKey, contract: 1, number: 2, policy };
  await completeReEnrolment(shop.db, named, { operator: OWNER, at: AT });
  await shop.db.file?.rebuilt;
  expect(await losses(shop.db)).toEqual([]);
  const before = await everything(shop.db);
  await shop.db.journal.delete([TILL, 4]);
  await shop.db.sales.delete(id(1002));
  const { db } = await restart();
  expect(await losses(db)).toMatchObject([{ kind: 'repaired' }]);
  expect(await everything(db)).toEqual(before);
});

test('numbers skipped on purpose are not reported as missing', async () => {
  const value = [{ till: TILL, after: 4, upTo: 9, seq: 11 }];
  await shop.db.meta.put({ key: 'numbers-taken', value });
  expect(await shop.sell(receiptOf(id(1005), { tenders: [cash(10_000)] }))).toMatchObject({
    kind: 'saved',
    sale: { number: 10 },
  });
  expect(await losses(shop.db)).toEqual([]);
});
