// After a loss of unknown acts, no receipt number is printed twice.
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { printedNumber } from '$lib/domain/values/receipt-number';
import type { TillDb } from '$lib/storage/database/db';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import { readLines } from '$lib/storage/wal/line';
import {
  bytesOfFile,
  discardShop,
  loseDatabase,
  openShopWithFile,
  putBytes,
  startTill,
  stopTill,
  type Started,
} from '../support/journal-disk';
import { AT, cash, id, OWNER, receiptOf, SHOP, TILL, type Shop } from '../support/storage-shop';

let shop: Shop;
let now: Pick<Started, 'db' | 'sell'>;
beforeEach(open);
afterEach(close);

async function open(): Promise<void> {
  shop = await openShopWithFile();
  now = shop;
}

async function close(): Promise<void> {
  stopTill(now.db);
  await discardShop(shop.db);
}

let sales = 0;
/** Sells once; returns the receipt number as printed. */
async function sell(): Promise<string> {
  sales += 1;
  const outcome = await now.sell(receiptOf(id(10_000 + sales), { tenders: [cash(10_000)] }));
  const till = await tillIn(now.db);
  if (outcome.kind !== 'saved' || !isEnrolled(till)) expect.fail('not saved');
  return printedNumber(till.number, outcome.sale.number);
}

/**
 * Loses the database, and the last `cut` lines of the file but not its beginning, because a till without a policy does not
 * sell.
 */
async function lose(cut: number): Promise<Started['news']> {
  stopTill(now.db);
  const bytes = await bytesOfFile(shop.db.name);
  const ends = [...bytes].flatMap((byte, at) => (byte === 10 ? [at + 1] : []));
  const { lines } = readLines(bytes);
  const kept = Math.max(
    lines.findIndex(({ kind }) => kind === 'act') + 1,
    lines.findIndex(({ kind }) => kind === 'policy') + 1,
    ends.length - cut,
  );
  await putBytes(shop.db.name, bytes.slice(0, ends[kept - 1]));
  await loseDatabase(shop.db.name);
  const { news, ...started } = await startTill(shop.db.name);
  now = started;
  return news;
}

const skippedIn = async (db: TillDb) =>
  (await db.journal.toArray()).filter(({ act }) => act === 'numbers-skipped');

test('a till whose database and last lines are gone leaves a thousand numbers out, and says so', async () => {
  for (const printed of ['1-000001', '1-000002', '1-000003']) expect(await sell()).toBe(printed);
  const news = await lose(2);
  const skipped = { from: 2, to: 1001 };
  expect(news).toMatchObject([
    { kind: 'rebuilt', entries: 3, skipped: { till: TILL, ...skipped } },
  ]);
  expect(await skippedIn(now.db)).toMatchObject([{ seq: 4, operator: null, body: skipped }]);
  expect(await sell()).toBe('1-001002');
  expect(await sell()).toBe('1-001003');
});

test('the next start writes no second entry, and a loss after it goes on behind the numbers left out', async () => {
  await sell();
  await lose(1);
  stopTill(now.db);
  const { news, ...started } = await startTill(shop.db.name);
  now = started;
  expect(news).toEqual([]);
  expect(await skippedIn(now.db)).toHaveLength(1);
  expect(await sell()).toBe('1-001001');
  // the entry that skipped the numbers and the head line after it are cut off as well; the beginning of the file has the
  // numbers
  await lose(3);
  expect(await skippedIn(now.db)).toMatchObject([{ body: { from: 1002, to: 2001 } }]);
  expect(await sell()).toBe('1-002002');
});

test('connected to the relay again, the till prints under its new number, and carries the entry over', async () => {
  await sell();
  await lose(1);
  await beginReEnrolment(now.db, { id: id(3) });
  const named = {
    shop: SHOP,
    relayKey: shop.relay.publicKey,
    contract: 1,
    number: 2,
    policy: await shop.policyJws(2),
  };
  const by = { operator: OWNER, at: AT };
  expect(await completeReEnrolment(now.db, named, by)).toMatchObject({ kind: 'enrolled' });
  await now.db.file?.rebuilt;
  expect(await sell()).toBe('2-000001');
  const carried = (await now.db.journal.toArray()).filter(({ act }) => act === 'carried-over');
  expect(carried.map(({ body }) => (body['entry'] as { act: string }).act)).toContain(
    'numbers-skipped',
  );
});

test('whatever such losses follow one another, no number is printed twice', async () => {
  const step = fc.record({ sold: fc.integer({ min: 0, max: 3 }), cut: fc.nat({ max: 6 }) });
  await close();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async (steps) => {
      await open();
      const printed: string[] = [];
      for (const { sold, cut } of steps) {
        for (let n = 0; n < sold; n += 1) printed.push(await sell());
        await lose(cut);
      }
      printed.push(await sell());
      await close();
      expect(new Set(printed).size).toBe(printed.length);
    }),
    { numRuns: 6 },
  );
  await open();
}, 60_000);
