// Debts on the disk: what each sale left, and what repayments take off, over all tills.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { money } from '$lib/domain/values/money';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { standingIn } from '$lib/storage/customers/accounts';
import { debtsOf, saveRepayment, overdueByCustomer } from '$lib/storage/customers/debts';
import { debtorsOf } from '$lib/storage/customers/debtors';
import { movementsOf, settledDebts, statementOf } from '$lib/storage/customers/statement';
import { latestEntries, latestRepayments } from '$lib/storage/journal/reader';
import {
  ANNA,
  AT,
  BORIS,
  CASHIER,
  discard,
  HOUR,
  id,
  MINUTE,
  openShop,
  overrideBy,
  owingOf,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const ON_ACCOUNT = 'sell-on-account';

/** Makes a debt of Boris. Returns the hash of its entry and its amount. */
async function owes(sale: number, at = AT): Promise<{ debt: string; amount: number }> {
  const saved = await shop.sell(owingOf(id(sale), BORIS), [overrideBy(SENIOR, ON_ACCOUNT)], { at });
  if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved.because));
  return { debt: saved.entry.hash, amount: saved.sale.onAccount };
}

const repay = (cash: number, repayment = id(900), customer = BORIS) =>
  saveRepayment(shop.db, {
    repayment,
    customer,
    operator: CASHIER,
    at: AT + HOUR,
    tenders: [{ kind: 'cash', amount: money(cash) }],
  });

test('a repayment takes the oldest debt first, and the rest stays', async () => {
  const first = await owes(501);
  const second = await owes(502, AT + MINUTE);
  expect(await repay(first.amount + 100)).toMatchObject({
    kind: 'saved',
    entry: { act: 'repayment', body: { amount: first.amount + 100, changeDue: 0 } },
  });
  const { open, weOwe } = await debtsOf(shop.db, BORIS);
  expect(open).toMatchObject([{ debt: second.debt, left: second.amount - 100 }]);
  expect(weOwe).toBe(0);
  expect((await standingIn(shop.db, BORIS)).owed).toBe(second.amount - 100);
});

test('the same repayment twice is saved once', async () => {
  const { amount } = await owes(501);
  const [one, other] = [await repay(amount - 100), await repay(amount - 100)];
  expect(other).toEqual(one);
  expect((await standingIn(shop.db, BORIS)).owed).toBe(100);
  expect(
    await latestEntries(shop.db, { before: null, limit: 10, acts: ['repayment'] }),
  ).toHaveLength(1);
});

test('what other tills took off counts, and more than is owed cannot be taken', async () => {
  const { debt, amount } = await owes(501);
  await shop.db.remoteDebts.put({
    customer: BORIS,
    debt,
    left: -amount + 300,
    repaid: { ...NO_MONEY, cash: amount - 300 },
    earned: NOTHING_EARNED,
    made: null,
  });
  expect(await repay(amount)).toMatchObject({
    kind: 'saved',
    entry: { body: { amount: 300, changeDue: amount - 300, settles: [{ debt, amount: 300 }] } },
  });
  expect(await repay(100, id(901))).toEqual({ kind: 'refused', because: { kind: 'nothing-owed' } });
});

test('a debt of another till can be repaid here', async () => {
  const debt = 'e'.repeat(64);
  // older than their debts at this till
  const made = { till: id(77), seq: 5, at: 1, amount: 5000, dueAt: null, earns: null };
  await shop.db.remoteDebts.put({
    customer: ANNA,
    debt,
    left: 5000,
    repaid: NO_MONEY,
    earned: NOTHING_EARNED,
    made,
  });
  expect(await repay(5000, id(900), ANNA)).toMatchObject({ kind: 'saved' });
  const { open } = await debtsOf(shop.db, ANNA);
  expect(open.map((each) => each.debt)).not.toContain(debt);
});

test('a repayment of a customer whom this till does not know is refused', async () => {
  expect(await repay(100, id(900), id(999))).toEqual({
    kind: 'refused',
    because: { kind: 'no-customer' },
  });
});

test('a statement counts back from what is owed, over all tills, and says where it begins', async () => {
  const first = await owes(501);
  await owes(502, AT + MINUTE);
  await repay(first.amount + 100);
  // what another till took on account; older steps of that till are not here
  const remote = { till: id(77), seq: 5, account: 'debt', customer: BORIS, index: 0 } as const;
  const hash = 'e'.repeat(64);
  await shop.db.remoteAccountEntries.put({
    ...remote,
    hash,
    at: AT + 2 * MINUTE,
    delta: 700,
    order: 9,
  });
  await shop.db.remoteBalances.put({ customer: BORIS, account: 'debt', sum: 1_000 });
  const owed = first.amount - 100 + 1_000;
  const whole = await statementOf(shop.db, BORIS, 10);
  expect(whole.owed).toBe(owed);
  expect(whole.movements).toMatchObject([
    { delta: -first.amount - 100, after: owed, entry: { act: 'repayment' } },
    { delta: 700, after: owed + first.amount + 100, entry: null },
    { delta: first.amount, after: owed + first.amount - 600, entry: { act: 'sale' } },
    { delta: first.amount, after: first.amount + 300, entry: { act: 'sale' } },
  ]);
  expect([whole.before, whole.more]).toEqual([300, false]);
  expect(whole.open).toMatchObject([{ left: first.amount - 100, entry: { act: 'sale' } }]);
  const newest = await statementOf(shop.db, BORIS, 1);
  expect([newest.movements.length, newest.more]).toEqual([1, true]);
  expect(newest.before).toBe(owed + first.amount + 100);
});

test('each sum has its own running total, and points given and taken by one act are two movements', async () => {
  const { debt } = await owes(501);
  const bought = 100_000;
  const remote = { till: id(77), seq: 5, customer: BORIS, hash: 'e'.repeat(64), order: 9 } as const;
  const at = AT + MINUTE;
  await shop.db.remoteAccountEntries.bulkPut([
    { ...remote, at, index: 0, account: 'points', delta: -30 },
    { ...remote, at, index: 1, account: 'points', delta: 4 },
    { ...remote, at, index: 2, account: 'purchases', delta: 900 },
  ]);
  const { points } = await standingIn(shop.db, BORIS);
  await shop.db.remoteBalances.bulkPut([
    { customer: BORIS, account: 'points', sum: -26 },
    { customer: BORIS, account: 'purchases', sum: 900 },
  ]);
  const moved = await movementsOf(shop.db, BORIS, 'points', 2);
  expect(moved.movements).toMatchObject([
    { delta: 4, after: points - 26, card: BORIS },
    { delta: -30, after: points - 30, card: BORIS },
  ]);
  expect(moved.before).toBe(points);
  expect(await movementsOf(shop.db, BORIS, 'purchases', 9)).toMatchObject({
    movements: [
      { delta: 900, after: bought + 900 },
      { delta: bought, after: bought, hash: debt, entry: { act: 'sale' } },
    ],
    before: 0,
    more: false,
  });
});

test('a repayment names the debts it settled, and the newest repayments come first', async () => {
  const first = await owes(501);
  const second = await owes(502, AT + MINUTE);
  const one = await repay(first.amount + 100);
  if (one.kind !== 'saved') throw new Error(one.because.kind);
  expect(await settledDebts(shop.db, one.entry.body)).toMatchObject([
    { debt: first.debt, amount: first.amount, entry: { hash: first.debt } },
    { debt: second.debt, amount: 100, entry: { hash: second.debt } },
  ]);
  await repay(200, id(901));
  expect(await latestRepayments(shop.db, 10)).toMatchObject([
    { body: { repayment: id(901) } },
    { body: { repayment: id(900) } },
  ]);
  // other acts have ids in the same table
  const { till, seq } = one.entry;
  await shop.db.actIds.bulkPut(
    [1, 2].map((n) => ({ id: id(950 + n), till, seq: seq - 1, hash: second.debt })),
  );
  expect(await latestRepayments(shop.db, 1)).toMatchObject([{ body: { repayment: id(901) } }]);
});

const DAY = 24 * HOUR;

test('customers who owe are found over all tills, with each debt by its age', async () => {
  const first = await owes(501);
  await owes(502, AT + 40 * DAY);
  await repay(first.amount - 100);
  const made = { till: id(77), seq: 5, at: AT - 60 * DAY, amount: 700, dueAt: null, earns: null };
  await shop.db.remoteDebts.bulkPut([
    {
      customer: BORIS,
      debt: 'e'.repeat(64),
      left: 700,
      repaid: NO_MONEY,
      earned: NOTHING_EARNED,
      made,
    },
    // a debt paid at another till
    {
      customer: BORIS,
      debt: first.debt,
      left: -40,
      repaid: { ...NO_MONEY, cash: 40 },
      earned: NOTHING_EARNED,
      made: null,
    },
    // a debt that another till took from a customer who owes nothing any more
    {
      customer: ANNA,
      debt: 'f'.repeat(64),
      left: -50_000,
      repaid: { ...NO_MONEY, cash: 50_000 },
      earned: NOTHING_EARNED,
      made,
    },
  ]);
  expect(await debtorsOf(shop.db, AT + 50 * DAY, null)).toEqual([
    {
      customer: BORIS,
      owed: 60 + first.amount + 700,
      overdue: 0,
      byAge: { 0: first.amount, 31: 60, 61: 0, 91: 700 },
      oldestAt: AT - 60 * DAY,
    },
  ]);
  const late = 60 + 700;
  expect(await debtorsOf(shop.db, AT + 50 * DAY, 31)).toMatchObject([{ overdue: late }]);
  expect(await overdueByCustomer(shop.db, [ANNA, BORIS], AT + 50 * DAY, 31)).toEqual(
    new Map([[BORIS, late]]),
  );
});
