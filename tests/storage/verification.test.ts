// The verification of the journal reports each kind of tampering, and nothing at an untouched till.
import { Dexie } from 'dexie';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import { signWatermark } from '$lib/proof/journal-head';
import { sealEntry } from '$lib/proof/chain';
import { saveCustomer } from '$lib/storage/customers/customers';
import type { Finding } from '$lib/storage/audit/finding';
import { verify, type Verification } from '$lib/storage/audit/verification';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { closeDispute, openDispute } from '$lib/storage/customers/disputes';
import { reviewUnconfirmed } from '$lib/storage/customers/unconfirmed';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import {
  ANNA,
  AT,
  BORIS,
  cash,
  CASHIER,
  discard,
  id,
  openShop,
  overrideBy,
  OWNER,
  points,
  receiptOf,
  SENIOR,
  SHOP,
  signer,
  TILL,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

/** Makes entries 3 to 6: cash, a debt with a code, a debt by right, points with a code. */
async function trade(): Promise<void> {
  await shop.sell(receiptOf(id(1001), { tenders: [cash(10_000)] }));
  const owing = receiptOf(id(1002), { customer: ANNA });
  await shop.sell(owing, [await shop.code(owing, 'sell-on-account')]);
  const byRight = receiptOf(id(1003), { customer: BORIS });
  await shop.sell(byRight, [overrideBy(SENIOR, 'sell-on-account')]);
  const redeeming = receiptOf(id(1004), { customer: ANNA, tenders: [points(5), cash(9_500)] });
  await shop.sell(redeeming, [await shop.code(redeeming, 'redeem-points')]);
}

async function verified(): Promise<Verification> {
  const till = await tillIn(shop.db);
  if (!isEnrolled(till)) expect.fail('no till');
  const judge = new ProofJudge(till);
  const signal = new AbortController().signal;
  const verification = await verify(shop.db, till, (entry) => judge.judge(entry), {
    signal,
    onprogress: () => {},
  });
  if (verification === null) expect.fail('stopped');
  return verification;
}

const found = async () => (await verified()).findings;

async function entryAt(seq: number): Promise<Entry> {
  const entry = await shop.db.journal.get([TILL, seq]);
  if (entry === undefined) expect.fail(`no entry ${String(seq)}`);
  return entry;
}

const saleAt = (seq: number) => ({ seq, act: 'sale', at: AT });

test('in an untouched till chain, signatures, rows, sums and cards agree', async () => {
  await trade();
  expect(await verified()).toMatchObject({
    entries: 6,
    head: { seq: 6 },
    signatures: 2,
    findings: [],
    more: 0,
    differences: [],
  });
});

test('a till that is only connected, and one that sells during the check, are whole', async () => {
  expect(await found()).toEqual([]);
  const [verification] = await Promise.all([verified(), trade()]);
  expect(verification).toMatchObject({ findings: [], differences: [] });
});

test('an act without a code that was removed from the list by hand, and one that was added, are reported', async () => {
  await trade();
  const [row] = await shop.db.unconfirmed.toArray();
  if (row === undefined) expect.fail('nothing waits');
  await shop.db.unconfirmed.delete(row.entry);
  const place = saleAt(5);
  expect(await found()).toEqual([{ kind: 'row', place, table: 'unconfirmed', because: 'missing' }]);
  await shop.db.unconfirmed.put({ ...row, at: AT + 1 });
  expect(await found()).toEqual([{ kind: 'row', place, table: 'unconfirmed', because: 'edited' }]);
  await shop.db.unconfirmed.put(row);
  const { hash } = await entryAt(4);
  await shop.db.unconfirmed.put({ entry: hash, till: TILL, seq: 4, at: AT });
  expect(await found()).toEqual([{ kind: 'stray-row', seq: 4, table: 'unconfirmed' }]);
});

test('acts reviewed through the till are not reported', async () => {
  await trade();
  const entries = (await shop.db.unconfirmed.toArray()).map(({ entry }) => entry);
  expect(entries).toHaveLength(1);
  const reviewed = await reviewUnconfirmed(shop.db, { entries, operator: OWNER, at: AT });
  expect(reviewed).toEqual({ kind: 'recorded' });
  expect(await found()).toEqual([]);
});

test('a dispute deleted, changed or closed by hand is named; one closed through the till is not', async () => {
  await trade();
  const dispute = { customer: ANNA, about: null, note: 'was not here', operator: OWNER, at: AT };
  await openDispute(shop.db, dispute);
  expect(await found()).toEqual([]);
  const named = [{ kind: 'dispute', customer: ANNA }];
  const [row] = await shop.db.disputes.toArray();
  if (!row?.opened) expect.fail('no dispute');
  await shop.db.disputes.delete(row.entry);
  expect(await found()).toEqual(named);
  await shop.db.disputes.put({ ...row, opened: { ...row.opened, note: 'all is well' } });
  expect(await found()).toEqual(named);
  const closed = { entry: row.entry, outcome: 'stands', at: AT, operator: OWNER } as const;
  await shop.db.disputes.put({ ...row, closed: { ...closed, note: 'past the till' } });
  expect(await found()).toEqual(named);
  await shop.db.disputes.put(row);
  const closing = { ...closed, customer: ANNA, note: 'Asked' };
  expect(await closeDispute(shop.db, closing)).toEqual({ kind: 'recorded' });
  expect(await found()).toEqual([]);
  const elsewhere = { ...closing, entry: 'e'.repeat(64) };
  expect(await closeDispute(shop.db, elsewhere)).toEqual({ kind: 'recorded' });
  expect(await found()).toEqual([]);
  await shop.db.disputes.put(row);
  expect(await found()).toEqual(named);
});

test('an act on the list whose dispute was closed is not reported', async () => {
  await trade();
  const [act] = await shop.db.unconfirmed.toArray();
  if (act === undefined) expect.fail('nothing waits');
  const said = { customer: ANNA, about: act.entry, note: null, operator: OWNER, at: AT };
  await openDispute(shop.db, said);
  const [row] = await shop.db.disputes.toArray();
  const closing = { entry: row?.entry ?? '', customer: ANNA, outcome: 'stands' } as const;
  await closeDispute(shop.db, { ...closing, note: 'Asked', operator: OWNER, at: AT });
  expect(await shop.db.unconfirmed.count()).toBe(0);
  expect(await found()).toEqual([]);
});

test('a reduced debt in an entry is named with its place, and so is its wrong sum', async () => {
  await trade();
  const entry = await entryAt(4);
  const body = entry.body as SaleBody;
  const accounts = [{ ...body.accounts[0], delta: 1 }];
  await shop.db.journal.put({ ...entry, body: { ...body, accounts } });
  const { findings, differences } = await verified();
  expect(findings[0]).toEqual({ kind: 'broken', place: saleAt(4), because: 'hash' });
  expect(differences).toEqual([
    { customer: ANNA, account: 'debt', kept: 60_000, recomputed: 50_001 },
  ]);
});

test('an entry removed from the middle leaves a gap at its place', async () => {
  await trade();
  await shop.db.journal.delete([TILL, 4]);
  const findings = await found();
  expect(findings[0]).toEqual({
    kind: 'broken',
    because: 'gap',
    place: { seq: 4, act: null, at: null },
  });
  expect(findings).toContainEqual({ kind: 'stray-row', seq: 4, table: 'sales' });
});

test('swapped entries break the chain', async () => {
  await trade();
  const [fourth, fifth] = [await entryAt(4), await entryAt(5)];
  await shop.db.journal.bulkPut([
    { ...fourth, seq: 5 },
    { ...fifth, seq: 4 },
  ]);
  expect((await found())[0]).toEqual({ kind: 'broken', place: saleAt(4), because: 'link' });
});

test('entries cut off the end are found by the rows that they left', async () => {
  await trade();
  await shop.db.journal.bulkDelete([
    [TILL, 5],
    [TILL, 6],
  ]);
  const findings = await found();
  expect(findings).toContainEqual({ kind: 'cut-off', after: 4, last: 6 });
  expect(findings.some(({ kind }) => kind === 'broken')).toBe(false);
});

test('a journal cut off by a year of sales is reported as cut off, not as a failed check', async () => {
  await trade();
  // more than a function takes as arguments; storing so many takes half a minute on a busy machine
  const left = Array.from({ length: 130_000 }, (_, n) => ({ till: TILL, seq: 7 + n }));
  Object.defineProperties(shop.db.table('closedShifts'), {
    count: { value: () => Dexie.Promise.resolve(left.length) },
    each: { value: (read: (row: object) => void) => Dexie.Promise.resolve(left.forEach(read)) },
  });
  expect(await verified()).toMatchObject({
    findings: [{ kind: 'cut-off', after: 6, last: 130_006 }],
    more: 0,
  });
});

test('an invalid entry is malformed at its place', async () => {
  await trade();
  await shop.db.journal.put({ till: TILL, seq: 4, act: 'sale', at: AT } as Entry);
  expect((await found())[0]).toEqual({ kind: 'broken', place: saleAt(4), because: 'malformed' });
});

test('a first entry of another till or relay is reported, even if its chain is whole', async () => {
  const first = await entryAt(1);
  const other = { ...first.body, relayKey: (await signer()).kid };
  const sealed = await sealEntry({ seq: 0, hash: '0'.repeat(64) }, { ...first, body: other });
  const second = await entryAt(2);
  await shop.db.journal.bulkPut([sealed, await sealEntry(sealed, second)]);
  expect((await found())[0]).toEqual({ kind: 'not-ours' });
});

/** Appends a forged sale, sealed as if it followed the last entry. */
async function forge(change: (body: SaleBody) => SaleBody): Promise<void> {
  const head = await entryAt(6);
  const { body, ...copied } = await entryAt(4);
  const sale = { ...(body as SaleBody), sale: id(1099), number: 5 };
  await shop.db.journal.put(await sealEntry(head, { ...copied, body: change(sale) }));
}

test('a forged sale with the code of another sale, correctly sealed, is found by its proof', async () => {
  await trade();
  await forge((body) => body);
  const place = saleAt(7);
  expect(await found()).toContainEqual({ kind: 'proof', place, because: 'other-act' });
});

test('the same sale a second time is found by its code', async () => {
  await trade();
  const { sale } = (await entryAt(4)).body as SaleBody;
  await forge((body) => ({ ...body, sale }));
  const place = saleAt(7);
  expect(await found()).toContainEqual({ kind: 'proof', place, because: 'used-twice' });
});

test("a forged sale with somebody else's signature is found by its proof and its missing rows", async () => {
  await trade();
  const receipt = receiptOf(id(1099), { customer: ANNA });
  const code = await shop.code(receipt, 'sell-on-account', { signedBy: await signer() });
  const debt = { kind: 'code', action: 'sell-on-account', amount: 10_000 } as const;
  const confirmations = [{ ...debt, challenge: id(100_777), grant: code.jws }];
  await forge((body) => ({ ...body, confirmations }));
  const findings = await found();
  const place = saleAt(7);
  expect(findings).toContainEqual({ kind: 'proof', place, because: 'wrong-signature' });
  expect(findings).toContainEqual({ kind: 'row', place, table: 'sales', because: 'missing' });
});

test('a receipt number that does not follow the one before is named', async () => {
  await trade();
  await forge((body) => ({ ...body, number: 7, confirmations: [] }));
  expect(await found()).toContainEqual({
    kind: 'receipt-number',
    place: saleAt(7),
    till: TILL,
    number: 7,
  });
});

test('a policy older than the one before it, and one that this till never had, are named', async () => {
  await trade();
  const head = await entryAt(6);
  const lock = {
    till: head.till,
    at: AT,
    operator: null,
    act: 'pin-locked',
    body: { operator: CASHIER, failures: 5, until: AT },
  };
  const newer = await sealEntry(head, { ...lock, policy: 9 });
  await shop.db.journal.bulkPut([newer, await sealEntry(newer, { ...lock, policy: 1 })]);
  expect(await found()).toEqual([
    {
      kind: 'policy',
      version: 1,
      because: 'older-than-before',
      place: { seq: 8, act: 'pin-locked', at: AT },
    },
    {
      kind: 'policy',
      version: 9,
      because: 'newer-than-held',
      place: { seq: 7, act: 'pin-locked', at: AT },
    },
  ]);
});

test('an edited balance is a difference with both sums; so is a balance without entries', async () => {
  await trade();
  await shop.db.balances.bulkPut([
    { customer: ANNA, account: 'debt', sum: 0 },
    { customer: id(999), account: 'points', sum: 500 },
  ]);
  await shop.db.balances.delete([BORIS, 'debt']);
  const { findings, differences } = await verified();
  expect(findings).toEqual([]);
  expect(differences).toHaveLength(3);
  expect(differences).toEqual(
    expect.arrayContaining([
      { customer: ANNA, account: 'debt', kept: 0, recomputed: 60_000 },
      { customer: BORIS, account: 'debt', kept: 0, recomputed: 10_000 },
      { customer: id(999), account: 'points', kept: 500, recomputed: 0 },
    ]),
  );
});

const rows: [string, (shop: Shop) => PromiseLike<unknown>, Partial<Finding> & object][] = [
  [
    'an override shown as a code',
    ({ db }) => db.confirmations.filter(({ seq }) => seq === 5).modify({ shown: 'code' }),
    { kind: 'row', table: 'confirmations', because: 'edited' },
  ],
  [
    'a step of an account that never was',
    ({ db }) =>
      db.accountEntries.add({
        hash: 'f'.repeat(64),
        index: 0,
        till: TILL,
        seq: 2,
        at: AT,
        customer: ANNA,
        account: 'debt',
        delta: -1,
      }),
    { kind: 'stray-row', seq: 2, table: 'accountEntries' },
  ],
  [
    'a used code that may be used again',
    ({ db }) => db.grantsUsed.clear(),
    { kind: 'row', table: 'grantsUsed', because: 'missing' },
  ],
  [
    'a sale with another total',
    ({ db }) => db.sales.update(id(1002), { total: 1 }),
    { kind: 'row', table: 'sales', because: 'edited' },
  ],
  [
    "a customer's number changed to somebody else's",
    ({ db }) => db.customers.update(ANNA, { phone: '+79250000699' as never }),
    { kind: 'card', customer: ANNA },
  ],
  [
    "a card's secret replaced",
    ({ db }) => db.customers.update(ANNA, { cardSalt: 'd'.repeat(64) }),
    { kind: 'card', customer: ANNA },
  ],
  [
    'a limit lifted on a card',
    ({ db }) => db.customers.update(BORIS, { credit: { kind: 'unlimited' } }),
    { kind: 'card', customer: BORIS },
  ],
  ['a card taken away', ({ db }) => db.customers.delete(BORIS), { kind: 'card', customer: BORIS }],
];

test.each(rows)('%s is named', async (_, tamper, finding) => {
  await trade();
  await tamper(shop);
  expect(await found()).toContainEqual(expect.objectContaining(finding));
});

/** Puts a row that differs from an existing one in these fields. */
async function putLike(table: string, like: (row: never) => boolean, but: object): Promise<void> {
  const rows = await shop.db
    .table<object>(table)
    .filter(like as never)
    .toArray();
  expect(rows).not.toEqual([]);
  await shop.db.table(table).put({ ...rows[0], ...but });
}

const ofEntry = (seq: number) => (row: { seq: number }) => row.seq === seq;

const borrowed: [string, () => Promise<unknown>, Partial<Finding> & object][] = [
  [
    "a forged sale that borrows an entry's hash",
    () => putLike('sales', ofEntry(4), { id: id(1777), number: 5 }),
    { kind: 'stray-row', seq: 4, table: 'sales' },
  ],
  [
    'a forged sale with a list as its key',
    () => putLike('sales', ofEntry(4), { id: [id(1002)], number: 5 }),
    { kind: 'stray-row', seq: 4, table: 'sales' },
  ],
  [
    'a forged sale without a place in the journal',
    async () => {
      await putLike('sales', ofEntry(4), { id: id(1777), number: 5 });
      await shop.db.sales
        .where('id')
        .equals(id(1777))
        .modify({ seq: undefined as never });
    },
    { kind: 'stray-row', seq: null, table: 'sales' },
  ],
  [
    "a forged sale that borrows another till's name",
    () => putLike('sales', ofEntry(4), { id: id(1777), till: id(77) }),
    { kind: 'stray-row', seq: 4, table: 'sales' },
  ],
  [
    'a second step of an account under one entry',
    () => putLike('accountEntries', ofEntry(4), { index: 7, delta: -10_000 }),
    { kind: 'stray-row', seq: 4, table: 'accountEntries' },
  ],
  [
    'a step of an account moved to another customer',
    () => putLike('accountEntries', ofEntry(4), { customer: BORIS }),
    { kind: 'row', place: saleAt(4), table: 'accountEntries', because: 'edited' },
  ],
  [
    'a second confirmation of one entry',
    () => putLike('confirmations', ofEntry(5), { at: AT + 1, kind: 'code', shown: 'code' }),
    { kind: 'stray-row', seq: 5, table: 'confirmations' },
  ],
  [
    'a used code that no sale has used',
    () => shop.db.grantsUsed.put({ challenge: id(100_999), sale: id(1002) }),
    { kind: 'stray-row', seq: null, table: 'grantsUsed' },
  ],
  [
    'a used code said to be of another sale',
    () => putLike('grantsUsed', () => true, { sale: id(1999) }),
    { kind: 'row', table: 'grantsUsed', because: 'edited' },
  ],
  [
    'a row with one field more',
    () => putLike('sales', ofEntry(4), { note: 'paid' }),
    { kind: 'row', place: saleAt(4), table: 'sales', because: 'edited' },
  ],
  [
    'an entry of the list with one field more',
    () => putLike('unconfirmed', () => true, { note: 'seen' }),
    { kind: 'row', place: saleAt(5), table: 'unconfirmed', because: 'edited' },
  ],
  [
    'a changed stock',
    () => putLike('stock', () => true, { delta: 0 }),
    { kind: 'row', place: saleAt(6), table: 'stock', because: 'edited' },
  ],
  [
    'a stock of goods never sold',
    () => shop.db.stock.put({ product: id(777), delta: 5 }),
    { kind: 'stray-row', seq: null, table: 'stock' },
  ],
  [
    'a deleted stock',
    () => shop.db.stock.clear(),
    { kind: 'row', place: saleAt(6), table: 'stock', because: 'missing' },
  ],
  [
    'a sum of nothing for a customer without entries',
    () => shop.db.balances.put({ customer: id(999), account: 'points', sum: 0 }),
    { kind: 'stray-row', seq: null, table: 'balances' },
  ],
  [
    'a sum that is no number',
    () => putLike('balances', () => true, { sum: 'much' }),
    { kind: 'row', table: 'balances', because: 'edited' },
  ],
  [
    'a dispute of nobody',
    () =>
      shop.db.disputes.put({
        entry: 'd'.repeat(64),
        customer: 7 as never,
        about: null,
        opened: null,
        closed: null,
      }),
    { kind: 'stray-row', seq: null, table: 'disputes' },
  ],
  [
    "an entry under a name that was never this till's",
    async () => shop.db.journal.put({ ...(await entryAt(4)), till: id(77) }),
    { kind: 'foreign-entries', entries: 1 },
  ],
];

test.each(borrowed)('%s is named', async (_, tamper, finding) => {
  await trade();
  await tamper();
  const findings = await found();
  expect(findings).toContainEqual(expect.objectContaining(finding));
  expect(findings.map(({ kind }) => kind)).not.toContain('cut-off');
});

test('forged rows are named one by one, also where as many genuine ones are missing', async () => {
  await trade();
  await putLike('sales', ofEntry(4), { id: id(1777), number: 4 + 1 });
  await shop.db.sales.delete(id(1003));
  await putLike('accountEntries', ofEntry(4), { index: 7 });
  expect(await found()).toEqual(
    expect.arrayContaining([
      { kind: 'stray-row', seq: 4, table: 'sales' },
      { kind: 'row', place: saleAt(5), table: 'sales', because: 'missing' },
      { kind: 'stray-row', seq: 4, table: 'accountEntries' },
    ]),
  );
});

test('two entries of one sale are named: one row cannot be what both say', async () => {
  await trade();
  await forge((body) => ({ ...body, sale: id(1002), confirmations: [] }));
  const place = saleAt(7);
  expect(await found()).toContainEqual({ kind: 'row', place, table: 'sales', because: 'edited' });
});

test('an entry that no till can work out is named, and the check goes on behind it', async () => {
  await trade();
  const most = { customer: BORIS, account: 'debt', delta: Number.MAX_SAFE_INTEGER } as const;
  await forge((body) => ({ ...body, accounts: [most, most], confirmations: [] }));
  await shop.db.sales.update(id(1002), { total: 1 });
  const findings = await found();
  expect(findings).toContainEqual({ kind: 'unprojectable', place: saleAt(7) });
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'row', because: 'edited' }));
});

test('values that have no canonical form are named and do not stop the check', async () => {
  await trade();
  const entry = await entryAt(4);
  await shop.db.journal.put({ ...entry, body: { ...entry.body, total: Number.NaN } });
  await shop.db.customers.update(ANNA, { name: Number.NaN as never });
  await shop.db.customers.update(BORIS, { credit: { kind: 'own-limit', limit: 1n } as never });
  const findings = await found();
  expect(findings[0]).toEqual({ kind: 'broken', place: saleAt(4), because: 'hash' });
  for (const customer of [ANNA, BORIS]) expect(findings).toContainEqual({ kind: 'card', customer });
});

test('a card that was changed through the till agrees with the journal', async () => {
  const customer = {
    id: BORIS,
    name: 'Борис',
    phone: null,
    credit: { kind: 'shop-limit' },
    ...NO_DETAILS,
  } as const;
  const attempt = { customer: { ...customer, id: id(55) }, operator: CASHIER, at: AT };
  expect(await saveCustomer(shop.db, attempt)).toMatchObject({ kind: 'saved' });
  expect(await found()).toEqual([]);
});

test("a journal sealed again from some entry on is found by the relay's watermark", async () => {
  await trade();
  const { seq, hash } = await entryAt(5);
  const mark = { v: 1, purpose: 'watermark', shop: SHOP, till: TILL, seq, hash, at: AT } as const;
  const jws = await signWatermark(mark, shop.relay.privateKey, shop.relay.kid);
  await shop.db.meta.put({ key: 'watermark', value: { till: TILL, seq, hash, jws } });
  expect(await found()).toEqual([]);
  await shop.db.journal.bulkDelete([
    [TILL, 5],
    [TILL, 6],
  ]);
  expect(await found()).toContainEqual({ kind: 'watermark', seq: 5 });
});

test('a check that was stopped reports nothing', async () => {
  await trade();
  const till = await tillIn(shop.db);
  if (!isEnrolled(till)) expect.fail('no till');
  const stop = new AbortController();
  const walked = verify(shop.db, till, () => Promise.resolve([]), {
    signal: stop.signal,
    onprogress: () => stop.abort(),
  });
  expect(await walked).toBeNull();
});
