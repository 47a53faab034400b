// Points for repaying a debt, on the disk: earned, taken back, verified.
// They are counted together with those of other tills.
import { codeHash } from '$lib/domain/values/receipt-number';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EntryOf } from '$lib/contract/journal';
import { money } from '$lib/domain/values/money';
import { standingIn } from '$lib/storage/customers/accounts';
import { debtsOf, saveRepayment } from '$lib/storage/customers/debts';
import { savePolicy } from '$lib/storage/policy/policies';
import { saveCancellation } from '$lib/storage/sales/cancelled-repayments';
import { returnFactsOf, saveReturn } from '$lib/storage/sales/returns';
import { shiftOf } from '$lib/storage/shifts/shifts';
import {
  AT,
  BORIS,
  CASHIER,
  discard,
  id,
  openShop,
  overrideBy,
  OWNER,
  receiptOf,
  SENIOR,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
let sale: EntryOf<'sale'>;

beforeEach(async () => {
  shop = await openShop();
  await savePolicy(
    shop.db,
    await shop.policyJws(2, (policy) => void (policy.points.onRepayment = true)),
  );
  const sold = await shop.sell(
    receiptOf(id(600), { customer: BORIS }),
    [overrideBy(SENIOR, 'sell-on-account')],
    { operator: SENIOR },
  );
  if (sold.kind !== 'saved') throw new Error('not sold');
  sale = sold.entry as EntryOf<'sale'>;
});
afterEach(() => discard(shop.db));

async function repay(amount: number, repayment = id(700)): Promise<EntryOf<'repayment'>> {
  const outcome = await saveRepayment(shop.db, {
    repayment,
    customer: BORIS,
    operator: CASHIER,
    at: AT,
    tenders: [{ kind: 'cash', amount: money(amount) }],
  });
  if (outcome.kind !== 'saved') throw new Error('not repaid');
  return outcome.entry;
}

const points = async () => (await standingIn(shop.db, BORIS)).points;
const rowHere = () => shop.db.debts.get([BORIS, sale.hash]);

test('parts earn together what one payment earns, and the row of the debt keeps both', async () => {
  const { onAccount } = sale.body;
  expect(sale.body).toMatchObject({ repaidEarns: 100, pointsEarned: 0 });
  const before = await points();
  const earned = Math.floor(onAccount / 10_000);
  const part = Math.floor(onAccount / 3);
  await repay(part);
  await repay(part, id(701));
  await repay(onAccount - 2 * part, id(702));
  expect(await points()).toBe(before + earned);
  expect(await rowHere()).toMatchObject({
    left: 0,
    earned: { onMoney: onAccount, points: earned },
    made: { earns: { moneyPaid: 0, basisPoints: 100, pointValue: 100 } },
  });
  expect((await shiftOf(shop.db)).shift?.totals.pointsEarned).toBe(earned);
  const { since } = await returnFactsOf(shop.db, sale, { operator: OWNER, at: AT });
  expect(since.debts).toMatchObject([{ earned: { points: earned } }]);
});

test('what another till took off the debt counts as well', async () => {
  const theirs = 9_000;
  await shop.db.remoteDebts.put({
    customer: BORIS,
    debt: sale.hash,
    left: -theirs,
    made: null,
    repaid: { cash: theirs, card: 0, transfer: 0 },
    earned: { onMoney: theirs, points: 0 },
  });
  // it completes the first point
  const { body } = await repay(1_000);
  expect(body.earned).toEqual([{ debt: sale.hash, points: 1 }]);
});

test('a cancellation takes the points back, and a return takes what is left of them', async () => {
  const { onAccount } = sale.body;
  const before = await points();
  const repayment = await repay(onAccount);
  const cancelled = await saveCancellation(shop.db, {
    allowedBy: null,
    cancellation: id(800),
    repayment,
    reason: 'Не тот покупатель',
    operator: OWNER,
    at: AT,
    confirmations: [overrideBy(OWNER, 'sell-on-account')],
  });
  expect(cancelled).toMatchObject({
    kind: 'saved',
    entry: { body: { takenBack: [{ points: Math.floor(onAccount / 10_000) }] } },
  });
  expect(await points()).toBe(before);
  expect(await rowHere()).toMatchObject({ left: onAccount, earned: { onMoney: 0, points: 0 } });

  await repay(onAccount, id(701));
  const returned = await saveReturn(shop.db, {
    return: id(900),
    sale,
    operator: OWNER,
    at: AT,
    inCash: false,
    shown: 'paper',
    scanned: codeHash(sale.hash),
    goods: sale.body.lines.map(({ quantity }, line) => ({ line, quantity, to: 'stock' as const })),
    reason: 'faulty',
    note: null,
    approvedBy: SENIOR,
  });
  expect(returned).toMatchObject({
    entry: { body: { pointsTakenBack: Math.floor(onAccount / 10_000) } },
  });
  expect(await points()).toBe(before);
  expect((await debtsOf(shop.db, BORIS)).open).not.toContainEqual(
    expect.objectContaining({ debt: sale.hash }),
  );
});
