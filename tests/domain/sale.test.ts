// Sale: only a valid sale can be closed, and every closed sale balances.
import { USUAL_TAX } from '$lib/domain/goods/product';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { saleBody, type SaleBody } from '$lib/contract/acts/sale';
import type { EntryOf } from '$lib/contract/journal';
import type { Policy, Right } from '$lib/contract/policy';
import type { Customer } from '$lib/domain/customers/customer';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { NOTHING_USED } from '$lib/domain/consent/override';
import type { ProvenConfirmation } from '$lib/domain/consent/confirmation';
import { MAX_AMOUNT, money } from '$lib/domain/values/money';
import { quantity } from '$lib/domain/values/quantity';
import {
  addProduct,
  addUnlisted,
  confirmAge,
  chooseCustomer,
  emptyReceipt,
  setTender,
} from '$lib/domain/receipt/receipt';
import { decideSale, earnsOf, pointsOverCap, saleRowOf } from '$lib/domain/acts/money/sale';
import type { SaleInput, SaleRefusal } from '$lib/domain/consent/sale-input';
import type { Tender } from '$lib/domain/values/settlement';
import {
  anna,
  ANNA,
  BREAD,
  cash,
  CASHIER,
  CHALLENGE,
  checkedReserve,
  DEAL_HASH,
  GONE,
  grantFor,
  idOf,
  NOW,
  offline,
  overrideOf,
  OWNER,
  points,
  POLICY,
  RECEIPT,
  receiptOf,
  RESERVE_CODE,
  reserveOf,
  rub,
  SENIOR,
  shopPolicy,
  TILL,
  verified,
} from './fixtures';
import { cases } from '../support/cases';

const JWS = 'header.payload.signature';
const POINTS_HASH = 'e'.repeat(64);

function inputOf(change: Partial<SaleInput> = {}): SaleInput {
  return {
    receipt: receiptOf(1372.07, [cash(500)]),
    policy: POLICY,
    till: TILL,
    number: 7,
    operator: CASHIER,
    at: NOW,
    customer: anna,
    standing: { owed: rub(1000), points: 300 },
    usage: NOTHING_USED,
    unconfirmed30d: NOTHING_UNCONFIRMED,
    earnedToday: 0,
    disputed: false,
    confirmations: [],
    dealHashes: { 'sell-on-account': DEAL_HASH, 'redeem-points': POINTS_HASH },
    grantsUsed: new Set(),
    piecesSold: new Set(),
    customerFacts: null,
    ...change,
  };
}

function debtCode(
  minor: number,
  change: Parameters<typeof grantFor>[2] = {},
): Extract<ProvenConfirmation, { kind: 'code' }> {
  const grant = grantFor('sell-on-account', { minor, currency: 'RUB' }, change);
  return { kind: 'code', action: 'sell-on-account', jws: JWS, grant };
}

function pointsCode(count: number): ProvenConfirmation {
  const amount = { points: count, worth: { minor: count * 100, currency: 'RUB' } };
  const grant = grantFor('redeem-points', amount, {
    challenge: idOf(51),
    dealHash: POINTS_HASH,
  });
  return { kind: 'code', action: 'redeem-points', jws: JWS, grant };
}

function refusal(input: SaleInput): SaleRefusal | null {
  const answer = decideSale(input);
  return answer.kind === 'refused' ? answer.because : null;
}

function body(input: SaleInput) {
  const answer = decideSale(input);
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.because));
  return answer.body;
}

function without(group: string, right: Right) {
  return verified(
    shopPolicy((policy) => ({
      ...policy,
      groups: policy.groups.map((each) =>
        each.id === group ? { ...each, rights: each.rights.filter((r) => r !== right) } : each,
      ),
    })),
  );
}

function withMethod(chain: Policy['methods']['sell-on-account']['chain'], threshold: number) {
  return verified(
    shopPolicy((policy) => ({
      ...policy,
      methods: { ...policy.methods, 'sell-on-account': { chain, threshold, nextAfterMs: 40_000 } },
    })),
  );
}

describe('a valid sale', () => {
  test('on account, with the customer’s code: the debt grows by what is left unpaid', () => {
    expect(body(inputOf({ confirmations: [debtCode(87_207)] }))).toEqual({
      sale: RECEIPT,
      number: 7,
      currency: 'RUB',
      day: '2026-11-25',
      customer: ANNA,
      lines: [
        {
          product: BREAD,
          name: 'Хлеб',
          barcode: '4600000000015',
          unit: 'piece',
          quantity: 1000,
          listPrice: 137_207,
          unitPrice: 137_207,
          priceFrom: 'list',
          noDiscounts: false,
          askAge: null,
          mark: null,
          tax: { subject: 'goods', vat: 'none' },
          category: null,
          given: null,
          discounts: [],
          total: 137_207,
          pointsPart: 0,
        },
      ],
      total: 137_207,
      given: null,
      byRules: null,
      discountsAllowedBy: null,
      ageConfirmed: null,
      removed: { lines: 0, sum: 0 },
      held: { times: 0, longestMs: 0 },
      rounding: 0,
      tenders: [{ kind: 'cash', amount: 50_000 }],
      changeDue: 0,
      onAccount: 87_207,
      dueDays: null,
      pointsEarned: 5,
      repaidEarns: null,
      pointValue: 100,
      accounts: [
        { customer: ANNA, account: 'debt', delta: 87_207 },
        { customer: ANNA, account: 'points', delta: 5 },
      ],
      confirmations: [
        {
          kind: 'code',
          action: 'sell-on-account',
          amount: 87_207,
          challenge: CHALLENGE,
          grant: JWS,
        },
      ],
      stock: [{ product: BREAD, delta: -1000 }],
    });
  });

  test('part cash, part points, the rest on account: two confirmations, and points are redeemed and earned', () => {
    const sold = body(
      inputOf({
        receipt: receiptOf(1372.07, [cash(500), points(200)]),
        confirmations: [debtCode(67_207), pointsCode(200)],
      }),
    );
    expect(sold.confirmations.map((each) => [each.kind, each.action, each.amount])).toEqual([
      ['code', 'redeem-points', 20_000],
      ['code', 'sell-on-account', 67_207],
    ]);
    expect(sold.accounts).toEqual([
      { customer: ANNA, account: 'debt', delta: 67_207 },
      { customer: ANNA, account: 'points', delta: -200 },
      { customer: ANNA, account: 'points', delta: 5 },
    ]);
  });

  test('points pay the lines in proportion to their value; the minor units left go to the largest remainders', () => {
    const three = ['a', 'b', 'c'].reduce(
      (receipt, name, n) =>
        addProduct(
          receipt,
          {
            id: idOf(41 + n),
            name,
            barcodes: [],
            unit: 'piece',
            noDiscounts: false,
            askAge: null,
            marked: false,
            tax: USUAL_TAX,
            category: null,
            price: rub(33.33 + n / 100),
          },
          quantity(1000),
          name,
        ),
      chooseCustomer(emptyReceipt(RECEIPT), ANNA),
    );
    const receipt = [cash(90.02), points(10)].reduce(setTender, three);
    const sold = body(inputOf({ receipt, confirmations: [pointsCode(10)] }));
    expect(sold.lines.map(({ pointsPart }) => pointsPart)).toEqual([333, 333, 334]);
  });

  test('three pieces at 33.40, rounded to 1, cost 100 in cash; points are earned on the 100', () => {
    const policy = verified({ ...POLICY, cashRounding: { step: 100, way: 'nearest' } });
    const one = setTender(receiptOf(33.4), cash(500));
    const receipt = {
      ...one,
      lines: one.lines.map((line) => ({ ...line, quantity: quantity(3000) })),
    };
    const sale = body(inputOf({ policy, receipt }));
    expect(sale).toMatchObject({
      total: 10_020,
      rounding: -20,
      changeDue: 40_000,
      onAccount: 0,
      pointsEarned: 1,
    });
    expect(saleRowOf({ body: sale } as EntryOf<'sale'>)).toMatchObject({ roundedTotal: 10_000 });
    expect(refusal(inputOf({ policy, receipt: setTender(receipt, cash(50)) }))).toEqual({
      kind: 'confirmation-missing',
      action: 'sell-on-account',
    });
    expect(refusal(inputOf({ policy, receipt: setTender(receipt, cash(100.2)) }))).toEqual({
      kind: 'cash-not-payable',
    });
  });

  test('a debt is due as the policy says or sooner; later only by the right to sell over the limit', () => {
    const policy = verified({ ...POLICY, credit: { ...POLICY.credit, dueDays: 14 } });
    const withDue = (dueDays: number | null, change: Partial<SaleInput> = {}) =>
      inputOf({
        policy,
        confirmations: [debtCode(87_207)],
        ...change,
        receipt: { ...receiptOf(1372.07, [cash(500)]), dueDays },
      });
    expect([null, 3, 14].map((days) => body(withDue(days)).dueDays)).toEqual([14, 3, 14]);
    const late = { kind: 'due-too-late' };
    expect(refusal(withDue(15))).toEqual(late);
    const asked = (operator: string) => ({
      operator,
      confirmations: [debtCode(87_207, { operator })],
    });
    expect(body(withDue(15, asked(SENIOR))).dueDays).toBe(15);
    // if the policy has no date, the operator chooses
    expect(body(withDue(90, { policy: POLICY })).dueDays).toBe(90);
    const paid = { ...receiptOf(100, [cash(100)]), dueDays: 3 };
    expect(body(inputOf({ policy, receipt: paid })).dueDays).toBeNull();
  });

  test('its business day is that of the shop’s time zone, not of the till’s', () => {
    const at = Date.UTC(2026, 10, 25, 21);
    const input = inputOf({ at, receipt: receiptOf(100, [cash(100)], null), customer: null });
    expect(body(input).day).toBe('2026-11-26');
  });

  test('discounts that do not add up, and parts paid by points above the total, are refused by the schema', () => {
    const sold = body(inputOf({ receipt: receiptOf(100, [cash(100)], null), customer: null }));
    const with1 = (change: object) =>
      saleBody.safeParse({ ...sold, lines: sold.lines.map((line) => ({ ...line, ...change })) })
        .success;
    const off = { from: 'line', rule: null, basisPoints: null, amount: 1000 };
    expect(with1({})).toBe(true);
    expect(with1({ discounts: [off], total: 9000 })).toBe(true);
    expect(with1({ discounts: [off] })).toBe(false);
    expect(with1({ total: 9999 })).toBe(false);
    expect(with1({ discounts: [{ ...off, amount: 0 }] })).toBe(false);
    expect(with1({ discounts: [{ ...off, from: 'rule' }], total: 9000 })).toBe(false);
    expect(with1({ discounts: [{ ...off, rule: idOf(1) }], total: 9000 })).toBe(false);
    expect(with1({ pointsPart: 10_001 })).toBe(false);
    expect(with1({ listPrice: 9000 })).toBe(false);
    expect(with1({ listPrice: 9000, priceFrom: 'free' })).toBe(true);
  });

  test('goods with an unknown barcode keep it and the typed price, and take nothing from the stock', () => {
    const goods = {
      name: 'Goods',
      code: '4600000000022',
      quantity: quantity(2000),
      price: rub(35),
      askAge: null,
    };
    const unlisted = addUnlisted(emptyReceipt(RECEIPT), goods, idOf(1));
    const receipt = setTender(unlisted, cash(70));
    const input = inputOf({ receipt, customer: null, operator: SENIOR });
    const sold = body(input);
    expect(sold.lines).toEqual([
      expect.objectContaining({
        product: null,
        name: 'Goods',
        barcode: '4600000000022',
        quantity: 2000,
        priceFrom: 'free',
        listPrice: 3500,
        unitPrice: 3500,
        total: 7000,
      }),
    ]);
    expect(sold.stock).toEqual([]);
    const asked = { kind: 'may-not-sell', right: 'free-price' };
    expect(refusal({ ...input, operator: CASHIER })).toEqual(asked);
    expect(
      body({ ...input, operator: CASHIER, receipt: { ...receipt, allowedBy: SENIOR } }),
    ).toEqual({ ...sold, discountsAllowedBy: SENIOR });

    const of18 = addUnlisted(emptyReceipt(RECEIPT), { ...goods, askAge: 18 }, idOf(1));
    const young = { ...input, receipt: setTender(of18, cash(70)) };
    expect(refusal(young)).toEqual({ kind: 'age-not-confirmed', age: 18 });
    const ageConfirmed = { age: 18, by: SENIOR };
    expect(body({ ...young, receipt: confirmAge(young.receipt, ageConfirmed) })).toMatchObject({
      ageConfirmed,
      lines: [{ product: null, askAge: 18 }],
    });
  });

  test('goods without a product have no list price but the typed one', () => {
    const sold = body(inputOf({ receipt: receiptOf(100, [cash(100)], null), customer: null }));
    const with1 = (change: object) =>
      saleBody.safeParse({ ...sold, lines: sold.lines.map((line) => ({ ...line, ...change })) })
        .success;
    expect(with1({ product: null })).toBe(false);
    expect(with1({ product: null, priceFrom: 'free' })).toBe(true);
    expect(with1({ product: null, priceFrom: 'free', listPrice: 20_000 })).toBe(false);
  });

  test('paid in cash without a customer: change is due, and no account changes', () => {
    const sold = body(inputOf({ receipt: receiptOf(100, [cash(500)], null), customer: null }));
    expect(sold).toMatchObject({
      customer: null,
      changeDue: 40_000,
      onAccount: 0,
      pointsEarned: 0,
      accounts: [],
      confirmations: [],
    });
  });

  test('points are earned on the money without the change', () => {
    const sold = body(inputOf({ receipt: receiptOf(100, [cash(5000)]) }));
    expect(sold.pointsEarned).toBe(1);
  });

  test('points over what a customer may earn in a day are not earned; a debt that would earn more earns none', () => {
    const policy = verified({
      ...POLICY,
      points: { ...POLICY.points, onRepayment: true, perDay: 2_000 },
    });
    const paid = (given: number, earnedToday: number) =>
      body(
        inputOf({
          policy,
          earnedToday,
          receipt: receiptOf(1000, [cash(given)]),
          confirmations: given < 1000 ? [debtCode(100_000 - given * 100)] : [],
        }),
      );
    const earns = ({ pointsEarned, repaidEarns, accounts }: SaleBody) => ({
      pointsEarned,
      repaidEarns,
      points: accounts.flatMap(({ account, delta }) => (account === 'points' ? [delta] : [])),
    });
    const cases: [number, number, number, number | null, number][] = [
      [1000, 0, 10, null, 0],
      [1000, 10, 10, null, 0],
      [1000, 11, 9, null, 1],
      [1000, 20, 0, null, 10],
      [1000, 500, 0, null, 10],
      [400, 10, 4, 100, 0],
      [400, 11, 4, null, 6],
      [400, 17, 3, null, 7],
    ];
    for (const [given, today, pointsEarned, repaidEarns, over] of cases) {
      const sold = paid(given, today);
      const points = pointsEarned === 0 ? [] : [pointsEarned];
      expect(earns(sold)).toEqual({ pointsEarned, repaidEarns, points });
      expect(pointsOverCap(sold, policy.points)).toBe(over);
      expect(earnsOf(sold)).toBe(10 - over);
    }
  });

  test('one product on two lines is taken from stock once, by the sum', () => {
    const dearer = {
      id: BREAD,
      name: 'Хлеб',
      barcodes: [],
      unit: 'piece',
      noDiscounts: false,
      askAge: null,
      marked: false,
      tax: USUAL_TAX,
      category: null,
      price: rub(60),
    } as const;
    const receipt = setTender(
      addProduct(receiptOf(50), dearer, quantity(2000), idOf(61)),
      cash(170),
    );
    expect(body(inputOf({ receipt })).stock).toEqual([{ product: BREAD, delta: -3000 }]);
  });

  test('for any goods and tenders, a closed sale balances, is valid on the wire, and adds only confirmed debt', () => {
    const minor = fc.integer({ min: 0, max: 50_000 }).map(money);
    const tender: fc.Arbitrary<Tender> = fc.record({
      kind: fc.constantFrom('cash', 'card', 'transfer'),
      amount: minor,
    });
    const redeemed = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }));
    const lines = fc.array(fc.tuple(minor, fc.integer({ min: 1, max: 5000 })), { maxLength: 4 });
    let closed = 0;
    fc.assert(
      fc.property(lines, fc.array(tender, { maxLength: 3 }), redeemed, (goods, tenders, spent) => {
        let receipt = { ...emptyReceipt(RECEIPT), customer: ANNA };
        goods.forEach(([price, amount], n) => {
          const product = {
            id: idOf(100 + n),
            name: 'Х',
            barcodes: [],
            unit: 'kilogram',
            noDiscounts: false,
            askAge: null,
            marked: false,
            tax: USUAL_TAX,
            category: null,
            price,
          } as const;
          receipt = {
            ...addProduct(receipt, product, quantity(amount), idOf(60 + n)),
            customer: ANNA,
          };
        });
        const given = [...tenders, points(spent)].reduce(setTender, receipt);
        const confirmations = [overrideOf('redeem-points'), overrideOf('sell-on-account')];
        const answer = decideSale(inputOf({ receipt: given, confirmations }));
        if (answer.kind === 'refused') return;
        closed += 1;
        const sold = answer.body;
        expect(saleBody.safeParse({ ...sold, confirmations: [] }).success).toBe(true);
        const paid = sold.tenders.reduce((all, each) => all + each.amount, 0);
        expect(sold.total).toBe(paid + sold.onAccount - sold.changeDue);
        expect(sold.total).toBe(sold.lines.reduce((all, line) => all + line.total, 0));
        const moved = (account: 'debt' | 'points') =>
          sold.accounts
            .filter((step) => step.account === account)
            .reduce((all, step) => all + step.delta, 0);
        expect(moved('debt')).toBe(sold.onAccount);
        expect(moved('points')).toBe(sold.pointsEarned - spent);
        const confirmed = sold.confirmations.map((each) => [each.action, each.amount]);
        const expected: [string, number][] = [];
        if (spent > 0) expected.push(['redeem-points', spent * 100]);
        if (sold.onAccount > 0) expected.push(['sell-on-account', sold.onAccount]);
        expect(confirmed).toEqual(expected);
      }),
      { numRuns: cases(1000) },
    );
    // some sales have to be decided, so that the property is really tested
    expect(closed).toBeGreaterThan(100);
  });
});

describe('a sale that is refused', () => {
  test('no goods', () => {
    const receipt = { ...emptyReceipt(RECEIPT), customer: ANNA };
    expect(refusal(inputOf({ receipt }))).toEqual({ kind: 'empty' });
  });

  test('an operator without the right to sell, or no longer active', () => {
    const wrong = { kind: 'may-not-sell', right: 'sell' };
    expect(refusal(inputOf({ operator: GONE }))).toEqual(wrong);
    expect(refusal(inputOf({ operator: idOf(99) }))).toEqual(wrong);
    expect(refusal(inputOf({ policy: without('cashier', 'sell') }))).toEqual(wrong);
  });

  test('a card charged above the total', () => {
    const receipt = receiptOf(100, [{ kind: 'card', amount: rub(120) }]);
    expect(refusal(inputOf({ receipt }))).toEqual({ kind: 'tender-too-much', over: rub(20) });
  });

  test('a debt without a customer, even with every confirmation', () => {
    const receipt = receiptOf(1372.07, [cash(500)], null);
    const input = inputOf({ receipt, customer: null, confirmations: [debtCode(87_207)] });
    expect(refusal(input)).toEqual({ kind: 'no-customer' });
    expect(refusal(inputOf({ customer: null }))).toEqual({ kind: 'no-customer' });
    const other: Customer = { ...anna, id: idOf(21) };
    expect(() => decideSale(inputOf({ customer: other }))).toThrow('Invariant');
  });

  test('a debt, or points, without the right to that action', () => {
    expect(
      refusal(
        inputOf({
          policy: without('cashier', 'sell-on-account'),
          confirmations: [debtCode(87_207)],
        }),
      ),
    ).toEqual({ kind: 'may-not-sell', right: 'sell-on-account' });
    expect(
      refusal(
        inputOf({
          policy: without('cashier', 'redeem-points'),
          receipt: receiptOf(100, [cash(50), points(50)]),
          confirmations: [pointsCode(50)],
        }),
      ),
    ).toEqual({ kind: 'may-not-sell', right: 'redeem-points' });
  });

  test('a customer marked no credit, regardless of who sells', () => {
    const customer: Customer = { ...anna, credit: { kind: 'no-credit' } };
    for (const operator of [CASHIER, OWNER]) {
      const input = inputOf({ customer, operator, confirmations: [debtCode(87_207)] });
      expect(refusal(input)).toEqual({ kind: 'no-credit' });
    }
  });

  test('a debt of a customer with an open dispute, regardless of who sells; they may still pay in points', () => {
    for (const operator of [CASHIER, OWNER]) {
      const input = inputOf({ disputed: true, operator, confirmations: [debtCode(87_207)] });
      expect(refusal(input)).toEqual({ kind: 'disputed' });
    }
    const receipt = receiptOf(1000, [cash(900), points(100)]);
    const paid = inputOf({ disputed: true, receipt, confirmations: [pointsCode(100)] });
    expect(decideSale(paid).kind).toBe('decided');
  });

  test('a debt over the limit, with the sum still allowed; the right to sell over the limit lifts it', () => {
    const input = inputOf({
      standing: { owed: rub(9500), points: 0 },
      confirmations: [debtCode(87_207)],
    });
    expect(refusal(input)).toEqual({ kind: 'over-limit', allowed: rub(500) });
    const bySenior = [debtCode(87_207, { operator: SENIOR })];
    expect(decideSale({ ...input, operator: SENIOR, confirmations: bySenior }).kind).toBe(
      'decided',
    );
    const own: Customer = { ...anna, credit: { kind: 'own-limit', limit: rub(20_000) } };
    expect(decideSale({ ...input, customer: own }).kind).toBe('decided');
    const free: Customer = { ...anna, credit: { kind: 'unlimited' } };
    expect(decideSale({ ...input, customer: free }).kind).toBe('decided');
  });

  test('more points than the balance, or than the receipt may take, or at another value', () => {
    const pay = (count: number) => receiptOf(1000, [cash(1000 - count), points(count)]);
    const spend = (count: number, held: number) =>
      refusal(
        inputOf({
          receipt: pay(count),
          standing: { owed: rub(0), points: held },
          confirmations: [pointsCode(count)],
        }),
      );
    expect(spend(301, 300)).toEqual({ kind: 'not-enough-points', held: 300 });
    expect(spend(501, 900)).toEqual({ kind: 'points-over-share', allowed: 500 });
    expect(spend(500, 900)).toBeNull();
    const cheap: Tender = { kind: 'points', points: 1, amount: rub(500) };
    expect(
      refusal(
        inputOf({
          receipt: receiptOf(1000, [cash(500), cheap]),
          confirmations: [pointsCode(1)],
        }),
      ),
    ).toEqual({ kind: 'points-worth-differs', worth: rub(1) });
    const none: Tender = { kind: 'points', points: 0, amount: rub(500) };
    expect(refusal(inputOf({ receipt: receiptOf(1000, [cash(500), none]) }))?.kind).toBe(
      'points-worth-differs',
    );
  });

  test('an action without its confirmation', () => {
    expect(refusal(inputOf())).toEqual({
      kind: 'confirmation-missing',
      action: 'sell-on-account',
    });
    const both = receiptOf(1372.07, [cash(500), points(200)]);
    expect(refusal(inputOf({ receipt: both, confirmations: [debtCode(67_207)] }))).toEqual({
      kind: 'confirmation-missing',
      action: 'redeem-points',
    });
    expect(refusal(inputOf({ receipt: both, confirmations: [pointsCode(200)] }))).toEqual({
      kind: 'confirmation-missing',
      action: 'sell-on-account',
    });
  });

  test('a customer without a number, whatever rights the operator has', () => {
    const customer: Customer = { ...anna, phone: null };
    const wrong = { kind: 'no-phone', action: 'sell-on-account' };
    expect(refusal(inputOf({ customer }))).toEqual(wrong);
    expect(refusal(inputOf({ customer, confirmations: [overrideOf('sell-on-account')] }))).toEqual(
      wrong,
    );
    expect(decideSale(inputOf({ customer, policy: withMethod([], 0) })).kind).toBe('decided');
  });

  test.each([
    ['another shop', { shop: idOf(90) }],
    ['another till', { till: idOf(90) }],
    ['another operator', { operator: SENIOR }],
    ['another action', { action: 'redeem-points' }],
    ['another receipt', { receipt: idOf(90) }],
    ['another customer', { customer: idOf(90) }],
    ['other goods, tenders or phone', { dealHash: '0'.repeat(64) }],
    ['a smaller sum', { amount: { minor: 87_206, currency: 'RUB' } }],
    ['another currency', { amount: { minor: 87_207, currency: 'USD' } }],
    ['points', { amount: { points: 1, worth: { minor: 87_207, currency: 'RUB' } } }],
    ['no sum', { amount: null }],
  ] as const)('a grant for %s', (_what, change) => {
    expect(refusal(inputOf({ confirmations: [debtCode(87_207, change)] }))).toEqual({
      kind: 'grant-not-for-this-deal',
      action: 'sell-on-account',
    });
  });

  test('a grant for a deal whose hash was not computed', () => {
    expect(refusal(inputOf({ dealHashes: {}, confirmations: [debtCode(87_207)] }))?.kind).toBe(
      'grant-not-for-this-deal',
    );
  });

  test('a grant for an action that the receipt no longer contains', () => {
    const input = inputOf({ confirmations: [debtCode(87_207), pointsCode(50)] });
    expect(refusal(input)).toEqual({ kind: 'grant-not-for-this-deal', action: 'redeem-points' });
  });

  test('an expired grant, or one used before', () => {
    const expired = debtCode(87_207, { exp: NOW });
    expect(refusal(inputOf({ confirmations: [expired] }))).toEqual({
      kind: 'grant-expired',
      action: 'sell-on-account',
    });
    const input = inputOf({ confirmations: [debtCode(87_207)], grantsUsed: new Set([CHALLENGE]) });
    expect(refusal(input)).toEqual({ kind: 'grant-used', action: 'sell-on-account' });
  });
});

describe('with a reserve code', () => {
  const reserve = (change: Parameters<typeof checkedReserve>[0] = {}): ProvenConfirmation => ({
    ...reserveOf('sell-on-account'),
    verifier: checkedReserve(change),
  });

  test('the sale holds the code, its verifier and the sum; no right to skip codes is needed', () => {
    expect(body(inputOf({ confirmations: [reserve()] })).confirmations).toEqual([
      {
        kind: 'reserve-code',
        action: 'sell-on-account',
        amount: 87_207,
        code: RESERVE_CODE,
        verifier: idOf(70),
        signed: 'h.p.s',
      },
    ]);
  });

  test.each([
    ['another shop', { shop: idOf(90) }],
    ['another till', { till: idOf(90) }],
    ['another customer', { customer: idOf(90) }],
  ])('one of %s is refused', (_what, change) => {
    expect(refusal(inputOf({ confirmations: [reserve(change)] }))).toEqual({
      kind: 'reserve-code-not-for-this',
      action: 'sell-on-account',
    });
  });

  test('up to its cap it is accepted, and not a kopeck more', () => {
    expect(refusal(inputOf({ confirmations: [reserve({ cap: 87_207 })] }))).toBeNull();
    expect(refusal(inputOf({ confirmations: [reserve({ cap: 87_206 })] }))).toEqual({
      kind: 'reserve-code-over-cap',
      action: 'sell-on-account',
      allowed: 87_206,
    });
  });

  test('a used code is refused, and so is one code for points and debt of one receipt', () => {
    const used = inputOf({ confirmations: [reserve()], grantsUsed: new Set([idOf(70)]) });
    expect(refusal(used)).toEqual({ kind: 'reserve-code-used', action: 'sell-on-account' });
    const receipt = receiptOf(1372.07, [cash(500), points(200)]);
    const forPoints = { ...reserve(), action: 'redeem-points' } as ProvenConfirmation;
    expect(refusal(inputOf({ receipt, confirmations: [forPoints, reserve()] }))).toEqual({
      kind: 'reserve-code-used',
      action: 'sell-on-account',
    });
  });

  test('a code for an action that the receipt no longer contains is refused', () => {
    const receipt = receiptOf(500, [cash(500)]);
    expect(refusal(inputOf({ receipt, confirmations: [reserve()] }))).toEqual({
      kind: 'reserve-code-not-for-this',
      action: 'sell-on-account',
    });
  });
});

describe('without a code', () => {
  const by = (change: Parameters<typeof overrideOf>[1] = {}) =>
    inputOf({ confirmations: [overrideOf('sell-on-account', change)] });

  test('the sale records who asked, who allowed it, why, the connectivity and the caps', () => {
    const sold = body({
      ...by({ because: 'other', note: 'телефон разряжен' }),
      usage: { customer: rub(100), till: rub(700) },
    });
    expect(sold.confirmations).toEqual([
      {
        kind: 'override',
        action: 'sell-on-account',
        amount: 87_207,
        askedBy: CASHIER,
        by: SENIOR,
        because: 'other',
        note: 'телефон разряжен',
        connectivity: offline,
        caps: {
          perAct: 300_000,
          perCustomer: 300_000,
          perTill: 1_500_000,
          usedByCustomer: 10_000,
          usedByTill: 70_000,
        },
      },
    ]);
    expect(saleBody.shape.confirmations.safeParse(sold.confirmations).success).toBe(true);
  });

  test('only the right of the operator who allows it counts', () => {
    const wrong = { kind: 'override-no-right', action: 'sell-on-account' };
    expect(refusal(by({ by: CASHIER }))).toEqual(wrong);
    expect(refusal(by({ by: GONE }))).toEqual(wrong);
    expect(decideSale(by({ by: OWNER })).kind).toBe('decided');
  });

  test('the reason "other" needs words', () => {
    for (const note of [null, '', '  ']) {
      expect(refusal(by({ because: 'other', note }))).toEqual({
        kind: 'reason-missing',
        action: 'sell-on-account',
      });
    }
  });

  test('over a cap it is refused with the sum still allowed', () => {
    const usage = { customer: rub(2500), till: rub(2500) };
    expect(refusal({ ...by(), usage })).toEqual({
      kind: 'override-over-cap',
      action: 'sell-on-account',
      scope: 'customer',
      allowed: rub(500),
    });
  });

  test('points and debt of one receipt share the caps', () => {
    const receipt = receiptOf(4000, [cash(1200), points(300)]);
    const confirmations = [overrideOf('redeem-points'), overrideOf('sell-on-account')];
    expect(refusal(inputOf({ receipt, confirmations }))).toBeNull();
    const usage = { customer: rub(201), till: rub(201) };
    expect(refusal(inputOf({ receipt, confirmations, usage }))).toEqual({
      kind: 'override-over-cap',
      action: 'sell-on-account',
      scope: 'customer',
      allowed: rub(2499),
    });
  });

  test('an override for the points does not confirm the debt', () => {
    expect(refusal(inputOf({ confirmations: [overrideOf('redeem-points')] }))?.kind).toBe(
      'confirmation-missing',
    );
  });
});

describe('when the policy requires no code', () => {
  test('the sale records it', () => {
    const sold = body(inputOf({ policy: withMethod([], 0) }));
    expect(sold.confirmations).toEqual([
      {
        kind: 'not-required',
        action: 'sell-on-account',
        amount: 87_207,
        because: 'method-none',
      },
    ]);
  });

  test('a code given before is kept even if the policy no longer requires it; a wrong one is refused', () => {
    const policy = withMethod(['sms'], 100_000);
    const kinds = (code: ProvenConfirmation) =>
      body(inputOf({ policy, confirmations: [code] })).confirmations.map((each) => each.kind);
    expect(kinds(debtCode(87_207))).toEqual(['code']);
    expect(refusal(inputOf({ policy, confirmations: [debtCode(1)] }))?.kind).toBe(
      'grant-not-for-this-deal',
    );
  });

  test('above the threshold a code is required again', () => {
    const input = inputOf({
      policy: withMethod(['sms'], 100_000),
      unconfirmed30d: { ...NOTHING_UNCONFIRMED, 'sell-on-account': rub(200) },
    });
    expect(refusal(input)?.kind).toBe('confirmation-missing');
  });
});

test('the largest receipt that can be stored can be sold', () => {
  const receipt = setTender(receiptOf(MAX_AMOUNT / 100, [], null), {
    kind: 'card',
    amount: money(MAX_AMOUNT),
  });
  expect(body(inputOf({ receipt, customer: null })).total).toBe(MAX_AMOUNT);
});
