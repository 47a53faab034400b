// A till that plays acts by the rules alone: decided, checked by their schema, projected into rows.
// It adds nothing up itself: what it should hold is calculated in `plain-sums.ts`.
import type { Account, ShiftRow } from '$lib/contract/rows';
import { codeHash } from '$lib/domain/values/receipt-number';
import {
  actBodies,
  GENESIS_HASH,
  type Act,
  type BodyOf,
  type EntryOf,
  type KnownEntry,
} from '$lib/contract/journal';
import type { DiscountRule } from '$lib/contract/discount-rule';
import { decideCorrection, type CorrectionInput } from '$lib/domain/acts/money/balance-corrected';
import { decideCashMoved } from '$lib/domain/acts/drawer/cash-moved';
import { decideMerge } from '$lib/domain/acts/customers/customers-merged';
import { decideDrawerCounted } from '$lib/domain/acts/drawer/drawer-counted';
import { decideRepayment } from '$lib/domain/acts/money/repayment';
import { decideCancellation } from '$lib/domain/acts/money/repayment-cancelled';
import { decideReturn } from '$lib/domain/acts/money/return';
import { decideReturnWithoutSale } from '$lib/domain/acts/money/return-without-sale';
import { decideSale } from '$lib/domain/acts/money/sale';
import { decideShiftClosed } from '$lib/domain/acts/drawer/shift-closed';
import { decideShiftOpened } from '$lib/domain/acts/drawer/shift-opened';
import { NOTHING_USED } from '$lib/domain/consent/override';
import { NOTHING_UNCONFIRMED } from '$lib/domain/customers/account';
import { joinedDebts, openDebts } from '$lib/domain/customers/debts';
import { Fold } from '$lib/domain/fold';
import { USUAL_TAX } from '$lib/domain/goods/product';
import type { Decided } from '$lib/domain/policy/rights';
import { settleRules } from '$lib/domain/receipt/discount-rules';
import type { GivenDiscount } from '$lib/domain/receipt/discounts';
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
import { NOTHING_BEFORE, writtenTo } from '$lib/domain/rows';
import { expectedCash, expectedTerminal, floatLeft, isOpen } from '$lib/domain/shift/shift';
import { joinedOrForgotten } from '$lib/domain/shop-cards';
import { DAY_MS } from '$lib/domain/values/durations';
import { money, ZERO } from '$lib/domain/values/money';
import { quantity } from '$lib/domain/values/quantity';
import { inCash, payableInCash, type CashRounding } from '$lib/domain/values/cash-rounding';
import type { Tender } from '$lib/domain/values/settlement';
import { DECIDED } from '$lib/proof/chain';
import {
  anna,
  ANNA,
  BREAD,
  DEAL_HASH,
  grantFor,
  idOf,
  NOW,
  overrideOf,
  OWNER,
  POLICY,
  rub,
  SENIOR,
  TILL,
} from './fixtures';

/** Minor units that a point is worth. */
export const WORTH = 100;
/** Hundredths of a percent: a tenth of the money. */
export const RATE = 1000;
/** Minor units: the drawer begins with it. */
export const FLOAT = rub(5000);
export const CARDS = [ANNA, idOf(21), idOf(22)] as const;

const CHEESE = idOf(41);
const BY_OWNER = { askedBy: OWNER, by: OWNER };

/** Goods of one line. `quantity`: thousandths of a kilogram for cheese, pieces for bread. `price`: minor units per unit. */
export type Goods = {
  readonly of: 'bread' | 'cheese';
  readonly price: number;
  readonly quantity: number;
  readonly discount: GivenDiscount;
};

/** `customer`: place in `CARDS`; null: nobody. Shares are of what is due. */
export type SaleWish = {
  readonly customer: number | null;
  readonly goods: readonly Goods[];
  readonly discount: GivenDiscount;
  readonly points: number;
  readonly card: number;
  readonly onAccount: number;
  /** Minor units of cash above what is due. */
  readonly change: number;
};

/** Parts, by line and repeated, of what is left of a sale. */
export type ReturnWish = {
  readonly nth: number;
  readonly shares: readonly number[];
  readonly inCash: boolean;
  readonly to: 'stock' | 'written-off';
};

const goodsOf = ({ of, price }: Pick<Goods, 'of' | 'price'>) =>
  ({
    barcodes: [],
    noDiscounts: false,
    category: null,
    tax: USUAL_TAX,
    askAge: null,
    marked: false,
    price: money(price),
    ...(of === 'bread'
      ? ({ id: BREAD, name: 'Хлеб', unit: 'piece' } as const)
      : ({ id: CHEESE, name: 'Сыр', unit: 'kilogram' } as const)),
  }) as const;

function rowsOf(fold: Fold) {
  const rows = fold.changes();
  const [shift] = writtenTo('shifts', rows);
  return {
    shift,
    debts: writtenTo('debts', rows),
    returns: writtenTo('returns', rows),
    balances: writtenTo('balances', rows),
    stock: writtenTo('stock', rows),
    steps: writtenTo('accountEntries', rows),
    days: writtenTo('days', rows),
  };
}

export class PlayedTill {
  readonly policy: typeof POLICY;
  readonly entries: KnownEntry[] = [];
  readonly #fold = new Fold(NOTHING_BEFORE);
  /** The card that each card was merged into. */
  readonly #into = new Map<string, string>();
  #at = NOW;
  /** Null: an entry was added since they were read. */
  #rows: ReturnType<typeof rowsOf> | null = null;
  #ids = 1000;

  /** `earns`: what is repaid earns points. */
  constructor(shop: {
    readonly cashRounding: CashRounding;
    readonly rules: readonly DiscountRule[];
    readonly earns: boolean;
  }) {
    const most = rub(9e6);
    this.policy = {
      ...POLICY,
      cashRounding: shop.cashRounding,
      discountRules: [...shop.rules],
      returns: { cashFrom: most, perDay: most, codeFrom: null },
      credit: { debtLimit: most, newNumberCap: most, dueDays: null },
      corrections: { perDay: most },
      overrideCaps: { perAct: most, perCustomer: most, perTill: most },
      points: {
        earnBasisPoints: RATE,
        redeemBasisPoints: 10_000,
        pointValue: WORTH,
        onRepayment: shop.earns,
        perDay: most,
      },
    };
    this.openShift(FLOAT);
  }

  of<A extends Act>(act: A): EntryOf<A>[] {
    return this.entries.filter((entry) => entry.act === act) as EntryOf<A>[];
  }

  get sales(): EntryOf<'sale'>[] {
    return this.of('sale');
  }

  /** The rows that all entries together have left. */
  get rows() {
    return (this.#rows ??= rowsOf(this.#fold));
  }

  /** All cards of the account that this one is of. */
  cardsOf(card: string): readonly string[] {
    const shown = (each: string): string => {
      const into = this.#into.get(each);
      return into === undefined ? each : shown(into);
    };
    return CARDS.filter((each) => shown(each) === shown(card));
  }

  /** What the account of a card comes to, over all cards of it. */
  account(card: string) {
    const cards = this.cardsOf(card);
    const { balances, debts } = this.rows;
    const sum = (account: Account): number =>
      balances.reduce(
        (all, row) => all + (cards.includes(row.customer) && row.account === account ? row.sum : 0),
        0,
      );
    const rows = debts.filter(({ customer }) => cards.includes(customer));
    return {
      owed: money(sum('debt')),
      points: sum('points'),
      purchases: sum('purchases'),
      rows,
      joined: joinedDebts(rows),
      debts: openDebts(rows),
    };
  }

  /** Opens a shift, with what the last one left unless the float is counted. */
  openShift(counted: number | null = null): void {
    const { shift } = this.rows;
    const float = counted === null ? null : money(counted);
    const leftBefore = floatLeft(shift, undefined);
    this.#write('shift-opened', decideShiftOpened({ ...this.#by, shift, leftBefore, float }));
  }

  /** Counts the drawer, which has `wrong` more than it should, and leaves a part of it. */
  closeShift(wrong: number, left: number): void {
    const id = this.#id();
    const shift = this.#ready();
    const counted = money(Math.max(0, expectedCash(shift) + wrong));
    const terminal = expectedTerminal(shift.totals).map(({ kind, expected }) => ({
      kind,
      counted: expected + wrong,
    }));
    const count = { ...this.#by, id, shift, counted, pieces: [], terminal };
    this.#write('drawer-counted', decideDrawerCounted(count));
    const closed = decideShiftClosed({
      ...this.#by,
      id: this.#id(),
      shift: this.rows.shift,
      underWay: null,
      onHold: { count: 0, amount: 0 },
      left: money(Math.floor(counted * left)),
      reason: 'unknown',
      note: null,
    });
    this.#write('shift-closed', closed);
  }

  nextDay(): void {
    this.#at += DAY_MS;
  }

  moveCash(direction: 'in' | 'out', amount: number): void {
    const of = { id: this.#id(), direction, amount: money(amount) };
    const moving = { ...of, shift: this.#ready(), reason: 'cash-drop', note: null } as const;
    const approvedBy = OWNER;
    this.#write('cash-moved', decideCashMoved({ ...this.#by, ...moving, approvedBy }));
  }

  /** Goods paid with shares of points, card and cash; the rest on account. */
  sell(wish: SaleWish): void {
    this.#ready();
    const id = this.#id();
    const customer = wish.customer === null ? null : (CARDS[wish.customer] ?? null);
    const { points: held, purchases, owed } = this.account(customer ?? '');
    const filled = wish.goods.reduce((receipt, goods, place) => {
      const many = quantity(goods.of === 'bread' ? goods.quantity * 1000 : goods.quantity);
      const line = `${id} ${place}`;
      return setLineDiscount(addProduct(receipt, goodsOf(goods), many, line), line, goods.discount);
    }, emptyReceipt(id));
    const facts = { birthday: null, birthdaySince: null, group: null, purchases };
    const receipt = settleRules(
      setReceiptDiscount(chooseCustomer(filled, customer), wish.discount),
      ...([this.policy, this.#at, customer === null ? null : facts] as const),
    );
    const total = receiptTotal(receipt);
    const points = customer === null ? 0 : Math.min(wish.points, held, Math.floor(total / WORTH));
    const card = Math.floor((total - points * WORTH) * wish.card);
    const unpaid = customer === null ? 0 : wish.onAccount;
    const onAccount = Math.floor((total - points * WORTH - card) * unpaid);
    const due = money(total - points * WORTH - card - onAccount);
    const rounded = onAccount > 0 ? due : inCash(due, this.policy.cashRounding);
    const step = this.policy.cashRounding?.step ?? 1;
    const inSteps = (amount: number) => amount - (amount % step);
    // where all of it is rounded off, a coin comes back as change
    const cash = onAccount > 0 ? inSteps(due) : rounded === ZERO && due > ZERO ? step : rounded;
    const more = onAccount > 0 || cash === ZERO ? 0 : inSteps(wish.change);
    const tenders: Tender[] = [
      { kind: 'cash', amount: money(cash + more) },
      { kind: 'card', amount: money(card) },
      { kind: 'points', amount: money(points * WORTH), points },
    ];
    const decided = decideSale({
      receipt: tenders.filter(({ amount }) => amount > 0).reduce(setTender, receipt),
      ...this.#by,
      till: TILL,
      number: this.sales.length + 1,
      customer: customer === null ? null : { ...anna, id: customer },
      standing: { owed, points: held },
      usage: NOTHING_USED,
      unconfirmed30d: NOTHING_UNCONFIRMED,
      earnedToday: 0,
      disputed: false,
      confirmations: [
        ...(onAccount > 0 ? [overrideOf('sell-on-account', BY_OWNER)] : []),
        ...(points > 0 ? [overrideOf('redeem-points', BY_OWNER)] : []),
      ],
      dealHashes: {},
      grantsUsed: new Set(),
      piecesSold: new Set(),
      customerFacts: customer === null ? null : facts,
    });
    this.#write('sale', decided);
  }

  /** Shares of what is left of each line of one of the sales. */
  giveBack({ nth, shares, inCash, to }: ReturnWish): void {
    const sale = this.sales[nth % Math.max(1, this.sales.length)];
    if (sale === undefined) return;
    const { customer, lines } = sale.body;
    const since = {
      debts: this.account(customer ?? '').rows.filter(({ debt }) => debt === sale.hash),
      returns: this.rows.returns.filter((row) => row.sale === sale.hash),
    };
    const before = returnedBy(since.returns).quantities;
    const goods = lines.flatMap((of, line) => {
      const left = of.quantity - (before[line] ?? 0);
      const unit = of.unit === 'piece' ? 1000 : 1;
      const share = shares[line % shares.length] ?? 1;
      const quantity = Math.ceil((left * share) / unit) * unit;
      return quantity === 0 ? [] : [{ line, quantity, to }];
    });
    if (goods.length === 0) return;
    this.#ready();
    const decided = decideReturn({
      card: null,
      ...this.#by,
      return: this.#id(),
      sale,
      since,
      goods,
      inCash,
      points: this.account(customer ?? '').points,
      shown: 'paper',
      scanned: codeHash(sale.hash),
      reason: 'faulty',
      note: null,
      approvedBy: SENIOR,
      guardedToday: 0,
      givenToday: 0,
      asked: null,
    });
    this.#write('return', decided);
  }

  giveBackWithoutSale(card: number, price: number, inCash: boolean): void {
    this.#ready();
    const customer = CARDS[card] ?? null;
    const of = { ...goodsOf({ of: 'bread', price }), prices: { given: price, list: price } };
    const { id: product, name, unit, tax, prices } = of;
    const goods = { product, name, unit, tax, prices, quantity: 1000, mark: null } as const;
    const decided = decideReturnWithoutSale({
      card: null,
      ...this.#by,
      return: this.#id(),
      customer,
      debts: this.account(customer ?? '').debts,
      inCash,
      reason: 'faulty',
      note: null,
      goods: [{ ...goods, to: 'stock' }],
      approvedBy: SENIOR,
      guardedToday: 0,
    });
    this.#write('return', decided);
  }

  /** With so much cash, and a share of what is owed by card. */
  repay(card: number, cash: number, byCard: number): void {
    const customer = CARDS[card] ?? '';
    const { debts, owed } = this.account(customer);
    if (owed <= 0) return;
    this.#ready();
    const charged = money(Math.floor(owed * byCard));
    const tenders = [
      { kind: 'cash', amount: payableInCash(money(cash), this.policy.cashRounding) },
      { kind: 'card', amount: charged },
    ] as const;
    const decided = decideRepayment({
      card: null,
      ...this.#by,
      repayment: this.#id(),
      customer,
      debts,
      tenders: tenders.filter(({ amount }) => amount > 0),
    });
    this.#write('repayment', decided, ['nothing-given']);
  }

  /** One of the repayments that is not cancelled yet. */
  cancel(nth: number): void {
    const gone = new Set(this.of('repayment-cancelled').map(({ body }) => body.repayment.seq));
    const left = this.of('repayment').filter(({ seq }) => !gone.has(seq));
    const repayment = left[nth % Math.max(1, left.length)];
    if (repayment === undefined) return;
    const { customer } = repayment.body;
    const { rows, owed, points } = this.account(customer);
    const settled = new Set(repayment.body.settles.map(({ debt }) => debt));
    const decided = decideCancellation({
      allowedBy: null,
      ...this.#by,
      till: TILL,
      customer: { ...anna, id: customer },
      cancellation: this.#id(),
      repayment,
      reason: 'x',
      shift: this.rows.shift,
      isCancelled: false,
      disputed: false,
      usage: NOTHING_USED,
      grantsUsed: new Set(),
      isReturned: this.rows.returns.some(({ sale }) => sale !== null && settled.has(sale)),
      debts: rows.filter(({ debt }) => settled.has(debt)),
      standing: { owed, points },
      owedSince: ZERO,
      dealHash: null,
      confirmations: [overrideOf('sell-on-account', BY_OWNER)],
    });
    this.#write('repayment-cancelled', decided, ['goods-returned', 'other-shift']);
  }

  /** As much of it as there is. `nth`: of the open debts the one to lower; null: the oldest first. */
  correct(card: number, account: 'debt' | 'points', by: number, nth: number | null): void {
    const customer = CARDS[card] ?? '';
    const { debts, owed, points } = this.account(customer);
    const one = nth === null ? undefined : debts.open[nth % Math.max(1, debts.open.length)];
    const most = account === 'points' ? points : (one?.left ?? owed);
    const delta = Math.max(by, -Math.max(0, most));
    if (delta === 0) return;
    this.#ready();
    const action = account === 'debt' ? 'sell-on-account' : 'redeem-points';
    const input: CorrectionInput = {
      ...this.#by,
      till: TILL,
      customer: { ...anna, id: customer },
      correction: this.#id(),
      account,
      delta,
      reason: 'x',
      debt: one?.debt ?? null,
      standing: { owed, points },
      debts,
      movedByRight: ZERO,
      disputed: false,
      usage: NOTHING_USED,
      grantsUsed: new Set(),
      dealHash: null,
      confirmations: [overrideOf(action, BY_OWNER)],
    };
    this.#write('balance-corrected', decideCorrection(input));
  }

  /** Makes two cards one account, with the codes of both. */
  merge(one: number, other: number): void {
    const merge = this.#id();
    const cardOf = (place: number) => {
      const id = CARDS[place] ?? '';
      const challenge = this.#id();
      const grant = grantFor(
        'sell-on-account',
        { minor: 1, currency: 'RUB' },
        {
          iat: this.#at - 1,
          exp: this.#at + DAY_MS,
          challenge,
          receipt: merge,
          action: 'merge-customers',
          operator: OWNER,
          amount: null,
          customer: id,
        },
      );
      const customer = { ...anna, id };
      return { customer, code: { jws: 'h.p.s', grant }, dealHash: DEAL_HASH };
    };
    const [from, into] = [cardOf(one), cardOf(other)];
    const decided = decideMerge({
      ...this.#by,
      merge,
      till: TILL,
      from,
      into,
      disputed: false,
      grantsUsed: new Set(),
      isGone: [from, into].some(({ customer }) => this.#into.has(customer.id)),
    });
    const entry = this.#write('customers-merged', decided, ['same-card', 'card-gone']);
    if (entry === null) return;
    for (const edit of joinedOrForgotten(entry, entry.seq))
      if ('mergedInto' in edit && edit.mergedInto !== null)
        this.#into.set(edit.customer, edit.mergedInto);
  }

  /** Who decides now, and when. */
  get #by() {
    return { policy: this.policy, operator: OWNER, at: this.#at };
  }

  /** The open shift; the first act of a day opens it by itself. */
  #ready(): ShiftRow {
    if (!isOpen(this.rows.shift)) this.openShift();
    const { shift } = this.rows;
    if (shift === undefined) throw new Error('no shift was opened');
    return shift;
  }

  #id(): string {
    this.#ids += 1;
    return idOf(this.#ids);
  }

  /** Null: refused for one of these reasons; any other is an error. */
  #write<A extends Act, R extends { readonly kind: string }>(
    act: A,
    decided: Decided<BodyOf<A>, R>,
    mayBe: readonly R['kind'][] = [],
  ): EntryOf<A> | null {
    if (decided.kind === 'refused') {
      if (mayBe.includes(decided.because.kind)) return null;
      throw new Error(`${act}: ${JSON.stringify(decided.because)}`);
    }
    const wrong = actBodies[act].safeParse(decided.body).error;
    if (wrong !== undefined) throw new Error(`${act}: ${wrong.message}`);
    const seq = this.entries.length + 1;
    this.#at += 1000;
    const entry = {
      v: 1,
      till: TILL,
      seq,
      at: this.#at,
      operator: OWNER,
      policy: 1,
      ...DECIDED,
      prevHash: GENESIS_HASH,
      hash: seq.toString(16).padStart(64, '0'),
      act,
      body: decided.body,
    } as unknown as KnownEntry;
    this.entries.push(entry);
    this.#fold.take(entry, new Set());
    this.#rows = null;
    return entry as EntryOf<A>;
  }
}
