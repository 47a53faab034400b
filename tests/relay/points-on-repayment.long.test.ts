// Points earned by repaying a debt: judged again by the relay and taken back.
// Also points given too often by tills that do not know of each other, or by a dishonest one.
import type { DebtRow } from '$lib/contract/rows';
import { codeHash } from '$lib/domain/values/receipt-number';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BodyOf, Entry, EntryOf } from '$lib/contract/journal';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import { givenBackBy } from '$lib/domain/acts/money/repayment-cancelled';
import { decideReturn } from '$lib/domain/acts/money/return';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { openDebts } from '$lib/domain/customers/debts';
import { pointsIn } from '$lib/domain/customers/loyalty';
import { money } from '$lib/domain/values/money';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { epochOf } from '../../relay/store/journal';
import { debtAt } from '../../relay/store/debts';
import { declarePutBack } from '../../relay/tills/restored';
import { CASHIER } from '../support/cashier';
import { PHONE, type Shop } from '../support/challenges';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';
import {
  arrive,
  flagsOf,
  look,
  messagesOf,
  openTwoTills,
  publish,
  SENDS_NOTHING,
} from '../support/two-tills';

type Repaid = BodyOf<'repayment'>;
type Cancelled = BodyOf<'repayment-cancelled'>;

let shop: Shop;
let customer: string;
let here: TillJournal;
let there: TillJournal;
let debt: DebtRow;
let sale: EntryOf<'sale'>;

/** A debt of 2 000,00 under a policy by which repaying it earns a point for each 100,00; known to both tills. */
beforeEach(async () => {
  ({ shop, here, there } = await openTwoTills());
  customer = uuidv7();
  await shop.trust(customer, PHONE);
  await publish(shop, (policy) => void (policy.points.onRepayment = true));
  for (const journal of [here, there])
    await add(journal, 'shift-opened', { float: 0, counted: false, left: 0, difference: 0 });
  debt = await owes(here);
  await arrive(here);
  for (const journal of [here, there]) await look(shop, journal);
});
afterEach(() => shop.stop());

/** How a debt earns under that policy. */
const POLICY = 2;
const override = (amount: number, by = shop.till.ownerId) =>
  overrideBy(by, amount, { connectivity: SENDS_NOTHING });
const add = (journal: TillJournal, act: string, body: object): Promise<Entry> =>
  journal.add({
    act,
    body: body as Entry['body'],
    operator: shop.till.ownerId,
    policy: POLICY,
  });
const policyNow = () => shop.relay.relay.policy()?.policy as VerifiedPolicy;

async function owes(journal: TillJournal): Promise<DebtRow> {
  const body = onAccountSale({ customer, onAccount: 200_000 }, override(200_000));
  const made = { operator: CASHIER, policy: POLICY };
  const entry = await journal.sale({ ...body, repaidEarns: 100 }, made);
  sale = entry as EntryOf<'sale'>;
  const { till, seq, at, hash } = entry;
  const earns = { moneyPaid: 0, basisPoints: 100, pointValue: 100 };
  const row = { customer, debt: hash, left: 200_000, repaid: NO_MONEY, earned: NOTHING_EARNED };
  return { ...row, made: { till, seq, at, amount: 200_000, dueAt: null, earns } };
}

async function repaid(
  journal: TillJournal,
  amount: number,
  change: Partial<Repaid> = {},
  rows = [debt],
): Promise<EntryOf<'repayment'>> {
  const decided = decideRepayment({
    card: null,
    at: shop.clock.now(),
    policy: policyNow(),
    operator: shop.till.ownerId,
    repayment: uuidv7(),
    customer,
    debts: openDebts(rows),
    tenders: [{ kind: 'cash', amount: money(amount) }],
  });
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  return (await add(journal, 'repayment', {
    ...decided.body,
    ...change,
  })) as EntryOf<'repayment'>;
}

/** The same with this number of points. */
const withPoints = (points: number, amount: number): Partial<Repaid> => ({
  earned: [{ debt: debt.debt, points }],
  accounts: [
    { customer, account: 'debt', delta: -amount },
    { customer, account: 'points', delta: points },
  ],
});

/** After this repayment alone. */
const after = (onMoney: number, points: number): DebtRow => ({
  ...debt,
  left: 200_000 - onMoney,
  repaid: { ...NO_MONEY, cash: onMoney },
  earned: { onMoney, points },
});

function cancelled(
  { till, seq, hash, body }: EntryOf<'repayment'>,
  change: Partial<Cancelled> = {},
): Promise<Entry> {
  const { amount, settles, earned } = body;
  const standing = { owed: money(200_000 - amount), points: pointsIn(earned) };
  const back = givenBackBy({
    policy: { cashRounding: null },
    repayment: { body },
    standing,
    debts: [after(amount, pointsIn(earned))],
  });
  const points = back.withheld.points - pointsIn(back.takenBack);
  return add(here, 'repayment-cancelled', {
    cancellation: uuidv7(),
    currency: 'RUB',
    customer,
    amount,
    settles,
    repayment: { till, seq, hash },
    reason: 'Не тот покупатель',
    ...back,
    accounts: [
      { customer, account: 'debt', delta: amount },
      ...(points === 0 ? [] : [{ customer, account: 'points', delta: points }]),
    ],
    confirmations: [override(amount)],
    allowedBy: null,
    ...change,
  });
}

const found = () => flagsOf(shop);
const told = (purpose: string) => messagesOf(shop, purpose);
const points = () =>
  shop.relay.file.prepare("SELECT SUM(delta) FROM journal_steps WHERE account = 'points'").pluck();
const rowHere = () =>
  debtAt(shop.relay.relay.db, { customer, debt: debt.debt, device: [here.till.id], seen: 1e9 });

test('what is repaid earns points, and the customer is notified of them', async () => {
  await repaid(here, 99_500);
  await arrive(here);
  expect(found()).toEqual([]);
  expect(points().get()).toBe(9);
  expect(await rowHere()).toMatchObject({
    earned: { onMoney: 99_500, points: 9 },
    made: { amount: 200_000, earns: { moneyPaid: 0, basisPoints: 100, pointValue: 100 } },
  });
  expect(told('repayment')[0]).toMatch(/: принято 995,00 ₽ в счёт долга, баллы \+9, \d\d\.\d\d /);
  // the next part completes a point
  await repaid(here, 500, {}, [after(99_500, 9)]);
  await arrive(here);
  expect(found()).toEqual([]);
  expect(points().get()).toBe(10);
});

test('a sale whose debt earns points although the policy gives none breaks the rules', async () => {
  await shop.till.elevate();
  await publish(shop, (policy) => void (policy.points.onRepayment = false));
  const body = onAccountSale({ customer, onAccount: 5000 }, override(5000));
  await here.sale({ ...body, repaidEarns: 100 }, { operator: CASHIER, policy: POLICY + 1 });
  await arrive(here);
  expect(found()).toEqual([['differs', 'repaidEarns']]);
});

test('a till that gives more points than the rule says is flagged', async () => {
  await repaid(here, 100_000, withPoints(11, 100_000));
  await arrive(here);
  expect(found()).toEqual([['differs', 'earned.0.points']]);
});

const NOT_THERE = 'd'.repeat(64);
/** A debt that the relay has in no journal. */
const notHere = (): DebtRow => ({ ...debt, debt: NOT_THERE });

describe.each<[string, Entry['seen']]>([
  ['had downloaded nothing', { epoch: 0, order: 0 }],
  ['knows another relay’s order', { epoch: 4711, order: 9 }],
])('a till that says it %s', (_, seen) => {
  beforeEach(() => void (here.seen = seen));

  test('gives no more points for a sale than it can ever earn, over all its repayments', async () => {
    await repaid(here, 1, withPoints(20, 1));
    await arrive(here);
    expect(found()).toEqual([['earned-elsewhere', null]]);
    await repaid(here, 1, withPoints(1, 1), [after(1, 20)]);
    await arrive(here);
    expect(found().slice(1)).toEqual([['differs', 'earned']]);
  });

  test('is believed if its money earns that much', async () => {
    await repaid(here, 99_500);
    await repaid(here, 500, {}, [after(99_500, 9)]);
    await arrive(here);
    expect(found()).toEqual([]);
    expect(points().get()).toBe(10);
  });

  test('gives no points for a debt that nobody knows', async () => {
    const one = { ...withPoints(1, 20_000), earned: [{ debt: NOT_THERE, points: 1 }] };
    await repaid(here, 20_000, one, [notHere()]);
    await arrive(here);
    expect(found()).toEqual([['differs', 'earned']]);
  });

  test('takes back all points of a repayment that it cancels', async () => {
    const repayment = await repaid(here, 100_000);
    await cancelled(repayment, {
      takenBack: [],
      accounts: [{ customer, account: 'debt', delta: 100_000 }],
    });
    await arrive(here);
    expect(found()).toEqual([['earned-elsewhere', null]]);
  });

  test('withholds the value of points that are spent', async () => {
    const repayment = await repaid(here, 100_000);
    await cancelled(repayment, {
      takenBack: [{ debt: debt.debt, points: 10 }],
      withheld: { points: 1, amount: 100_000 },
      refunds: [],
      accounts: [
        { customer, account: 'debt', delta: 100_000 },
        { customer, account: 'points', delta: -9 },
      ],
    });
    await arrive(here);
    expect(found()).toEqual([['differs', 'withheld']]);
    expect(told('act').at(-1)).toMatch(
      /отменено погашение долга .*, из денег удержано 1.000,00.₽: потрачено 1.балл, /,
    );
  });

  test('gives back the money in the way it was paid', async () => {
    const repayment = await repaid(here, 100_000);
    await cancelled(repayment, { refunds: [{ kind: 'card', amount: 100_000 }] });
    await arrive(here);
    expect(found()).toEqual([['differs', 'refunds.0.kind']]);
  });
});

describe('once the relay was restored from a backup', () => {
  beforeEach(async () => {
    here.seen = { epoch: await epochOf(shop.relay.relay.db), order: 1000 };
    await declarePutBack(shop.relay.relay);
  });

  test('a debt that it has lost earns by the policy', async () => {
    await repaid(here, 20_000, {}, [notHere()]);
    await arrive(here);
    expect(found()).toEqual([]);
    expect(points().get()).toBe(2);
  });

  test('points beyond the policy for such a debt are a discrepancy', async () => {
    const more = { ...withPoints(3, 20_000), earned: [{ debt: NOT_THERE, points: 3 }] };
    await repaid(here, 20_000, more, [notHere()]);
    await arrive(here);
    expect(found()).toEqual([['earned-elsewhere', null]]);
  });

  test('is judged again when its sale comes', async () => {
    const body = onAccountSale({ customer, onAccount: 5000 }, override(5000));
    const terms = { ...body, repaidEarns: 100 };
    const late = await there.sale(terms, { operator: CASHIER, policy: POLICY });
    await repaid(here, 20_000, {}, [{ ...debt, debt: late.hash }]);
    await arrive(here);
    expect(found()).toEqual([]);
    await arrive(there);
    expect(found()).toEqual([['earned-elsewhere', null]]);
  });
});

test('a debt repaid at two tills is a discrepancy, which names the other till’s repayment', async () => {
  const one = await repaid(here, 200_000);
  await repaid(there, 200_000);
  await arrive(here);
  await arrive(there);
  expect(found()).toEqual([
    ['repaid-elsewhere', null],
    ['earned-elsewhere', null],
  ]);
  const against = shop.relay.file
    .prepare("SELECT entry FROM journal WHERE act = 'discrepancy-found' ORDER BY shop_order")
    .pluck()
    .all() as string[];
  const bodies = against.map((text) => (JSON.parse(text) as Entry).body);
  expect(bodies.find(({ kind }) => kind === 'earned-elsewhere')).toMatchObject({
    against: [{ hash: one.hash }],
  });
});

test('parts repaid at two tills are no discrepancy if they earn no point too many', async () => {
  await repaid(here, 60_000);
  await repaid(there, 60_000);
  await arrive(here);
  await arrive(there);
  expect(found()).toEqual([]);
  expect(points().get()).toBe(12);
});

test('a cancellation takes them back without a code of their own', async () => {
  const repayment = await repaid(here, 100_000);
  await arrive(here);
  await look(shop, here);
  const acts = told('act').length;
  await cancelled(repayment);
  await arrive(here);
  expect(found()).toEqual([]);
  expect(points().get()).toBe(0);
  expect(told('act').slice(acts)).toEqual([
    expect.stringMatching(/отменено погашение долга 1\s?000,00 ₽ без кода/),
  ]);
  expect(await rowHere()).toMatchObject({ left: 200_000, earned: { onMoney: 0, points: 0 } });
});

test('one that takes more breaks the rules, and is reported as points taken without a code', async () => {
  const repayment = await repaid(here, 100_000);
  await arrive(here);
  await look(shop, here);
  await cancelled(repayment, {
    takenBack: [{ debt: debt.debt, points: 30 }],
    accounts: [
      { customer, account: 'debt', delta: 100_000 },
      { customer, account: 'points', delta: -30 },
    ],
  });
  await arrive(here);
  expect(found()).toEqual([['differs', 'takenBack.0.points']]);
  expect(told('act').at(-1)).toMatch(/списано 30 баллов/);
});

test('if the relay does not know what the till knew, the customer is notified of points taken', async () => {
  const repayment = await repaid(here, 100_000);
  await arrive(here);
  here.seen = { epoch: 77, order: 3 };
  await cancelled(repayment);
  await arrive(here);
  expect(found()).toEqual([]);
  expect(told('act').at(-1)).toMatch(/списано 10 баллов/);
});

test('a return takes them back in proportion to the money', async () => {
  await repaid(here, 200_000);
  await arrive(here);
  await look(shop, here);
  const decided = decideReturn({
    card: null,
    policy: policyNow(),
    operator: shop.till.ownerId,
    return: uuidv7(),
    points: 20,
    at: shop.clock.now(),
    sale,
    goods: [{ line: 0, quantity: 1000, to: 'stock' }],
    since: { debts: [after(200_000, 20)], returns: [] },
    inCash: false,
    shown: 'paper',
    scanned: codeHash(sale.hash),
    reason: 'faulty',
    note: null,
    approvedBy: null,
    guardedToday: 0,
    givenToday: 0,
    asked: null,
  });
  if (decided.kind === 'refused') throw new Error(decided.because.kind);
  expect(decided.body).toMatchObject({ pointsTakenBack: 20 });
  await add(here, 'return', decided.body);
  await arrive(here);
  expect(found()).toEqual([]);
  expect(points().get()).toBe(0);
});
