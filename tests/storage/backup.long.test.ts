// Backups: restored completely on another device, or refused with a reason and without any change.
import { USUAL_TAX, singly, type Product } from '$lib/domain/goods/product';
import { NO_SEALED_DETAILS } from '$lib/domain/customers/customer';
import { metaIn, saveMeta, formerTillsIn, isEnrolled, tillIn } from '$lib/storage/database/meta';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { remoteTables } from '$lib/storage/remote/remote-order';
import { backupToFolder, saveFolder, KEPT } from '$lib/storage/backup/folder';
import { packBackup, soundBackup } from '$lib/storage/backup/container';
import { FRAME, makeBackup } from '$lib/storage/backup/make-backup';
import { checkBackup, restoreBackup, type CheckedBackup } from '$lib/storage/backup/restore-backup';
import { backedTables } from '$lib/storage/backup/backup-record';
import { importGoods } from '../support/goods';
import { SCHEMA, type TillDb } from '$lib/storage/database/db';
import { saveSale } from '$lib/storage/sales/save-sale';
import { currentPolicy } from '$lib/storage/policy/policies';
import { beginEnrolment, completeEnrolment } from '$lib/storage/till/till';
import { verify, type Verification } from '$lib/storage/audit/verification';
import { missingRows } from '$lib/storage/recovery/missing-rows';
import { headIn } from '$lib/storage/journal/reader';
import type { MetaKey } from '$lib/storage/schema/records';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { Entry } from '$lib/contract/journal';
import { GENESIS, sealEntry, type ChainHead } from '$lib/proof/chain';
import { projectedTables } from '$lib/domain/rows';
import { money } from '$lib/domain/values/money';
import { quantity } from '$lib/domain/values/quantity';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import { sizeOf } from '../support/cases';
import { spoilRows } from '../support/journal-disk';
import { everyAct, NEXT } from '../support/every-act';
import {
  ANNA,
  AT,
  BORIS,
  BREAD,
  cash,
  CASHIER,
  discard,
  emptyDb,
  everything,
  HOUR,
  id,
  openShop,
  overrideBy,
  OWNER,
  receiptOf,
  SENIOR,
  signer,
  TILL,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
let other: TillDb;
beforeEach(async () => {
  shop = await openShop();
  other = emptyDb();
  await trade();
});
const undo: (() => void)[] = [];
const mend = () => undo.splice(0).forEach((step) => step());
afterEach(async () => {
  mend();
  await discard(shop.db);
  await discard(other);
});

async function trade(): Promise<void> {
  await shop.sell(receiptOf(id(1001), { tenders: [cash(10_000)] }));
  const owing = receiptOf(id(1002), { customer: ANNA });
  await shop.sell(owing, [await shop.code(owing, 'sell-on-account')]);
  const byRight = receiptOf(id(1003), { customer: BORIS });
  await shop.sell(byRight, [overrideBy(SENIOR, 'sell-on-account')]);
}

async function backup(passphrase: string | null = null): Promise<Blob> {
  const made = await makeBackup(shop.db, { passphrase, at: AT });
  if (typeof made === 'string') expect.fail(made);
  return made.file;
}

async function checked(db: TillDb, file: Blob, passphrase: string | null = null) {
  const outcome = await checkBackup(db, file, passphrase);
  if (outcome.kind !== 'checked') expect.fail(outcome.because);
  return outcome;
}

async function because(db: TillDb, file: Blob, passphrase: string | null = null) {
  const before = await everything(db);
  const outcome = await checkBackup(db, file, passphrase);
  expect(await everything(db)).toEqual(before);
  return outcome.kind === 'checked' ? 'checked' : outcome.because;
}

const restore = (db: TillDb, file: CheckedBackup, operator: string | null = null) =>
  restoreBackup(db, file, { operator, at: AT + 5 });

async function rowsIn(db: TillDb, tables: readonly string[]): Promise<Record<string, unknown[]>> {
  const all = await everything(db);
  return Object.fromEntries(tables.map((table) => [table, all[table] ?? []]));
}

/** The rows that a backup restores. */
const backed = (db: TillDb) =>
  rowsIn(db, [...backedTables.filter((table) => table !== 'meta'), ...projectedTables]);

/** The result of verifying a till's journal. */
async function verified(db: TillDb): Promise<Verification | null> {
  const till = await tillIn(db);
  if (!isEnrolled(till)) expect.fail('no till');
  const judge = new ProofJudge(till, await formerTillsIn(db));
  const options = { signal: new AbortController().signal, onprogress: () => {} };
  return verify(db, till, (entry) => judge.judge(entry), options);
}

async function goods(): Promise<void> {
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

/** Appends an entry after `head`, as somebody who knows the format can. */
async function append(
  db: TillDb,
  head: ChainHead,
  { till = TILL, accounts = [] }: { till?: string; accounts?: AccountEntry[] },
): Promise<Entry> {
  const body = { source: 'file', customers: [], accounts, confirmations: [], approval: null };
  const draft = { till, at: AT, operator: OWNER, policy: 1, act: 'customers-imported', body };
  const entry = await sealEntry(head, draft);
  await db.journal.add(entry);
  return entry;
}

/** A backup made after the till's database was edited directly. */
async function edited(edit: (db: TillDb) => Promise<unknown>): Promise<Blob> {
  await edit(shop.db);
  return backup();
}

/** A backup whose entries were changed in the file by a program that packs it again. */
async function repacked(change: (entries: Entry[]) => readonly Entry[]): Promise<Blob> {
  const sound = await soundBackup(await backup(), SCHEMA);
  if (sound.kind === 'refused') expect.fail(sound.because);
  const frame = await sound.open(null);
  const frames: Uint8Array<ArrayBuffer>[] = [];
  let entries = 0;
  for (let number = 0; number < sound.frames; number += 1) {
    const bytes = await frame!(number);
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes.slice(1)));
    const { table, rows } = value as { table?: string; rows?: Entry[] };
    if (table === 'journal') {
      const changed = change(rows ?? []);
      entries += changed.length;
      frames.push(frameOf('rows', { table, rows: changed }));
    } else if (bytes[0] === FRAME.end) {
      const end = value as { counts: object };
      frames.push(frameOf('end', { ...end, counts: { ...end.counts, journal: entries } }));
    } else frames.push(bytes);
  }
  return packBackup(sound.header, frames, null);
}

const frameOf = (kind: 'rows' | 'end', value: object) =>
  new Uint8Array([FRAME[kind], ...new TextEncoder().encode(JSON.stringify(value))]);

test('a backup whose journal was edited and packed again is refused, wherever the edit is', async () => {
  const { seq } = await headIn(shop.db);
  for (let at = 1; at < seq; at += 1) {
    const file = await repacked((entries) =>
      entries.map((entry) => (entry.seq === at ? { ...entry, at: AT + 1 } : entry)),
    );
    expect(await because(other, file), `entry ${at}`).toBe('altered');
  }
});

test('a backup that lacks an entry without naming it is refused', async () => {
  const file = await repacked((entries) => entries.filter(({ seq }) => seq !== 3));
  expect(await because(other, file)).toBe('altered');
});

describe.each<[string, (seq: number) => unknown]>([
  ['cannot be read', (seq) => undo.push(spoilRows(['journal', [TILL, seq]]))],
  ['is altered', (seq) => shop.db.journal.update([TILL, seq], { at: AT + 1 })],
  ['is gone', (seq) => shop.db.journal.delete([TILL, seq])],
])('an entry that %s', (_, spoil) => {
  test('is named by the backup, by its check, and by the till that is restored from it', async () => {
    const sales = await shop.db.sales.orderBy('[till+number]').toArray();
    const lost = sales[1]!;
    await spoil(lost.seq);
    const made = await makeBackup(shop.db, { passphrase: null, at: AT });
    if (typeof made === 'string') expect.fail(made);
    const missing = {
      entries: [{ till: TILL, seq: lost.seq }],
      receipts: [{ till: TILL, number: lost.number }],
      cards: 0,
      others: 0,
    };
    expect(made.missing).toEqual(missing);
    mend();
    const found = await checked(other, made.file);
    expect(found.missing).toEqual(missing);

    await restore(other, found);
    expect((await other.sales.toArray()).map(({ number }) => number)).toEqual([1, 3]);
    expect(await missingRows(other)).toMatchObject({
      entries: missing.entries,
      receipts: missing.receipts,
    });
    const outcome = await saveSale(other, {
      receipt: receiptOf(id(1009), { tenders: [cash(10_000)] }),
      confirmations: [],
      operator: CASHIER,
      at: AT + 10,
    });
    expect(outcome).toMatchObject({ kind: 'saved', sale: { number: 1_004 } });
  });
});

test('every other row that cannot be read is counted, and the rest is restored', async () => {
  await goods();
  await everyAct(shop);
  const value = { language: 'ru', theme: 'dark', paperMm: 58, sound: 'off' } as const;
  await saveMeta(shop.db, 'preferences', {
    ...value,
    demoExplained: true,
    installDeclined: true,
    checklistClosed: true,
  });
  undo.push(spoilRows(['customers', BORIS], ['meta', 'preferences'], ['policy', 'current']));
  const made = await makeBackup(shop.db, { passphrase: null, at: AT });
  if (typeof made === 'string') expect.fail(made);
  const nothing = { entries: [], receipts: [] };
  expect(made.missing).toEqual({ ...nothing, cards: 1, others: 2 });
  mend();
  const found = await checked(other, made.file);
  expect(found.missing).toEqual(made.missing);
  await restore(other, found);
  expect(await other.customers.get(BORIS)).toBeUndefined();
  expect(await other.customers.get(ANNA)).toEqual(await shop.db.customers.get(ANNA));
});

test("no backup is made without what names the till's journals", async () => {
  await shop.db.meta.put({ key: 'former-tills', value: [] });
  undo.push(spoilRows(['meta', 'former-tills']));
  await expect(makeBackup(shop.db, { passphrase: null, at: AT })).rejects.toThrow('failed');
});

test('a backup with entries of a till that it does not name is refused', async () => {
  const file = await edited((db) => append(db, GENESIS, { till: id(9) }));
  expect(await because(other, file)).toBe('altered');
});

test('a backup whose sums are larger than any till can store is refused', async () => {
  const most = { customer: ANNA, account: 'debt', delta: Number.MAX_SAFE_INTEGER } as const;
  const file = await edited((db) =>
    headIn(db)
      .then((head) => append(db, head, { accounts: [most] }))
      .then((head) => append(db, head, { accounts: [most] })),
  );
  expect(await because(other, file)).toBe('altered');
});

test('a backup without one of its cards is restored, and the check of the journal names the card', async () => {
  const file = await edited((db) => db.customers.delete(BORIS));
  const before = await rowsIn(shop.db, projectedTables);
  await restore(other, await checked(other, file));
  expect(await rowsIn(other, projectedTables)).toEqual(before);
  expect((await verified(other))?.findings).toEqual([{ kind: 'card', customer: BORIS }]);
});

test('a restored till has exactly the rows of the till that made the acts, in every table', async () => {
  await everyAct(shop);
  const before = await everything(shop.db);
  for (const table of projectedTables) expect(before[table], table).not.toEqual([]);
  await restore(other, await checked(other, await backup()));
  const after = await everything(other);
  expect(after['journal']?.splice(-2)).toMatchObject([
    { act: 'backup-restored', till: NEXT },
    { act: 'numbers-skipped', till: NEXT },
  ]);
  expect(after).toEqual({ ...before, drafts: [], reserveVerifiers: [], reserveTries: [] });
  const metaOf = async (db: TillDb) =>
    (await db.meta.toArray()).filter(
      ({ key }) => ![...OF_THE_DEVICE, 'numbers-taken'].includes(key),
    );
  expect(await metaOf(other)).toEqual(await metaOf(shop.db));
  expect((await verified(other))?.findings).toEqual([]);
});

const OF_THE_DEVICE: MetaKey[] = ['till', 'quarantine', 'file-away', 'removal', 'backup-folder'];

test('rows lost or edited on the till do not reach its backup: they are projected from the journal', async () => {
  await everyAct(shop);
  const before = await rowsIn(shop.db, projectedTables);
  const file = await edited(async (db) => {
    await db.balances.toCollection().modify({ sum: 0 });
    for (const table of projectedTables) {
      if (table !== 'balances') await db.table(table).clear();
    }
  });
  await restore(other, await checked(other, file));
  expect(await rowsIn(other, projectedTables)).toEqual(before);
});

test.each([null, 'верный конь, батарея'])(
  'a copied and lost till is restored on another device with everything it had (passphrase: %s)',
  async (passphrase) => {
    await goods();
    const file = await backup(passphrase);
    const before = await backed(shop.db);
    const was = await tillIn(shop.db);
    await discard(shop.db);

    expect(await restore(other, await checked(other, file, passphrase))).toEqual({
      kind: 'restored',
    });
    const after = await backed(other);
    const [added] = after['journal']?.splice(-2) ?? [];
    expect(after).toEqual(before);
    expect(added).toMatchObject({ seq: 7, act: 'backup-restored', operator: null, at: AT + 5 });
    expect(await currentPolicy(other)).toMatchObject({ kind: 'policy' });
    const now = await tillIn(other);
    expect(now).toMatchObject({ id: was?.id, name: was?.name, shop: was?.shop });
    expect(await metaIn(other, 'quarantine')).toEqual({ because: 'restored', since: AT + 5 });
  },
);

test('a restored till agrees with its journal, and sells at once', async () => {
  await restore(other, await checked(other, await backup()));
  const copy: Shop = { ...shop, db: other };
  expect(await copy.sell(receiptOf(id(1004), { tenders: [cash(10_000)] }))).toMatchObject({
    kind: 'saved',
  });
  expect(await verified(other)).toMatchObject({ findings: [], differences: [] });
});

test("neither the till's key nor an open receipt nor a reserve code is in a backup, and with a passphrase nothing is readable", async () => {
  const text = async (file: Blob) => {
    const sound = await soundBackup(file, SCHEMA);
    if (sound.kind !== 'sound') expect.fail(sound.because);
    const frame = await sound.open('wort');
    const frames = await Promise.all(
      Array.from({ length: sound.frames }, async (_, n) =>
        new TextDecoder().decode(await frame?.(n)),
      ),
    );
    return frames.join('\n');
  };
  const plain = await text(await backup());
  expect(plain).toContain('Анна Кузнецова');
  expect(plain).not.toContain('"keys":{');
  expect(plain).not.toContain('privateKey');
  const all = shop.db.tables.map(({ name }) => name);
  const left = all.filter((name) => !(backedTables as string[]).includes(name));
  const elsewhere = ['keptGoods', 'drafts', 'reserveTries', 'reserveVerifiers'];
  const remote = remoteTables(shop.db).map(({ name }) => name);
  expect(left.sort()).toEqual([...elsewhere, ...projectedTables, ...remote].sort());
  const sealed = await backup('wort');
  expect(await sealed.text()).not.toContain('Анна');
  expect(await text(sealed)).toEqual(plain);
});

test.each([null, 'конь'])(
  'a single changed byte, anywhere, is refused (%s)',
  async (passphrase) => {
    const bytes = new Uint8Array(await (await backup(passphrase)).arrayBuffer());
    const place = fc.integer({ min: 0, max: bytes.length - 1 });
    const bits = fc.integer({ min: 1, max: 255 });
    await fc.assert(
      fc.asyncProperty(place, bits, async (at, flipped) => {
        const spoilt = bytes.slice();
        spoilt[at] = (spoilt[at] ?? 0) ^ flipped;
        const outcome = await soundBackup(new Blob([spoilt]), SCHEMA);
        return outcome.kind === 'refused';
      }),
      { numRuns: 150 },
    );
  },
);

test('a backup cut short anywhere, or with bytes added, is damaged', async () => {
  const bytes = new Uint8Array(await (await backup()).arrayBuffer());
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), async (length) => {
      const outcome = await soundBackup(new Blob([bytes.slice(0, length)]), SCHEMA);
      return outcome.kind === 'refused';
    }),
    { numRuns: 100 },
  );
  expect(await because(other, new Blob([bytes, new Uint8Array([0])]))).toBe('damaged');
  expect(await because(other, new Blob([bytes.slice(0, -1)]))).toBe('damaged');
});

test('a file that is not a backup and a backup of a later version get different reasons', async () => {
  expect(await because(other, new Blob(['name;price\nbread;1']))).toBe('not-a-backup');
  expect(await because(other, new Blob([]))).toBe('not-a-backup');
  const bytes = await (await backup()).text();
  const later = bytes.replace('"v":1', '"v":2').slice(0, bytes.indexOf('\n') + 1);
  expect(await because(other, new Blob([later, 'whatever comes then']))).toBe('newer');
  expect(await soundBackup(await backup(), SCHEMA - 1)).toMatchObject({ because: 'newer' });
});

test('a wrong passphrase and a missing one are distinguished from damage', async () => {
  const file = await backup('конь');
  expect(await because(other, file)).toBe('passphrase-needed');
  expect(await because(other, file, 'кон')).toBe('wrong-passphrase');
  expect(await because(other, file, 'конь')).toBe('checked');
});

test('a backup of another shop is refused at a till that belongs to one', async () => {
  await beginEnrolment(other, { id: id(3), name: 'Касса 9' });
  const relayKey = (await signer()).publicKey;
  await completeEnrolment(other, { shop: id(9), relayKey, contract: 1, number: 1, at: AT });
  expect(await because(other, await backup())).toBe('other-shop');
});

test('entries missing from the backup are counted first; restoring over them needs the right to data', async () => {
  const file = await backup();
  expect(await checked(shop.db, file)).toMatchObject({ lost: 0 });
  await shop.sell(receiptOf(id(1005), { tenders: [cash(10_000)] }));
  await shop.sell(receiptOf(id(1006), { tenders: [cash(10_000)] }));
  const again = await checked(shop.db, file);
  expect(again).toMatchObject({ lost: 2, header: { till: TILL, seq: 5 } });
  const before = await everything(shop.db);
  expect(await restore(shop.db, again, CASHIER)).toMatchObject({
    kind: 'refused',
    because: { kind: 'no-right', right: 'data' },
  });
  expect(await everything(shop.db)).toEqual(before);
  expect(await restore(shop.db, again, OWNER)).toEqual({ kind: 'restored' });
  expect(await shop.db.sales.count()).toBe(3);
});

test('a till restored over its own later sales gives none of their numbers again, and its journal is whole', async () => {
  const file = await backup();
  await shop.sell(receiptOf(id(1005), { tenders: [cash(10_000)] }));
  await shop.sell(receiptOf(id(1006), { tenders: [cash(10_000)] }));
  expect(await restore(shop.db, await checked(shop.db, file), OWNER)).toEqual({ kind: 'restored' });
  const next = receiptOf(id(1007), { tenders: [cash(10_000)] });
  expect(await shop.sell(next)).toMatchObject({ kind: 'saved', sale: { number: 1006 } });
  expect(await verified(shop.db)).toMatchObject({ findings: [] });
  // a backup of the restored till has these numbers as well
  await restore(other, await checked(other, await backup()));
  expect(await other.meta.get('numbers-taken')).toMatchObject({
    value: [
      { till: TILL, upTo: 1005 },
      { till: TILL, upTo: 2006 },
    ],
  });
});

test('a till restored elsewhere gives no number that the original may have printed after the backup', async () => {
  await restore(other, await checked(other, await backup()));
  const skipped = (await other.journal.toArray()).filter(({ act }) => act === 'numbers-skipped');
  expect(skipped).toMatchObject([{ seq: 7, operator: null, body: { from: 4, to: 1003 } }]);
  expect(
    await saveSale(other, {
      receipt: receiptOf(id(1007), { tenders: [cash(10_000)] }),
      operator: CASHIER,
      at: AT,
      confirmations: [],
    }),
  ).toMatchObject({
    kind: 'saved',
    sale: { number: 1004 },
  });
  expect(await verified(other)).toMatchObject({ findings: [] });
});

test('a restore that the disk refuses half-way changes nothing', async () => {
  const file = await checked(shop.db, await backup());
  await shop.sell(receiptOf(id(1005), { tenders: [cash(10_000)] }));
  const before = await everything(shop.db);
  const customers = [...file.rows.customers, {}];
  const spoilt: CheckedBackup = { ...file, rows: { ...file.rows, customers } };
  await expect(restore(shop.db, spoilt, OWNER)).rejects.toThrow();
  expect(await everything(shop.db)).toEqual(before);
});

const DAY = 24 * HOUR;

/** An empty folder on this machine's disk, chosen for the shop's daily backups. */
async function chosenFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getDirectoryHandle(`backups-${crypto.randomUUID()}`, { create: true });
  await saveFolder(shop.db, { handle, lastAt: null });
  return handle;
}

const namesIn = async (folder: FileSystemDirectoryHandle) =>
  (await Array.fromAsync(folder.keys())).sort();

const written = async (at: number) => expect(await backupToFolder(shop.db, at)).toBe('written');

test('once a day a complete backup is written to the chosen folder, and the oldest are deleted', async () => {
  expect(await backupToFolder(shop.db, AT)).toBe('not-due');
  const handle = await chosenFolder();
  const own = await handle.getFileHandle('holiday.jpg', { create: true });
  expect((await own.getFile()).size).toBe(0);
  await written(AT);
  expect(await backupToFolder(shop.db, AT + DAY - 1)).toBe('not-due');
  for (let day = 1; day <= KEPT; day += 1) await written(AT + day * DAY);
  const names = await namesIn(handle);
  expect(names).toHaveLength(KEPT + 1);
  expect(names).toContain('holiday.jpg');
  const newest = names.findLast((name) => name.endsWith('.backup')) ?? '';
  const file = await (await handle.getFileHandle(newest)).getFile();
  expect(await because(other, file)).toBe('checked');

  const root = await navigator.storage.getDirectory();
  await root.removeEntry(handle.name, { recursive: true });
  expect(await backupToFolder(shop.db, AT + 30 * DAY)).toBe('failed');
  expect(await metaIn(shop.db, 'backup-folder')).toMatchObject({ lastAt: AT + KEPT * DAY });
});

test('a backup without room on the disk leaves no partial file behind', async () => {
  const handle = await chosenFolder();
  const files = FileSystemFileHandle.prototype;
  const real = Object.getOwnPropertyDescriptor(files, 'createWritable') ?? {};
  const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  Object.defineProperty(files, 'createWritable', { ...real, value: full });
  try {
    expect(await backupToFolder(shop.db, AT)).toBe('failed');
  } finally {
    Object.defineProperty(files, 'createWritable', real);
  }
  expect(await namesIn(handle)).toEqual([]);
});

test('a sale does not wait for a backup: the backup ends without a file, and the next one includes the sale', async () => {
  const handle = await chosenFolder();
  const kept = {
    name: 'Клиент',
    phone: null,
    credit: { kind: 'shop-limit' },
    phoneSince: null,
    savedAt: AT,
    ...NO_SEALED_DETAILS,
    persons: [],
    personsRemoved: [],
  } as const;
  // many, so that the backup is still reading them when the sale is saved
  const cards = Array.from({ length: sizeOf({ push: 5_000, long: 20_000 }) }, (_, n) => ({
    ...kept,
    id: id(200_000 + n),
    cardSalt: '0'.repeat(64),
    salt: '0'.repeat(32),
    order: 'клиент',
    keys: [],
  }));
  await shop.db.customers.bulkAdd(cards);
  const sold = receiptOf(id(1005), { tenders: [cash(10_000)] });
  const [outcome, sale] = await Promise.all([backupToFolder(shop.db, AT), shop.sell(sold)]);
  expect([outcome, sale.kind]).toEqual(['in-use', 'saved']);
  expect(await namesIn(handle)).toEqual([]);
  await written(AT);
  const [name = ''] = await namesIn(handle);
  const file = await (await handle.getFileHandle(name)).getFile();
  const { rows } = await checked(other, file);
  const sales = (rows.journal as Entry[]).map(({ body }) => body['sale']);
  expect(sales).toContain(id(1005));
  expect(rows.customers).toHaveLength(cards.length + 4);
});

test("two tills with one backup folder do not overwrite or delete each other's backups, even in the same minute", async () => {
  const handle = await chosenFolder();
  await restore(other, await checked(other, await backup()));
  const till = await tillIn(other);
  if (till === null) expect.fail('no till');
  // enrolled within the same minute, so the ids begin with the same time
  const id = till.id.slice(0, -12) + 'b'.repeat(12);
  await other.meta.put({ key: 'till', value: { ...till, id } });
  await saveFolder(other, { handle, lastAt: null });

  expect(await backupToFolder(other, AT)).toBe('written');
  const [theirs] = await namesIn(handle);
  for (let day = 0; day <= KEPT; day += 1) await written(AT + day * DAY);
  const names = await namesIn(handle);
  expect(names).toHaveLength(KEPT + 1);
  expect(names).toContain(theirs);
});

test("after a week with a clock years ahead, today's backup stays, and those dated ahead are deleted first", async () => {
  const handle = await chosenFolder();
  for (let day = 0; day < KEPT; day += 1) await written(AT + (700 + day) * DAY);
  const ahead = await namesIn(handle);
  for (let day = 0; day < KEPT; day += 1) {
    const before = await namesIn(handle);
    await written(AT + day * DAY);
    expect((await namesIn(handle)).filter((name) => !before.includes(name))).toHaveLength(1);
  }
  const names = await namesIn(handle);
  expect(names).toHaveLength(KEPT);
  expect(names.filter((name) => ahead.includes(name))).toEqual([]);
});
