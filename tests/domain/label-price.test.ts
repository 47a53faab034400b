// The price on a scale label is the line's total; nothing changes it.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { saleBody } from '$lib/contract/acts/sale';
import type { LabelMask, LabelValue } from '$lib/contract/label-mask';
import { decideSale } from '$lib/domain/acts/money/sale';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { NOTHING_OWED, NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { labelCode, readLabel } from '$lib/domain/goods/scale-label';
import { applyRules } from '$lib/domain/receipt/discount-rules';
import { goodsPrice } from '$lib/domain/receipt/discounts';
import { amountOf } from '$lib/domain/receipt/label-amount';
import {
  addLabelled,
  addProduct,
  emptyReceipt,
  pricesOf,
  receiptTotal,
  repriced,
  setLineDiscount,
  setPrice,
  setQuantity,
  setReceiptDiscount,
  setTender,
  type Line,
  type Receipt,
} from '$lib/domain/receipt/receipt';
import { money, type Money } from '$lib/domain/values/money';
import { ONE, quantity } from '$lib/domain/values/quantity';
import { cases } from '../support/cases';
import { CASHIER, idOf, NOW, POLICY, RECEIPT, rub, shopPolicy, TILL, verified } from './fixtures';
import { good } from './goods';

const PRICES: LabelMask = {
  prefixes: ['24'],
  value: 'price',
  layout: 'AAAAAVVVVV',
  articleHasPrefix: false,
};
const WITH_PRICES = verified({ ...POLICY, labelMasks: [...POLICY.labelMasks, PRICES] });
const cheese = good(41, 'Сыр', { unit: 'kilogram', price: rub(899) });
const bread = good(42, 'Хлеб', { price: rub(50) });

const label = (value: LabelValue, amount: number) => ({ code: '', article: '1', value, amount });
const codeOf = (price: Money) => labelCode(PRICES, '24', { article: '1', amount: price }) ?? '';

/** A receipt with one package of cheese at this price on its label. */
function withCheese(price: Money, receipt: Receipt = emptyReceipt(RECEIPT)): Receipt {
  const amount = amountOf(label('price', price), cheese);
  if (amount.kind !== 'amount') throw new Error(amount.kind);
  return addLabelled(receipt, cheese, { ...amount, code: codeOf(price) }, idOf(60));
}

function sell(receipt: Receipt, policy = WITH_PRICES) {
  const paid = setTender(receipt, { kind: 'cash', amount: receiptTotal(receipt) });
  return decideSale({
    receipt: paid,
    policy,
    till: TILL,
    number: 1,
    operator: CASHIER,
    at: NOW,
    customer: null,
    customerFacts: null,
    standing: NOTHING_OWED,
    usage: NOTHING_USED,
    unconfirmed30d: NOTHING_UNCONFIRMED,
    earnedToday: 0,
    disputed: false,
    confirmations: [],
    dealHashes: {},
    grantsUsed: new Set(),
    piecesSold: new Set(),
  });
}

describe('the quantity on a label', () => {
  test('is grams of goods sold by the kilogram, or pieces of goods sold by the piece', () => {
    expect(amountOf(label('weight', 412), cheese)).toEqual({
      kind: 'amount',
      quantity: 412,
      unitPrice: null,
    });
    expect(amountOf(label('pieces', 12), bread)).toEqual({
      kind: 'amount',
      quantity: 12_000,
      unitPrice: null,
    });
  });

  test('has to be entered if the label states zero; another unit is refused', () => {
    for (const value of ['weight', 'pieces', 'price'] as const)
      expect(amountOf(label(value, 0), cheese)).toEqual({ kind: 'asks' });
    expect(amountOf(label('weight', 412), bread)).toEqual({ kind: 'other-unit' });
    expect(amountOf(label('pieces', 412), cheese)).toEqual({ kind: 'other-unit' });
    expect(amountOf(label('pieces', 999_999), bread)).toEqual({ kind: 'too-much' });
  });

  test('is calculated from a price by the list price', () => {
    expect(amountOf(label('price', 37_039), cheese)).toEqual({
      kind: 'amount',
      quantity: 412,
      unitPrice: rub(899),
    });
    expect(amountOf(label('price', 20_000), bread)).toEqual({
      kind: 'amount',
      quantity: 4000,
      unitPrice: rub(50),
    });
  });

  test('is refused for a price that no quantity costs, or if the goods have no price', () => {
    expect(amountOf(label('price', 20_001), bread)).toEqual({ kind: 'other-price' });
    expect(amountOf(label('price', 1), cheese)).toEqual({ kind: 'other-price' });
    expect(amountOf(label('price', 100), { ...cheese, price: money(0) })).toEqual({
      kind: 'no-price',
    });
    expect(amountOf(label('price', 999_999), { ...cheese, price: money(1) })).toEqual({
      kind: 'too-much',
    });
  });

  test('is exactly the weight if the scale uses the list price', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1001, max: 500_000 }),
        fc.integer({ min: 1, max: 50_000 }),
        (list, grams) => {
          const price = goodsPrice(money(list), quantity(grams));
          fc.pre(price > 0);
          expect(amountOf(label('price', price), { unit: 'kilogram', price: money(list) })).toEqual(
            { kind: 'amount', quantity: grams, unitPrice: list },
          );
        },
      ),
      { numRuns: cases(500) },
    );
  });

  test('is chosen at any other price so that the line costs what the label states', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500_000 }),
        fc.integer({ min: 1, max: 999_999 }),
        (list, price) => {
          const nearest = (price * 1000) / list;
          fc.pre(nearest >= 1 && nearest <= 20_000);
          const made = amountOf(label('price', price), { unit: 'kilogram', price: money(list) });
          if (made.kind !== 'amount' || made.unitPrice === null) throw new Error(made.kind);
          expect(goodsPrice(made.unitPrice, made.quantity)).toBe(price);
          expect(Math.abs(made.quantity - nearest)).toBeLessThanOrEqual(101);
        },
      ),
      { numRuns: cases(500) },
    );
  });
});

describe('a line at the price of a label', () => {
  test('is sold at the price that the label states', () => {
    const decided = sell(withCheese(rub(370.4)));
    expect(decided).toMatchObject({
      kind: 'decided',
      body: {
        total: 37_040,
        lines: [{ priceFrom: 'scale', total: 37_040, barcode: codeOf(rub(370.4)), quantity: 412 }],
      },
    });
    expect(saleBody.safeParse('body' in decided ? decided.body : null).success).toBe(true);
  });

  test('cannot be changed by a price, quantity or discount by hand, nor by a newer list price', () => {
    const receipt = withCheese(rub(370.39));
    const half = { basisPoints: 5000, sum: null };
    expect(setPrice(receipt, idOf(60), rub(1))).toBe(receipt);
    expect(setLineDiscount(receipt, idOf(60), half)).toBe(receipt);
    expect(setQuantity(receipt, idOf(60), ONE)).toBe(receipt);
    expect(repriced(receipt, new Map([[cheese.id, rub(999)]]))).toBe(receipt);
  });

  test('takes no part of a receipt’s discount and no automatic discount', () => {
    const both = addProduct(withCheese(rub(370.39)), bread, ONE, 'bread');
    const reduced = setReceiptDiscount(both, { basisPoints: 1000, sum: null });
    expect(pricesOf(reduced).map(({ total }) => total)).toEqual([37_039, 4500]);
    const tenOff = {
      id: idOf(100),
      name: 'ten',
      active: true,
      from: null,
      until: null,
      hours: null,
      weekdays: [1, 2, 3, 4, 5, 6, 7],
      scope: { kind: 'everything' as const },
      adds: false,
      amount: { kind: 'percent' as const, basisPoints: 1000 },
      condition: { kind: 'weekdays' as const },
    };
    const policy = { ...WITH_PRICES, discountRules: [tenOff] };
    const settled = applyRules(both, policy, { at: NOW, ofCustomer: [] });
    expect(pricesOf(settled).map(({ total }) => total)).toEqual([37_039, 4500]);
  });

  test('stays separate: more of the same goods make other lines', () => {
    const two = withCheese(rub(370.39), withCheese(rub(100)));
    const all = addProduct(two, cheese, quantity(200), 'typed');
    expect(all.lines.map(({ priceFrom }) => priceFrom)).toEqual(['scale', 'scale', 'list']);
  });

  test('is refused if the policy has no mask for it, or the label states another price', () => {
    const right = withCheese(rub(370.39));
    expect(sell(right, POLICY)).toEqual({ kind: 'refused', because: { kind: 'label-wrong' } });
    const told: readonly Partial<Line>[] = [
      { unitPrice: rub(400) },
      { quantity: quantity(100) },
      // the label of another package, an ordinary code, no code
      { barcode: codeOf(rub(100)) },
      { barcode: '4600000001015' },
      { barcode: null },
      // a price per kilogram that was never in the list, with another weight
      { listPrice: rub(450) },
      { unit: 'piece' },
      { discount: { basisPoints: null, sum: rub(1) } },
    ];
    for (const change of told) {
      const receipt = { ...right, lines: right.lines.map((line) => ({ ...line, ...change })) };
      expect(sell(receipt)).toEqual({ kind: 'refused', because: { kind: 'label-wrong' } });
    }
  });

  test('cannot be made from a label whose mask reads weights', () => {
    const weights = shopPolicy((policy) => ({
      ...policy,
      labelMasks: [{ ...PRICES, value: 'weight' }],
    }));
    expect(readLabel(codeOf(rub(1)), weights.labelMasks)).toMatchObject({ kind: 'label' });
    expect(sell(withCheese(rub(370.39)), verified(weights))).toMatchObject({ kind: 'refused' });
  });

  test('is refused by the schema with a discount or without its label', () => {
    const decided = sell(withCheese(rub(370.39)));
    if (decided.kind === 'refused') throw new Error(decided.because.kind);
    const fits = (change: object) =>
      saleBody.safeParse({
        ...decided.body,
        lines: decided.body.lines.map((line) => ({ ...line, ...change })),
      }).success;
    expect(fits({})).toBe(true);
    expect(fits({ barcode: null })).toBe(false);
    expect(fits({ given: { basisPoints: 100, sum: null } })).toBe(false);
  });
});
