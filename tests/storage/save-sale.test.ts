// An invalid sale is not saved, even when the storage act is called directly, past the screen.
import { enteredOn } from '$lib/domain/customers/customer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import type { Receipt } from '$lib/domain/receipt/receipt';
import { standingIn } from '$lib/storage/customers/accounts';
import { saveCustomer } from '$lib/storage/customers/customers';
import { confirmationsPage } from '$lib/storage/journal/reader';
import { savePolicy } from '$lib/storage/policy/policies';
import {
  ANNA,
  AT,
  BORIS,
  BREAD,
  cash,
  CASHIER,
  CHEESE,
  discard,
  everything,
  HOUR,
  id,
  NO_CREDIT,
  NO_PHONE,
  openShop,
  owingOf,
  overrideBy,
  points,
  receiptOf,
  SENIOR,
  type Shop,
  wholeJournal,
} from '../support/storage-shop';
import { expectationsOf } from '../support/storage-expectations';
import { verifyChain } from '../support/verify-chain';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const SALE = id(1000);

const { expectRefused, expectSaved, shownAs } = expectationsOf(() => shop);

const owing = (customer: string | null, cheese?: number) => owingOf(SALE, customer, cheese);

test('a paid sale is saved with its number, its change and its goods', async () => {
  const body = await expectSaved(receiptOf(SALE, { bread: 2, tenders: [cash(50_000)] }));
  expect(body).toMatchObject({ number: 1, total: 20_000, changeDue: 30_000, onAccount: 0 });
  expect(await shop.db.stock.get(BREAD)).toEqual({ product: BREAD, delta: -2000 });
  expect(await shop.db.sales.get(SALE)).toMatchObject({ number: 1, total: 20_000 });
});

test('goods that ask for an age are saved with who confirmed it, and not without', async () => {
  const { lines, ...receipt } = receiptOf(SALE, { tenders: [cash(10_000)] });
  const asking = { ...receipt, lines: lines.map((line) => ({ ...line, askAge: 18 })) };
  await expectRefused({ kind: 'age-not-confirmed', age: 18 }, asking);
  const body = await expectSaved({ ...asking, ageConfirmed: { age: 18, by: SENIOR } });
  expect(body).toMatchObject({ ageConfirmed: { age: 18, by: SENIOR }, lines: [{ askAge: 18 }] });
});

test('a debt confirmed by the code of its customer is saved with its proof', async () => {
  const receipt = owing(ANNA);
  const code = await shop.code(receipt, 'sell-on-account');
  const body = await expectSaved(receipt, [code]);
  expect(body.onAccount).toBe(54_000);
  expect(await standingIn(shop.db, ANNA)).toEqual({ owed: 104_000, points: 304 });
  const [shown] = await confirmationsPage(shop.db, {
    shown: 'code',
    action: null,
    after: null,
    limit: 10,
  });
  expect(shown?.confirmation).toMatchObject({ kind: 'code', grant: code.jws, amount: 54_000 });
  expect(shown?.customer).toBe(ANNA);
  expect(await shownAs()).toEqual(['code']);
});

test.for([
  ['another receipt', { sale: id(999) }, {}],
  ['another customer', { customer: BORIS }, {}],
  ['another sum', {}, { amount: 54_001 }],
  ['another act', {}, { action: 'redeem-points' }],
  ['another question', {}, { challenge: id(998) }],
] as const)('a code is shown as no proof of %s', async ([, body, confirmation]) => {
  const receipt = owing(ANNA);
  const sold = await expectSaved(receipt, [await shop.code(receipt, 'sell-on-account')]);
  const confirmations = sold.confirmations.map((each) => ({ ...each, ...confirmation }));
  const altered = (entry: Entry) => ({ ...entry, body: { ...sold, ...body, confirmations } });
  expect(await shownAs(altered)).toEqual(['other-act']);
});

test('points and debt in one receipt need a code each', async () => {
  const receipt = receiptOf(SALE, {
    customer: ANNA,
    cheese: 1,
    tenders: [points(300), cash(20_000)],
  });
  const redeeming = await shop.code(receipt, 'redeem-points');
  const owingCode = await shop.code(receipt, 'sell-on-account');
  await expectRefused({ kind: 'confirmation-missing', action: 'sell-on-account' }, receipt, [
    redeeming,
  ]);
  await expectRefused({ kind: 'confirmation-missing', action: 'redeem-points' }, receipt, [
    owingCode,
  ]);
  const body = await expectSaved(receipt, [redeeming, owingCode]);
  expect(body.confirmations.map((each) => each.action)).toEqual([
    'redeem-points',
    'sell-on-account',
  ]);
  expect(await standingIn(shop.db, ANNA)).toEqual({ owed: 110_000, points: 2 });
});

test('a demo code is stored, and shown as no proof', async () => {
  const receipt = owing(ANNA);
  await expectSaved(receipt, [await shop.code(receipt, 'sell-on-account', { demo: true })]);
  const page = { action: null, customer: ANNA, after: null, limit: 10 } as const;
  const [act] = await confirmationsPage(shop.db, { ...page, shown: 'none' });
  expect(act).toMatchObject({ kind: 'code', shown: 'none', amount: 54_000 });
  expect(await confirmationsPage(shop.db, { ...page, shown: 'code' })).toEqual([]);
  expect(await shownAs()).toEqual(['demo-code']);
});

test('an empty receipt is refused', () =>
  expectRefused({ kind: 'empty' }, receiptOf(SALE, { bread: 0, tenders: [cash(100)] })));

test('a debt without a customer is refused', () =>
  expectRefused({ kind: 'no-customer' }, owing(null)));

test('a debt of an unknown customer is refused', () =>
  expectRefused({ kind: 'no-customer' }, owing(id(999))));

test('a debt without confirmation is refused', () =>
  expectRefused({ kind: 'confirmation-missing', action: 'sell-on-account' }, owing(ANNA)));

test('points without confirmation are refused', () =>
  expectRefused(
    { kind: 'confirmation-missing', action: 'redeem-points' },
    receiptOf(SALE, { customer: ANNA, cheese: 1, bread: 0, tenders: [points(10), cash(99_000)] }),
  ));

test('a debt of a customer without a phone is refused', () =>
  expectRefused({ kind: 'no-phone', action: 'sell-on-account' }, owing(NO_PHONE)));

test('a debt of a customer marked "no credit" is refused even with their code', async () => {
  const receipt = owing(NO_CREDIT);
  await expectRefused({ kind: 'no-credit' }, receipt, [
    await shop.code(receipt, 'sell-on-account'),
  ]);
});

test('a debt over the limit is refused with the sum still allowed, unless a right lifts it', async () => {
  const receipt = owing(ANNA, 11);
  const code = await shop.code(receipt, 'sell-on-account');
  await expectRefused({ kind: 'over-limit', allowed: 950_000 }, receipt, [code]);
  const theirs = await shop.code(receipt, 'sell-on-account', { operator: SENIOR });
  await expectSaved(receipt, [theirs], { operator: SENIOR });
});

test('more points than the customer holds are refused', async () => {
  const receipt = receiptOf(SALE, {
    customer: BORIS,
    cheese: 1,
    tenders: [points(5), cash(109_500)],
  });
  await expectRefused({ kind: 'not-enough-points', held: 0 }, receipt, [
    await shop.code(receipt, 'redeem-points'),
  ]);
});

test('a person who is not an active operator sells nothing', () =>
  expectRefused(
    { kind: 'may-not-sell', right: 'sell' },
    receiptOf(SALE, { tenders: [cash(10_000)] }),
    [],
    { operator: id(77) },
  ));

test('without a code a debt is saved only by right, with a reason, and its caps are in the journal', async () => {
  const receipt = owing(ANNA);
  await expectRefused({ kind: 'override-no-right', action: 'sell-on-account' }, receipt, [
    overrideBy(CASHIER, 'sell-on-account'),
  ]);
  const other = { ...overrideBy(SENIOR, 'sell-on-account'), because: 'other' } as GivenConfirmation;
  await expectRefused({ kind: 'reason-missing', action: 'sell-on-account' }, receipt, [other]);
  const body = await expectSaved(receipt, [overrideBy(SENIOR, 'sell-on-account')]);
  expect(body.confirmations).toEqual([
    expect.objectContaining({
      kind: 'override',
      by: SENIOR,
      askedBy: CASHIER,
      caps: {
        perAct: 300_000,
        perCustomer: 300_000,
        perTill: 1_500_000,
        usedByCustomer: 0,
        usedByTill: 0,
      },
    }),
  ]);
});

test('the caps count acts without a code of 24 hours, also when the clock is set back', async () => {
  const big = (n: number, customer: string) => ({
    ...receiptOf(id(1000 + n), { customer, cheese: 2, bread: 0 }),
  });
  const override = [overrideBy(SENIOR, 'sell-on-account')];
  await expectSaved(big(1, ANNA), override);
  const over = {
    kind: 'override-over-cap',
    action: 'sell-on-account',
    scope: 'customer',
    allowed: 100_000,
  };
  await expectRefused(over, big(2, ANNA), override);
  await expectRefused(over, big(2, ANNA), override, { at: AT + 23 * HOUR });
  await expectRefused(over, big(2, ANNA), override, { at: AT - 48 * HOUR });
  await expectSaved(big(3, BORIS), override);
  await expectSaved(big(4, ANNA), override, { at: AT + 24 * HOUR });
});

test('the customer’s cap counts by number, over all its cards', async () => {
  const override = [overrideBy(SENIOR, 'sell-on-account')];
  const on = (n: number, customer: string) =>
    receiptOf(id(1000 + n), { customer, cheese: 2, bread: 0 });
  await expectSaved(on(1, ANNA), override);
  const anna = await shop.db.customers.get(ANNA);
  const card = { ...enteredOn(anna!), id: id(950), name: 'Анна Вторая' };
  const saved = await saveCustomer(shop.db, { customer: card, operator: CASHIER, at: AT });
  expect(saved.kind).toBe('saved');
  const over = { kind: 'override-over-cap', scope: 'customer', allowed: 100_000 };
  await expectRefused({ ...over, action: 'sell-on-account' }, on(2, card.id), override);
});

test('splitting a receipt does not avoid the threshold', async () => {
  const jws = await shop.policyJws(2, (policy) => {
    policy.methods['sell-on-account'].threshold = 25_000;
  });
  await savePolicy(shop.db, jws);
  const small = (n: number) => receiptOf(id(1000 + n), { customer: BORIS, bread: 1 });
  const first = await expectSaved(small(1));
  expect(first.confirmations).toEqual([
    {
      kind: 'not-required',
      action: 'sell-on-account',
      amount: 10_000,
      because: 'below-threshold',
    },
  ]);
  await expectSaved(small(2));
  await expectRefused({ kind: 'confirmation-missing', action: 'sell-on-account' }, small(3));
});

test('the same receipt saved again is the same sale', async () => {
  const receipt = receiptOf(SALE, { tenders: [cash(10_000)] });
  const first = await shop.sell(receipt);
  const before = await everything(shop.db);
  expect(await shop.sell(receipt, [], { at: AT + 5 })).toEqual(first);
  expect(await everything(shop.db)).toEqual(before);
});

test('a double tap saves one sale', async () => {
  const receipt = receiptOf(SALE, { tenders: [cash(10_000)] });
  const outcomes = await Promise.all([shop.sell(receipt), shop.sell(receipt), shop.sell(receipt)]);
  expect(new Set(outcomes.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(await shop.db.sales.count()).toBe(1);
});

test('every act is one link of one chain', async () => {
  await expectSaved(receiptOf(SALE, { tenders: [cash(10_000)] }));
  const receipt = { ...owing(ANNA), id: id(1001) };
  await expectSaved(receipt, [await shop.code(receipt, 'sell-on-account')]);
  const acts = (await shop.db.journal.toArray()).map((entry) => entry.act);
  expect(acts).toEqual(['till-enrolled', 'customers-imported', 'sale', 'sale']);
  expect(await verifyChain(wholeJournal(shop.db))).toMatchObject({ kind: 'whole', count: 4 });
});

test('the journal has customers by id only', async () => {
  const receipt = owing(ANNA);
  await expectSaved(receipt, [await shop.code(receipt, 'sell-on-account')]);
  const text = JSON.stringify(await shop.db.journal.toArray());
  expect(text).not.toContain('Кузнецова');
  expect(text).not.toContain('9250000602');
});

test('a receipt wrapped in proxies, as the screen has it, is stored as plain values', async () => {
  const proxied = <T extends object>(value: T): T =>
    new Proxy(value, {
      get(target, key) {
        const inner: unknown = Reflect.get(target, key);
        return typeof inner === 'object' && inner !== null ? proxied(inner) : inner;
      },
    });
  const receipt = proxied(receiptOf(SALE, { cheese: 1, tenders: [cash(200_000)] }));
  expect(() => structuredClone(receipt)).toThrow(DOMException);
  await expectSaved(receipt);
  expect(await shop.db.stock.get(CHEESE)).toEqual({ product: CHEESE, delta: -1000 });
});

test.each([
  ['a negative tender', { tenders: [{ kind: 'cash', amount: -1 }] }],
  ['a tender in fractions', { tenders: [{ kind: 'cash', amount: 1.5 }] }],
  ['an unknown field', { paid: true }],
  ['an id that is none', { id: '1' }],
])('a receipt with %s is refused', async (_, wrong) => {
  const before = await everything(shop.db);
  const receipt = { ...receiptOf(SALE, { tenders: [cash(10_000)] }), ...wrong } as Receipt;
  await expect(async () => shop.sell(receipt)).rejects.toThrow('Invariant');
  expect(await everything(shop.db)).toEqual(before);
});
