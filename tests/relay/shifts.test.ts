// Shifts at the relay: a Z report is compared with the entries of its till.
// Owners are notified of the drawer.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BodyOf, Entry } from '$lib/contract/journal';
import type { ShiftTotals, TerminalCounted } from '$lib/contract/acts/shift';
import { flagsReply } from '$lib/contract/journal-upload';
import { ownerNoticesReply } from '$lib/contract/owner-notice';
import { NO_TOTALS } from '$lib/domain/shift/shift';
import { shiftBefore } from '../../relay/journal/shifts';
import type { Database } from '../../relay/store/database';
import { CASHIER, withCashier } from '../support/cashier';
import { openShop, type Shop } from '../support/challenges';
import { cashSale, TillJournal } from '../support/till-journal';

const DAY = 24 * 3_600_000;
let shop: Shop;
let journal: TillJournal;
const customer = uuidv7();

beforeEach(async () => {
  shop = await openShop();
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
});
afterEach(() => shop.stop());

const SUM = 54_000;
const NONE = { count: 0, amount: 0 };

const opened = (float = 0, counted = false, left = float) =>
  journal.add({
    act: 'shift-opened',
    body: { float, counted, left, difference: float - left },
  });
const sold = () => journal.sale(cashSale({ customer, total: SUM }));
const counted = (sum: number, expected: number, terminal: TerminalCounted = []) =>
  journal.add({
    act: 'drawer-counted',
    body: { id: uuidv7(), counted: sum, expected, pieces: [], terminal },
  });

/** The totals of a shift with these sales for cash. */
const totalsOf = (
  sales: number,
  earned: number,
  operator = shop.till.ownerId,
  each = SUM,
): ShiftTotals => ({
  ...NO_TOTALS,
  sales: { ...NO_TOTALS.sales, count: sales, total: sales * each, cash: sales * each },
  pointsEarned: earned,
  counts: 1,
  byPerson: [
    {
      operator,
      sales: { count: sales, amount: sales * each },
      repayments: NONE,
      returns: NONE,
      discounts: NONE,
      refunded: NONE,
      takenOut: NONE,
      removed: NONE,
      held: NONE,
    },
  ],
});

async function closed(change: Partial<BodyOf<'shift-closed'>> = {}): Promise<void> {
  const open = journal.entries.findLast(({ act }) => act === 'shift-opened');
  const { at = 0, seq = 1, operator = null, body } = open ?? {};
  const sale = journal.entries.findLast(({ act }) => act === 'sale');
  const earned = Number(sale?.body['pointsEarned'] ?? 0);
  await journal.add({
    act: 'shift-closed',
    body: {
      id: uuidv7(),
      number: 1,
      currency: 'RUB',
      onHold: { count: 0, amount: 0 },
      terminal: [],
      opened: { seq, at, operator, float: 0, counted: false, left: 0, difference: 0, ...body },
      totals: totalsOf(1, earned),
      counted: SUM,
      expected: SUM,
      difference: 0,
      reason: null,
      note: null,
      takenOut: SUM,
      left: 0,
      ...change,
    },
  });
}

async function flags(): Promise<unknown[]> {
  expect((await journal.upload()).json.kind).toBe('kept');
  await shop.till.elevate();
  const { json } = await shop.till.call('GET', '/journal/flags?after=0');
  return flagsReply.parse(json).flags.map(({ kind, detail }) => [kind, detail]);
}

test('a shift as the till makes it has no flag, over several uploads and shifts', async () => {
  await opened();
  await sold();
  expect(await flags()).toEqual([]);
  await counted(SUM, SUM);
  await closed();
  await opened();
  await sold();
  await counted(SUM, SUM);
  await closed({ number: 2 });
  expect(await flags()).toEqual([]);
});

test.each([
  ['sums that its entries do not have', { totals: NO_TOTALS }, 'totals'],
  ['a number out of turn', { number: 2 }, 'number'],
  ['less expected than came in', { expected: 0, difference: 0, counted: 0 }, 'counted'],
] as const)('a Z report with %s is flagged', async (_, change, path) => {
  await opened();
  await sold();
  await counted(SUM, SUM);
  await closed(change);
  expect(await flags()).toEqual([['differs', expect.stringMatching(new RegExp(`^${path}`))]]);
});

test('a close without a count, and cash moved outside a shift, are against the rules', async () => {
  const approval = { kind: 'not-needed' };
  const of = { direction: 'out', amount: 5, reason: 'cash-drop', note: null };
  const body = { id: uuidv7(), ...of, approval };
  await journal.add({ act: 'cash-moved', body });
  await opened();
  await sold();
  await closed();
  expect(await flags()).toEqual([
    ['against-rules', 'no-shift'],
    ['against-rules', 'not-counted'],
  ]);
});

test('a float that the last shift did not leave is flagged, unless it was counted', async () => {
  await opened();
  await sold();
  await counted(SUM, SUM);
  await closed();
  await opened(500);
  expect(await flags()).toEqual([['differs', 'float']]);
});

test('a shift that opens uncounted where the policy has the float counted is against the rules', async () => {
  await shop.stop();
  shop = await openShop((policy) => ({
    ...policy,
    shifts: { ...policy.shifts, countFloat: true },
  }));
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await opened();
  expect(await flags()).toEqual([['against-rules', 'float-not-counted']]);
});

test('for an entry that states a place far ahead no journal is read', async () => {
  await opened();
  await sold();
  await journal.upload();
  const { db } = shop.relay.relay;
  let read = 0;
  const watched: Database = {
    ...db,
    all: (sql, ...values) => {
      read += 1;
      return db.all(sql, ...values);
    },
  };
  const till = journal.entries[0]?.till ?? '';
  expect(await shiftBefore({ db: watched }, { till, seq: 1e9 })).toBe(null);
  expect(read).toBe(0);
  expect(
    await shiftBefore({ db: watched }, { till, seq: journal.entries.length + 1 }),
  ).toMatchObject({ number: 1 });
  expect(read).toBe(1);
});

test('owners are notified of differences and openings by person; cash taken out alone sends nothing', async () => {
  const summaries = async () => {
    await shop.relay.relay.outbox.round();
    await shop.till.elevate();
    const reply = await shop.till.call('GET', '/owner-notices');
    return ownerNoticesReply.parse(reply.json).summaries;
  };
  await opened();
  await sold();
  await counted(SUM, SUM);
  await closed();
  await journal.upload();
  shop.clock.pass(2 * DAY);
  await shop.till.signIn();
  expect(await summaries()).toEqual([]);
  await opened();
  const drawer = { id: uuidv7(), reason: 'give-change', note: null };
  await journal.add({ act: 'drawer-opened', body: drawer });
  await sold();
  await counted(SUM - 700, SUM);
  const short = { counted: SUM - 700, difference: -700, reason: 'unknown' } as const;
  const earned = Number(
    journal.entries.findLast(({ act }) => act === 'sale')?.body['pointsEarned'],
  );
  const totals = { ...totalsOf(1, earned), drawerOpened: 1 };
  await closed({ number: 2, ...short, totals, takenOut: SUM - 700 });
  expect(await flags()).toEqual([]);
  shop.clock.pass(2 * DAY);
  await shop.till.signIn();
  const operator = shop.till.ownerId;
  expect((await summaries()).map((each) => each.drawer)).toEqual([
    [
      { operator, what: 'taken-out', count: 2, amount: 2 * SUM - 700 },
      { operator, what: 'no-sale', count: 1, amount: 0 },
      { operator, what: 'short', count: 1, amount: 700 },
    ],
  ]);
});

test('a float below what the last shift left is in the owners’ summary, and a till that states less was left is flagged', async () => {
  await opened();
  await sold();
  await counted(SUM, SUM);
  await closed({ takenOut: 0, left: SUM });
  await opened(SUM - 400, true, SUM);
  const operator = shop.till.ownerId;
  expect(await flags()).toEqual([]);
  const items = "SELECT item FROM summary_items WHERE kind = 'drawer'";
  const kept = shop.relay.file.prepare(items).pluck().all() as string[];
  expect(kept.map((item) => JSON.parse(item) as object)).toContainEqual({
    kind: 'drawer',
    what: 'float-short',
    operator,
    amount: 400,
  });
  await counted(SUM - 400, SUM - 400);
  await closed({
    number: 2,
    totals: { ...NO_TOTALS, counts: 1 },
    counted: SUM - 400,
    expected: SUM - 400,
    left: SUM - 400,
    takenOut: 0,
  });
  await opened(SUM - 900, true);
  expect(await flags()).toEqual([['differs', 'left']]);
});

/** A correction of this sale as the till makes it: paid by card. */
const corrected = (
  { till, seq, hash, body }: Entry,
  change: Partial<BodyOf<'tender-corrected'>> = {},
  operator = shop.till.ownerId,
) =>
  journal.add({
    act: 'tender-corrected',
    operator,
    body: {
      correction: uuidv7(),
      allowedBy: null,
      sale: { till, seq, hash, number: Number(body['number']) },
      was: [{ kind: 'cash', amount: SUM }],
      tenders: [{ kind: 'card', amount: SUM }],
      ...change,
    },
  });

test('a tender corrected in its shift has no flag, is in the Z report, and owners learn who did it', async () => {
  await opened();
  await corrected(await sold());
  // the terminal has 1.00 less than the correction says
  const terminal = [{ kind: 'card', counted: SUM - 100, expected: SUM }] as const;
  await counted(0, 0, [...terminal]);
  const operator = shop.till.ownerId;
  const earned = Number(
    journal.entries.findLast(({ act }) => act === 'sale')?.body['pointsEarned'],
  );
  const moved = { operator, from: 'cash', to: 'card', count: 1, amount: SUM } as const;
  const totals = { ...totalsOf(1, earned), tendersCorrected: [moved] };
  const cash = { counted: 0, expected: 0, takenOut: 0 };
  await closed({ ...cash, totals, terminal: [...terminal], reason: 'unknown' });
  expect(await flags()).toEqual([]);
  shop.clock.pass(2 * DAY);
  await shop.till.signIn();
  await shop.relay.relay.outbox.round();
  await shop.till.elevate();
  const { json } = await shop.till.call('GET', '/owner-notices');
  expect(ownerNoticesReply.parse(json).summaries.map(({ drawer }) => drawer)).toEqual([
    [
      { operator, what: 'tender-corrected', count: 1, amount: SUM },
      { operator, what: 'terminal-short', count: 1, amount: 100 },
    ],
  ]);
});

test('owners learn that a count that differed was made again, and a Z report that leaves it out is flagged', async () => {
  await opened();
  await sold();
  await counted(SUM - 700, SUM);
  await counted(SUM, SUM);
  const operator = shop.till.ownerId;
  const earned = Number(journal.entries.at(-3)?.body['pointsEarned']);
  const recounted = { count: 1, amount: 700 };
  const totals = { ...totalsOf(1, earned), counts: 2, recounted };
  await closed({ totals });
  expect(await flags()).toEqual([]);
  shop.clock.pass(2 * DAY);
  await shop.till.signIn();
  await shop.relay.relay.outbox.round();
  await shop.till.elevate();
  const { json } = await shop.till.call('GET', '/owner-notices');
  expect(ownerNoticesReply.parse(json).summaries.map(({ drawer }) => drawer)).toEqual([
    [
      { operator, what: 'recounted', count: 1, amount: 700 },
      { operator, what: 'taken-out', count: 1, amount: SUM },
    ],
  ]);
  await opened();
  await sold();
  await counted(SUM - 700, SUM);
  await counted(SUM, SUM);
  await closed({ number: 2, totals: { ...totals, recounted: NONE } });
  expect(await flags()).toEqual([['differs', 'totals.recounted.count']]);
});

test('a tender is corrected in the shift of its sale, for the same money, and from what it is now', async () => {
  await opened();
  const before = await sold();
  await counted(SUM, SUM);
  await closed();
  await opened();
  await corrected(before);
  const sale = await sold();
  await corrected(sale, { was: [{ kind: 'card', amount: SUM }] });
  const partly = [{ kind: 'card', amount: SUM - 100 }] as const;
  await corrected(sale, { was: [...partly], tenders: [{ kind: 'cash', amount: SUM - 100 }] });
  expect(await flags()).toEqual([
    ['against-rules', 'other-shift'],
    ['differs', 'was.0.kind'],
    ['against-rules', 'other-sum'],
  ]);
  // what broke the rules has no effect
  await corrected(sale);
  const again: Partial<BodyOf<'tender-corrected'>> = {
    was: [{ kind: 'card', amount: SUM }],
    tenders: [{ kind: 'transfer', amount: SUM }],
  };
  await corrected(sale, again);
  expect(await flags()).toHaveLength(3);
  await corrected(sale);
  await corrected(sale, { ...again, was: [...(again.tenders ?? [])] });
  await corrected({ ...sale, hash: 'f'.repeat(64) });
  expect((await flags()).slice(3)).toEqual([
    ['differs', 'was.0.kind'],
    ['against-rules', 'same-tenders'],
    ['against-rules', 'unknown-sale'],
  ]);
});

test('a cashier corrects a tender only if a colleague with the right allows it', async () => {
  await shop.stop();
  shop = await openShop(withCashier);
  journal = new TillJournal(shop.till, shop.clock.now);
  await journal.enrolled();
  await opened();
  const [one, two] = [await sold(), await sold()];
  await corrected(one, {}, CASHIER);
  await corrected(two, { allowedBy: CASHIER }, CASHIER);
  expect(await flags()).toEqual([
    ['no-right', 'correct-tender'],
    ['no-right', 'correct-tender'],
  ]);
  await corrected(one, { allowedBy: shop.till.ownerId }, CASHIER);
  expect(await flags()).toHaveLength(2);
});

test('owners are notified of a card that gets many receipts of one person in a day, not of several', async () => {
  await opened();
  const other = uuidv7();
  for (let n = 0; n < 5; n += 1) await sold();
  await journal.sale(cashSale({ customer: other, total: SUM }));
  await journal.upload();
  shop.clock.pass(2 * DAY);
  await shop.till.signIn();
  const summaries = async () => {
    await shop.relay.relay.outbox.round();
    await shop.till.elevate();
    const reply = await shop.till.call('GET', '/owner-notices');
    return ownerNoticesReply.parse(reply.json).summaries;
  };
  expect(await summaries()).toEqual([]);
  for (let n = 0; n < 7; n += 1) await sold();
  const others = cashSale({ customer, total: SUM });
  await journal.sale(others, { operator: uuidv7() });
  await journal.upload();
  shop.clock.pass(2 * DAY);
  await shop.till.signIn();
  const operator = shop.till.ownerId;
  expect((await summaries()).at(0)?.drawer).toEqual([
    { operator, what: 'card-often', count: 2, amount: 2 * SUM },
  ]);
});

test('owners are notified of receipts held twice or for an hour, sold or cancelled', async () => {
  await opened();
  const hour = 3_600_000;
  const sale = cashSale({ customer, total: SUM });
  await journal.sale({ ...sale, held: { times: 1, longestMs: hour - 1 } });
  await journal.sale({ ...cashSale({ customer, total: SUM }), held: { times: 2, longestMs: 0 } });
  await journal.add({
    act: 'receipt-cancelled',
    body: {
      id: uuidv7(),
      receipt: uuidv7(),
      lines: 1,
      total: 700,
      removed: { lines: 0, sum: 0 },
      held: { times: 1, longestMs: hour },
    },
  });
  await journal.upload();
  shop.clock.pass(2 * DAY);
  await shop.till.signIn();
  await shop.relay.relay.outbox.round();
  await shop.till.elevate();
  const reply = await shop.till.call('GET', '/owner-notices');
  expect(ownerNoticesReply.parse(reply.json).summaries.at(0)?.drawer).toEqual([
    { operator: shop.till.ownerId, what: 'receipt-held', count: 2, amount: SUM + 700 },
  ]);
});

test.each([
  ['a large sum of', 760, SUM],
  ['no small', 761, SUM],
  ['a twentieth of their sales in', 761, 380 * 20],
])(
  'owners are notified of receipts cancelled and of %s goods taken out without the right; the shift counts all of them',
  async (_, largeFrom, total) => {
    await shop.stop();
    shop = await openShop((policy) => ({
      ...withCashier(policy),
      notices: { ...policy.notices, largeFrom },
    }));
    journal = new TillJournal(shop.till, shop.clock.now);
    await journal.enrolled();
    const cancel = (total: number, operator: string) =>
      journal.add({
        act: 'receipt-cancelled',
        operator,
        body: {
          id: uuidv7(),
          receipt: uuidv7(),
          lines: 2,
          total,
          held: { times: 0, longestMs: 0 },
          removed: { lines: 1, sum: 10 },
        },
      });
    await opened();
    const taken = { removed: { lines: 2, sum: 350 } };
    await journal.sale({ ...cashSale({ customer, total }), ...taken }, { operator: CASHIER });
    await cancel(700, CASHIER);
    await cancel(900, shop.till.ownerId);
    await cancel(500, CASHIER);
    const { id, receipt } = (await cancel(100, CASHIER)).body as { id: string; receipt: string };
    await journal.add({
      act: 'receipt-resumed',
      operator: CASHIER,
      body: { id: uuidv7(), receipt, cancelled: id },
    });
    await counted(total, total);
    const earned = Number(journal.entries.find(({ act }) => act === 'sale')?.body['pointsEarned']);
    const receiptsCancelled = { count: 4, total: 2_200, resumed: 1 };
    // four receipts were cancelled, too
    const goodsRemoved = { count: 6, total: 390 };
    const sold = totalsOf(1, earned, CASHIER, total);
    const byPerson = [
      ...sold.byPerson.map((row) => ({ ...row, removed: { count: 5, amount: 380 } })),
      {
        operator: shop.till.ownerId,
        sales: NONE,
        repayments: NONE,
        returns: NONE,
        discounts: NONE,
        refunded: NONE,
        takenOut: NONE,
        removed: { count: 1, amount: 10 },
        held: NONE,
      },
    ];
    const totals = { ...sold, byPerson, receiptsCancelled, goodsRemoved };
    await closed({ totals, counted: total, expected: total, takenOut: total });
    expect(await flags()).toEqual([]);
    shop.clock.pass(2 * DAY);
    await shop.till.signIn();
    await shop.relay.relay.outbox.round();
    await shop.till.elevate();
    const reply = await shop.till.call('GET', '/owner-notices');
    const [summary] = ownerNoticesReply.parse(reply.json).summaries;
    expect(summary?.drawer).toContainEqual({
      operator: CASHIER,
      what: 'receipt-cancelled',
      count: 3,
      amount: 1_300,
    });
    const removed = { operator: CASHIER, what: 'goods-removed', count: 4, amount: 380 };
    expect(summary?.drawer.filter(({ what }) => what === 'goods-removed')).toEqual(
      largeFrom === 760 || total < SUM ? [removed] : [],
    );
    expect(summary?.drawer.map(({ what }) => what)).not.toContain('no-sale');
  },
);
