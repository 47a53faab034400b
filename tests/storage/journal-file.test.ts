// The journal file on a real disk: its lines after each act, and starts when the database differs.
import { codeHash } from '$lib/domain/values/receipt-number';
import type { EntryOf } from '$lib/contract/journal';
import { tillIn } from '$lib/storage/database/meta';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sealEntry } from '$lib/proof/chain';
import { TillDb } from '$lib/storage/database/db';
import { applyChanges } from '$lib/storage/schema/change';
import { saveRemoval } from '$lib/storage/till/till';
import { checkFile } from '$lib/storage/audit/check-file';
import { JournalFile } from '$lib/storage/wal/journal-file';
import { lineBytes, readLines, type ActLine, type Line } from '$lib/storage/wal/line';
import type { DecideAct, UndecidedAct } from '$lib/storage/recovery/undecided-act';
import { startUp } from '$lib/storage/recovery/start';
import { startNewsIn } from '$lib/storage/recovery/start-news';
import { openDraft, saveDraft, type Draft } from '$lib/storage/sales/drafts';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { money } from '$lib/domain/values/money';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { NEW_CHECKOUT } from '$lib/domain/consent/checkout-state';
import { savePolicy } from '$lib/storage/policy/policies';
import { saveSale, sellInShift } from '$lib/storage/sales/save-sale';
import { openShift } from '$lib/storage/shifts/shifts';
import { savePayout, saveRepayment } from '$lib/storage/customers/debts';
import { saveCorrection } from '$lib/storage/sales/corrections';
import { saveCancellation } from '$lib/storage/sales/cancelled-repayments';
import { saveReturn } from '$lib/storage/sales/returns';
import { storageErrorKind } from '$lib/storage/storage-error';
import { closeDispute, openDispute } from '$lib/storage/customers/disputes';
import { chainIn } from '$lib/storage/journal/reader';
import { giveUpPending, writeAct } from '$lib/storage/journal/writer';
import {
  bytesNamed,
  bytesOfFile,
  discardShop,
  forgetNotedHead,
  linesOf,
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
  CASHIER,
  downloaded,
  everything,
  everythingBeforeLoss,
  id,
  openShop,
  overrideBy,
  OWNER,
  receiptOf,
  SENIOR,
  TILL,
  type Shop,
  wholeJournal,
} from '../support/storage-shop';
import { verifyChain } from '../support/verify-chain';

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

const neverAsked: DecideAct = () => Promise.reject(new Error('asked'));

function idOf(asked: UndecidedAct): string {
  switch (asked.act) {
    case 'sale':
      return asked.body.sale;
    case 'repayment':
      return asked.body.repayment;
    case 'repayment-cancelled':
      return asked.body.cancellation;
    case 'overpayment-returned':
      return asked.body.payout;
    case 'return':
      return asked.body.return;
    case 'balance-corrected':
      return asked.body.correction;
  }
}

const mend = () => undo.splice(0).forEach((step) => step());

const saleOf = (n: number) => receiptOf(id(1000 + n), { tenders: [cash(10_000)] });

/** The draft of a receipt whose payment is open. */
const beingPaid = (receipt: ReturnType<typeof saleOf>): Draft => ({
  receipt,
  place: 'tender',
  checkout: NEW_CHECKOUT,
  askedBy: null,
  begun: true,
});

async function restart(decide?: DecideAct): Promise<Started> {
  for (const db of open) stopTill(db);
  const started = await startTill(shop.db.name, decide);
  open.push(started.db);
  return started;
}

/** Refuses every act as on a full disk, until `mend`. */
const refuseTransactions = () => undo.push(refuseEntries());

/** Lets the file's worker fail every command, or every `order`, with this exception, until `mend`. */
function failOrders(name: string, order: string | null = null): void {
  answerOrders(name, order, 'refused');
}

/** Lets the file's worker carry out every `order` but report an exception, until `mend`. */
function writeButFail(order: string): void {
  answerOrders('NotReadableError', order, 'done');
}

function answerOrders(name: string, order: string | null, really: 'refused' | 'done'): void {
  const real = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage') ?? {};
  undo.push(() => Object.defineProperty(Worker.prototype, 'postMessage', real));
  Object.defineProperty(Worker.prototype, 'postMessage', {
    ...real,
    value(this: Worker, asked: { number: number; name: string }) {
      const { number } = asked;
      if (order !== null && asked.name !== order) {
        (real.value as Worker['postMessage']).call(this, asked);
        return;
      }
      if (really === 'done') (real.value as Worker['postMessage']).call(this, asked);
      const data = { kind: 'failed', number, name };
      this.onmessage?.(new MessageEvent('message', { data }));
    },
  });
}

function replaceInStore(name: 'add' | 'put' | 'get' | 'openCursor', value: () => never): void {
  const own = IDBObjectStore.prototype;
  const real = Object.getOwnPropertyDescriptor(own, name) ?? {};
  undo.unshift(() => Object.defineProperty(own, name, real));
  Object.defineProperty(own, name, { ...real, value });
}

const refused = (name: string) => () => {
  throw new DOMException('refused', name);
};

/** Makes the database unreadable, until `mend`. */
function loseDatabaseReads(): void {
  for (const name of ['get', 'openCursor'] as const) replaceInStore(name, refused('UnknownError'));
}

/** Makes the database accept no rows, until `mend`. */
function loseDatabaseWrites(): void {
  for (const name of ['add', 'put'] as const) replaceInStore(name, refused('UnknownError'));
}

/** Refuses the next act as on a full disk; from then on the database is unreadable, until `mend`. */
function loseDatabaseAtAct(): void {
  replaceInStore('add', () => {
    loseDatabaseReads();
    throw new DOMException('full', 'QuotaExceededError');
  });
}

/** Leaves a sale, or another act, in the file without a way to know whether the database has it. */
async function leaveUndecided(
  receipt: ReturnType<typeof saleOf>,
  act: () => Promise<unknown> = () => shop.sell(receipt),
): Promise<void> {
  loseDatabaseAtAct();
  const outcome = await act().catch((error: unknown) => error);
  expect(storageErrorKind(outcome)).toBe('undecided');
  mend();
}

const actsIn = (lines: readonly Line[]) => lines.filter((line) => line.kind === 'act');
const kindsOf = (lines: readonly Line[]) =>
  lines.map((line) => (line.kind === 'act' ? line.entry.act : line.kind));

/** Expects that the file was rebuilt from the database up to this entry. */
function expectMadeAgain(lines: readonly Line[], seq: number): void {
  expect(lines[0]).toMatchObject({ kind: 'head', upTo: seq });
  expect(actsIn(lines).at(-1)).toMatchObject({ entry: { seq } });
  // the head line is repeated in case the first one is damaged
  expect(lines.at(-1)).toEqual(lines[0]);
}

async function numbers(db: TillDb): Promise<number[]> {
  return (await db.sales.toArray()).map((sale) => sale.number).sort((a, b) => a - b);
}

test('the file begins with the till, without its key, and has every act in the order of the journal', async () => {
  await shop.sell(saleOf(1));
  stopTill(shop.db);
  const lines = await linesOf(shop.db.name);
  expect(kindsOf(lines)).toEqual([
    ...['head', 'till-enrolled', 'policy', 'customers-imported', 'sale'],
  ]);
  expect(lines[0]).toEqual({
    kind: 'head',
    v: 1,
    former: null,
    upTo: 0,
    till: { id: TILL, name: 'Касса 1', shop: id(1), relayKey: shop.relay.publicKey, number: 1 },
  });
  expect(JSON.stringify(lines)).not.toContain('privateKey');
});

test('a till that was stopped normally starts without news', async () => {
  await shop.sell(saleOf(1));
  const before = await everything(shop.db);
  const { db, news } = await restart();
  expect(news).toEqual([]);
  expect(await everything(db)).toEqual(before);
});

test('the first start of a till that has sold nothing reads only its last entry, which may follow an import', async () => {
  for (let pin = 0; pin < 9; pin += 1) {
    const body = { operator: CASHIER, failures: 5 + pin, until: AT };
    await writeAct(shop.db, { act: 'pin-locked', body, operator: null, at: AT, policy: 1 });
  }
  const last = (await chainIn(shop.db, TILL).last())?.seq;
  stopTill(shop.db);
  const db = new TillDb(shop.db.name);
  open.push(db);
  const read = new Set<number>();
  db.journal.hook('reading', (entry) => {
    read.add(entry.seq);
    return entry;
  });
  await startUp(db, new JournalFile(db.name), AT);
  expect([...read]).toEqual([last]);
});

test('a sale that was flushed but not stored is there after a start, once, and its number is not given again', async () => {
  await shop.sell(saleOf(1));
  await leaveUndecided(saleOf(2));
  const { db, news, sell } = await restart();
  expect(news).toMatchObject([{ kind: 'replayed', entries: [{ till: TILL, seq: 4, number: 2 }] }]);
  expect(await numbers(db)).toEqual([1, 2]);
  expect(await sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
  expect(await sell(saleOf(3))).toMatchObject({ kind: 'saved', sale: { number: 3 } });
  expect(await verifyChain(wholeJournal(db))).toMatchObject({ kind: 'whole', count: 5 });
  expect((await restart()).news).toEqual([]);
});

test('a retry writes the same line, to the byte', async () => {
  await leaveUndecided(saleOf(1));
  // a minute later it is still the same sale
  const again = await shop.sell(saleOf(1), [], { at: 1_760_000_060_000 });
  expect(again).toMatchObject({ kind: 'saved', entry: { at: 1_760_000_000_000 } });
  stopTill(shop.db);
  expect(kindsOf(await linesOf(shop.db.name)).filter((kind) => kind === 'sale')).toHaveLength(1);
});

test('a sale that was given up is not restored', async () => {
  await leaveUndecided(saleOf(1));
  expect(await giveUpPending(shop.db)).toBe('given-up');
  const { db, news } = await restart();
  expect(news).toEqual([]);
  expect(await db.sales.count()).toBe(0);
  expect(kindsOf(await linesOfStopped())).not.toContain('sale');
});

test('what was reported as not saved is not there after a start, without another act between', async () => {
  await shop.sell(saleOf(1));
  refuseTransactions();
  const outcome = await shop.sell(saleOf(2)).catch((error: unknown) => error);
  expect(storageErrorKind(outcome)).toBe('disk-full');
  mend();
  const { db, news, sell } = await restart();
  expect(news).toEqual([]);
  expect(await numbers(db)).toEqual([1]);
  expect(await sell(saleOf(3))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
});

test('a sale that the file has written but reported as failed is not there after a start either', async () => {
  await shop.sell(saleOf(1));
  writeButFail('append');
  const outcome = await shop.sell(saleOf(2)).catch((error: unknown) => error);
  expect(storageErrorKind(outcome)).toBe('failed');
  mend();
  const { db, news, sell } = await restart();
  expect(news).toEqual([]);
  expect(await numbers(db)).toEqual([1]);
  expect(await sell(saleOf(3))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
});

test('a sale that cannot be taken out of the file is not there after a start: the database says so', async () => {
  refuseTransactions();
  failOrders('NotReadableError', 'cut');
  const outcome = await shop.sell(saleOf(1)).catch((error: unknown) => error);
  expect(storageErrorKind(outcome)).toBe('disk-full');
  mend();
  const { db, news, sell } = await restart();
  expect(news).toEqual([]);
  expect(await db.sales.count()).toBe(0);
  expect(await sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 1 } });
});

test('the next start asks whether an undecided sale counts whose receipt is still open', async () => {
  const receipt = saleOf(1);
  await saveDraft(shop.db, beingPaid(receipt));
  await leaveUndecided(receipt);
  const asked: unknown[] = [];
  const dropped = await restart((sale) => {
    asked.push(idOf(sale));
    return Promise.resolve('dropped');
  });
  expect(asked).toEqual([receipt.id]);
  expect(dropped.news).toEqual([]);
  expect(await dropped.db.sales.count()).toBe(0);
  expect((await openDraft(dropped.db))?.receipt).toEqual(receipt);
  // the answer is final
  const next = await restart(() => Promise.reject(new Error('asked again')));
  expect(next.news).toEqual([]);
  expect(await next.sell(receipt)).toMatchObject({ kind: 'saved', sale: { number: 1 } });
});

test('an undecided sale that the relay has counts without a question', async () => {
  const receipt = saleOf(1);
  await saveDraft(shop.db, beingPaid(receipt));
  await leaveUndecided(receipt);
  const value = { till: TILL, seq: 3, hash: 'a'.repeat(64), jws: 'signed' };
  await shop.db.meta.put({ key: 'watermark', value });
  const { db } = await restart(() => Promise.reject(new Error('asked')));
  expect(await numbers(db)).toEqual([1]);
});

test('while the database cannot be read, an undecided sale stays so, whether it is tried again or given up', async () => {
  loseDatabaseAtAct();
  for (const act of [
    () => shop.sell(saleOf(1)),
    () => shop.sell(saleOf(1)),
    () => giveUpPending(shop.db),
  ]) {
    const outcome = await act().catch((error: unknown) => error);
    expect(storageErrorKind(outcome)).toBe('undecided');
  }
  mend();
  expect(await shop.sell(saleOf(1))).toMatchObject({ kind: 'saved', sale: { number: 1 } });
});

test('a sale that can neither be stored nor taken out of the file is undecided, and the next start asks', async () => {
  const receipt = saleOf(1);
  await saveDraft(shop.db, beingPaid(receipt));
  refuseTransactions();
  undo.push(refuseEntries('put'));
  failOrders('NotReadableError', 'cut');
  const outcome = await shop.sell(receipt).catch((error: unknown) => error);
  expect(storageErrorKind(outcome)).toBe('undecided');
  mend();
  const { db, news } = await restart(() => Promise.resolve('dropped'));
  expect([news, await db.sales.count()]).toEqual([[], 0]);
});

test('an undecided sale that counts is stored, and its receipt is closed', async () => {
  const receipt = saleOf(1);
  await saveDraft(shop.db, beingPaid(receipt));
  await leaveUndecided(receipt);
  const { db, news } = await restart(() => Promise.resolve('counts'));
  expect(news).toMatchObject([{ kind: 'replayed', entries: [{ number: 1 }] }]);
  expect(await numbers(db)).toEqual([1]);
  expect(await openDraft(db)).toBeNull();
});

const sellFirst = () =>
  sellInShift(shop.db, { receipt: saleOf(1), operator: CASHIER, at: AT, confirmations: [] });

describe('a first sale whose shift is left undecided', () => {
  beforeEach(async () => {
    await saveDraft(shop.db, beingPaid(saleOf(1)));
    loseDatabaseAtAct();
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const outcome = await sellFirst().catch((error: unknown) => error);
      // the sale was not written, so no start can ask about it
      expect(storageErrorKind(outcome), `attempt ${attempt}`).toBe('failed');
    }
    mend();
  });

  test('is not saved: the next start asks nothing and has its receipt', async () => {
    const { db } = await restart(neverAsked);
    expect(await db.sales.count()).toBe(0);
    expect((await openDraft(db))?.receipt).toEqual(saleOf(1));
  });

  test('is saved when it is tried again, in one shift', async () => {
    expect(await sellFirst()).toMatchObject({ kind: 'saved', sale: { number: 1 } });
    const acts = (await chainIn(shop.db, TILL).toArray()).map(({ act }) => act);
    expect(acts.filter((act) => act === 'shift-opened')).toHaveLength(1);
  });
});

describe.each([
  ...(['repayment', 'repayment-cancelled', 'overpayment-returned', 'return'] as const),
  'balance-corrected' as const,
])('an undecided %s', (act) => {
  let sale: EntryOf<'sale'>;
  let repayment: EntryOf<'repayment'>;
  const by = { operator: SENIOR, at: AT };
  const tries = {
    repayment: () =>
      saveRepayment(shop.db, {
        ...by,
        repayment: id(2001),
        customer: ANNA,
        tenders: [{ kind: 'cash', amount: money(10_000) }],
      }),
    'repayment-cancelled': () =>
      saveCancellation(shop.db, {
        allowedBy: null,
        cancellation: id(2001),
        repayment,
        reason: 'Not theirs',
        at: AT,
        operator: OWNER,
        confirmations: [overrideBy(OWNER, 'sell-on-account')],
      }),
    'overpayment-returned': () =>
      savePayout(shop.db, {
        ...by,
        payout: id(2001),
        customer: BORIS,
        amount: money(1_000),
        tender: 'cash',
        allowedBy: null,
        operator: OWNER,
      }),
    return: () =>
      saveReturn(shop.db, {
        ...({
          ...by,
          return: id(2001),
          sale,
          inCash: false,
          shown: 'paper',
          scanned: codeHash(sale.hash),
        } as const),
        ...({ reason: 'faulty', note: null, approvedBy: null } as const),
        goods: [{ line: 0, quantity: 1000, to: 'stock' }],
      }),
    'balance-corrected': () =>
      saveCorrection(shop.db, {
        ...({ at: AT, operator: OWNER, correction: id(2001), customer: ANNA } as const),
        ...({ account: 'debt', delta: -1_000, debt: null, confirmations: [] } as const),
        reason: 'Written twice',
      }),
  };
  const saved = async (db: TillDb) =>
    (await chainIn(db, TILL).toArray()).filter(
      ({ act: made, seq }) => made === act && seq > repayment.seq,
    ).length;

  beforeEach(async () => {
    await openShift(shop.db, { ...by, float: null });
    const onAccount = receiptOf(id(1009), { customer: ANNA, tenders: [] });
    const owed = await shop.sell(onAccount, [overrideBy(SENIOR, 'sell-on-account')], {
      operator: SENIOR,
    });
    if (owed.kind !== 'saved') throw new Error('no debt');
    sale = owed.entry as EntryOf<'sale'>;
    const tenders = [{ kind: 'cash', amount: money(500) }] as const;
    const paid = await saveRepayment(shop.db, {
      ...by,
      repayment: id(2000),
      customer: ANNA,
      tenders,
    });
    if (paid.kind !== 'saved') throw new Error('no repayment');
    repayment = paid.entry;
    // repaid at another till as well
    const made = { till: id(77), seq: 5, at: 1, amount: 1_000, dueAt: null, earns: null };
    const twice = {
      debt: 'd'.repeat(64),
      left: -1_000,
      repaid: NO_MONEY,
      earned: NOTHING_EARNED,
      made,
    };
    await shop.db.remoteDebts.put({ customer: BORIS, ...twice });
    await downloaded(shop.db);
    await leaveUndecided(onAccount, tries[act]);
  });

  test.each([
    ['counts', 1],
    ['dropped', 0],
  ] as const)('is asked about by the next start, and %s', async (decision, count) => {
    const asked: unknown[] = [];
    const { db } = await restart((one) => {
      asked.push(idOf(one));
      return Promise.resolve(decision);
    });
    expect(asked).toEqual([id(2001)]);
    expect(await saved(db)).toBe(count);
    const again = await restart(neverAsked);
    expect(await saved(again.db)).toBe(count);
  });
});

/** Puts the database back to before this act, with its draft, so that only the file has the act. */
async function loseLastAct(act: () => Promise<unknown>): Promise<void> {
  const [rows, meta] = [await everything(shop.db), await shop.db.meta.toArray()];
  await act();
  await putBack(shop.db, rows);
  await shop.db.meta.clear();
  await shop.db.meta.bulkAdd(meta);
}

test('a sale that was shown as saved is never asked about, also where the database has lost exactly that one', async () => {
  const receipt = saleOf(1);
  await saveDraft(shop.db, beingPaid(receipt));
  await loseLastAct(() => shop.sell(receipt));
  const { db, news } = await restart(neverAsked);
  expect(news).toMatchObject([{ kind: 'replayed', entries: [{ number: 1 }] }]);
  expect(await numbers(db)).toEqual([1]);
});

test('a sale that was undecided first and then saved is not asked about either', async () => {
  const receipt = saleOf(1);
  await loseLastAct(async () => {
    await leaveUndecided(receipt);
    expect(await shop.sell(receipt)).toMatchObject({ kind: 'saved' });
  });
  expect(await numbers((await restart(neverAsked)).db)).toEqual([1]);
});

test('an undecided sale that another line of the file follows is not asked about either', async () => {
  const receipt = saleOf(1);
  await loseLastAct(async () => {
    await leaveUndecided(receipt);
    await saveRemoval(shop.db, AT);
    expect(await shop.sell(receipt)).toMatchObject({ kind: 'saved' });
  });
  expect(await numbers((await restart(neverAsked)).db)).toEqual([1]);
});

/** What may happen before the next start. */
const SINCE_UNDECIDED: [string, () => Promise<unknown>][] = [
  ['without an open receipt', () => shop.db.drafts.clear()],
  ['with a line set aside', () => putUnreadableLine()],
  [
    'after the database was lost',
    () => {
      stopTill(shop.db);
      return loseDatabase(shop.db.name);
    },
  ],
];

/** Puts a damaged line before the last act of the file. */
async function putUnreadableLine(): Promise<void> {
  stopTill(shop.db);
  const lines = await linesOf(shop.db.name);
  const last = lines.findLastIndex(({ kind }) => kind === 'act');
  const pieces = lines.map(lineBytes).toSpliced(last, 0, new TextEncoder().encode('damaged\n'));
  await putBytes(shop.db.name, new Uint8Array(await new Blob(pieces).arrayBuffer()));
}

test.each(SINCE_UNDECIDED)('the next start asks about an undecided sale %s', async (_, since) => {
  await shop.sell(saleOf(1));
  for (const decision of ['dropped', 'counts'] as const) {
    const receipt = saleOf(2);
    await leaveUndecided(receipt);
    await since();
    const asked: unknown[] = [];
    const { db } = await restart((sale, tillNumber) => {
      asked.push([idOf(sale), tillNumber]);
      return Promise.resolve(decision);
    });
    expect(asked).toEqual([[receipt.id, 1]]);
    const sold = (await db.sales.toArray()).map((sale) => sale.id);
    expect(sold).toEqual([id(1001), ...(decision === 'counts' ? [receipt.id] : [])]);
    shop = { ...shop, ...(await restart(neverAsked)) };
    expect(await verifyChain(wholeJournal(shop.db))).toMatchObject({ kind: 'whole' });
  }
});

test('an undecided sale that the database has is not asked about; the next start says that it counts', async () => {
  await leaveUndecided(saleOf(1));
  // the browser stored the act after all
  const { entry, projected = [] } = shop.db.file?.pending ?? {};
  await shop.db.journal.add(entry!);
  await applyChanges(shop.db, projected);
  const { news } = await restart(neverAsked);
  expect(news).toMatchObject([{ kind: 'replayed', entries: [{ seq: 3, number: 1 }] }]);
  expect((await restart(neverAsked)).news).toEqual([]);
});

test('a sale stored as the page stopped, so that no screen showed it, is named at the next start', async () => {
  const receipt = saleOf(2);
  await shop.sell(saleOf(1));
  await saveDraft(shop.db, beingPaid(receipt));
  const noted = localStorage.getItem(`${shop.db.name}-head`)!;
  await shop.sell(receipt);
  // the page stopped between the commit and its answer
  localStorage.setItem(`${shop.db.name}-head`, noted);
  const { db, news, sell } = await restart(neverAsked);
  expect(news).toEqual([
    { kind: 'replayed', entries: [{ till: TILL, seq: 4, number: 2 }], isVerified: true },
  ]);
  expect(await startNewsIn(db)).toEqual(news);
  expect(await openDraft(db)).toBeNull();
  expect(await sell(receipt)).toMatchObject({ kind: 'saved', sale: { number: 2 } });
  expect(await numbers(db)).toEqual([1, 2]);
  expect((await restart(neverAsked)).news).toEqual([]);
});

test('while neither copy can be read, a retry does not report that nothing was saved', async () => {
  writeButFail('append');
  loseDatabaseWrites();
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const outcome = await shop.sell(saleOf(1)).catch((error: unknown) => error);
    expect(storageErrorKind(outcome), `attempt ${attempt}`).toBe('undecided');
    if (attempt === 1) loseDatabaseReads();
  }
  mend();
  expect(await giveUpPending(shop.db)).toBe('given-up');
  expect((await restart(neverAsked)).news).toEqual([]);
});

test('a sale that could not be stored and is then refused is not restored', async () => {
  const onAccount = receiptOf(id(1001), { customer: ANNA, cheese: 1, tenders: [cash(20_000)] });
  const code = await shop.code(onAccount, 'sell-on-account');
  refuseTransactions();
  await shop.sell(onAccount, [code]).catch(() => undefined);
  mend();
  const refused = await shop.sell(onAccount, [code], { at: AT + 20 * 60_000 });
  expect(refused).toMatchObject({ kind: 'refused', because: { kind: 'grant-expired' } });
  const { db, news } = await restart();
  expect(news).toEqual([]);
  expect(await db.sales.count()).toBe(0);
});

test('a sale that was given up is not restored on a full disk either', async () => {
  await shop.sell(saleOf(1));
  refuseTransactions();
  await shop.sell(saleOf(2)).catch(() => undefined);
  failOrders('QuotaExceededError', 'append');
  await giveUpPending(shop.db);
  mend();
  const { db, news, sell } = await restart();
  expect(news).toEqual([]);
  expect(await numbers(db)).toEqual([1]);
  expect(await sell(saleOf(3))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
});

test('another act replaces one that could not be stored', async () => {
  await leaveUndecided(saleOf(1));
  expect(await shop.sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 1 } });
  const { db, news } = await restart();
  expect(news).toEqual([]);
  expect((await db.sales.toArray()).map((sale) => sale.id)).toEqual([id(1002)]);
  expect(kindsOf(await linesOfStopped()).slice(-3)).toEqual(['undecided', 'abandoned', 'sale']);
});

async function linesOfStopped(): Promise<Line[]> {
  for (const db of open) stopTill(db);
  return linesOf(shop.db.name);
}

test('an act that was stored though reported as lost is not given up', async () => {
  await leaveUndecided(saleOf(1));
  // the browser stored the act after all
  const { entry } = shop.db.file?.pending ?? {};
  await shop.db.journal.add(entry!);
  expect(await giveUpPending(shop.db)).toBe('stored');
  expect(kindsOf(await linesOfStopped())).toContain('sale');
});

test('after the browser loses the database everything acknowledged is restored, and the till is quarantined', async () => {
  const receipt = receiptOf(id(1001), { customer: ANNA, cheese: 1, tenders: [cash(20_000)] });
  await shop.sell(receipt, [await shop.code(receipt, 'sell-on-account')]);
  await savePolicy(shop.db, await shop.policyJws(2));
  await shop.sell(saleOf(2));
  const before = await everything(shop.db);
  const key = (await tillIn(shop.db))?.keys.publicKey;
  stopTill(shop.db);
  await loseDatabase(shop.db.name);
  const { db, news, sell } = await restart();
  const skipped = { till: TILL, from: 3, to: 1002 };
  expect(news).toEqual([{ kind: 'rebuilt', entries: 4, unread: 0, missing: 0, skipped }]);
  expect(await everythingBeforeLoss(db)).toEqual(before);
  expect(await tillIn(db)).toMatchObject({ id: TILL, shop: id(1) });
  expect((await tillIn(db))?.keys.publicKey).not.toBe(key);
  expect(await db.meta.get('quarantine')).toMatchObject({ value: { because: 'database-lost' } });
  expect(await sell(saleOf(3))).toMatchObject({ kind: 'saved', sale: { number: 1003 } });
  expect((await restart()).news).toEqual([]);
});

test('a database rebuilt from a file with a torn line has everything but that line', async () => {
  await shop.sell(saleOf(1));
  stopTill(shop.db);
  const whole = await bytesOfFile(shop.db.name);
  for (const cut of [1, 100, 9]) {
    const lines = await linesOf(shop.db.name);
    const torn = new Uint8Array(whole.length - cut);
    torn.set(whole.subarray(0, torn.length));
    await putBytes(shop.db.name, torn);
    await loseDatabase(shop.db.name);
    const { db, news } = await restart();
    expect(news).toMatchObject([{ kind: 'rebuilt', entries: actsIn(lines).length - 1 }]);
    expect(await db.sales.count()).toBe(0);
    stopTill(db);
    await putBytes(shop.db.name, whole);
  }
});

test.each([300, 900, 2_200, 6_000])(
  'a lost database beside a file cut off after %d bytes is said, and nothing of the file is removed',
  async (length) => {
    for (let n = 1; n <= 9; n += 1) await shop.sell(saleOf(n));
    const seq = await shop.db.journal.count();
    stopTill(shop.db);
    const cut = (await bytesOfFile(shop.db.name)).slice(0, length);
    expect(cut.at(-1)).not.toBe(10);
    await putBytes(shop.db.name, cut);
    await loseDatabase(shop.db.name);
    const { db, news } = await restart();
    const isNamed = readLines(cut).lines.length > 0;
    const [found] = news;
    if (isNamed) {
      const entries = readLines(cut).lines.filter(({ kind }) => kind === 'act').length;
      expect(found).toMatchObject({
        kind: 'rebuilt',
        entries,
        unread: 1,
        missing: seq - entries,
      });
    } else expect(news).toEqual([{ kind: 'unreadable' }]);
    stopTill(db);
    const kept = isNamed ? `${TILL}.aside-${AT}` : `${TILL}.journal`;
    expect(await bytesNamed(shop.db.name, kept)).toEqual(cut);
  },
);

test('a lost database is rebuilt from a file whose beginning is destroyed, and the missing lines are counted', async () => {
  for (let n = 1; n <= 9; n += 1) await shop.sell(saleOf(n));
  stopTill(shop.db);
  const lines = await linesOf(shop.db.name);
  const [head = 0, second = 0] = lines.flatMap(({ kind }, place) =>
    kind === 'head' ? [place] : [],
  );
  expect([head, lines[second]?.kind]).toEqual([0, 'head']);
  const first = lineBytes(lines[0]!).length;
  const bytes = await bytesOfFile(shop.db.name);
  // up to the first repetition of the head line: only the first line, or everything before the repetition
  const until = lines.slice(0, second).reduce((sum, line) => sum + lineBytes(line).length, 0);
  for (const zeroed of [first - 20, until - 20]) {
    await putBytes(shop.db.name, bytes.slice().fill(0, 0, zeroed));
    await loseDatabase(shop.db.name);
    const { db, news, sell } = await restart();
    const isAll = zeroed < first;
    expect(news[0]).toMatchObject({ kind: 'rebuilt', entries: isAll ? 11 : 4 });
    expect(await tillIn(db)).toMatchObject({ id: TILL, shop: id(1) });
    expect(await numbers(db)).toEqual(isAll ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [6, 7, 8, 9]);
    // without its beginning the file has no policy either; it comes from the relay when the till is re-enrolled
    expect((await sell(saleOf(20))).kind).toBe(isAll ? 'saved' : 'refused');
    stopTill(db);
  }
});

test('a torn last line is cut off, and the next act is written whole', async () => {
  await shop.sell(saleOf(1));
  stopTill(shop.db);
  const whole = await bytesOfFile(shop.db.name);
  const torn = new Uint8Array(whole.length + 50);
  torn.set(whole);
  torn.set(whole.subarray(0, 50), whole.length);
  await putBytes(shop.db.name, torn);
  const { news, sell } = await restart();
  expect(news).toEqual([]);
  await sell(saleOf(2));
  expect(kindsOf(await linesOfStopped()).filter((kind) => kind === 'sale')).toHaveLength(2);
});

test('a truncated or missing file is rewritten from the database, and a lost database is rebuilt from that', async () => {
  await shop.sell(saleOf(1));
  await shop.sell(saleOf(2));
  const before = await everything(shop.db);
  stopTill(shop.db);
  for (const lost of ['half', 'all'] as const) {
    const whole = await bytesOfFile(shop.db.name);
    await putBytes(shop.db.name, lost === 'all' ? new Uint8Array() : whole.slice(0, 2_000));
    expect((await restart()).news).toEqual([]);
    for (const db of open) stopTill(db);
    expectMadeAgain(await linesOf(shop.db.name), 4);
  }
  await loseDatabase(shop.db.name);
  const { db, news } = await restart();
  expect(news).toMatchObject([{ kind: 'rebuilt', entries: 4, unread: 0 }]);
  expect(await everythingBeforeLoss(db)).toEqual(before);
});

test('an unreadable line at the end of the file is repaired from the database', async () => {
  await shop.sell(saleOf(1));
  stopTill(shop.db);
  const bytes = await bytesOfFile(shop.db.name);
  bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
  await putBytes(shop.db.name, bytes);
  expect((await restart()).news).toEqual([]);
  expectMadeAgain(await linesOfStopped(), 3);
});

test('a file with another entry than the database is reported; the till goes on selling in quarantine, and the file is set aside', async () => {
  await shop.sell(saleOf(1));
  const before = await everything(shop.db);
  stopTill(shop.db);
  const lines = await linesOf(shop.db.name);
  const last = lines.at(-1) as ActLine;
  const { seq, prevHash } = last.entry;
  const forged = await sealEntry({ seq: seq - 1, hash: prevHash }, { ...last.entry, at: 1 });
  await putLines(shop.db.name, [...lines.slice(0, -1), { ...last, entry: forged }]);
  const { db, news, sell } = await restart();
  expect(news).toEqual([{ kind: 'differ', seq: 3 }]);
  expect(await everything(db)).toEqual(before);
  expect(await db.meta.get('quarantine')).toMatchObject({ value: { because: 'file-differs' } });
  expect(await namesIn(shop.db.name)).toEqual([`${TILL}.aside-1760000000000`, `${TILL}.journal`]);
  expect(await sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
  expect((await restart()).news).toEqual([]);
});

test.each(['edited', 'stranger'] as const)(
  'an act added to the file that does not follow, or was edited, is not replayed: %s',
  async (added) => {
    await shop.sell(saleOf(1));
    stopTill(shop.db);
    const lines = await linesOf(shop.db.name);
    const last = lines.at(-1) as ActLine;
    const next = await sealEntry(last.entry, { ...last.entry, at: 2 });
    const edited = { ...next, operator: id(77) };
    const stranger = await sealEntry({ seq: 3, hash: 'f'.repeat(64) }, { ...last.entry });
    const entry = added === 'edited' ? edited : stranger;
    await putLines(shop.db.name, [...lines, { ...last, entry }]);
    const { db, news } = await restart();
    expect(news).toEqual([{ kind: 'set-aside', lines: 1, seqs: [4] }]);
    expect(await numbers(db)).toEqual([1]);
    expect(await db.meta.get('quarantine')).toMatchObject({ value: { because: 'file-differs' } });
  },
);

test('swapped lines are reported', async () => {
  await shop.sell(saleOf(1));
  await shop.sell(saleOf(2));
  stopTill(shop.db);
  const lines = await linesOf(shop.db.name);
  const [before, last] = lines.slice(-2) as [Line, Line];
  await putLines(shop.db.name, [...lines.slice(0, -2), last, before]);
  expect((await restart()).news).toEqual([{ kind: 'differ', seq: 4 }]);
});

test('a line removed from the middle is reported', async () => {
  for (const n of [1, 2, 3]) await shop.sell(saleOf(n));
  stopTill(shop.db);
  const lines = await linesOf(shop.db.name);
  await putLines(shop.db.name, lines.toSpliced(-2, 1));
  expect((await restart()).news).toEqual([{ kind: 'differ', seq: 5 }]);
});

test('a database set back to an earlier state gets the missing entries from the file', async () => {
  await shop.sell(saleOf(1));
  const early = await everything(shop.db);
  await shop.sell(saleOf(2));
  await shop.sell(saleOf(3));
  const late = await everything(shop.db);
  await putBack(shop.db, early);
  const { db, news } = await restart();
  expect(news).toMatchObject([{ kind: 'replayed', entries: [{ seq: 4 }, { seq: 5 }] }]);
  expect(await everything(db)).toEqual(late);
});

type Rows = Awaited<ReturnType<typeof everything>>;

async function putBack(db: TillDb, early: Rows): Promise<void> {
  for (const table of db.tables) {
    if (table.name === 'meta') continue;
    await table.clear();
    await table.bulkAdd(early[table.name] ?? []);
  }
}

/**
 * Entries 1–4 with an open dispute; then, under a newer policy, the dispute is closed and two sales follow; then the file is
 * rebuilt.
 */
async function madeAnewSince(): Promise<{
  early: Rows;
  late: Rows;
  db: TillDb;
  sell: Shop['sell'];
}> {
  const dispute = { customer: ANNA, about: null, note: null, operator: OWNER, at: AT };
  await shop.sell(saleOf(1));
  await openDispute(shop.db, dispute);
  const early = await everything(shop.db);
  await savePolicy(shop.db, await shop.policyJws(2));
  const [{ entry = '' } = {}] = await shop.db.disputes.toArray();
  const closing = { entry, customer: ANNA, outcome: 'stands', note: 'Asked' } as const;
  await closeDispute(shop.db, { ...closing, operator: OWNER, at: AT });
  await shop.sell(saleOf(2));
  await shop.sell(saleOf(3));
  stopTill(shop.db);
  await putBytes(shop.db.name, new Uint8Array());
  const { db, sell } = await restart();
  return { early, late: await everything(db), db, sell };
}

const SINCE = [{ seq: 5, number: null }, { seq: 6 }, { seq: 7 }];

test('a database set back to before its file was rewritten gets all missing entries, and no number is given twice', async () => {
  const { early, late, db } = await madeAnewSince();
  await putBack(db, early);
  const started = await restart();
  expect(started.news).toMatchObject([{ kind: 'replayed', entries: SINCE }]);
  expect(await everything(started.db)).toEqual(late);
  expect(await started.sell(saleOf(4))).toMatchObject({ kind: 'saved', sale: { number: 4 } });
  expect(await verifyChain(wholeJournal(started.db))).toMatchObject({ kind: 'whole', count: 8 });
  expect(await started.db.meta.get('quarantine')).toBeUndefined();
  expect((await restart()).news).toEqual([]);
});

test('the same holds if acts follow after the file was rewritten', async () => {
  const { early, db, sell } = await madeAnewSince();
  await sell(saleOf(4));
  const late = await everything(db);
  await putBack(db, early);
  const started = await restart();
  expect(started.news).toMatchObject([{ kind: 'replayed', entries: [...SINCE, { seq: 8 }] }]);
  expect(await everything(started.db)).toEqual(late);
});

test('a start stopped during this replay has changed nothing, and the next one replays everything', async () => {
  const { early, late, db } = await madeAnewSince();
  await putBack(db, early);
  stopTill(db);
  const stopped = new TillDb(db.name);
  open.push(stopped);
  refuseTransactions();
  const refused = await startUp(stopped, new JournalFile(db.name), AT).catch(
    (error: unknown) => error,
  );
  expect(storageErrorKind(refused)).toBe('disk-full');
  mend();
  expect(await everything(stopped)).toEqual(early);
  const started = await restart();
  expect(started.news).toMatchObject([{ kind: 'replayed', entries: SINCE }]);
  expect(await everything(started.db)).toEqual(late);
});

test.each(['edited in', 'removed from'] as const)(
  'an entry %s a rewritten file is not replayed, those around it are',
  async (tampered) => {
    const { early, db } = await madeAnewSince();
    await putBack(db, early);
    stopTill(db);
    const lines = await linesOf(shop.db.name);
    const edited = lines.map((line): Line => {
      if (line.kind !== 'act' || line.entry.seq !== 6) return line;
      return { ...line, entry: { ...line.entry, at: 1 } };
    });
    const short = lines.filter((line) => line.kind !== 'act' || line.entry.seq !== 6);
    await putLines(shop.db.name, tampered === 'edited in' ? edited : short);
    const started = await restart();
    expect(started.news).toMatchObject([
      { kind: 'replayed', entries: [{ seq: 5 }, { seq: 7 }] },
      { kind: 'set-aside', lines: 1, seqs: [6] },
    ]);
    expect(await numbers(started.db)).toEqual([1, 3]);
    expect(await started.db.meta.get('quarantine')).toMatchObject({
      value: { because: 'file-differs' },
    });
  },
);

test("a journal shorter than the relay's watermark is reported, and the till is quarantined", async () => {
  await shop.sell(saleOf(1));
  const value = { till: TILL, seq: 9, hash: 'a'.repeat(64), jws: 'signed' };
  await shop.db.meta.put({ key: 'watermark', value });
  const { db, news, sell } = await restart();
  // each of the six missing entries may be a sale, and there may be more that the relay never received
  const skipped = { till: TILL, from: 8, to: 1007 };
  expect(news).toMatchObject([{ kind: 'behind', seq: 9, skipped }]);
  expect(await db.meta.get('quarantine')).toMatchObject({ value: { because: 'behind' } });
  expect(await sell(saleOf(2))).toMatchObject({
    kind: 'saved',
    sale: { number: 1008 },
    entry: { seq: 5 },
  });
  const again = await restart();
  expect(again.news).toMatchObject([{ kind: 'behind', seq: 9 }]);
  expect(await again.sell(saleOf(3))).toMatchObject({
    kind: 'saved',
    sale: { number: 1009 },
    entry: { seq: 6 },
  });
});

test('a file that is full during a sale leaves nothing anywhere, and the sale can be repeated', async () => {
  const before = await everything(shop.db);
  const { file } = shop.db;
  failOrders('QuotaExceededError');
  const outcome = await shop.sell(saleOf(1)).catch((error: unknown) => error);
  mend();
  expect(storageErrorKind(outcome)).toBe('disk-full');
  expect(await everything(shop.db)).toEqual(before);
  expect(file?.state).toBe('in-use');
  expect(await shop.sell(saleOf(1))).toMatchObject({ kind: 'saved', sale: { number: 1 } });
});

test('without support for such files in the browser the till sells with its database alone', async () => {
  stopTill(shop.db);
  failOrders('SecurityError');
  const { db, news, sell } = await startTill(shop.db.name);
  open.push(db);
  expect(news).toEqual([]);
  expect(db.file?.state).toBe('missing');
  expect(await sell(saleOf(1))).toMatchObject({ kind: 'saved', sale: { number: 1 } });
  expect(await db.meta.get('file-away')).toBeUndefined();
  mend();
  expect((await restart()).news).toEqual([]);
  expectMadeAgain(await linesOfStopped(), 3);
});

test('a file that fails is abandoned: the next try is stored without it, and the next start rewrites it', async () => {
  shop.db.file?.close();
  const first = await shop.sell(saleOf(1)).catch((error: unknown) => error);
  expect(storageErrorKind(first)).toBe('failed');
  expect(shop.db.file?.state).toBe('away');
  expect(await shop.sell(saleOf(1))).toMatchObject({ kind: 'saved', sale: { number: 1 } });
  expect(await shop.sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
  const { db, news } = await restart();
  expect(news).toEqual([]);
  expect(await db.meta.get('file-away')).toBeUndefined();
  expectMadeAgain(await linesOfStopped(), 4);
});

test('a worker that does not answer is not waited for for ever: the act is not saved, and the next try is stored without the file', async () => {
  stopTill(shop.db);
  const states: string[] = [];
  const file = new JournalFile(shop.db.name, (standing) => states.push(standing), 50);
  const db = new TillDb(shop.db.name);
  open.push(db);
  await startUp(db, file, AT);
  const sell = () =>
    saveSale(db, { receipt: saleOf(1), operator: CASHIER, at: AT, confirmations: [] });
  const real = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage') ?? {};
  undo.push(() => Object.defineProperty(Worker.prototype, 'postMessage', real));
  Object.defineProperty(Worker.prototype, 'postMessage', { ...real, value: () => undefined });
  expect(storageErrorKind(await sell().catch((error: unknown) => error))).toBe('failed');
  expect(states).toEqual(['away']);
  expect(await numbers(db)).toEqual([]);
  expect(await sell()).toMatchObject({ kind: 'saved', sale: { number: 1 } });
  mend();
  expect((await restart()).news).toEqual([]);
  expectMadeAgain(await linesOfStopped(), 3);
});

test('a line of an unsaved act in an abandoned file is not restored', async () => {
  refuseTransactions();
  await shop.sell(saleOf(1)).catch(() => undefined);
  mend();
  shop.db.file?.close();
  shop.db.file?.putAway();
  expect(await shop.sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 1 } });
  const { db, news } = await restart();
  expect(news).toEqual([]);
  expect((await db.sales.toArray()).map((sale) => sale.id)).toEqual([id(1002)]);
  expect(await db.meta.get('quarantine')).toBeUndefined();
});

test('a till stopped at its first entry keeps its key', async () => {
  const { db } = shop;
  const key = (await tillIn(db))?.keys.publicKey;
  await db.journal.clear();
  stopTill(db);
  const lines = await linesOf(db.name);
  const first = lines.findIndex(({ kind }) => kind === 'act');
  await putLines(db.name, lines.slice(0, first + 1));
  forgetNotedHead(db.name);
  const { db: started, news } = await restart();
  expect(news).toEqual([]);
  expect(await started.journal.count()).toBe(1);
  expect((await tillIn(started))?.keys.publicKey).toEqual(key);
  expect(await started.meta.get('quarantine')).toBeUndefined();
});

test('a till without a file sells normally', async () => {
  const plain = await openShop();
  open.push(plain.db);
  expect(await plain.sell(saleOf(1))).toMatchObject({ kind: 'saved' });
  expect(await namesIn(plain.db.name)).toEqual([]);
  await discardShop(plain.db);
});

test('if the database loses acts while the till is in use, the next act puts them back first: no number is given twice', async () => {
  await shop.sell(saleOf(1));
  const [sale] = await shop.db.sales.toArray();
  await shop.db.journal.delete([TILL, 3]);
  await shop.db.sales.clear();
  expect(await shop.sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
  expect(await shop.db.sales.toArray()).toContainEqual(sale);
  expect((await restart()).news).toEqual([]);
});

test('a start puts the row of a lost last sale back, and reads no entry after a sale that is known to be the last', async () => {
  await shop.sell(saleOf(1));
  const [sale] = await shop.db.sales.toArray();
  for (const customer of [ANNA, BORIS])
    await openDispute(shop.db, { customer, about: null, note: null, operator: OWNER, at: AT });
  await shop.db.sales.clear();
  const restored = await restart();
  expect(await restored.db.sales.toArray()).toEqual([sale]);
  stopTill(restored.db);

  const db = new TillDb(shop.db.name);
  open.push(db);
  const read: number[] = [];
  db.journal.hook('reading', (entry) => {
    read.push(entry.seq);
    return entry;
  });
  await startUp(db, new JournalFile(db.name), AT);
  // the head alone, of 1: the till, 2: the shift, 3: the sale, 4 and 5: the disputes
  expect(new Set(read)).toEqual(new Set([5]));
});

/** Does what Chromium does to some LevelDBs after a full disk: closes the connection; the next one finds no rows. */
async function createDatabaseAgain({ db }: Shop): Promise<void> {
  const lost = db.backendDB();
  lost.close();
  await loseDatabase(db.name);
  lost.dispatchEvent(new Event('close'));
}

describe('if the browser creates the database again while the till is in use', () => {
  test('the next act rebuilds it with the key of the till, and nothing is lost', async () => {
    await shop.sell(saleOf(1));
    await shop.sell(receiptOf(id(1002), { customer: ANNA, tenders: [cash(5_000)] }), [
      overrideBy(SENIOR, 'sell-on-account'),
    ]);
    const till = await tillIn(shop.db);
    const before = await everythingBeforeLoss(shop.db);
    await createDatabaseAgain(shop);
    const selling = [saleOf(3), saleOf(4)].map((sale) => shop.sell(sale));
    expect(await Promise.all(selling)).toMatchObject([
      { kind: 'saved', sale: { number: 3 } },
      { kind: 'saved', sale: { number: 4 } },
    ]);
    expect(await tillIn(shop.db)).toEqual(till);
    expect(await shop.db.meta.get('quarantine')).toBeUndefined();
    const after = await everything(shop.db);
    for (const name of ['accountEntries', 'balances', 'customers'])
      expect(after[name], name).toEqual(before[name]);
    expect(await verifyChain(wholeJournal(shop.db))).toMatchObject({ kind: 'whole', count: 6 });
    const { db, news } = await restart();
    expect(news).toEqual([]);
    expect(await startNewsIn(db)).toMatchObject([{ kind: 'repaired' }]);
  });

  test('a sale that was undecided then is tried again, and there once', async () => {
    await shop.sell(saleOf(1));
    loseDatabaseAtAct();
    const outcome = await shop.sell(saleOf(2)).catch((error: unknown) => error);
    expect(storageErrorKind(outcome)).toBe('undecided');
    mend();
    await createDatabaseAgain(shop);
    expect(await shop.sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
    const { db, news } = await restart(() => Promise.reject(new Error('asked')));
    expect([news, await db.sales.count()]).toEqual([[], 2]);
  });

  test('on a disk that is still full nothing is saved, and with room the till goes on', async () => {
    await shop.sell(saleOf(1));
    const key = (await tillIn(shop.db))?.keys.publicKey;
    await createDatabaseAgain(shop);
    undo.push(refuseEntries('put'));
    const outcome = await shop.sell(saleOf(2)).catch((error: unknown) => error);
    expect(storageErrorKind(outcome)).toBe('disk-full');
    mend();
    expect(await shop.sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
    expect((await tillIn(shop.db))?.keys.publicKey).toEqual(key);
    expect((await restart()).news).toEqual([]);
  });

  test('without a file only a new start goes on', async () => {
    await shop.sell(saleOf(1));
    shop.db.file?.putAway();
    await createDatabaseAgain(shop);
    const outcome = await shop.sell(saleOf(2)).catch((error: unknown) => error);
    expect(storageErrorKind(outcome)).toBe('records-lost');
    expect((await restart()).news).toMatchObject([{ kind: 'rebuilt' }]);
  });
});

test('a lost connection to the database is opened again, and the sale can be repeated', async () => {
  await shop.sell(saleOf(1));
  // as on a tablet under memory pressure
  shop.db.backendDB().close();
  shop.db.backendDB().dispatchEvent(new Event('close'));
  const first = await shop.sell(saleOf(2)).catch((error: unknown) => error);
  const outcome = first instanceof Error ? await shop.sell(saleOf(2)) : first;
  expect(outcome).toMatchObject({ kind: 'saved', sale: { number: 2 } });
});

test('while the database cannot be opened again the words name no tab and no private window; then the till goes on', async () => {
  await shop.sell(saleOf(1));
  refuseOpening('UnknownError');
  shop.db.backendDB().close();
  shop.db.backendDB().dispatchEvent(new Event('close'));
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const outcome = await shop.sell(saleOf(2)).catch((error: unknown) => error);
    expect(storageErrorKind(outcome)).toBe('failed');
    const read = await shop.db.journal.count().catch((error: unknown) => error);
    expect(storageErrorKind(read)).toBe('failed');
  }
  mend();
  refuseOpening('QuotaExceededError');
  const outcome = await shop.sell(saleOf(2)).catch((error: unknown) => error);
  expect(storageErrorKind(outcome)).toBe('disk-full');
  mend();
  expect(await shop.sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
  expect((await restart()).news).toEqual([]);
});

test('a connection that the browser has closed without saying so is opened again', async () => {
  await shop.sell(saleOf(1));
  shop.db.backendDB().close();
  expect(await shop.sell(saleOf(2))).toMatchObject({ kind: 'saved', sale: { number: 2 } });
});

/** Lets no database be opened, until `mend`. */
function refuseOpening(name: string): void {
  const real = Object.getOwnPropertyDescriptor(IDBFactory.prototype, 'open') ?? {};
  undo.push(() => Object.defineProperty(IDBFactory.prototype, 'open', real));
  Object.defineProperty(IDBFactory.prototype, 'open', {
    ...real,
    value: () => {
      const request = new EventTarget() as IDBOpenDBRequest;
      Object.defineProperty(request, 'error', { value: new DOMException('refused', name) });
      request.addEventListener('error', (event) => {
        request.onerror?.(event);
      });
      setTimeout(() => request.dispatchEvent(new Event('error')));
      return request;
    },
  });
}

test('a till with another id since the start begins a new file', async () => {
  await shop.sell(saleOf(1));
  const other = id(99);
  const till = (await tillIn(shop.db))!;
  const entries = await shop.db.journal.toArray();
  await shop.db.journal.bulkAdd(entries.map((entry) => ({ ...entry, till: other })));
  await shop.db.meta.put({ key: 'till', value: { ...till, id: other } });
  expect(await shop.sell(saleOf(2))).toMatchObject({ kind: 'saved' });
  stopTill(shop.db);
  const lines = await linesOf(shop.db.name, other);
  expect(lines[0]).toMatchObject({ kind: 'head', upTo: 3 });
  expect(lines.at(-1)).toMatchObject({ entry: { act: 'sale', seq: 4 } });
});

test('the check of the whole journal says where the file is edited, short, out of order or damaged', async () => {
  for (const n of [1, 2, 3]) await shop.sell(saleOf(n));
  stopTill(shop.db);
  const lines = await linesOf(shop.db.name);
  const edited = lines.map((line) =>
    line.kind === 'act' && line.entry.seq === 3
      ? { ...line, entry: { ...line.entry, at: 1 } }
      : line,
  );
  const [first, second] = [lines.length - 3, lines.length - 2];
  const swapped = lines.with(first, lines[second]!).with(second, lines[first]!);
  const tampered: [readonly Line[], unknown][] = [
    [lines, null],
    [edited, { seq: 3, because: 'differs' }],
    [lines.toSpliced(second, 1), { seq: 4, because: 'missing' }],
    [swapped, { seq: 3, because: 'missing' }],
    [lines.slice(0, -1), { seq: 5, because: 'missing' }],
  ];
  for (const [kept, fault] of tampered) {
    await putLines(shop.db.name, kept);
    expect(await faultOf()).toEqual(fault);
  }
  await putLines(shop.db.name, lines);
  const bytes = await bytesOfFile(shop.db.name);
  bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
  await putBytes(shop.db.name, bytes);
  expect(await faultOf()).toMatchObject({ because: 'unread' });
});

/** The result of checking the file as it is, without a start, which would repair it first. */
async function faultOf() {
  const db = new TillDb(shop.db.name);
  open.push(db);
  db.file = new JournalFile(db.name);
  await db.file.open(TILL);
  const fault = await checkFile(db, 5, new AbortController().signal);
  stopTill(db);
  return fault;
}
