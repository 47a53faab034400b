// The typed input of the tender view, cash or points.
import type { Currency } from '$lib/contract/values';
import { add, sum, ZERO, type Money } from '$lib/domain/values/money';
import { tenderOf } from '$lib/domain/receipt/receipt';
import {
  isCharged,
  MONEY_KINDS,
  type ChargedTender,
  type MoneyTenderKind,
  type Tender,
} from '$lib/domain/values/settlement';
import type { Register } from '$lib/state/register/register.svelte';
import type { Key } from '$lib/ui/keys';
import {
  amountOf,
  NOTHING,
  PadTyping,
  proposed,
  sumAfter,
  textAfter,
  type Typed,
} from '../shared/tender/pad-typing.svelte';

/** What the keypad's digits mean. */
export type PadTarget = 'cash' | 'points';

/** Limit of typed digits; no customer has more points than that. */
const MOST_POINT_DIGITS = 9;

/** Asks whether payments that may have been charged were refunded, and if so goes on. */
export type AskRefund = (tenders: readonly ChargedTender[], goOn: () => void) => void;

export class TenderTyping extends PadTyping {
  readonly #register: Register;
  readonly #currency: () => Currency;
  readonly #askRefund: AskRefund;
  /** The customer whose points are being asked for; reset by a change of the customer. */
  #pointsOf = $state<string | null>(null);
  #typed = $state.raw<Readonly<Record<PadTarget, Typed>>>({ cash: NOTHING, points: NOTHING });
  #onAccountAsked = $state(false);

  constructor(register: Register, currency: () => Currency, askRefund: AskRefund) {
    super();
    this.#register = register;
    this.#currency = currency;
    this.#askRefund = askRefund;
  }

  /** Cash, unless points are being asked for; those require a customer. */
  get target(): PadTarget {
    const { customer } = this.#register.receipt;
    return customer !== null && customer === this.#pointsOf ? 'points' : 'cash';
  }
  get shown(): Typed {
    return this.#shown(this.target);
  }
  /** The operator has chosen that the rest, or all, goes on account. */
  get onAccountAsked(): boolean {
    return this.#onAccountAsked;
  }
  /** Zero was typed or tapped, which a receipt with a total of zero requires. */
  get saysNothing(): boolean {
    return this.#typed.cash.text !== '' && this.#amountOf(this.#typed.cash.text) === ZERO;
  }
  get counted(): Money | null {
    if (this.target === 'points') return null;
    const typed = this.#amountOf(this.shown.text) ?? ZERO;
    const counted = this.#register.countedInCash(typed);
    return counted === typed ? null : counted;
  }
  /** The cash that pays what is left, rounded. */
  get cashOpen(): Money {
    return this.#register.open.cash;
  }

  press(key: Key): void {
    const { target, shown } = this;
    const wasGiven = this.#isMoneyGiven;
    const next =
      target === 'points' ? pointsAfter(shown, key) : sumAfter(shown, key, this.#currency());
    if (next === null) return;
    this.#apply(target, next);
    if (wasGiven && !this.#isMoneyGiven) this.#onAccountAsked = false;
  }

  protected remember(): () => void {
    const { target, shown } = this;
    return () => {
      if (target === 'cash') this.#pointsOf = null;
      this.#apply(target, shown);
    };
  }

  /** All that is left, in cash; if nothing is, cash replaces what was entered. */
  giveExact(): void {
    const { open, total } = this.#register;
    if (open.exact === ZERO && total > ZERO) this.payInstead('cash');
    else this.giveCash(open.cash);
  }

  giveCash(amount: Money): void {
    this.#apply('cash', proposed(amount, this.#currency()));
  }

  /** Asks for points; proposes the number that covers the rest and is allowed. Money that pays everything is replaced. */
  askPoints(): void {
    const { receipt, settlement } = this.#register;
    const isGiven = tenderOf(receipt, 'points') !== null;
    if (isGiven || settlement.kind === 'short') {
      this.#pointsOf = receipt.customer;
      if (!isGiven) this.givePoints();
      return;
    }
    this.#replace(receipt.tenders, () => {
      this.#pointsOf = this.#register.receipt.customer;
      this.#removeMoney();
      this.givePoints();
    });
  }
  givePoints(): void {
    this.#apply('points', { text: String(this.#register.pointsToOffer), begins: true });
  }
  askCash(): void {
    this.#pointsOf = null;
  }

  /**
   * Toggles the request to put the rest on account. Ignored once money is tendered: the rest goes on account then in any case,
   * and an invisible request must not remain.
   */
  askOnAccount(): void {
    if (!this.#isMoneyGiven) this.#onAccountAsked = !this.#onAccountAsked;
  }
  /** Resets what was requested for the previous customer. */
  customerChanged(): void {
    this.#onAccountAsked = false;
  }

  /** Pays the rest by card or transfer and saves. If the save does not start, the tender is undone. */
  payRest(kind: MoneyTenderKind): void {
    const { checkout } = this.#register;
    // charge only the total that the screen shows
    if (!checkout.settlesTotal()) return;
    const { settlement, receipt } = this.#register;
    if (settlement.kind !== 'short') return;
    const before = tenderOf(receipt, kind)?.amount ?? ZERO;
    this.#register.setMoney(kind, add(before, settlement.onAccount));
    if (!checkout.save()) this.#register.setMoney(kind, before);
  }

  /** Whether this way, beside points, pays everything. */
  paysAll(kind: MoneyTenderKind): boolean {
    const { settlement, receipt } = this.#register;
    const isOfIt = (tender: Tender) => tender.kind === kind || tender.kind === 'points';
    return (
      settlement.kind === 'paid' &&
      tenderOf(receipt, kind) !== null &&
      receipt.tenders.every(isOfIt)
    );
  }

  /** Everything is given this way, not as entered; points stay unless they pay everything. Saves nothing. */
  payInstead(kind: MoneyTenderKind | 'on-account'): void {
    this.#replace(this.#register.receipt.tenders, () => {
      this.#removeMoney();
      if (this.#register.settlement.kind !== 'short') this.takeBack('points');
      const { settlement } = this.#register;
      if (kind === 'on-account') this.#onAccountAsked = true;
      else if (kind === 'cash') this.giveCash(this.cashOpen);
      else if (settlement.kind === 'short') this.#register.setMoney(kind, settlement.onAccount);
    });
  }

  /** Asks first if a save was started with a card payment or transfer, because the till cannot refund it. */
  #replace(tenders: readonly Tender[], goOn: () => void): void {
    const charged = this.#register.checkout.wasUnderWay ? tenders.filter(isCharged) : [];
    if (charged.length > 0) this.#askRefund(charged, goOn);
    else goOn();
  }

  #removeMoney(): void {
    this.#onAccountAsked = false;
    for (const kind of MONEY_KINDS) this.#register.setMoney(kind, ZERO);
  }

  /** Whether a tender of kind `from` can become `to`; only cash gives change. */
  mayRegive(from: MoneyTenderKind, to: MoneyTenderKind): boolean {
    const { receipt, total } = this.#register;
    const moved = tenderOf(receipt, from)?.amount ?? ZERO;
    const others = receipt.tenders.filter(({ kind }) => kind !== 'cash' && kind !== from);
    const withoutCash = sum(others.map(({ amount }) => amount));
    return to === 'cash' || add(withoutCash, moved) <= total;
  }

  /** Changes a tender from `from` to `to`. */
  regive(from: MoneyTenderKind, to: MoneyTenderKind): void {
    const { receipt } = this.#register;
    const moved = tenderOf(receipt, from);
    if (moved === null || from === to || !this.mayRegive(from, to)) return;
    const before = tenderOf(receipt, to)?.amount ?? ZERO;
    this.#replace([moved], () => {
      this.#register.setMoney(from, ZERO);
      const all = add(before, moved.amount);
      const { exact, cash } = this.#register.open;
      // what paid everything by card pays everything in cash, too: the rounded sum
      this.#register.setMoney(to, to === 'cash' && all === exact ? cash : all);
    });
  }

  takeBack(kind: Tender['kind']): void {
    this.#onAccountAsked = false;
    if (kind === 'points') {
      this.#register.setPoints(0);
      this.askCash();
    } else this.#register.setMoney(kind, ZERO);
  }

  get #isMoneyGiven(): boolean {
    return this.#register.receipt.tenders.some(({ kind }) => kind !== 'points');
  }

  /** The typed value, or the receipt's value if that has changed elsewhere. */
  #shown(target: PadTarget): Typed {
    const typed = this.#typed[target];
    const isMeant = (tender: Tender): boolean => tender.kind === target;
    const tender = this.#register.receipt.tenders.find(isMeant) ?? null;
    const given = tender === null ? 0 : tender.kind === 'points' ? tender.points : tender.amount;
    const meant =
      target === 'points'
        ? Number(typed.text)
        : this.#register.countedInCash(this.#amountOf(typed.text) ?? ZERO);
    if (meant === given) return typed;
    if (tender === null) return NOTHING;
    return tender.kind === 'points'
      ? { text: String(given), begins: true }
      : proposed(tender.amount, this.#currency());
  }

  #apply(target: PadTarget, typed: Typed): void {
    if (target === 'points') {
      const points = Math.min(Number(typed.text), this.#register.redeemable);
      const text = typed.text === '' ? '' : String(points);
      this.#typed = { ...this.#typed, points: { ...typed, text } };
      this.#register.setPoints(points);
    } else {
      this.#typed = { ...this.#typed, cash: typed };
      const amount = this.#amountOf(typed.text) ?? ZERO;
      const { exact, cash } = this.#register.open;
      const isRoundedOff = exact > ZERO && cash === ZERO && typed.text !== '';
      if (isRoundedOff && this.#register.countedInCash(amount) === ZERO) this.#register.roundOff();
      else this.#register.setMoney('cash', amount);
    }
  }

  #amountOf(text: string): Money | null {
    return amountOf(text, this.#currency());
  }
}

/** The number of points after a key; null: the key is ignored. */
function pointsAfter(typed: Typed, key: Key): Typed | null {
  const text = textAfter(typed, key);
  return key === 'comma' || text.length > MOST_POINT_DIGITS ? null : { text, begins: false };
}
