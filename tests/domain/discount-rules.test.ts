// Automatic discounts: when rules apply, which one wins, and what a sale with them records.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { saleBody } from '$lib/contract/acts/sale';
import {
  discountRule,
  discountRules,
  MOST_IN_SCOPES,
  type DiscountRule,
} from '$lib/contract/discount-rule';
import type { Policy } from '$lib/contract/policy';
import { NOTHING_OWED, NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { decideSale } from '$lib/domain/acts/money/sale';
import {
  applyRules,
  RULES_HOLD_MS,
  settleRules,
  type CustomerFacts,
} from '$lib/domain/receipt/discount-rules';
import { NO_DISCOUNT } from '$lib/domain/receipt/discounts';
import { money, ZERO } from '$lib/domain/values/money';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { quantity } from '$lib/domain/values/quantity';
import {
  addProduct,
  emptyReceipt,
  pricesOf,
  rebuildReceipt,
  receiptTotal,
  setLineDiscount,
  setPrice,
  setReceiptDiscount,
  setTender,
  type Receipt,
} from '$lib/domain/receipt/receipt';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { cases } from '../support/cases';
import { ANNA, CASHIER, idOf, NOW, OWNER, RECEIPT, rub, shopPolicy, TILL } from './fixtures';

const DAIRY = 'dairy';

/** Ten percent off everything, always. */
const rule = (n: number, change: Partial<DiscountRule> = {}): DiscountRule => ({
  id: idOf(100 + n),
  name: `rule ${n}`,
  active: true,
  from: null,
  until: null,
  hours: null,
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  scope: { kind: 'everything' },
  adds: false,
  amount: { kind: 'percent', basisPoints: 1000 },
  condition: { kind: 'weekdays' },
  ...change,
});
const percent = (of: number) => ({ kind: 'percent', basisPoints: of * 100 }) as const;
const once = (roubles: number) => ({ kind: 'once', sum: rub(roubles) }) as const;

const withRules = (...rules: DiscountRule[]) =>
  shopPolicy((policy: Policy) => ({ ...policy, discountRules: discountRules.parse(rules) }));

type Goods = { price: number; count?: number; category?: string; noDiscounts?: boolean };

const receiptOf = (...goods: Goods[]): Receipt =>
  goods.reduce(
    (receipt, { price, count = 1, category = null, noDiscounts = false }, place) =>
      addProduct(
        receipt,
        {
          id: idOf(40 + place),
          name: 'goods',
          barcodes: [],
          unit: 'piece',
          noDiscounts,
          price: rub(price),
          category,
          tax: USUAL_TAX,
          askAge: null,
          marked: false,
        },
        quantity(Math.round(count * 1000)),
        String(place),
      ),
    emptyReceipt(RECEIPT),
  );

/** What the receipt costs by these rules, in minor units. */
const costs = (
  receipt: Receipt,
  rules: DiscountRule[],
  { at = NOW, facts = null }: { at?: number; facts?: CustomerFacts | null } = {},
) => receiptTotal(settleRules(receipt, withRules(...rules), at, facts));

const applies = (change: Partial<DiscountRule>, at: string, facts: CustomerFacts | null = null) =>
  costs(receiptOf({ price: 100 }), [rule(1, change)], { at: Date.parse(at), facts }) === rub(90);

function sell(receipt: Receipt, policy = withRules(), operator = CASHIER, at = NOW) {
  const paid = setTender(receipt, { kind: 'cash', amount: receiptTotal(receipt) });
  return decideSale({
    receipt: paid,
    policy: policy as VerifiedPolicy,
    till: TILL,
    number: 1,
    operator,
    at,
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
}

function soldFor(receipt: Receipt, rules: DiscountRule[], operator = CASHIER) {
  const policy = withRules(...rules);
  const decided = sell(settleRules(receipt, policy, NOW, null), policy, operator);
  if (decided.kind === 'refused') throw new Error(JSON.stringify(decided.because));
  expect(saleBody.safeParse(decided.body).success).toBe(true);
  return decided.body;
}

describe('the best rule of a line wins', () => {
  const dairy = rule(2, { scope: { kind: 'categories', ids: [DAIRY] } });

  test('example 3: −50 once over all goods, and −10 % of dairy', () => {
    const receipt = receiptOf({ price: 200, category: DAIRY }, { price: 400 });
    const body = soldFor(receipt, [rule(1, { amount: once(50) }), dairy]);
    expect(body.total).toBe(rub(546.67));
    expect(body.lines.map(({ discounts }) => discounts)).toEqual([
      [{ from: 'rule', rule: dairy.id, basisPoints: 1000, amount: rub(20) }],
      [{ from: 'rule', rule: rule(1).id, basisPoints: null, amount: rub(33.33) }],
    ]);
    expect(body.byRules).toEqual({
      at: NOW,
      names: [
        { rule: dairy.id, name: 'rule 2' },
        { rule: rule(1).id, name: 'rule 1' },
      ],
    });
  });

  test('with a condition on the total it applies from 400 on, not at 390', () => {
    const from = rule(1, { condition: { kind: 'total', from: rub(400) } });
    expect(costs(receiptOf({ price: 40, count: 10 }), [from])).toBe(rub(360));
    expect(costs(receiptOf({ price: 39, count: 10 }), [from])).toBe(rub(390));
  });

  test('it may take off the whole price', () => {
    const free = rule(1, { amount: percent(100) });
    expect(soldFor(receiptOf({ price: 80 }, { price: 20 }), [free]).total).toBe(0);
  });

  test('of two that take off the same, the earlier wins', () => {
    const [line] = soldFor(receiptOf({ price: 10 }), [rule(1), rule(2)]).lines;
    expect(line?.discounts).toMatchObject([{ rule: rule(1).id }]);
  });

  test('a sum per unit applies to weighed goods, too, and never takes more than the price', () => {
    const off = (roubles: number) => rule(1, { amount: { kind: 'per-unit', sum: rub(roubles) } });
    expect(costs(receiptOf({ price: 40, count: 2.5 }), [off(4)])).toBe(rub(90));
    expect(costs(receiptOf({ price: 40, count: 2 }), [off(50)])).toBe(0);
  });

  test('a condition on the quantity counts one product over all of its lines', () => {
    const three = rule(1, { condition: { kind: 'quantity', from: 3000 } });
    const two = receiptOf({ price: 100, count: 2 }, { price: 100 });
    expect(costs(two, [three])).toBe(rub(300));
    const [first, second] = two.lines;
    const same = { ...two, lines: [first!, { ...second!, product: first!.product }] };
    expect(costs(same, [three])).toBe(rub(270));
  });

  test('it does not apply to deleted categories and products, nor to products without discounts', () => {
    const gone = rule(1, { scope: { kind: 'categories', ids: ['gone'] } });
    expect(costs(receiptOf({ price: 100, category: DAIRY }, { price: 1 }), [gone])).toBe(rub(101));
    const product = rule(1, { scope: { kind: 'products', ids: [idOf(41)] } });
    expect(costs(receiptOf({ price: 100 }, { price: 100 }), [product])).toBe(rub(190));
    expect(costs(receiptOf({ price: 100, noDiscounts: true }), [rule(1)])).toBe(rub(100));
    const custom = setPrice(receiptOf({ price: 100 }), '0', rub(99));
    expect(costs(custom, [rule(1)])).toBe(rub(99));
  });
});

describe('together with a discount by hand', () => {
  const given = (of: number) =>
    setLineDiscount(receiptOf({ price: 100 }), '0', { basisPoints: of * 100, sum: null });

  test('the better one counts', () => {
    expect(costs(given(5), [rule(1)])).toBe(rub(90));
    expect(costs(given(20), [rule(1)])).toBe(rub(80));
    const ofReceipt = setReceiptDiscount(
      receiptOf({ price: 100, category: DAIRY }, { price: 100 }),
      {
        basisPoints: null,
        sum: rub(40),
      },
    );
    const half = rule(1, {
      amount: percent(50),
      scope: { kind: 'categories', ids: [DAIRY] },
    });
    expect(costs(ofReceipt, [half])).toBe(rub(130));
  });

  test('a rule that adds is calculated from the price before discounts, and takes no more than is left', () => {
    expect(costs(given(20), [rule(1, { adds: true })])).toBe(rub(70));
    expect(costs(given(95), [rule(1, { adds: true })])).toBe(0);
  });

  test('only the discount by hand counts against the cap', () => {
    const half = rule(1, { amount: percent(50) });
    expect(soldFor(receiptOf({ price: 100 }), [half], CASHIER).total).toBe(rub(50));
    expect(sell(settleRules(given(5), withRules(half), NOW, null), withRules(half))).toMatchObject({
      because: { kind: 'may-not-sell', right: 'discount' },
    });
  });
});

describe('when a rule applies', () => {
  test('dates and weekdays are the shop’s, in its time zone', () => {
    // the shop is in Moscow, three hours ahead
    expect(applies({ from: '2026-11-25' }, '2026-11-24T21:00:00Z')).toBe(true);
    expect(applies({ from: '2026-11-25' }, '2026-11-24T20:59:00Z')).toBe(false);
    expect(applies({ until: '2026-11-25' }, '2026-11-25T20:59:00Z')).toBe(true);
    expect(applies({ until: '2026-11-25' }, '2026-11-25T21:00:00Z')).toBe(false);
    expect(applies({ weekdays: [3] }, '2026-11-25T12:00:00Z')).toBe(true);
    expect(applies({ weekdays: [7] }, '2026-11-29T12:00:00Z')).toBe(true);
    expect(applies({ weekdays: [1, 2, 4, 5, 6, 7] }, '2026-11-25T12:00:00Z')).toBe(false);
    expect(applies({ active: false }, '2026-11-25T12:00:00Z')).toBe(false);
  });

  test('the end of the hours is excluded, and they may cross midnight', () => {
    const hours = { from: 17 * 60, until: 18 * 60 };
    expect(applies({ hours }, '2026-11-25T14:00:00Z')).toBe(true);
    expect(applies({ hours }, '2026-11-25T14:59:00Z')).toBe(true);
    expect(applies({ hours }, '2026-11-25T15:00:00Z')).toBe(false);
    // from Wednesday 22:00 to Thursday 02:00
    const night = { hours: { from: 22 * 60, until: 2 * 60 }, weekdays: [3] };
    expect(applies(night, '2026-11-25T19:00:00Z')).toBe(true);
    expect(applies(night, '2026-11-25T22:59:00Z')).toBe(true);
    expect(applies(night, '2026-11-25T23:00:00Z')).toBe(false);
    expect(applies(night, '2026-11-24T22:00:00Z')).toBe(false);
    const month = { ...night, weekdays: [1, 2, 3, 4, 5, 6, 7], until: '2026-12-31' };
    expect(applies(month, '2026-12-31T22:00:00Z')).toBe(true);
    expect(applies(month, '2027-01-01T19:00:00Z')).toBe(false);
  });

  test('it may have days of the month', () => {
    const condition: DiscountRule['condition'] = { kind: 'month-days', days: [25, 31] };
    expect(applies({ condition }, '2026-11-25T12:00:00Z')).toBe(true);
    expect(applies({ condition }, '2026-11-30T12:00:00Z')).toBe(false);
  });

  const anna = (change: Partial<CustomerFacts> = {}): CustomerFacts => ({
    group: null,
    birthday: null,
    birthdaySince: 0,
    purchases: ZERO,
    ...change,
  });

  test('it may depend on the customer’s group and purchases so far', () => {
    const purchases = { condition: { kind: 'purchases', from: rub(1000) } } as const;
    const at = '2026-11-25T12:00:00Z';
    expect(applies(purchases, at, anna({ purchases: rub(1000) }))).toBe(true);
    expect(applies(purchases, at, anna({ purchases: rub(999.99) }))).toBe(false);
    expect(applies(purchases, at)).toBe(false);
    const group = { condition: { kind: 'group', group: idOf(7) } } as const;
    expect(applies(group, at, anna({ group: idOf(7) }))).toBe(true);
    expect(applies(group, at, anna({ group: idOf(8) }))).toBe(false);
    expect(applies(group, at)).toBe(false);
  });

  test('it may depend on a birthday: days around it, across New Year, 29 February; not if just entered', () => {
    const condition = { kind: 'birthday', before: 3, after: 2 } as const;
    const on = (month: number, day: number, at: string, since = 0) =>
      applies({ condition }, at, anna({ birthday: { month, day }, birthdaySince: since }));
    expect(on(1, 1, '2026-12-29T12:00:00Z')).toBe(true);
    expect(on(1, 1, '2026-12-28T12:00:00Z')).toBe(false);
    expect(on(12, 31, '2027-01-02T12:00:00Z')).toBe(true);
    expect(on(12, 31, '2027-01-03T12:00:00Z')).toBe(false);
    // 28 February in 2027, 29 February in 2028
    expect(on(2, 29, '2027-02-25T12:00:00Z')).toBe(true);
    expect(on(2, 29, '2027-03-02T12:00:00Z')).toBe(true);
    expect(on(2, 29, '2027-03-03T12:00:00Z')).toBe(false);
    expect(on(2, 29, '2028-02-25T12:00:00Z')).toBe(false);
    expect(on(2, 29, '2028-03-02T12:00:00Z')).toBe(true);
    const entered = Date.parse('2026-11-01T12:00:00Z');
    expect(on(12, 1, '2026-11-30T12:00:00Z', entered)).toBe(false);
    expect(on(12, 1, '2026-12-01T12:00:00Z', entered)).toBe(true);
    expect(applies({ condition }, '2026-12-01T12:00:00Z', anna())).toBe(false);
  });
});

describe('a sale', () => {
  const evening = rule(1, { hours: { from: 15 * 60, until: 15 * 60 + 1 } });
  const settled = settleRules(receiptOf({ price: 100 }), withRules(evening), NOW, null);

  test('keeps the discounts of the beginning of its payment, for an hour', () => {
    const policy = withRules(evening);
    const later = (ms: number) => sell(settled, policy, CASHIER, NOW + ms);
    expect(later(RULES_HOLD_MS)).toMatchObject({ body: { total: rub(90), byRules: { at: NOW } } });
    expect(later(RULES_HOLD_MS + 1)).toMatchObject({ because: { kind: 'rules-changed' } });
    // the clock was corrected while the till waited for the code
    expect(later(-RULES_HOLD_MS)).toMatchObject({ body: { total: rub(90) } });
    expect(later(-RULES_HOLD_MS - 1)).toMatchObject({ because: { kind: 'rules-changed' } });
  });

  test('is refused if the policy has other rules by then', () => {
    for (const policy of [withRules(), withRules({ ...evening, amount: percent(9) })])
      expect(sell(settled, policy)).toMatchObject({ because: { kind: 'rules-changed' } });
    expect(sell(receiptOf({ price: 100 }), withRules(evening))).toMatchObject({
      because: { kind: 'rules-changed' },
    });
  });

  test('is refused with a rule that does not hold for its customer', () => {
    const policy = withRules(rule(1, { condition: { kind: 'group', group: idOf(7) } }));
    const forMember = applyRules(receiptOf({ price: 100 }), policy, {
      at: NOW,
      ofCustomer: [rule(1).id],
    });
    expect(receiptTotal(forMember)).toBe(rub(90));
    expect(sell(forMember, policy)).toMatchObject({ because: { kind: 'rules-changed' } });
    const facts = { group: null, birthday: null, birthdaySince: null, purchases: ZERO };
    expect(settleRules({ ...forMember, customer: ANNA }, policy, NOW, facts).rules).toEqual({
      at: NOW,
      ofCustomer: [],
    });
  });
});

describe('laws', () => {
  const amount = fc.oneof(
    fc.integer({ min: 1, max: 100 }).map(percent),
    fc.integer({ min: 1, max: 500 }).map(once),
    fc.integer({ min: 1, max: 90 }).map((of) => ({ kind: 'per-unit', sum: rub(of) }) as const),
  );
  const condition = fc.oneof(
    fc.constant({ kind: 'weekdays' } as const),
    fc.integer({ min: 1, max: 600 }).map((of) => ({ kind: 'total', from: rub(of) }) as const),
    fc.integer({ min: 1, max: 5000 }).map((from) => ({ kind: 'quantity', from }) as const),
  );
  const scope = fc.constantFrom<DiscountRule['scope']>(
    { kind: 'everything' },
    { kind: 'categories', ids: [DAIRY] },
    { kind: 'products', ids: [idOf(40), idOf(42)] },
  );
  const rules = fc
    .array(fc.record({ amount, condition, scope, adds: fc.boolean() }), { maxLength: 5 })
    .map((all) => all.map((each, n) => rule(n, each)));
  const given = fc.oneof(
    fc.constant(NO_DISCOUNT),
    fc.record({
      basisPoints: fc.option(fc.integer({ min: 1, max: 10_000 })),
      sum: fc.option(fc.integer({ min: 1, max: 10_000 }).map(money)),
    }),
  );
  const goods = fc.record({
    price: fc.integer({ min: 0, max: 20_000 }).map((each) => each / 100),
    count: fc.integer({ min: 1, max: 4000 }).map((each) => each / 1000),
    category: fc.constantFrom(DAIRY, 'other'),
    noDiscounts: fc.boolean(),
  });
  const receipts = fc
    .record({
      goods: fc.array(fc.tuple(goods, given), { minLength: 1, maxLength: 8 }),
      ofReceipt: given,
    })
    .map(({ goods, ofReceipt }) =>
      setReceiptDiscount(
        goods.reduce(
          (receipt, [, each], place) => setLineDiscount(receipt, String(place), each),
          receiptOf(...goods.map(([each]) => each)),
        ),
        ofReceipt,
      ),
    );

  test('lines are never negative, add up, and never cost more than without rules', () => {
    fc.assert(
      fc.property(receipts, rules, (receipt, all) => {
        const before = pricesOf(receipt);
        const prices = pricesOf(settleRules(receipt, withRules(...all), NOW, null));
        for (const [place, { goods, discounts, total }] of prices.entries()) {
          expect(total).toBeGreaterThanOrEqual(0);
          expect(total).toBeLessThanOrEqual(before[place]?.total ?? 0);
          expect(goods - discounts.reduce((sum, { amount }) => sum + amount, 0)).toBe(total);
          expect(discounts.filter(({ from }) => from === 'rule').length).toBeLessThanOrEqual(1);
          if (receipt.lines[place]?.noDiscounts === true) expect(discounts).toEqual([]);
        }
      }),
      { numRuns: cases(150) },
    );
  });

  test('each rule alone takes no more off a line than all of them', () => {
    fc.assert(
      fc.property(receipts, rules, (receipt, all) => {
        const best = pricesOf(settleRules(receipt, withRules(...all), NOW, null));
        for (const one of all) {
          const alone = pricesOf(settleRules(receipt, withRules(one), NOW, null));
          for (const [place, { total }] of best.entries())
            expect(total).toBeLessThanOrEqual(alone[place]?.total ?? 0);
        }
      }),
      { numRuns: cases(100) },
    );
  });

  test('rules without a sum to spread do not depend on the order of the lines', () => {
    fc.assert(
      fc.property(receipts, rules, (receipt, all) => {
        const alone = { ...receipt, discount: NO_DISCOUNT };
        const policy = withRules(...all.filter(({ amount: { kind } }) => kind !== 'once'));
        const turned = { ...alone, lines: alone.lines.toReversed() };
        expect(pricesOf(settleRules(turned, policy, NOW, null)).toReversed()).toEqual(
          pricesOf(settleRules(alone, policy, NOW, null)),
        );
      }),
      { numRuns: cases(100) },
    );
  });

  test('deciding a sale again from its body gives the same body', () => {
    fc.assert(
      fc.property(receipts, rules, (receipt, all) => {
        const body = soldFor(receipt, all, OWNER);
        const rebuilt = rebuildReceipt({ ...body, id: body.sale });
        if (rebuilt === null) expect.fail('no till can make it');
        const policy = withRules(...all);
        const decided = sell(settleRules(rebuilt, policy, NOW, null), policy, OWNER);
        expect(decided).toEqual({ kind: 'decided', body });
      }),
      { numRuns: cases(150) },
    );
  });
});

test('rules that make no sense are refused by the schema', () => {
  const bad: Partial<DiscountRule>[] = [
    { name: ' ' },
    { hours: { from: 60, until: 60 } },
    { weekdays: [] },
    { weekdays: [0] },
    { amount: { kind: 'percent', basisPoints: 10_001 } },
    { amount: { kind: 'once', sum: 0 } },
    { scope: { kind: 'categories', ids: [] } },
    { condition: { kind: 'month-days', days: [32] } },
    { from: '2027-02-29' },
  ];
  for (const change of bad) expect(discountRule.safeParse(rule(1, change)).success).toBe(false);
  const ids = Array.from({ length: MOST_IN_SCOPES }, (_, n) => idOf(n));
  const many = rule(1, { scope: { kind: 'products', ids } });
  expect(discountRules.safeParse([many]).success).toBe(true);
  const more = rule(2, { scope: { kind: 'products', ids: [idOf(1)] } });
  expect(discountRules.safeParse([many, more]).success).toBe(false);
});
