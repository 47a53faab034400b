// Shifts: what a drawer should hold; a Z report equals the entries between opening and close.
import type { DayRow, ShiftRow } from '$lib/contract/rows';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  actBodies,
  GENESIS_HASH,
  type Act,
  type BodyOf,
  type KnownEntry,
} from '$lib/contract/journal';
import { sumOf } from '$lib/contract/acts/repayment';
import type { MoneyTender } from '$lib/contract/acts/sale';
import { decideCashMoved, type CashMovedInput } from '$lib/domain/acts/drawer/cash-moved';
import { decideDrawerCounted } from '$lib/domain/acts/drawer/drawer-counted';
import { decideDrawerOpened } from '$lib/domain/acts/drawer/drawer-opened';
import { decideShiftClosed } from '$lib/domain/acts/drawer/shift-closed';
import { decideTip, type TipInput } from '$lib/domain/acts/drawer/tip';
import { decideShiftOpened } from '$lib/domain/acts/drawer/shift-opened';
import { moneyOf } from '$lib/domain/acts/money/return';
import { decideTenderCorrected } from '$lib/domain/acts/money/tender-corrected';
import { Fold } from '$lib/domain/fold';
import { DAY_MS } from '$lib/domain/values/durations';
import { money } from '$lib/domain/values/money';
import { dayOf, type Decided } from '$lib/domain/policy/rights';
import { NOTHING_BEFORE, writtenTo } from '$lib/domain/rows';
import { MONEY_KINDS } from '$lib/domain/values/settlement';
import {
  expectedCash,
  expectedTerminal,
  floatLeft,
  isOpen,
  NO_TOTALS,
} from '$lib/domain/shift/shift';
import { DECIDED } from '$lib/proof/chain';
import { ANNA, CASHIER, GONE, idOf, NOW, OWNER, POLICY, rub, TILL } from './fixtures';
import { cases } from '../support/cases';
import { expectedShift } from '../support/expected-shift';

/** A till's journal, written by the domain's rules. */
class Journal {
  readonly entries: KnownEntry[] = [];
  readonly #fold = new Fold(NOTHING_BEFORE);
  /** Who acts, and when, ms. */
  operator = CASHIER;
  at = NOW;

  get day(): string {
    return dayOf({ policy: POLICY, at: this.at });
  }

  get days(): readonly DayRow[] {
    return writtenTo('days', this.#fold.changes());
  }

  get shift(): ShiftRow | undefined {
    return writtenTo('shifts', this.#fold.changes())[0];
  }

  get expected(): number {
    const { shift } = this;
    if (!isOpen(shift)) throw new Error('no shift is open');
    return expectedCash(shift);
  }

  write<A extends Act>(act: A, body: BodyOf<A>): void {
    const seq = this.entries.length + 1;
    const entry = {
      v: 1,
      till: TILL,
      seq,
      at: 1000 - seq,
      operator: this.operator,
      policy: 1,
      ...DECIDED,
      prevHash: GENESIS_HASH,
      hash: seq.toString(16).padStart(64, '0'),
      act,
      body,
    } as KnownEntry;
    this.entries.push(entry);
    this.#fold.take(entry, new Set());
  }

  decided<A extends Act, R extends { kind: string }>(act: A, decided: Decided<BodyOf<A>, R>) {
    if (decided.kind === 'refused') return decided.because;
    expect(actBodies[act].safeParse(decided.body).success).toBe(true);
    this.write(act, decided.body);
    return null;
  }

  open(float: number | null = null) {
    const { shift } = this;
    const leftBefore = floatLeft(shift, undefined);
    return this.decided(
      'shift-opened',
      decideShiftOpened({ ...BY, shift, leftBefore, float: float === null ? null : money(float) }),
    );
  }

  /** Opens a shift automatically if none is open, as the first act of a day does. */
  ready(): this {
    if (!isOpen(this.shift)) this.open();
    return this;
  }

  sell(tenders: readonly MoneyTender[], changeDue = 0, onAccount = 0, points = 0): this {
    this.ready();
    const total = tenders.reduce((sum, { amount }) => sum + amount, 0) - changeDue + onAccount;
    const pointsTender = points > 0 ? [{ kind: 'points', amount: points * 100, points }] : [];
    this.write('sale', {
      sale: idOf(1000 + this.entries.length),
      number: 1,
      day: this.day,
      customer: null,
      onAccount,
      rounding: 0,
      removed: { lines: 0, sum: 0 },
      held: { times: 0, longestMs: 0 },
      total: total + points * 100,
      changeDue,
      tenders: [...tenders, ...pointsTender],
      lines: [],
      accounts: [{ customer: idOf(9), account: 'debt', delta: 0 }],
      confirmations: [],
      stock: [],
      pointsEarned: 3,
      repaidEarns: null,
    } as unknown as BodyOf<'sale'>);
    return this;
  }

  /** Cancels the newest repayment of the shift, if there is one. */
  cancel(): void {
    const repaid = this.entries.findLast(({ act }) => act === 'repayment');
    if (repaid?.act !== 'repayment' || !isOpen(this.shift) || repaid.seq < this.shift.opened.seq)
      return;
    const { amount, changeDue, tenders, settles, rounding } = repaid.body;
    const refunds = tenders.map((each) => ({
      ...each,
      amount: each.amount - (each.kind === 'cash' ? changeDue : 0),
    }));
    const { till, seq, hash } = repaid;
    const asked = { action: 'sell-on-account', amount, because: 'below-threshold' } as const;
    this.write('repayment-cancelled', {
      allowedBy: null,
      cancellation: idOf(4000 + this.entries.length),
      currency: 'RUB',
      customer: ANNA,
      day: this.day,
      repayment: { till, seq, hash },
      amount,
      refunds,
      settles,
      rounding,
      reason: 'Wrong',
      takenBack: [],
      withheld: { points: 0, amount: 0 },
      accounts: [{ customer: ANNA, account: 'debt', delta: amount }],
      confirmations: [{ kind: 'not-required', ...asked }],
    });
  }

  payOut(amount: number): void {
    this.ready();
    this.write('overpayment-returned', {
      payout: idOf(5000 + this.entries.length),
      currency: 'RUB',
      customer: ANNA,
      amount,
      allowedBy: null,
      day: this.day,
      tender: 'cash',
      accounts: [{ customer: ANNA, account: 'debt', delta: amount }],
    });
  }

  repay(tenders: readonly MoneyTender[], changeDue = 0): this {
    this.ready();
    const given = tenders.reduce((sum, { amount }) => sum + amount, 0);
    const amount = given - changeDue;
    this.write('repayment', {
      repayment: idOf(2000 + this.entries.length),
      currency: 'RUB',
      customer: ANNA,
      day: this.day,
      tenders: [...tenders],
      amount,
      changeDue,
      rounding: 0,
      settles: [],
      earned: [],
      accounts: [{ customer: ANNA, account: 'debt', delta: -amount }],
    });
    return this;
  }

  giveBack(refunds: readonly MoneyTender[], withheld: number): void {
    this.ready();
    const total = refunds.reduce((sum, { amount }) => sum + amount, 0) + withheld;
    this.write('return', {
      return: this.#id(),
      day: this.day,
      sale: null,
      customer: null,
      lines: [],
      total,
      refunds,
      debtReduced: 0,
      settles: [],
      inCash: false,
      rounding: withheld % 3,
      shown: 'nothing',
      scanned: null,
      pointValue: 1,
      pointsGivenBack: withheld % 7,
      pointsTakenBack: withheld % 5,
      withheld: { points: withheld, amount: withheld },
      approval: { kind: 'alone' },
      accounts: [],
      stock: [],
      confirmations: [],
    } as unknown as BodyOf<'return'>);
  }

  correct(account: 'debt' | 'points', delta: number): void {
    this.ready();
    const asked = { action: 'sell-on-account', amount: Math.abs(delta) } as const;
    const { operator: by } = this;
    const confirmation =
      delta > 0
        ? { ...asked, kind: 'override', by, askedBy: by, because: 'provider-failed' }
        : { ...asked, kind: 'by-right' };
    this.write('balance-corrected', {
      correction: this.#id(),
      day: this.day,
      customer: ANNA,
      account,
      delta,
      settles: [],
      reason: 'Wrong',
      accounts: [{ customer: ANNA, account, delta }],
      confirmations: [confirmation],
    } as unknown as BodyOf<'balance-corrected'>);
  }

  cancelReceipt(total: number): void {
    const [id, receipt] = [this.#id(), idOf(7000 + this.entries.length)];
    const removed = { lines: total % 3, sum: total % 11 };
    const held = { times: total % 4, longestMs: (total % 5) * 1_200_000 };
    this.write('receipt-cancelled', {
      id,
      day: this.day,
      receipt,
      lines: 1,
      total,
      removed,
      held,
    });
    if (total % 2 === 0)
      this.write('receipt-resumed', { id: this.#id(), day: this.day, receipt, cancelled: id });
  }

  reprint(): void {
    const of = this.entries.findLast(({ act }) => act === 'sale');
    if (of === undefined) return;
    const { till, seq, hash } = of;
    this.write('receipt-reprinted', { day: this.day, about: { till, seq, hash } });
  }

  /** The newest sale of the shift was paid by other ways: each part by the next one, or the one after it. */
  correctTender(by: 1 | 2): void {
    const sale = this.entries.findLast(({ act }) => act === 'sale');
    const { shift } = this;
    if (sale?.act !== 'sale') return;
    const was = moneyOf(sale.body);
    const is = MONEY_KINDS.map((_, place) => was[MONEY_KINDS[(place + by) % 3] ?? 'cash']);
    const decided = decideTenderCorrected({
      ...BY,
      operator: OWNER,
      at: this.at,
      correction: this.#id(),
      till: TILL,
      shift,
      sale,
      since: { debts: [], returns: [] },
      allowedBy: null,
      tenders: { cash: is[0] ?? 0, card: is[1] ?? 0, transfer: is[2] ?? 0 },
    });
    if (decided.kind === 'decided') {
      expect(sumOf(decided.body.tenders)).toBe(sumOf(decided.body.was));
      this.write('tender-corrected', decided.body);
    }
  }

  move(
    direction: 'in' | 'out',
    amount: number,
    reason: 'small-change' | 'cash-drop' = 'cash-drop',
  ) {
    this.ready();
    const { shift } = this;
    return this.decided(
      'cash-moved',
      decideCashMoved({
        ...BY,
        at: this.at,
        id: this.#id(),
        shift,
        direction,
        amount: money(amount),
        reason,
        note: null,
        approvedBy: OWNER,
      }),
    );
  }

  tip(tender: TipInput['tender'], amount: number, policy = TIPPED) {
    this.ready();
    const { shift, at, operator } = this;
    const by = { policy, at, operator };
    const given = { id: this.#id(), shift, tender, amount: money(amount), sale: null };
    return this.decided('tip', decideTip({ ...by, ...given }));
  }

  openDrawer() {
    this.ready();
    const { shift } = this;
    return this.decided(
      'drawer-opened',
      decideDrawerOpened({
        ...BY,
        at: this.at,
        id: this.#id(),
        shift,
        reason: 'give-change',
        note: null,
      }),
    );
  }

  /** `off`: by how much card and transfer differ from what is expected, minor units. */
  count(counted: number, off = 0) {
    const { shift } = this;
    const terminal = expectedTerminal(shift?.totals ?? NO_TOTALS).map(({ kind, expected }) => ({
      kind,
      counted: expected + off,
    }));
    return this.decided(
      'drawer-counted',
      decideDrawerCounted({
        ...BY,
        at: this.at,
        id: this.#id(),
        shift,
        counted: money(counted),
        pieces: [],
        terminal,
      }),
    );
  }

  close(left: number, change: Partial<Parameters<typeof decideShiftClosed>[0]> = {}) {
    const { shift } = this;
    return this.decided(
      'shift-closed',
      decideShiftClosed({
        ...BY,
        id: this.#id(),
        shift,
        underWay: null,
        left: money(left),
        onHold: { count: 0, amount: 0 },
        reason: 'unknown',
        note: null,
        ...change,
      }),
    );
  }

  get reports(): BodyOf<'shift-closed'>[] {
    return this.entries.flatMap((entry) => (entry.act === 'shift-closed' ? [entry.body] : []));
  }

  #id(): string {
    return idOf(3000 + this.entries.length);
  }
}

/** Everybody may take tips. */
const TIPPED = {
  ...POLICY,
  groups: POLICY.groups.map((group) => ({ ...group, rights: [...group.rights, 'take-tip'] })),
} as typeof POLICY;
const BY = { policy: POLICY, operator: CASHIER, at: NOW };

const cash = (roubles: number): MoneyTender => ({ kind: 'cash', amount: rub(roubles) });

describe('a tip', () => {
  test('in cash is in the drawer, by card with the terminal, and is of no sale and no customer', () => {
    const journal = new Journal();
    journal.open(rub(100));
    expect(journal.tip('cash', rub(50))).toBeNull();
    expect(journal.tip('card', rub(30))).toBeNull();
    expect(journal.expected).toBe(rub(150));
    const { totals } = journal.shift!;
    expect(expectedTerminal(totals)).toEqual([{ kind: 'card', expected: rub(30) }]);
    const of = { act: 'tip', operator: CASHIER, direction: 'in', reason: null, count: 1 };
    const moved = [
      { ...of, kind: 'cash', amount: rub(50) },
      { ...of, kind: 'card', amount: rub(30) },
    ];
    expect(totals).toEqual({ ...NO_TOTALS, moved });
  });

  test('is refused without its right, which no built-in group has, and without a sum', () => {
    const journal = new Journal();
    expect(journal.tip('cash', rub(50), POLICY)).toEqual({ kind: 'no-right', right: 'take-tip' });
    expect(journal.tip('cash', 0)).toEqual({ kind: 'no-amount' });
    expect(POLICY.groups.some(({ rights }) => rights.includes('take-tip'))).toBe(false);
  });
});

describe('the drawer', () => {
  test('example 15: cash taken out at the close is not in the next float', () => {
    const journal = new Journal();
    journal.open(rub(1000));
    journal.sell([cash(5000)]);
    journal.count(rub(6000));
    expect(journal.close(rub(1000))).toBeNull();
    expect(journal.reports).toMatchObject([{ number: 1, difference: 0, takenOut: rub(5000) }]);
    journal.sell([cash(3000)]);
    expect(journal.shift?.opened).toMatchObject({ float: rub(1000), counted: false });
    expect(journal.expected).toBe(rub(4000));
  });

  test('cards, transfers, points and debts bring no cash', () => {
    const journal = new Journal();
    const card = { kind: 'card', amount: rub(200) } as const;
    const transfer = { kind: 'transfer', amount: rub(100) } as const;
    journal.sell([card, transfer, cash(50)], rub(10), rub(400), 7);
    journal.repay([card]);
    expect(journal.expected).toBe(rub(40));
    expect(journal.shift?.totals).toMatchObject({
      sales: { card: rub(200), transfer: rub(100), points: rub(7), onAccount: rub(400) },
      pointsRedeemed: 7,
      pointsEarned: 3,
    });
  });

  test('money that a sale took by card and not in cash is not in the drawer, and is named by person', () => {
    const journal = new Journal();
    journal.sell([cash(70), { kind: 'transfer', amount: rub(30) }], rub(20));
    journal.correctTender(2);
    expect(journal.expected).toBe(rub(30));
    expect(journal.shift?.totals).toMatchObject({
      sales: { total: rub(80), cash: rub(50), transfer: rub(30) },
      tendersCorrected: [
        { operator: CASHIER, from: 'cash', to: 'card', count: 1, amount: rub(20) },
        { operator: CASHIER, from: 'transfer', to: 'card', count: 1, amount: rub(30) },
      ],
    });
  });

  test('more than it should hold can be taken out: the next count shows the difference', () => {
    const journal = new Journal();
    expect(journal.move('out', rub(100))).toBeNull();
    expect(journal.expected).toBe(rub(-100));
    // the next float is what was left, and never negative
    expect(floatLeft(journal.shift, undefined)).toBe(0);
  });
});

describe('a close', () => {
  test('needs a count, and a new one once cash has moved', () => {
    const journal = new Journal();
    expect(journal.close(0)).toEqual({ kind: 'no-shift' });
    journal.sell([cash(100)]);
    expect(journal.close(0)).toEqual({ kind: 'not-counted' });
    journal.count(rub(100));
    journal.sell([cash(50)]);
    expect(journal.close(0)).toEqual({ kind: 'not-counted' });
    journal.count(rub(150));
    expect(journal.close(0)).toBeNull();
    expect(journal.close(0)).toEqual({ kind: 'no-shift' });
    expect(journal.reports).toMatchObject([{ totals: { counts: 2 } }]);
  });

  test('says that what differed was counted again, and by how much the difference changed', () => {
    const journal = new Journal();
    journal.sell([cash(100)]);
    journal.sell([{ kind: 'card', amount: rub(80) }]);
    const counts: [number, number, number, number][] = [
      // cash, card; how many of these changed a difference, and by how much in total
      [100, 80, 0, 0],
      [95, 80, 0, 0],
      [95, 80, 0, 0],
      [100, 80, 1, 5],
      [103, 70, 1, 5],
      [100, 80, 2, 18],
      [98, 80, 2, 18],
    ];
    for (const [inDrawer, byCard, count, amount] of counts) {
      journal.count(rub(inDrawer), rub(byCard) - rub(80));
      expect(journal.shift?.totals.recounted).toEqual({ count, amount: rub(amount) });
    }
    journal.sell([cash(50)]);
    journal.count(rub(148));
    expect(journal.shift?.totals).toMatchObject({ counts: 8, recounted: { count: 2 } });
    journal.count(rub(150));
    expect(journal.close(0)).toBeNull();
    expect(journal.reports).toMatchObject([
      { totals: { recounted: { count: 3, amount: rub(20) } } },
    ]);
  });

  test('needs a reason if the count differs, and a note for the reason "other"', () => {
    const journal = new Journal();
    journal.sell([cash(100)]);
    journal.count(rub(90));
    const difference = rub(-10);
    expect(journal.close(0, { reason: null })).toEqual({ kind: 'no-reason', difference });
    expect(journal.close(0, { reason: 'other' })).toEqual({ kind: 'no-note' });
    expect(journal.close(0, { reason: 'wrong-change' })).toBeNull();
    expect(journal.reports).toMatchObject([{ difference, reason: 'wrong-change' }]);
  });

  test('compares cards with the count, like cash: after one more sale by card it is to be counted again', () => {
    const journal = new Journal();
    const card = { kind: 'card', amount: rub(200) } as const;
    journal.sell([card, cash(100)]);
    journal.count(rub(100));
    journal.sell([card]);
    expect(journal.close(0)).toEqual({ kind: 'not-counted' });
    journal.count(rub(100), rub(-5));
    expect(journal.close(0, { reason: null })).toEqual({ kind: 'no-reason', difference: 0 });
    expect(journal.close(0, { reason: 'unknown' })).toBeNull();
    const terminal = [{ kind: 'card', counted: rub(395), expected: rub(400) }];
    expect(journal.reports).toMatchObject([{ difference: 0, reason: 'unknown', terminal }]);
  });

  test('leaves no more than was counted', () => {
    const journal = new Journal();
    journal.sell([cash(100)]);
    journal.count(rub(100));
    expect(journal.close(rub(101))).toEqual({ kind: 'left-too-much', counted: rub(100) });
  });

  test.each(['payment', 'code'] as const)('waits for a %s that is under way', (what) => {
    const journal = new Journal();
    journal.sell([cash(100)]);
    journal.count(rub(100));
    expect(journal.close(0, { underWay: what })).toEqual({ kind: 'under-way', what });
  });
});

describe('cash taken out', () => {
  const { cashFrom } = POLICY.returns;
  const journal = new Journal();
  journal.open(rub(100_000));
  const take = (change: Partial<CashMovedInput> = {}) =>
    decideCashMoved({
      ...BY,
      at: NOW,
      id: idOf(70),
      shift: journal.shift,
      direction: 'out',
      note: null,
      amount: money(cashFrom),
      reason: 'cash-drop',
      approvedBy: null,
      ...change,
    });

  test('as an expense says what for', () => {
    expect(take({ reason: 'expense' })).toEqual({ kind: 'refused', because: { kind: 'no-note' } });
    expect(take({ reason: 'expense', note: 'Milk' })).toMatchObject({ body: { note: 'Milk' } });
  });

  test('above a sum needs the PIN of a second person, who is in the entry', () => {
    expect(take()).toMatchObject({ body: { approval: { kind: 'not-needed' } } });
    const much = { amount: money(cashFrom + 1) };
    const refused = { kind: 'refused', because: { kind: 'needs-colleague', above: cashFrom } };
    expect(take(much)).toEqual(refused);
    expect(take({ ...much, approvedBy: BY.operator })).toEqual(refused);
    expect(take({ ...much, approvedBy: GONE })).toEqual(refused);
    const approval = { kind: 'given', by: OWNER };
    expect(take({ ...much, approvedBy: OWNER })).toMatchObject({ body: { approval } });
    expect(take({ ...much, direction: 'in' })).toMatchObject({
      body: { approval: { kind: 'not-needed' } },
    });
  });

  test('is in the sums of the shift by person', () => {
    const drawer = new Journal();
    drawer.open(rub(100_000));
    drawer.move('out', rub(50));
    drawer.move('in', rub(20));
    expect(drawer.shift?.totals.byPerson).toMatchObject([
      { operator: BY.operator, takenOut: { count: 1, amount: rub(50) } },
    ]);
  });

  test('above a sum by the only person with the right is in the entry as such', () => {
    const operators = POLICY.operators.filter(({ id }) => id === BY.operator);
    const policy = { ...POLICY, operators };
    expect(take({ policy, amount: money(cashFrom + 1) })).toMatchObject({
      body: { approval: { kind: 'alone' } },
    });
  });
});

describe('rights', () => {
  const left = { shift: undefined, leftBefore: 0 };
  const gone = { policy: POLICY, operator: GONE };

  test('a shift opens automatically for anybody; with a counted float it needs a right', () => {
    expect(decideShiftOpened({ ...gone, ...left, float: null }).kind).toBe('decided');
    expect(decideShiftOpened({ ...gone, ...left, float: rub(100) })).toEqual({
      kind: 'refused',
      because: { kind: 'no-right', right: 'open-shift' },
    });
    expect(decideShiftOpened({ ...BY, ...left, operator: OWNER, float: rub(100) })).toEqual({
      kind: 'decided',
      body: { float: rub(100), counted: true, left: rub(100), difference: 0 },
    });
  });

  test('if the float must be counted, no shift opens automatically', () => {
    const policy = { ...POLICY, shifts: { ...POLICY.shifts, countFloat: true } };
    const asked = { ...BY, policy, ...left };
    expect(decideShiftOpened({ ...asked, float: null })).toEqual({
      kind: 'refused',
      because: { kind: 'float-not-counted' },
    });
    expect(decideShiftOpened({ ...asked, float: rub(0) }).kind).toBe('decided');
  });

  test('a counted float is compared with what the last shift left', () => {
    const journal = new Journal();
    journal.sell([cash(1000)]);
    journal.count(rub(1000));
    journal.close(rub(1000));
    journal.open(rub(600));
    expect(journal.shift?.opened).toMatchObject({
      float: rub(600),
      left: rub(1000),
      difference: rub(-400),
    });
  });

  test('an open shift is not opened again', () => {
    const journal = new Journal();
    journal.open(rub(1));
    expect(journal.open(rub(2))).toEqual({ kind: 'shift-open' });
  });

  test('notes and coins add up to no more than the whole count', () => {
    const journal = new Journal().ready();
    const { shift } = journal;
    const pieces = [{ value: rub(100), count: 2 }];
    const count = { ...BY, id: idOf(1), shift, pieces, terminal: [] };
    expect(decideDrawerCounted({ ...count, counted: rub(199) })).toEqual({
      kind: 'refused',
      because: { kind: 'pieces-exceed' },
    });
    expect(decideDrawerCounted({ ...count, counted: rub(200.5) }).kind).toBe('decided');
  });
});

test('the cash of a shift under the former till id is the next float, whether it is open or closed', () => {
  const journal = new Journal();
  journal.sell([cash(100)]);
  expect(floatLeft(undefined, journal.shift)).toBe(rub(100));
  journal.count(rub(100));
  journal.close(rub(30));
  expect(floatLeft(undefined, journal.shift)).toBe(rub(30));
});

const amount = fc.nat(100_000);
const tender = fc.record({
  kind: fc.constantFrom('cash' as const, 'card' as const, 'transfer' as const),
  amount,
});
const step = fc.oneof(
  fc.record({
    kind: fc.constant('tip' as const),
    tender: fc.constantFrom(...MONEY_KINDS),
    amount: fc.integer({ min: 1, max: 10_000 }),
  }),
  fc.record({ kind: fc.constant('sell' as const), tenders: fc.array(tender), owes: amount }),
  fc.record({ kind: fc.constant('repay' as const), tenders: fc.array(tender) }),
  fc.constant({ kind: 'cancel' as const }),
  fc.record({ kind: fc.constant('pay-out' as const), amount: fc.integer({ min: 1, max: 900 }) }),
  fc.record({
    kind: fc.constant('move' as const),
    direction: fc.constantFrom('in' as const, 'out' as const),
    amount: amount.map((each) => each + 1),
  }),
  fc.record({ kind: fc.constant('count' as const), wrong: fc.integer({ min: -50, max: 50 }) }),
  fc.constant({ kind: 'open-drawer' as const }),
  fc.record({ kind: fc.constant('give-back' as const), refunds: fc.array(tender), kept: amount }),
  fc.record({
    kind: fc.constant('correct' as const),
    account: fc.constantFrom('debt' as const, 'points' as const),
    delta: fc.integer({ min: -900, max: 900 }).filter((delta) => delta !== 0),
  }),
  fc.record({ kind: fc.constant('cancel-receipt' as const), total: amount }),
  fc.constant({ kind: 'reprint' as const }),
  fc.record({
    kind: fc.constant('correct-tender' as const),
    by: fc.constantFrom(1 as const, 2 as const),
  }),
  fc.record({ kind: fc.constant('sign-in' as const), who: fc.constantFrom(CASHIER, OWNER) }),
  fc.constant({ kind: 'close' as const }),
  fc.constant({ kind: 'next-day' as const }),
  // the till stops between an opening and the act that caused it
  fc.constant({ kind: 'kill' as const }),
);

test('a Z report and the sums of a day equal their entries, whatever happened between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const journal = new Journal();
      for (const each of steps)
        switch (each.kind) {
          case 'sell': {
            const paid = each.tenders.find(({ kind }) => kind === 'cash')?.amount ?? 0;
            journal.sell(each.tenders, Math.floor(paid / 3), each.owes);
            break;
          }
          case 'repay': {
            const paid = each.tenders.find(({ kind }) => kind === 'cash')?.amount ?? 0;
            journal.repay(each.tenders, Math.floor(paid / 2));
            break;
          }
          case 'cancel':
            journal.cancel();
            break;
          case 'pay-out':
            journal.payOut(each.amount);
            break;
          case 'move':
            journal.move(each.direction, each.amount);
            break;
          case 'count':
            if (isOpen(journal.shift)) journal.count(Math.max(0, journal.expected + each.wrong));
            break;
          case 'tip':
            journal.tip(each.tender, each.amount);
            break;
          case 'open-drawer':
            journal.openDrawer();
            break;
          case 'give-back':
            journal.giveBack(each.refunds, each.kept);
            break;
          case 'correct':
            journal.correct(each.account, each.delta);
            break;
          case 'cancel-receipt':
            journal.cancelReceipt(each.total);
            break;
          case 'reprint':
            journal.reprint();
            break;
          case 'correct-tender':
            journal.correctTender(each.by);
            break;
          case 'sign-in':
            journal.operator = each.who;
            break;
          case 'close':
            journal.close(0);
            break;
          case 'next-day':
            journal.at += DAY_MS;
            break;
          case 'kill':
            journal.ready();
        }
      // the last shift is closed, too: every run ends with a report
      if (isOpen(journal.shift)) journal.count(Math.max(0, journal.expected));
      journal.close(0);
      expectWhole(journal.entries);
      expectDays(journal);
    }),
    { numRuns: cases(300) },
  );
});

/** Calculates every Z report again from the entries of its shift, without the projection. */
function expectWhole(entries: readonly KnownEntry[]): void {
  let number = 0;
  let left = 0;
  let within: KnownEntry[] = [];
  for (const entry of entries) {
    if (entry.act === 'shift-opened') {
      expect(entry.body).toEqual({ float: left, counted: false, left, difference: 0 });
      within = [];
    }
    within.push(entry);
    if (entry.act !== 'shift-closed') continue;
    const { body } = entry;
    number += 1;
    const { totals, expected } = expectedShift(within, left);
    expect(body.totals).toEqual(totals);
    expect(body).toMatchObject({
      number,
      expected,
      difference: body.counted - expected,
      left: 0,
      takenOut: body.counted,
      opened: { seq: within[0]?.seq, float: left },
    });
    left = body.left;
  }
}

/** Calculates the sums of each day again from the entries of that day, in whichever shift, or in none. */
function expectDays({ entries, days }: Journal): void {
  const dayIn = ({ body }: KnownEntry) => ('day' in body ? body.day : null);
  const named = [...new Set(entries.flatMap((entry) => dayIn(entry) ?? []))];
  expect(days.map(({ day }) => day).toSorted()).toEqual(named.toSorted());
  for (const { till, day, totals } of days) {
    expect(till).toBe(TILL);
    expect(totals).toEqual(
      expectedShift(
        entries.filter((entry) => dayIn(entry) === day),
        0,
        entries,
      ).totals,
    );
  }
}

test('a day is that of the policy’s time zone, and two shifts of it are added up', () => {
  const journal = new Journal();
  // 23:59 in Moscow
  journal.at = Date.UTC(2026, 10, 25, 20, 59);
  journal.sell([cash(100)]);
  journal.count(rub(100));
  journal.close(0);
  journal.sell([cash(50)]);
  journal.at += 60_000;
  journal.move('out', rub(20));
  expect(journal.days).toMatchObject([
    { day: '2026-11-25', totals: { sales: { count: 2, total: rub(150) }, counts: 1, moved: [] } },
    { day: '2026-11-26', totals: { sales: { count: 0 }, moved: [{ amount: rub(20) }] } },
  ]);
  expect(journal.shift?.totals).toMatchObject({ sales: { count: 1 }, moved: [{ count: 1 }] });
});

test('sums that only a dishonest till can state are limited, so that other tills can read them', () => {
  const journal = new Journal();
  const most = Number.MAX_SAFE_INTEGER;
  for (const each of [1, 2]) journal.sell([{ kind: 'card', amount: most - each }]);
  expect(journal.days).toMatchObject([{ totals: { sales: { count: 2, card: most } } }]);
});
