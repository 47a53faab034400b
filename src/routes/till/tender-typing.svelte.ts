// What is typed while money is taken: one text per kind of payment, applied to the receipt as it grows. Digits that turn out to be a scan's are taken back.
import type { Currency } from '$lib/contract/values';
import { LONGEST_GAP_MS } from '$lib/devices/scan';
import { decimalText, parseMoney, subtract, sum, ZERO, type Money } from '$lib/domain/money';
import { tenderOf, type Receipt } from '$lib/domain/receipt';
import type { Tender } from '$lib/domain/settlement';
import type { Register } from '$lib/state/register.svelte';
import { typeKey, type Key } from '$lib/ui/keys';

export type TenderKind = Tender['kind'];
export const TENDER_KINDS: readonly TenderKind[] = ['cash', 'card', 'transfer', 'points'];

export class TenderTyping {
  readonly #register: Register;
  readonly #currency: () => Currency;
  #kind = $state<TenderKind>('cash');
  #texts = $state<Record<TenderKind, string>>({ cash: '', card: '', transfer: '', points: '' });
  #wrong = $state(false);
  #lastKeyAt = -Infinity;
  /** What stood there before keys began to come in a scanner's rhythm. */
  #beforeBurst: { kind: TenderKind; text: string } | null = null;

  constructor(register: Register, currency: () => Currency) {
    this.#register = register;
    this.#currency = currency;
    for (const kind of TENDER_KINDS)
      this.#texts[kind] = tenderText(register.receipt, kind, currency());
  }

  get kind(): TenderKind {
    return this.#kind;
  }
  /** As typed so far, in the kind chosen. */
  get text(): string {
    return this.#texts[this.#kind];
  }
  /** What is typed is no amount. */
  get wrong(): boolean {
    return this.#wrong;
  }
  /** What the kind chosen would have to be for an exact payment. */
  get open(): Money {
    const { receipt, total } = this.#register;
    const rest = receipt.tenders.filter((tender) => tender.kind !== this.#kind);
    const others = sum(rest.map((tender) => tender.amount));
    return others >= total ? ZERO : subtract(total, others);
  }

  choose(kind: TenderKind): void {
    this.#kind = kind;
  }

  press(key: Key): void {
    const { digits } = this.#currency();
    if (this.#kind === 'points' && key === 'comma') return;
    const next = typeKey(this.text, key);
    // more decimals than the currency has, or a sum nobody pays, are not typed at all
    if (this.#kind !== 'points' && key !== 'backspace' && key !== 'clear') {
      const decimals = next.split(',')[1]?.length ?? 0;
      if (decimals > digits || (digits === 0 && next.includes(','))) return;
      if (parseMoney(next.replace(/,$/, ''), this.#currency()) === null) return;
    }
    this.#apply(next);
  }

  /** A key of the physical keyboard, which may turn out to be a scanner's. `at`: ms on the events' clock. */
  pressByKeyboard(key: Key, at: number): void {
    if (this.#beforeBurst === null || at - this.#lastKeyAt > LONGEST_GAP_MS)
      this.#beforeBurst = { kind: this.#kind, text: this.text };
    this.#lastKeyAt = at;
    this.press(key);
  }

  /** Keys go elsewhere now: a scan that types no money takes none back. */
  keysWentElsewhere(): void {
    this.#beforeBurst = null;
  }

  /** The digits were a code and no money. */
  takeBackScan(): void {
    if (this.#beforeBurst === null) return;
    this.#kind = this.#beforeBurst.kind;
    this.#apply(this.#beforeBurst.text);
    this.#beforeBurst = null;
  }

  give(amount: Money): void {
    this.#apply(commaText(amount, this.#currency()));
  }
  givePoints(points: number): void {
    this.#apply(String(points));
  }

  /** Points are one customer's own: with another one chosen none are typed. */
  forgetPoints(): void {
    this.#texts.points = '';
    if (this.#kind === 'points') this.#wrong = false;
  }

  #apply(text: string): void {
    this.#texts[this.#kind] = text;
    if (this.#kind === 'points') this.#applyPoints(text === '' ? 0 : Number(text));
    else this.#applyMoney(this.#kind, text === '' ? ZERO : parseMoney(text, this.#currency()));
  }

  #applyPoints(points: number): void {
    this.#wrong = !Number.isSafeInteger(points);
    if (this.#wrong) return;
    this.#register.setPoints(points);
    const { redeemable } = this.#register;
    if (points > redeemable) this.#texts.points = String(redeemable);
  }

  #applyMoney(kind: Exclude<TenderKind, 'points'>, amount: Money | null): void {
    this.#wrong = amount === null;
    if (amount !== null) this.#register.setMoney(kind, amount);
  }
}

function commaText(amount: Money, currency: Currency): string {
  return decimalText(amount, currency).replace('.', ',');
}

function tenderText(receipt: Receipt, kind: TenderKind, currency: Currency): string {
  const tender = tenderOf(receipt, kind);
  if (tender === null) return '';
  return tender.kind === 'points' ? String(tender.points) : commaText(tender.amount, currency);
}
