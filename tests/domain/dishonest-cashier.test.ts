// A law over random dishonest cashiers: what they take is in the Z, the summary, or agreed to.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ShownForReturn } from '$lib/contract/acts/return';
import type { ShiftTotals } from '$lib/contract/acts/shift';
import { GENESIS_HASH, type Act, type BodyOf, type EntryOf } from '$lib/contract/journal';
import { decideCashMoved } from '$lib/domain/acts/cash-moved';
import { decideDrawerCounted } from '$lib/domain/acts/drawer-counted';
import { decideReceiptCancelled } from '$lib/domain/acts/receipt-cancelled';
import { decideReturn, guardedBy } from '$lib/domain/acts/return';
import { decideSale } from '$lib/domain/acts/sale';
import { decideShiftClosed } from '$lib/domain/acts/shift-closed';
import { decideShiftOpened } from '$lib/domain/acts/shift-opened';
import { decideTenderCorrected } from '$lib/domain/acts/tender-corrected';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { Fold } from '$lib/domain/fold';
import { USUAL_TAX } from '$lib/domain/goods/product';
import type { Decided } from '$lib/domain/policy/rights';
import {
  addProduct,
  afterHold,
  allowDiscounts,
  emptyReceipt,
  receiptTotal,
  removedFrom,
  setQuantity,
  setReceiptDiscount,
  setTender,
  type Receipt,
} from '$lib/domain/receipt/receipt';
import { NOTHING_BEFORE, writtenTo } from '$lib/domain/rows';
import { floatLeft } from '$lib/domain/shift/shift';
import { money } from '$lib/domain/values/money';
import { quantity } from '$lib/domain/values/quantity';
import { codeHash } from '$lib/domain/values/receipt-number';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { DECIDED } from '$lib/proof/chain';
import { drawerItems } from '../../relay/journal/summary-items';
import { cases } from '../support/cases';
import {
  BREAD,
  CASHIER,
  idOf,
  NOW,
  OWNER,
  POLICY,
  rub,
  SENIOR,
  shopPolicy,
  TILL,
} from './fixtures';
import { verified } from './fixtures';

const MILK = idOf(41);

/** What nothing shows until the counts are compared with what came in, and why. */
const NOT_COVERED = {
  'one-short-hold': 'goods of a receipt that was held once, for less than an hour, sold twice',
} as const;

/** Means by which cash is taken. */
type Means =
  | keyof typeof NOT_COVERED
  | ('goods-removed' | 'held-used-again' | 'discount-kept' | 'receipt-cancelled')
  | ('refund-proven' | 'refund-unproven' | 'cash-out' | 'cash-out-large')
  | ('tender-corrected' | 'float-short' | 'cash-as-card');

/** `agreed`: who let it happen besides the cashier, by the entry. */
type Taking = { readonly by: Means; readonly amount: number; readonly agreed: string | null };

type Colleague = string | null;
type Trick =
  | {
      readonly kind: 'sell' | 'cancel';
      readonly prices: readonly [number, number];
      readonly pieces: number;
      readonly lowered: number;
      readonly holds: readonly number[];
      readonly discount: number;
      readonly as: 'cash' | 'card' | 'transfer';
      readonly colleague: Colleague;
    }
  | {
      readonly kind: 'return';
      readonly nth: number;
      readonly shown: ShownForReturn;
      readonly isScanned: boolean;
      readonly inCash: boolean;
      readonly colleague: Colleague;
    }
  | { readonly kind: 'cash-out'; readonly amount: number; readonly colleague: Colleague }
  | { readonly kind: 'correct'; readonly nth: number; readonly colleague: Colleague }
  | { readonly kind: 'next-shift'; readonly left: number; readonly kept: number };

const HOUR = 3_600_000;
const colleague = fc.constantFrom<Colleague>(null, null, CASHIER, SENIOR, OWNER);
const rung = {
  prices: fc.tuple(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 60_000 })),
  pieces: fc.integer({ min: 1, max: 4 }),
  lowered: fc.nat(4),
  holds: fc.array(fc.constantFrom(60_000, HOUR - 1, HOUR), { maxLength: 3 }),
  discount: fc.constantFrom(0, 0, 500, 1000, 5000),
  as: fc.constantFrom('cash' as const, 'cash' as const, 'card' as const, 'transfer' as const),
  colleague,
};
const trick: fc.Arbitrary<Trick> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('sell' as const), ...rung }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), ...rung }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('return' as const),
      nth: fc.nat(9),
      shown: fc.constantFrom<ShownForReturn>('paper', 'copy', 'customer', 'nothing'),
      isScanned: fc.boolean(),
      inCash: fc.boolean(),
      colleague,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cash-out' as const),
      amount: fc.integer({ min: 1, max: 600_000 }),
      colleague,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('correct' as const), nth: fc.nat(9), colleague }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('next-shift' as const),
      left: fc.nat(100_000),
      kept: fc.nat(50_000),
    }),
  },
);

/** Cashiers as a shop has them at first, or with two rights more, so that they are trusted with returns and discounts. */
const policyOf = (isTrusted: boolean) =>
  isTrusted
    ? verified(
        shopPolicy((policy) => ({
          ...policy,
          groups: policy.groups.map((group) =>
            group.id === 'cashier'
              ? {
                  ...group,
                  rights: [...group.rights, 'return', 'discount'],
                  discountBasisPoints: 1000,
                }
              : group,
          ),
        })),
      )
    : POLICY;

class DishonestShift {
  readonly #policy: typeof POLICY;
  readonly #fold = new Fold(NOTHING_BEFORE);
  readonly #entries: EntryOf<Act>[] = [];
  #seq = 0;
  #ids = 1000;
  #alone = 0;
  #guarded = 0;
  /** What was taken since the shift opened, and over all shifts. */
  takings: Taking[] = [];
  readonly all: Taking[] = [];

  constructor(isTrusted: boolean) {
    this.#policy = policyOf(isTrusted);
    this.#open(100_000);
  }

  play(trick: Trick): void {
    switch (trick.kind) {
      case 'sell':
      case 'cancel':
        return this.#ringUp(trick);
      case 'return':
        return this.#giveBack(trick);
      case 'cash-out':
        return this.#takeOut(trick);
      case 'correct':
        return this.#correct(trick);
      case 'next-shift':
        return this.#nextShift(trick);
    }
  }

  /** The customer pays for all of it in cash, and the cashier keeps what the receipt then has less. */
  #ringUp({
    kind,
    prices,
    pieces,
    lowered,
    holds,
    discount,
    as,
    ...by
  }: Trick & { kind: 'sell' | 'cancel' }): void {
    const id = this.#id();
    const [bread, milk] = prices;
    const line = `${id} bread`;
    const full = addProduct(
      addProduct(emptyReceipt(id), goods(BREAD, bread), quantity(pieces * 1000), line),
      goods(MILK, milk),
      quantity(1000),
      `${id} milk`,
    );
    const gone = Math.min(lowered, pieces - 1);
    const less = setQuantity(full, line, quantity((pieces - gone) * 1000));
    const held = holds.reduce(afterHold, less);
    const off = setReceiptDiscount(held, {
      basisPoints: discount === 0 ? null : discount,
      sum: null,
    });
    const receipt = by.colleague === null ? off : allowDiscounts(off, by.colleague);
    const beforeDiscount = (pieces - gone) * bread + milk;
    const reused = holds.length >= 2 || holds.some((ms) => ms >= HOUR);
    const tricks = (agreed: string | null, total: number) => {
      this.#takes('goods-removed', gone * bread, agreed);
      if (holds.length > 0) this.#takes(reused ? 'held-used-again' : 'one-short-hold', total, null);
    };
    if (kind === 'cancel') {
      const total = receiptTotal(receipt);
      const cancelled = decideReceiptCancelled({
        ...{ ...this.#by, id: this.#id(), receipt: id, lines: receipt.lines.length, total },
        ...{ removed: removedFrom(receipt), held: receipt.held },
      });
      if (this.#write('receipt-cancelled', cancelled) === null) return;
      tricks(null, total);
      this.#takes('receipt-cancelled', total, null);
      return;
    }
    const total = receiptTotal(receipt);
    const sold = this.#write('sale', this.#sale(setTender(receipt, { kind: as, amount: total })));
    if (sold === null) return;
    tricks(null, total);
    this.#takes('discount-kept', beforeDiscount - total, sold.body.discountsAllowedBy);
    if (as !== 'cash') this.#takes('cash-as-card', total, null);
  }

  #sale(receipt: Receipt) {
    return decideSale({
      ...{ ...this.#by, receipt, till: TILL, number: this.#of('sale').length + 1 },
      ...{ customer: null, customerFacts: null, standing: { owed: money(0), points: 0 } },
      ...{
        usage: NOTHING_USED,
        unconfirmed30d: NOTHING_UNCONFIRMED,
        earnedToday: 0,
        disputed: false,
      },
      ...{ confirmations: [], dealHashes: {}, grantsUsed: new Set(), piecesSold: new Set() },
    });
  }

  /** No goods come back. */
  #giveBack({
    nth,
    shown,
    isScanned,
    inCash,
    colleague: approvedBy,
  }: Trick & { kind: 'return' }): void {
    const sales = this.#of('sale');
    const sale = sales[nth % Math.max(1, sales.length)];
    if (sale === undefined) return;
    const returns = writtenTo('returns', this.#fold.changes()).filter(
      (row) => row.sale === sale.hash,
    );
    const goods = sale.body.lines.map(({ quantity }, line) => ({
      ...{ line, quantity, to: 'stock' as const },
    }));
    const decided = decideReturn({
      ...{ ...this.#by, return: this.#id(), sale, since: { debts: [], returns }, card: null },
      ...{ points: null, goods, inCash, shown, reason: 'faulty', note: null, approvedBy },
      scanned: isScanned ? codeHash(sale.hash) : null,
      ...{ guardedToday: this.#guarded, givenToday: this.#alone, asked: null },
    });
    const entry = this.#write('return', decided);
    if (entry === null) return;
    const { refunds, approval } = entry.body;
    const cash = refunds.reduce((sum, each) => sum + (each.kind === 'cash' ? each.amount : 0), 0);
    const agreed = approval.kind === 'given' ? approval.by : null;
    const charged = sale.body.tenders.some(({ kind }) => kind !== 'cash');
    const isProven =
      shown === 'paper' && isScanned && !charged && this.#alone + cash <= rub(15_000);
    this.#alone += cash;
    this.#guarded += guardedBy(entry.body);
    this.#takes(isProven && cash <= rub(3000) ? 'refund-proven' : 'refund-unproven', cash, agreed);
  }

  #takeOut({ amount, colleague: approvedBy }: Trick & { kind: 'cash-out' }): void {
    const shift = this.#fold.after.shifts(TILL);
    const moved = decideCashMoved({
      ...{ ...this.#by, id: this.#id(), shift, direction: 'out', amount: money(amount) },
      ...{ reason: 'expense', note: 'bags', approvedBy },
    });
    const entry = this.#write('cash-moved', moved);
    if (entry === null) return;
    const { approval } = entry.body;
    const agreed = approval.kind === 'given' ? approval.by : null;
    this.#takes(amount > rub(3000) ? 'cash-out-large' : 'cash-out', amount, agreed);
  }

  /** Cash of a sale becomes money of a card. */
  #correct({ nth, colleague: allowedBy }: Trick & { kind: 'correct' }): void {
    const sales = this.#of('sale');
    const sale = sales[nth % Math.max(1, sales.length)];
    if (sale === undefined) return;
    const { total } = sale.body;
    const returns = writtenTo('returns', this.#fold.changes()).filter(
      (row) => row.sale === sale.hash,
    );
    const shift = this.#fold.after.shifts(TILL);
    const decided = decideTenderCorrected({
      ...{ ...this.#by, correction: this.#id(), till: TILL, shift, sale, returns, allowedBy },
      tenders: { ...NO_MONEY, card: money(total) },
    });
    const entry = this.#write('tender-corrected', decided);
    if (entry === null) return;
    const cash = entry.body.was.find(({ kind }) => kind === 'cash')?.amount ?? 0;
    this.#takes('tender-corrected', cash, entry.body.allowedBy);
  }

  /** Closes with a count that fits, and opens with less than was left. */
  #nextShift({ left, kept }: Trick & { kind: 'next-shift' }): void {
    const count = { id: this.#id(), shift: this.#fold.after.shifts(TILL), pieces: [] };
    const { returns } = this.#totals;
    // the cashier copies what the terminal prints: it took no card of a sale, and gave back what returns say
    const terminal = (['card', 'transfer'] as const).map((kind) => ({
      kind,
      counted: 0 - returns[kind],
    }));
    const counted = { ...this.#by, ...count, terminal, counted: money(Math.max(left, 0)) };
    this.#write('drawer-counted', decideDrawerCounted(counted));
    const closed = decideShiftClosed({
      ...{ ...this.#by, id: this.#id(), shift: this.#fold.after.shifts(TILL), underWay: null },
      ...{ onHold: { count: 0, amount: 0 }, left: money(left), reason: 'unknown', note: null },
    });
    if (this.#write('shift-closed', closed) === null) throw new Error('the shift stayed open');
    this.judge();
    this.takings = [];
    this.#entries.length = 0;
    const short = Math.min(left, kept);
    this.#open(left - short);
    this.#takes('float-short', short, null);
  }

  #open(float: number): void {
    const shift = this.#fold.after.shifts(TILL);
    const leftBefore = floatLeft(shift, undefined);
    const opened = decideShiftOpened({ ...this.#by, shift, leftBefore, float: money(float) });
    if (this.#write('shift-opened', opened) === null) throw new Error('no shift was opened');
  }

  /** The law, for the shift that is open or was just closed. */
  judge(): void {
    const totals = this.#totals;
    // the totals of cards and transfers are compared at the close
    const isClosed = this.#fold.after.shifts(TILL)?.closed !== null;
    const ofPerson = totals.byPerson.find(({ operator }) => operator === CASHIER);
    const told = (what: string): number =>
      this.#entries
        .flatMap((entry) => drawerItems(entry as never, this.#policy))
        .reduce((sum, item) => {
          const isIt = item.kind !== 'sold' && 'what' in item && item.what === what;
          return isIt && item.operator === CASHIER ? sum + item.amount : sum;
        }, 0);
    const corrected = totals.tendersCorrected.filter(({ operator }) => operator === CASHIER);
    // named may be more than what was taken: the part that a colleague agreed to is named, too
    const named: Record<string, number> = {
      'goods-removed': ofPerson?.removed.amount ?? 0,
      'held-used-again': ofPerson?.held.amount ?? 0,
      'discount-kept': ofPerson?.discounts.amount ?? 0,
      'receipt-cancelled': told('receipt-cancelled'),
      'refund-proven': ofPerson?.refunded.amount ?? 0,
      'cash-out': ofPerson?.takenOut.amount ?? 0,
      'tender-corrected': corrected.reduce((sum, { amount }) => sum + amount, 0),
      'float-short': told('float-short'),
      'cash-as-card': isClosed ? told('terminal-short') : Infinity,
    };
    const alone = this.takings.filter(({ agreed }) => agreed === null || agreed === CASHIER);
    const sums = new Map<Means, number>();
    for (const { by, amount } of alone) sums.set(by, (sums.get(by) ?? 0) + amount);
    // means without a name here need a second person
    for (const [by, sum] of sums)
      if (!(by in NOT_COVERED))
        expect([by, named[by] ?? 0]).toEqual([by, expect.toSatisfy((seen: number) => seen >= sum)]);
  }

  get #totals(): ShiftTotals {
    const shift = this.#fold.after.shifts(TILL);
    if (shift === undefined) throw new Error('no shift');
    return shift.totals;
  }

  get #by() {
    return { policy: this.#policy, operator: CASHIER, at: NOW + this.#seq * 1000 };
  }

  #takes(by: Means, amount: number, agreed: string | null): void {
    if (amount <= 0) return;
    this.takings.push({ by, amount, agreed });
    this.all.push({ by, amount, agreed });
  }

  #of<A extends Act>(act: A): EntryOf<A>[] {
    return this.#entries.filter((entry) => entry.act === act) as EntryOf<A>[];
  }

  #id(): string {
    this.#ids += 1;
    return idOf(this.#ids);
  }

  /** Null: refused, so nothing was taken. */
  #write<A extends Act>(act: A, decided: Decided<BodyOf<A>, unknown>): EntryOf<A> | null {
    if (decided.kind === 'refused') return null;
    this.#seq += 1;
    const entry = {
      ...{ v: 1, till: TILL, seq: this.#seq, at: NOW + this.#seq * 1000, operator: CASHIER },
      ...{ policy: 1, ...DECIDED, prevHash: GENESIS_HASH, act, body: decided.body },
      hash: this.#seq.toString(16).padStart(64, '0'),
    } as unknown as EntryOf<A>;
    this.#entries.push(entry);
    this.#fold.take(entry as never, new Set());
    return entry;
  }
}

const goods = (id: string, price: number) =>
  ({
    id,
    name: id === BREAD ? 'Хлеб' : 'Молоко',
    unit: 'piece',
    price: money(price),
    ...{ barcodes: [], noDiscounts: false, category: null, tax: USUAL_TAX, askAge: null },
    marked: false,
  }) as const;

test('what a cashier takes is named for them in the Z or the summary, or a second person agreed', () => {
  const taken = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(trick, { minLength: 5, maxLength: 30 }),
      (isTrusted, tricks) => {
        const shift = new DishonestShift(isTrusted);
        for (const each of tricks) shift.play(each);
        shift.judge();
        for (const { by, agreed } of shift.all) {
          const how = agreed === null ? by : `${by} agreed`;
          taken.set(how, (taken.get(how) ?? 0) + 1);
        }
      },
    ),
    { numRuns: cases(300) },
  );
  // each of them was really tried
  for (const how of [
    'cash-as-card',
    ...(['goods-removed', 'held-used-again', 'discount-kept', 'discount-kept agreed'] as const),
    ...(['receipt-cancelled', 'refund-proven', 'refund-unproven agreed', 'cash-out'] as const),
    ...(['cash-out-large agreed', 'tender-corrected agreed', 'float-short'] as const),
    ...Object.keys(NOT_COVERED),
  ])
    expect(taken.get(how) ?? 0, how).toBeGreaterThan(0);
});
