// A law over random dishonest cashiers: what they take is in the Z, the summary, or agreed to.
import type { Account } from '$lib/contract/rows';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Confirmation } from '$lib/contract/acts/account';
import type { ShownForReturn } from '$lib/contract/acts/return';
import type { ShiftTotals } from '$lib/contract/acts/shift';
import { GENESIS_HASH, type Act, type BodyOf, type EntryOf } from '$lib/contract/journal';
import { decideCashMoved } from '$lib/domain/acts/drawer/cash-moved';
import { decideDrawerCounted } from '$lib/domain/acts/drawer/drawer-counted';
import { decideReceiptCancelled } from '$lib/domain/acts/money/receipt-cancelled';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import { decideCancellation } from '$lib/domain/acts/money/repayment-cancelled';
import { decideReturn, guardedBy } from '$lib/domain/acts/money/return';
import { decideSale, earnsOf } from '$lib/domain/acts/money/sale';
import { decideShiftClosed } from '$lib/domain/acts/drawer/shift-closed';
import { decideShiftOpened } from '$lib/domain/acts/drawer/shift-opened';
import { decideTenderCorrected } from '$lib/domain/acts/money/tender-corrected';
import { joinedDebts, openDebts } from '$lib/domain/customers/debts';
import { pointsTender, redeemable } from '$lib/domain/customers/loyalty';
import { Fold } from '$lib/domain/fold';
import { USUAL_TAX } from '$lib/domain/goods/product';
import { movedBy, type ProvenConfirmation } from '$lib/domain/consent/confirmation';
import type { SaleAction } from '$lib/contract/values';
import { REVIEW_RIGHT, type Decided } from '$lib/domain/policy/rights';
import {
  addProduct,
  afterHold,
  allowDiscounts,
  chooseCustomer,
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
  anna,
  ANNA,
  BREAD,
  CASHIER,
  DEAL_HASH,
  grantFor,
  idOf,
  NOW,
  overrideOf,
  OWNER,
  rub,
  SENIOR,
  shopPolicy,
  TILL,
  verified,
} from './fixtures';

const MILK = idOf(41);
/** Minor units that a point is worth. */
const WORTH = 100;
/** A customer who knows nothing of it, and one who helps. */
const CUSTOMERS = { honest: ANNA, friend: idOf(21) } as const;

/** What nothing shows until the counts are compared with what came in, and why. */
const NOT_COVERED = {
  'friend-points':
    'points of strangers’ purchases on a friend’s card: the day’s cap limits them, and the relay names many',
  'one-short-hold': 'goods of a receipt that was held once, for less than an hour, sold twice',
} as const;

/** Means by which cash is taken. */
type Means =
  | keyof typeof NOT_COVERED
  | ('goods-removed' | 'held-used-again' | 'discount-kept' | 'receipt-cancelled')
  | ('refund-proven' | 'refund-unproven' | 'cash-out' | 'cash-out-large')
  | ('tender-corrected' | 'float-short' | 'cash-as-card')
  | ('without-code' | 'below-threshold' | 'with-code' | 'repayment-cancelled')
  | ('credit-proven' | 'credit-unproven');

/** `agreed`: who let it happen besides the cashier, by the entry; `customer`: who has to pay for it, by their code. */
type Taking = { readonly by: Means; readonly amount: number; readonly agreed: string | null };

type Colleague = string | null;
const CODE = 'code';
/** How a movement of debt or points is confirmed, if it has to be: by `CODE`, or by the operator who continues without one. */
type Consent = Colleague;
/** What a receipt takes from an account, while the customer pays cash for all of it. `onAccount`: a share of what is left. */
type OnCard = {
  readonly whose: keyof typeof CUSTOMERS;
  readonly points: number;
  readonly onAccount: number;
  readonly consent: Consent;
};
type Trick =
  | {
      readonly kind: 'sell' | 'cancel';
      readonly prices: readonly [number, number];
      readonly pieces: number;
      readonly lowered: number;
      readonly holds: readonly number[];
      readonly discount: number;
      readonly as: 'cash' | 'card' | 'transfer';
      readonly card: OnCard | null;
      readonly colleague: Colleague;
    }
  | {
      readonly kind: 'repay';
      readonly whose: keyof typeof CUSTOMERS;
      readonly amount: number;
      readonly as: 'cash' | 'card';
    }
  | {
      readonly kind: 'cancel-repayment';
      readonly nth: number;
      readonly consent: Consent;
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
const consent = fc.constantFrom<Consent>(null, CODE, CODE, CASHIER, CASHIER, SENIOR, OWNER);
const whose = fc.constantFrom<keyof typeof CUSTOMERS>('honest', 'friend');
const onCard = fc.record({
  whose,
  points: fc.constantFrom(0, 0, 1, 50, 1000),
  onAccount: fc.constantFrom(0, 0.01, 0.3, 1),
  consent,
});
const rung = {
  prices: fc.tuple(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 60_000 })),
  pieces: fc.integer({ min: 1, max: 4 }),
  lowered: fc.nat(4),
  holds: fc.array(fc.constantFrom(60_000, HOUR - 1, HOUR), { maxLength: 3 }),
  discount: fc.constantFrom(0, 0, 500, 1000, 5000),
  as: fc.constantFrom('cash' as const, 'cash' as const, 'card' as const, 'transfer' as const),
  card: fc.option(onCard),
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
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('repay' as const),
      whose,
      amount: fc.integer({ min: 1, max: 50_000 }),
      as: fc.constantFrom('cash' as const, 'cash' as const, 'card' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('cancel-repayment' as const),
      nth: fc.nat(9),
      consent: fc.constantFrom<Consent>(CODE, CODE, CASHIER, CASHIER, CASHIER, OWNER),
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

/**
 * `isTrusted`: cashiers may take goods back, give discounts, go on without a code and cancel repayments, beside what a shop lets
 * them do at first. `threshold`: minor units below which no code is required.
 */
type Shop = { readonly isTrusted: boolean; readonly threshold: number };

const shop: fc.Arbitrary<Shop> = fc.record({
  isTrusted: fc.boolean(),
  threshold: fc.constantFrom(0, rub(500)),
});

const policyOf = ({ isTrusted, threshold }: Shop) =>
  verified(
    shopPolicy((policy) => ({
      ...policy,
      methods: {
        'redeem-points': { ...policy.methods['redeem-points'], threshold },
        'sell-on-account': { ...policy.methods['sell-on-account'], threshold },
      },
      points: { ...policy.points, earnBasisPoints: 1000, redeemBasisPoints: 10_000 },
      groups: policy.groups.map((group) =>
        group.id === 'cashier' && isTrusted
          ? {
              ...group,
              rights: [
                ...([...group.rights, 'return', 'discount'] as const),
                ...(['skip-code:on-account', 'skip-code:points', REVIEW_RIGHT] as const),
              ],
              discountBasisPoints: 1000,
            }
          : group,
      ),
    })),
  );

class DishonestShift {
  readonly #policy: ReturnType<typeof policyOf>;
  readonly #fold = new Fold(NOTHING_BEFORE);
  /** Of the shift, and of all shifts. */
  readonly #entries: EntryOf<Act>[] = [];
  readonly #journal: EntryOf<Act>[] = [];
  #seq = 0;
  #ids = 1000;
  #alone = 0;
  #guarded = 0;
  /** What was taken since the shift opened, and over all shifts. */
  takings: Taking[] = [];
  readonly all: Taking[] = [];

  constructor(shop: Shop) {
    this.#policy = policyOf(shop);
    this.#open(100_000);
  }

  play(trick: Trick): void {
    switch (trick.kind) {
      case 'sell':
      case 'cancel':
        return this.#ringUp(trick);
      case 'return':
        return this.#giveBack(trick);
      case 'repay':
        return this.#repay(trick);
      case 'cancel-repayment':
        return this.#cancelRepayment(trick);
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
    card,
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
        ...this.#by,
        id: this.#id(),
        receipt: id,
        lines: receipt.lines.length,
        total,
        removed: removedFrom(receipt),
        held: receipt.held,
      });
      if (this.#write('receipt-cancelled', cancelled) === null) return;
      tricks(null, total);
      this.#takes('receipt-cancelled', total, null);
      return;
    }
    const total = receiptTotal(receipt);
    const paid = this.#pay(receipt, as, card);
    const sold = this.#write('sale', this.#sale(paid, card?.consent ?? null));
    if (sold === null) return;
    const { body } = sold;
    tricks(null, total);
    this.#takes('discount-kept', beforeDiscount - total, body.discountsAllowedBy);
    const byCard = body.tenders.find(({ kind }) => kind === 'card' || kind === 'transfer');
    this.#takes('cash-as-card', byCard?.amount ?? 0, null);
    for (const given of body.confirmations) this.#takesFrom(given);
    if (card?.whose === 'friend')
      this.#takes('friend-points', body.pointsEarned * body.pointValue, null);
  }

  /** As much with points and on account as is asked for and there is, the rest with one kind of money. */
  #pay(receipt: Receipt, as: 'cash' | 'card' | 'transfer', card: OnCard | null): Receipt {
    const total = receiptTotal(receipt);
    if (card === null) return setTender(receipt, { kind: as, amount: total });
    const { points: policy } = this.#policy;
    const customer = CUSTOMERS[card.whose];
    const held = this.#account(customer).standing.points;
    const points = Math.min(card.points, redeemable(total, held, policy));
    const left = total - points * WORTH;
    const amount = money(left - Math.floor(left * card.onAccount));
    const withPoints = setTender(chooseCustomer(receipt, customer), pointsTender(points, policy));
    return setTender(withPoints, { kind: as, amount });
  }

  #account(customer: string) {
    const rows = this.#fold.changes();
    const debts = writtenTo('debts', rows).filter((row) => row.customer === customer);
    const sum = (account: Account): number =>
      writtenTo('balances', rows).reduce(
        (all, row) => all + (row.customer === customer && row.account === account ? row.sum : 0),
        0,
      );
    const standing = { owed: money(sum('debt')), points: sum('points') };
    return { standing, rows: debts, debts: openDebts(joinedDebts(debts)) };
  }

  /** What customers' acts without a code come to so far. */
  #without(kind: 'override' | 'not-required', customer: string | null): Record<SaleAction, number> {
    const sums = { 'redeem-points': 0, 'sell-on-account': 0 };
    for (const { body } of this.#journal) {
      if (!('confirmations' in body) || !('customer' in body)) continue;
      for (const given of body.confirmations)
        if (given.kind === kind && (customer === null || body.customer === customer))
          sums[given.action] += given.amount;
    }
    return sums;
  }

  #usage(customer: string) {
    const of = (whose: string | null) => {
      const sums = this.#without('override', whose);
      return money(sums['redeem-points'] + sums['sell-on-account']);
    };
    return { customer: of(customer), till: of(null) };
  }

  /** Points that the customer's sales have given and promised. */
  #earned(customer: string | null): number {
    return this.#journal.reduce((sum, entry) => {
      const { body } = entry as EntryOf<'sale'>;
      return entry.act === 'sale' && body.customer === customer ? sum + earnsOf(body) : sum;
    }, 0);
  }

  /** `id`: of the act; `points`: null if debt moves. */
  #confirmed(
    consent: Consent,
    of: { id: string; customer: string; amount: number; points: number | null },
    asks: 'cancel-repayment' | SaleAction,
  ): ProvenConfirmation[] {
    const action = of.points === null ? ('sell-on-account' as const) : ('redeem-points' as const);
    if (consent === null) return [];
    if (consent !== CODE) return [overrideOf(action, { by: consent })];
    const worth = { minor: of.amount, currency: 'RUB' };
    const amount = of.points === null ? worth : { points: of.points, worth };
    const grant = grantFor(action, amount, {
      action: asks,
      receipt: of.id,
      customer: of.customer,
      challenge: this.#id(),
      exp: NOW + 1e9,
    });
    return [{ kind: 'code', action, jws: 'h.p.s', grant }];
  }

  /** Debt or points of an account for which the cashier keeps the cash. */
  #takesFrom({ kind, amount, ...given }: Confirmation): void {
    if (kind === 'not-required') this.#takes('below-threshold', amount, null);
    else if (kind === 'code') this.#takes('with-code', amount, 'customer');
    else this.#takes('without-code', amount, 'by' in given ? given.by : null);
  }

  #sale(receipt: Receipt, consent: Consent) {
    const { id, customer } = receipt;
    const standing = this.#account(customer ?? '').standing;
    const { points, pointsWorth, onAccount } = movedBy(receipt, null);
    const unconfirmed30d = this.#without('not-required', customer);
    const of = { id, customer: customer ?? '' };
    return decideSale({
      ...this.#by,
      receipt,
      till: TILL,
      number: this.#of('sale').length + 1,
      customer: customer === null ? null : { ...anna, id: customer },
      customerFacts: null,
      standing,
      disputed: false,
      earnedToday: this.#earned(customer),
      usage: this.#usage(customer ?? ''),
      unconfirmed30d: unconfirmed30d as Record<SaleAction, ReturnType<typeof money>>,
      confirmations: [
        ...(points > 0
          ? this.#confirmed(consent, { ...of, amount: pointsWorth, points }, 'redeem-points')
          : []),
        ...(onAccount > 0
          ? this.#confirmed(consent, { ...of, amount: onAccount, points: null }, 'sell-on-account')
          : []),
      ],
      dealHashes: { 'redeem-points': DEAL_HASH, 'sell-on-account': DEAL_HASH },
      grantsUsed: new Set(),
      piecesSold: new Set(),
    });
  }

  /** A debtor pays in cash, which is entered as it is or as paid by card. */
  #repay({ whose, amount, as }: Trick & { kind: 'repay' }): void {
    const customer = CUSTOMERS[whose];
    const { debts, standing } = this.#account(customer);
    const tenders = [{ kind: as, amount: money(Math.min(amount, Math.max(0, standing.owed))) }];
    const decided = decideRepayment({
      ...this.#by,
      repayment: this.#id(),
      customer,
      card: null,
      debts,
      tenders,
    });
    const entry = this.#write('repayment', decided);
    if (entry !== null && as === 'card') this.#takes('cash-as-card', entry.body.amount, null);
  }

  /** The customer paid and is gone. */
  #cancelRepayment({
    nth,
    consent,
    colleague: allowedBy,
  }: Trick & { kind: 'cancel-repayment' }): void {
    const repayments = this.#of('repayment');
    const repayment = repayments[nth % Math.max(1, repayments.length)];
    if (repayment === undefined) return;
    const { customer, amount, settles } = repayment.body;
    const settled = new Set(settles.map(({ debt }) => debt));
    const { rows, standing } = this.#account(customer);
    const cancellation = this.#id();
    const of = { id: cancellation, customer, amount, points: null };
    const decided = decideCancellation({
      ...this.#by,
      till: TILL,
      customer: { ...anna, id: customer },
      allowedBy,
      cancellation,
      repayment,
      reason: 'x',
      shift: this.#fold.after.shifts(TILL),
      isCancelled: this.#of('repayment-cancelled').some(
        ({ body }) => body.repayment.seq === repayment.seq,
      ),
      isReturned: this.#of('return').some(({ body }) => settled.has(body.sale?.hash ?? '')),
      disputed: false,
      usage: this.#usage(customer),
      grantsUsed: new Set(),
      debts: rows.filter(({ debt }) => settled.has(debt)),
      standing,
      owedSince: money(0),
      dealHash: DEAL_HASH,
      confirmations: this.#confirmed(consent, of, 'cancel-repayment'),
    });
    const entry = this.#write('repayment-cancelled', decided);
    if (entry === null) return;
    const cash = entry.body.refunds.find(({ kind }) => kind === 'cash')?.amount ?? 0;
    const [given] = entry.body.confirmations;
    const by = given?.kind === 'override' ? given.by : 'customer';
    this.#takes('repayment-cancelled', cash, entry.body.allowedBy ?? by);
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
      line,
      quantity,
      to: 'stock' as const,
    }));
    const { customer } = sale.body;
    const account = this.#account(customer ?? '');
    const debts = account.rows.filter(({ debt }) => debt === sale.hash);
    const decided = decideReturn({
      ...this.#by,
      return: this.#id(),
      sale,
      since: { debts, returns },
      card: null,
      points: customer === null ? null : account.standing.points,
      goods,
      inCash,
      shown,
      reason: 'faulty',
      note: null,
      approvedBy,
      scanned: isScanned ? codeHash(sale.hash) : null,
      guardedToday: this.#guarded,
      givenToday: this.#alone,
      asked: null,
    });
    const entry = this.#write('return', decided);
    if (entry === null) return;
    const { refunds, approval, debtReduced, pointsGivenBack } = entry.body;
    const cash = refunds.reduce((sum, each) => sum + (each.kind === 'cash' ? each.amount : 0), 0);
    const credit = debtReduced + pointsGivenBack * WORTH;
    const given = cash + credit;
    const agreed = approval.kind === 'given' ? approval.by : null;
    const charged = sale.body.tenders.some(({ kind }) => kind === 'card' || kind === 'transfer');
    const isTheirs = shown === 'customer' && customer !== null;
    const isProven =
      ((shown === 'paper' && isScanned) || isTheirs) &&
      !(charged && inCash && cash > 0) &&
      this.#alone + given <= rub(15_000) &&
      given <= rub(3000);
    this.#alone += given;
    this.#guarded += guardedBy(entry.body);
    this.#takes(isProven ? 'refund-proven' : 'refund-unproven', cash, agreed);
    this.#takes(isProven ? 'credit-proven' : 'credit-unproven', credit, agreed);
  }

  #takeOut({ amount, colleague: approvedBy }: Trick & { kind: 'cash-out' }): void {
    const shift = this.#fold.after.shifts(TILL);
    const moved = decideCashMoved({
      ...this.#by,
      id: this.#id(),
      shift,
      direction: 'out',
      amount: money(amount),
      reason: 'expense',
      note: 'bags',
      approvedBy,
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
    const { total, onAccount, tenders } = sale.body;
    const points = tenders.find(({ kind }) => kind === 'points')?.amount ?? 0;
    const returns = writtenTo('returns', this.#fold.changes()).filter(
      (row) => row.sale === sale.hash,
    );
    const shift = this.#fold.after.shifts(TILL);
    const decided = decideTenderCorrected({
      ...this.#by,
      correction: this.#id(),
      till: TILL,
      shift,
      sale,
      since: { debts: [], returns },
      allowedBy,
      tenders: { ...NO_MONEY, card: money(total - onAccount - points) },
    });
    const entry = this.#write('tender-corrected', decided);
    if (entry === null) return;
    const cash = entry.body.was.find(({ kind }) => kind === 'cash')?.amount ?? 0;
    this.#takes('tender-corrected', cash, entry.body.allowedBy);
  }

  /** Closes with a count that fits, and opens with less than was left. */
  #nextShift({ left, kept }: Trick & { kind: 'next-shift' }): void {
    const count = { id: this.#id(), shift: this.#fold.after.shifts(TILL), pieces: [] };
    const { returns, repaymentsCancelled } = this.#totals;
    // the cashier copies what the terminal prints: it took no card, and gave back what returns and cancelled repayments say
    const terminal = (['card', 'transfer'] as const).map((kind) => ({
      kind,
      counted: 0 - returns[kind] - repaymentsCancelled[kind],
    }));
    const counted = { ...this.#by, ...count, terminal, counted: money(Math.max(left, 0)) };
    this.#write('drawer-counted', decideDrawerCounted(counted));
    const closed = decideShiftClosed({
      ...this.#by,
      id: this.#id(),
      shift: this.#fold.after.shifts(TILL),
      underWay: null,
      onHold: { count: 0, amount: 0 },
      left: money(left),
      reason: 'unknown',
      note: null,
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
    const withoutCode = totals.withoutCode
      .filter(({ operator }) => operator === CASHIER)
      .reduce((sum, { amount }) => sum + amount, 0);
    const corrected = totals.tendersCorrected.filter(({ operator }) => operator === CASHIER);
    const alone = this.takings.filter(({ agreed }) => agreed === null || agreed === CASHIER);
    const sums = new Map<Means, number>();
    for (const { by, amount } of alone) sums.set(by, (sums.get(by) ?? 0) + amount);
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
      'credit-proven': (ofPerson?.returns.amount ?? 0) - (ofPerson?.refunded.amount ?? 0),
      'without-code': withoutCode,
      'repayment-cancelled': withoutCode - (sums.get('without-code') ?? 0),
      'below-threshold': told('not-required'),
      'cash-as-card': isClosed ? told('terminal-short') : Infinity,
    };
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
      v: 1,
      till: TILL,
      seq: this.#seq,
      at: NOW + this.#seq * 1000,
      operator: CASHIER,
      policy: 1,
      ...DECIDED,
      prevHash: GENESIS_HASH,
      act,
      body: decided.body,
      hash: this.#seq.toString(16).padStart(64, '0'),
    } as unknown as EntryOf<A>;
    this.#entries.push(entry);
    this.#journal.push(entry);
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
    barcodes: [],
    noDiscounts: false,
    category: null,
    tax: USUAL_TAX,
    askAge: null,
    marked: false,
  }) as const;

test('debt for which no code is required, while the cashier keeps the cash, is named for them', () => {
  const shift = new DishonestShift({ isTrusted: false, threshold: rub(500) });
  shift.play({
    ...({ kind: 'sell', prices: [1, 1], pieces: 1, lowered: 0, holds: [], discount: 0 } as const),
    ...({ as: 'cash', colleague: null } as const),
    card: { whose: 'honest', points: 0, onAccount: 1, consent: null },
  });
  expect(shift.all).toEqual([{ by: 'below-threshold', amount: 2, agreed: null }]);
  shift.judge();
});

test('what a cashier takes is named for them in the Z or the summary, or a second person agreed', () => {
  const taken = new Map<string, number>();
  fc.assert(
    fc.property(shop, fc.array(trick, { minLength: 5, maxLength: 30 }), (shop, tricks) => {
      const shift = new DishonestShift(shop);
      for (const each of tricks) shift.play(each);
      shift.judge();
      for (const { by, agreed } of shift.all) {
        const how = agreed === null || agreed === CASHIER ? by : `${by} agreed`;
        taken.set(how, (taken.get(how) ?? 0) + 1);
      }
    }),
    { numRuns: cases(300) },
  );
  // each of them was really tried
  for (const how of [
    'cash-as-card',
    ...(['goods-removed', 'held-used-again', 'discount-kept', 'discount-kept agreed'] as const),
    ...(['receipt-cancelled', 'refund-proven', 'refund-unproven agreed', 'cash-out'] as const),
    ...(['cash-out-large agreed', 'tender-corrected agreed', 'float-short'] as const),
    ...(['without-code', 'without-code agreed', 'below-threshold', 'with-code agreed'] as const),
    ...(['credit-proven', 'credit-unproven agreed'] as const),
    ...(['repayment-cancelled', 'repayment-cancelled agreed'] as const),
    ...Object.keys(NOT_COVERED),
  ])
    expect(taken.get(how) ?? 0, how).toBeGreaterThan(0);
});
