// Returns on the disk: decided by what this till knows of the sale over all tills, and saved once.
import { codeHash } from '$lib/domain/values/receipt-number';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Grant } from '$lib/contract/grant';
import type { EntryOf } from '$lib/contract/journal';
import { NOTHING_EARNED } from '$lib/domain/customers/account-rows';
import { NO_MONEY, type MoneyParts } from '$lib/domain/values/settlement';
import { phoneHash, returnHash } from '$lib/proof/deal';
import { signGrant } from '$lib/proof/grant';
import { customerById } from '$lib/storage/customers/customers';
import { standingIn } from '$lib/storage/customers/accounts';
import { debtsOf, saveRepayment } from '$lib/storage/customers/debts';
import { saveMeta } from '$lib/storage/database/meta';
import { savePolicy } from '$lib/storage/policy/policies';
import { correctTender } from '$lib/storage/sales/corrected-tenders';
import {
  returnEntriesOf,
  returnFactsOf,
  saveReturn,
  type ReturnAttempt,
} from '$lib/storage/sales/returns';
import { openShift, shiftOf } from '$lib/storage/shifts/shifts';
import { businessDay } from '$lib/domain/values/business-day';
import { money } from '$lib/domain/values/money';
import {
  AT,
  BORIS,
  BREAD,
  cash,
  CHEESE,
  discard,
  HOUR,
  id,
  openShop,
  overrideBy,
  OWNER,
  owingOf,
  policyOf,
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

/** Sells Boris two cheeses for 2 000.00, of which 460.00 is paid in cash. */
async function owing(): Promise<EntryOf<'sale'>> {
  const given = [overrideBy(SENIOR, 'sell-on-account')];
  const saved = await shop.sell(owingOf(id(501), BORIS, 2), given);
  if (saved.kind !== 'saved') throw new Error(saved.because.kind);
  return saved.entry as EntryOf<'sale'>;
}

type OfSale = Extract<ReturnAttempt, { readonly shown: unknown }>;

const giveBack = (sale: EntryOf<'sale'>, change: Partial<OfSale> = {}) =>
  saveReturn(shop.db, {
    ...({
      return: id(900),
      sale,
      inCash: false,
      shown: 'paper',
      scanned: codeHash(sale.hash),
      reason: 'faulty',
    } as const),
    ...({ note: null, approvedBy: null, operator: SENIOR, at: AT + HOUR } as const),
    goods: [{ line: 0, quantity: 1000, to: 'stock' }],
    ...change,
  });

test('of two simultaneous returns of a whole sale, one is saved', async () => {
  const sale = await owing();
  const goods = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
  const outcomes = await Promise.all(
    [id(900), id(901)].map((each) => giveBack(sale, { return: each, goods })),
  );
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['refused', 'saved']);
  expect(outcomes.find(({ kind }) => kind === 'refused')).toMatchObject({
    because: { kind: 'too-many', left: 0 },
  });
  expect(await returnEntriesOf(shop.db, sale.hash)).toHaveLength(1);
});

test('the debt of the sale goes first, then money, and the drawer has so much less', async () => {
  const sale = await owing();
  const first = await giveBack(sale);
  expect(first).toMatchObject({
    kind: 'saved',
    entry: { body: { debtReduced: 100_000, refunds: [] } },
  });
  expect((await debtsOf(shop.db, BORIS)).open).toMatchObject([{ left: 54_000 }]);
  const second = await giveBack(sale, { return: id(901) });
  expect(second).toMatchObject({
    entry: { body: { debtReduced: 54_000, refunds: [{ kind: 'cash', amount: 46_000 }] } },
  });
  expect((await standingIn(shop.db, BORIS)).owed).toBe(0);
  expect((await shiftOf(shop.db)).shift?.totals.returns).toMatchObject({ count: 2, cash: 46_000 });
  expect(await giveBack(sale, { return: id(902) })).toEqual({
    kind: 'refused',
    because: { kind: 'too-many', line: 0, left: 0 },
  });
  expect(await returnEntriesOf(shop.db, sale.hash)).toMatchObject([
    { body: { return: id(900) } },
    { body: { return: id(901) } },
  ]);
});

test('cash that is corrected to the card is given back to the card; the same correction twice is saved once', async () => {
  await openShift(shop.db, { operator: SENIOR, at: AT, float: null });
  const sale = await owing();
  const correction = {
    correction: id(702),
    sale,
    operator: SENIOR,
    at: AT,
    allowedBy: null,
    tenders: { ...NO_MONEY, card: 46_000 },
  };
  const one = await correctTender(shop.db, correction);
  expect(one.kind).toBe('saved');
  expect(await correctTender(shop.db, correction)).toEqual(one);
  expect(await correctTender(shop.db, { ...correction, correction: id(703) })).toEqual({
    kind: 'refused',
    because: { kind: 'same-tenders' },
  });
  const goods = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
  const refunds = [{ kind: 'card', amount: 46_000 }];
  expect(await giveBack(sale, { goods })).toMatchObject({ entry: { body: { refunds } } });
  expect(await returnEntriesOf(shop.db, sale.hash)).toHaveLength(1);
});

test('a corrected tender is corrected again, until a return has given its money back', async () => {
  await openShift(shop.db, { operator: SENIOR, at: AT, float: null });
  const sale = await owing();
  const by = { sale, operator: SENIOR, at: AT, allowedBy: null };
  const correct = (correction: string, tenders: Partial<MoneyParts>) =>
    correctTender(shop.db, { ...by, correction, tenders: { ...NO_MONEY, ...tenders } });
  await correct(id(702), { card: 46_000 });
  expect(await correct(id(703), { transfer: 46_000 })).toMatchObject({
    entry: { body: { was: [{ kind: 'card', amount: 46_000 }] } },
  });
  const goods = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
  const refunds = [{ kind: 'transfer', amount: 46_000 }];
  expect(await giveBack(sale, { goods })).toMatchObject({ entry: { body: { refunds } } });
  expect(await correct(id(704), { cash: 46_000 })).toEqual({
    kind: 'refused',
    because: { kind: 'given-back', way: 'transfer', amount: 46_000, stays: 46_000 },
  });
});

test('what was repaid since is given back, and the same return twice is saved once', async () => {
  const sale = await owing();
  await saveRepayment(shop.db, {
    repayment: id(700),
    customer: BORIS,
    operator: SENIOR,
    at: AT,
    tenders: [{ kind: 'card', amount: money(154_000) }],
  });
  const goods = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
  const refunds = [
    { kind: 'card', amount: 154_000 },
    { kind: 'cash', amount: 46_000 },
  ];
  const [one, other] = [await giveBack(sale, { goods }), await giveBack(sale, { goods })];
  expect(one).toMatchObject({ kind: 'saved', entry: { body: { debtReduced: 0, refunds } } });
  expect(other).toEqual(one);
  expect((await shiftOf(shop.db)).shift?.totals.returns.count).toBe(1);
});

test('what other tills took back counts here', async () => {
  const sale = await owing();
  await shop.db.remoteReturns.put({
    hash: 'e'.repeat(64),
    sale: sale.hash,
    till: id(77),
    seq: 5,
    at: AT,
    operator: SENIOR,
    given: 0,
    guarded: 0,
    paidOtherwise: NO_MONEY,
    quantities: [{ line: 0, quantity: 1000 }],
    debtReduced: 100_000,
    refunds: NO_MONEY,
    rounding: 0,
    pointsGivenBack: 0,
    pointsTakenBack: 0,
    pointsWithheld: 0,
  });
  const debt = {
    customer: BORIS,
    debt: sale.hash,
    left: -100_000,
    repaid: NO_MONEY,
    earned: NOTHING_EARNED,
    made: null,
  };
  await shop.db.remoteDebts.put(debt);
  const goods = [{ line: 0, quantity: 2000, to: 'stock' }] as const;
  expect(await giveBack(sale, { goods })).toMatchObject({
    because: { kind: 'too-many', left: 1000 },
  });
  expect(await giveBack(sale)).toMatchObject({
    entry: { body: { debtReduced: 54_000, refunds: [{ kind: 'cash', amount: 46_000 }] } },
  });
});

test('goods go back to the stock, unless they are written off', async () => {
  const saved = await shop.sell(receiptOf(id(502), { cheese: 1, tenders: [cash(110_000)] }));
  if (saved.kind !== 'saved') throw new Error(saved.because.kind);
  await giveBack(saved.entry as EntryOf<'sale'>, {
    goods: [
      { line: 0, quantity: 1000, to: 'stock' },
      { line: 1, quantity: 1000, to: 'written-off' },
    ],
  });
  const rows = await shop.db.stock.bulkGet([BREAD, CHEESE]);
  expect(rows.map((row) => row?.delta)).toEqual([0, -1000]);
});

test('a clock set forward frees nothing of what may be given back in a day', async () => {
  const { perDay } = policyOf(1).returns;
  const saved = await shop.sell(receiptOf(id(503), { cheese: 1, tenders: [cash(110_000)] }));
  if (saved.kind !== 'saved') throw new Error(saved.because.kind);
  await shop.db.returns.put({
    hash: 'e'.repeat(64),
    sale: 'd'.repeat(64),
    till: TILL,
    seq: 3,
    at: AT,
    operator: SENIOR,
    given: 0,
    guarded: perDay,
    paidOtherwise: NO_MONEY,
    quantities: [],
    debtReduced: 0,
    refunds: NO_MONEY,
    rounding: 0,
    pointsGivenBack: 0,
    pointsTakenBack: 0,
    pointsWithheld: 0,
  });
  const copied = { shown: 'copy', approvedBy: OWNER, at: AT + 25 * HOUR } as const;
  await saveMeta(shop.db, 'clock', { offsetMs: 0, contactAt: AT + HOUR });
  expect(await giveBack(saved.entry as EntryOf<'sale'>, copied)).toEqual({
    kind: 'refused',
    because: { kind: 'over-day-cap', allowed: 0 },
  });
  await saveMeta(shop.db, 'clock', { offsetMs: 0, contactAt: AT + 25 * HOUR });
  expect(await giveBack(saved.entry as EntryOf<'sale'>, copied)).toMatchObject({ kind: 'saved' });
});

test('the cash refunds of one person in a day need a colleague from a sum on, regardless of who sold', async () => {
  const { perDay } = policyOf(1).returns;
  const given = (operator: string, cash: number) =>
    shop.db.returns.put({
      hash: operator.padEnd(64, 'e'),
      sale: 'd'.repeat(64),
      till: TILL,
      seq: 3,
      at: AT,
      quantities: [],
      debtReduced: 0,
      refunds: { ...NO_MONEY, cash },
      rounding: 0,
      pointsGivenBack: 0,
      pointsTakenBack: 0,
      pointsWithheld: 0,
      operator,
      given: cash,
      guarded: 0,
      paidOtherwise: NO_MONEY,
    });
  const sale = receiptOf(id(504), { cheese: 1, tenders: [cash(110_000)] });
  const saved = await shop.sell(sale, [], { operator: OWNER, at: AT });
  if (saved.kind !== 'saved') throw new Error(saved.because.kind);
  const giving = { goods: [{ line: 1, quantity: 1000, to: 'stock' }] } as const;
  await given(OWNER, perDay);
  await given(SENIOR, perDay - 99_999);
  expect(await giveBack(saved.entry as EntryOf<'sale'>, giving)).toEqual({
    kind: 'refused',
    because: { kind: 'needs-colleague', because: 'much-today' },
  });
  await given(SENIOR, perDay - 100_000);
  expect(await giveBack(saved.entry as EntryOf<'sale'>, giving)).toMatchObject({
    entry: { body: { refunds: [{ amount: 100_000 }], approval: { kind: 'not-needed' } } },
  });
});

test('an entry that does not match its hash is not accepted as a sale', async () => {
  const sale = await owing();
  const forged = { ...sale, body: { ...sale.body, onAccount: 0 } };
  expect(await giveBack(forged)).toEqual({ kind: 'refused', because: { kind: 'not-the-sale' } });
});

test('without a sale debts go first, then money, under the cap of a day', async () => {
  await owing();
  const prices = { given: 200_000, list: 200_000 };
  const cheese = {
    ...({ product: CHEESE, name: 'Сыр', unit: 'piece', quantity: 1000, prices } as const),
    mark: null,
    tax: USUAL_TAX,
  };
  const give = (change: Partial<Extract<ReturnAttempt, { readonly sale: null }>> = {}) =>
    saveReturn(shop.db, {
      ...({ return: id(910), sale: null, customer: BORIS, inCash: true, note: null } as const),
      ...({ reason: 'not-needed', operator: SENIOR, approvedBy: OWNER, at: AT + HOUR } as const),
      goods: [{ ...cheese, to: 'stock' }],
      ...change,
    });
  expect(await give()).toMatchObject({
    entry: { body: { debtReduced: 154_000, refunds: [{ kind: 'cash', amount: 46_000 }] } },
  });
  expect((await debtsOf(shop.db, BORIS)).open).toEqual([]);
  expect((await shiftOf(shop.db)).shift?.totals.returns).toMatchObject({ count: 1, cash: 46_000 });
  expect((await shop.db.stock.get(CHEESE))?.delta).toBe(-1000);
  expect(await give({ return: id(911), approvedBy: SENIOR })).toMatchObject({
    because: { kind: 'needs-colleague' },
  });
  expect(await give({ return: id(912), customer: id(999) })).toMatchObject({
    because: { kind: 'no-customer' },
  });
  const { perDay } = policyOf(1).returns;
  const many = [{ ...cheese, quantity: 1000 * Math.floor(perDay / 200_000), to: 'stock' }] as const;
  expect(await give({ return: id(913), customer: null, goods: many })).toMatchObject({
    because: { kind: 'over-day-cap', allowed: perDay - 200_000 },
  });
});

test('without a sale a return is of the day that the relay has proven, however the clock is set', async () => {
  await shop.sell(receiptOf(id(501), { cheese: 1, bread: 0, tenders: [cash(100_000)] }));
  const proven = AT + 48 * HOUR;
  await saveMeta(shop.db, 'clock', { offsetMs: 0, contactAt: proven });
  const cheese = {
    ...({ product: CHEESE, name: 'Сыр', unit: 'piece', quantity: 1000, to: 'stock' } as const),
    prices: { given: 100_000, list: 200_000 },
    mark: null,
    tax: USUAL_TAX,
  };
  const saved = await saveReturn(shop.db, {
    ...({ return: id(920), sale: null, customer: null, inCash: true, note: null } as const),
    ...({ reason: 'not-needed', operator: SENIOR, approvedBy: OWNER, at: AT + HOUR } as const),
    goods: [cheese],
  });
  expect(saved).toMatchObject({ entry: { body: { day: businessDay(proven, 'Europe/Moscow') } } });
});

describe('where the shop asks for a code', () => {
  const FROM = 50_000;
  beforeEach(async () => {
    const jws = await shop.policyJws(2, (policy) => void (policy.returns.codeFrom = FROM));
    await savePolicy(shop.db, jws);
  });

  /** Sells Boris a cheese for 1 000.00 in cash. */
  async function paid(): Promise<EntryOf<'sale'>> {
    const saved = await shop.sell(
      receiptOf(id(502), { customer: BORIS, cheese: 1, bread: 0, tenders: [cash(100_000)] }),
    );
    if (saved.kind !== 'saved') throw new Error(saved.because.kind);
    return saved.entry as EntryOf<'sale'>;
  }

  async function coded(sale: EntryOf<'sale'>, amount: number) {
    const card = await customerById(shop.db, BORIS);
    if (card === null || card.phone === null) throw new Error('nobody to ask');
    const { phone, cardSalt } = card;
    const deal = { return: id(900), customerId: BORIS, cardSalt, phone, sale: sale.hash, amount };
    const grant: Grant = {
      v: 1,
      shop: SHOP,
      till: TILL,
      challenge: id(801),
      action: 'return-goods',
      operator: SENIOR,
      receipt: id(900),
      customer: BORIS,
      person: null,
      amount: { minor: amount, currency: 'RUB' },
      phoneHash: await phoneHash(cardSalt, phone),
      phoneSince: AT - 100 * HOUR,
      dealHash: await returnHash(deal),
      channel: 'sms',
      provider: 'smsru',
      broughtIn: null,
      weak: false,
      demo: false,
      iat: AT + HOUR,
      exp: AT + 2 * HOUR,
    };
    const jws = await signGrant(grant, shop.relay.privateKey, shop.relay.kid);
    return { kind: 'code', action: 'sell-on-account', jws } as const;
  }

  test('money goes back with their code or an override, and not without', async () => {
    const sale = await paid();
    const because = async (confirmations: OfSale['confirmations'] = []) => {
      const outcome = await giveBack(sale, { confirmations });
      return outcome.kind === 'refused' ? outcome.because.kind : outcome.kind;
    };
    expect(await because()).toBe('confirmation-missing');
    expect(await because([await coded(sale, 99_999)])).toBe('grant-not-for-this-deal');
    expect(await giveBack(sale, { confirmations: [await coded(sale, 100_000)] })).toMatchObject({
      kind: 'saved',
      entry: { body: { confirmations: [{ kind: 'code', amount: 100_000, challenge: id(801) }] } },
    });
    expect(await shop.db.grantsUsed.get(id(801))).toEqual({ challenge: id(801), sale: id(900) });
    expect(await shop.db.unconfirmed.toArray()).toEqual([]);
  });

  test('an override is on the list of what has no code, and counts in its caps', async () => {
    const sale = await paid();
    const override = overrideBy(SENIOR, 'sell-on-account');
    const saved = await giveBack(sale, { confirmations: [override] });
    if (saved.kind !== 'saved') throw new Error(saved.because.kind);
    expect(await shop.db.unconfirmed.toArray()).toMatchObject([{ entry: saved.entry.hash }]);
    const { usage } = await returnFactsOf(shop.db, sale, { operator: SENIOR, at: AT + HOUR });
    expect(usage).toEqual({ customer: 100_000, till: 100_000 });
  });

  test('a lower debt counts like money', async () => {
    const sale = await owing();
    expect(await giveBack(sale)).toMatchObject({
      because: { kind: 'confirmation-missing', action: 'sell-on-account' },
    });
  });
});
