// The money typed for a repayment, in one way or split over several.
import type { Currency } from '$lib/contract/values';
import type { RepaymentTender } from '$lib/domain/acts/money/repayment';
import { likelySums, notesOf } from '$lib/domain/shift/banknotes';
import { add, leftOf, sum, ZERO, type Money } from '$lib/domain/values/money';
import { inCash, payableInCash, type CashRounding } from '$lib/domain/values/cash-rounding';
import { MONEY_KINDS, type MoneyTenderKind } from '$lib/domain/values/settlement';
import type { Key } from '$lib/ui/keys';
import {
  amountOf,
  NOTHING,
  PadTyping,
  proposed,
  sumAfter,
  type Typed,
} from '../shared/tender/pad-typing.svelte';

/** A way that is complete: further money comes another way. */
export type GivenBefore = { readonly kind: MoneyTenderKind; readonly amount: Money };

export class RepaymentTyping extends PadTyping {
  readonly #currency: Currency;
  readonly #cashRounding: CashRounding;
  #kind = $state<MoneyTenderKind>('cash');
  #typed = $state.raw<Typed>(NOTHING);
  #before = $state.raw<readonly GivenBefore[]>([]);

  constructor(currency: Currency, cashRounding: CashRounding) {
    super();
    this.#currency = currency;
    this.#cashRounding = cashRounding;
  }

  /** How the typed sum is given. */
  get kind(): MoneyTenderKind {
    return this.#kind;
  }
  get shown(): Typed {
    return this.#typed;
  }
  get counted(): Money | null {
    return this.#amount === this.#typedAmount ? null : this.#amount;
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
    return MONEY_KINDS.flatMap((kind) => all.filter((tender) => tender.kind === kind)).filter(
      ({ amount }) => amount !== ZERO,
    );
  }

  get maySplit(): boolean {
    return this.#amount !== ZERO && this.#before.length < MONEY_KINDS.length - 1;
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
    this.#kind = MONEY_KINDS.find((kind) => !this.#isGiven(kind)) ?? 'cash';
    this.#typed = NOTHING;
    this.keysWentElsewhere();
  }

  /** Removes what was given this way. */
  takeBack(kind: MoneyTenderKind): void {
    this.#before = this.#before.filter((given) => given.kind !== kind);
  }

  give(amount: Money): void {
    this.#typed = proposed(amount, this.#currency);
  }

  press(key: Key): void {
    this.#typed = sumAfter(this.#typed, key, this.#currency) ?? this.#typed;
  }

  protected remember(): () => void {
    const typed = this.#typed;
    return () => (this.#typed = typed);
  }

  #isGiven(kind: MoneyTenderKind): boolean {
    return this.#before.some((given) => given.kind === kind);
  }

  get #amount(): Money {
    const typed = this.#typedAmount;
    return this.#kind === 'cash' ? payableInCash(typed, this.#cashRounding) : typed;
  }

  get #typedAmount(): Money {
    return amountOf(this.#typed.text, this.#currency) ?? ZERO;
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
