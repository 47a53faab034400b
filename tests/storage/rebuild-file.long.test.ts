// The journal file is rebuilt from a damaged database, or on a full disk.
// Nothing that only the old file has is lost.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TillDb } from '$lib/storage/database/db';
import { metaIn, tillIn } from '$lib/storage/database/meta';
import { renewDamagedFile } from '$lib/storage/recovery/damaged-lines';
import { queueRebuild } from '$lib/storage/recovery/start';
import type { EnrolledTill } from '$lib/storage/schema/records';
import { JournalFile } from '$lib/storage/wal/journal-file';
import { readLines, type Line } from '$lib/storage/wal/line';
import {
  bytesNamed,
  bytesOfFile,
  damageLines as damageLinesIn,
  discardShop,
  linesOf,
  loseDatabase,
  namesIn,
  openShopWithFile,
  putLines,
  spoilRows,
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
  receiptOf,
  TILL,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
let open: TillDb[];
const undo: (() => void)[] = [];
beforeEach(async () => {
  shop = await openShopWithFile();
  open = [shop.db];
  for (let n = 1; n <= 4; n += 1) await shop.sell(saleOf(n));
});
afterEach(async () => {
  mend();
  for (const db of open) stopTill(db);
  await discardShop(shop.db);
});

const mend = () => undo.splice(0).forEach((step) => step());
const saleOf = (n: number) => receiptOf(id(1000 + n), { tenders: [cash(10_000)] });

function stop(): void {
  for (const db of open) stopTill(db);
}

async function restart(): Promise<Started> {
  stop();
  const started = await startTill(shop.db.name);
  open.push(started.db);
  return started;
}

async function damageLines(...seqs: readonly number[]): Promise<void> {
  stop();
  await damageLinesIn(shop.db.name, ...seqs);
}

const seqsIn = (lines: readonly Line[]) =>
  lines.flatMap((line) => (line.kind === 'act' ? [line.entry.seq] : []));
const cardsIn = (lines: readonly Line[]) =>
  lines.flatMap((line) =>
    line.kind !== 'attached'
      ? []
      : line.changes.flatMap((change) =>
          change.table === 'customers' && change.op !== 'delete' ? change.rows : [],
        ),
  );

/** The lines of the file after the till was stopped. All of them must be readable. */
async function linesAfterStop(): Promise<Line[]> {
  stop();
  const { lines } = readLines(await bytesOfFile(shop.db.name));
  expect(lines.filter(({ kind }) => kind === 'unreadable')).toEqual([]);
  return lines as Line[];
}

test.each<[string, () => unknown]>([
  ['cannot be read', () => undo.push(spoilRows(['journal', [TILL, 4]]))],
  ['is altered', () => shop.db.journal.update([TILL, 4], { at: AT - 1 })],
])(
  'an entry that %s in both copies is left out of a file that is written again',
  async (_, spoil) => {
    await spoil();
    await damageLines(4, 6);
    const { db } = await restart();
    expect(db.file?.state).toBe('in-use');
    expect(seqsIn(await linesAfterStop())).toEqual([1, 2, 3, 5, 6]);
    const again = await restart();
    expect(again.news).toEqual([]);
    expect(await metaIn(again.db, 'quarantine')).toBeNull();
    mend();
    stop();
    await loseDatabase(shop.db.name);
    const { news } = await restart();
    expect(news).toMatchObject([{ kind: 'rebuilt', entries: 5, unread: 1 }]);
  },
);

test.each<[string, (db: TillDb) => Promise<unknown>]>([
  ['cannot be read', () => Promise.resolve(undo.push(spoilRows(['customers', BORIS])))],
  ['is none', (db) => db.table('customers').update(BORIS, { name: 7 })],
])('a card whose row %s is taken from the file that is written again', async (_, spoil) => {
  const before = (await shop.db.customers.get(BORIS))!;
  const others = await shop.db.customers.count();
  await spoil(shop.db);
  await damageLines(6);
  const { db } = await restart();
  expect(db.file?.state).toBe('in-use');
  const cards = cardsIn(await linesAfterStop());
  expect(cards).toContainEqual(before);
  expect(cards.map((card) => card.id)).toContain(ANNA);
  expect(cards).toHaveLength(others);
});

test('a policy that the database cannot read stays in the file', async () => {
  const { db } = shop;
  const till = await tillIn(db);
  undo.push(spoilRows(['policy', 'current']));
  queueRebuild(db, db.file!, till as EnrolledTill, null);
  await db.file?.rebuilt;
  expect(db.file?.state).toBe('in-use');
  expect((await linesAfterStop()).map(({ kind }) => kind)).toContain('policy');
});

/** Lets the file's worker fail all writes after the first `passed` as on a full disk, until `mend`. */
function fillDiskAfter(passed: number): void {
  const real = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage') ?? {};
  let writes = 0;
  undo.push(() => Object.defineProperty(Worker.prototype, 'postMessage', real));
  Object.defineProperty(Worker.prototype, 'postMessage', {
    ...real,
    value(this: Worker, asked: { number: number; name: string; parts: readonly unknown[] }) {
      if (asked.parts.some((part) => part instanceof Uint8Array)) writes += 1;
      if (writes <= passed) {
        (real.value as Worker['postMessage']).call(this, asked);
        return;
      }
      const data = { kind: 'failed', number: asked.number, name: 'QuotaExceededError' };
      this.onmessage?.(new MessageEvent('message', { data }));
    },
  });
}

test.each([0, 1, 2, 3])(
  'a file that cannot be written again, as the disk is full after %i writes, stays as it was',
  async (passed) => {
    await damageLines(6);
    const before = await bytesOfFile(shop.db.name);
    fillDiskAfter(passed);
    const { db } = await restart();
    expect(db.file?.state).toBe('away');
    stop();
    expect(await bytesOfFile(shop.db.name)).toEqual(before);
    mend();
    const { db: later } = await restart();
    expect(later.file?.state).toBe('in-use');
    expect(seqsIn(await linesAfterStop())).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await namesIn(shop.db.name)).toEqual([`${TILL}.journal`]);
  },
);

test('entries that only the file has are restored before it is set aside', async () => {
  const before = await everything(shop.db);
  await shop.db.journal.delete([TILL, 4]);
  stop();
  const lines = await linesOf(shop.db.name);
  const last = lines.at(-1)!;
  const other = last.kind === 'act' && { ...last, entry: { ...last.entry, hash: 'f'.repeat(64) } };
  await putLines(shop.db.name, [...lines.slice(0, -1), other as Line]);
  const { db } = await restart();
  expect(db.file?.state).toBe('in-use');
  expect(await everything(db)).toEqual(before);
  expect(seqsIn(await linesAfterStop())).toEqual([1, 2, 3, 4, 5, 6]);
});

/** Opens the till on this disk without a start, which would compare the end of the file. */
async function withoutStart(): Promise<TillDb> {
  stop();
  const db = new TillDb(shop.db.name);
  open.push(db);
  db.file = new JournalFile(db.name);
  await db.file.open(TILL);
  return db;
}

/** Removes the lines of this entry from the file. */
async function removeLine(seq: number): Promise<void> {
  stop();
  const lines = await linesOf(shop.db.name);
  const isOther = (line: Line) => line.kind !== 'act' || line.entry.seq !== seq;
  await putLines(shop.db.name, lines.filter(isOther));
}

test.each([
  ['damaged', () => damageLines(2)],
  ['missing', () => removeLine(3)],
])('an older line that is %s is written again while the till is in use', async (_, spoil) => {
  await spoil();
  expect(await renewDamagedFile(await withoutStart(), AT)).toBe(true);
  expect(seqsIn(await linesAfterStop())).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await namesIn(shop.db.name)).toEqual([`${TILL}.journal`]);
});

test('an undamaged file is not rebuilt', async () => {
  stop();
  const before = await bytesOfFile(shop.db.name);
  expect(await renewDamagedFile(await withoutStart(), AT)).toBe(false);
  stop();
  expect(await bytesOfFile(shop.db.name)).toEqual(before);
});

test('a file that lacks an entry, as the database does, is rebuilt once, and the old file is kept', async () => {
  await shop.db.journal.delete([TILL, 4]);
  await damageLines(4);
  const kept = await bytesOfFile(shop.db.name);
  expect(await renewDamagedFile(await withoutStart(), AT)).toBe(true);
  expect(await renewDamagedFile(await withoutStart(), AT + 1)).toBe(false);
  expect(seqsIn(await linesAfterStop())).toEqual([1, 2, 3, 5, 6]);
  expect(await bytesNamed(shop.db.name, `${TILL}.aside-${AT}`)).toEqual(kept);
});

test('a damaged file is not rebuilt while it has the only copy of an undecided act', async () => {
  await damageLines(2);
  const db = await withoutStart();
  const last = (await db.journal.get([TILL, 6]))!;
  const entry = { ...last, seq: 7, hash: 'e'.repeat(64) };
  await db.file?.addAct({ entry, projected: [], attached: [] });
  await renewDamagedFile(db, AT);
  expect(db.file?.pending?.entry).toEqual(entry);
  stop();
  expect(seqsIn(await linesOf(shop.db.name))).toEqual([1, 3, 4, 5, 6, 7]);
});
