// A return in its dialogue, from the choice of goods until it is stored under one id.
import type { ReturnReason } from '$lib/contract/acts/return';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { ReturnRefusal } from '$lib/domain/acts/return';
import type { MovedAction } from '$lib/domain/consent/confirmation';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { parseQuantity } from '$lib/domain/values/quantity';
import type { LineOfSale } from '$lib/contract/acts/sale';
import type { Decided } from '$lib/domain/policy/rights';
import type { AskedReturn, ReturnedOutcome, Returns } from '$lib/state/returns';
import type { StorageErrorKind } from '$lib/storage/storage-error';
import { v7 as newId } from 'uuid';

export type ReturnRefused = Extract<ReturnedOutcome, { kind: 'refused' }>['because'];

export type ReturnState =
  | { readonly kind: 'choosing'; readonly refused: ReturnRefused | null }
  | { readonly kind: 'saving' }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind }
  | { readonly kind: 'saved'; readonly entry: EntryOf<'return'> };

export type Place = BodyOf<'return'>['lines'][number]['to'];

/** Who would save it, and when. `approvedBy`: as if this operator agreed. */
export type ReturnBy = {
  readonly policy: VerifiedPolicy;
  readonly operator: string;
  readonly approvedBy: string | null;
  readonly at: number;
};

/** `Facts`: what it is decided by. */
export abstract class ReturnAct<Facts> {
  readonly #returns: Pick<Returns, 'save' | 'giveUp'>;
  /** Made when the dialogue opens: a second tap, or a retry, finds the same return. */
  protected readonly id = newId();
  reason = $state<ReturnReason>('faulty');
  note = $state('');
  inCash = $state(false);
  #approvedBy: string | null = null;
  #state = $state.raw<ReturnState>({ kind: 'choosing', refused: null });

  constructor(returns: Pick<Returns, 'save' | 'giveUp'>) {
    this.#returns = returns;
  }

  get state(): ReturnState {
    return this.#state;
  }

  /** What the return would be, by the rules that save it, as if the customer had consented. */
  abstract decide(facts: Facts, by: ReturnBy): Decided<BodyOf<'return'>, ReturnRefusal>;
  /** Whether something that was typed is wrong. */
  abstract readonly isWrong: boolean;
  protected abstract asked(approvedBy: string | null): AskedReturn;
  /** What the customer has to consent to before this return; null: nothing. */
  asks(_facts: Facts, _policy: VerifiedPolicy, _body: BodyOf<'return'>): MovedAction | null {
    return null;
  }

  /** What is asked for, whatever comes back. */
  protected common() {
    const { id, inCash, reason } = this;
    const note = this.note.trim() === '' ? null : this.note.trim();
    return { return: id, inCash, reason, note };
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

  /** Saves it as it was asked for; what fails is shown where the customer was asked. */
  protected async saveAs(asked: AskedReturn): Promise<ReturnedOutcome> {
    const outcome = await this.#returns.save(asked);
    if (outcome.kind === 'saved') this.#state = outcome;
    return outcome;
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
    const outcome = await this.#returns.save(this.asked(this.#approvedBy));
    this.#state =
      outcome.kind === 'refused' ? { kind: 'choosing', refused: outcome.because } : outcome;
  }
}

/** Thousandths as typed; zero: none; null: not a quantity. Of half a piece the rule says that it is whole. */
export function typedQuantity(typed: string, { unit }: Pick<LineOfSale, 'unit'>): number | null {
  const text = typed.trim();
  return text === '' || /^0+([.,]0*)?$/.test(text)
    ? 0
    : (parseQuantity(text, unit) ?? parseQuantity(text, 'kilogram'));
}
