// Reading the journal: pages for the screen, and the whole chain for the verification.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  confirmationsPage,
  entriesAfter,
  entriesBackwards,
  headIn,
  latestEntries,
  type ConfirmationFilter,
} from '$lib/storage/journal/reader';
import { writeAct } from '$lib/storage/journal/writer';
import { spoilRows, spoilRowsToNull } from '../support/journal-disk';
import {
  ANNA,
  AT,
  BORIS,
  cash,
  CASHIER,
  discard,
  emptyDb,
  id,
  openShop,
  overrideBy,
  points,
  receiptOf,
  SENIOR,
  type Shop,
  TILL,
  wholeJournal,
} from '../support/storage-shop';
import { verifyChain } from '../support/verify-chain';
import { saleIn } from '../support/stored-sale';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const all: ConfirmationFilter = {
  shown: null,
  action: null,
  after: null,
  limit: 50,
};

/** Makes debts of two customers in turn, some with a code and some without, two in the same millisecond. */
async function debts(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const receipt = receiptOf(id(1000 + n), { customer: n % 2 === 0 ? ANNA : BORIS });
    const confirmation =
      n % 3 === 0
        ? overrideBy(SENIOR, 'sell-on-account')
        : await shop.code(receipt, 'sell-on-account');
    await shop.sell(receipt, [confirmation], { at: AT + Math.floor(n / 2) });
  }
}

test('before the first entry the head is genesis', async () => {
  const db = emptyDb();
  expect(await headIn(db)).toEqual({ seq: 0, hash: '0'.repeat(64), at: 0 });
  expect(await verifyChain(wholeJournal(db))).toMatchObject({ kind: 'whole', count: 0 });
  await discard(db);
});

test('entries come newest first for the screen and in order for the check', async () => {
  await debts(5);
  const page = { before: null, limit: 3, acts: null };
  expect((await latestEntries(shop.db, page)).map((entry) => entry.seq)).toEqual([7, 6, 5]);
  expect((await latestEntries(shop.db, { ...page, before: 5 })).map((each) => each.seq)).toEqual([
    4, 3, 2,
  ]);
  const imports = await latestEntries(shop.db, { ...page, acts: ['customers-imported'] });
  expect(imports.map((entry) => entry.seq)).toEqual([2]);
  expect((await entriesAfter(shop.db, 4, 10)).map((entry) => entry.seq)).toEqual([5, 6, 7]);
});

test('the whole journal is one chain, and an entry edited on the disk is reported', async () => {
  await debts(5);
  expect(await verifyChain(wholeJournal(shop.db))).toMatchObject({ kind: 'whole', count: 7 });
  const entry = await shop.db.journal.get([TILL, 4]);
  if (entry === undefined) expect.fail('no entry');
  await shop.db.journal.put({ ...entry, body: { ...entry.body, onAccount: 1 } });
  expect(await verifyChain(wholeJournal(shop.db))).toEqual({
    kind: 'broken',
    seq: 4,
    because: 'hash',
  });
});

test('every debt and redemption is listed once, newest first, page after page', async () => {
  await debts(9);
  const whole = await confirmationsPage(shop.db, all);
  expect(whole).toHaveLength(10); // including the debt of the demo customers
  const pages = [];
  let after: ConfirmationFilter['after'] = null;
  for (;;) {
    const page: Awaited<ReturnType<typeof confirmationsPage>> = await confirmationsPage(shop.db, {
      ...all,
      after,
      limit: 3,
    });
    const last = page.at(-1);
    if (last === undefined) break;
    pages.push(...page);
    after = [last.at, last.hash, last.index];
  }
  expect(pages).toEqual(whole);
  const times = whole.map((each) => each.at);
  expect(times).toEqual([...times].sort((a, b) => b - a));
});

test('the list is narrowed by proof, by action and by both', async () => {
  await debts(9);
  const receipt = receiptOf(id(2000), { customer: ANNA, tenders: [points(5), cash(9_500)] });
  await shop.sell(receipt, [await shop.code(receipt, 'redeem-points')]);
  const count = async (filter: Partial<ConfirmationFilter>) =>
    (await confirmationsPage(shop.db, { ...all, ...filter })).length;
  expect(await count({ shown: 'override' })).toBe(3);
  expect(await count({ shown: 'code' })).toBe(7);
  expect(await count({ shown: 'none' })).toBe(1);
  expect(await count({ action: 'redeem-points' })).toBe(1);
  expect(await count({ shown: 'override', action: 'sell-on-account' })).toBe(3);
  const [act] = await confirmationsPage(shop.db, { ...all, action: 'redeem-points' });
  expect(act).toMatchObject({
    act: 'sale',
    customer: ANNA,
    operator: CASHIER,
    amount: 500,
    confirmation: { kind: 'code', action: 'redeem-points' },
  });
});

test('backwards the journal is read in batches, newest first, every entry once', async () => {
  for (let place = 0; place < 210; place += 1)
    await writeAct(shop.db, {
      act: 'pin-locked',
      body: { operator: CASHIER, failures: 5, until: AT },
      operator: null,
      at: AT,
      policy: 1,
    });
  const batches: number[][] = [];
  for await (const batch of entriesBackwards(shop.db)) batches.push(batch.map(({ seq }) => seq));
  expect(batches.length).toBeGreaterThan(1);
  const count = await shop.db.journal.count();
  expect(batches.flat()).toEqual(Array.from({ length: count }, (_, place) => count - place));
});

test('a sale is read with its entry', async () => {
  await shop.sell(receiptOf(id(1000), { tenders: [cash(10_000)] }));
  const stored = await saleIn(shop.db, id(1000));
  expect(stored).toMatchObject({
    sale: { number: 1 },
    entry: { act: 'sale' },
    body: { total: 10_000 },
  });
  expect(await saleIn(shop.db, id(1))).toBeNull();
});

test('an act whose body is invalid on the wire is refused before it gets a number', async () => {
  const draft = {
    act: 'pin-locked',
    body: { operator: CASHIER },
    operator: null,
    at: AT,
    policy: 1,
  };
  await expect(writeAct(shop.db, draft as never)).rejects.toThrow('Invariant');
  expect(await shop.db.journal.count()).toBe(2);
});

test.each([
  ['cannot be read', spoilRows],
  ['is read as nothing', spoilRowsToNull],
])('an entry that %s leaves the others on the screen and in the search', async (_, spoil) => {
  await shop.sell(receiptOf(id(3_001), { tenders: [cash(10_000)] }));
  await shop.sell(receiptOf(id(3_002), { tenders: [cash(10_000)] }));
  const { seq } = await headIn(shop.db);
  const undo = spoil(['journal', [TILL, seq - 1]]);
  const page = { before: null, limit: 2, acts: null };
  const shown = (await latestEntries(shop.db, page)).map((entry) => entry.seq);
  const searched: number[] = [];
  for await (const batch of entriesBackwards(shop.db)) searched.push(...batch.map((e) => e.seq));
  undo();
  expect(shown).toEqual([seq, seq - 2]);
  expect(searched).toEqual([seq, ...Array.from({ length: seq - 2 }, (_, n) => seq - 2 - n)]);
});
