// The typed input of the tender view, cash or points; removes digits that came from a scan.
import type { Currency } from '$lib/contract/values';
import { LONGEST_GAP_MS, REST_MS } from '$lib/devices/scan';
import { add, decimalText, parseMoney, sum, ZERO, type Money } from '$lib/domain/values/money';
import { tenderOf } from '$lib/domain/receipt/receipt';
import {
  isCharged,
  type ChargedTender,
  type MoneyTenderKind,
  type Tender,
} from '$lib/domain/values/settlement';
import type { Register } from '$lib/state/register/register.svelte';
import { typeKey, type Key } from '$lib/ui/keys';

/** What the keypad's digits mean. */
export type PadTarget = 'cash' | 'points';

/** Limit of typed digits; no customer has more points than that. */
const MOST_POINT_DIGITS = 9;

/** `begins`: the next digit starts a new number, as after a quick sum. */
type Typed = { readonly text: string; readonly begins: boolean };
const NOTHING: Typed = { text: '', begins: true };

/** Asks whether payments that may have been charged were refunded, and if so goes on. */
export type AskRefund = (tenders: readonly ChargedTender[], goOn: () => void) => void;

export class TenderTyping {
  readonly #register: Register;
  readonly #currency: () => Currency;
  readonly #askRefund: AskRefund;
  /** The customer whose points are being asked for; reset by a change of the customer. */
  #pointsOf = $state<string | null>(null);
  #typed = $state.raw<Readonly<Record<PadTarget, Typed>>>({ cash: NOTHING, points: NOTHING });
  #onAccountAsked = $state(false);
  #lastKeyAt = -Infinity;
  /** The value before each run of fast keys since the last pause; `at`: its first key. */
  #befores: { at: number; target: PadTarget; typed: Typed }[] = [];

  constructor(register: Register, currency: () => Currency, askRefund: AskRefund) {
    this.#register = register;
    this.#currency = currency;
    this.#askRefund = askRefund;
  }

  /** Cash, unless points are being asked for; those require a customer. */
  get target(): PadTarget {
    const { customer } = this.#register.receipt;
    return customer !== null && customer === this.#pointsOf ? 'points' : 'cash';
  }
  /** As typed so far. */
  get text(): string {
    return this.#shown(this.target).text;
  }
  /** The next digit starts a new number. */
  get begins(): boolean {
    return this.#shown(this.target).begins;
  }
  /** The operator has chosen that the rest, or all, goes on account. */
  get onAccountAsked(): boolean {
    return this.#onAccountAsked;
  }
  /** Zero was typed or tapped, which a receipt with a total of zero requires. */
  get saysNothing(): boolean {
    return this.#typed.cash.text !== '' && this.#amountOf(this.#typed.cash.text) === ZERO;
  }
  /** What counts of the typed cash, in whole steps of the rounding; null: all of it. */
  get counted(): Money | null {
    if (this.target === 'points') return null;
    const typed = this.#amountOf(this.text) ?? ZERO;
    const counted = this.#register.countedInCash(typed);
    return counted === typed ? null : counted;
  }
  /** The cash that pays what is left, rounded. */
  get cashOpen(): Money {
    return this.#register.open.cash;
  }

  press(key: Key): void {
    const { target } = this;
    const { digits } = this.#currency();
    if (key === 'comma' && (target === 'points' || digits === 0)) return;
    const { text, begins } = this.#shown(target);
    const erases = key === 'backspace' || key === 'clear';
    const wasGiven = this.#isMoneyGiven;
    const next = typeKey(begins && !erases ? '' : text, key);
    if (target === 'points') {
      if (next.length > MOST_POINT_DIGITS) return;
    } else if (!erases) {
      // reject more decimals than the currency has, and implausible sums
      if ((next.split(',')[1]?.length ?? 0) > digits || this.#amountOf(next) === null) return;
    }
    this.#apply(target, { text: next, begins: false });
    if (wasGiven && !this.#isMoneyGiven) this.#onAccountAsked = false;
  }

  /** A key of the physical keyboard, which may come from a scanner. `at`: ms on the events' clock. */
  pressByKeyboard(key: Key, at: number): void {
    const gap = at - this.#lastKeyAt;
    if (gap > REST_MS) this.#befores = [];
    if (this.#befores.length === 0 || gap > LONGEST_GAP_MS)
      this.#befores.push({ at, target: this.target, typed: this.#shown(this.target) });
    this.#lastKeyAt = at;
    this.press(key);
  }

  /** Keys go to another field now, so digits of a scan need not be removed here. */
  keysWentElsewhere(): void {
    this.#befores = [];
  }

  /** Removes the digits pressed since `from`, ms on the events' clock, because they belong to a scanned code. */
  takeBackScan(from: number): void {
    const before = this.#befores.find(({ at }) => at >= from);
    if (before === undefined) return;
    const { target, typed } = before;
    if (target === 'cash') this.#pointsOf = null;
    this.#apply(target, typed);
    this.#befores = [];
  }

  /** All that is left, in cash; if nothing is, cash replaces what was entered. */
  giveExact(): void {
    const { open, total } = this.#register;
    if (open.exact === ZERO && total > ZERO) this.payInstead('cash');
    else this.giveCash(open.cash);
  }

  giveCash(amount: Money): void {
    this.#apply('cash', { text: commaText(amount, this.#currency()), begins: true });
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
    for (const kind of ['cash', 'card', 'transfer'] as const) this.#register.setMoney(kind, ZERO);
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
    const text =
      tender.kind === 'points' ? String(given) : commaText(tender.amount, this.#currency());
    return { text, begins: true };
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

  /** Null if it is not an amount. A comma without decimals changes nothing. */
  #amountOf(text: string): Money | null {
    return text === '' ? ZERO : parseMoney(text.replace(/,$/, ''), this.#currency());
  }
}

function commaText(amount: Money, currency: Currency): string {
  return decimalText(amount, currency).replace('.', ',');
}
