// Lines of the journal file that cannot be read or replayed are set aside and reported.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import { sealEntry } from '$lib/proof/chain';
import { TillDb } from '$lib/storage/database/db';
import { metaIn } from '$lib/storage/database/meta';
import { chainIn, headIn } from '$lib/storage/journal/reader';
import { currentPolicy } from '$lib/storage/policy/policies';
import { repairLosses, startUp } from '$lib/storage/recovery/start';
import { JournalFile } from '$lib/storage/wal/journal-file';
import type { ActLine, Line } from '$lib/storage/wal/line';
import {
  bytesOfFile,
  discardShop,
  forgetNotedHead,
  linesOf,
  lineOf,
  loseDatabase,
  namesIn,
  openShopWithFile,
  putBytes,
  putLines,
  refuseEntries,
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
  signer,
  TILL,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
let open: TillDb[];
beforeEach(async () => {
  shop = await openShopWithFile();
  open = [shop.db];
});
afterEach(async () => {
  for (const db of open) stopTill(db);
  await discardShop(shop.db);
});

const saleOf = (n: number) => receiptOf(id(1000 + n), { tenders: [cash(10_000)] });

async function restart(): Promise<Started> {
  for (const db of open) stopTill(db);
  const started = await startTill(shop.db.name);
  open.push(started.db);
  return started;
}

/** Sales 1 to `sold` are entries 3 and later; the database loses all but the first. */
async function sellAndFallBehind(sold: number): Promise<void> {
  await shop.sell(saleOf(1));
  const [early, meta] = [await everything(shop.db), await shop.db.meta.toArray()];
  for (let n = 2; n <= sold; n += 1) await shop.sell(saleOf(n));
  for (const table of shop.db.tables) {
    await table.clear();
    await table.bulkAdd(table.name === 'meta' ? meta : (early[table.name] ?? []));
  }
  stopTill(shop.db);
}

const isEntry = (seq: number) => (line: Line) => line.kind === 'act' && line.entry.seq === seq;

/** The file with this entry and those after it, sealed again after `change`. */
async function resealed(seq: number, change: (body: SaleBody) => object): Promise<Line[]> {
  const sealed: Line[] = [];
  let before: Entry | null = null;
  for (const line of await linesOf(shop.db.name)) {
    if (line.kind !== 'act' || line.entry.seq < seq || before === null) sealed.push(line);
    else {
      const { entry } = line;
      const body = (
        entry.seq === seq ? change(entry.body as SaleBody) : entry.body
      ) as Entry['body'];
      sealed.push({ ...line, entry: await sealEntry(before, { ...entry, body }) });
    }
    const last = sealed.at(-1);
    if (last?.kind === 'act') before = last.entry;
  }
  return sealed;
}

/** Writes these lines as the file. A text is one raw line; it gets the right checksum. */
async function putMixed(lines: readonly (Line | string)[]): Promise<void> {
  const bytes = lines.map((line) => lineOf(typeof line === 'string' ? line : JSON.stringify(line)));
  await putBytes(shop.db.name, new Uint8Array(await new Blob(bytes).arrayBuffer()));
}

const seqs = async (db: TillDb) => (await chainIn(db, TILL).toArray()).map(({ seq }) => seq);
const numbers = async (db: TillDb) =>
  (await db.sales.toArray()).map(({ number }) => number).sort((a, b) => a - b);

/** Expects that the till sells, and that the next start is silent. Returns receipt number and entry number of the sale. */
async function sellsOn(
  { sell, db }: Started,
  n = 50,
): Promise<{ number: number; seq: number; prevHash: string }> {
  const outcome = await sell(saleOf(n));
  if (outcome.kind !== 'saved') expect.fail(JSON.stringify(outcome));
  const { number } = outcome.sale;
  const { seq, prevHash } = outcome.entry;
  await db.file?.rebuilt;
  const again = await restart();
  expect(again.news).toEqual([]);
  expect(await again.sell(saleOf(n + 1))).toMatchObject({
    kind: 'saved',
    sale: { number: number + 1 },
    entry: { seq: seq + 1 },
  });
  return { number, seq, prevHash };
}

const most = { customer: BORIS, account: 'debt', delta: Number.MAX_SAFE_INTEGER } as const;

/** Sealed lines that belong to the chain but whose rows cannot be written. */
const unwritable: [string, (body: SaleBody) => object][] = [
  ['a receipt number that is taken', (body) => ({ ...body, number: 1 })],
  ['the id of another sale', (body) => ({ ...body, sale: id(1001) })],
  ['sums that no number holds', (body) => ({ ...body, accounts: [most, most] })],
  ['a body that is none', () => ({ sale: 7 })],
];

test.each(unwritable)(
  'an act with %s is kept in the journal and named; those behind it count, and no number is given twice',
  async (_, change) => {
    await sellAndFallBehind(3);
    await putLines(shop.db.name, await resealed(4, change));
    const started = await restart();
    expect(started.news).toMatchObject([
      { kind: 'replayed', entries: [{ seq: 5 }] },
      { kind: 'doubtful', seqs: [4] },
    ]);
    expect(await seqs(started.db)).toEqual([1, 2, 3, 4, 5]);
    expect(await numbers(started.db)).toContain(3);
    expect(await started.db.sales.get(id(1001))).toMatchObject({ number: 1, seq: 3 });
    expect(await sellsOn(started)).toMatchObject({ number: 4, seq: 6 });
  },
);

test.each(unwritable)(
  'a database lost beside a file with %s is rebuilt, and the till sells on',
  async (_, change) => {
    for (const n of [1, 2, 3]) await shop.sell(saleOf(n));
    stopTill(shop.db);
    await putLines(shop.db.name, await resealed(4, change));
    await loseDatabase(shop.db.name);
    const started = await restart();
    expect(started.news).toMatchObject([
      { kind: 'rebuilt', entries: 5, unread: 0 },
      { kind: 'doubtful', seqs: [4] },
    ]);
    expect(await seqs(started.db)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await started.db.sales.get(id(1001))).toMatchObject({ number: 1, seq: 3 });
    expect(await sellsOn(started)).toMatchObject({ number: 1004, seq: 7 });
  },
);

test('rows that could not be written do not stop the search for lost rows', async () => {
  await sellAndFallBehind(3);
  await putLines(
    shop.db.name,
    await resealed(4, (body) => ({ ...body, number: 1, accounts: [most, most] })),
  );
  const { db } = await restart();
  await db.sales.delete(id(1003));
  await db.customers.delete(ANNA);
  const news = await repairLosses(db, AT);
  expect(news[0]).toMatchObject({ kind: 'repaired' });
  expect(await numbers(db)).toContain(3);
  expect(await db.customers.get(ANNA)).toBeDefined();
});

/** Lines with a right checksum that no till can have written. */
const nonsense: [string, (line: ActLine) => string][] = [
  ['no JSON', () => '{"kind":"act","entry":{'],
  ['nothing', () => 'null'],
  ['a number', () => '7'],
  ['a kind that is unknown', () => '{"kind":"cut","to":0}'],
  ['an act without an entry', () => '{"kind":"act","attached":[]}'],
  ['an entry that is none', (line) => JSON.stringify({ ...line, entry: { till: TILL, seq: 4 } })],
  ['a mark without a hash', () => '{"kind":"abandoned"}'],
  ['attached that is no list', () => '{"kind":"attached","changes":7}'],
  [
    'an entry that nothing hashes',
    (line) => JSON.stringify(line).replace('"total":10000', '"total":1e999'),
  ],
  ['very deep lists', () => '['.repeat(200_000) + ']'.repeat(200_000)],
];

test.each(nonsense)(
  'a line that says %s is set aside, and the acts around it count',
  async (_, textOf) => {
    await sellAndFallBehind(3);
    const lines = await linesOf(shop.db.name);
    const at = lines.findIndex(isEntry(4));
    await putMixed(lines.toSpliced(at + 1, 0, textOf(lines[at] as ActLine) as never));
    const started = await restart();
    expect(started.news).toMatchObject([
      { kind: 'replayed', entries: [{ seq: 4 }, { seq: 5 }] },
      { kind: 'set-aside', lines: 1 },
    ]);
    expect(await numbers(started.db)).toEqual([1, 2, 3]);
    const { number, seq } = await sellsOn(started);
    expect([number > 3, seq]).toEqual([true, 6]);
    // nothing was deleted: the old file is kept unchanged
    expect((await namesIn(shop.db.name)).filter((name) => name.includes('aside'))).toHaveLength(1);
  },
);

test.each(nonsense)(
  'a database lost beside a file with a line that says %s is rebuilt from the others',
  async (_, textOf) => {
    for (const n of [1, 2, 3]) await shop.sell(saleOf(n));
    stopTill(shop.db);
    const lines = await linesOf(shop.db.name);
    const at = lines.findIndex(isEntry(4));
    await putMixed(lines.toSpliced(at + 1, 0, textOf(lines[at] as ActLine) as never));
    await loseDatabase(shop.db.name);
    const started = await restart();
    expect(started.news).toMatchObject([{ kind: 'rebuilt', entries: 5, unread: 1 }]);
    const { number, seq } = await sellsOn(started);
    expect([number > 3, seq]).toEqual([true, 7]);
  },
);

test('an act whose attached rows are none counts, without them', async () => {
  await sellAndFallBehind(3);
  const lines = await linesOf(shop.db.name);
  const at = lines.findIndex(isEntry(4));
  const far = [{ till: TILL, after: 1, upTo: Number.MAX_SAFE_INTEGER, seq: 99 }];
  const strange = [
    { table: 'meta', op: 'put', rows: [{ key: 'numbers-taken', value: far }] },
    { table: 'nowhere', op: 'put', rows: [{}] },
    { table: 'customers', op: 'put', rows: [{ id: ANNA, name: 7 }] },
    { table: 'balances', op: 'put', rows: [{ customer: ANNA, account: 'debt', sum: -1 }] },
    { table: 'meta', op: 'put', rows: [{ key: 'schema', value: { schema: 9, minWriter: 9 } }] },
    { table: 'journal', op: 'delete', keys: [[TILL, 3]] },
  ];
  await putMixed(lines.with(at, { ...(lines[at] as ActLine), attached: strange as never }));
  const started = await restart();
  expect(started.news).toMatchObject([
    { kind: 'replayed', entries: [{ seq: 4 }, { seq: 5 }] },
    { kind: 'set-aside' },
  ]);
  expect(await numbers(started.db)).toEqual([1, 2, 3]);
  expect(await started.db.balances.get([ANNA, 'debt'])).toMatchObject({ sum: 50_000 });
  expect(await started.db.customers.get(ANNA)).toMatchObject({ name: 'Анна Кузнецова' });
  expect((await sellsOn(started)).seq).toBe(6);
});

test('a policy in the file that the relay did not sign is set aside: the till sells by its own', async () => {
  await sellAndFallBehind(2);
  const lines = await linesOf(shop.db.name);
  const stranger = await shop.policyJws(9, () => {}, await signer());
  const genuine = await shop.policyJws(1);
  const forged: (Line | string)[] = [
    { kind: 'policy', jws: stranger, version: 9 },
    { kind: 'policy', jws: 'nonsense', version: 9 },
    { kind: 'policy', jws: genuine, version: 999 },
  ];
  for (const [place, line] of forged.entries()) {
    await putMixed([...lines, line]);
    const started = await restart();
    expect(await currentPolicy(started.db)).toMatchObject({
      kind: 'policy',
      policy: { version: 1 },
    });
    expect(await metaIn(started.db, 'newest-policy')).toEqual({ version: 1 });
    expect(await started.sell(saleOf(60 + place))).toMatchObject({ kind: 'saved' });
    stopTill(started.db);
  }
  await putMixed([...lines, ...forged]);
  await loseDatabase(shop.db.name);
  const started = await restart();
  expect(await currentPolicy(started.db)).toMatchObject({
    kind: 'policy',
    policy: { version: 1 },
  });
  await sellsOn(started);
});

/** The file with a flipped bit in the line of this entry. */
async function turnBit(seq: number): Promise<void> {
  const lines = await linesOf(shop.db.name);
  const at = lines.findIndex(isEntry(seq));
  const before = lines.slice(0, at).map((line) => lineOf(JSON.stringify(line)).length);
  const bytes = await bytesOfFile(shop.db.name);
  const place = before.reduce((sum, length) => sum + length, 0) + 40;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await putBytes(shop.db.name, bytes);
}

const edited = (line: Line): Line =>
  line.kind === 'act' ? { ...line, entry: { ...line.entry, at: 1 } } : line;

const damaged: [string, (seq: number) => Promise<void>][] = [
  ['a turned bit', turnBit],
  [
    'another content',
    async (seq) => {
      const lines = await linesOf(shop.db.name);
      await putLines(
        shop.db.name,
        lines.map((line) => (isEntry(seq)(line) ? edited(line) : line)),
      );
    },
  ],
];

test.each(damaged)(
  'acts around a line with %s count; the numbers of its entry are not given again',
  async (_, damage) => {
    await sellAndFallBehind(4);
    await damage(5);
    const started = await restart();
    expect(started.news).toMatchObject([
      { kind: 'replayed', entries: [{ seq: 4 }, { seq: 6 }] },
      { kind: 'set-aside', lines: 1, seqs: [5] },
    ]);
    expect(await numbers(started.db)).toEqual([1, 2, 4]);
    const { number, seq } = await sellsOn(started);
    expect([number > 4, seq]).toEqual([true, 7]);
    // the gap is reported until the entry is there again
    expect(await repairLosses(open.at(-1)!, AT)).toMatchObject([
      { kind: 'missing', rows: { entries: [{ till: TILL, seq: 5 }] } },
    ]);
  },
);

test.each(damaged)(
  'a last line with %s is set aside; neither its place in the journal nor its number is given again',
  async (_, damage) => {
    await sellAndFallBehind(3);
    const [, , , , lost] = (await linesOf(shop.db.name)).flatMap((line) =>
      line.kind === 'act' ? [line.entry] : [],
    );
    await damage(5);
    const started = await restart();
    expect(started.news).toMatchObject([
      { kind: 'replayed', entries: [{ seq: 4 }] },
      { kind: 'set-aside', lines: 1, seqs: [5] },
    ]);
    expect((await headIn(started.db)).seq).toBeGreaterThan(5);
    const after = (await chainIn(started.db, TILL, 5).toArray())[0];
    expect(after).toMatchObject({ act: 'entries-skipped', body: { from: 5, to: 5 } });
    // if the relay has that entry, the journal continues from it
    expect(after?.prevHash).toBe(lost?.hash);
    const { number, seq } = await sellsOn(started);
    expect([number > 3, seq > 5]).toEqual([true, true]);
  },
);

test.each(damaged)(
  'a database lost beside a file whose last line has %s gives none of its numbers again',
  async (_, damage) => {
    for (const n of [1, 2, 3]) await shop.sell(saleOf(n));
    stopTill(shop.db);
    await damage(5);
    await loseDatabase(shop.db.name);
    const started = await restart();
    expect(started.news).toMatchObject([{ kind: 'rebuilt', entries: 4, unread: 1 }]);
    const { number, seq } = await sellsOn(started);
    expect([number > 3, seq > 5]).toEqual([true, true]);
  },
);

test('an act that was given up does not come back, nor is it named, when its line is damaged', async () => {
  await sellAndFallBehind(2);
  const lines = await linesOf(shop.db.name);
  const at = lines.findIndex(isEntry(4));
  const { hash } = (lines[at] as ActLine).entry;
  await putLines(shop.db.name, [...lines, { kind: 'abandoned', seq: 4, hash }]);
  await turnBit(4);
  forgetNotedHead(shop.db.name);
  const started = await restart();
  expect(started.news).toEqual([]);
  expect(await started.sell(saleOf(7))).toMatchObject({ kind: 'saved', entry: { seq: 4 } });
});

test('a far place in the journal, or a far receipt number, is not believed', async () => {
  await sellAndFallBehind(2);
  const lines = await linesOf(shop.db.name);
  const last = lines.find(isEntry(4)) as ActLine;
  const far = await sealEntry({ seq: 10 ** 9, hash: 'f'.repeat(64) }, last.entry);
  await putLines(shop.db.name, [...lines, { ...last, entry: far }]);
  const started = await restart();
  expect(started.news).toMatchObject([
    { kind: 'replayed', entries: [{ seq: 4 }] },
    { kind: 'set-aside', lines: 1 },
  ]);
  const { number, seq } = await sellsOn(started);
  expect([number < 1_000, seq < 1_000]).toEqual([true, true]);
});

test('an act with a receipt number far beyond the others keeps its place, and its number leads nowhere', async () => {
  await sellAndFallBehind(2);
  const number = Number.MAX_SAFE_INTEGER;
  await putLines(shop.db.name, await resealed(4, (body) => ({ ...body, number })));
  const started = await restart();
  expect(started.news).toMatchObject([{ kind: 'doubtful', seqs: [4] }]);
  expect((await sellsOn(started)).number).toBeLessThan(1_000);
});

test("entries of a till that this device never was are not taken from a lost till's file", async () => {
  await shop.sell(saleOf(1));
  stopTill(shop.db);
  const lines = await linesOf(shop.db.name);
  const last = lines.find(isEntry(3)) as ActLine;
  const body = { ...last.entry.body, sale: id(1777) };
  const foreign = await sealEntry(
    { seq: 0, hash: '0'.repeat(64) },
    {
      ...last.entry,
      till: id(77),
      body,
    },
  );
  await putLines(shop.db.name, [...lines, { ...last, entry: foreign }]);
  await loseDatabase(shop.db.name);
  const { db, news } = await restart();
  expect(news).toMatchObject([{ kind: 'rebuilt', entries: 3, unread: 1 }]);
  expect(
    await db.journal
      .where(':id')
      .between([id(77), 0], [id(77), 9])
      .count(),
  ).toBe(0);
  expect(await db.sales.count()).toBe(1);
});

test('a disk that is full during the replay sets nothing aside', async () => {
  await sellAndFallBehind(2);
  const before = await bytesOfFile(shop.db.name);
  const db = new TillDb(shop.db.name);
  open.push(db);
  const undo = refuseEntries();
  const started = startUp(db, new JournalFile(db.name), AT);
  await expect(started).rejects.toMatchObject({ kind: 'disk-full' });
  undo();
  for (const each of open) stopTill(each);
  expect(await bytesOfFile(shop.db.name)).toEqual(before);
  expect((await restart()).news).toMatchObject([{ kind: 'replayed', entries: [{ seq: 4 }] }]);
});

/** A sale on account to Anna that only the file has; the database ends with sale 1. */
async function fallBehindDebt(
  confirm: (receipt: ReturnType<typeof receiptOf>) => Promise<Parameters<Shop['sell']>[1]>,
): Promise<void> {
  await shop.sell(saleOf(1));
  const [early, meta] = [await everything(shop.db), await shop.db.meta.toArray()];
  const receipt = receiptOf(id(1002), { customer: ANNA });
  expect(await shop.sell(receipt, await confirm(receipt))).toMatchObject({ kind: 'saved' });
  for (const table of shop.db.tables) {
    await table.clear();
    await table.bulkAdd(table.name === 'meta' ? meta : (early[table.name] ?? []));
  }
  stopTill(shop.db);
}

const shownOf = async (db: TillDb, seq: number) =>
  (await db.confirmations.toArray()).filter((row) => row.seq === seq).map(({ shown }) => shown);

/** The same code, signed by another key. */
let foreign: Awaited<ReturnType<Shop['code']>>;
const byCode = async (receipt: ReturnType<typeof receiptOf>) => {
  foreign = await shop.code(receipt, 'sell-on-account', { signedBy: await signer() });
  return [await shop.code(receipt, 'sell-on-account')];
};

test('an act from the file whose proofs hold is called saved', async () => {
  await fallBehindDebt(byCode);
  const { db, news } = await restart();
  expect(news).toMatchObject([{ kind: 'replayed', entries: [{ seq: 4 }], isVerified: true }]);
  expect(await shownOf(db, 4)).toEqual(['code']);
});

const forgeries: [string, (body: SaleBody) => object][] = [
  [
    "somebody else's signature",
    (body) => ({
      ...body,
      confirmations: body.confirmations.map((each) => ({ ...each, grant: foreign.jws })),
    }),
  ],
  ["another sale's code", (body) => ({ ...body, sale: id(1777) })],
  [
    'a code for a smaller sum',
    (body) => ({
      ...body,
      total: body.total + 1,
      onAccount: 10_001,
      accounts: body.accounts.map((step) => ({ ...step, delta: 10_001 })),
      confirmations: body.confirmations.map((each) => ({ ...each, amount: 10_001 })),
    }),
  ],
  [
    "another customer's code",
    (body) => ({
      ...body,
      customer: BORIS,
      accounts: body.accounts.map((step) => ({ ...step, customer: BORIS })),
    }),
  ],
  [
    'a code that is none',
    (body) => ({
      ...body,
      confirmations: body.confirmations.map((each) => ({ ...each, grant: 'nonsense' })),
    }),
  ],
];

test.each(forgeries)('an act from the file with %s is not called saved', async (_, forge) => {
  await fallBehindDebt(byCode);
  await putLines(shop.db.name, await resealed(4, forge));
  const { db, news } = await restart();
  expect(news).toMatchObject([{ kind: 'doubtful', seqs: [4] }]);
  expect(await shownOf(db, 4)).toEqual(['none']);
  await sellsOn(await restart());
});

test('a code that was used before, and a policy that this till never had, are not called saved', async () => {
  await fallBehindDebt(byCode);
  const lines = await linesOf(shop.db.name);
  const line = lines.find(isEntry(4)) as ActLine;
  const again = await sealEntry(line.entry, {
    ...line.entry,
    body: { ...line.entry.body, number: 3, sale: id(1003) },
  });
  const later = await sealEntry(again, { ...again, policy: 7, act: 'settled', body: {} });
  await putLines(shop.db.name, [...lines, { ...line, entry: again }, { ...line, entry: later }]);
  expect((await restart()).news).toMatchObject([
    { kind: 'replayed', entries: [{ seq: 4 }] },
    { kind: 'doubtful', seqs: [5, 6] },
  ]);
});

test('acts that are too many to verify at the start are reported as unverified', async () => {
  await sellAndFallBehind(52);
  expect((await restart()).news).toMatchObject([{ kind: 'replayed', isVerified: false }]);
});

test('a file that names no till, written last, does not hide the file of a till whose database is lost', async () => {
  await shop.sell(saleOf(1));
  stopTill(shop.db);
  await loseDatabase(shop.db.name);
  await putBytes(shop.db.name, new TextEncoder().encode('nonsense\n'), id(99));
  const { db, news } = await restart();
  expect(news).toMatchObject([{ kind: 'rebuilt', entries: 3 }]);
  expect(await numbers(db)).toEqual([1]);
});
