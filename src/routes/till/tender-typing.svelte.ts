// What is typed while money is taken: cash, or points while they are asked for. Digits that turn out to be a scan's are taken back.
import type { Currency } from '$lib/contract/values';
import { LONGEST_GAP_MS, REST_MS } from '$lib/devices/scan';
import { add, decimalText, parseMoney, subtract, sum, ZERO, type Money } from '$lib/domain/money';
import { tenderOf } from '$lib/domain/receipt';
import type { MoneyTenderKind, Tender } from '$lib/domain/settlement';
import type { Register } from '$lib/state/register/register.svelte';
import { typeKey, type Key } from '$lib/ui/keys';

/** What the keypad's digits mean. */
export type PadTarget = 'cash' | 'points';

/** Longer sums of points nobody holds. */
const MOST_POINT_DIGITS = 9;

/** `begins`: the next digit begins a new number, as after a quick sum. */
type Typed = { readonly text: string; readonly begins: boolean };
const NOTHING: Typed = { text: '', begins: true };

export class TenderTyping {
  readonly #register: Register;
  readonly #currency: () => Currency;
  /** Whose points are being asked for: another customer's are asked for again. */
  #pointsOf = $state<string | null>(null);
  #typed = $state.raw<Readonly<Record<PadTarget, Typed>>>({ cash: NOTHING, points: NOTHING });
  #onAccountAsked = $state(false);
  #lastKeyAt = -Infinity;
  /** What stood there before each run of fast keys since the last rest; `at`: its first key. */
  #befores: { at: number; target: PadTarget; typed: Typed }[] = [];

  constructor(register: Register, currency: () => Currency) {
    this.#register = register;
    this.#currency = currency;
  }

  /** Cash, unless points are being asked for; without a customer there are none. */
  get target(): PadTarget {
    const { customer } = this.#register.receipt;
    return customer !== null && customer === this.#pointsOf ? 'points' : 'cash';
  }
  /** As typed so far. */
  get text(): string {
    return this.#shown(this.target).text;
  }
  /** The next digit begins a new number. */
  get begins(): boolean {
    return this.#shown(this.target).begins;
  }
  /** The rest, or all, is to go on account: asked for by name. */
  get onAccountAsked(): boolean {
    return this.#onAccountAsked;
  }
  /** A sum of nothing was typed or touched, which a receipt worth nothing needs. */
  get saysNothing(): boolean {
    return this.#typed.cash.text !== '' && this.#amountOf(this.#typed.cash.text) === ZERO;
  }
  /** What cash would have to be for an exact payment. */
  get cashOpen(): Money {
    const { receipt, total } = this.#register;
    const others = sum(
      receipt.tenders.filter(({ kind }) => kind !== 'cash').map(({ amount }) => amount),
    );
    return others >= total ? ZERO : subtract(total, others);
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
      // more decimals than the currency has, or a sum nobody pays, are not typed at all
      if ((next.split(',')[1]?.length ?? 0) > digits || this.#amountOf(next) === null) return;
    }
    this.#apply(target, { text: next, begins: false });
    if (wasGiven && !this.#isMoneyGiven) this.#onAccountAsked = false;
  }

  /** A key of the physical keyboard, which may turn out to be a scanner's. `at`: ms on the events' clock. */
  pressByKeyboard(key: Key, at: number): void {
    const gap = at - this.#lastKeyAt;
    if (gap > REST_MS) this.#befores = [];
    if (this.#befores.length === 0 || gap > LONGEST_GAP_MS)
      this.#befores.push({ at, target: this.target, typed: this.#shown(this.target) });
    this.#lastKeyAt = at;
    this.press(key);
  }

  /** Keys go elsewhere now: a scan that types no money takes none back. */
  keysWentElsewhere(): void {
    this.#befores = [];
  }

  /** The digits pressed since `from`, ms on the events' clock, were a code and no money. */
  takeBackScan(from: number): void {
    const before = this.#befores.find(({ at }) => at >= from);
    if (before === undefined) return;
    const { target, typed } = before;
    if (target === 'cash') this.#pointsOf = null;
    this.#apply(target, typed);
    this.#befores = [];
  }

  giveCash(amount: Money): void {
    this.#apply('cash', { text: commaText(amount, this.#currency()), begins: true });
  }

  /** Asks how many points; as many as pay and are allowed, until another number is typed. */
  askPoints(): void {
    this.#pointsOf = this.#register.receipt.customer;
    if (tenderOf(this.#register.receipt, 'points') === null) this.givePoints();
  }
  givePoints(): void {
    this.#apply('points', { text: String(this.#register.pointsToOffer), begins: true });
  }
  askCash(): void {
    this.#pointsOf = null;
  }

  /** Once money was given, the rest is on account without being asked for: a request nobody sees must not outlive it. */
  askOnAccount(): void {
    if (!this.#isMoneyGiven) this.#onAccountAsked = !this.#onAccountAsked;
  }
  /** What was asked for was for the customer before. */
  customerChanged(): void {
    this.#onAccountAsked = false;
  }

  /** What is left to pay comes by card or transfer, and the receipt is done. Where saving does not begin, nothing was given. */
  payRest(kind: MoneyTenderKind): void {
    const { settlement, receipt, checkout } = this.#register;
    if (settlement.kind !== 'short') return;
    const before = tenderOf(receipt, kind)?.amount ?? ZERO;
    this.#register.setMoney(kind, add(before, settlement.onAccount));
    if (!checkout.save()) this.#register.setMoney(kind, before);
  }

  /** Whether what was given as `from` can have been given as `to`: change comes out of cash alone. */
  mayRegive(from: MoneyTenderKind, to: MoneyTenderKind): boolean {
    const { receipt, total } = this.#register;
    const moved = tenderOf(receipt, from)?.amount ?? ZERO;
    const others = receipt.tenders.filter(({ kind }) => kind !== 'cash' && kind !== from);
    const withoutCash = sum(others.map(({ amount }) => amount));
    return to === 'cash' || add(withoutCash, moved) <= total;
  }

  /** What was given as `from` was given as `to`. */
  regive(from: MoneyTenderKind, to: MoneyTenderKind): void {
    const { receipt } = this.#register;
    const moved = tenderOf(receipt, from)?.amount ?? ZERO;
    if (from === to || !this.mayRegive(from, to)) return;
    const before = tenderOf(receipt, to)?.amount ?? ZERO;
    this.#register.setMoney(from, ZERO);
    this.#register.setMoney(to, add(before, moved));
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

  /** What was typed; what the receipt says where that has changed without us. */
  #shown(target: PadTarget): Typed {
    const typed = this.#typed[target];
    const isMeant = (tender: Tender): boolean => tender.kind === target;
    const tender = this.#register.receipt.tenders.find(isMeant) ?? null;
    const given = tender === null ? 0 : tender.kind === 'points' ? tender.points : tender.amount;
    const meant = target === 'points' ? Number(typed.text) : this.#amountOf(typed.text);
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
      this.#register.setMoney('cash', this.#amountOf(typed.text) ?? ZERO);
    }
  }

  /** Null where it is no amount. A comma that waits for its decimals changes nothing yet. */
  #amountOf(text: string): Money | null {
    return text === '' ? ZERO : parseMoney(text.replace(/,$/, ''), this.#currency());
  }
}

function commaText(amount: Money, currency: Currency): string {
  return decimalText(amount, currency).replace('.', ',');
}
