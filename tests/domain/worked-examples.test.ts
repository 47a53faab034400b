// Worked examples of returns and drawers: each act is decided, then projected.
// A point is worth 1.00 and 1 % of the money is earned.
import { codeHash } from '$lib/domain/values/receipt-number';
import { describe, expect, test } from 'vitest';
import {
  actBodies,
  GENESIS_HASH,
  type Act,
  type BodyOf,
  type EntryOf,
} from '$lib/contract/journal';
import type { KnownEntry } from '$lib/contract/journal';
import { decideCashMoved } from '$lib/domain/acts/drawer/cash-moved';
import { decideCorrection } from '$lib/domain/acts/money/balance-corrected';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import { decideReceiptCancelled } from '$lib/domain/acts/money/receipt-cancelled';
import {
  decideDrawerCounted,
  type DrawerCountedInput,
} from '$lib/domain/acts/drawer/drawer-counted';
import { decideReturn } from '$lib/domain/acts/money/return';
import { decideSale } from '$lib/domain/acts/money/sale';
import { decideShiftClosed } from '$lib/domain/acts/drawer/shift-closed';
import { decideShiftOpened } from '$lib/domain/acts/drawer/shift-opened';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { openDebts } from '$lib/domain/customers/debts';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { settleRules } from '$lib/domain/receipt/discount-rules';
import {
  afterHold,
  heldOf,
  receiptTotal,
  removedFrom,
  removeLine,
  setQuantity,
  setReceiptDiscount,
  type Receipt,
} from '$lib/domain/receipt/receipt';
import { Fold } from '$lib/domain/fold';
import type { Decided } from '$lib/domain/policy/rights';
import { NOTHING_BEFORE, writtenTo } from '$lib/domain/rows';
import { expectedCash, isOpen, notGivenBack } from '$lib/domain/shift/shift';
import { money, ZERO } from '$lib/domain/values/money';
import { quantity } from '$lib/domain/values/quantity';
import type { Tender } from '$lib/domain/values/settlement';
import { DECIDED } from '$lib/proof/chain';
import {
  anna,
  ANNA,
  cash,
  DEAL_HASH,
  idOf,
  NOW,
  overrideOf,
  OWNER,
  points,
  POLICY,
  receiptOf,
  rub,
  SENIOR,
  shopPolicy,
  TILL,
  verified,
} from './fixtures';

const override = (action: 'sell-on-account' | 'redeem-points') =>
  overrideOf(action, { askedBy: OWNER, by: OWNER });

/** One till's acts for one customer, made by the domain's rules. */
class Shop {
  readonly #fold = new Fold(NOTHING_BEFORE);
  #seq = 0;
  policy = POLICY;

  /** The rows so far. */
  get #rows() {
    const rows = this.#fold.changes();
    const sumOf = (account: 'debt' | 'points'): number =>
      writtenTo('balances', rows).find((row) => row.account === account)?.sum ?? 0;
    return {
      debts: writtenTo('debts', rows),
      returns: writtenTo('returns', rows),
      shift: writtenTo('shifts', rows)[0],
      standing: { owed: money(Math.max(0, sumOf('debt'))), points: sumOf('points') },
    };
  }

  /** The customer's balances now. */
  get standing() {
    return this.#rows.standing;
  }

  get expected(): number {
    const { shift } = this.#rows;
    if (!isOpen(shift)) throw new Error('no shift is open');
    return expectedCash(shift);
  }

  #write<A extends Act, R extends { kind: string }>(
    act: A,
    decided: Decided<BodyOf<A>, R>,
  ): EntryOf<A> {
    if (decided.kind === 'refused') throw new Error(JSON.stringify(decided.because));
    const { body } = decided;
    expect(actBodies[act].safeParse(body).error).toBeUndefined();
    this.#seq += 1;
    const seq = this.#seq;
    const entry = {
      v: 1,
      till: TILL,
      seq,
      at: NOW + seq,
      operator: OWNER,
      policy: 1,
      ...DECIDED,
      act,
      body,
      prevHash: GENESIS_HASH,
      hash: seq.toString(16).padStart(64, '0'),
    } as unknown as EntryOf<A>;
    this.#fold.take(entry as KnownEntry, new Set());
    return entry;
  }

  get #by() {
    return { policy: this.policy, operator: OWNER, till: TILL, at: NOW };
  }

  get #id(): string {
    return idOf(1000 + this.#seq);
  }

  open(float: number): this {
    const opened = { ...this.#by, shift: undefined, leftBefore: 0, float: rub(float) };
    this.#write('shift-opened', decideShiftOpened(opened));
    return this;
  }

  /** The unpaid part goes on account; acts that need the customer's consent are overridden. */
  sell(goods: Receipt): EntryOf<'sale'> {
    const receipt = settleRules({ ...goods, id: this.#id }, this.policy, NOW, null);
    return this.#write(
      'sale',
      decideSale({
        ...this.#by,
        receipt,
        number: this.#seq + 1,
        standing: this.standing,
        customer: receipt.customer === null ? null : anna,
        customerFacts: null,
        usage: NOTHING_USED,
        unconfirmed30d: NOTHING_UNCONFIRMED,
        earnedToday: 0,
        disputed: false,
        confirmations: [override('sell-on-account'), override('redeem-points')],
        dealHashes: { 'sell-on-account': DEAL_HASH, 'redeem-points': DEAL_HASH },
        grantsUsed: new Set(),
        piecesSold: new Set(),
      }),
    );
  }

  cancel(receipt: Receipt): void {
    this.#write(
      'receipt-cancelled',
      decideReceiptCancelled({
        ...this.#by,
        id: this.#id,
        receipt: receipt.id,
        held: receipt.held,
        lines: receipt.lines.length,
        total: receiptTotal(receipt),
        removed: removedFrom(receipt),
      }),
    );
  }

  repay(roubles: number): EntryOf<'repayment'> {
    const debts = openDebts(this.#rows.debts);
    const tenders = [{ kind: 'cash', amount: rub(roubles) }] as const;
    const of = { repayment: this.#id, customer: ANNA, card: null, debts, tenders };
    return this.#write('repayment', decideRepayment({ ...this.#by, ...of }));
  }

  /** Writes off debt (negative), gives points, or takes them. */
  correct(account: 'debt' | 'points', delta: number): void {
    const action = account === 'debt' ? 'sell-on-account' : 'redeem-points';
    const { debts, standing } = this.#rows;
    const of = { correction: this.#id, account, delta, reason: 'By agreement', debt: null };
    this.#write(
      'balance-corrected',
      decideCorrection({
        ...this.#by,
        ...of,
        customer: anna,
        standing,
        debts: openDebts(debts),
        disputed: false,
        usage: NOTHING_USED,
        movedByRight: ZERO,
        grantsUsed: new Set(),
        confirmations: delta < 0 ? [override(action)] : [],
        dealHash: DEAL_HASH,
      }),
    );
  }

  move(direction: 'in' | 'out', roubles: number): void {
    const { shift } = this.#rows;
    const why = { reason: 'cash-drop', note: null, approvedBy: OWNER } as const;
    const of = { direction, amount: rub(roubles), ...why };
    this.#write('cash-moved', decideCashMoved({ ...this.#by, id: this.#id, shift, ...of }));
  }

  /** Counts the drawer and closes the shift: its Z report. */
  close(
    counted: number,
    left: number,
    receipts: readonly Receipt[],
    terminal: DrawerCountedInput['terminal'],
  ): BodyOf<'shift-closed'> {
    const onHold = heldOf(receipts);
    const count = { counted: rub(counted), pieces: [], shift: this.#rows.shift, terminal };
    this.#write('drawer-counted', decideDrawerCounted({ ...this.#by, id: this.#id, ...count }));
    const close = {
      left: rub(left),
      reason: 'unknown',
      note: null,
      underWay: null,
      onHold,
    } as const;
    const { shift } = this.#rows;
    return this.#write(
      'shift-closed',
      decideShiftClosed({ ...this.#by, id: this.#id, shift, ...close }),
    ).body;
  }

  /** Returns pieces of a sale; `pieces`: by line. */
  giveBack(sale: EntryOf<'sale'>, ...pieces: readonly number[]): BodyOf<'return'> {
    const { debts, returns, standing } = this.#rows;
    return this.#write(
      'return',
      decideReturn({
        ...this.#by,
        return: this.#id,
        sale,
        card: null,
        points: standing.points,
        since: {
          debts: debts.filter(({ debt }) => debt === sale.hash),
          returns: returns.filter((row) => row.sale === sale.hash),
        },
        goods: pieces.flatMap((count, line) =>
          count === 0 ? [] : [{ line, quantity: count * 1000, to: 'stock' as const }],
        ),
        inCash: false,
        shown: 'paper',
        scanned: codeHash(sale.hash),
        reason: 'not-needed',
        note: null,
        approvedBy: SENIOR,
        guardedToday: 0,
        givenToday: 0,
        asked: null,
      }),
    ).body;
  }

  /** The money that each of these returns gives, minor units. */
  given(sale: EntryOf<'sale'>, ...turns: readonly (readonly number[])[]): number[] {
    return turns.map((pieces) =>
      this.giveBack(sale, ...pieces).refunds.reduce((sum, { amount }) => sum + amount, 0),
    );
  }
}

/** This many pieces of one product at this price, in roubles; the unpaid part goes on account. */
function pieces(count: number, price: number, ...tenders: readonly Tender[]): Receipt {
  const one = receiptOf(price, tenders);
  return {
    ...one,
    lines: one.lines.map((line) => ({ ...line, quantity: quantity(count * 1000) })),
  };
}

/** One piece at each price. */
function goods(prices: readonly number[], ...tenders: readonly Tender[]): Receipt {
  const receipts = prices.map((price) => receiptOf(price, tenders));
  const lines = receipts.flatMap(({ lines }, place) =>
    lines.map((line) => ({ ...line, id: idOf(60 + place), product: idOf(40 + place) })),
  );
  return { ...receiptOf(1, tenders), lines };
}

const inCash = (roubles: number) => [{ kind: 'cash', amount: rub(roubles) }];

describe('worked examples of returns', () => {
  test('example 4: three pieces for 100, returned one by one: 33.33, 33.34, 33.33', () => {
    const shop = new Shop();
    const off = { basisPoints: null, sum: rub(2) };
    const sale = shop.sell(setReceiptDiscount(pieces(3, 34, cash(100)), off));
    expect(sale.body.total).toBe(rub(100));
    expect(shop.given(sale, [1], [1], [1])).toEqual([33_33, 33_34, 33_33]);
  });

  test('example 5: ten for 40 with 10 % from 400; nine come back for 324, and the tenth stays for 36', () => {
    const shop = new Shop();
    shop.policy = verified(
      shopPolicy((policy) => ({
        ...policy,
        discountRules: [
          {
            id: idOf(90),
            name: 'From 400',
            active: true,
            from: null,
            until: null,
            hours: null,
            weekdays: [1, 2, 3, 4, 5, 6, 7],
            adds: false,
            scope: { kind: 'everything' },
            amount: { kind: 'percent', basisPoints: 1000 },
            condition: { kind: 'total', from: rub(400) },
          },
        ],
      })),
    );
    const sale = shop.sell(pieces(10, 40, cash(360)));
    expect(sale.body.total).toBe(rub(360));
    expect(shop.given(sale, [9], [1])).toEqual([rub(324), rub(36)]);
  });

  test('example 6: owes 500 and 400, repaid 600; the second sale returned: debt −300, cash 100', () => {
    const shop = new Shop();
    shop.sell(pieces(1, 500));
    const second = shop.sell(pieces(1, 400));
    shop.repay(600);
    expect(shop.giveBack(second, 1)).toMatchObject({
      debtReduced: rub(300),
      refunds: inCash(100),
    });
    expect(shop.standing).toEqual({ owed: 0, points: 0 });
  });

  test('example 9: 40 in cash and 20 points; 2.99, then 0.01 back: 1.99 and one point, then 0.01', () => {
    const shop = new Shop();
    shop.correct('points', 20);
    const sale = shop.sell(goods([2.99, 0.01, 57], cash(40), points(20)));
    expect(shop.giveBack(sale, 1)).toMatchObject({ refunds: inCash(1.99), pointsGivenBack: 1 });
    expect(shop.giveBack(sale, 0, 1)).toMatchObject({ refunds: inCash(0.01), pointsGivenBack: 0 });
  });

  test('example 10: 500 in cash and 500 on account; half back: debt −500, no points are taken', () => {
    const shop = new Shop();
    const sale = shop.sell(pieces(2, 500, cash(500)));
    expect(sale.body).toMatchObject({ onAccount: rub(500), pointsEarned: 5 });
    expect(shop.giveBack(sale, 1)).toMatchObject({
      debtReduced: rub(500),
      refunds: [],
      pointsTakenBack: 0,
      withheld: { points: 0, amount: 0 },
    });
    expect(shop.standing).toEqual({ owed: 0, points: 5 });
  });

  test('example 11: 1000 in cash, 10 earned, 8 spent; all back: 992 and −2 points', () => {
    const shop = new Shop();
    const sale = shop.sell(pieces(1, 1000, cash(1000)));
    expect(sale.body.pointsEarned).toBe(10);
    shop.sell(pieces(1, 16, points(8), cash(8)));
    expect(shop.standing.points).toBe(2);
    expect(shop.giveBack(sale, 1)).toMatchObject({
      refunds: inCash(992),
      pointsTakenBack: 2,
      withheld: { points: 8, amount: rub(8) },
      accounts: [{ customer: ANNA, account: 'points', delta: -2 }],
    });
    expect(shop.standing.points).toBe(0);
  });

  test('example 12: 600 on account: 200 repaid, 400 written off; all back: 200', () => {
    const shop = new Shop();
    const sale = shop.sell(pieces(1, 600));
    shop.repay(200);
    shop.correct('debt', rub(-400));
    expect(shop.giveBack(sale, 1)).toMatchObject({ debtReduced: 0, refunds: inCash(200) });
    expect(shop.standing.owed).toBe(0);
    // in halves: the first covers the written-off part, for which nothing is given
    const halves = shop.sell(pieces(2, 300));
    shop.repay(200);
    shop.correct('debt', rub(-400));
    expect(shop.given(halves, [1], [1])).toEqual([0, rub(200)]);
  });

  test('example 13: three at 33.40 by steps of 1, returned one by one: 33, 34, 33', () => {
    const shop = new Shop();
    shop.policy = verified({ ...POLICY, cashRounding: { step: 100, way: 'nearest' } });
    const sale = shop.sell(pieces(3, 33.4, cash(100)));
    expect(sale.body).toMatchObject({ total: rub(100.2), rounding: -20, onAccount: 0 });
    expect(shop.given(sale, [1], [1], [1])).toEqual([rub(33), rub(34), rub(33)]);
  });

  test('example 14: 100.20 by steps of 1: 100 pays it, and of 50 given 50.20 goes on account', () => {
    for (const way of ['nearest', 'down'] as const) {
      const shop = new Shop();
      shop.policy = verified({ ...POLICY, cashRounding: { step: 100, way } });
      expect(shop.sell(pieces(1, 100.2, cash(100))).body).toMatchObject({
        onAccount: 0,
        rounding: -20,
      });
      expect(shop.sell(pieces(1, 100.2, cash(50))).body).toMatchObject({
        onAccount: rub(50.2),
        rounding: 0,
      });
    }
  });

  test('example 19: at 100 % off, returned: only the goods come back', () => {
    const shop = new Shop();
    const free = { basisPoints: 10_000, sum: null };
    const sale = shop.sell(setReceiptDiscount(goods([80, 20]), free));
    expect(shop.giveBack(sale, 1, 1)).toMatchObject({
      total: 0,
      debtReduced: 0,
      refunds: [],
      pointsGivenBack: 0,
      accounts: [],
      stock: [{ delta: 1000 }, { delta: 1000 }],
    });
  });
});

test('example 16: float 1000; 590 from 600; 300; repayment 300 from 500; refund 50; out 500: 1640', () => {
  const shop = new Shop();
  shop.open(1000);
  shop.sell(pieces(1, 300));
  shop.sell(pieces(1, 590, cash(600)));
  const sale = shop.sell(pieces(6, 50, cash(300)));
  expect(shop.repay(500).body).toMatchObject({ amount: rub(300), changeDue: rub(200) });
  expect(shop.giveBack(sale, 1)).toMatchObject({ refunds: inCash(50) });
  shop.move('out', 500);
  expect(shop.expected).toBe(rub(1640));
});

test('a day played by hand: every figure of its Z report', () => {
  const shop = new Shop();
  shop.policy = verified(
    shopPolicy((policy) => ({ ...policy, cashRounding: { step: rub(1), way: 'down' } })),
  );
  const card = (roubles: number): Tender => ({ kind: 'card', amount: rub(roubles) });
  const nobody = (receipt: Receipt): Receipt => ({ ...receipt, customer: null });

  shop.open(1000);
  shop.correct('points', 50);
  // 250 in cash from 500: change 250
  shop.sell(nobody(pieces(1, 250, cash(500))));
  // held once, for less than an hour, which is daily work
  shop.sell(nobody(afterHold(pieces(1, 300, card(300)), 3_599_999)));
  shop.sell(nobody(pieces(1, 400, card(150), cash(250))));
  // 100 in cash, 500 on account; 1 % of 100 is one point
  const owed = shop.sell(pieces(2, 300, cash(100)));
  // 50 points and 150 by card; 1 % of 150 is one point and a half, of which one counts
  const redeemed = shop.sell(pieces(2, 100, points(50), card(150)));
  // 2 × 50.55 less 0.50 are 100.60, of which cash pays 100 from 150: rounding −0.60, change 50
  const off = { basisPoints: null, sum: rub(0.5) };
  // three were rung up, and one was taken out: 50.55
  const three = pieces(3, 50.55, cash(150));
  const two = setQuantity(three, three.lines[0]?.id ?? '', quantity(2000));
  // it was on hold for an hour
  const rounded = shop.sell(nobody(setReceiptDiscount(afterHold(two, 3_600_000), off)));
  // goods of 80 and 20 are given up, after those of 20 were taken out and the receipt was on hold twice
  const given = goods([80, 20]);
  shop.cancel(afterHold(afterHold(removeLine(given, given.lines[1]?.id ?? ''), 1000), 0));
  // half of each: 50 in cash for goods of 50.30; 300 off the debt; 75 to the card and 25 points, one earned point taken
  shop.giveBack(rounded, 1);
  shop.giveBack(owed, 1);
  shop.giveBack(redeemed, 1);
  // of 500 − 300 = 200 owed, 20 are written off and 180 paid from 500: change 320
  shop.correct('debt', rub(-20));
  shop.repay(500);
  shop.move('in', 120);
  shop.move('out', 500);

  const byOwner = { act: 'cash-moved', operator: OWNER, kind: 'cash' } as const;
  // float 1000 + sales 700 + repaid 180 − refunded 50 + in 120 − out 500 = 1450, of which 1449 are there
  const z = shop.close(
    1449,
    1000,
    [goods([80, 20]), pieces(3, 34)],
    [
      { kind: 'card', counted: rub(520) },
      { kind: 'transfer', counted: rub(1) },
    ],
  );
  expect(z).toMatchObject({
    number: 1,
    expected: rub(1450),
    counted: rub(1449),
    difference: rub(-1),
    takenOut: rub(449),
    left: rub(1000),
    opened: { float: rub(1000) },
    // 80 + 20, and 3 × 34
    // 600 sold − 75 given back = 525 by card; nothing was paid by transfer, so nothing of it is compared
    terminal: [{ kind: 'card', counted: rub(520), expected: rub(525) }],
    onHold: { count: 2, amount: rub(202) },
  });
  // 50 + 1 + 1 − 50 + 25 − 1 points
  expect(shop.standing).toEqual({ owed: 0, points: 26 });
  expect(z.totals).toEqual({
    sales: {
      // 250 + 300 + 400 + 600 + 200 + 100.60
      count: 6,
      total: rub(1850.6),
      // 250 + 250 + 100 + 100
      cash: rub(700),
      // 250 + 50
      change: rub(300),
      // 300 + 150 + 150
      card: rub(600),
      transfer: 0,
      points: rub(50),
      onAccount: rub(500),
      rounding: rub(-0.6),
      discounts: { line: 0, receipt: rub(0.5), rule: 0, freePrice: 0 },
    },
    repayments: {
      count: 1,
      total: rub(180),
      cash: rub(180),
      change: rub(320),
      card: 0,
      transfer: 0,
      rounding: 0,
    },
    repaymentsCancelled: {
      count: 0,
      total: 0,
      cash: 0,
      card: 0,
      transfer: 0,
      rounding: 0,
      pointsTakenBack: 0,
      withheld: 0,
    },
    overpayments: { count: 0, total: 0, cash: 0, card: 0, transfer: 0 },
    corrections: { count: 2, debtUp: 0, debtDown: rub(20), pointsUp: 50, pointsDown: 0 },
    returns: {
      // 50.30 + 300 + 100
      count: 3,
      total: rub(450.3),
      debt: rub(300),
      cash: rub(50),
      card: rub(75),
      transfer: 0,
      points: rub(25),
      pointsGivenBack: 25,
      pointsTakenBack: 1,
      withheld: 0,
      rounding: 0,
    },
    // 1 + 1
    pointsEarned: 2,
    pointsRedeemed: 50,
    moved: [
      { ...byOwner, direction: 'in', reason: 'cash-drop', count: 1, amount: rub(120) },
      { ...byOwner, direction: 'out', reason: 'cash-drop', count: 1, amount: rub(500) },
    ],
    confirmed: {
      code: NONE,
      'reserve-code': NONE,
      'not-required': NONE,
      none: NONE,
      // 500 on account and 50 points at one rouble
      override: { count: 2, amount: rub(550) },
      'by-right': { count: 2, amount: rub(70) },
    },
    withoutCode: [{ operator: OWNER, because: 'no-internet', count: 2, amount: rub(550) }],
    byPerson: [
      {
        operator: OWNER,
        sales: { count: 6, amount: rub(1850.6) },
        repayments: { count: 1, amount: rub(180) },
        returns: { count: 3, amount: rub(450.3) },
        refunded: { count: 1, amount: rub(50) },
        discounts: { count: 1, amount: rub(0.5) },
        takenOut: { count: 1, amount: rub(500) },
        // 50.55 + 20
        removed: { count: 2, amount: rub(70.55) },
        // 100.60 + 80
        held: { count: 2, amount: rub(180.6) },
      },
    ],
    tendersCorrected: [],
    goodsRemoved: { count: 2, total: rub(70.55) },
    receiptsCancelled: { count: 1, total: rub(80), resumed: 0 },
    drawerOpened: 0,
    counts: 1,
    recounted: { count: 0, amount: 0 },
    reprints: 0,
  });
  // half of the 0.60 that rounding took off a sale: 450.30 − 300 − 50 − 75 − 25
  expect(notGivenBack(z.totals)).toBe(rub(0.3));
});

const NONE = { count: 0, amount: 0 };
