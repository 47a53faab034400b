// The money typed for a repayment, one sum for each way to pay; removes digits that came from a scan.
import type { Currency } from '$lib/contract/values';
import { LONGEST_GAP_MS, REST_MS } from '$lib/devices/scan';
import type { RepaymentTender } from '$lib/domain/acts/repayment';
import { likelySums, notesOf } from '$lib/domain/shift/banknotes';
import { decimalText, leftOf, parseMoney, sum, ZERO, type Money } from '$lib/domain/values/money';
import { inCash, type CashRounding, type MoneyTenderKind } from '$lib/domain/values/settlement';
import { typeKey, type Key } from '$lib/ui/keys';

export const KINDS = ['cash', 'card', 'transfer'] as const satisfies readonly MoneyTenderKind[];

/** `begins`: the next digit starts a new number, as after a suggested amount. */
type Typed = { readonly text: string; readonly begins: boolean };
const NOTHING: Typed = { text: '', begins: true };

export class RepaymentTyping {
  readonly #currency: Currency;
  #kind = $state<MoneyTenderKind>('cash');
  #typed = $state.raw<Readonly<Record<MoneyTenderKind, Typed>>>({
    cash: NOTHING,
    card: NOTHING,
    transfer: NOTHING,
  });
  #lastKeyAt = -Infinity;
  /** The value before each run of fast keys since the last pause; `at`: its first key. */
  #befores: { at: number; kind: MoneyTenderKind; typed: Typed }[] = [];

  constructor(currency: Currency) {
    this.#currency = currency;
  }

  get kind(): MoneyTenderKind {
    return this.#kind;
  }
  /** As typed so far. */
  get text(): string {
    return this.#typed[this.#kind].text;
  }
  get begins(): boolean {
    return this.#typed[this.#kind].begins;
  }
  /** The money given, without ways to pay that have no amount. */
  get tenders(): RepaymentTender[] {
    return KINDS.map((kind) => ({ kind, amount: this.amountOf(kind) })).filter(
      ({ amount }) => amount !== ZERO,
    );
  }
  amountOf(kind: MoneyTenderKind): Money {
    return this.#parsed(this.#typed[kind].text) ?? ZERO;
  }
  /** The sum given by the other ways to pay. */
  get besides(): Money {
    return sum(this.tenders.filter(({ kind }) => kind !== this.#kind).map(({ amount }) => amount));
  }

  pick(kind: MoneyTenderKind): void {
    this.#kind = kind;
    this.#befores = [];
  }

  give(amount: Money): void {
    const text = decimalText(amount, this.#currency).replace('.', ',');
    this.#set({ text, begins: true });
  }

  press(key: Key): void {
    const { digits } = this.#currency;
    if (key === 'comma' && digits === 0) return;
    const { text, begins } = this.#typed[this.#kind];
    const erases = key === 'backspace' || key === 'clear';
    const next = typeKey(begins && !erases ? '' : text, key);
    // reject more decimals than the currency has, and implausible sums
    const isWrong = (next.split(',')[1]?.length ?? 0) > digits || this.#parsed(next) === null;
    if (!erases && isWrong) return;
    this.#set({ text: next, begins: false });
  }

  /** A key of the physical keyboard, which may come from a scanner. `at`: ms on the events' clock. */
  pressByKeyboard(key: Key, at: number): void {
    const gap = at - this.#lastKeyAt;
    if (gap > REST_MS) this.#befores = [];
    if (this.#befores.length === 0 || gap > LONGEST_GAP_MS)
      this.#befores.push({ at, kind: this.#kind, typed: this.#typed[this.#kind] });
    this.#lastKeyAt = at;
    this.press(key);
  }

  /** Removes the digits pressed since `from`, ms on the events' clock, because they belong to a scanned code. */
  takeBackScan(from: number): void {
    const before = this.#befores.find(({ at }) => at >= from);
    if (before === undefined) return;
    this.#typed = { ...this.#typed, [before.kind]: before.typed };
    this.#befores = [];
  }

  #set(typed: Typed): void {
    this.#typed = { ...this.#typed, [this.#kind]: typed };
  }

  /** Null if it is not an amount. A comma without decimals changes nothing. */
  #parsed(text: string): Money | null {
    return text === '' ? ZERO : parseMoney(text.replace(/,$/, ''), this.#currency);
  }
}

export type ReadySums = {
  readonly oldest: Money | null;
  readonly round: Money | null;
  readonly whole: Money;
};

/**
 * Sums to suggest: the oldest debt if there are several, a round note, and everything owed (rounded for cash). `lefts`: what is
 * left of each debt, oldest first; `besides`: given by other ways to pay. A note above the whole gives change, so it is
 * suggested for cash only.
 */
export function readySums(
  lefts: readonly Money[],
  besides: Money,
  kind: MoneyTenderKind,
  { currency, cashRounding }: { readonly currency: Currency; readonly cashRounding: CashRounding },
): ReadySums {
  const exact = leftOf(sum(lefts), besides);
  const whole = kind === 'cash' ? inCash(exact, cashRounding) : exact;
  const first = leftOf(lefts[0] ?? ZERO, besides);
  const oldest = lefts.length > 1 && first > ZERO ? first : null;
  const between = notesOf(currency).filter((note) => note > (oldest ?? ZERO) && note < whole);
  const above = kind === 'cash' && whole > ZERO ? (likelySums(whole, currency)[0] ?? null) : null;
  return { oldest, round: between.at(-1) ?? above, whole };
}
