// What is typed on the keypad while money is taken; removes the digits that came from a scan.
import type { Currency } from '$lib/contract/values';
import { LONGEST_GAP_MS, REST_MS } from '$lib/devices/scan';
import { decimalText, parseMoney, ZERO, type Money } from '$lib/domain/values/money';
import { typeKey, type Key } from '$lib/ui/keys';

/** `begins`: the next digit starts a new number, as after a suggested amount. */
export type Typed = { readonly text: string; readonly begins: boolean };
export const NOTHING: Typed = { text: '', begins: true };

const isErasing = (key: Key): boolean => key === 'backspace' || key === 'clear';

/** The text after a key. */
export const textAfter = ({ text, begins }: Typed, key: Key): string =>
  typeKey(begins && !isErasing(key) ? '' : text, key);

/** The sum after a key; null: the key is ignored. */
export function sumAfter(typed: Typed, key: Key, currency: Currency): Typed | null {
  const { digits } = currency;
  if (key === 'comma' && digits === 0) return null;
  const text = textAfter(typed, key);
  // reject more decimals than the currency has, and implausible sums
  const isWrong = (text.split(',')[1]?.length ?? 0) > digits || amountOf(text, currency) === null;
  return isWrong && !isErasing(key) ? null : { text, begins: false };
}

/** Null if it is not an amount. A comma without decimals changes nothing. */
export const amountOf = (text: string, currency: Currency): Money | null =>
  text === '' ? ZERO : parseMoney(text.replace(/,$/, ''), currency);

/** An amount that was not typed. */
export const proposed = (amount: Money, currency: Currency): Typed => ({
  text: decimalText(amount, currency).replace('.', ','),
  begins: true,
});

export abstract class PadTyping {
  #lastKeyAt = -Infinity;
  /** What restores the value before each run of fast keys since the last pause; `at`: its first key. */
  #befores: { readonly at: number; readonly restore: () => void }[] = [];

  /** What is shown on the pad. */
  abstract get shown(): Typed;
  /** What counts of the typed cash, in whole steps of the rounding; null: all of it. */
  abstract get counted(): Money | null;
  abstract press(key: Key): void;
  /** Remembers what is typed now; call what it returns to restore that. */
  protected abstract remember(): () => void;

  /** A key of the physical keyboard, which may come from a scanner. `at`: ms on the events' clock. */
  pressByKeyboard(key: Key, at: number): void {
    const gap = at - this.#lastKeyAt;
    if (gap > REST_MS) this.#befores = [];
    if (this.#befores.length === 0 || gap > LONGEST_GAP_MS)
      this.#befores.push({ at, restore: this.remember() });
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
    before.restore();
    this.#befores = [];
  }
}
