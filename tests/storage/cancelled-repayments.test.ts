// Cancelled repayments and paid-out overpayments on the disk.
// Each happens once, decided by what is stored, whatever a screen allows.
import { codeHash } from '$lib/domain/values/receipt-number';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EntryOf } from '$lib/contract/journal';
import type { Grant } from '$lib/contract/grant';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { money } from '$lib/domain/values/money';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { expectedCash } from '$lib/domain/shift/shift';
import { cancellationHash, phoneHash } from '$lib/proof/deal';
import { signGrant } from '$lib/proof/grant';
import { debtsOf, savePayout, saveRepayment } from '$lib/storage/customers/debts';
import { customerById } from '$lib/storage/customers/customers';
import {
  cancellationFacts,
  saveCancellation,
  type CancellationAttempt,
} from '$lib/storage/sales/cancelled-repayments';
import { savePolicy } from '$lib/storage/policy/policies';
import { latestRepayments } from '$lib/storage/journal/reader';
import { saveReturn } from '$lib/storage/sales/returns';
import { closeShift, countDrawer, shiftOf } from '$lib/storage/shifts/shifts';
import {
  ANNA,
  AT,
  BORIS,
  CASHIER,
  discard,
  downloaded,
  HOUR,
  id,
  MINUTE,
  openShop,
  overrideBy,
  OWNER,
  receiptOf,
  SENIOR,
  SHOP,
  TILL,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
let sale: EntryOf<'sale'>;
let repayment: EntryOf<'repayment'>;
const PAID = 4_000;

beforeEach(async () => {
  shop = await openShop();
  const sold = await shop.sell(
    receiptOf(id(600), { customer: BORIS }),
    [overrideBy(SENIOR, 'sell-on-account')],
    { operator: SENIOR },
  );
  if (sold.kind !== 'saved') throw new Error('not sold');
  sale = sold.entry as EntryOf<'sale'>;
  const repaid = await saveRepayment(shop.db, {
    repayment: id(700),
    customer: BORIS,
    operator: CASHIER,
    at: AT,
    tenders: [{ kind: 'cash', amount: money(PAID) }],
  });
  if (repaid.kind !== 'saved') throw new Error('not repaid');
  repayment = repaid.entry;
});
afterEach(() => discard(shop.db));

const cancel = (change: Partial<CancellationAttempt> = {}) =>
  saveCancellation(shop.db, {
    allowedBy: null,
    cancellation: id(800),
    repayment,
    reason: 'Не тот покупатель',
    operator: OWNER,
    at: AT,
    confirmations: [overrideBy(OWNER, 'sell-on-account')],
    ...change,
  });

const owed = async () => {
  const { open, weOwe } = await debtsOf(shop.db, BORIS);
  return open.reduce((sum, { left }) => sum + left, 0) - weOwe;
};
const inDrawer = async () => {
  const { shift } = await shiftOf(shop.db);
  return shift === undefined ? null : expectedCash(shift);
};

async function coded(amount = PAID, operator = OWNER) {
  const card = await customerById(shop.db, BORIS);
  if (card === null || card.phone === null) throw new Error('nobody to ask');
  const { phone, cardSalt } = card;
  const deal = { cancellation: id(800), customerId: BORIS, cardSalt, phone, amount };
  const grant: Grant = {
    v: 1,
    shop: SHOP,
    till: TILL,
    challenge: id(801),
    action: 'cancel-repayment',
    operator,
    receipt: id(800),
    customer: BORIS,
    person: null,
    amount: { minor: amount, currency: 'RUB' },
    phoneHash: await phoneHash(cardSalt, phone),
    phoneSince: AT - 100 * HOUR,
    dealHash: await cancellationHash({ ...deal, repayment: repayment.hash }),
    channel: 'sms',
    provider: 'smsru',
    broughtIn: null,
    weak: false,
    demo: false,
    iat: AT,
    exp: AT + 15 * MINUTE,
  };
  const jws = await signGrant(grant, shop.relay.privateKey, shop.relay.kid);
  return { kind: 'code', action: 'sell-on-account', jws } as const;
}

test('with the customer’s code the debt is back and the money out of the drawer, once', async () => {
  const [before, cash] = [await owed(), await inDrawer()];
  const confirmations = [await coded()];
  const first = await cancel({ confirmations });
  expect(first).toMatchObject({ kind: 'saved', entry: { body: { amount: PAID } } });
  expect(await cancel({ confirmations })).toEqual(first);
  expect([await owed(), await inDrawer()]).toEqual([before + PAID, (cash ?? 0) - PAID]);
  expect((await cancellationFacts(shop.db, repayment, AT)).isCancelled).toBe(true);
  expect(await cancel({ cancellation: id(802) })).toMatchObject({
    kind: 'refused',
    because: { kind: 'already-cancelled' },
  });
});

test('without the right it takes a colleague who has it, and names them', async () => {
  const code = [await coded(PAID, CASHIER)];
  const lent = { operator: CASHIER, confirmations: code };
  expect(await cancel(lent)).toMatchObject({ kind: 'refused', because: { kind: 'no-right' } });
  expect(await cancel({ ...lent, allowedBy: CASHIER })).toMatchObject({ kind: 'refused' });
  const saved = await cancel({ ...lent, allowedBy: OWNER });
  expect(saved).toMatchObject({ kind: 'saved', entry: { body: { allowedBy: OWNER } } });
});

test('past the screen: of another sum, shift or customer, or after a return, it is refused', async () => {
  const because = async (change: Partial<CancellationAttempt> = {}) => {
    const outcome = await cancel(change);
    return outcome.kind === 'refused' ? outcome.because.kind : outcome.kind;
  };
  expect(await because({ confirmations: [await coded(1)] })).toBe('grant-not-for-this-deal');
  expect(await because({ confirmations: [] })).toBe('confirmation-missing');
  expect(await because({ operator: CASHIER })).toBe('no-right');
  const other = { ...repayment, body: { ...repayment.body, customer: id(99) } };
  expect(await because({ repayment: other })).toBe('no-customer');
  const returned = await saveReturn(shop.db, {
    ...({
      return: id(900),
      sale,
      inCash: false,
      shown: 'paper',
      scanned: codeHash(sale.hash),
      reason: 'faulty',
    } as const),
    ...({ note: null, approvedBy: null, operator: SENIOR, at: AT } as const),
    goods: [{ line: 0, quantity: 1000, to: 'stock' }],
  });
  expect(returned.kind).toBe('saved');
  expect(await because()).toBe('goods-returned');
  const drawer = { operator: SENIOR, at: AT, note: null };
  await countDrawer(shop.db, {
    ...drawer,
    id: id(901),
    counted: money(5_000),
    pieces: [],
    terminal: [],
  });
  const close = { ...drawer, id: id(902), left: money(0), reason: 'unknown' } as const;
  expect((await closeShift(shop.db, close)).kind).toBe('saved');
  expect(await because()).toBe('other-shift');
});

const payOut = (amount: number, payout = id(810), customer = BORIS) =>
  savePayout(shop.db, {
    allowedBy: null,
    payout,
    customer,
    amount: money(amount),
    tender: 'cash',
    operator: OWNER,
    at: AT,
  });

test('a payout that a colleague allowed names them in the journal, and needs no other right', async () => {
  const policy = await shop.policyJws(2, ({ operators, groups }) => {
    const own = operators.find((one) => one.id === CASHIER)?.group;
    for (const group of groups)
      if (group.id === own) group.rights = group.rights.filter((right) => right !== 'return');
  });
  await savePolicy(shop.db, policy);
  await downloaded(shop.db);
  await overpaid(9_000);
  const attempt = {
    payout: id(810),
    customer: BORIS,
    amount: money(9_000),
    tender: 'cash',
  } as const;
  const paid = (allowedBy: string | null) =>
    savePayout(shop.db, { ...attempt, operator: CASHIER, at: AT, allowedBy });
  const noRight = { kind: 'refused', because: { kind: 'no-right' } };
  expect(await paid(null)).toMatchObject(noRight);
  expect(await paid(CASHIER)).toMatchObject(noRight);
  expect(await paid(SENIOR)).toMatchObject({
    kind: 'saved',
    entry: { operator: CASHIER, body: { allowedBy: SENIOR } },
  });
  expect((await debtsOf(shop.db, BORIS)).weOwe).toBe(0);
});

/** Another till took this much more off Boris's debt than he owed. */
async function overpaid(amount: number): Promise<void> {
  const twice = {
    debt: sale.hash,
    left: -(await owed()) - amount,
    repaid: NO_MONEY,
    earned: NOTHING_EARNED,
    made: null,
  };
  await shop.db.remoteDebts.put({ customer: BORIS, ...twice });
}

test('what they went on to owe counts with all cards of their account', async () => {
  const credit = { kind: 'unlimited' } as const;
  const row = { customer: ANNA, credit, edit: null, creditEdit: null, order: 1 };
  await shop.db.remoteCards.put({ ...row, mergedInto: BORIS } as never);
  const owedSince = async () => (await cancellationFacts(shop.db, repayment, AT)).owedSince;
  expect(await owedSince()).toBe(0);
  await shop.sell(receiptOf(id(601), { customer: ANNA }), [overrideBy(SENIOR, 'sell-on-account')], {
    operator: SENIOR,
    at: AT + MINUTE,
  });
  expect(await owedSince()).toBeGreaterThan(0);
});

test('nothing is paid out before the till has downloaded what the others did', async () => {
  await overpaid(900);
  expect(await payOut(900)).toEqual({ kind: 'refused', because: { kind: 'not-downloaded' } });
  await downloaded(shop.db);
  expect(await payOut(900)).toMatchObject({ kind: 'saved' });
});

test('an overpayment is paid out once, and not beyond what the shop owes', async () => {
  await overpaid(900);
  await downloaded(shop.db);
  const cash = (await inDrawer()) ?? 0;
  expect(await payOut(901)).toMatchObject({ because: { kind: 'more-than-we-owe', allowed: 900 } });
  expect(await payOut(1, id(811), ANNA)).toMatchObject({ because: { kind: 'more-than-we-owe' } });
  const first = await payOut(900);
  expect(await payOut(900)).toEqual(first);
  expect([await owed(), await inDrawer()]).toEqual([0, cash - 900]);
  expect(await payOut(1, id(812))).toMatchObject({ because: { kind: 'more-than-we-owe' } });
  expect(await latestRepayments(shop.db, 1)).toMatchObject([{ act: 'overpayment-returned' }]);
});
