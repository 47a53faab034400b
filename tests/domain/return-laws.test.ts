// Laws about sales with discounts and rules, returns, repayments and corrections in any order.
// Debt, points, stock and drawer agree, and nothing is given back twice.
import { USUAL_TAX } from '$lib/domain/goods/product';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GENESIS_HASH, type BodyOf, type EntryOf, type KnownEntry } from '$lib/contract/journal';
import { cancellationBody, repaymentBody } from '$lib/contract/acts/repayment';
import { returnBody } from '$lib/contract/acts/return';
import { saleBody, type SaleBody } from '$lib/contract/acts/sale';
import type { DiscountRule } from '$lib/contract/discount-rule';
import { decideRepayment } from '$lib/domain/acts/repayment';
import { decideCancellation } from '$lib/domain/acts/repayment-cancelled';
import { decideReturn } from '$lib/domain/acts/return';
import { decideReturnWithoutSale } from '$lib/domain/acts/return-without-sale';
import { decideSale } from '$lib/domain/acts/sale';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { joinedDebts, openDebts } from '$lib/domain/customers/debts';
import { Fold } from '$lib/domain/fold';
import { money, ZERO } from '$lib/domain/values/money';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { settleRules, type CustomerFacts } from '$lib/domain/receipt/discount-rules';
import { NO_DISCOUNT, type GivenDiscount } from '$lib/domain/receipt/discounts';
import {
  addProduct,
  chooseCustomer,
  emptyReceipt,
  receiptTotal,
  setLineDiscount,
  setReceiptDiscount,
  setTender,
} from '$lib/domain/receipt/receipt';
import { returnedBy } from '$lib/domain/receipt/returns';
import { quantity } from '$lib/domain/values/quantity';
import { beforeOf, writtenTo, type Account, type DebtRow, type ShiftRow } from '$lib/domain/rows';
import { inCash, type CashRounding, type Tender } from '$lib/domain/values/settlement';
import { expectedCash, NO_TOTALS } from '$lib/domain/shift/shift';
import { DECIDED } from '$lib/proof/chain';
import { cases } from '../support/cases';
import {
  anna,
  ANNA,
  BREAD,
  idOf,
  NOW,
  overrideOf,
  OWNER,
  POLICY,
  rub,
  SENIOR,
  TILL,
} from './fixtures';

const PIECES = 5;
/** Minor units that a point is worth. */
const WORTH = 100;
const FLOAT = rub(5000);
/** Hundredths of a percent: a tenth of the money. */
const RATE = 1000;

const OPEN: ShiftRow = {
  ...{ till: TILL, number: 1, totals: NO_TOTALS, counted: null, closed: null },
  opened: { seq: 2, at: NOW, operator: SENIOR, float: FLOAT, counted: true },
};

const FACTS: CustomerFacts = { birthday: null, birthdaySince: null, group: null, purchases: 0 };
const BY_OWNER = { askedBy: OWNER, by: OWNER };

type SaleWish = {
  readonly price: number;
  /** Shares of what is due. */
  readonly card: number;
  readonly onAccount: number;
  readonly points: number;
  readonly line: GivenDiscount;
  readonly receipt: GivenDiscount;
  readonly rule: DiscountRule | null;
};

/** What was given and received by the entries alone, without projected rows. */
type Told = { cash: number; debt: number; points: number; stock: number };

class Till {
  readonly #fold: Fold;
  readonly told: Told = { cash: 0, debt: 0, points: 0, stock: 0 };
  readonly sales: EntryOf<'sale'>[] = [];
  #wished = 0;
  /** Minor units of the goods of no sale that came back. */
  ofNoSale = 0;
  /** Points whose worth cancellations withheld from the money. */
  withheld = 0;
  #seq = 2;

  readonly policy: typeof POLICY;

  readonly repayments: EntryOf<'repayment'>[] = [];

  /** `earns`: whether repayments earn points. */
  constructor(
    cashRounding: CashRounding,
    readonly earns: boolean,
  ) {
    this.policy = {
      ...POLICY,
      cashRounding,
      returns: { cashFrom: rub(9e6), perDay: rub(9e6), codeFrom: null },
      credit: { debtLimit: rub(9e6), newNumberCap: rub(9e6), dueDays: null },
      overrideCaps: { perAct: rub(9e6), perCustomer: rub(9e6), perTill: rub(9e6) },
      points: {
        ...{ earnBasisPoints: RATE, redeemBasisPoints: 10_000, pointValue: WORTH },
        onRepayment: earns,
      },
    };
    this.#fold = new Fold(beforeOf({ shifts: [OPEN] }));
  }

  get rows() {
    const rows = this.#fold.changes();
    const sumOf = (account: Account) =>
      writtenTo('balances', rows).find((row) => row.account === account)?.sum ?? 0;
    const [shift] = writtenTo('shifts', rows);
    return {
      ...{ debts: writtenTo('debts', rows), returns: writtenTo('returns', rows) },
      ...{ debt: sumOf('debt'), points: sumOf('points'), purchases: sumOf('purchases') },
      stock: writtenTo('stock', rows).reduce((sum, { delta }) => sum + delta, 0),
      cash: shift === undefined ? FLOAT : expectedCash(shift),
    };
  }

  /** Adds an entry, and counts its steps and cash by its body. */
  take(part: { readonly act: KnownEntry['act']; readonly body: object }, cash: number): KnownEntry {
    this.#seq += 1;
    const entry = {
      ...{ v: 1, till: TILL, seq: this.#seq, at: NOW + this.#seq, operator: SENIOR, policy: 1 },
      ...{ ...DECIDED, prevHash: GENESIS_HASH, hash: this.#seq.toString(16).padStart(64, '0') },
      ...part,
    } as unknown as KnownEntry;
    this.#fold.take(entry, new Set());
    const { accounts = [], stock = [] } = part.body as {
      accounts?: { account: 'debt' | 'points'; delta: number }[];
      stock?: { delta: number }[];
    };
    for (const { account, delta } of accounts) this.told[account] += delta;
    for (const { delta } of stock) this.told.stock += delta;
    this.told.cash += cash;
    return entry;
  }

  /** Pieces at a price less discounts, paid with shares of card, points and cash; the rest on account. */
  sell(wish: SaleWish): void {
    this.#wished += 1;
    const goods = {
      ...{ id: BREAD, name: 'Хлеб', barcodes: [], unit: 'piece' as const, noDiscounts: false },
      ...{ price: money(wish.price), category: null, tax: USUAL_TAX, askAge: null, marked: false },
    } as const;
    const policy = { ...this.policy, discountRules: wish.rule === null ? [] : [wish.rule] };
    const filled = chooseCustomer(
      addProduct(emptyReceipt(idOf(1000 + this.#wished)), goods, quantity(PIECES * 1000), 'bread'),
      ANNA,
    );
    const reduced = setReceiptDiscount(setLineDiscount(filled, 'bread', wish.line), wish.receipt);
    const receipt = settleRules(reduced, policy, NOW, FACTS);
    const total = receiptTotal(receipt);
    const points = Math.min(wish.points, this.rows.points, Math.floor(total / WORTH));
    const card = Math.floor((total - points * WORTH) * wish.card);
    const onAccount = Math.floor((total - points * WORTH - card) * wish.onAccount);
    const due = money(total - points * WORTH - card - onAccount);
    const rounded = onAccount > 0 ? due : inCash(due, policy.cashRounding);
    const tenders: Tender[] = [
      // if rounding takes off the whole sum, the exact sum is given back as change
      { kind: 'cash', amount: rounded === ZERO ? due : rounded },
      { kind: 'card', amount: money(card) },
      { kind: 'points', amount: money(points * WORTH), points },
    ];
    const standing = { owed: ZERO, points: this.rows.points };
    const decided = decideSale({
      receipt: tenders.filter(({ amount }) => amount > 0).reduce(setTender, receipt),
      ...{ policy, till: TILL, number: this.#wished, operator: OWNER, at: NOW, customer: anna },
      ...{ standing, usage: NOTHING_USED, unconfirmed30d: NOTHING_UNCONFIRMED, disputed: false },
      confirmations: [
        ...(onAccount > 0 ? [overrideOf('sell-on-account', BY_OWNER)] : []),
        ...(points > 0 ? [overrideOf('redeem-points', BY_OWNER)] : []),
      ],
      ...{ dealHashes: {}, grantsUsed: new Set(), piecesSold: new Set(), customerFacts: FACTS },
      addressHash: null,
    });
    if (decided.kind === 'refused') throw new Error(JSON.stringify(decided.because));
    const { body } = decided;
    expect(saleBody.safeParse(body).error).toBeUndefined();
    const cash = cashIn(body.tenders) - body.changeDue;
    this.sales.push(this.take({ act: 'sale', body }, cash) as EntryOf<'sale'>);
  }

  /** Returns at most this many pieces of that sale. */
  giveBack(nth: number, most: number): void {
    const sale = this.sales[nth % Math.max(1, this.sales.length)];
    if (sale === undefined) return;
    const { debts, points, returns } = this.rows;
    const since = {
      debts: debts.filter(({ debt }) => debt === sale.hash),
      returns: returns.filter((row) => row.sale === sale.hash),
    };
    const before = returnedBy(since.returns).quantities[0] ?? 0;
    const quantity = Math.min(most * 1000, PIECES * 1000 - before);
    if (quantity === 0) return;
    const decided = decideReturn({
      card: null,
      ...{ policy: this.policy, operator: SENIOR, return: idOf(31), at: NOW, sale, since, points },
      ...{ goods: [{ line: 0, quantity, to: 'stock' }], inCash: false, shown: 'paper' },
      ...{ reason: 'faulty', note: null, approvedBy: OWNER, guardedToday: 0, asked: null },
    });
    if (decided.kind === 'refused') throw new Error(decided.because.kind);
    const { body } = decided;
    expect(returnBody.safeParse(body).error).toBeUndefined();
    // a return never makes points negative
    expect(points + body.pointsGivenBack - body.pointsTakenBack).toBeGreaterThanOrEqual(
      Math.min(0, points),
    );
    this.take({ act: 'return', body }, -cashIn(body.refunds));
  }

  giveBackWithoutSale(price: number): void {
    const goods = { product: BREAD, name: 'Хлеб', unit: 'piece', quantity: 1000 } as const;
    const decided = decideReturnWithoutSale({
      card: null,
      ...{ policy: this.policy, operator: SENIOR, return: idOf(32), at: NOW, customer: ANNA },
      ...{ debts: openDebts(this.rows.debts), inCash: true, reason: 'faulty', note: null },
      goods: [
        {
          ...goods,
          prices: { given: price, list: price },
          mark: null,
          tax: USUAL_TAX,
          to: 'stock',
        },
      ],
      ...{ approvedBy: OWNER, guardedToday: 0 },
    });
    if (decided.kind === 'refused') throw new Error(decided.because.kind);
    this.ofNoSale += decided.body.total;
    this.take({ act: 'return', body: decided.body }, -cashIn(decided.body.refunds));
  }

  repay(amount: number): void {
    const debts = openDebts(this.rows.debts);
    const decided = decideRepayment({
      card: null,
      ...{ policy: this.policy, operator: SENIOR, repayment: idOf(33), customer: ANNA, debts },
      ...{ at: NOW, debt: null, tenders: [{ kind: 'cash', amount: money(amount) }] },
    });
    if (decided.kind === 'refused') return;
    expect(repaymentBody.safeParse(decided.body).error).toBeUndefined();
    const { tenders, changeDue } = decided.body;
    const { body } = decided;
    const entry = this.take({ act: 'repayment', body }, cashIn(tenders) - changeDue);
    this.repayments.push(entry as EntryOf<'repayment'>);
  }

  /** Cancels one of the repayments, unless goods that it paid for were returned. */
  cancel(nth: number): void {
    const place = nth % Math.max(1, this.repayments.length);
    const repayment = this.repayments[place];
    if (repayment === undefined) return;
    const { debts, returns, points } = this.rows;
    const settled = new Set(repayment.body.settles.map(({ debt }) => debt));
    const decided = decideCancellation({
      ...{ policy: this.policy, operator: OWNER, till: TILL, at: NOW, customer: anna },
      ...{ cancellation: idOf(35), repayment, reason: 'x', shift: OPEN, owedSince: ZERO },
      ...{ isCancelled: false, disputed: false, usage: NOTHING_USED, grantsUsed: new Set() },
      isReturned: returns.some(({ sale }) => sale !== null && settled.has(sale)),
      debts: debts.filter(({ debt }) => settled.has(debt)),
      standing: { owed: ZERO, points },
      confirmations: [overrideOf('sell-on-account', { askedBy: OWNER, by: OWNER })],
      dealHash: null,
    });
    if (decided.kind === 'refused') {
      expect(decided.because.kind).toBe('goods-returned');
      return;
    }
    const { body } = decided;
    expect(cancellationBody.safeParse(body).error).toBeUndefined();
    expect(points + sumOfPoints(body)).toBeGreaterThanOrEqual(Math.min(0, points));
    this.repayments.splice(place, 1);
    this.withheld += body.withheld.points;
    this.take({ act: 'repayment-cancelled', body }, -cashIn(body.refunds));
  }

  correct(account: 'debt' | 'points', wish: number): void {
    const { debts, points } = this.rows;
    const { open } = openDebts(debts);
    const [oldest] = open;
    const floor = -Number(account === 'points' ? points : (oldest?.left ?? 0));
    const delta = Math.max(wish, floor);
    if (delta === 0) return;
    const lowers = account === 'debt' && delta < 0;
    const settles = lowers && oldest ? [{ debt: oldest.debt, amount: Math.abs(delta) }] : [];
    const accounts = [{ customer: ANNA, account, delta }];
    const of = { correction: idOf(34), currency: 'RUB', customer: ANNA, account, delta };
    const body = { ...of, reason: 'x', debt: null, settles, accounts, confirmations: [] };
    this.take({ act: 'balance-corrected', body }, 0);
  }
}

const sumOfPoints = ({ accounts }: BodyOf<'repayment-cancelled'>): number =>
  accounts.reduce((sum, { account, delta }) => (account === 'points' ? sum + delta : sum), 0);

const cashIn = (parts: readonly { readonly kind: string; readonly amount: number }[]): number =>
  parts.reduce((sum, { kind, amount }) => (kind === 'cash' ? sum + amount : sum), 0);

const share = fc.constantFrom(0, 0.25, 1 / 3, 1);
const price = fc.integer({ min: 1, max: 30_000 });
const discount = fc.constantFrom<GivenDiscount>(
  ...[NO_DISCOUNT, NO_DISCOUNT, { basisPoints: 1000, sum: null }],
  ...[
    { basisPoints: 3333, sum: null },
    { basisPoints: null, sum: money(199) },
  ],
  { basisPoints: 10_000, sum: null },
);
const ruleOf = (amount: DiscountRule['amount'], adds: boolean): DiscountRule => ({
  ...{ id: idOf(100), name: 'rule', active: true, from: null, until: null, hours: null, adds },
  ...{ weekdays: [1, 2, 3, 4, 5, 6, 7], scope: { kind: 'everything' }, amount },
  condition: { kind: 'weekdays' },
});
const rule = fc.constantFrom(
  ...[null, ruleOf({ kind: 'percent', basisPoints: 1234 }, true)],
  ...[ruleOf({ kind: 'per-unit', sum: 333 }, true), ruleOf({ kind: 'once', sum: 500 }, false)],
);
const sale = fc.record({
  ...{ price, card: share, points: fc.nat(400), onAccount: share, rule },
  ...{ line: discount, receipt: discount },
});
const step = fc.oneof(
  { weight: 3, arbitrary: sale.map((wish) => (till: Till) => till.sell(wish)) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(9), fc.integer({ min: 1, max: PIECES })).map(
      ([nth, most]) =>
        (till: Till) =>
          till.giveBack(nth, most),
    ),
  },
  { weight: 1, arbitrary: price.map((of) => (till: Till) => till.giveBackWithoutSale(of)) },
  { weight: 3, arbitrary: price.map((amount) => (till: Till) => till.repay(amount)) },
  { weight: 1, arbitrary: fc.nat(9).map((nth) => (till: Till) => till.cancel(nth)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('debt' as const, 'points' as const),
        fc.integer({ min: -300, max: 300 }),
      )
      .map(
        ([account, by]) =>
          (till: Till) =>
            till.correct(account, by),
      ),
  },
);
const rounding = fc.constantFrom<CashRounding>(
  null,
  { step: 100, way: 'nearest' },
  { step: 50, way: 'down' },
);

test('after any sales, returns, repayments and corrections sums agree, and no sale gives back more than was paid', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), rounding, fc.boolean(), (steps, cash, earns) => {
      const till = new Till(cash, earns);
      for (const one of steps) one(till);
      const { debts, debt, points, stock, cash: inDrawer, returns } = till.rows;
      const { told } = till;
      expect({ debt, points, stock, cash: inDrawer - FLOAT }).toEqual(told);
      expect(joinedDebts(debts).reduce((sum, { left }) => sum + left, 0)).toBe(debt);
      for (const { hash, body } of till.sales) {
        const given = returnedBy(returns.filter((row) => row.sale === hash));
        const repaid = debts.find((row) => row.debt === hash)?.repaid ?? {
          cash: 0,
          card: 0,
          transfer: 0,
        };
        const paid = body.tenders.reduce(
          (sum, tender) => (tender.kind === 'points' ? sum : sum + tender.amount),
          repaid.cash + repaid.card + repaid.transfer,
        );
        const redeemed = body.tenders.find((tender) => tender.kind === 'points')?.points ?? 0;
        const back = given.refunds.cash + given.refunds.card + given.refunds.transfer;
        expect(back + given.pointsWithheld * WORTH).toBeLessThanOrEqual(paid);
        const worth = back + (given.pointsWithheld + given.pointsGivenBack) * WORTH;
        const part = Math.round(((given.quantities[0] ?? 0) / (PIECES * 1000)) * body.total);
        // cash may be rounded up
        const more = Math.max(0, body.rounding) + (cash?.step ?? 0);
        expect(worth + given.debtReduced).toBeLessThanOrEqual(part + more);
        expect(given.debtReduced).toBeLessThanOrEqual(body.onAccount);
        expect(given.pointsGivenBack).toBeLessThanOrEqual(redeemed);
        const row = debts.find((each) => each.debt === hash);
        const earned = body.pointsEarned + (row?.earned.points ?? 0);
        expect(given.pointsTakenBack + given.pointsWithheld).toBeLessThanOrEqual(earned);
        expectNoMorePointsThanMoney(body, row, earned);
      }
    }),
    { numRuns: cases(300) },
  );
});

test('once all is returned, the customer has bought nothing: whatever was rounded, repaid, cancelled and written off', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), rounding, fc.boolean(), (steps, cash, earns) => {
      const till = new Till(cash, earns);
      for (const one of steps) one(till);
      for (const nth of till.sales.keys()) till.giveBack(nth, PIECES);
      expect(till.rows.purchases).toBe(0 - till.ofNoSale);
    }),
    { numRuns: cases(300) },
  );
});

/** The money paid at the sale and the repayments earn together as many points as if all had been paid at the sale. */
function expectNoMorePointsThanMoney(body: SaleBody, row: DebtRow | undefined, earned: number) {
  const paid = body.tenders.reduce(
    (sum, { kind, amount }) => (kind === 'points' ? sum : sum + amount),
    row?.made?.earns ? row.earned.onMoney : 0,
  );
  expect(earned).toBe(Math.floor((paid * RATE) / 10_000 / WORTH));
}

test('buying and returning ten times, in any parts, changes no balance', () => {
  const rounds = fc.array(fc.tuple(sale, fc.shuffledSubarray([1, 2, 3, 4])), {
    ...{ minLength: 10, maxLength: 10 },
  });
  fc.assert(
    fc.property(rounds, rounding, fc.nat(900), (wishes, cashRounding, points) => {
      const till = new Till(cashRounding, true);
      till.correct('points', points);
      for (const [nth, [wish, parts]] of wishes.entries()) {
        till.sell(wish);
        // the sum that rounding adds to a repayment is not given back
        if (cashRounding === null) for (const each of [700, 333, 1]) till.repay(each * nth);
        for (const part of [...parts, PIECES]) till.giveBack(nth, part);
      }
      const { debt, points: left, stock, cash } = till.rows;
      expect({ debt, points: left, stock, cash }).toEqual({
        ...{ debt: 0, points, stock: 0, cash: FLOAT },
      });
    }),
    { numRuns: cases(100) },
  );
});
