// The money typed for a repayment, in one way or split over several; removes digits of a scan.
import type { Currency } from '$lib/contract/values';
import { LONGEST_GAP_MS, REST_MS } from '$lib/devices/scan';
import type { RepaymentTender } from '$lib/domain/acts/money/repayment';
import { likelySums, notesOf } from '$lib/domain/shift/banknotes';
import {
  add,
  decimalText,
  leftOf,
  parseMoney,
  sum,
  ZERO,
  type Money,
} from '$lib/domain/values/money';
import { inCash, payableInCash, type CashRounding } from '$lib/domain/values/cash-rounding';
import type { MoneyTenderKind } from '$lib/domain/values/settlement';
import { typeKey, type Key } from '$lib/ui/keys';

export const KINDS = ['cash', 'card', 'transfer'] as const satisfies readonly MoneyTenderKind[];

/** `begins`: the next digit starts a new number, as after a suggested amount. */
type Typed = { readonly text: string; readonly begins: boolean };
const NOTHING: Typed = { text: '', begins: true };

/** A way that is complete: further money comes another way. */
export type GivenBefore = { readonly kind: MoneyTenderKind; readonly amount: Money };

export class RepaymentTyping {
  readonly #currency: Currency;
  readonly #cashRounding: CashRounding;
  #kind = $state<MoneyTenderKind>('cash');
  #typed = $state.raw<Typed>(NOTHING);
  #before = $state.raw<readonly GivenBefore[]>([]);
  #lastKeyAt = -Infinity;
  /** The value before each run of fast keys since the last pause; `at`: its first key. */
  #befores: { at: number; typed: Typed }[] = [];

  constructor(currency: Currency, cashRounding: CashRounding) {
    this.#currency = currency;
    this.#cashRounding = cashRounding;
  }

  /** How the typed sum is given. */
  get kind(): MoneyTenderKind {
    return this.#kind;
  }
  /** As typed so far. */
  get text(): string {
    return this.#typed.text;
  }
  /** What counts of the typed cash, in whole steps of the rounding; null: all of it. */
  get counted(): Money | null {
    return this.#amount === this.#typedAmount ? null : this.#amount;
  }
  get begins(): boolean {
    return this.#typed.begins;
  }
  /** What was given in other ways, before the typed sum. */
  get before(): readonly GivenBefore[] {
    return this.#before;
  }
  /** The sum of `before`. */
  get besides(): Money {
    return sum(this.#before.map(({ amount }) => amount));
  }
  /** The money given, without ways to pay that have no amount. */
  get tenders(): RepaymentTender[] {
    const all = [...this.#before, { kind: this.#kind, amount: this.#amount }];
    return KINDS.flatMap((kind) => all.filter((tender) => tender.kind === kind)).filter(
      ({ amount }) => amount !== ZERO,
    );
  }

  get maySplit(): boolean {
    return this.#amount !== ZERO && this.#before.length < KINDS.length - 1;
  }

  /** The typed sum is given this way instead, together with what was given this way before. */
  pick(kind: MoneyTenderKind): void {
    const given = this.#before.find((each) => each.kind === kind);
    if (given !== undefined) {
      this.takeBack(kind);
      this.give(add(given.amount, this.#amount));
    }
    this.#kind = kind;
  }

  /** The typed sum stays as it is given; the next one is given another way. */
  split(): void {
    if (!this.maySplit) return;
    this.#before = [...this.#before, { kind: this.#kind, amount: this.#amount }];
    this.#kind = KINDS.find((kind) => !this.#isGiven(kind)) ?? 'cash';
    this.#typed = NOTHING;
    this.#befores = [];
  }

  /** Removes what was given this way. */
  takeBack(kind: MoneyTenderKind): void {
    this.#before = this.#before.filter((given) => given.kind !== kind);
  }

  give(amount: Money): void {
    const text = decimalText(amount, this.#currency).replace('.', ',');
    this.#typed = { text, begins: true };
  }

  press(key: Key): void {
    const { digits } = this.#currency;
    if (key === 'comma' && digits === 0) return;
    const { text, begins } = this.#typed;
    const erases = key === 'backspace' || key === 'clear';
    const next = typeKey(begins && !erases ? '' : text, key);
    // reject more decimals than the currency has, and implausible sums
    const isWrong = (next.split(',')[1]?.length ?? 0) > digits || this.#parsed(next) === null;
    if (!erases && isWrong) return;
    this.#typed = { text: next, begins: false };
  }

  /** A key of the physical keyboard, which may come from a scanner. `at`: ms on the events' clock. */
  pressByKeyboard(key: Key, at: number): void {
    const gap = at - this.#lastKeyAt;
    if (gap > REST_MS) this.#befores = [];
    if (this.#befores.length === 0 || gap > LONGEST_GAP_MS)
      this.#befores.push({ at, typed: this.#typed });
    this.#lastKeyAt = at;
    this.press(key);
  }

  /** Removes the digits pressed since `from`, ms on the events' clock, because they belong to a scanned code. */
  takeBackScan(from: number): void {
    const before = this.#befores.find(({ at }) => at >= from);
    if (before === undefined) return;
    this.#typed = before.typed;
    this.#befores = [];
  }

  #isGiven(kind: MoneyTenderKind): boolean {
    return this.#before.some((given) => given.kind === kind);
  }

  get #amount(): Money {
    const typed = this.#typedAmount;
    return this.#kind === 'cash' ? payableInCash(typed, this.#cashRounding) : typed;
  }

  get #typedAmount(): Money {
    return this.#parsed(this.#typed.text) ?? ZERO;
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
