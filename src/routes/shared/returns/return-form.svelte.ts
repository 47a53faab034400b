// The goods of one sale that come back, as they are chosen, until the return is stored under one id.
import type { EntryOf } from '$lib/contract/journal';
import type { ReturnReason, ShownForReturn } from '$lib/contract/acts/return';
import type { LineOfSale } from '$lib/contract/acts/sale';
import { decideReturn, soldIn, type ReturnedGoods } from '$lib/domain/acts/return';
import type { VerifiedPolicy } from '$lib/domain/policy';
import { parseQuantity } from '$lib/domain/quantity';
import { leftToReturn, returnedBy } from '$lib/domain/returns';
import type { ReturnedOutcome, Returns } from '$lib/state/returns';
import type { ReturnFacts } from '$lib/storage/sales/returns';
import type { StorageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';

export type ReturnRefused = Extract<ReturnedOutcome, { kind: 'refused' }>['because'];

export type ReturnState =
  | { readonly kind: 'choosing'; readonly refused: ReturnRefused | null }
  | { readonly kind: 'saving' }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind }
  | { readonly kind: 'saved'; readonly entry: EntryOf<'return'> };

export type Place = ReturnedGoods['to'];

export class ReturnForm {
  readonly sale: EntryOf<'sale'>;
  readonly #returns: Pick<Returns, 'save' | 'giveUp'>;
  readonly #decimalMark: string;
  /** Made when the dialogue opens: a second tap, or a retry, finds the same return. */
  readonly #id = newId();
  /** As typed, by line. */
  readonly texts: string[];
  readonly places: Place[];
  reason = $state<ReturnReason>('faulty');
  note = $state('');
  shown = $state<ShownForReturn>('paper');
  inCash = $state(false);
  #approvedBy: string | null = null;
  #state = $state.raw<ReturnState>({ kind: 'choosing', refused: null });

  /** `decimalMark`: of the screen language. */
  constructor(
    returns: Pick<Returns, 'save' | 'giveUp'>,
    sale: EntryOf<'sale'>,
    decimalMark: string,
  ) {
    this.#returns = returns;
    this.sale = sale;
    this.#decimalMark = decimalMark;
    const texts = $state(sale.body.lines.map(() => ''));
    const places = $state(sale.body.lines.map((): Place => 'stock'));
    this.texts = texts;
    this.places = places;
  }

  get state(): ReturnState {
    return this.#state;
  }

  /** Thousandths of each line that can still be returned. */
  left(facts: ReturnFacts): number[] {
    const sold = soldIn(this.sale.body, facts.since);
    const before = returnedBy(facts.since.returns);
    return sold.lines.map((_, line) => leftToReturn(sold, before, line));
  }

  /** Thousandths typed for a line; zero: none; null: not a quantity. */
  typed(line: number, { unit }: Pick<LineOfSale, 'unit'>): number | null {
    const text = (this.texts[line] ?? '').trim();
    return text === '' || /^0+([.,]0*)?$/.test(text) ? 0 : parseQuantity(text, unit);
  }

  set(line: number, thousandths: number): void {
    this.edited();
    this.texts[line] =
      thousandths <= 0 ? '' : String(thousandths / 1000).replace('.', this.#decimalMark);
  }

  get goods(): ReturnedGoods[] {
    return this.sale.body.lines.flatMap((of, line) => {
      const quantity = this.typed(line, of) ?? 0;
      return quantity === 0 ? [] : [{ line, quantity, to: this.places[line] ?? 'stock' }];
    });
  }

  /** A line whose text is no quantity; null: none. */
  get wrongLine(): number | null {
    const line = this.sale.body.lines.findIndex((of, line) => this.typed(line, of) === null);
    return line < 0 ? null : line;
  }

  /** What the return would be, by the rules that save it. `approvedBy`: as if this operator agreed. */
  decide(by: {
    readonly policy: VerifiedPolicy;
    readonly operator: string;
    readonly facts: ReturnFacts;
    readonly approvedBy: string | null;
    readonly at: number;
  }) {
    const { policy, operator, facts, approvedBy, at } = by;
    return decideReturn({ ...this.#attempt(), policy, operator, ...facts, approvedBy, at });
  }

  #attempt() {
    const { sale, goods, inCash, shown, reason } = this;
    const note = this.note.trim() === '' ? null : this.note.trim();
    return { return: this.#id, sale, goods, inCash, shown, reason, note };
  }

  /** What was refused no longer stands once something else is chosen. */
  edited(): void {
    if (this.#state.kind === 'choosing' && this.#state.refused !== null)
      this.#state = { kind: 'choosing', refused: null };
  }

  /** `approvedBy`: who gave their PIN; null: nobody had to. */
  async accept(approvedBy: string | null): Promise<void> {
    if (this.#state.kind !== 'choosing') return;
    this.#approvedBy = approvedBy;
    await this.#save();
  }

  async retry(): Promise<void> {
    if (this.#state.kind === 'not-saved') await this.#save();
  }

  /** Back to the goods; what could not be stored will not be booked later. */
  async giveUp(): Promise<void> {
    if (this.#state.kind !== 'not-saved') return;
    this.#state = { kind: 'saving' };
    const outcome = await this.#returns.giveUp();
    if (outcome === 'given-up') this.#state = { kind: 'choosing', refused: null };
    // saving again finds the stored one
    else if (outcome === 'stored') await this.#save();
    else this.#state = outcome;
  }

  async #save(): Promise<void> {
    this.#state = { kind: 'saving' };
    const outcome = await this.#returns.save({
      ...this.#attempt(),
      approvedBy: this.#approvedBy,
    });
    this.#state =
      outcome.kind === 'refused' ? { kind: 'choosing', refused: outcome.because } : outcome;
  }
}
