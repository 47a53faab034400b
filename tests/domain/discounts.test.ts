// Discounts by hand: their order, how they are spread over lines, and how much a person may give.
import { discountCapOf } from '$lib/domain/policy/policy';
import { USUAL_TAX } from '$lib/domain/goods/product';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOfSale, saleBody } from '$lib/contract/acts/sale';
import { decideSale } from '$lib/domain/acts/money/sale';
import { NOTHING_OWED, NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import {
  discountOf,
  goodsPrice,
  NO_DISCOUNT,
  parsePercent,
  percentText,
  priced,
  takesDiscounts,
  reductionRefused,
  type Discounted,
  type GivenDiscount,
} from '$lib/domain/receipt/discounts';
import { money, ZERO } from '$lib/domain/values/money';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { quantity } from '$lib/domain/values/quantity';
import {
  addProduct,
  allowDiscounts,
  emptyReceipt,
  rebuildReceipt,
  receiptTotal,
  removeLine,
  setLineDiscount,
  setPrice,
  setReceiptDiscount,
  setTender,
  type Receipt,
} from '$lib/domain/receipt/receipt';
import { cases } from '../support/cases';
import { CASHIER, idOf, NOW, OWNER, POLICY, RECEIPT, rub, SENIOR, TILL } from './fixtures';

const percent = (of: number): GivenDiscount => ({ basisPoints: of * 100, sum: null });
const off = (roubles: number): GivenDiscount => ({ basisPoints: null, sum: rub(roubles) });

/** Lines at these prices in roubles, called a, b, c; a negative price: the line takes no discounts. */
function receiptOf(...prices: number[]): Receipt {
  return prices.reduce(
    (receipt, price, place) =>
      addProduct(
        receipt,
        {
          id: idOf(40 + place),
          name: 'goods',
          barcodes: [],
          unit: 'piece',
          category: null,
          noDiscounts: price < 0,
          askAge: null,
          marked: false,
          tax: USUAL_TAX,
          price: rub(Math.abs(price)),
        },
        quantity(1000),
        'abc'[place] ?? '',
      ),
    emptyReceipt(RECEIPT),
  );
}

const sell = (receipt: Receipt, operator = OWNER) =>
  decideSale({
    receipt,
    policy: POLICY,
    till: TILL,
    number: 1,
    operator,
    at: NOW,
    customer: null,
    standing: NOTHING_OWED,
    usage: NOTHING_USED,
    unconfirmed30d: NOTHING_UNCONFIRMED,
    earnedToday: 0,
    disputed: false,
    confirmations: [],
    dealHashes: {},
    grantsUsed: new Set(),
    piecesSold: new Set(),
    customerFacts: null,
  });

function soldFor(receipt: Receipt, operator = OWNER) {
  const total = receiptTotal(receipt);
  const decided = sell(setTender(receipt, { kind: 'cash', amount: total }), operator);
  if (decided.kind === 'refused') throw new Error(JSON.stringify(decided.because));
  expect(saleBody.safeParse(decided.body).success).toBe(true);
  return decided.body;
}

describe('a discount', () => {
  test('example 1: −10 % of a receipt leaves out the line that takes no discounts', () => {
    const body = soldFor(setReceiptDiscount(receiptOf(-100, 60, 30), percent(10)));
    expect(body.total).toBe(rub(181));
    expect(body.lines.map(({ total }) => total)).toEqual([rub(100), rub(54), rub(27)]);
    const share = { from: 'receipt', rule: null, basisPoints: 1000 };
    expect(body.lines[1]?.discounts).toEqual([{ ...share, amount: rub(6) }]);
    expect(body.lines[0]?.discounts).toEqual([]);
  });

  test('example 2: percentages come before sums, so that 200 with −20 and −10 % is 160', () => {
    const receipt = setReceiptDiscount(setLineDiscount(receiptOf(200), 'a', off(20)), percent(10));
    expect(soldFor(receipt).total).toBe(rub(160));
  });

  test('of 100 % makes the price zero', () => {
    expect(soldFor(setReceiptDiscount(receiptOf(80, 20), percent(100)))).toMatchObject({
      total: 0,
      tenders: [],
      changeDue: 0,
      onAccount: 0,
    });
  });

  test('of a receipt in roubles is spread by value, and never takes more than there is', () => {
    const receipt = setReceiptDiscount(receiptOf(10, 10, 10), off(10));
    expect(soldFor(receipt).lines.map(({ total }) => total)).toEqual([666, 667, 667]);
    expect(soldFor(setReceiptDiscount(receipt, off(1000))).total).toBe(0);
  });

  test('is removed with the last line', () => {
    const receipt = allowDiscounts(setReceiptDiscount(receiptOf(10), percent(10)), SENIOR);
    expect(removeLine(receipt, 'a')).toEqual(emptyReceipt(RECEIPT));
  });

  test('never takes more than the price, and lines add up', () => {
    const given: fc.Arbitrary<GivenDiscount> = fc.record({
      basisPoints: fc.option(fc.integer({ min: 1, max: 10_000 })),
      sum: fc.option(fc.integer({ min: 1, max: 100_000 }).map(money)),
    });
    const line: fc.Arbitrary<Discounted> = fc.record({
      quantity: fc.integer({ min: 1, max: 5000 }).map(quantity),
      unitPrice: fc.integer({ min: 0, max: 1_000_000 }).map(money),
      priceFrom: fc.constantFrom('list', 'free', 'scale'),
      noDiscounts: fc.boolean(),
      discount: fc.oneof(fc.constant(NO_DISCOUNT), given),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), given, (lines, ofReceipt) => {
        for (const [place, { goods, total, discounts }] of priced(lines, ofReceipt).entries()) {
          expect(goods - discountOf({ discounts })).toBe(total);
          expect(total).toBeGreaterThanOrEqual(0);
          for (const { amount } of discounts) expect(amount).toBeGreaterThan(0);
          if (!takesDiscounts(lines[place]!)) expect(discounts).toEqual([]);
        }
      }),
      { numRuns: cases(1000) },
    );
  });

  test('is the same in the receipt that is rebuilt from the sale', () => {
    const receipt = setReceiptDiscount(
      setLineDiscount(setPrice(receiptOf(-100, 60.05, 33.33), 'b', rub(50)), 'c', percent(7)),
      { basisPoints: 333, sum: rub(3) },
    );
    const body = soldFor(receipt);
    const rebuilt = rebuildReceipt({ ...body, id: body.sale });
    if (rebuilt === null) expect.fail('no till can make it');
    expect(soldFor(rebuilt)).toEqual(body);
    for (const line of body.lines) expect(lineOfSale.safeParse(line).success).toBe(true);
  });
});

describe('how much may be taken off by hand', () => {
  const cheaper = (price: number) => setPrice(receiptOf(100), 'a', rub(price));

  test('without the right nothing; otherwise up to the group’s cap, custom prices included', () => {
    expect([CASHIER, SENIOR, OWNER].map((each) => discountCapOf(POLICY, each))).toEqual([
      0, 1_000, 10_000,
    ]);
    const refused = (receipt: Receipt, operator: string) => {
      const decided = sell({ ...receipt, tenders: [{ kind: 'cash', amount: rub(100) }] }, operator);
      return decided.kind === 'refused' ? decided.because : null;
    };
    const five = setLineDiscount(receiptOf(100), 'a', percent(5));
    expect(refused(five, CASHIER)).toEqual({ kind: 'may-not-sell', right: 'discount' });
    expect(refused(cheaper(99), CASHIER)).toEqual({ kind: 'may-not-sell', right: 'free-price' });
    expect(refused(five, SENIOR)).toBeNull();
    expect(refused(cheaper(90), SENIOR)).toBeNull();
    const over = { kind: 'discount-over-cap', line: 0, allowed: rub(10) };
    expect(refused(cheaper(89.99), SENIOR)).toEqual(over);
    expect(refused(setLineDiscount(cheaper(95), 'a', off(6)), SENIOR)).toEqual(over);
    // a higher price, then a discount down to the list price: in all nothing was given
    expect(refused(setLineDiscount(cheaper(120), 'a', off(20)), SENIOR)).toBeNull();
  });

  test('a colleague with a higher cap may allow more, and the sale names them', () => {
    const half = setLineDiscount(receiptOf(100), 'a', percent(50));
    expect(soldFor(allowDiscounts(half, OWNER), CASHIER).discountsAllowedBy).toBe(OWNER);
    const five = setLineDiscount(receiptOf(100), 'a', percent(5));
    expect(soldFor(allowDiscounts(five, OWNER), SENIOR).discountsAllowedBy).toBeNull();
    expect(sell(allowDiscounts(half, SENIOR), CASHIER)).toMatchObject({ kind: 'refused' });
  });

  test('nobody may sell a product without discounts below its list price', () => {
    const below = setPrice(receiptOf(-100), 'a', rub(99));
    expect(reductionRefused(POLICY, OWNER, below.lines, NO_DISCOUNT)).toEqual({
      kind: 'discount-over-cap',
      line: 0,
      allowed: ZERO,
    });
    const above = setPrice(receiptOf(-100), 'a', rub(101));
    expect(reductionRefused(POLICY, OWNER, above.lines, NO_DISCOUNT)).toBeNull();
    expect(setLineDiscount(receiptOf(-100), 'a', percent(1))).toEqual(receiptOf(-100));
  });

  test('law: a receipt’s percentage is never above the cap of the person who may give it', () => {
    const goods = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(goods, fc.integer({ min: 1, max: 1_000 }), (prices, basisPoints) => {
        const receipt = receiptOf(...prices.map((price) => price / 100));
        const given = { basisPoints, sum: null };
        expect(reductionRefused(POLICY, SENIOR, receipt.lines, given)).toBeNull();
      }),
      { numRuns: cases(500) },
    );
  });
});

test('a percentage as typed', () => {
  expect(['10', '12,5', '0.05 %', '100'].map(parsePercent)).toEqual([1000, 1250, 5, 10_000]);
  expect(['', '100,01', '-1', '1,234', 'x'].map(parsePercent)).toEqual(Array(5).fill(null));
  expect([1000, 1250, 5].map(percentText)).toEqual(['10', '12.5', '0.05']);
  expect(goodsPrice(rub(10), quantity(333))).toBe(333);
});
