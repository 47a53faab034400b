// Receipt: adding and removing goods, rounding of lines; no sum exceeds what can be stored.
import { USUAL_TAX, singly } from '$lib/domain/goods/product';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goodsPrice, NO_DISCOUNT } from '$lib/domain/receipt/discounts';
import { MAX_AMOUNT, money, sum, ZERO } from '$lib/domain/values/money';
import { MAX_QUANTITY, ONE, quantity } from '$lib/domain/values/quantity';
import {
  addLabelled,
  afterHold,
  addProduct,
  addUnlisted,
  chooseCustomer,
  clearTenders,
  emptyReceipt,
  isUnlikelyPrice,
  priceChanges,
  pricesOf,
  putLineBack,
  receiptTotal,
  removedFrom,
  removeLine,
  removeTender,
  renameLines,
  repriced,
  setLineDiscount,
  setPrice,
  setQuantity,
  setTender,
  tenderOf,
  type Receipt,
} from '$lib/domain/receipt/receipt';
import type { Tender } from '$lib/domain/values/settlement';
import { ANNA, BREAD, cash, idOf, points, RECEIPT, rub } from './fixtures';
import { cases } from '../support/cases';

const bread = {
  id: BREAD,
  name: 'Хлеб',
  barcodes: [singly('4600000000015')],
  unit: 'piece',
  noDiscounts: false,
  askAge: null,
  marked: false,
  tax: USUAL_TAX,
  category: null,
  price: rub(50),
} as const;
const apples = {
  id: idOf(41),
  name: 'Яблоки',
  barcodes: [],
  unit: 'kilogram',
  noDiscounts: false,
  askAge: null,
  marked: false,
  tax: USUAL_TAX,
  category: null,
  price: rub(99.9),
} as const;
const empty = emptyReceipt(RECEIPT);

test('a price above three times or below a third of the list price is unlikely, at the limits it is not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (minor) => {
      const list = money(3 * minor);
      const isUnlikely = (price: number) => isUnlikelyPrice(money(price), list);
      expect([minor, 3 * minor, 9 * minor].map(isUnlikely)).toEqual([false, false, false]);
      expect([minor - 1, 9 * minor + 1].map(isUnlikely)).toEqual([true, true]);
    }),
  );
  // goods without a list price have nothing to compare with
  expect(isUnlikelyPrice(rub(1000), ZERO)).toBe(false);
});

describe('goods that are not in the catalogue', () => {
  const goods = {
    name: 'Goods',
    code: '4600000000022',
    quantity: ONE,
    price: rub(35),
    askAge: null,
  };

  test('make a line each, and each that is taken out counts as removed', () => {
    const one = addUnlisted(empty, goods, 'one');
    const both = addUnlisted(one, goods, 'other');
    expect(both.lines).toHaveLength(2);
    expect(removedFrom(removeLine(both, 'one'))).toEqual({ lines: 1, sum: rub(35) });
  });

  test('stay at a typed price when it is typed again', () => {
    const [line] = setPrice(addUnlisted(empty, goods, 'one'), 'one', rub(30)).lines;
    expect(line).toMatchObject({ unitPrice: rub(30), listPrice: rub(30), priceFrom: 'free' });
  });
});

describe('ringing up', () => {
  test('goods take their names in another language, and the deal does not change', () => {
    const rung = addProduct(
      addProduct(empty, bread, quantity(1000), 'a'),
      apples,
      quantity(345),
      'b',
    );
    const renamed = renameLines(rung, { [BREAD]: 'Bread' });
    expect(renamed.lines.map((line) => line.name)).toEqual(['Bread', 'Яблоки']);
    const nameless = ({ lines, ...rest }: Receipt) => ({
      ...rest,
      lines: lines.map((line) => ({ ...line, name: '' })),
    });
    expect(nameless(renamed)).toEqual(nameless(rung));
  });

  test('the same product at the same price is added to its line', () => {
    const one = addProduct(empty, bread, quantity(1000), 'a');
    const both = addProduct(
      addProduct(one, apples, quantity(345), 'b'),
      bread,
      quantity(2000),
      'c',
    );
    expect(both.lines.map((line) => [line.id, line.quantity])).toEqual([
      ['a', 3000],
      ['b', 345],
    ]);
    expect(receiptTotal(both)).toBe(15_000 + 3447);
  });

  test('each scale label makes a line of its own, to which no later goods are added', () => {
    const label = { code: '2000123003456', quantity: quantity(345), unitPrice: null };
    const both = addLabelled(addLabelled(empty, apples, label, 'a'), apples, label, 'b');
    const all = addProduct(addProduct(both, apples, quantity(100), 'c'), apples, ONE, 'd');
    expect(all.lines.map((line) => [line.id, line.quantity, line.barcode])).toEqual([
      ['a', 345, label.code],
      ['b', 345, label.code],
      ['c', 1100, null],
    ]);
    expect(addLabelled(empty, { ...bread, marked: true }, label, 'a')).toBe(empty);
  });

  test('at another price a product becomes another line, and the newest is last', () => {
    const one = addProduct(empty, bread, quantity(1000), 'a');
    const dearer = addProduct(one, { ...bread, price: rub(60) }, quantity(1000), 'b');
    expect(dearer.lines.map((line) => line.id)).toEqual(['a', 'b']);
    expect(dearer.lines[0]).toEqual({
      id: 'a',
      product: BREAD,
      name: 'Хлеб',
      barcode: '4600000000015',
      unit: 'piece',
      quantity: 1000,
      listPrice: 5000,
      unitPrice: 5000,
      priceFrom: 'list',
      noDiscounts: false,
      askAge: null,
      mark: null,
      tax: USUAL_TAX,
      category: null,
      discount: NO_DISCOUNT,
      offers: [],
    });
  });

  test('a line with a discount does not grow: the discount was for that quantity', () => {
    const one = addProduct(empty, bread, quantity(1000), 'a');
    const cheaper = setLineDiscount(one, 'a', { basisPoints: null, sum: rub(5) });
    expect(addProduct(cheaper, bread, quantity(1000), 'b').lines).toHaveLength(2);
    const discounted = setQuantity(cheaper, 'a', quantity(50));
    expect(pricesOf(discounted)).toMatchObject([{ goods: rub(2.5), total: 0 }]);
  });

  test('a sum that would not fit changes nothing', () => {
    const gold = { ...bread, price: money(MAX_AMOUNT) };
    const one = addProduct(empty, gold, quantity(1000), 'a');
    expect(receiptTotal(one)).toBe(MAX_AMOUNT);
    expect(addProduct(one, gold, quantity(1000), 'b')).toBe(one);
    expect(addProduct(one, bread, quantity(1000), 'b')).toBe(one);
    expect(setQuantity(one, 'a', quantity(MAX_QUANTITY))).toBe(one);
    expect(setQuantity(one, 'a', quantity(0))).toBe(one);
    expect(setQuantity(one, 'nobody', quantity(1000))).toBe(one);
    expect(addProduct(empty, gold, quantity(MAX_QUANTITY), 'a')).toBe(empty);
    expect(addProduct(empty, bread, quantity(MAX_QUANTITY + 1), 'a')).toBe(empty);
  });

  test('for any goods the total is the sum of the lines and can be stored', () => {
    const price = fc.integer({ min: 0, max: MAX_AMOUNT }).map(money);
    const amount = fc.integer({ min: 1, max: MAX_QUANTITY }).map(quantity);
    fc.assert(
      fc.property(fc.array(fc.tuple(price, amount), { maxLength: 8 }), (goods) => {
        const receipt = goods.reduce(
          (so, [each, count], n) =>
            addProduct(so, { ...bread, id: idOf(n), price: each }, count, `l${n}`),
          empty,
        );
        const total = receiptTotal(receipt);
        expect(total).toBe(sum(pricesOf(receipt).map(({ total: each }) => each)));
        expect(total).toBeLessThanOrEqual(MAX_AMOUNT);
      }),
    );
  });

  test('removing a line removes only that line', () => {
    const two = addProduct(addProduct(empty, bread, quantity(1000), 'a'), apples, quantity(1), 'b');
    expect(removeLine(two, 'a').lines.map((line) => line.id)).toEqual(['b']);
    expect(two.lines).toHaveLength(2);
  });

  test('goods taken out count from the first line on, and no longer after they are added again', () => {
    const rung = addProduct(
      addProduct(empty, bread, quantity(3000), 'a'),
      apples,
      quantity(1000),
      'b',
    );
    expect(removedFrom(rung)).toEqual({ lines: 0, sum: ZERO });
    const fewer = setQuantity(rung, 'a', quantity(2000));
    expect(removedFrom(fewer)).toEqual({ lines: 1, sum: rub(50) });
    const without = removeLine(fewer, 'b');
    expect(removedFrom(without)).toEqual({ lines: 2, sum: rub(50 + 99.9) });
    // more of other goods do not compensate; the same goods rung up again do
    const more = addProduct(without, { ...bread, id: idOf(99) }, quantity(9000), 'd');
    expect(removedFrom(more)).toEqual(removedFrom(without));
    const again = addProduct(without, apples, quantity(400), 'e');
    expect(removedFrom(again)).toEqual({ lines: 2, sum: rub(50 + 0.6 * 99.9) });
    expect(removedFrom(setQuantity(again, 'a', quantity(3000))).lines).toBe(1);
    expect(removedFrom(addProduct(again, apples, quantity(600), 'f')).sum).toBe(rub(50));
    expect(putLineBack(without, fewer, 'b').lines).toEqual(fewer.lines);
    expect(removedFrom(putLineBack(without, fewer, 'b'))).toEqual(removedFrom(fewer));
    // the largest quantity counts, however it was reached
    const added = addProduct(fewer, bread, quantity(30_000), 'c');
    expect(removedFrom(added)).toEqual({ lines: 0, sum: ZERO });
    expect(removedFrom(setQuantity(added, 'a', quantity(2000))).sum).toBe(rub(1500));
  });

  test('a receipt that was on hold says so, and what was missing in it stays removed', () => {
    const two = addProduct(
      addProduct(empty, bread, quantity(1000), 'a'),
      apples,
      quantity(1000),
      'b',
    );
    const once = afterHold(removeLine(two, 'b'), 60_000);
    expect(once.held).toEqual({ times: 1, longestMs: 60_000 });
    // the next customer takes apples, too
    const next = addProduct(once, apples, quantity(1000), 'c');
    expect(removedFrom(next)).toEqual({ lines: 1, sum: rub(99.9) });
    // a line that is taken out and added again between two holds is a slip
    expect(removedFrom(putLineBack(removeLine(next, 'a'), next, 'a'))).toEqual(removedFrom(next));
    const twice = afterHold(removeLine(next, 'a'), 1000);
    expect(twice.held).toEqual({ times: 2, longestMs: 60_000 });
    expect(removedFrom(addProduct(twice, bread, quantity(1000), 'd'))).toEqual({
      lines: 2,
      sum: rub(149.9),
    });
  });

  test('whatever is done to the lines, what left is the difference to the most there was', () => {
    const act = fc.record({
      place: fc.nat(3),
      amount: fc.integer({ min: 1, max: 5 }),
      how: fc.constantFrom('add', 'set', 'remove'),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let receipt = addProduct(empty, bread, quantity(1000), 'first');
        const most = new Map<string, number>([[bread.id, 1000]]);
        const held = () => {
          const all = new Map<string, number>();
          for (const { product, quantity: amount } of receipt.lines)
            if (product !== null) all.set(product, (all.get(product) ?? 0) + amount);
          return all;
        };
        for (const [i, { place, amount, how }] of acts.entries()) {
          const line = receipt.lines[place % receipt.lines.length];
          if (line === undefined) break;
          // the last line ends the receipt, which is an act of its own
          if (how === 'remove' && receipt.lines.length > 1) receipt = removeLine(receipt, line.id);
          if (how === 'set') receipt = setQuantity(receipt, line.id, quantity(amount * 1000));
          if (how === 'add')
            receipt = addProduct(
              receipt,
              place % 2 === 0 ? bread : apples,
              quantity(amount * 1000),
              `line ${i}`,
            );
          const now = held();
          for (const [product, all] of now)
            most.set(product, Math.max(most.get(product) ?? 0, all));
          const missing = [...most].filter(([product, all]) => all > (now.get(product) ?? 0));
          expect(removedFrom(receipt).lines).toBe(missing.length);
          expect(removedFrom(receipt).sum > 0).toBe(missing.length > 0);
        }
      }),
    );
  });
});

describe('tenders and the customer', () => {
  test('there is one tender of a kind, and an empty one removes it', () => {
    const once = setTender(setTender(empty, cash(10)), cash(20));
    expect(once.tenders).toEqual([cash(20)]);
    expect(setTender(once, { kind: 'cash', amount: ZERO }).tenders).toEqual([]);
    const two = setTender(once, points(5));
    expect(tenderOf(two, 'points')?.points).toBe(5);
    expect(tenderOf(two, 'card')).toBeNull();
    expect(removeTender(two, 'cash').tenders).toEqual([points(5)]);
    expect(clearTenders(two).tenders).toEqual([]);
    expect(() => setTender(empty, { kind: 'cash', amount: money(-1) })).toThrow('Invariant');
  });

  test('money belongs to its receipt: it is removed with the last line and not restored with it', () => {
    const two = addProduct(addProduct(empty, bread, quantity(1000), 'a'), apples, quantity(1), 'b');
    const given = setTender(two, cash(100));
    const one = removeLine(given, 'a');
    expect(one.tenders).toEqual([cash(100)]);
    const none = removeLine(one, 'b');
    expect(none).toEqual(empty);
    expect(putLineBack(none, given, 'b')).toEqual({ ...empty, lines: [given.lines[1]] });
    const back = putLineBack(one, given, 'a');
    expect([back.lines, back.tenders]).toEqual([given.lines, given.tenders]);
  });

  test('a restored line returns to its place, and later changes stay', () => {
    const two = addProduct(addProduct(empty, bread, quantity(1000), 'a'), apples, quantity(1), 'b');
    const one = chooseCustomer(setTender(removeLine(two, 'a'), cash(1)), ANNA);
    const more = addProduct(one, { ...bread, price: rub(60) }, quantity(1000), 'c');
    const back = putLineBack(more, two, 'a');
    expect(back.lines.map((line) => line.id)).toEqual(['a', 'b', 'c']);
    expect(back).toMatchObject({ customer: ANNA, tenders: [cash(1)] });
    // restored twice, or never removed
    expect(putLineBack(back, two, 'a')).toBe(back);
    expect(putLineBack(back, two, 'nobody')).toBe(back);
    const gold = { ...bread, price: money(MAX_AMOUNT) };
    const full = addProduct(removeLine(removeLine(two, 'a'), 'b'), gold, quantity(1000), 'd');
    expect(putLineBack(full, two, 'a')).toBe(full);
  });

  test('points of one customer do not pay for another; a customer named for the first time keeps the tenders', () => {
    const unnamed = setTender(empty, cash(1));
    const chosen = setTender(chooseCustomer(unnamed, ANNA), points(5));
    expect(chosen).toEqual({ ...empty, customer: ANNA, tenders: [cash(1), points(5)] });
    expect(chooseCustomer(chosen, ANNA)).toBe(chosen);
    expect(chooseCustomer(chosen, idOf(21))).toEqual({
      ...chosen,
      customer: idOf(21),
      tenders: [],
    });
    expect(chooseCustomer(chosen, null)).toEqual(empty);
  });

  test('a charged card payment stays on the receipt when the customer changes', () => {
    const card: Tender = { kind: 'card', amount: rub(2) };
    const transfer: Tender = { kind: 'transfer', amount: rub(3) };
    const chosen = chooseCustomer(empty, ANNA);
    const given = [card, cash(1), transfer, points(5)].reduce(setTender, chosen);
    expect(chooseCustomer(given, idOf(21)).tenders).toEqual([card, transfer]);
    expect(chooseCustomer(given, null).tenders).toEqual([card, transfer]);
  });
});

describe('a line total', () => {
  test('is the price times the quantity, halves rounded away from zero, to the last minor unit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: MAX_AMOUNT }),
        fc.integer({ min: 1, max: 9_000_000 }),
        (price, thousandths) => {
          const exact = BigInt(price) * BigInt(thousandths);
          fc.pre(exact / 1000n < BigInt(Number.MAX_SAFE_INTEGER));
          const whole = exact / 1000n + (exact % 1000n >= 500n ? 1n : 0n);
          expect(BigInt(goodsPrice(money(price), quantity(thousandths)))).toBe(whole);
        },
      ),
      { numRuns: cases(1000) },
    );
    expect(goodsPrice(money(1), quantity(500))).toBe(1);
    expect(goodsPrice(money(1), quantity(499))).toBe(0);
  });

  test('a negative line throws, even where two negative signs cancel out', () => {
    expect(() => goodsPrice(money(-1000), quantity(-1000))).toThrow('Invariant');
    expect(() => goodsPrice(money(1000), quantity(0))).toThrow('Invariant');
  });
});

test('goods whose price has changed are named, and sold at the new price when asked; discounted lines keep theirs', () => {
  const now = new Map([
    [bread.id, money(bread.price + 500)],
    ['gone', money(1)],
  ]);
  const one = addProduct(emptyReceipt('r'), bread, quantity(2000), 'a');
  expect(priceChanges(one, now)).toEqual([{ line: one.lines[0], price: bread.price + 500 }]);
  expect(repriced(one, now).lines).toMatchObject([{ id: 'a', unitPrice: bread.price + 500 }]);
  expect(priceChanges(repriced(one, now), now)).toEqual([]);
  const discounted = setLineDiscount(one, 'a', { basisPoints: 500, sum: ZERO });
  expect(repriced(discounted, now)).toBe(discounted);
});
