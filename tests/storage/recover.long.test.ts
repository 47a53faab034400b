// A lost database is rebuilt completely from the journal files, wherever a start was stopped.
// If it cannot be rebuilt, the till says so.
import { USUAL_TAX, singly, type Product } from '$lib/domain/goods/product';
import { formerTillsIn, tillIn } from '$lib/storage/database/meta';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { money } from '$lib/domain/values/money';
import { quantity } from '$lib/domain/values/quantity';
import { makeBackup } from '$lib/storage/backup/make-backup';
import { checkBackup, restoreBackup, type CheckedBackup } from '$lib/storage/backup/restore-backup';
import { headIn } from '$lib/storage/journal/reader';
import { sizeOf } from '../support/cases';
import { importGoods } from '../support/goods';
import { TillDb } from '$lib/storage/database/db';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import { readJournals, setJournalsAside } from '$lib/storage/recovery/damaged-journal';
import { JournalFile } from '$lib/storage/wal/journal-file';
import { repairLosses, startUp } from '$lib/storage/recovery/start';
import { currentPolicy, savePolicy } from '$lib/storage/policy/policies';
import type { MetaRow } from '$lib/storage/schema/records';
import { storageErrorKind } from '$lib/storage/storage-error';
import { beginEnrolment, completeEnrolment } from '$lib/storage/till/till';
import {
  bytesNamed,
  bytesOfFile,
  discardShop,
  linesOf,
  loseDatabase,
  namesIn,
  openShopWithFile,
  putBytes,
  putLines,
  startTill,
  stopAtWrite,
  stopTill,
  type Started,
} from '../support/journal-disk';
import {
  ANNA,
  AT,
  BREAD,
  cash,
  everything,
  everythingBeforeLoss,
  id,
  OWNER,
  receiptOf,
  SHOP,
  TILL,
  type Shop,
  wholeJournal,
} from '../support/storage-shop';
import { verifyChain } from '../support/verify-chain';

const NEXT = id(3);

let shop: Shop;
let open: TillDb[];
const undo: (() => void)[] = [];
beforeEach(async () => {
  shop = await openShopWithFile();
  open = [shop.db];
});
afterEach(async () => {
  mend();
  for (const db of open) stopTill(db);
  await discardShop(shop.db);
});

const mend = () => undo.splice(0).forEach((step) => step());

const saleOf = (n: number) => receiptOf(id(1000 + n), { tenders: [cash(10_000)] });

async function restart(): Promise<Started> {
  for (const db of open) stopTill(db);
  const started = await startTill(shop.db.name);
  open.push(started.db);
  return started;
}

/** Stops a start at its nth transaction; returns its news, null if it completed. */
async function stoppedStart(nth: number): Promise<string | null> {
  for (const db of open) stopTill(db);
  const db = new TillDb(shop.db.name);
  open.push(db);
  undo.push(stopAtWrite(nth));
  const refused = await startUp(db, new JournalFile(db.name), AT).then(
    () => null,
    (error: unknown) => storageErrorKind(error),
  );
  mend();
  return refused;
}

async function importBread(): Promise<void> {
  const products: Product[] = [
    {
      id: BREAD,
      name: 'хлеб',
      names: { ru: 'хлеб', en: null },
      noDiscounts: false,
      askAge: null,
      marked: false,
      usualMost: null,
      tax: USUAL_TAX,
      sku: null,
      barcodes: [singly('4600000000017')],
      category: 'Еда',
      price: money(10_000),
      unit: 'piece',
      stock: quantity(5000),
    },
  ];
  expect(await importGoods(shop.db, { products })).toEqual({ kind: 'saved' });
}

/** Sells receipts that are long enough for a file of several pieces. */
async function sellMuch(): Promise<void> {
  for (let n = 100; n < 112; n += 1) {
    const receipt = receiptOf(id(1000 + n), { tenders: [cash(4_000_000)] });
    const [line] = receipt.lines;
    const lines = Array.from({ length: 400 }, (_, place) => ({ ...line!, id: `line ${place}` }));
    expect(await shop.sell({ ...receipt, lines })).toMatchObject({ kind: 'saved' });
  }
}

/** Makes two till ids, goods, a long file, and sales under either id. */
async function longLived(): Promise<void> {
  await shop.sell(saleOf(1));
  await importBread();
  await sellMuch();
  await beginReEnrolment(shop.db, { id: NEXT });
  const policy = await shop.policyJws(2);
  const named = { shop: SHOP, relayKey: shop.relay.publicKey, contract: 1, number: 2, policy };
  const outcome = await completeReEnrolment(shop.db, named, { operator: OWNER, at: AT });
  expect(outcome).toMatchObject({ kind: 'enrolled' });
  await shop.db.file?.rebuilt;
  const owing = receiptOf(id(1002), { customer: ANNA, tenders: [cash(10_000)] });
  expect(await shop.sell(owing)).toMatchObject({ kind: 'saved' });
  await shop.sell(saleOf(3));
}

const metaOf = async (db: TillDb) =>
  (await db.meta.toArray()).map(({ key }) => key).filter((key) => key !== 'rebuilding');

test('wherever the recovery of a lost database was stopped, the next start completes it', async () => {
  await longLived();
  const before = await everything(shop.db);
  const names = await formerTillsIn(shop.db);
  stopTill(shop.db);
  // each stop costs three starts; of ten stops these are the first, the last and two between
  const step = sizeOf({ push: 3, long: 1 });
  let nth = 1;
  for (; ; nth += step) {
    await loseDatabase(shop.db.name);
    if ((await stoppedStart(nth)) === null) break;
    const { db, news } = await restart();
    const entries = before['journal']!.length;
    expect(news, `stopped at ${nth}`).toMatchObject([{ kind: 'rebuilt', unread: 0 }]);
    expect(await everythingBeforeLoss(db), `stopped at ${nth}`).toEqual(before);
    expect(await verifyChain(wholeJournal(db))).toMatchObject({ kind: 'whole' });
    expect(await tillIn(db)).toMatchObject({ id: NEXT, shop: SHOP });
    expect(await formerTillsIn(db)).toEqual(names);
    expect(await currentPolicy(db)).toMatchObject({ kind: 'policy', policy: { version: 2 } });
    expect((await metaOf(db)).sort()).toEqual([
      ...['former-tills', 'newest-policy', 'numbers-taken', 'quarantine'],
      ...['schema', 'start-news', 'till'],
    ]);
    expect(entries).toBeGreaterThan(5);
    expect((await restart()).news).toEqual([]);
    for (const each of open) stopTill(each);
  }
  expect(nth).toBeGreaterThan(5);
}, 120_000);

test('after a re-enrolment the database is rebuilt as the present till, whichever of its files was written last', async () => {
  await longLived();
  stopTill(shop.db);
  for (const till of [NEXT, TILL]) {
    await loseDatabase(shop.db.name);
    // as after a clock that was set back
    await putBytes(shop.db.name, await bytesOfFile(shop.db.name, till), till);
    const { db } = await restart();
    expect(await tillIn(db), till).toMatchObject({ id: NEXT });
    stopTill(db);
  }
});

test('a till whose journal is gone while its identity is there has lost it: it says so, and prints no number twice', async () => {
  await shop.sell(saleOf(1));
  await shop.sell(saleOf(2));
  await shop.db.journal.clear();
  stopTill(shop.db);
  // cut at the end of a line, which leaves no trace
  const lines = await linesOf(shop.db.name);
  await putLines(shop.db.name, lines.slice(0, -1));
  const { db, news, sell } = await restart();
  expect(news).toMatchObject([{ kind: 'rebuilt', entries: 3, skipped: { till: TILL, from: 2 } }]);
  expect(await db.meta.get('quarantine')).toMatchObject({ value: { because: 'database-lost' } });
  expect(await sell(saleOf(3))).toMatchObject({ kind: 'saved', sale: { number: 1_002 } });
});

test('a half-built till whose file is unreadable is no till: it is reported, and nothing of it stays', async () => {
  await shop.sell(saleOf(1));
  stopTill(shop.db);
  await loseDatabase(shop.db.name);
  expect(await stoppedStart(3)).not.toBeNull();
  expect(await open.at(-1)?.journal.count()).toBeGreaterThan(0);
  for (const db of open) stopTill(db);
  await spoilBeginning();
  const { db, news } = await restart();
  expect(news).toEqual([{ kind: 'unreadable' }]);
  expect(await db.journal.count()).toBe(0);
  expect(await db.meta.get('rebuilding')).toBeUndefined();
});

async function spoilBeginning(): Promise<Uint8Array> {
  const bytes = await bytesOfFile(shop.db.name);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  await putBytes(shop.db.name, bytes);
  return bytes;
}

test('a lost database with a file damaged at its beginning is reported at every start, and the file stays as it is', async () => {
  await shop.sell(saleOf(1));
  stopTill(shop.db);
  await loseDatabase(shop.db.name);
  const spoilt = await spoilBeginning();
  expect((await restart()).news).toEqual([{ kind: 'unreadable' }]);
  const { db, news } = await restart();
  expect(news).toEqual([{ kind: 'unreadable' }]);
  // enrolled as a new till
  await beginEnrolment(db, { id: NEXT, name: 'Касса 1' });
  const answer = { shop: SHOP, relayKey: shop.relay.publicKey, contract: 1, number: 1, at: AT };
  expect(await completeEnrolment(db, answer)).toMatchObject({ kind: 'enrolled' });
  expect((await restart()).news).toEqual([]);
  for (const each of open) stopTill(each);
  expect(await bytesOfFile(shop.db.name)).toEqual(spoilt);
  expect(await namesIn(shop.db.name)).toEqual([`${TILL}.journal`, `${NEXT}.journal`]);
});

/** Damages every line of the file for which `isMeant` holds. */
async function spoilLines(isMeant: (text: string) => boolean, till = TILL): Promise<Uint8Array> {
  const bytes = await bytesOfFile(shop.db.name, till);
  for (let from = 0, to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
    if (isMeant(new TextDecoder().decode(bytes.subarray(from, to)))) bytes[from] = 0;
    from = to + 1;
  }
  await putBytes(shop.db.name, bytes, till);
  return bytes;
}

const isHead = (text: string) => text.includes('"kind":"head"');

test('a damaged file that no longer names its till still gives its receipts, without the damaged ones', async () => {
  for (let n = 1; n <= 12; n += 1) await shop.sell(saleOf(n));
  const entries = await shop.db.journal.toArray();
  stopTill(shop.db);
  await loseDatabase(shop.db.name);
  await spoilLines((text) => isHead(text) || text.includes(id(1003)));
  const { db, news } = await restart();
  expect(news).toEqual([{ kind: 'unreadable' }]);
  const [read, ...others] = await readJournals(db.file!);
  expect(others).toEqual([]);
  expect(read).toMatchObject({ till: TILL });
  expect(read!.entries).toEqual(entries.filter(({ body }) => body['sale'] !== id(1003)));
  expect(read!.unread).toBeGreaterThan(0);
  expect(read!.receipts.map(({ number }) => number)).toEqual([
    ...[1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  ]);
  expect(read!.receipts[0]).toEqual({ at: AT, number: 1, total: 10_000, currency: 'RUB' });
});

test('an unreadable file yields no receipts', async () => {
  await shop.sell(saleOf(1));
  stopTill(shop.db);
  await loseDatabase(shop.db.name);
  await spoilLines(() => true);
  expect(await readJournals((await restart()).db.file!)).toEqual([]);
});

test('started over on purpose, a device with a damaged file is a new one, and the file is kept under another name', async () => {
  await shop.sell(saleOf(1));
  stopTill(shop.db);
  await loseDatabase(shop.db.name);
  const spoilt = await spoilLines(isHead);
  const { db } = await restart();
  await setJournalsAside(db.file!, AT);
  expect((await restart()).news).toEqual([]);
  for (const each of open) stopTill(each);
  expect(await namesIn(shop.db.name)).toEqual([`${TILL}.aside-${AT}`, `${TILL}.journal`]);
  expect(await bytesOfFile(shop.db.name)).toHaveLength(0);
  expect(await bytesNamed(shop.db.name, `${TILL}.aside-${AT}`)).toEqual(spoilt);
});

/** After a backup the till sells once more, with that receipt number; then it loses its database, and its file names no till. */
async function backUpAndDamage(number: number, isSpoilt = isHead): Promise<Blob> {
  await shop.sell(saleOf(1));
  const made = await makeBackup(shop.db, { passphrase: null, at: AT });
  if (typeof made === 'string') expect.fail(made);
  const { seq } = await headIn(shop.db);
  const value = [{ till: TILL, after: 1, upTo: number - 1, seq }];
  await shop.db.meta.put({ key: 'numbers-taken', value });
  expect(await shop.sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number } });
  stopTill(shop.db);
  await loseDatabase(shop.db.name);
  await spoilLines(isSpoilt);
  return made.file;
}

async function checkedAt(db: TillDb, file: Blob): Promise<CheckedBackup> {
  const backup = await checkBackup(db, file, null);
  return backup.kind === 'checked' ? backup : expect.fail(backup.because);
}

test('a backup restored where a damaged journal goes further names what it lacks, and gives no number of it again', async () => {
  const file = await backUpAndDamage(5_000);
  const { db, news } = await restart();
  expect(news).toEqual([{ kind: 'unreadable' }]);
  const backup = await checkedAt(db, file);
  expect(backup.lost).toBe(1);
  expect(await restoreBackup(db, backup, { operator: null, at: AT })).toEqual({ kind: 'restored' });
  const started = await restart();
  expect(started.news).toEqual([]);
  // an unreadable line may be a receipt as well
  expect(await started.sell(saleOf(3))).toMatchObject({ kind: 'saved', sale: { number: 6_002 } });
  expect(await verifyChain(wholeJournal(started.db))).toMatchObject({ kind: 'whole' });
  expect((await restart()).news).toEqual([]);
  for (const each of open) stopTill(each);
  expect(await namesIn(shop.db.name)).toEqual([`${TILL}.aside-${AT}`, `${TILL}.journal`]);
});

test('what the till did after it was connected again is counted before an older backup is restored, too', async () => {
  await shop.sell(saleOf(1));
  const made = await makeBackup(shop.db, { passphrase: null, at: AT });
  if (typeof made === 'string') expect.fail(made);
  const { length } = await shop.db.journal.toArray();
  await longLived();
  const lost = (await shop.db.journal.count()) - length;
  stopTill(shop.db);
  await loseDatabase(shop.db.name);
  for (const till of [TILL, NEXT]) await spoilLines(isHead, till);
  const { db, news } = await restart();
  expect(news).toEqual([{ kind: 'unreadable' }]);
  expect((await checkedAt(db, made.file)).lost).toBe(lost);
});

test('a number that no till gives is not believed when a backup is restored over a damaged journal', async () => {
  const file = await backUpAndDamage(1_000_000_000);
  const { db } = await restart();
  await restoreBackup(db, await checkedAt(db, file), { operator: null, at: AT });
  const { sell } = await restart();
  expect(await sell(saleOf(3))).toMatchObject({ kind: 'saved', sale: { number: 1_002 } });
});

test('a backup restored over a file of which nothing can be read leaves its numbers out, and sells on', async () => {
  const file = await backUpAndDamage(2, () => true);
  const { db } = await restart();
  const backup = await checkedAt(db, file);
  expect(backup.lost).toBe(0);
  await restoreBackup(db, backup, { operator: null, at: AT });
  const started = await restart();
  const outcome = await started.sell(saleOf(3));
  expect(outcome.kind === 'saved' && outcome.sale.number).toBeGreaterThan(1_001);
  expect((await restart()).news).toEqual([]);
});

test('a till in use with a lost journal and a damaged file goes on in a new file, and the old one is kept', async () => {
  await shop.sell(saleOf(1));
  await shop.db.journal.clear();
  stopTill(shop.db);
  await spoilBeginning();
  expect((await restart()).news).toEqual([{ kind: 'unreadable' }]);
  expect(await namesIn(shop.db.name)).toEqual([`${TILL}.aside-${AT}`, `${TILL}.journal`]);
});

test('a database set back before a new policy gets it with the acts under it, and sells on', async () => {
  await shop.sell(saleOf(1));
  const early = await everything(shop.db);
  const meta = await shop.db.meta.toArray();
  await savePolicy(shop.db, await shop.policyJws(2));
  const fallen: (() => Promise<unknown>)[] = [
    () => Promise.resolve(),
    () => shop.sell(saleOf(2)),
    () => importBread(),
  ];
  for (const act of fallen) {
    await act();
    const late = await everything(shop.db);
    await putBack(shop.db, early, meta);
    const { db, sell } = await restart();
    expect(await everything(db)).toEqual(late);
    expect(await currentPolicy(db)).toMatchObject({ kind: 'policy', policy: { version: 2 } });
    expect(await sell(saleOf(1))).toMatchObject({ kind: 'saved', sale: { number: 1 } });
    stopTill(db);
    const again = await startTill(db.name);
    open.push(again.db);
    shop = { ...shop, db: again.db, sell: again.sell };
  }
});

test('a policy lost from the database is found in the file however far from its end', async () => {
  // more than the start reads of the end of the file
  for (let n = 1; n <= 80; n += 1) await shop.sell(saleOf(n));
  await shop.db.policy.clear();
  const { db, sell } = await restart();
  expect(await currentPolicy(db)).toMatchObject({ kind: 'policy' });
  expect(await sell(saleOf(81))).toMatchObject({ kind: 'saved' });
});

test('entries missing from the database are replayed in one transaction: a start stopped there has replayed none', async () => {
  const early = await everything(shop.db);
  const meta = await shop.db.meta.toArray();
  await savePolicy(shop.db, await shop.policyJws(2));
  await shop.sell(saleOf(1));
  await importBread();
  const late = await everything(shop.db);
  await putBack(shop.db, early, meta);
  for (let nth = 1; (await stoppedStart(nth)) !== null; nth += 1) {
    expect([early, late], `stopped at ${nth}`).toContainEqual(await everything(open.at(-1)!));
  }
  expect(await everything(open.at(-1)!)).toEqual(late);
});

type Rows = Readonly<Record<string, readonly unknown[]>>;

async function putBack(db: TillDb, early: Rows, meta: readonly MetaRow[]): Promise<void> {
  for (const table of db.tables) {
    await table.clear();
    await table.bulkAdd(table.name === 'meta' ? meta : (early[table.name] ?? []));
  }
}

test('goods lost from the database come back from the journal once the till is in use', async () => {
  await importBread();
  const goods = await shop.db.addedProducts.toArray();
  expect(goods).toHaveLength(1);
  const { db } = await restart();
  await db.addedProducts.clear();
  await restart();
  const again = open.at(-1)!;
  expect(await repairLosses(again, AT)).toEqual([{ kind: 'repaired', rows: 1 }]);
  expect(await again.addedProducts.toArray()).toEqual(goods);
});
