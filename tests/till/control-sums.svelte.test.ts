// Control sums are compared with the relay once a day; a difference is reported and repaired.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OrderedEntry, SumsReply, SumsStated, Verdict } from '$lib/contract/shop-journal';
import { DAY_MS } from '$lib/domain/values/durations';
import { GENESIS, sealEntry, type ChainHead } from '$lib/proof/chain';
import { followLog, signCheckpoint, START_OF_LOG, type LogHead } from '$lib/proof/shop-log';
import { ControlSums } from '$lib/state/relay/control-sums.svelte';
import { remoteCursorIn } from '$lib/storage/remote/remote-order';
import { download, type DownloadClient } from '$lib/sync/download';
import {
  ANNA,
  AT,
  BORIS,
  CASHIER,
  discard,
  id,
  openShop,
  overrideBy,
  owingOf,
  SENIOR,
  SHOP,
  TILL,
  type Shop,
} from '../support/storage-shop';

const OTHER = id(900);
const EPOCH = 7;

let shop: Shop;
let now: number;
let isIdle: boolean;
/** The shop's order as the relay has it, and the sums that the relay counts. */
let entries: OrderedEntry[];
let counted: { debt: number; points: number };
let stated: SumsStated[];
let client: DownloadClient & { compareSums: (sums: SumsStated) => Promise<SumsReply> };
let sums: ControlSums;
let [head, others, log]: [ChainHead, ChainHead, LogHead] = [GENESIS, GENESIS, START_OF_LOG];

beforeEach(async () => {
  shop = await openShop();
  [now, isIdle, entries, stated] = [AT, true, [], []];
  [head, others, log] = [GENESIS, GENESIS, START_OF_LOG];
  client = {
    snapshot: () => Promise.resolve({ kind: 'no-snapshot' }),
    snapshotChunk: () => Promise.resolve({ kind: 'no-chunk' }),
    cards: () => Promise.resolve({ kind: 'cards', cards: [] }),
    journal: async (after) => ({
      kind: 'journal',
      entries: entries.slice(after?.order ?? 0),
      head: entries.length,
      checkpoint: await checkpoint(),
    }),
    compareSums: (of) => {
      stated.push(of);
      const isSame = of.debt === counted.debt && of.points === counted.points;
      return Promise.resolve({ kind: isSame ? 'sums-agree' : 'sums-differ' });
    },
  };
  const joined = { till: OTHER, number: 2, name: 'Касса 2', publicKey: shop.relay.publicKey };
  await byRelay('epoch-began', { epoch: EPOCH, shared: 0 });
  await byRelay('till-joined', joined);
  await ownMarks('accepted');
  counted = await own();
  await byOther(ANNA, { debt: 54_000, points: 30 });
  await byOther(BORIS, { debt: -2_000, points: 0 });
  sums = await opened();
});
afterEach(() => discard(shop.db));

async function opened(): Promise<ControlSums> {
  const made = new ControlSums({ db: shop.db, client, now: () => now, isIdle: () => isIdle });
  await made.recall();
  return made;
}

async function place(each: OrderedEntry): Promise<void> {
  const { order, verdict } = each;
  const { hash } = 'own' in each ? each.own : each.entry;
  const next = await followLog(log, [{ order, hash, verdict }]);
  if (next === null) throw new Error('a gap');
  log = next;
  entries.push(each);
}
const placed = (verdict: Verdict = 'accepted') => ({
  order: entries.length + 1,
  receivedAt: AT,
  verdict,
});

async function byRelay(act: string, body: object): Promise<void> {
  const draft = { till: SHOP, at: AT, operator: null, policy: 0, act, body: { ...body } };
  const entry = await sealEntry(head, draft);
  head = entry;
  await place({ ...placed(), entry });
}

/** The other till imports a customer with a debt and points. */
async function byOther(customer: string, of: { debt: number; points: number }): Promise<void> {
  const accounts = (['debt', 'points'] as const)
    .map((account) => ({ customer, account, delta: of[account] }))
    .filter(({ delta }) => delta !== 0);
  const card = { customer, recordHash: 'a'.repeat(64), credit: { kind: 'shop-limit' } };
  const body = { source: 'file', customers: [card], accounts, confirmations: [], approval: null };
  const draft = { till: OTHER, at: AT, operator: null, policy: 1, act: 'customers-imported', body };
  const entry = await sealEntry(others, draft);
  others = entry;
  counted = { debt: counted.debt + of.debt, points: counted.points + of.points };
  await place({ ...placed(), entry });
}

/** Puts the entries of this till that are missing in the relay's order into it. */
async function ownMarks(verdict: Verdict): Promise<void> {
  const known = entries.filter((each) => 'own' in each).length;
  const journal = await shop.db.journal.where('[till+seq]').above([TILL, known]).toArray();
  for (const { seq, hash } of journal) await place({ ...placed(verdict), own: { seq, hash } });
}

async function checkpoint(): Promise<string> {
  const point = { v: 1, purpose: 'checkpoint', shop: SHOP, epoch: EPOCH, ...log, at: AT } as const;
  const { privateKey, kid } = shop.relay;
  return signCheckpoint(point, privateKey, kid);
}

/** The sums of this device's own entries. */
async function own(): Promise<{ debt: number; points: number }> {
  const rows = await shop.db.balances.toArray();
  const sum = (of: string) =>
    rows.reduce((all, { account, sum }) => all + (account === of ? sum : 0), 0);
  return { debt: sum('debt'), points: sum('points') };
}

/** Downloads to the end before comparing. Returns whether the comparison dropped the copy. */
async function compare(): Promise<boolean> {
  expect(await download(shop.db, client, 0)).toMatchObject({ kind: 'up-to-date' });
  return sums.compare();
}
const sell = () =>
  shop.sell(owingOf(id(50), ANNA), [overrideBy(SENIOR, 'sell-on-account')], { operator: CASHIER });
const spoil = (table: 'balances' | 'remoteBalances', sum: number) =>
  shop.db[table].put({ customer: ANNA, account: 'debt', sum });

test('what all tills did is added up, and compared once a day', async () => {
  expect(await compare()).toBe(false);
  const { order, logHash } = log;
  const point = { epoch: EPOCH, order, logHash };
  expect(stated).toEqual([{ point, rules: 1, ...counted }]);
  expect(counted.points).toBeGreaterThan(0);
  now += DAY_MS - 1;
  await compare();
  // the time of the last comparison survives a restart
  sums = await opened();
  await compare();
  expect(stated).toHaveLength(1);
  now += 1;
  await compare();
  expect(stated).toHaveLength(2);
  expect(sums.differed).toBeNull();
});

test('a damaged sum is found, said, and repaired by downloading again; own records stay', async () => {
  await compare();
  const before = await own();
  await spoil('remoteBalances', 1);
  now += DAY_MS;
  // a difference counts only if the next comparison confirms it
  expect(await compare()).toBe(false);
  expect([sums.differed, (await remoteCursorIn(shop.db)) !== null]).toEqual([null, true]);
  expect(await compare()).toBe(true);
  const droppedAt = now;
  expect(sums.differed).toEqual({ droppedAt, now: 'downloading' });
  expect(await remoteCursorIn(shop.db)).toBeNull();
  expect(await own()).toEqual(before);
  // still reported after a restart, and compared as soon as the copy has been downloaded again
  sums = await opened();
  expect(sums.differed).toEqual({ droppedAt, now: 'downloading' });
  expect(await compare()).toBe(false);
  expect(sums.differed).toEqual({ droppedAt, now: 'agree' });
  expect(stated.at(-1)).toMatchObject(counted);
  now += DAY_MS;
  await compare();
  expect(sums.differed).toBeNull();
});

test('a difference that is gone at the next comparison is none', async () => {
  await compare();
  await spoil('remoteBalances', 1);
  now += DAY_MS;
  await compare();
  await spoil('remoteBalances', 54_000);
  expect(await compare()).toBe(false);
  now += DAY_MS;
  await spoil('remoteBalances', 1);
  expect(await compare()).toBe(false);
  expect(sums.differed).toBeNull();
});

test('what a download does not repair is said until it agrees, and is not downloaded every day', async () => {
  await spoil('balances', 777_000);
  await compare();
  expect(await compare()).toBe(true);
  const droppedAt = now;
  for (let day = 0; day < 3; day += 1) {
    expect(await compare()).toBe(false);
    expect(await compare()).toBe(false);
    expect(sums.differed).toEqual({ droppedAt, now: 'differ' });
    now += DAY_MS;
  }
  await shop.db.balances.delete([ANNA, 'debt']);
  counted = { ...counted, debt: (await own()).debt + 52_000 };
  await compare();
  expect(sums.differed).toEqual({ droppedAt, now: 'agree' });
});

test('nothing is compared while an own act is not in the order; one that the relay refused counts nowhere', async () => {
  expect(await sell()).toMatchObject({ kind: 'saved' });
  await compare();
  expect(stated).toEqual([]);
  await ownMarks('refused');
  sums = await opened();
  await compare();
  expect(stated).toMatchObject([counted]);
});

test('an own act that the relay has accepted is compared', async () => {
  expect(await sell()).toMatchObject({ kind: 'saved' });
  await ownMarks('accepted');
  const { debt, points } = await own();
  counted = { debt: debt + 52_000, points: points + 30 };
  await compare();
  expect(stated).toMatchObject([counted]);
  expect(sums.differed).toBeNull();
});

test.each(['uncounted', 'later-version'] as const)(
  'nothing is compared while an entry of others is %s',
  async (effect) => {
    await download(shop.db, client, 0);
    await shop.db.remoteJournal.update(entries.length, { effect });
    await compare();
    expect(stated).toEqual([]);
  },
);

test('entries that count nowhere yet are in neither sum; one that this version cannot read may count', async () => {
  const draft = { till: OTHER, at: AT, operator: null, policy: 1, act: 'invented', body: {} };
  await place({ ...placed('not-understood'), entry: await sealEntry(others, draft) });
  await compare();
  expect(stated).toEqual([]);
  const row = await shop.db.remoteJournal.get(entries.length - 1);
  await shop.db.remoteJournal.update(entries.length, { entry: row?.entry ?? null });
  sums = await opened();
  await compare();
  expect(stated).toMatchObject([counted]);
});

test('nothing is compared while somebody is selling', async () => {
  isIdle = false;
  await compare();
  expect(stated).toEqual([]);
  isIdle = true;
  await compare();
  expect(stated).toHaveLength(1);
});

test('a relay that cannot compare, or does not answer, changes nothing', async () => {
  client.compareSums = (of) => (stated.push(of), Promise.resolve({ kind: 'sums-unknown' }));
  for (let n = 0; n < 3; n += 1) expect(await compare()).toBe(false);
  // a comparison reads every row, so it must not happen at each answer of the relay
  expect([stated.length, sums.differed]).toEqual([1, null]);
});
