// Laws: debts, points, purchases, stock, drawer and reports agree after any acts in any order.
// No sale gives back more than it took.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EntryOf, KnownEntry } from '$lib/contract/journal';
import type { DiscountRule } from '$lib/contract/discount-rule';
import { returnedBy } from '$lib/domain/receipt/returns';
import { NO_DISCOUNT, type GivenDiscount } from '$lib/domain/receipt/discounts';
import type { CashRounding } from '$lib/domain/values/cash-rounding';
import { NO_MONEY, sumOfParts } from '$lib/domain/values/settlement';
import { money } from '$lib/domain/values/money';
import {
  expectedCash,
  isOpen,
  moneyMoved,
  notGivenBack,
  NO_TOTALS,
  sumOfMoved,
} from '$lib/domain/shift/shift';
import { cases, limitOf } from '../support/cases';
import { expectedShift } from '../support/expected-shift';
import { idOf, rub } from './fixtures';
import { inCash, PlainSums, sumOf, Sums } from './plain-sums';
import { CARDS, FLOAT, PlayedTill, RATE, WORTH, type SaleWish } from './played-till';

/** Minor units of purchases from which a rule gives a discount. */
const LOYAL_FROM = rub(300);
const LOYAL = idOf(103);

/** The first has the longest history. */
const place = fc.constantFrom(0, 0, 0, 1, 2);
const kind = <K extends string>(name: K) => fc.constant(name);
const share = fc.constantFrom(0, 0.25, 1 / 3, 1);
/** Minor units; a part of a cheap one may be less than a point is worth. */
const price = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 30_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 300 }) },
);
const discount = fc.constantFrom<GivenDiscount>(
  ...[NO_DISCOUNT, NO_DISCOUNT, { basisPoints: 1000, sum: null }],
  ...[
    { basisPoints: 3333, sum: null },
    { basisPoints: null, sum: money(199) },
  ],
  { basisPoints: 10_000, sum: null },
);
const goods = fc.oneof(
  fc.record({
    of: kind('bread'),
    price,
    quantity: fc.integer({ min: 1, max: 5 }),
    discount,
  }),
  fc.record({
    of: kind('cheese'),
    price,
    quantity: fc.integer({ min: 1, max: 5000 }),
    discount,
  }),
);
const sale: fc.Arbitrary<SaleWish> = fc.record({
  customer: fc.oneof({ weight: 9, arbitrary: place }, { weight: 1, arbitrary: fc.constant(null) }),
  goods: fc.array(goods, { minLength: 1, maxLength: 3 }),
  discount,
  points: fc.nat(100),
  card: share,
  onAccount: share,
  change: fc.constantFrom(0, 1, 4900),
});
const shares = fc.array(fc.constantFrom(0, 0.2, 0.5, 1, 1), { minLength: 1, maxLength: 3 });
const giving = { inCash: fc.boolean(), to: fc.constantFrom('stock', 'written-off') };
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('sell'), sale }) },
  { weight: 8, arbitrary: fc.record({ kind: kind('return'), nth: fc.nat(9), shares, ...giving }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('return-without-sale'),
      card: place,
      price,
      inCash: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: kind('repay'), card: place, cash: price, byCard: share }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('cancel'), nth: fc.nat(9) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('correct'),
      card: place,
      by: fc.integer({ min: -900, max: 900 }),
      account: fc.constantFrom('debt', 'points'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('write-off'), card: place, nth: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('merge'), from: place, into: place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('cash'),
      way: fc.constantFrom('in', 'out'),
      amount: price,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('close'), wrong: fc.constantFrom(-50, 0, 7), left: share }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('next-day') }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const rounding = fc.constantFrom<CashRounding>(
  null,
  { step: 100, way: 'nearest' },
  { step: 50, way: 'down' },
);
const ruleOf = (n: number, amount: DiscountRule['amount'], rest: Partial<DiscountRule>) => ({
  id: idOf(n),
  name: 'rule',
  active: true,
  from: null,
  until: null,
  hours: null,
  adds: true,
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  scope: { kind: 'everything' as const },
  amount,
  condition: { kind: 'weekdays' as const },
  ...rest,
});
const rules = fc.subarray<DiscountRule>([
  ruleOf(100, { kind: 'percent', basisPoints: 1234 }, {}),
  ruleOf(101, { kind: 'per-unit', sum: 333 }, {}),
  ruleOf(102, { kind: 'once', sum: 500 }, { adds: false }),
  ruleOf(
    ...([103, { kind: 'percent', basisPoints: 2500 }] as const),
    ...([{ condition: { kind: 'purchases', from: LOYAL_FROM } }] as const),
  ),
]);
const earns = fc.constantFrom(true, true, false);
const shop = fc.record({ cashRounding: rounding, rules, earns });

function play(till: PlayedTill, each: Step): void {
  switch (each.kind) {
    case 'sell':
      return till.sell(each.sale);
    case 'return':
      return till.giveBack(each);
    case 'return-without-sale':
      return till.giveBackWithoutSale(each.card, each.price, each.inCash);
    case 'repay':
      return till.repay(each.card, each.cash, each.byCard);
    case 'cancel':
      return till.cancel(each.nth);
    case 'correct':
      return till.correct(each.card, each.account, each.by, null);
    case 'write-off':
      return till.correct(each.card, 'debt', -Infinity, each.nth);
    case 'merge':
      return till.merge(each.from, each.into);
    case 'cash':
      return till.moveCash(each.way, each.amount);
    case 'close':
      return till.closeShift(each.wrong, each.left);
    case 'next-day':
      return till.nextDay();
  }
}

test(
  'after any acts in any order all sums agree, and no sale gives back more than was paid',
  () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 6, maxLength: 24, size: 'max' }),
        shop,
        (steps, of) => {
          const till = new PlayedTill(of);
          // or hardly anything would be paid with points
          for (const card of CARDS.keys()) till.correct(card, 'points', 300, null);
          const sums = new PlainSums();
          for (const entry of till.entries) sums.take(entry);
          for (const each of steps) {
            const before = till.entries.length;
            play(till, each);
            const added = till.entries.slice(before);
            for (const entry of added) {
              expectRounded(till, sums, entry);
              sums.take(entry);
            }
            expectAgreement(till, sums);
            const named = JSON.stringify(added);
            for (const sold of till.sales)
              if (named.includes(sold.hash)) expectWithinSale(till, sums, sold);
          }
          // once all goods are back, nobody has bought anything, whatever was rounded, repaid and written off
          for (const nth of till.sales.keys())
            till.giveBack({ nth, shares: [1], inCash: false, to: 'stock' });
          for (const card of CARDS) {
            const brought = sumOf(
              till.cardsOf(card).map((each) => ({ amount: sums.ofNoSale.get(each) })),
            );
            expect(till.account(card).purchases).toBe(0 - brought);
          }
          till.closeShift(0, 0);
          expectReports(till);
        },
      ),
      { numRuns: cases(60) },
    );
  },
  limitOf(120_000),
);

/** Vitest’s own comparison takes most of the time of a law; it says what differs. */
function expectSame(one: object, other: object): void {
  if (!isDeepStrictEqual(one, other)) expect(one).toEqual(other);
}

/** The rows say the same as the entries that left them. */
function expectAgreement(till: PlayedTill, sums: PlainSums): void {
  const { balances, steps, stock, debts, shift, days } = till.rows;
  const [bySteps, byBalance, byDebt, byStock] = [new Sums(), new Sums(), new Sums(), new Sums()];
  for (const { customer, account, delta } of steps) bySteps.add(`${customer} ${account}`, delta);
  for (const { customer, account, sum } of balances) byBalance.add(`${customer} ${account}`, sum);
  const plain = new Sums();
  for (const account of ['debt', 'points', 'purchases'] as const)
    for (const [card, sum] of Object.entries(sums[account].all))
      plain.add(`${card} ${account}`, sum);
  expectSame(byBalance.all, plain.all);
  expectSame(bySteps.all, plain.all);
  for (const { debt, left } of debts) byDebt.add(debt, left);
  expectSame(byDebt.all, sums.left.all);
  expect(sumOf(debts.map(({ repaid }) => ({ amount: sumOfParts(repaid) })))).toBe(sums.repaid);
  for (const { product, delta } of stock) byStock.add(product, delta);
  expectSame(byStock.all, sums.stock.all);
  for (const card of CARDS) {
    const { owed, points, joined, debts: held, purchases } = till.account(card);
    const cards = till.cardsOf(card);
    const over = (all: Sums) => cards.reduce((sum, each) => sum + all.get(each), 0);
    expect(owed).toBe(over(sums.debt));
    expect(points).toBe(over(sums.points));
    expect(purchases).toBe(over(sums.purchases));
    expect(sumOf(joined.map(({ left: amount }) => ({ amount })))).toBe(owed);
    expect(sumOf(held.open.map(({ left: amount }) => ({ amount })))).toBe(owed);
    expect(held.weOwe).toBe(0);
    expect(points).toBeGreaterThanOrEqual(0);
  }
  const sinceOpened = till.entries.slice((shift?.opened.seq ?? 1) - 1);
  if (shift !== undefined && isOpen(shift)) {
    const { totals, expected } = expectedShift(sinceOpened, shift.opened.float);
    expectSame(shift.totals, totals);
    expect(expectedCash(shift)).toBe(expected);
    expect(expected).toBe(sums.drawer);
  }
  const dayOf = ({ body }: KnownEntry) => ('day' in body ? body.day : null);
  for (const { day, totals } of days) {
    const ofDay = till.entries.filter((entry) => dayOf(entry) === day);
    expectSame(totals, expectedShift(ofDay, 0, till.entries).totals);
  }
  expect(days).toHaveLength(new Set(till.entries.flatMap((entry) => dayOf(entry) ?? [])).size);
}

/** One act states its sums exactly, and rounds once. `sums`: before it. */
function expectRounded(till: PlayedTill, sums: PlainSums, { act, body }: KnownEntry): void {
  const { cashRounding } = till.policy;
  const over = (all: Sums, card: string) =>
    till.cardsOf(card).reduce((sum, each) => sum + all.get(each), 0);
  const expectOnce = (rounding: number, cash: number, isWhole: boolean) => {
    if (rounding === 0) return;
    expect(isWhole).toBe(true);
    expect(Math.abs(rounding)).toBeLessThan(cashRounding?.step ?? 0);
    expect(cash % (cashRounding?.step ?? 1)).toBe(0);
  };
  if (act === 'sale') {
    const { customer, lines, total, tenders, changeDue, onAccount, rounding } = body;
    for (const { listPrice, quantity, discounts, total: cost } of lines) {
      for (const { amount } of discounts) expect(amount).toBeGreaterThan(0);
      expect(cost).toBeGreaterThanOrEqual(0);
      expect(cost + sumOf(discounts)).toBe(Math.round((listPrice * quantity) / 1000));
    }
    expect(sumOf(lines.map(({ total: amount }) => ({ amount })))).toBe(total);
    const byPoints = sumOf(tenders.filter((each) => each.kind === 'points'));
    expect(sumOf(lines.map(({ pointsPart: amount }) => ({ amount })))).toBe(byPoints);
    const paid = sumOf(tenders) - changeDue - byPoints;
    expect(paid + byPoints + onAccount).toBe(total + rounding);
    expectOnce(rounding, inCash(tenders) - changeDue, onAccount === 0);
    expect(body.pointsEarned).toBe(customer === null ? 0 : pointsFor(paid));
    const isLoyal = customer !== null && over(sums.purchases, customer) >= LOYAL_FROM;
    if (!isLoyal) expect(body.byRules?.names.some(({ rule }) => rule === LOYAL)).not.toBe(true);
  } else if (act === 'return' && body.sale === null) {
    const { customer, total, debtReduced, refunds, rounding } = body;
    expect(debtReduced).toBe(Math.min(total, over(sums.debt, customer ?? '')));
    expect(debtReduced + sumOf(refunds) - rounding).toBe(total);
    expectOnce(rounding, inCash(refunds), true);
  } else if (act === 'repayment') {
    const { customer, amount, tenders, changeDue, rounding, settles } = body;
    const owed = over(sums.debt, customer);
    expect(amount).toBeLessThanOrEqual(owed);
    expect(sumOf(settles)).toBe(amount);
    expect(amount + rounding).toBe(sumOf(tenders) - changeDue);
    expectOnce(rounding, inCash(tenders) - changeDue, amount === owed);
  } else if (act === 'repayment-cancelled') {
    expect(sumOf(body.refunds) + body.withheld.amount).toBe(body.amount + body.rounding);
  }
}

const pointsFor = (paid: number): number => Math.floor((paid * RATE) / 10_000 / WORTH);

/** All returns of a sale together are within what was sold, paid, owed, redeemed and earned, to the nearest minor unit. */
function expectWithinSale(
  till: PlayedTill,
  sums: PlainSums,
  { hash, body }: EntryOf<'sale'>,
): void {
  const { rows } = till;
  const given = returnedBy(rows.returns.filter((row) => row.sale === hash));
  const { joined } = till.account(body.customer ?? '');
  const row = joined.find(({ debt }) => debt === hash);
  const redeemed = body.tenders.find((tender) => tender.kind === 'points')?.points ?? 0;
  const atOnce = sumOf(body.tenders) - redeemed * WORTH - body.changeDue;
  const repaid = sumOfParts(row?.repaid ?? NO_MONEY);
  const earned = body.pointsEarned + sums.earned.get(hash);
  if (body.customer === null) expect(earned).toBe(0);
  else expect(earned).toBe(pointsFor(atOnce + (row?.made?.earns ? row.earned.onMoney : 0)));

  // what rounding adds to a repayment is no money of the sale
  const paid = atOnce + Math.min(repaid, body.onAccount - given.debtReduced);
  const back = body.lines.reduce((sum, { total, quantity }, line) => {
    const returned = given.quantities[line] ?? 0;
    expect(returned).toBeLessThanOrEqual(quantity);
    return sum + Math.round((total * returned) / quantity);
  }, 0);
  const refunds = sumOfParts(given.refunds);
  const kept = given.pointsWithheld * WORTH;
  expect(refunds + kept).toBeLessThanOrEqual(paid);
  expect(given.debtReduced).toBeLessThanOrEqual(body.onAccount);
  expect(given.pointsGivenBack).toBeLessThanOrEqual(redeemed);
  expect(given.pointsTakenBack + given.pointsWithheld).toBeLessThanOrEqual(earned);
  // cash may be rounded, over all returns once
  expect(Math.abs(given.rounding)).toBeLessThan(till.policy.cashRounding?.step ?? 1);
  const money = refunds - given.rounding + kept;
  const left = sums.left.get(hash);
  const writtenOff = body.onAccount - left - given.debtReduced - (paid - atOnce);
  const whole = paid + redeemed * WORTH - body.rounding;
  const rest = Math.max(0, back - given.debtReduced - writtenOff);
  if (whole > 0 && given.quantities.length > 0)
    expect(Math.abs(money * whole - paid * rest)).toBeLessThanOrEqual(whole / 2);
  // nobody keeps points for money that they have back
  const points = earned - given.pointsTakenBack - given.pointsWithheld;
  expect(points).toBeLessThanOrEqual(pointsFor(atOnce + repaid - money));
}

/** Each Z report states what its entries come to. */
function expectReports({ entries }: PlayedTill): void {
  let opened = 0;
  let left: number = FLOAT;
  let number = 0;
  for (const [at, { act, body }] of entries.entries()) {
    if (act === 'shift-opened') {
      opened = at;
      expect(body.float).toBe(left);
    }
    if (act !== 'shift-closed') continue;
    number += 1;
    const { totals, expected } = expectedShift(entries.slice(opened, at + 1), left);
    expect(body).toMatchObject({ number, totals, expected, opened: { seq: opened + 1 } });
    expect(body.takenOut + body.left).toBe(body.counted);
    expect(body.difference).toBe(body.counted - expected);
    ({ left } = body);
  }
}

test(
  'buying and returning ten times, in any parts, changes no balance',
  () => {
    const rounds = fc.array(fc.record({ sale, first: shares, second: shares }), {
      minLength: 10,
      maxLength: 10,
    });
    fc.assert(
      fc.property(rounds, shop, fc.nat(900), fc.nat(9), (all, of, points, merged) => {
        const till = new PlayedTill(of);
        for (const card of CARDS.keys()) till.correct(card, 'points', points, null);
        for (const [nth, { sale: wish, first, second }] of all.entries()) {
          if (nth === merged) till.merge(0, 1);
          till.sell(wish);
          const card = wish.customer ?? 0;
          // what rounding adds to a repayment is not given back
          if (of.cashRounding === null)
            for (const each of [700, 333, 1]) till.repay(card, each * nth, 0);
          for (const shares of [first, second, [1]])
            till.giveBack({ nth, shares, inCash: false, to: 'stock' });
        }
        const { shift, balances, stock, debts } = till.rows;
        for (const { account, sum } of balances) if (account !== 'points') expect(sum).toBe(0);
        for (const card of CARDS)
          expect(till.account(card).points).toBe(points * till.cardsOf(card).length);
        for (const { delta } of stock) expect(delta).toBe(0);
        for (const { left } of debts) expect(left).toBe(0);
        expect(shift && expectedCash(shift)).toBe(FLOAT);
        expect(shift && sumOfMoved(moneyMoved(shift.totals, 'card'))).toBe(0);
        // all goods came back: debt, money, points and what was withheld are their price, but for the rounding of their sales
        const totals = shift?.totals ?? NO_TOTALS;
        expect(totals.returns.total).toBe(totals.sales.total);
        expect(notGivenBack(totals)).toBe(0 - totals.sales.rounding);
      }),
      { numRuns: cases(30) },
    );
  },
  limitOf(120_000),
);
