// Shifts on the disk.
// The first act opens one, closing leaves its Z report, and the verification recomputes it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NEW_CHECKOUT } from '$lib/domain/consent/checkout-state';
import { businessDay } from '$lib/domain/values/business-day';
import { money } from '$lib/domain/values/money';
import { expectedCash, isOpen } from '$lib/domain/shift/shift';
import { verify } from '$lib/storage/audit/verification';
import { saveRepayment } from '$lib/storage/customers/debts';
import { saveMeta, isEnrolled, tillIn } from '$lib/storage/database/meta';
import { latestEntries } from '$lib/storage/journal/reader';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import { savePolicy } from '$lib/storage/policy/policies';
import { beginReEnrolment, completeReEnrolment } from '$lib/storage/recovery/re-enrolment';
import { sellInShift } from '$lib/storage/sales/save-sale';
import { holdDraft, saveDraft } from '$lib/storage/sales/drafts';
import {
  closeShift,
  countDrawer,
  lastReports,
  recordInShift,
  openShift,
  shiftOf,
} from '$lib/storage/shifts/shifts';
import {
  ANNA,
  AT,
  cash,
  CASHIER,
  discard,
  HOUR,
  id,
  openShop,
  receiptOf,
  SENIOR,
  SHOP,
  TILL,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const by = { operator: CASHIER, at: AT };
const BREAD = 10_000;

const sell = (n: number, bread = 1) =>
  sellInShift(shop.db, {
    ...by,
    receipt: receiptOf(id(n), { bread, tenders: [cash(bread * BREAD)] }),
    confirmations: [],
  });
const count = (n: number, counted: number) =>
  countDrawer(shop.db, { ...by, id: id(n), counted: money(counted), pieces: [], terminal: [] });
const close = (n: number, left: number) =>
  closeShift(shop.db, { ...by, id: id(n), left: money(left), reason: 'unknown', note: null });
const out = (n: number, amount: number) =>
  recordInShift(shop.db, 'cash-moved', {
    ...by,
    id: id(n),
    direction: 'out',
    amount: money(amount),
    reason: 'cash-drop',
    note: null,
    approvedBy: null,
  });

async function acts(): Promise<string[]> {
  const entries = await latestEntries(shop.db, { before: null, limit: 100, acts: null });
  return entries.map(({ act }) => act).reverse();
}

async function expected(): Promise<number> {
  const { shift } = await shiftOf(shop.db);
  if (!isOpen(shift)) expect.fail('no shift is open');
  return expectedCash(shift);
}

test('the first sale opens a shift, the next one does not', async () => {
  const before = await acts();
  expect(await sell(501)).toMatchObject({ kind: 'saved' });
  expect(await sell(502)).toMatchObject({ kind: 'saved' });
  expect((await acts()).slice(before.length)).toEqual(['shift-opened', 'sale', 'sale']);
  expect(await shiftOf(shop.db)).toMatchObject({
    shift: { number: 1, opened: { float: 0, counted: false }, totals: { sales: { count: 2 } } },
  });
});

test('a sale that is refused opens none', async () => {
  const before = await acts();
  const attempt = { ...by, receipt: receiptOf(id(501), {}), confirmations: [] };
  expect(await sellInShift(shop.db, attempt)).toMatchObject({ kind: 'refused' });
  expect(await acts()).toEqual(before);
});

test('a repayment and a cash act open a shift as well', async () => {
  const tenders = [{ kind: 'cash', amount: money(5000) }] as const;
  await saveRepayment(shop.db, { repayment: id(900), customer: ANNA, tenders, ...by });
  expect(await expected()).toBe(5000);
  await count(901, 5000);
  await close(902, 5000);
  expect(await out(903, 2000)).toMatchObject({ kind: 'saved' });
  expect(await shiftOf(shop.db)).toMatchObject({ shift: { number: 2, opened: { float: 5000 } } });
  expect(await expected()).toBe(3000);
});

test('example 15: the next shift begins with what the last one left', async () => {
  expect(await openShift(shop.db, { ...by, float: money(100_000) })).toMatchObject({
    kind: 'saved',
    entry: { body: { float: 100_000, counted: true } },
  });
  for (let n = 0; n < 5; n += 1) await sell(510 + n, 10);
  await count(901, 600_000);
  expect(await close(902, 100_000)).toMatchObject({
    kind: 'saved',
    entry: { body: { number: 1, difference: 0, takenOut: 500_000 } },
  });
  for (let n = 0; n < 3; n += 1) await sell(520 + n, 10);
  expect(await expected()).toBe(400_000);
});

test('the Z report names the receipts that are still on hold, and their sum', async () => {
  await sell(501);
  const draft = { place: 'goods', checkout: NEW_CHECKOUT, askedBy: null, begun: false } as const;
  for (const [n, bread] of [
    [601, 2],
    [602, 3],
  ] as const)
    await holdDraft(shop.db, { receipt: receiptOf(id(n), { bread, tenders: [] }), ...draft }, AT);
  // the open receipt is not on hold
  await saveDraft(shop.db, { receipt: receiptOf(id(603), { tenders: [] }), ...draft });
  await count(902, BREAD);
  expect(await close(903, 0)).toMatchObject({
    kind: 'saved',
    entry: { body: { onHold: { count: 2, amount: 5 * BREAD } } },
  });
});

test('the same act twice is one entry, also of a shift that is closed by now', async () => {
  await sell(501);
  const moved = await out(901, 500);
  expect(await out(901, 500)).toEqual(moved);
  const counted = await count(902, BREAD - 500);
  expect(await count(902, BREAD - 500)).toEqual(counted);
  const closed = await close(903, 0);
  expect(closed).toMatchObject({ kind: 'saved' });
  expect(await close(903, 0)).toEqual(closed);
  expect(await out(901, 500)).toEqual(moved);
  expect((await acts()).slice(-5)).toEqual([
    ...['shift-opened', 'sale', 'cash-moved', 'drawer-counted', 'shift-closed'],
  ]);
});

test('acts of an operator without the right are refused', async () => {
  await sell(501);
  const policy = await shop.policyJws(2, (changed) => {
    for (const group of changed.groups) if (group.id === 'cashier') group.rights = ['sell'];
  });
  await savePolicy(shop.db, policy);
  const noRight = (right: string) => ({ kind: 'refused', because: { kind: 'no-right', right } });
  expect(await out(901, 5)).toEqual(noRight('cash-in-out'));
  expect(await count(902, 5)).toEqual(noRight('close-shift'));
  expect(await close(903, 5)).toEqual(noRight('close-shift'));
  expect(
    await recordInShift(shop.db, 'drawer-opened', {
      ...by,
      id: id(904),
      reason: 'give-change',
      note: null,
    }),
  ).toEqual(noRight('cash-in-out'));
});

test('nothing closes while a receipt is being paid or a code is awaited', async () => {
  await sell(501);
  await count(901, BREAD);
  const draft = {
    receipt: receiptOf(id(502), {}),
    place: 'tender',
    checkout: NEW_CHECKOUT,
    askedBy: null,
    begun: false,
  } as const;
  await saveDraft(shop.db, draft);
  expect(await close(902, 0)).toEqual({
    kind: 'refused',
    because: { kind: 'under-way', what: 'payment' },
  });
  await saveDraft(shop.db, { ...draft, place: 'goods' });
  expect(await close(902, 0)).toMatchObject({ kind: 'saved' });
});

test('Z reports are listed newest first, in pages', async () => {
  for (let n = 0; n < 3; n += 1) {
    await sell(501 + n);
    await count(901 + 10 * n, BREAD);
    await close(902 + 10 * n, 0);
  }
  const first = await lastReports(shop.db, { before: null, limit: 2 });
  expect(first.map(({ body }) => body.number)).toEqual([3, 2]);
  const next = await lastReports(shop.db, { before: first.at(-1)?.seq ?? 0, limit: 2 });
  expect(next.map(({ body }) => body.number)).toEqual([1]);
});

test('the check of the journal recomputes a shift', async () => {
  await sell(501);
  await out(901, 500);
  await recordInShift(shop.db, 'drawer-opened', {
    ...by,
    id: id(902),
    reason: 'look-inside',
    note: null,
  });
  await count(903, BREAD - 500);
  await close(904, 0);
  await sell(502);
  expect(await findings()).toEqual([]);
  const { shift } = await shiftOf(shop.db);
  if (shift === undefined) expect.fail('no shift');
  const sales = { ...shift.totals.sales, cash: 1 };
  await shop.db.shifts.put({ ...shift, totals: { ...shift.totals, sales } });
  expect(await findings()).toMatchObject([{ kind: 'row', table: 'shifts', because: 'edited' }]);
});

test('the sums of a day are kept with every act, over shifts, and the check recomputes them', async () => {
  await sell(501);
  await out(901, 500);
  await count(903, BREAD - 500);
  await close(904, 0);
  await sell(502);
  const tomorrow = { operator: CASHIER, at: AT + 24 * HOUR };
  const receipt = receiptOf(id(503), { bread: 1, tenders: [cash(BREAD)] });
  await sellInShift(shop.db, { ...tomorrow, receipt, confirmations: [] });
  const [today, next] = await shop.db.days.toArray();
  if (today === undefined || next === undefined) expect.fail('no days');
  expect([today, next]).toMatchObject([
    {
      till: TILL,
      day: businessDay(AT, 'Europe/Moscow'),
      totals: { sales: { count: 2, cash: 2 * BREAD }, moved: [{ amount: 500 }], counts: 1 },
    },
    { totals: { sales: { count: 1 }, moved: [], counts: 0 } },
  ]);
  expect(await findings()).toEqual([]);

  const sales = { ...today.totals.sales, cash: 1 };
  await shop.db.days.put({ ...today, totals: { ...today.totals, sales } });
  await shop.db.days.delete([next.till, next.day]);
  await shop.db.days.put({ ...today, day: '2026-01-01' });
  expect(await findings()).toMatchObject([
    { kind: 'stray-row', table: 'days' },
    { kind: 'row', table: 'days', because: 'edited' },
    { kind: 'row', table: 'days', because: 'missing' },
  ]);
});

test('an act is of the day of the proven time, where the clock was set back', async () => {
  await sell(501);
  await saveMeta(shop.db, 'clock', { offsetMs: 0, contactAt: AT + 48 * HOUR });
  await out(901, 500);
  await sell(502);
  const day = businessDay(AT + 48 * HOUR, 'Europe/Moscow');
  expect(await shop.db.days.toArray()).toMatchObject([
    { totals: { sales: { count: 1 }, moved: [] } },
    { day, totals: { sales: { count: 1 }, moved: [{ amount: 500 }] } },
  ]);
  expect(await findings()).toEqual([]);
});

async function findings() {
  const till = await tillIn(shop.db);
  if (!isEnrolled(till)) expect.fail('no till');
  const judge = new ProofJudge(till);
  const how = { signal: new AbortController().signal, onprogress: () => {} };
  return (await verify(shop.db, till, (entry) => judge.judge(entry), how))?.findings;
}

test('where the float is to be counted, no act opens a shift, and nothing is written', async () => {
  const counted = await shop.policyJws(2, (policy) => void (policy.shifts.countFloat = true));
  await savePolicy(shop.db, counted);
  const before = await acts();
  const refused = { kind: 'refused', because: { kind: 'float-not-counted' } };
  expect(await sell(501)).toEqual(refused);
  expect(await out(502, 100)).toEqual(refused);
  const tenders = [{ kind: 'cash', amount: money(1_000) }] as const;
  const repayment = { ...by, repayment: id(503), customer: ANNA, tenders };
  expect(await saveRepayment(shop.db, repayment)).toEqual(refused);
  expect(await acts()).toEqual(before);
  const opened = await openShift(shop.db, { ...by, operator: SENIOR, float: money(7_000) });
  expect(opened.kind).toBe('saved');
  expect(await sell(501)).toMatchObject({ kind: 'saved' });
  expect(await expected()).toBe(7_000 + BREAD);
});

test('a re-enrolled till starts with the cash in its drawer', async () => {
  await sell(501);
  await beginReEnrolment(shop.db, { id: id(3) });
  const policy = await shop.policyJws(2);
  const named = { shop: SHOP, relayKey: shop.relay.publicKey, contract: 1, number: 2, policy };
  await completeReEnrolment(shop.db, named, { operator: SENIOR, at: AT + HOUR });
  await sell(502);
  expect(await shiftOf(shop.db)).toMatchObject({
    shift: { number: 1, opened: { float: BREAD, counted: false } },
  });
  expect(await expected()).toBe(2 * BREAD);
});
