// A quota per till and day for entries that the relay does not understand; beyond it only hashes stay.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MOST_IMPORTED } from '$lib/contract/acts/customer';
import { GENESIS_HASH, type BodyOf, type Entry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import { sealEntry } from '$lib/proof/chain';
import { offerEnrolment } from '../../relay/tills/tokens';
import { START } from '../support/challenges';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

const DAY = 24 * 3_600_000;
const MIB = 1024 * 1024;
const QUOTA = 2 * MIB;

let clock: ReturnType<typeof makeClock>;
let relay: RunningRelay;
let till: TillClient;
let journal: TillJournal;
beforeEach(async () => {
  clock = makeClock(START);
  relay = await startRelay({ now: clock.now });
  till = await TillClient.ready(relay.url, clock.now);
  journal = new TillJournal(till, clock.now);
  await journal.enrolled();
  await journal.upload();
});
afterEach(() => relay.stop());

type Row = { readonly seq: number; readonly hash: string; readonly entry: string };
const rows = (of = till.id): Row[] =>
  relay.file
    .prepare('SELECT seq, hash, entry FROM journal WHERE till = ? ORDER BY seq')
    .all(of) as Row[];
const flags = (kind: string): unknown[] =>
  relay.file.prepare('SELECT seq FROM flags WHERE kind = ? ORDER BY cursor').pluck().all(kind);
const storedBytes = (): number => rows().reduce((sum, { entry }) => sum + entry.length, 0);
const isWhole = (seq: number): boolean => 'body' in JSON.parse(rows()[seq - 1]?.entry ?? '{}');

/** An act of a later version, about this large, bytes. */
const unknown = (bytes: number): Promise<Entry> =>
  journal.add({ act: 'hologram-shown', body: { x: 'a'.repeat(bytes) } });

/** Uploads the entries one by one, as a till does with large ones. */
async function send(...entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) {
    const reply = await journal.upload([entry]);
    expect([reply.status, reply.json.kind]).toEqual([200, 'kept']);
  }
}

/** Uses the quota up. */
async function fill(): Promise<void> {
  await send(await unknown(QUOTA - 1000));
  await send(await unknown(1000));
}

/** Checks that the stored rows form a chain from the beginning to the till's head. */
function expectChain(): void {
  let before = GENESIS_HASH;
  for (const { seq, hash, entry } of rows()) {
    expect(JSON.parse(entry)).toMatchObject({ till: till.id, seq, hash, prevHash: before });
    before = hash;
  }
  expect(before).toBe(journal.head.hash);
}

test('four acts of eight megabytes that nobody understands leave their hashes, and are flagged once', async () => {
  for (let n = 0; n < 4; n += 1) await send(await unknown(8 * MIB));
  expect(rows()).toHaveLength(5);
  expect(storedBytes()).toBeLessThan(10_000);
  expect(statSync(join(relay.dataDir, 'relay.db')).size).toBeLessThan(2 * MIB);
  expectChain();
  expect(flags('not-kept')).toEqual([2]);
});

test('entries that fit the quota are kept unchanged, however many they are', async () => {
  const sent: Entry[] = [];
  for (let n = 0; n < 6; n += 1) sent.push(await unknown(400_000));
  await send(...sent);
  expect([2, 3, 4, 5, 6, 7].map(isWhole)).toEqual([true, true, true, true, true, false]);
  expect(JSON.parse(rows()[1]?.entry ?? '')).toEqual(sent[0]);
  expectChain();
});

test.each([
  ['a known act with a body that does not fit', { act: 'sale', body: { lines: 'none' } }],
  ['a known act with fields that no schema has', { act: 'pin-locked', body: { surprise: 1 } }],
  ['no body at all', { act: 'note', body: null as never }],
  [
    'an act of a later version inside one that carries it over',
    { act: 'carried-over', body: { entry: { act: 'hologram-shown' } } },
  ],
])('%s counts, too', async (_, { act, body }) => {
  await fill();
  const entry = await journal.add({ act, body: { ...body, filling: 'a'.repeat(2000) } });
  await send(entry);
  expect(isWhole(entry.seq)).toBe(false);
  expectChain();
});

test('a carried-over act of a later version counts with its size', async () => {
  const held = await unknown(QUOTA - 4000);
  await send(held);
  const other = await secondTill();
  const anew = new TillJournal(other, clock.now);
  await anew.enrolled({ till: till.id, seq: held.seq, hash: held.hash });
  for (const carried of [held, await unknown(10_000)])
    await anew.add({ act: 'carried-over', body: { entry: carried } });
  for (const entry of anew.entries) expect((await anew.upload([entry])).json.kind).toBe('kept');
  const whole = rows(other.id).map(({ entry }) => 'body' in JSON.parse(entry));
  expect(whole).toEqual([true, true, false]);
});

test('an entry with strange fields beside its body counts, too', async () => {
  await fill();
  const head = journal.head;
  const filled = { ...(await journal.idle()), filling: 'a'.repeat(MIB) };
  await send(await sealEntry(head, filled));
  expect(storedBytes()).toBeLessThan(QUOTA + 10_000);
});

test('entries that the relay understands are kept whole, before and after the quota is used up', async () => {
  await fill();
  const customer = uuidv7();
  const body = onAccountSale({ customer, onAccount: 100 }, overrideBy(till.ownerId, 100));
  const sale = await journal.sale(body);
  const idle = await journal.idle();
  await send(sale, idle);
  expect(
    rows()
      .slice(-2)
      .map(({ entry }) => JSON.parse(entry) as unknown),
  ).toEqual([sale, idle]);
});

test('the same entry again changes nothing, another one at its place is a fork, and no place is missing', async () => {
  await fill();
  const entry = await unknown(MIB);
  await send(entry);
  const before = [rows(), flags('not-kept')];
  await relay.restart();
  await till.signIn();
  await send(entry, entry);
  const both = await journal.upload(journal.entries.slice(2));
  expect(both.json.kind).toBe('kept');
  expect([rows(), flags('not-kept')]).toEqual(before);

  const copy = new TillJournal(till, clock.now);
  copy.entries.push(...journal.entries.slice(0, -1));
  await copy.add({ act: 'hologram-shown', body: { x: 'b' } });
  expect((await copy.upload(copy.entries.slice(-1))).json).toEqual({
    kind: 'fork',
    seq: entry.seq,
  });
  await journal.idle();
  await send(journal.entries.at(-1)!);
  expectChain();
});

test('the quota is per day and till; the flag comes once a day', async () => {
  await fill();
  await send(await unknown(1000), await unknown(1000));
  expect(flags('not-kept')).toEqual([3]);
  const other = await secondTill();
  const theirs = new TillJournal(other, clock.now);
  await theirs.enrolled();
  await theirs.add({ act: 'hologram-shown', body: { x: 'a'.repeat(MIB) } });
  for (const entry of theirs.entries) await theirs.upload([entry]);
  expect('body' in JSON.parse(rows(other.id)[1]?.entry ?? '{}')).toBe(true);

  clock.pass(DAY - 1);
  await till.signIn();
  const late = await unknown(1000);
  await send(late);
  expect(isWhole(late.seq)).toBe(false);
  clock.pass(1);
  const next = await unknown(MIB);
  await send(next);
  expect(isWhole(next.seq)).toBe(true);
  await send(await unknown(MIB));
  expect(flags('not-kept')).toHaveLength(2);
});

test('an act beyond it that moves a debt is flagged and reported all the same', async () => {
  await fill();
  const customer = uuidv7();
  const accounts = [{ customer, account: 'debt', delta: 5000 }];
  const filling = 'a'.repeat(2000);
  const debt = await journal.add({ act: 'debt-conjured', body: { accounts, filling } });
  const contacts = [{ customer, phone: '+79161234567' }];
  expect((await journal.upload([debt], { contacts })).json.kind).toBe('kept');
  expect(isWhole(debt.seq)).toBe(false);
  expect(flags('unconfirmed')).toEqual([debt.seq]);
  const told = relay.file.prepare('SELECT customer FROM outbox').pluck().all();
  expect(told).toContain(customer);
});

test.each([
  ['steps', (sale: SaleBody) => ({ accounts: many(50_000, sale.accounts[0]) })],
  ['confirmations', (sale: SaleBody) => ({ confirmations: many(5000, sale.confirmations[0]) })],
  ['lines', (sale: SaleBody) => ({ lines: many(10_000, sale.lines[0]) })],
  ['letters', (sale: SaleBody) => ({ lines: [{ ...sale.lines[0]!, name: 'a'.repeat(MIB) }] })],
])(
  'a sale of more %s than anybody rings up counts, too, and few of its movements are read',
  async (_, change) => {
    await fill();
    const sale = onAccountSale(
      { customer: uuidv7(), onAccount: 100 },
      overrideBy(till.ownerId, 100),
    );
    const entry = await journal.sale({ ...sale, ...change(sale) });
    await send(entry);
    expect([isWhole(entry.seq), flags('malformed')]).toEqual([false, [entry.seq]]);
    const acts = relay.file.prepare('SELECT COUNT(*) FROM journal_acts').pluck().get();
    expect(acts).toBeLessThanOrEqual(100);
  },
);

/** An import of so many customers, each with a debt and points. */
const importOf = (count: number): BodyOf<'customers-imported'> => {
  const ids = Array.from({ length: count }, () => uuidv7());
  const credit = { kind: 'shop-limit' } as const;
  const none = { kind: 'none', action: 'sell-on-account', because: 'import' } as const;
  return {
    source: 'file',
    approval: null,
    customers: ids.map((customer) => ({ customer, recordHash: 'a'.repeat(64), credit })),
    accounts: (['debt', 'points'] as const).flatMap((account) =>
      ids.map((customer) => ({ customer, account, delta: 100 })),
    ),
    confirmations: ids.map(() => ({ ...none, amount: 100 })),
  };
};

test.each([
  ['customers', { customers: importOf(MOST_IMPORTED + 1).customers }],
  ['balances', { accounts: importOf(MOST_IMPORTED + 1).accounts }],
  ['confirmations', { confirmations: importOf(MOST_IMPORTED + 1).confirmations }],
])('an import of more %s than one entry may have counts, too', async (_, parts) => {
  await fill();
  const body = { ...importOf(MOST_IMPORTED), ...parts };
  const entry = await journal.add({ act: 'customers-imported', body });
  await send(entry);
  expect([isWhole(entry.seq), flags('malformed')]).toEqual([false, [entry.seq]]);
  const acts = relay.file.prepare('SELECT COUNT(*) FROM journal_acts').pluck().get();
  expect(acts).toBeLessThanOrEqual(100);
});

test('the largest import is kept whole, with all its balances', async () => {
  await fill();
  const body = importOf(MOST_IMPORTED);
  const entry = await journal.add({ act: 'customers-imported', body });
  await send(entry);
  expect([isWhole(entry.seq), flags('malformed')]).toEqual([true, []]);
  const steps = relay.file.prepare('SELECT COUNT(*) FROM journal_steps').pluck().get();
  expect(steps).toBe(2 * MOST_IMPORTED);
});

test('of an act with fifty thousand movements only a hundred are read', async () => {
  const step = { account: 'debt', delta: 1 };
  const accounts = Array.from({ length: 50_000 }, () => ({ customer: uuidv7(), ...step }));
  await send(await journal.add({ act: 'debts-conjured', body: { accounts } }));
  const count = (table: string) =>
    relay.file.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get() as number;
  for (const table of ['journal_steps', 'journal_acts', 'outbox', 'flags'])
    expect([table, count(table) <= 102]).toEqual([table, true]);
});

const many = <T>(count: number, one: T | undefined): T[] =>
  Array.from({ length: count }, () => one!);

/** Another till of the shop. */
async function secondTill(): Promise<TillClient> {
  const other = await TillClient.make(relay.url, clock.now);
  await other.enrol((await offerEnrolment(relay.relay)).token);
  await other.signIn();
  return other;
}
